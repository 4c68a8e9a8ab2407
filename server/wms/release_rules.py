"""Saved rules that say which waiting orders go to the floor, when, and how they are picked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import JSON, bindparam, text

from server.kernel.audit import record_change
from server.kernel.clock import MINUTE, SECOND
from server.kernel.errors import Invalid, NotFound
from server.kernel.transaction import Tx

PICKINGS = ("single", "batch", "cluster", "zone")
_COLUMNS = "id, site_id, name, streaming, hold_seconds, picking, trolley_orders, filters"
_PUT = text(
    "INSERT INTO release_rule (site_id, name, streaming, hold_seconds, picking, trolley_orders, filters) "
    "VALUES (:site_id, :name, :streaming, :hold_seconds, :picking, :trolley_orders, :filters) "
    "ON CONFLICT (site_id, name) DO UPDATE SET streaming = excluded.streaming, hold_seconds = excluded.hold_seconds, "
    "picking = excluded.picking, trolley_orders = excluded.trolley_orders, filters = excluded.filters RETURNING id"
).bindparams(bindparam("filters", type_=JSON))
_BEFORE = text("SELECT streaming, hold_seconds, picking, trolley_orders, filters FROM release_rule "
               "WHERE site_id = :site_id AND name = :name").columns(filters=JSON)
_BY_ID = text(f"SELECT {_COLUMNS} FROM release_rule WHERE id = :id").columns(filters=JSON)
_STREAMING = text(f"SELECT {_COLUMNS} FROM release_rule WHERE streaming = 1 ORDER BY site_id, id").columns(filters=JSON)
_ALL = text(f"SELECT {_COLUMNS} FROM release_rule WHERE site_id = :site_id ORDER BY id").columns(filters=JSON)
_WAITING = text(
    "SELECT r.id, r.created_at FROM release r WHERE r.site_id = :site_id AND r.state = 'waiting' AND r.wave_id IS NULL AND r.on_hold = 0 "
    "AND (:code = '' OR r.code = :code) "
    "AND (:carrier = '' OR r.carrier = :carrier) AND r.priority <= :priority_max "
    "AND (CAST(:cutoff_before AS BIGINT) IS NULL OR r.cutoff_at <= :cutoff_before) "
    "AND (:zone = '' OR NOT EXISTS (SELECT 1 FROM release_line l JOIN item i ON i.id = l.item_id "
    " WHERE l.release_id = r.id AND COALESCE(i.zone, '') <> :zone)) "
    "ORDER BY r.priority, CASE WHEN r.cutoff_at IS NULL THEN 1 ELSE 0 END, r.cutoff_at, r.id LIMIT :most"
)
FILTERS = ("carrier", "priority_max", "cutoff_within_minutes", "zone", "order")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRule:
    """A rule; `id` is 0 for one that is not saved.

    `filters`: carrier, priority_max (1 to 9), cutoff_within_minutes, zone (all items of the order belong there), order (that one).
    A streaming rule lets an order wait `hold_seconds` for others on its way, or until a trolley is full.
    """

    id: int = 0
    site_id: int
    name: str
    streaming: bool = False
    hold_seconds: int = 120
    picking: str = "cluster"
    trolley_orders: int = 8
    filters: Mapping[str, Any] = field(default_factory=dict)


def put_rule(tx: Tx, rule: ReleaseRule) -> int:
    """Saves a rule under its name; its number. Invalid says what is wrong."""
    errors = []
    if not 0 < len(rule.name) <= 64 or not rule.name.isprintable():
        errors.append({"where": "name", "what": "must be 1 to 64 printable characters"})
    if rule.picking not in PICKINGS:
        errors.append({"where": "picking", "what": f"must be one of {', '.join(PICKINGS)}"})
    if not 0 < rule.trolley_orders <= 60 or not 0 <= rule.hold_seconds <= 86_400:
        errors.append({"where": "trolley_orders, hold_seconds", "what": "must be 1 to 60, and 0 to 86400"})
    errors.extend({"where": f"filters.{name}", "what": f"is none of {', '.join(FILTERS)}"}
                  for name in rule.filters if name not in FILTERS)
    if errors:
        raise Invalid(f"Release rule {rule.name[:64]}: {errors[0]['where']} {errors[0]['what']}.", errors=errors)
    known = tx.row(_BEFORE, site_id=rule.site_id, name=rule.name)
    new = {"streaming": int(rule.streaming), "hold_seconds": rule.hold_seconds, "picking": rule.picking,
           "trolley_orders": rule.trolley_orders, "filters": dict(rule.filters)}
    number = int(tx.scalar(_PUT, site_id=rule.site_id, name=rule.name, **new))
    record_change(tx, "release_rule.put", rule.name, old=known._mapping if known is not None else None, new=new)
    return number


def rule_by_id(tx: Tx, number: int) -> ReleaseRule:
    """A saved rule; NotFound when there is none."""
    row = tx.row(_BY_ID, id=number)
    if row is None:
        raise NotFound(f"There is no release rule {number}.", what=number)
    return _rule(row)


def streaming_rules(tx: Tx) -> list[ReleaseRule]:
    """The rules of all sites that release by themselves."""
    return [_rule(row) for row in tx.rows(_STREAMING)]


def rules_of(tx: Tx, site_id: int) -> list[ReleaseRule]:
    """All rules of a site."""
    return [_rule(row) for row in tx.rows(_ALL, site_id=site_id)]


def waiting_releases(tx: Tx, rule: ReleaseRule, most: int) -> list[int]:
    """The waiting orders that a rule lets go now, the most urgent first.

    A streaming rule lets none go that still holds, unless so many wait that trolleys can be filled.
    """
    within = rule.filters.get("cutoff_within_minutes")
    rows = tx.rows(
        _WAITING, site_id=rule.site_id, carrier=str(rule.filters.get("carrier") or ""), most=most,
        priority_max=int(rule.filters.get("priority_max") or 9), zone=str(rule.filters.get("zone") or ""), code=str(rule.filters.get("order") or ""),
        cutoff_before=None if within is None else tx.now + int(within) * MINUTE)
    if not rule.streaming:
        return [row.id for row in rows]
    held_until = tx.now - rule.hold_seconds * SECOND
    if any(row.created_at <= held_until for row in rows):
        return [row.id for row in rows]
    return [row.id for row in rows[: len(rows) - len(rows) % rule.trolley_orders]]


def _rule(row: Any) -> ReleaseRule:
    return ReleaseRule(id=row.id, site_id=row.site_id, name=row.name, streaming=bool(row.streaming),
                       hold_seconds=row.hold_seconds, picking=row.picking, trolley_orders=row.trolley_orders,
                       filters=row.filters)
