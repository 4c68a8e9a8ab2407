"""Sourced orders that wait undated are sent by the site to which what they wait for is announced."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import text

from server.kernel.database import Database
from server.kernel.transaction import Tx
from server.masterdata.parties import own_stock
from server.oms.backorders import date
from server.oms.floor import Floor
from server.oms.orders import LANE, hold_order, order_lines
from server.oms.parts import OPEN, live_parts, move_waiting, root_of
from server.oms.sourcing.choosing import Plan, units_of
from server.oms.sourcing.deciding import active_rules, keep_reason
from server.oms.sourcing.looking import asked_of, sites_now
from server.oms.sourcing.rules import Whole
from server.oms.sourcing.sending import ordered_again
from server.oms.sourcing.waiting import where_to_wait
from server.stock.expected import TO_COME, hold_expected_anywhere

_AT_ONCE = 20
_UNDATED = text(
    "SELECT o.id, o.number, o.priority, MIN(COALESCE(w.waits_since, o.created_at)) AS since FROM sales_order_line w JOIN sales_order o ON o.id = w.order_id "
    "WHERE w.promised + w.short < w.quantity AND w.expected_at IS NULL AND o.is_sourced = 1 AND o.state IN ('accepted', 'released') AND o.hold <> 'unpaid' "
    "AND NOT EXISTS (SELECT 1 FROM sales_order m WHERE m.merged_into = o.id) AND EXISTS (SELECT 1 FROM inbound_line l JOIN inbound n ON n.id = l.inbound_id "
    f"WHERE l.item_id = w.item_id AND l.owner_id = w.owner_id AND n.site_id <> o.site_id AND {TO_COME}) GROUP BY o.id, o.number, o.priority ORDER BY o.priority, since, o.id")


def bring_all_announced(database: Database, floor: Floor) -> int:
    """Whoever waits undated looks for what is announced elsewhere, who waits longest first; how many orders were sent anew."""
    rows = database.read(lambda tx: tx.rows(_UNDATED))
    return sum(database.write(lambda tx, some=rows[at:at + _AT_ONCE]: _brought(tx, some, floor), lane=LANE, backlog=True)  # type: ignore[misc]
               for at in range(0, len(rows), _AT_ONCE))


def bring_announced(tx: Tx, number: str, floor: Floor) -> list[str]:
    """What an order waits for undated is sent by the sites where it is announced and not spoken for; the numbers of what is sent anew."""
    part = hold_order(tx, number)
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
                         home=part.site_id, priority=part.priority, besides=[one.id for one in parts])


def _brought(tx: Tx, rows: Sequence[Any], floor: Floor) -> int:
    return sum(bool(bring_announced(tx, row.number, floor)) for row in rows)
