"""Orders go to the floor: allocated one by one, grouped for trolleys, and made into pick tasks.

Each step is a transaction of its own, so that a wave of a thousand orders never keeps a scan waiting; a wave cut off
in between is finished by the next run.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import bindparam, text

from server.events import WaveReleased
from server.kernel.clock import SECOND
from server.kernel.counters import next_number
from server.kernel.database import Database
from server.kernel.jobs import add_job
from server.kernel.settings import get_setting, set_setting
from server.kernel.transaction import Tx, in_list
from server.stock.allocations import Candidate
from server.wms.allocating import Choose, Line, allocate_line, comes_later, give_back, give_up
from server.wms.floor_plan import FloorPlan, Point, floor_plan
from server.wms.pick_tasks import Allocated, make_pick_tasks
from server.wms.release_rules import ReleaseRule, streaming_rules, waiting_releases
from server.wms.releases import hold_release, set_release_state
from server.wms.walk.batching import batch

ORDERS_MAX = 400
_SECONDS_PER_ORDER = 0.02
_SECONDS_MAX = 4.0
_EQUALS_MAX = 25
_IN_VAIN_MS = 20 * SECOND
_busy = threading.Lock()

_ADD = text("INSERT INTO wave (code, site_id, rule_id, created_at) VALUES (:code, :site_id, :rule_id, :at) RETURNING id")
_CLAIM = text("UPDATE release SET wave_id = :wave_id WHERE id = :id AND state = 'waiting' AND wave_id IS NULL AND on_hold = 0")
_UNCLAIM = text("UPDATE release SET wave_id = NULL WHERE id = :id AND state = 'waiting'")
_LINES = text(
    "SELECT l.id, l.number, l.item_id, l.owner_id, l.lot, l.serial, l.ordered, l.allocated, l.short, r.id AS release_id, "
    "r.order_number, r.site_id, r.min_shelf_life_days FROM release_line l JOIN release r ON r.id = l.release_id "
    "WHERE r.id = :id ORDER BY l.item_id, l.id"
)
_OPEN = text(
    "SELECT a.id, a.holder_id, a.goods_id, a.quantity, l.release_id, l.id AS line_id, loc.zone, loc.x_mm, loc.y_mm, "
    "loc.id AS location_id, loc.level "
    "FROM allocation a JOIN release_line l ON l.id = a.release_line_id LEFT JOIN lpn p ON p.id = a.holder_id "
    "JOIN location loc ON loc.id = COALESCE(p.location_id, a.holder_id) "
    "WHERE l.release_id IN :ids AND a.state = 'open' AND a.task_id IS NULL ORDER BY a.id"
).bindparams(bindparam("ids", expanding=True))
_FREE_WAITING = text("UPDATE release SET wave_id = NULL WHERE wave_id = :id AND state = 'waiting'")
_FREE = text("UPDATE release SET wave_id = NULL WHERE wave_id = :id")
_HAS_TASKS = text("SELECT 1 FROM task WHERE wave_id = :id LIMIT 1")
_DROP = text("DELETE FROM wave WHERE id = :id")
_IN_WAVE = text("SELECT id, delivery FROM release WHERE wave_id = :wave_id AND state = 'waiting' ORDER BY priority, id")
_DONE = text("UPDATE wave SET state = 'released', released_at = :at WHERE id = :id AND state = 'planned'")
_BY_ID = text("SELECT id, code, site_id, state, walk_mm, walk_s_shape_mm, walk_order_mm, created_at, released_at "
              "FROM wave WHERE id = :id")
_SIZE = text(
    "SELECT COUNT(DISTINCT r.id) AS orders, COUNT(l.id) AS lines FROM release r "
    "JOIN release_line l ON l.release_id = r.id AND l.allocated > 0 WHERE r.wave_id = :id"
)


@dataclass(frozen=True, slots=True)
class WaveMade:
    """What a release came to."""

    wave_id: int
    code: str
    orders: int
    lines: int


def open_due(tx: Tx) -> list[int]:
    """Opens a wave for every streaming rule that has something to let go; their numbers."""
    opened = [open_wave(tx, rule) for rule in streaming_rules(tx) if get_setting(tx, _not_before(rule), 0) <= tx.now]
    return [number for number in opened if number is not None]


def open_wave(tx: Tx, rule: ReleaseRule, *, most: int = ORDERS_MAX) -> int | None:
    """Claims what a rule lets go now as one wave and asks for its release in the background; None when nothing waits."""
    ids = waiting_releases(tx, rule, most)
    if not ids:
        return None
    code = f"WAVE-{next_number(tx, 'wave'):05d}"
    wave_id = int(tx.scalar(_ADD, code=code, site_id=rule.site_id, rule_id=rule.id or None, at=tx.now))
    for number in ids:
        tx.execute(_CLAIM, {"id": number, "wave_id": wave_id})
    add_job(tx, "release_wave", {"wave": wave_id, "rule": asdict(rule)}, unique_key=f"release_wave:{wave_id}")
    return wave_id


def release_claimed(database: Database, wave_id: int, rule: ReleaseRule) -> WaveMade | None:
    """Allocates the orders that a wave has claimed and makes its tasks; None when nothing could be allocated.

    Cut off and run again it goes on where it was.
    """
    plan = database.read(lambda tx: floor_plan(tx, rule.site_id))
    with _busy:  # of several waves at once each would walk past the bins of the others
        if plan is not None:
            _allocate_all(database, wave_id, plan)
            _hand_out(database, wave_id, rule, plan)
        return database.write(lambda tx: _close(tx, wave_id, rule), backlog=True)


def release_wave(database: Database, rule: ReleaseRule, *, most: int = ORDERS_MAX) -> WaveMade | None:
    """Releases what a rule lets go now, and waits for it."""
    wave_id = database.write(lambda tx: open_wave(tx, rule, most=most), backlog=True)
    return None if wave_id is None else release_claimed(database, wave_id, rule)


def release_wave_job(database: Database, payload: Mapping[str, Any]) -> None:
    """The background half of `open_wave`."""
    release_claimed(database, int(payload["wave"]), ReleaseRule(**payload["rule"]))


def wave_by_id(tx: Tx, number: int) -> Any:
    """A wave's row."""
    return tx.row(_BY_ID, id=number)


