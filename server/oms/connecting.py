"""Channels are connected, changed, paused; and how it went with each is noted."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from sqlalchemy import JSON, bindparam, text

from server.kernel.audit import record
from server.kernel.clock import SECOND
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.transaction import Tx
from server.oms.backorders import NEVER
from server.oms.channels import kinds
from server.oms.channels.base import Kind
from server.oms.listings import change_all

_COLUMNS = ("id, code, kind, name, site_id, settings, secrets, carrier, checks, sourcing, promises_unpaid, every_seconds, state, watermark, asked_until, next_at, pulled_at, "
            "heard_at, failures, error, error_code, error_at, created_at, safety_stock, reconcile_from, reconciled_at, price_tolerance, discount_limit, backorder, presell_days")
_ADD = text(
    "INSERT INTO channel (code, kind, name, site_id, settings, secrets, carrier, checks, sourcing, promises_unpaid, every_seconds, safety_stock, backorder, presell_days, watermark, asked_until, created_at) VALUES "
    "(:code, :kind, :name, :site_id, :settings, :secrets, :carrier, :checks, :sourcing, :promises_unpaid, :every_seconds, :safety_stock, :backorder, :presell_days, :watermark, :watermark, :at) "
    "ON CONFLICT (code) DO NOTHING RETURNING id"
).bindparams(bindparam("settings", type_=JSON), bindparam("secrets", type_=JSON))
_CHANGE = text(
    "UPDATE channel SET name = :name, settings = :settings, secrets = :secrets, carrier = :carrier, checks = :checks, sourcing = :sourcing, promises_unpaid = :promises_unpaid, "
    "every_seconds = :every_seconds, safety_stock = :safety_stock, price_tolerance = :price_tolerance, discount_limit = :discount_limit, backorder = :backorder, presell_days = :presell_days, failures = 0, error = '', error_code = '', next_at = 0 WHERE id = :id"
).bindparams(bindparam("settings", type_=JSON), bindparam("secrets", type_=JSON))
_BY_CODE = text(f"SELECT {_COLUMNS} FROM channel WHERE code = :code").columns(settings=JSON, secrets=JSON)
_OF_PAPER = text(f"SELECT {', '.join(f'c.{name}' for name in _COLUMNS.split(', '))} FROM channel c JOIN channel_paper p "
                 "ON p.channel_id = c.id WHERE p.id = :paper").columns(settings=JSON, secrets=JSON)
_DUE = text(
    f"SELECT {_COLUMNS} FROM channel WHERE state = 'running' AND (next_at <= :now OR (failures = 0 AND (EXISTS (SELECT 1 FROM channel_paper p "
    "WHERE p.channel_id = channel.id AND p.wanted > 0) OR EXISTS (SELECT 1 FROM channel_notice n WHERE n.channel_id = channel.id "
    "AND n.state = 'waiting' AND n.next_at <= :now) OR reconcile_from IS NOT NULL OR EXISTS (SELECT 1 FROM listing l WHERE l.channel_id = channel.id "
    "AND l.told_version < l.version AND l.next_at <= :now)))) ORDER BY next_at"
).columns(settings=JSON, secrets=JSON)
_ALL = text(f"SELECT {_COLUMNS} FROM channel ORDER BY code").columns(settings=JSON, secrets=JSON)
_OUR_OWN = frozenset({"exchange", "phone"})
"""Channels of orders that the house makes by itself: a shop of that name could take their references."""
_SET_STATE = text("UPDATE channel SET state = :state, next_at = 0 WHERE id = :id AND state <> :state")
_PAGE_IN = text("UPDATE channel SET watermark = :watermark WHERE id = :id AND watermark < :watermark")
_ASKED_IN = text("UPDATE channel SET asked_until = :watermark WHERE id = :id AND asked_until < :watermark")
_PULLED = text("UPDATE channel SET pulled_at = :at, next_at = :next_at, failures = 0, error = '', error_code = '' WHERE id = :id")
_FAILED = text("UPDATE channel SET failures = failures + 1, error = :error, error_code = :code, error_at = :at, next_at = :next_at WHERE id = :id")
_HEARD = text("UPDATE channel SET heard_at = :at WHERE id = :id AND (heard_at IS NULL OR heard_at < :before)")
_NOW = text("UPDATE channel SET next_at = 0 WHERE id = :id")
_RECONCILE = text("UPDATE channel SET reconcile_from = 0 WHERE id = :id")
_RECONCILED = text("UPDATE channel SET reconcile_from = :now_at WHERE id = :id AND reconcile_from = :was_at AND state = 'running'")
_RECONCILED_ALL = text("UPDATE channel SET reconcile_from = NULL, reconciled_at = :at WHERE id = :id AND reconcile_from = :was_at AND state = 'running'")
_HEARD_EVERY_MS = SECOND
PRESELL_DAYS = 30


def add_channel(
    tx: Tx, *, code: str, kind: str, name: str, site_id: int, settings: Mapping[str, Any], carrier: str = "",
    promises_unpaid: bool = False, every_seconds: int = 10, safety_stock: int = 0, since: int | None = None, checks: str = "on", sourcing: str = "off",
    backorder: str = NEVER, presell_days: int = PRESELL_DAYS,
) -> None:
    """Connects a channel whose orders come to a site; orders that changed before `since` (ms; now) are left alone.

    With `checks` off its orders go out wherever they say. `backorder` says whether it may sell more than there is: never, always, or
    `dated`, as far as that is announced for within `presell_days`.

    Conflict when the code is taken, Invalid when a setting is wrong or the kind unknown.
    """
    if code in _OUR_OWN:
        raise Invalid(f"{code} is what orders of the house itself are called. Choose another code.", field="code")
    shown, secrets = _split(_kind(kind), settings)
    number = tx.scalar(_ADD, code=code, kind=kind, name=name or code, site_id=site_id, settings=shown, secrets=secrets, carrier=carrier, checks=checks, sourcing=sourcing,
                       promises_unpaid=int(promises_unpaid), every_seconds=every_seconds, safety_stock=safety_stock,
                       backorder=backorder, presell_days=presell_days, watermark=tx.now if since is None else since, at=tx.now)
    if number is None:
        raise Conflict(f"There is a channel {code} already.", what=code)
    record(tx, "channel.added", code, new={"kind": kind, "settings": shown})


def change_channel(tx: Tx, code: str, *, settings: Mapping[str, Any] | None = None, **changes: Any) -> None:
    """Other settings, `name`, `carrier`, `checks`, `sourcing`, `promises_unpaid`, `every_seconds`, `safety_stock`, `backorder`, `presell_days`, `price_tolerance` or `discount_limit` (None: none) from the next call on; a secret that is left out stays as it is."""
    before = channel_by_code(tx, code)
    old = {name: getattr(before, name) for name in ("name", "carrier", "checks", "sourcing", "promises_unpaid", "every_seconds", "safety_stock", "settings", "price_tolerance", "discount_limit", "backorder", "presell_days")}
    new = {**old, **{name: int(value) if name == "promises_unpaid" else value for name, value in changes.items() if value is not None or name in ("price_tolerance", "discount_limit")}}
    secrets = before.secrets
    if settings is not None:
        new["settings"], secrets = _split(_kind(before.kind), {**before.secrets, **settings})
    tx.execute(_CHANGE, {"id": before.id, **new, "secrets": secrets})
    if any(new[name] != old[name] for name in ("safety_stock", "sourcing", "backorder", "presell_days")) or settings is not None:
        change_all(tx, before.id)
    record(tx, "channel.changed", code, old=old, new={**new, "secrets": sorted(name for name in secrets if secrets[name] != before.secrets.get(name))}
           if secrets != before.secrets else new)


def set_channel_state(tx: Tx, code: str, state: str) -> None:
    """Paused it is neither asked nor told; what it tells us meanwhile is kept for later. Running again it catches up."""
    before = channel_by_code(tx, code)
    if tx.changed(_SET_STATE, id=before.id, state=state):
        record(tx, f"channel.{state}", code, old={"state": before.state}, new={"state": state})


def channel_by_code(tx: Tx, code: str) -> Any:
    """A channel with its settings; NotFound when there is none."""
    row = tx.row(_BY_CODE, code=code)
    if row is None:
        raise NotFound(f"There is no channel {code[:32]}.", what=code[:32])
    return row


def channels(tx: Tx) -> list[Any]:
    """All channels."""
    return tx.rows(_ALL)


def channel_of_paper(tx: Tx, paper: int) -> Any:
    """The channel that gave a paper; NotFound when there is no such paper."""
    row = tx.row(_OF_PAPER, paper=paper)
    if row is None:
        raise NotFound(f"There is no order of a channel with number {paper}.", what=str(paper))
    return row


def due_channels(tx: Tx) -> list[Any]:
    """The running channels that are to be asked, or told something, now. One that failed is left alone for a while."""
    return tx.rows(_DUE, now=tx.now)


def reconcile(tx: Tx, channel: Any) -> None:
    """A channel is asked what it has, as far as it can be, and told all that it may sell, whatever it was told before."""
    tx.execute(_RECONCILE, {"id": channel.id})
    record(tx, "channel.reconcile", channel.code)


def note_reconciled(tx: Tx, channel_id: int, before: int, until: int | None) -> bool:
    """All listings up to one number were told again; None: all there are. False when it was asked for anew or paused meanwhile."""
    if until is None:
        return bool(tx.changed(_RECONCILED_ALL, id=channel_id, was_at=before, at=tx.now))
    return bool(tx.changed(_RECONCILED, id=channel_id, was_at=before, now_at=until))


def note_page(tx: Tx, channel_id: int, watermark: int) -> None:
    """All that changed on a channel before has been taken in."""
    tx.execute(_PAGE_IN, {"id": channel_id, "watermark": watermark})


def note_asked(tx: Tx, channel_id: int, watermark: int) -> None:
    """All that buyers asked a channel for before has been taken in."""
    tx.execute(_ASKED_IN, {"id": channel_id, "watermark": watermark})


def note_pulled(tx: Tx, channel: Any) -> None:
    """A channel answered all that it was asked."""
    tx.execute(_PULLED, {"id": channel.id, "at": tx.now, "next_at": tx.now + channel.every_seconds * SECOND})


def note_failed(tx: Tx, channel_id: int, words: str, code: str, wait_ms: int) -> None:
    """A channel did not; it is asked again after a while."""
    tx.execute(_FAILED, {"id": channel_id, "error": words[:512], "code": code[:100], "at": tx.now, "next_at": tx.now + wait_ms})


def note_heard(tx: Tx, channel_id: int) -> None:
    """A channel called us; noted once in a second, so that a burst of calls does not wait for this row."""
    tx.execute(_HEARD, {"id": channel_id, "at": tx.now, "before": tx.now - _HEARD_EVERY_MS})


def ask_now(tx: Tx, channel_id: int) -> None:
    """A channel is asked as soon as can be."""
    tx.execute(_NOW, {"id": channel_id})


def _kind(name: str) -> Kind:
    if name not in kinds():
        raise Invalid(f"There is no kind of channel {name[:32]!r}; there are {', '.join(sorted(kinds()))}.", what=name[:32])
    return kinds()[name]


def _split(kind: Kind, settings: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What may be shown, and what is secret."""
    try:
        told = kind.settings(**settings).model_dump()
    except ValidationError as error:
        errors = [{"where": ".".join(map(str, one["loc"])), "what": one["msg"]} for one in error.errors(include_input=False)]
        raise Invalid(f"{kind.title}: {errors[0]['where']}: {errors[0]['what']}", errors=errors) from None
    secrets = {name: told.pop(name) for name in kind.settings.SECRETS}
    return told, secrets
