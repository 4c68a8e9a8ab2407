"""More was picked than the book had in a bin: it is found there first, and then picked for the order that it was taken for."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from server.events import AllocationLost
from server.kernel.transaction import Tx
from server.masterdata.sites import Place, account
from server.stock.allocations import Candidate
from server.stock.errors import InsufficientStock
from server.stock.goods import goods_of
from server.stock.ledger import Move, move
from server.wms.allocating import allocate_here, give_back, line_by_id
from server.wms.pick_tasks import join_task, open_group, picked_instead, untouched_elsewhere
from server.wms.picking import holder_of, pick
from server.wms.reallocating import reallocate
from server.wms.releases import release_by_id
from server.wms.tasks import TaskRow
from server.wms.unpicking import PromisedAway, take_up

_FREE = text("SELECT quantity - allocated FROM balance WHERE holder_id = :holder_id AND goods_id = :goods_id")
_REST = text("SELECT quantity - picked FROM allocation WHERE id = :id")
_LINE = text("SELECT release_line_id FROM allocation WHERE id = :id")


@dataclass(frozen=True, slots=True)
class Beyond:
    """What became of goods beyond the book: picks as [[allocation, quantity]], and how much the order does not want."""

    picks: list[list[int]]
    back: int


def kept_here(tx: Tx, task: TaskRow, lost: Any, quantity: int) -> list[Any]:
    """What of a lost pick lies in its place all the same: kept for its line again, as far as nobody else has it."""
    if release_by_id(tx, lost.release_id).state != "released":
        return []  # it has ended with what was found: before it goes on, somebody is asked
    missing = quantity - sum(row.quantity - row.picked for row in picked_instead(tx, task.id, lost.id))
    free = int(tx.scalar(_FREE, holder_id=lost.holder_id, goods_id=lost.goods_id) or 0)
    if min(missing, free) > 0:
        with suppress(InsufficientStock, PromisedAway):  # somebody was faster
            _keep(tx, task, lost, min(missing, free))
    return picked_instead(tx, task.id, lost.id)


def pick_beyond(tx: Tx, task: TaskRow, row: Any, quantity: int, tote: Place) -> Beyond:
    """Books up to `quantity` out of VARIANCE into the bin of a pick and from there into its tote, as far as the line wants it."""
    line = line_by_id(tx, row.release_line_id)
    found = min(quantity, line.wanted + line.short + _elsewhere(tx, task, row))
    if not found:
        return Beyond([], quantity)
    goods, place = goods_of(tx, row.goods_id), holder_of(row)
    move(tx, Move(goods, found, account(tx, row.site_id, "VARIANCE"), place, "storing", goods_id=row.goods_id))
    number = _keep(tx, task, row, found)
    picks = pick(tx, open_group(tx, task.id, number, alone=True), found, tote) if number is not None else []
    reallocate(tx, line.id, task.id)
    return Beyond(picks, quantity - found)


def look_elsewhere(tx: Tx, task: TaskRow, picks: Sequence[Sequence[int]]) -> None:
    """The lines of picks that were taken back are to be picked elsewhere."""
    for number, quantity in picks:
        tx.emit(AllocationLost(int(tx.scalar(_LINE, id=number)), quantity, task.id))


def _keep(tx: Tx, task: TaskRow, row: Any, quantity: int) -> int | None:
    """Ties goods in the place of a pick to its line: what it was to get elsewhere is given back, what it was short of is found again.

    The new allocation; None where the line wants none of it.
    """
    for other in untouched_elsewhere(tx, task.id, row):
        if line_by_id(tx, row.release_line_id).wanted >= quantity:
            break
        give_back(tx, other)
    line = line_by_id(tx, row.release_line_id)
    found_again = min(max(quantity - line.wanted, 0), line.short)
    if found_again:
        take_up(tx, line.id, found_again, found_again)
    line = line_by_id(tx, row.release_line_id)
    wanted = min(quantity, line.wanted)
    number = allocate_here(tx, line, _candidate(row, wanted), wanted, task_id=task.id) if wanted else None
    if number is not None:
        join_task(tx, task.id, number, row.position)
    return number


def _elsewhere(tx: Tx, task: TaskRow, row: Any) -> int:
    return sum(int(tx.scalar(_REST, id=number) or 0) for number in untouched_elsewhere(tx, task.id, row))


def _candidate(row: Any, free: int) -> Candidate:
    return Candidate(holder_id=row.holder_id, goods_id=row.goods_id, free=free, received_at=0, lot=row.lot, serial=row.serial,
                     expiry_on=row.expiry_on, location_id=row.location_id, location=row.location, zone=row.zone, x_mm=row.x_mm, y_mm=row.y_mm, aisle="")
