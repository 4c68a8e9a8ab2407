"""Picking: goods into totes, and what happens when a bin does not hold what the book says."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import bindparam, text

from server.events import PickConfirmed
from server.kernel.errors import Refusal
from server.kernel.transaction import Tx, in_list
from server.masterdata.sites import Place
from server.stock.allocations import mark_picked
from server.stock.goods import GoodsKey
from server.stock.ledger import Move, change_status, move
from server.stock.lpns import lpn_by_code
from server.wms.allocating import allocate_line, give_back, give_up, line_by_id
from server.wms.floor_plan import FloorPlan, floor_plan
from server.wms.pick_tasks import change_tote, give_tote, join_task, others_at, part_off, task_allocations
from server.wms.suspecting import suspect
from server.wms.tasks import NewTask, TaskRow, make_task, touch_task

_COUNT = text("UPDATE release_line SET picked = picked + :quantity WHERE id = :id AND picked + :quantity <= allocated")
_SET_TOTE = text("UPDATE allocation SET tote_id = :tote_id WHERE id = :id AND (tote_id IS NULL OR tote_id <> :tote_id)")
_UNENDED = "WHERE id = :id AND state IN ('open', 'leased') "
_ALL_PICKED = "NOT EXISTS (SELECT 1 FROM allocation WHERE task_id = :id AND state = 'open')"
_END_PICKED = text(f"UPDATE task SET state = 'done', done_at = :at, version = version + 1 {_UNENDED}AND {_ALL_PICKED}")
_END_PICKED_HELD = text(
    f"WITH held AS (SELECT id FROM release WHERE id IN :releases ORDER BY id FOR UPDATE) UPDATE task SET "
    "state = CASE WHEN version = :version THEN 'done' ELSE state END, done_at = CASE WHEN version = :version THEN :at ELSE done_at END, "
    f"version = version + 1 {_UNENDED}AND CASE WHEN {_ALL_PICKED} THEN (SELECT COUNT(*) FROM held) >= 0 ELSE FALSE END RETURNING state"
).bindparams(bindparam("releases", expanding=True))
"""On PostgreSQL the orders are held before they are settled: of the last picks of two zones at one moment each would see the
other's as open. CASE, so that only a last pick holds them. What a round was given by somebody who held its task is not seen by a
statement that began before; but the task's version is: such a round is held, and has to be looked at again."""
_SETTLE = text(
    "UPDATE release SET state = CASE WHEN EXISTS (SELECT 1 FROM release_line l WHERE l.release_id = :id AND l.picked > 0) "
    "THEN 'picked' ELSE 'cancelled' END WHERE id = :id AND state = 'released' AND NOT EXISTS (SELECT 1 FROM release_line l "
    "JOIN allocation a ON a.release_line_id = l.id WHERE l.release_id = :id AND a.state = 'open') "
    "RETURNING code, site_id, priority, cutoff_at, wave_id, state, delivery"
)
_HOLD = text("SELECT id FROM release WHERE id = :id FOR UPDATE")
_HOLD_OPEN = text("UPDATE allocation SET state = state WHERE id = :id AND state = 'open'")
_QUANTITY = text("SELECT quantity FROM allocation WHERE id = :id")
_TOTE_USED = text(
    "WITH RECURSIVE inside (id) AS (SELECT CAST(:id AS BIGINT) UNION SELECT c.id FROM lpn c JOIN inside n ON c.parent_id = n.id) "
    "SELECT (SELECT COUNT(*) FROM allocation WHERE tote_id = :id AND state = 'open' AND task_id <> :task_id) "
    "+ (SELECT COUNT(*) FROM balance b WHERE b.holder_id IN (SELECT id FROM inside) AND b.quantity > 0)"
)
_TOTES_OF = text("SELECT code FROM lpn WHERE parent_id = :id AND kind = 'tote' ORDER BY code")
_SERIAL_HERE = text(
    "SELECT b.goods_id FROM balance b JOIN goods g ON g.id = b.goods_id WHERE b.holder_id = :holder_id "
    "AND g.item_id = :item_id AND g.serial = :serial AND g.status = 'available' AND b.quantity > b.allocated"
)
_SWAP = text("UPDATE allocation SET goods_id = :goods_id WHERE id = :id AND state = 'open' AND picked = 0")
_FREE = text("UPDATE balance SET allocated = allocated - 1 WHERE holder_id = :holder_id AND goods_id = :goods_id "
             "AND allocated >= 1")
