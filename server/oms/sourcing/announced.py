"""Sourced orders that wait undated are sent by the site to which what they wait for is announced."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import text

from server.kernel.database import Database
from server.kernel.transaction import Tx
from server.masterdata.parties import own_stock, own_stock_if_any
from server.oms.backorders import backlogs, date
from server.oms.floor import Floor
from server.oms.holding import hold_bound
from server.oms.orders import LANE, hold_order, order_lines
from server.oms.parts import OPEN, live_parts, move_waiting, root_of
from server.oms.sourcing.choosing import Plan, units_of
from server.oms.sourcing.deciding import active_rules, keep_reason
from server.oms.sourcing.looking import asked_of, sites_now
from server.oms.sourcing.rules import Whole
from server.oms.sourcing.sending import ordered_again
from server.oms.sourcing.waiting import left_of, where_to_wait
from server.stock.expected import TO_COME, expected_anywhere, hold_expected_anywhere

_EVERYBODY = 9
"""The last priority: nobody is passed by who is sent elsewhere by itself."""
_UNDATED = text(
    "SELECT o.number, o.site_id, w.item_id, w.quantity - w.promised - w.short AS waits FROM sales_order_line w JOIN sales_order o ON o.id = w.order_id "
    "WHERE w.promised + w.short < w.quantity AND w.expected_at IS NULL AND w.owner_id = :owner_id AND o.is_sourced = 1 AND o.state IN ('accepted', 'released') "
    "AND o.hold <> 'unpaid' AND NOT EXISTS (SELECT 1 FROM sales_order m WHERE m.merged_into = o.id) AND EXISTS (SELECT 1 FROM inbound_line l "
    f"CROSS JOIN inbound n WHERE n.id = l.inbound_id AND l.item_id = w.item_id AND l.owner_id = w.owner_id AND n.site_id <> o.site_id AND {TO_COME}) "
    "ORDER BY o.priority, COALESCE(w.waits_since, o.created_at), o.id, w.number")


def bring_all_announced(database: Database, floor: Floor) -> int:
    """Whoever waits undated looks for what is announced elsewhere, who waits longest first; how many orders were sent anew. Each by itself, so that others write between."""
    return sum(bool(database.write(lambda tx, one=number: bring_announced(tx, one, floor), lane=LANE, backlog=True))  # type: ignore[misc]
               for number in database.read(_hopeful))


def _hopeful(tx: Tx) -> list[str]:
    """The orders for which enough is announced elsewhere; the others, however many, are not looked at further."""
    owner = own_stock_if_any(tx)
    rows = tx.rows(_UNDATED, owner_id=owner)
    items = sorted({row.item_id for row in rows})
    spoken_for = backlogs(tx, owner, items, priority=_EVERYBODY) if items else {}
    left = {key: sum(free for _, free in left_of(announced, spoken_for.get(key, 0))) for key, announced in expected_anywhere(tx, owner, items).items()}
    found = []
    for row in rows:
        sites = [key for key in left if key[1] == row.item_id and key[0] != row.site_id]
        if sum(left[key] for key in sites) >= row.waits:
            found.append(row.number)
            rest = row.waits
            for key in sites:
                taken = min(rest, left[key])
                left[key], rest = left[key] - taken, rest - taken
    return list(dict.fromkeys(found))


def bring_announced(tx: Tx, number: str, floor: Floor) -> list[str]:
    """What an order waits for undated is sent by the sites where it is announced and not spoken for; the numbers of what is sent anew."""
    part = hold_bound(tx, number)
    lines = [line for line in order_lines(tx, part.id) if line.promised + line.short < line.quantity and line.expected_at is None]
    if part.state not in OPEN or not part.is_sourced or not lines:
        return []
    hold_expected_anywhere(tx, own_stock(tx), [line.item_id for line in lines])
    moved = []
    for site_id, pieces in _where(tx, part, lines).items():
        if site_id != part.site_id:
            numbers = move_waiting(tx, part, pieces, site_id, floor)
            keep_reason(tx, root_of(tx, part).id, {"announced": True, "pieces": sum(pieces.values()), "from": part.site_id, "to": site_id}, "stock")
            moved += numbers
    if moved and (left := hold_order(tx, number)).state in OPEN and number not in moved:
        date(tx, left)
    return moved


def _where(tx: Tx, part: Any, lines: Sequence[Any]) -> dict[int, dict[int, int]]:
    parts = live_parts(tx, part)
    _, rules = active_rules(tx)
    ordered = ordered_again(tx, parts)
    asked = asked_of(tx, ordered)
    waits = {line.number: line.quantity - line.promised - line.short for line in lines}
    is_bound = any(rule.counts(asked.facts) for rule in rules.of(Whole)) or any(len(unit) > 1 for unit in units_of(asked.lines, rules))
    if is_bound and {line.number: line.quantity for line in order_lines(tx, part.id)} != waits:
        return {}  # what one site must send stays together
    waiting = replace(asked, lines=tuple(line for line in asked.lines if line.number in waits))
    return where_to_wait(tx, waiting, Plan((), waits, 0.0), sites_now(tx, ordered, asked, rules), rules,
                         home=part.site_id, priority=_EVERYBODY, besides=[one.id for one in parts])

