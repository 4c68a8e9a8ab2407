"""Exceptions are opened where their cause arises, once for one thing and kind, and each is somebody's from the beginning."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import JSON, bindparam, text

from server.kernel.transaction import Tx
from server.oms.channels.money import major
from server.oms.exceptions.kinds import STOPPED, TAKEN_BACK, kind_of_finding, kind_of_paper
from server.oms.exceptions.rules import owner_for

_OPEN = text(
    "INSERT INTO order_exception (site_id, kind, about, order_id, channel_id, paper_id, notice_id, listing_id, unread_id, code, words, suggestion, owner_id, owned_at, "
    "opened_at) SELECT :site_id, CAST(:kind AS TEXT), CAST(:about AS TEXT), CAST(:order_id AS BIGINT), CAST(:channel_id AS BIGINT), CAST(:paper_id AS BIGINT), CAST(:notice_id AS BIGINT), "
    "CAST(:listing_id AS BIGINT), CAST(:unread_id AS BIGINT), :code, :words, :suggestion, s.id, :at, :at FROM worker s WHERE s.id = :owner_id AND NOT EXISTS (SELECT 1 FROM "
    "order_exception x WHERE x.about = CAST(:about AS TEXT) AND x.kind = CAST(:kind AS TEXT) AND x.state = 'done' AND x.ended_how = 'hand' AND x.ended_at >= :since) "
    "ON CONFLICT (about, kind) WHERE state = 'open' DO UPDATE SET words = excluded.words, code = excluded.code, suggestion = excluded.suggestion "
    "WHERE order_exception.words <> excluded.words OR order_exception.code <> excluded.code"
).bindparams(bindparam("suggestion", type_=JSON))
_OTHERS_OVER = text(
    "UPDATE order_exception SET state = 'done', ended_at = :at, ended_how = 'solved', version = version + 1 WHERE about = :about AND kind <> :kind "
    "AND state = 'open'")
_PAPER = text(
    "SELECT p.id, p.ref, p.code, p.words, p.order_id, p.changed_at, c.id AS channel_id, c.code AS channel, c.site_id FROM channel_paper p "
    "JOIN channel c ON c.id = p.channel_id WHERE p.id = :id")
_NOTICE = text(
    "SELECT n.id, n.kind, n.error, n.order_id, n.created_at, o.number, c.id AS channel_id, c.code AS channel, c.site_id FROM channel_notice n JOIN channel c "
    "ON c.id = n.channel_id JOIN sales_order o ON o.id = n.order_id WHERE n.id = :id")
_UNREAD = text(
    "SELECT u.id, u.ref, u.words, u.changed_at, p.order_id, o.number, c.id AS channel_id, c.code AS channel, c.site_id FROM unread_request u JOIN channel c "
    "ON c.id = u.channel_id LEFT JOIN channel_paper p ON p.channel_id = u.channel_id AND p.ref = u.order_ref LEFT JOIN sales_order o ON o.id = p.order_id WHERE u.id = :id")
_CHANNEL = text("SELECT id, code, site_id, error, error_code, COALESCE(pulled_at, created_at) AS answered_at FROM channel WHERE id = :id")
_LISTING = text(
    "SELECT l.id, l.name, l.error, l.error_code, l.attempts, l.told_at, c.id AS channel_id, c.code AS channel, c.site_id FROM listing l "
    "JOIN channel c ON c.id = l.channel_id WHERE l.id = :id")
_ORDER = text(
    "SELECT o.id, o.number, o.site_id, o.hold, o.promised_at, o.currency, c.id AS channel_id, c.code AS channel FROM sales_order o LEFT JOIN channel c ON c.code = o.channel "
    "WHERE o.id = :id")
_PAID_BACK = text("SELECT number, site_id, order_id, amount, currency FROM rma WHERE id = :id")
_FINDINGS = text("SELECT code, words, suggestion FROM order_finding WHERE order_id = :id AND severity = 'hold' AND passed = 0 ORDER BY id").columns(suggestion=JSON)
_LACKING = text(
    "SELECT i.code AS item, l.quantity - l.promised - l.short AS lacking, l.short FROM sales_order_line l JOIN item i ON i.id = l.item_id "
    "WHERE l.order_id = :id AND l.promised < l.quantity ORDER BY l.number")
_ASKED = text("SELECT COALESCE(SUM(amount), 0) AS amount, COALESCE(MAX(changed_at), 0) AS came_at FROM refund_request WHERE order_id = :id AND holds = 1 AND decision = ''")
WORDS_MAX = 512
_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What an exception is about: the thing by its table and number, and the sentence that says what is wrong."""

    site_id: int
    kind: str
    about: str
    words: str
    code: str = ""
    order_id: int | None = None
    channel_id: int | None = None
    paper_id: int | None = None
    notice_id: int | None = None
    listing_id: int | None = None
    unread_id: int | None = None
    suggestion: Mapping[str, Any] = field(default_factory=dict)