_KEEP = text("UPDATE balance SET allocated = allocated + 1 WHERE holder_id = :holder_id AND goods_id = :goods_id "
             "AND quantity > allocated")


class PickGone(Refusal):
    """The pick is not wanted any more: the order was cancelled or the pick was given to somebody else."""

    code = "pick_gone"


class ToteInUse(Refusal):
    """A tote holds goods, or waits for those of another round."""

    code = "tote_in_use"


class NotEnoughTotes(Refusal):
    """A trolley has fewer empty totes than the round has orders."""

    code = "not_enough_totes"


@dataclass(frozen=True, slots=True)
class Shortage:
    """What a short pick came to: where the rest is picked instead, and how much cannot be had.

    `kept` is what taking it back needs: allocations given back, those made instead, lines given up, the walk before,
    rounds that were parted off.
    """

    elsewhere: tuple[str, ...]
    reported: int
    kept: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Totes:
    """Totes that a round was given, for how many orders or picks; `before` are [allocation, tote that it had]."""

    count: int
    totes: list[int]
    before: list[list[int]]

    def to_json(self) -> dict[str, Any]:
        """What taking them off needs."""
        return {"totes": self.totes, "before": self.before}


def pick(tx: Tx, rows: Sequence[Any], quantity: int, tote: Place) -> list[list[int]]:
    """Takes `quantity` for these allocations, in their order, into a tote; [[allocation, quantity] ...]."""
    done = []
    for row in rows:
        taken = min(quantity, row.quantity - row.picked)
        if taken <= 0:
            continue
        if not mark_picked(tx, row.id, taken) or not tx.changed(_COUNT, id=row.release_line_id, quantity=taken):
            raise _gone(row)
        goods = GoodsKey(row.item_id, row.owner_id, row.lot, row.serial)
        move(tx, Move(goods, taken, holder_of(row), tote, "picking", allocated=taken, document=row.release,
                      goods_id=row.goods_id))
        if row.tote_id != tote.id:
            tx.execute(_SET_TOTE, {"id": row.id, "tote_id": tote.id})
        tx.emit(PickConfirmed(row.order_number, row.line, taken))
        done.append([row.id, taken])
        quantity -= taken
    return done


def fell_short(tx: Tx, task: TaskRow, rows: Sequence[Any], *, worker_id: int | None, cause: str = "short") -> Shortage:
    """What was not found of these allocations is taken from elsewhere, or reported to the order.

    The bin is suspected: nothing more is allocated from it until somebody else has counted it blind. `cause` is
    "empty" when nothing at all was there. Others on their way to the bin are told so.
    """
    given = _give_back(tx, rows)
    suspicion = suspect(tx, rows[0].location_id, cause, worker_id=worker_id)
    for number in others_at(tx, task.id, rows[0].location_id):
        touch_task(tx, number)
    found = _replace(tx, task, rows)
    return replace(found, kept={**found.kept, "given": given, "suspicion": suspicion})


def damaged(tx: Tx, task: TaskRow, rows: Sequence[Any], quantity: int) -> Shortage:
    """Broken goods stay in the bin as damaged; what they were to serve is picked from what is left, or elsewhere."""
    first = rows[0]
    given = _give_back(tx, rows)
    goods = GoodsKey(first.item_id, first.owner_id, first.lot, first.serial)
    holder = holder_of(first)
    change_status(tx, Move(goods, quantity, holder, holder, "inspecting", document=first.release), "damaged")
    found = _replace(tx, task, rows)
    return replace(found, kept={**found.kept, "given": given})


