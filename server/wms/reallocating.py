"""A released line that lost its stock: picked elsewhere in the same round, or reported to the order."""

from server.kernel.transaction import Tx
from server.wms.allocating import allocate_line, give_up, line_by_id
from server.wms.pick_tasks import join_task, task_allocations
from server.wms.picking import close_round, settle_release
from server.wms.tasks import task_by_id, touch_task


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
    give_up(tx, release_line_id)
    if task is not None and task.state in ("open", "leased") and not close_round(tx, task):
        touch_task(tx, task.id)
    settle_release(tx, line.release_id)
