"""A released line that lost its stock: picked elsewhere in the same round, or reported to the order."""

from collections.abc import Sequence

from sqlalchemy import text

from server.kernel.transaction import Tx
from server.wms.allocating import allocate_line, give_up, line_by_id
from server.wms.pick_tasks import give_tote, join_task, task_allocations
from server.wms.picking import close_round, settle_release
from server.wms.releases import release_by_id
from server.wms.tasks import task_by_id, touch_task
from server.wms.unpicking import PromisedAway, take_up

_TOTE = text(
    "SELECT a.tote_id FROM allocation a JOIN release_line l ON l.id = a.release_line_id WHERE a.task_id = :task_id "
    "AND l.release_id = :release_id AND a.tote_id IS NOT NULL ORDER BY a.id DESC LIMIT 1"
)


def reallocate(tx: Tx, release_line_id: int, task_id: int | None) -> None:
    """Finds other stock for a line; harmless when repeated.

    Without a task the wave that is just being made takes what is found; a round under way goes there too, and for one
    that has ended the rest is reported to the order.
    """
    line = line_by_id(tx, release_line_id)
    task = task_by_id(tx, task_id) if task_id is not None else None
    if task is None or task.state in ("open", "leased"):
        found = allocate_line(tx, line, line.wanted, lambda equal: equal[0], task_id=task_id)
        last = max((row.position for row in task_allocations(tx, task.id)), default=0) if task is not None else 0
        for position, (number, _) in enumerate(found if task is not None else (), last + 1):
            join_task(tx, task_id or 0, number, position)
        tote = tx.scalar(_TOTE, task_id=task_id, release_id=line.release_id) if task is not None else None
        if tote is not None and task is not None:
            give_tote(tx, task.id, [line.release_id], int(tote))  # the round goes on with the tote that it has
    give_up(tx, release_line_id)
    if task is not None and task.state in ("open", "leased") and not close_round(tx, task):
        touch_task(tx, task.id)
    settle_release(tx, line.release_id)


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