def open_exception(tx: Tx, matter: Matter, *, since: int | None = None) -> None:
    """Opens it, or gives the open one its new words. One that somebody has ended since its cause arose (`since`; now) stays ended.

    Where there is nobody whose it could be, it is opened when there is: what was missed is looked for every minute.
    """
    owner = owner_for(tx, matter.site_id, matter.kind)
    if owner is None:
        return
    tx.execute(_OPEN, {
        "site_id": matter.site_id, "kind": matter.kind, "about": matter.about, "order_id": matter.order_id, "channel_id": matter.channel_id,
        "paper_id": matter.paper_id, "notice_id": matter.notice_id, "listing_id": matter.listing_id, "unread_id": matter.unread_id, "code": matter.code[:64],
        "words": matter.words[:WORDS_MAX], "suggestion": dict(matter.suggestion), "owner_id": owner, "at": tx.now,
        "since": tx.now + 1 if since is None else since})


def open_paper(tx: Tx, paper: int) -> None:
    """A channel's document was refused."""
    row = tx.row(_PAPER, id=paper)
    kind, about = kind_of_paper(row.code), f"paper/{row.id}"
    tx.execute(_OTHERS_OVER, {"about": about, "kind": kind, "at": tx.now})
    open_exception(tx, Matter(
        site_id=row.site_id, kind=kind, about=about, code=row.code, order_id=row.order_id, channel_id=row.channel_id, paper_id=row.id,
        words=f"{row.channel} has an order {row.ref} that was not taken: {row.words}"), since=row.changed_at)


def open_unread(tx: Tx, request: int) -> None:
    """A buyer asks the platform for money, and what they ask for cannot be read."""
    row: Any = tx.row(_UNREAD, id=request)
    of = f"{row.channel} has a buyer's request {row.ref} for the money of {row.number}" if row.number else f"{row.channel} has a buyer's request {row.ref} for money"
    open_exception(tx, Matter(
        site_id=row.site_id, kind="unreadable", about=f"request/{row.id}", code="request", order_id=row.order_id, channel_id=row.channel_id, unread_id=row.id,
        words=f"{of} that cannot be read: {row.words}"), since=row.changed_at)


def open_notice(tx: Tx, notice: int, since: int | None = None) -> None:
    """A channel will not hear of a shipment, a cancellation or a refund."""
    row = tx.row(_NOTICE, id=notice)
    open_exception(tx, Matter(
        site_id=row.site_id, kind="not_told", about=f"notice/{row.id}", code=row.kind, order_id=row.order_id, channel_id=row.channel_id, notice_id=row.id,
        words=f"{row.channel} does not take the {row.kind} of {row.number}: {row.error or '-'}"), since=since)


def open_channel(tx: Tx, channel: int, hours: int) -> None:
    """A channel has answered nothing for long: no orders come of it, and nothing can be told to it."""
    row: Any = tx.row(_CHANNEL, id=channel)
    open_exception(tx, Matter(
        site_id=row.site_id, kind="channel", about=f"channel/{row.id}", code=row.error_code, channel_id=row.id,
        words=f"{row.code} has not answered for more than {hours} h: {row.error or '-'}"), since=row.answered_at)


def open_listing(tx: Tx, listing: int) -> None:
    """A channel will not hear how much of something it may sell."""
    row = tx.row(_LISTING, id=listing)
    open_exception(tx, Matter(
        site_id=row.site_id, kind="quantity", about=f"listing/{row.id}", code=row.error_code, channel_id=row.channel_id, listing_id=row.id,
        words=f"{row.channel} did not take {row.attempts} times how much of {row.name} it may sell: {row.error or '-'}"), since=row.told_at or 0)


def open_held(tx: Tx, order_id: int, since: int | None = None) -> None:
    """An order was held for what was found in it: one exception for each kind of finding."""
    order, kinds = tx.row(_ORDER, id=order_id), dict[str, list[Any]]()
    for row in tx.rows(_FINDINGS, id=order_id):
        kinds.setdefault(kind_of_finding(row.code), []).append(row)
    for kind, found in kinds.items():
        suggestion = certain(found) if kind == "address" else {}
        is_asked = kind == "address" and not suggestion
        open_exception(tx, Matter(
            site_id=order.site_id, kind=kind, about=f"order/{order.id}", code=found[0].code, order_id=order.id, channel_id=order.channel_id,
            suggestion=suggestion, words=(
                f"{order.number} is held: {found[0].words} Ask its customer and change its address, and it goes." if is_asked else
                f"{order.number} is held: {found[0].words}")), since=since)


def open_oversold(tx: Tx, order_id: int, since: int | None = None) -> None:
    """A channel sold what there is not."""
    order, lacking = tx.row(_ORDER, id=order_id), _lacking(tx, order_id, "lacking")
    open_exception(tx, Matter(
        site_id=order.site_id, kind="oversold", about=f"order/{order.id}", order_id=order.id, channel_id=order.channel_id,
        words=f"{order.channel or '-'} sold more than there is: {order.number} lacks {lacking}."), since=since)


