"""Pick tasks: the bins of one round in the order of the walk, and the totes that the goods go into."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Date, bindparam, text

from server.kernel.transaction import Tx, in_list
from server.stock.allocations import Candidate
from server.wms.floor_plan import FloorPlan, Point
from server.wms.release_rules import ReleaseRule
from server.wms.releases import hold_release, release_by_id, set_release_state
from server.wms.task_places import WorkRules, work_rules
from server.wms.tasks import NewTask, TaskRow, make_task

_GIVE_TASK = text("UPDATE allocation SET task_id = :task_id, position = :position WHERE id = :id")
_WAITING = text("SELECT id FROM allocation WHERE id IN :ids AND state = 'open' AND task_id IS NULL").bindparams(
    bindparam("ids", expanding=True))
_WALKED = text(
    "UPDATE wave SET walk_mm = walk_mm + :exact, walk_s_shape_mm = walk_s_shape_mm + :s_shape, "
    "walk_order_mm = walk_order_mm + :sequence WHERE id = :id"
)
_ROWS = (
    "SELECT a.id, a.holder_id, a.goods_id, a.quantity, a.picked, a.state, a.position, a.tote_id, a.release_line_id, "
    "r.id AS release_id, r.code AS release, r.order_number, r.site_id, l.number AS line, g.item_id, g.lot, g.serial, g.owner_id, "
    "i.code AS item, i.name, i.picture, seen.digest, i.tracks_lot, i.tracks_serial, i.catch_weight, loc.id AS location_id, "
    "loc.code AS location, loc.zone, loc.level, "
    "(SELECT MAX(o.level) + 1 FROM location o WHERE o.site_id = loc.site_id AND o.kind = 'bin' AND o.x_mm = loc.x_mm AND o.y_mm = loc.y_mm) AS levels, "
    "loc.check_digit, loc.x_mm, loc.y_mm, loc.suspect, loc.kind AS location_kind, t.code AS tote, t.location_id AS tote_location_id, t.parent_id AS tote_parent_id, "
    "p.code AS lpn, p.kind AS lpn_kind, lot.expiry_on "
    "FROM allocation a JOIN release_line l ON l.id = a.release_line_id JOIN release r ON r.id = l.release_id "
    "JOIN goods g ON g.id = a.goods_id JOIN item i ON i.id = g.item_id LEFT JOIN lpn p ON p.id = a.holder_id "
    "JOIN location loc ON loc.id = COALESCE(p.location_id, a.holder_id) LEFT JOIN lpn t ON t.id = a.tote_id "
    "LEFT JOIN lot ON lot.item_id = g.item_id AND lot.code = g.lot LEFT JOIN item_picture seen ON seen.item_id = g.item_id "
)
_OF_TASK = text(_ROWS + "WHERE a.task_id = :task_id AND a.state <> 'voided' ORDER BY a.position, a.id").columns(
    expiry_on=Date)
_GROUP = text(
    _ROWS + "WHERE a.task_id = :task_id AND a.state = 'open' AND a.holder_id = (SELECT holder_id FROM allocation WHERE id = :id) "
    "AND a.goods_id = (SELECT goods_id FROM allocation WHERE id = :id) "
    "AND (:alone = 0 OR a.id = :id) ORDER BY a.id"
).columns(expiry_on=Date)
_IS_PICKED_ON = (
    "(r.state IN ('released', 'picked') OR (r.state = 'cancelled' "
    "AND NOT EXISTS (SELECT 1 FROM release_line w WHERE w.release_id = r.id AND w.short < w.ordered)))"
)
"""Nobody has packed it yet; it may have ended because nothing was left of it in the book."""
_LOST = text(
    _ROWS + f"WHERE a.id = :id AND a.task_id = :task_id AND a.state = 'voided' AND {_IS_PICKED_ON} AND g.serial = '' AND loc.blocked = 0 "
    "AND NOT EXISTS (SELECT 1 FROM balance b JOIN goods h ON h.id = b.goods_id WHERE b.holder_id = a.holder_id AND b.quantity > 0 "
    "AND h.item_id = g.item_id AND h.lot = g.lot AND h.status <> 'available')"
).columns(expiry_on=Date)
_INSTEAD = text(
    _ROWS + "JOIN allocation v ON v.release_line_id = a.release_line_id AND v.holder_id = a.holder_id AND v.goods_id = a.goods_id "
    "WHERE v.id = :id AND a.task_id = :task_id AND a.state = 'open' ORDER BY a.id"
).columns(expiry_on=Date)
_ELSEWHERE = text("SELECT id FROM allocation WHERE release_line_id = :id AND task_id = :task_id AND state = 'open' AND picked = 0 "
                  "AND (holder_id <> :holder_id OR goods_id <> :goods_id) ORDER BY id DESC")
_ONE_A_LINE = text(
    "SELECT MAX(a.id) AS id FROM allocation a JOIN release_line l ON l.id = a.release_line_id JOIN release r ON r.id = l.release_id "
    f"WHERE a.task_id = :task_id AND a.holder_id = :holder_id AND a.goods_id = :goods_id AND {_IS_PICKED_ON} "
    "GROUP BY a.release_line_id ORDER BY 1"
)
_ONE = text(_ROWS + "WHERE a.id = :id AND a.task_id = :task_id").columns(expiry_on=Date)
_OTHERS_AT = text(
    "SELECT DISTINCT a.task_id FROM allocation a JOIN task t ON t.id = a.task_id "
    "WHERE a.holder_id IN (SELECT CAST(:location_id AS BIGINT) UNION ALL SELECT id FROM lpn WHERE location_id = :location_id) "
    "AND a.state = 'open' AND t.state = 'leased' AND t.id <> :task_id"
)
_TAKEN_FROM = text(
    "SELECT l.code FROM allocation a LEFT JOIN lpn p ON p.id = a.holder_id "
    "JOIN location l ON l.id = COALESCE(p.location_id, a.holder_id) WHERE a.id = :id AND a.task_id = :task_id"
)
_GIVE_TOTE = text(
    "UPDATE allocation SET tote_id = :tote_id WHERE task_id = :task_id AND state = 'open' AND release_line_id IN "
    "(SELECT id FROM release_line WHERE release_id IN :releases)"
).bindparams(bindparam("releases", expanding=True))
_CHANGE_TOTE = text("UPDATE allocation SET tote_id = :new WHERE task_id = :task_id AND state = 'open' AND tote_id = :old "
                    "RETURNING id")


@dataclass(frozen=True, slots=True)
class Allocated:
    """An allocation that waits for a task, and where its bin is."""

    id: int
    release_id: int
    holder_id: int
    goods_id: int
    zone: str
    point: Point
    location_id: int
    level: int
    x_mm: int


def make_pick_tasks(tx: Tx, wave_id: int | None, rule: ReleaseRule, plan: FloorPlan, group: Sequence[Allocated]) -> list[int]:
    """The tasks of one group of orders: one, or one a zone; one more for each narrow aisle, and for what a forklift has to reach.

    Their walks are added to the wave's.

    What was cancelled or lost since the group was put together is left out.
    """
    group = _still_waiting(tx, group)
    if not group:
        return []
    rules, parts = work_rules(tx, rule.site_id), dict[tuple[str, int, str], list[Allocated]]()
    for one in group:
        aisle = rules.aisle(one.x_mm)
        part = (one.zone if rule.picking == "zone" else "", -1 if aisle is None else aisle, rules.needs(one.level, rule.picking))
        parts.setdefault(part, []).append(one)
    made = [_make(tx, wave_id, rule, plan, mine, needs=needs) for (_, _, needs), mine in sorted(parts.items(), key=lambda one: one[0])]
    for number in dict.fromkeys(one.release_id for one in group):
        set_release_state(tx, number, "released")
    return made


def task_allocations(tx: Tx, task_id: int) -> list[Any]:
    """What a pick task is to take, in the order of the walk, done or not."""
    return tx.rows(_OF_TASK, task_id=task_id)


def open_group(tx: Tx, task_id: int, allocation_id: int, *, alone: bool) -> list[Any]:
    """The open allocations that one form picks: the same goods from the same place (`alone`: just this one)."""
    return tx.rows(_GROUP, task_id=task_id, id=allocation_id, alone=int(alone))


def taken_from(tx: Tx, task_id: int, allocation_id: int) -> str:
    """The bin that a pick of a task was from, whatever became of the pick; empty when it never was of that task."""
    return str(tx.scalar(_TAKEN_FROM, task_id=task_id, id=allocation_id) or "")


def lost_pick(tx: Tx, task_id: int, allocation_id: int) -> Any:
    """A pick whose goods somebody else took, of an order that nobody has packed; None for others, and where goods are blocked or held."""
    return tx.row(_LOST, task_id=task_id, id=allocation_id)


def picked_instead(tx: Tx, task_id: int, allocation_id: int) -> list[Any]:
    """What of a lost pick is still kept in the same place for the same line."""
    return tx.rows(_INSTEAD, task_id=task_id, id=allocation_id)


def one_a_line(tx: Tx, task_id: int, row: Any) -> list[int]:
    """Of each line that is picked from the place of a pick in one go, one allocation, whatever became of it."""
    return [int(one.id) for one in tx.rows(_ONE_A_LINE, task_id=task_id, holder_id=row.holder_id, goods_id=row.goods_id)]


def pick_by_id(tx: Tx, task_id: int, allocation_id: int) -> Any:
    """One allocation of a round, whatever became of it."""
    return tx.row(_ONE, task_id=task_id, id=allocation_id)


def untouched_elsewhere(tx: Tx, task_id: int, row: Any) -> list[int]:
    """The allocations of a pick's line in other places that nobody has begun in its round, the newest first."""
    return [int(one.id) for one in tx.rows(_ELSEWHERE, id=row.release_line_id, task_id=task_id, holder_id=row.holder_id, goods_id=row.goods_id)]


