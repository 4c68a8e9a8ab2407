"""A released line that lost its stock: picked elsewhere in the same round, or reported to the order."""

from collections.abc import Sequence

from sqlalchemy import text

from server.kernel.transaction import Tx
from server.wms.allocating import Line, allocate_line, give_up, line_by_id
from server.wms.pick_tasks import join_task, part_off, task_allocations
from server.wms.picking import close_round, settle_release
from server.wms.releases import release_by_id
from server.wms.tasks import TaskRow, task_by_id, touch_task
from server.wms.unpicking import PromisedAway, take_up

_TOTE = text(
    "SELECT a.tote_id FROM allocation a JOIN release_line l ON l.id = a.release_line_id WHERE a.task_id = :task_id "
    "AND l.release_id = :release_id AND a.tote_id IS NOT NULL ORDER BY a.id DESC LIMIT 1"
)
_HOLD = text("UPDATE release SET state = state WHERE id = (SELECT release_id FROM release_line WHERE id = :id) RETURNING state")
_ROUND = text(
    "SELECT MAX(a.task_id) FROM release_line l JOIN allocation a ON a.release_line_id = l.id JOIN task t ON t.id = a.task_id "
    "WHERE l.release_id = :release_id AND t.state IN ('open', 'leased')"
)
"""For goods that were lost in the moment in which they were handed out."""
_SET_TOTE = text("UPDATE allocation SET tote_id = :tote_id WHERE id = :id")


def reallocate(tx: Tx, release_line_id: int, task_id: int | None) -> None:
    """Finds other stock for a line; harmless when repeated.

    A wave that is just being made takes what is found; a round under way goes there too, but for a narrow aisle that is not its
    own. For one that has ended, and for an order that has gone on or was cancelled, the rest is reported to the order.
    """
    state = tx.scalar(_HOLD, id=release_line_id)  # before its task, as the last pick of a round does it
    line = line_by_id(tx, release_line_id)
    number = task_id if task_id is not None or state == "waiting" else tx.scalar(_ROUND, release_id=line.release_id)
    task = touch_task(tx, number) if number is not None else None
    is_under_way = task is not None and task.state in ("open", "leased")
    if state == "waiting" or (state == "released" and is_under_way):
        _allocate(tx, line, task)
    give_up(tx, release_line_id)
    if task is not None and is_under_way:
        close_round(tx, task)
    settle_release(tx, line.release_id)


def _allocate(tx: Tx, line: Line, task: TaskRow | None) -> None:
    found = allocate_line(tx, line, line.wanted, lambda equal: equal[0], task_id=None if task is None else task.id)
    if task is None:
        return
    tote = tx.scalar(_TOTE, task_id=task.id, release_id=line.release_id)
    last = max((row.position for row in task_allocations(tx, task.id)), default=0)
    apart = part_off(tx, task, found)
    for position, number in enumerate((number for number, _ in found if number not in apart), last + 1):
        join_task(tx, task.id, number, position)
        tx.execute(_SET_TOTE, {"id": number, "tote_id": tote})  # the round goes on with the tote that it has


def regain(tx: Tx, lost: Sequence[Sequence[int | None]]) -> None:
    """Goods are there again that orders had lost by mistake: what was reported short of them is picked in the same round.

    Where that round has ended, or another order was promised the goods, the line stays as it is.
    """
    for line_id, quantity, task_id in lost:
        if line_id is None or quantity is None or task_id is None or task_by_id(tx, task_id).state not in ("open", "leased"):
            continue
        line = line_by_id(tx, line_id)
        found = min(quantity, line.short)
        if found <= 0 or release_by_id(tx, line.release_id).state != "released":
            continue  # it was taken elsewhere, and stays there
        try:
            take_up(tx, line_id, found, found)
        except PromisedAway:
            continue
        reallocate(tx, line_id, task_id)