def wave_size(tx: Tx, number: int) -> Any:
    """How many orders and lines of a wave are allocated so far."""
    return tx.row(_SIZE, id=number)


def _allocate_all(database: Database, wave_id: int, plan: FloorPlan) -> None:
    for row in database.read(lambda tx: tx.rows(_IN_WAVE, wave_id=wave_id)):
        database.write(lambda tx, row=row: _allocate_release(tx, row.id, plan), backlog=True)  # type: ignore[misc]


def _allocate_release(tx: Tx, release_id: int, plan: FloorPlan) -> None:
    """Allocates a release in full, or as far as anything will ever come; else it goes on waiting.

    "In full" counts what stands on the dock or is being counted: for that the order waits. One that was cancelled meanwhile
    is left alone.
    """
    if hold_release(tx, release_id).state != "waiting":
        return
    lines = [Line(**row._mapping) for row in tx.rows(_LINES, id=release_id)]
    chosen: list[Point] = []
    missing: list[tuple[Line, int]] = []
    made: list[int] = []
    for line in lines:
        found = allocate_line(tx, line, line.wanted, _nearest_to(plan, chosen))
        made.extend(number for number, _ in found)
        rest = line.wanted - _quantity_of(tx, [number for number, _ in found])
        if rest > 0:
            missing.append((line, rest))
    if any(comes_later(tx, line) >= rest for line, rest in missing):
        for number in made:
            give_back(tx, number)
        tx.execute(_UNCLAIM, {"id": release_id})
        return
    for line, _ in missing:
        give_up(tx, line.id)
    if not made and not _quantity_allocated(lines):
        set_release_state(tx, release_id, "cancelled")


