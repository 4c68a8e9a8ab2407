"""Orders that wait to be sourced together: held with their stock promised, chosen for all at once, and let go one by one."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import text

from server.kernel.database import Database
from server.kernel.errors import Refusal
from server.kernel.jobs import add_job
from server.kernel.transaction import Tx
from server.oms.changing import let_go
from server.oms.floor import Floor
from server.oms.orders import LANE, hold_order, order_lines
from server.oms.parts import Placement, live_parts, parts_read, place
from server.oms.sourcing.choosing import Asked, Plan, SiteNow
from server.oms.sourcing.deciding import active_rules, keep_reason, placements_of, told
from server.oms.sourcing.in_turn import Progress, Row, Together, one_by_one
from server.oms.sourcing.looking import asked_of, book, day_left, free_of, sites_now
from server.oms.sourcing.rules import RuleSet
from server.oms.sourcing.sending import SOURCING, ordered_again
from server.oms.sourcing.together import together

log = logging.getLogger("aisle.sourcing")

ORDERS_MAX = 10_000
_AT_ONCE = 200
_WAITING = text("SELECT id, number FROM sales_order WHERE hold <> '' AND hold = :hold AND part = 0 AND id > :after AND state = 'accepted' ORDER BY id LIMIT :most")
_COUNT = text("SELECT COUNT(*) FROM sales_order WHERE hold <> '' AND hold = :hold AND part = 0 AND state = 'accepted'")
_FREE = text("SELECT site_id, item_id, on_hand - promised AS free FROM availability WHERE on_hand > promised")


@dataclass(slots=True)
class _Waiting:
    """An order that waits, as the rules see it, and what it holds by site and item."""

    number: str
    asked: Asked
    sites: list[SiteNow]
    own: dict[Row, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sourced:
    """What came of it: how many orders were let go, and of how many another plan than each one's own was taken."""

    orders: int
    moved: int
    parcels: int
    parcels_one_by_one: int
    cost: float
    cost_one_by_one: float


def waiting_count(tx: Tx) -> int:
    """How many orders wait to be sourced together."""
    return int(tx.scalar(_COUNT, hold=SOURCING))


def want_together(tx: Tx) -> None:
    """Asks for it, where anything waits."""
    if tx.rows(_WAITING, hold=SOURCING, after=0, most=1):
        add_job(tx, "source_together", unique_key="source_together")


def source_together(database: Database, floor: Floor, *, seconds: float = 60.0, progress: Progress | None = None) -> Sourced:
    """Chooses who sends all that waits, and lets it go. Cut off in the middle the rest still waits, and is chosen for again.

    Nothing of the database is held while it is chosen: what is not as it was then stays with the sites that hold it.
    """
    waiting, free, rules_id, rules, left = _read(database)
    asked = Together([one.asked for one in waiting], [one.sites for one in waiting], free, left)
    greedy = one_by_one(asked, rules, progress=progress)
    chosen = together(asked, rules, greedy, seconds=seconds, progress=progress) if waiting else greedy
    moved = 0
    for at, (one, plan) in enumerate(zip(waiting, chosen.plans, strict=True), 1):
        moved += database.write(partial(_send, one=one, plan=plan, rules_id=rules_id, rules=rules, floor=floor), lane=LANE, backlog=True)
        if progress is not None and at % 100 == 0:
            progress("sent", at, len(waiting))
    return Sourced(len(waiting), moved, chosen.parcels, greedy.parcels, chosen.cost, greedy.cost)


def _read(database: Database) -> tuple[list[_Waiting], dict[Row, int], int | None, RuleSet, dict[int, int]]:
    rules_id, rules = database.read(active_rules)
    waiting: list[_Waiting] = []
    after = 0
    while len(waiting) < ORDERS_MAX:
        rows, after = database.read(partial(_some, after=after, rules=rules))
        waiting += rows
        if after == 0:
            break
    free = {(row.site_id, row.item_id): int(row.free) for row in database.read(lambda tx: tx.rows(_FREE))}
    for one in waiting:
        for row, pieces in one.own.items():
            free[row] = free.get(row, 0) + pieces
    return waiting, free, rules_id, rules, database.read(partial(day_left, rules=rules))


def _some(tx: Tx, *, after: int, rules: RuleSet) -> tuple[list[_Waiting], int]:
    rows = tx.rows(_WAITING, hold=SOURCING, after=after, most=_AT_ONCE)
    return [_looked_at(tx, row, rules) for row in rows], rows[-1].id if len(rows) == _AT_ONCE else 0


def _looked_at(tx: Tx, row: Any, rules: RuleSet) -> _Waiting:
    parts = parts_read(tx, row.id)
    ordered = ordered_again(tx, parts)
    asked = asked_of(tx, ordered)
    waiting = _Waiting(row.number, asked, sites_now(tx, ordered, asked, rules))
    for part in parts:
        for line in order_lines(tx, part.id):
            waiting.own[part.site_id, line.item_id] = waiting.own.get((part.site_id, line.item_id), 0) + line.promised
    return waiting


def _send(tx: Tx, *, one: _Waiting, plan: Plan, rules_id: int | None, rules: RuleSet, floor: Floor) -> bool:
    """Whether the order is sent by others than held it; it is let go in any case."""
    root = hold_order(tx, one.number)
    if root.hold != SOURCING:
        return False  # somebody cancelled it, or let it go by hand
    wanted = placements_of(plan, root.site_id)
    moved = _is_there(tx, one, wanted) and _placed(tx, root, wanted, floor)
    keep_reason(tx, root.id, {"chosen": told(plan), "others": [], "barred": {}}, "together", rules_id=rules_id)
    book(tx, [part.site_id for part in live_parts(tx, hold_order(tx, one.number))], rules)
    let_go(tx, one.number)
    return moved


def _is_there(tx: Tx, one: _Waiting, wanted: Sequence[Placement]) -> bool:
    """Whether the sites still have it: somebody may have been faster."""
    items = {line.number: line.item_id for line in one.asked.lines}
    free = _free_of(tx, sorted(set(items.values())))
    need: dict[Row, int] = {}
    for placement in wanted:
        for line, pieces in placement.pieces.items():
            row = (placement.site_id, items[line])
            need[row] = need.get(row, 0) + pieces
    return all(free.get(row, 0) + one.own.get(row, 0) >= pieces for row, pieces in need.items())


def _free_of(tx: Tx, items: Sequence[int]) -> Mapping[Row, int]:
    return {(site, item): pieces for site, by_item in free_of(tx, items).items() for item, pieces in by_item.items()}


def _placed(tx: Tx, root: Any, wanted: Sequence[Placement], floor: Floor) -> bool:
    try:
        with tx.savepoint():
            return bool(place(tx, root, wanted, floor))
    except Refusal as refusal:
        log.warning("%s stays where it is: %s", root.number, refusal.sentence)
        return False