def take_totes(tx: Tx, task: TaskRow, code: str, release_id: int | None) -> Totes:
    """Gives a round its totes: one for an order, one for all (batch), or those of a trolley."""
    before = [[row.id, row.tote_id] for row in task_allocations(tx, task.id) if row.state == "open" and row.tote_id is not None]
    releases = [int(number) for number in task.data["releases"]]
    place = _tote_or_trolley(tx, task, code)
    if place.kind == "trolley":
        totes = [_emptied(tx, task, _tote_or_trolley(tx, task, row.code)) for row in tx.rows(_TOTES_OF, id=place.id)]
        if len(totes) < len(releases):
            raise NotEnoughTotes(f"Trolley {code} has {len(totes)} totes, this round needs {len(releases)}. Add empty "
                                 "totes, or take another trolley.", trolley=code, totes=len(totes), wanted=len(releases))
        for number, tote in zip(releases, totes, strict=False):
            give_tote(tx, task.id, [number], tote.id)
        return Totes(len(releases), [tote.id for tote in totes[:len(releases)]], before)
    whom = releases if task.data["picking"] == "batch" or release_id is None else [release_id]
    tote = _emptied(tx, task, place)
    give_tote(tx, task.id, whom, tote.id)
    return Totes(len(whom), [tote.id], before)


def tote_full(tx: Tx, task: TaskRow, old: str, new: str) -> Totes:
    """What would have gone into a full tote goes into an empty one."""
    full, empty = lpn_by_code(tx, old), _emptied(tx, task, _tote_or_trolley(tx, task, new))
    if full is None:
        raise ToteInUse(f"There is no tote {old}. Scan the full tote's label again.", tote=old)
    changed = change_tote(tx, task.id, full.id, empty.id)
    return Totes(len(changed), [empty.id], [[number, full.id] for number in changed])


def swap_serial(tx: Tx, row: Any, serial: str) -> bool:
    """Another unit of the same bin was taken than was allocated: the allocation follows the hand."""
    other = tx.scalar(_SERIAL_HERE, holder_id=row.holder_id, item_id=row.item_id, serial=serial)
    if other is None:
        return False
    tx.execute(_FREE, {"holder_id": row.holder_id, "goods_id": row.goods_id})
    tx.execute(_KEEP, {"holder_id": row.holder_id, "goods_id": other})
    return bool(tx.changed(_SWAP, id=row.id, goods_id=other))


def close_round(tx: Tx, task: TaskRow) -> bool:
    """Ends a round of which nothing is left to pick; its orders go to packing. True when it has ended."""
    releases = [int(number) for number in task.data["releases"]]
    if not _end_picked(tx, task, releases):
        return False
    tx.touched_tasks.add(task.id)
    tx.ended_tasks[task.id] = "done"
    for number in releases:
        _settle(tx, number)
    return True


def _end_picked(tx: Tx, task: TaskRow, releases: list[int]) -> bool:
    if tx.connection.dialect.name != "sqlite":
        state = tx.scalar(_END_PICKED_HELD, id=task.id, version=task.version, at=tx.now, releases=in_list(releases))
        if state is None or state == "done":
            return state is not None
    return bool(tx.changed(_END_PICKED, id=task.id, at=tx.now))


def settle_release(tx: Tx, release_id: int) -> None:
    """An order of which nothing is left to pick is packed or set down for its customer, or ended when nothing of it was found."""
    if tx.connection.dialect.name != "sqlite":
        tx.execute(_HOLD, {"id": release_id})
    _settle(tx, release_id)


def _settle(tx: Tx, release_id: int) -> None:
    release = tx.row(_SETTLE, id=release_id)
    if release is not None and release.state == "picked":
        make_task(tx, NewTask(site_id=release.site_id, kind="collect" if release.delivery == "collect" else "pack", priority=release.priority, document=release.code,
                              subject_id=release_id, cutoff_at=release.cutoff_at, wave_id=release.wave_id))