_QUANTITIES = text("SELECT COALESCE(SUM(quantity), 0) FROM allocation WHERE id IN :ids").bindparams(
    bindparam("ids", expanding=True))


def _quantity_of(tx: Tx, ids: list[int]) -> int:
    return int(tx.scalar(_QUANTITIES, ids=in_list(ids)))


def _quantity_allocated(lines: Sequence[Line]) -> int:
    return sum(line.allocated for line in lines)


def _nearest_to(plan: FloorPlan, chosen: list[Point]) -> Choose:
    """Of bins that may equally be picked from, the one nearest to where the picker goes anyway."""
    def choose(equal: Sequence[Candidate]) -> Candidate:
        others = chosen or [plan.depot_point()]
        best = min(equal[:_EQUALS_MAX], key=lambda one: min(
            plan.between(plan.point(one.x_mm, one.y_mm), other) for other in others))
        chosen.append(plan.point(best.x_mm, best.y_mm))
        return best

    return choose


def _hand_out(database: Database, wave_id: int, rule: ReleaseRule, plan: FloorPlan) -> None:
    waiting = database.read(lambda tx: tx.rows(_IN_WAVE, wave_id=wave_id))
    ids = [row.id for row in waiting]
    alone = {row.id for row in waiting if row.delivery == "collect"} if rule.picking == "batch" else set()  # what is picked is what waits for the customer
    allocated = [Allocated(row.id, row.release_id, row.holder_id, row.goods_id, row.zone, plan.point(row.x_mm, row.y_mm),
                           row.location_id, row.level, row.x_mm)
                 for row in database.read(lambda tx: tx.rows(_OPEN, ids=in_list(ids)))]
    for group in _groups(plan, rule, ids, allocated, alone):
        database.write(lambda tx, group=group: make_pick_tasks(tx, wave_id, rule, plan, group), backlog=True)  # type: ignore[misc]


def _groups(
    plan: FloorPlan, rule: ReleaseRule, ids: Sequence[int], allocated: Sequence[Allocated], alone: set[int],
) -> list[list[Allocated]]:
    of = {number: [one for one in allocated if one.release_id == number] for number in ids}
    of = {number: mine for number, mine in of.items() if mine}
    by_themselves = [mine for number, mine in of.items() if number in alone]
    numbers = [number for number in of if number not in alone]
    capacity = 1 if rule.picking == "single" else rule.trolley_orders
    seconds = min(_SECONDS_MAX, _SECONDS_PER_ORDER * len(numbers))
    groups = batch([[one.point for one in of[number]] for number in numbers], capacity, plan.length,
                   layout=plan.layout(()), seconds=seconds)
    return [*by_themselves, *([one for at in group for one in of[numbers[at]]] for group in groups)]


def _close(tx: Tx, wave_id: int, rule: ReleaseRule) -> WaveMade | None:
    tx.execute(_FREE_WAITING, {"id": wave_id})  # what lost its goods meanwhile goes with another wave
    wave, size = wave_by_id(tx, wave_id), wave_size(tx, wave_id)
    if size is None or not size.orders:
        _end_in_vain(tx, wave_id)
        set_setting(tx, _not_before(rule), tx.now + _IN_VAIN_MS)
        return None
    if tx.changed(_DONE, id=wave_id, at=tx.now):
        tx.emit(WaveReleased(wave.code, int(size.orders), int(size.lines)))
    return WaveMade(wave_id, wave.code, int(size.orders), int(size.lines))


def _end_in_vain(tx: Tx, wave_id: int) -> None:
    """A wave of nothing leaves no trace, unless all its orders were cancelled when it had tasks already: those name it."""
    if tx.scalar(_HAS_TASKS, id=wave_id):
        tx.execute(_DONE, {"id": wave_id, "at": tx.now})
        return
    tx.execute(_FREE, {"id": wave_id})
    tx.execute(_DROP, {"id": wave_id})


def _not_before(rule: ReleaseRule) -> str:
    """A rule whose orders wait for stock is not tried again every two seconds."""
    return f"release_rule_{rule.id}_not_before"