def open_waiting(tx: Tx, order_id: int, hours: int) -> None:
    """An order has waited for stock for long."""
    order, lacking = tx.row(_ORDER, id=order_id), _lacking(tx, order_id, "lacking")
    open_exception(tx, Matter(
        site_id=order.site_id, kind="waiting", about=f"order/{order.id}", order_id=order.id, channel_id=order.channel_id,
        words=f"{order.number} has waited for more than {hours} hours for {lacking}."), since=0)


def open_short(tx: Tx, order_id: int) -> None:
    """The floor could not find what was promised."""
    order, lacking = tx.row(_ORDER, id=order_id), _lacking(tx, order_id, "short")
    open_exception(tx, Matter(
        site_id=order.site_id, kind="short", about=f"order/{order.id}", order_id=order.id, channel_id=order.channel_id,
        words=f"The floor did not find all of {order.number}: {lacking} are short."))


def open_refund_asked(tx: Tx, order_id: int, why: str = "", since: int | None = None) -> None:
    """A buyer asks the platform for the money of an order that has not left; `why` it is not held all the same."""
    order, asked = tx.row(_ORDER, id=order_id), tx.row(_ASKED, id=order_id)
    money = _money(asked, order)
    words = f"The buyer of {order.number} asks {order.channel or '-'} for {money} back"
    open_exception(tx, Matter(
        site_id=order.site_id, kind="refund_asked", about=f"order/{order.id}", order_id=order.id, channel_id=order.channel_id,
        words=f"{words}, and it could not be held: {why}" if why else f"{words}. It is held until somebody decides."), since=asked.came_at if since is None else since)


def open_refund_left(tx: Tx, order_id: int) -> None:
    """A buyer asks the platform for the money of an order that has left, and sends nothing back that is waited for here."""
    order, asked = tx.row(_ORDER, id=order_id), tx.row(_ASKED, id=order_id)
    open_exception(tx, Matter(
        site_id=order.site_id, kind="refund_left", about=f"order/{order.id}", order_id=order.id, channel_id=order.channel_id, words=(
            f"The buyer of {order.number} asks {order.channel or '-'} for {_money(asked, order)} back, and goods of it have left.")), since=asked.came_at)


def _money(asked: Any, order: Any) -> str:
    return f"{major(int(asked.amount), order.currency)} {order.currency}"


def open_stopped(tx: Tx, order_id: int) -> None:
    """A platform stopped an order after it was paid."""
    order = tx.row(_ORDER, id=order_id)
    open_exception(tx, Matter(
        site_id=order.site_id, kind="payment", about=f"order/{order.id}", code=STOPPED, order_id=order.id, channel_id=order.channel_id,
        words=f"{order.channel or '-'} stopped {order.number} after it was paid."))


def open_taken_back(tx: Tx, rma_id: int) -> None:
    """Goods for which money went back are not back after all: whoever counted them was wrong, and nobody asks for the money."""
    row: Any = tx.row(_PAID_BACK, id=rma_id)
    order = tx.row(_ORDER, id=row.order_id)
    open_exception(tx, Matter(
        site_id=row.site_id, kind="payment", about=f"rma/{rma_id}", code=TAKEN_BACK, order_id=row.order_id, channel_id=order.channel_id,
        words=f"{row.number} of {order.number} was paid back with {major(row.amount, row.currency)}, and what came was taken off again."))


def open_unpaid(tx: Tx, order_id: int, hours: int) -> None:
    """Nobody has paid for an order for long."""
    order = tx.row(_ORDER, id=order_id)
    open_exception(tx, Matter(
        site_id=order.site_id, kind="payment", about=f"order/{order.id}", code="unpaid", order_id=order.id, channel_id=order.channel_id,
        words=f"{order.number} has not been paid for more than {hours} hours."), since=0)


def open_stuck(tx: Tx, order_id: int, hours: int) -> None:
    """Nothing of an order has left, and it should have long ago."""
    order = tx.row(_ORDER, id=order_id)
    open_exception(tx, Matter(
        site_id=order.site_id, kind="stuck", about=f"order/{order.id}", order_id=order.id, channel_id=order.channel_id,
        words=f"{order.number} should have left more than {hours} hours ago, and nothing of it has."), since=0)


def certain(found: list[Any]) -> dict[str, str]:
    """What the address is to be, where each finding says one thing of it and none says another; empty where that is not so."""
    better: dict[str, str] = {}
    for one in found:
        said = one.suggestion if kind_of_finding(one.code) == "address" else {}
        if not said or "choices" in said or any(better.get(name, value) != value for name, value in said.items()):
            return {}
        better.update({name: str(value) for name, value in said.items()})
    return better


def _lacking(tx: Tx, order_id: int, column: str) -> str:
    rows = [row for row in tx.rows(_LACKING, id=order_id) if getattr(row, column) > 0]
    return ", ".join([f"{row.item} ×{getattr(row, column)}" for row in rows[:_NAMED]] + ["…"] * (len(rows) > _NAMED))