def _give_back(tx: Tx, rows: Sequence[Any]) -> list[list[int]]:
    """[[allocation, quantity] ...]; PickGone when somebody was faster, so that nothing is sought for an order just cancelled."""
    for row in rows:
        if not tx.changed(_HOLD_OPEN, id=row.id):
            raise _gone(row)
    return [[row.id, give_back(tx, row.id)] for row in rows]


def _gone(row: Any) -> PickGone:
    return PickGone(f"{row.item} from {row.location} is not wanted any more. Put it back and go on.", item=row.item, location=row.location)


def _replace(tx: Tx, task: TaskRow, rows: Sequence[Any]) -> Shortage:
    plan = floor_plan(tx, task.site_id)
    here = plan.point(rows[0].x_mm, rows[0].y_mm) if plan is not None else (0, 0.0)
    elsewhere, instead, given_up, apart = list[str](), list[list[int]](), list[list[int]](), dict[int, int]()
    for row in rows:
        line = line_by_id(tx, row.release_line_id)
        found = allocate_line(tx, line, line.wanted, lambda equal: min(
            equal, key=lambda one: plan.between(plan.point(one.x_mm, one.y_mm), here) if plan is not None else 0.0),
            task_id=task.id)
        apart |= part_off(tx, task, found)
        for number, candidate in found:
            instead.append([number, int(tx.scalar(_QUANTITY, id=number))])
            if number in apart:
                continue
            elsewhere.append(candidate.location)
            if row.tote_id is not None:
                tx.execute(_SET_TOTE, {"id": number, "tote_id": row.tote_id})
        lost = give_up(tx, row.release_line_id)
        given_up += [[row.release_line_id, lost.quantity, lost.promised]] if lost.quantity else []
    walk = _walk_on(tx, task, plan, here) if elsewhere and plan is not None else []
    kept = {"instead": instead, "given_up": given_up, "walk": walk, "apart": sorted(set(apart.values()))}
    return Shortage(tuple(dict.fromkeys(elsewhere)), sum(quantity for _, quantity, _ in given_up), kept)


def _walk_on(tx: Tx, task: TaskRow, plan: FloorPlan, here: tuple[int, float]) -> list[list[int]]:
    """Puts what is left of a round into the order of the shortest way from where the picker stands; how it was before."""
    left = [row for row in task_allocations(tx, task.id) if row.state == "open"]
    done = 1 + max((row.position for row in task_allocations(tx, task.id) if row.state != "open"), default=-1)
    walk = plan.onward(here, [plan.point(row.x_mm, row.y_mm) for row in left])
    for position, number in enumerate(walk.sequence, done):
        join_task(tx, task.id, left[number].id, position)
    return [[row.id, row.position] for row in left]


def _tote_or_trolley(tx: Tx, task: TaskRow, code: str) -> Place:
    place = lpn_by_code(tx, code)
    if place is None or place.site_id != task.site_id or place.kind not in ("tote", "trolley"):
        raise ToteInUse(f"{code} is no tote or trolley of this warehouse. Scan an empty tote.", tote=code[:64])
    return place


def _emptied(tx: Tx, task: TaskRow, place: Place) -> Place:
    if tx.scalar(_TOTE_USED, id=place.id, task_id=task.id):
        raise ToteInUse(f"Tote {place.code} is not empty or belongs to another round. Take an empty tote.", tote=place.code)
    return place


def holder_of(row: Any) -> Place:
    """What the goods lie in, from a row that says all of it."""
    if row.lpn:
        return Place(row.holder_id, row.lpn, row.site_id, row.lpn_kind, row.location_id, row.zone)
    return Place(row.holder_id, row.location, row.site_id, row.location_kind, row.location_id, row.zone)