def others_at(tx: Tx, task_id: int, location_id: int) -> list[int]:
    """The rounds of other pickers that still have to go to a location."""
    return [row.task_id for row in tx.rows(_OTHERS_AT, task_id=task_id, location_id=location_id)]


def give_tote(tx: Tx, task_id: int, release_ids: Sequence[int], tote_id: int) -> None:
    """What is picked for these orders goes into this tote."""
    tx.execute(_GIVE_TOTE, {"task_id": task_id, "tote_id": tote_id, "releases": list(release_ids)})


def change_tote(tx: Tx, task_id: int, old: int, new: int) -> list[int]:
    """What would have gone into a full tote goes into another; the allocations that this concerns."""
    return [int(row.id) for row in tx.rows(_CHANGE_TOTE, task_id=task_id, old=old, new=new)]


def join_task(tx: Tx, task_id: int, allocation_id: int, position: int) -> None:
    """Adds an allocation to a task at a place of its walk."""
    tx.execute(_GIVE_TASK, {"id": allocation_id, "task_id": task_id, "position": position})


def part_off(tx: Tx, task: TaskRow, found: Sequence[tuple[int, Candidate]]) -> dict[int, int]:
    """What was found for a round in narrow aisles that are not its own is rounds by themselves, for whoever is let in there.

    The new round of each such allocation.
    """
    rules, apart = work_rules(tx, task.site_id), dict[int, list[int]]()
    for number, candidate in found:
        aisle = rules.aisle(candidate.x_mm)
        if aisle is not None and aisle != task.narrow_mm:
            apart.setdefault(aisle, []).append(number)
    return {number: round_id for aisle, mine in apart.items() for round_id in [_round_of(tx, task, rules, aisle, mine)] for number in mine}


def _round_of(tx: Tx, task: TaskRow, rules: WorkRules, aisle: int, allocations: Sequence[int]) -> int:
    rows = [pick_by_id(tx, task.id, number) for number in allocations]
    end_mm = (task.end_x_mm, task.end_y_mm) if task.end_x_mm is not None and task.end_y_mm is not None else None
    number = make_task(tx, NewTask(
        site_id=task.site_id, kind="pick", priority=task.priority, wave_id=task.wave_id, cutoff_at=task.cutoff_at, document=rows[0].release,
        begin_id=rows[0].location_id, end_mm=end_mm, needs=rules.needs(rows[0].level), narrow_mm=aisle,
        data={"picking": "single", "releases": [rows[0].release_id], "walk_m": 0.0}))
    for position, row in enumerate(rows):
        join_task(tx, number, row.id, position)
    return number


def _still_waiting(tx: Tx, group: Sequence[Allocated]) -> list[Allocated]:
    releases = {number for number in sorted({one.release_id for one in group}) if hold_release(tx, number).state == "waiting"}
    allocations = {row.id for row in tx.rows(_WAITING, ids=in_list(one.id for one in group))}
    return [one for one in group if one.release_id in releases and one.id in allocations]


def _make(tx: Tx, wave_id: int | None, rule: ReleaseRule, plan: FloorPlan, mine: Sequence[Allocated], *, needs: str) -> int:
    releases = [release_by_id(tx, number) for number in dict.fromkeys(one.release_id for one in mine)]
    cutoffs = [release.cutoff_at for release in releases if release.cutoff_at is not None]
    points = [one.point for one in mine]
    walk = plan.walk(points)
    zones = {one.zone for one in mine}
    task_id = make_task(tx, NewTask(
        site_id=rule.site_id, kind="pick", priority=min(release.priority for release in releases),
        zone=zones.pop() if len(zones) == 1 else "", wave_id=wave_id, cutoff_at=min(cutoffs, default=None),
        document=releases[0].code if len(releases) == 1 else None, begin_id=mine[walk.sequence[0]].location_id, end_mm=plan.depot_mm(),
        needs=needs, narrow_mm=work_rules(tx, rule.site_id).aisle(mine[0].x_mm),
        data={"picking": rule.picking, "releases": [release.id for release in releases], "walk_m": round(walk.length, 1)}))
    for position, number in enumerate(walk.sequence):
        join_task(tx, task_id, mine[number].id, position)
    if wave_id is not None:
        one_by_one = sum(plan.sequence_length([one.point for one in mine if one.release_id == release.id])
                         for release in releases)
        tx.execute(_WALKED, {"id": wave_id, "exact": round(walk.length * 1000), "sequence": round(one_by_one * 1000),
                             "s_shape": round(plan.s_shape_length(points) * 1000)})
    return task_id
