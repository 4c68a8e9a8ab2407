"""What a supervisor does with the work: sends a task to somebody, orders it, holds it back and lets it go again."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import text

from server.floor.choosing import FIRST_PRIORITY, LAST_PRIORITY
from server.floor.errors import FloorError
from server.floor.handing_over import guard_may_do, known_colleague
from server.kernel.audit import record
from server.kernel.errors import NotFound
from server.kernel.transaction import Tx
from server.masterdata.sign_in import device_of_worker
from server.wms.tasks import TaskRow, task_by_id

_TAKE_BACK = "state = 'open', worker_id = NULL, device_id = NULL, leased_until = NULL, version = version + 1"
_ALIVE = "WHERE id = :id AND state IN ('open', 'leased')"
_SEND = text(f"UPDATE task SET {_TAKE_BACK}, held = 0, for_worker_id = :worker_id, for_device_id = :device_id {_ALIVE}")
_HOLD = text(f"UPDATE task SET {_TAKE_BACK}, held = 1 {_ALIVE} AND held = 0")
_FREE = text("UPDATE task SET held = 0, version = version + 1 WHERE id = :id AND state = 'open' AND held = 1")
_ORDER = text(f"UPDATE task SET priority = :priority, version = version + 1 {_ALIVE}")
_WAITS = "FROM task WHERE site_id = :site_id AND state = 'open' AND held = 0"
_ENDS = text(f"SELECT (SELECT MIN(priority) {_WAITS}) AS least, (SELECT MAX(priority) {_WAITS}) AS most")
_DEVICE = text("SELECT id, name FROM device WHERE id = :id AND site_id = :site_id AND revoked_at IS NULL AND kind = 'handheld'")


class TaskEnded(FloorError):
    """Nothing is changed about a task that is done or cancelled."""

    code = "task_ended"


class NotHeld(FloorError):
    """A task is let go that nobody holds back, or held back that is held back already."""

    code = "not_held"


def send_to_worker(tx: Tx, number: int, badge: str) -> None:
    """A task is offered to one worker only, as their next; whoever has it gives it up."""
    task = task_by_id(tx, number)
    worker = known_colleague(tx, task.site_id, badge)
    guard_may_do(tx, worker, task)
    _send(tx, task, worker_id=worker.id, rung=device_of_worker(tx, worker.id, task.site_id))


def send_to_device(tx: Tx, number: int, device_id: int) -> None:
    """A task is offered on one handheld only, as its next."""
    task = task_by_id(tx, number)
    if tx.row(_DEVICE, id=device_id, site_id=task.site_id) is None:
        raise NotFound(f"There is no handheld {device_id} in this warehouse.", what=str(device_id))
    _send(tx, task, device_id=device_id, rung=device_id)


def order_task(tx: Tx, number: int, priority: int) -> None:
    """How urgent a task is from here on: 1 is first, 9 is last."""
    _order(tx, task_by_id(tx, number), priority)


def put_first(tx: Tx, number: int) -> None:
    """Before all that waits, also before what was put first earlier."""
    task = task_by_id(tx, number)
    least = tx.row(_ENDS, site_id=task.site_id).least
    _order(tx, task, min(FIRST_PRIORITY, FIRST_PRIORITY if least is None else least) - 1)


def put_last(tx: Tx, number: int) -> None:
    """Behind all that waits."""
    task = task_by_id(tx, number)
    most = tx.row(_ENDS, site_id=task.site_id).most
    _order(tx, task, max(LAST_PRIORITY, LAST_PRIORITY if most is None else most) + 1)


def hold_task(tx: Tx, number: int) -> None:
    """Nobody is offered a task, nor may take it; whoever has it gives it up."""
    _change(tx, task_by_id(tx, number), "task.held", lambda task: tx.changed(_HOLD, id=task.id))


def free_task(tx: Tx, number: int) -> None:
    """A task that was held back is offered again."""
    _change(tx, task_by_id(tx, number), "task.freed", lambda task: tx.changed(_FREE, id=task.id))


def _send(tx: Tx, task: TaskRow, *, worker_id: int | None = None, device_id: int | None = None, rung: int | None) -> None:
    _change(tx, task, "task.sent", lambda one: tx.changed(_SEND, id=one.id, worker_id=worker_id, device_id=device_id))
    if rung is not None:
        tx.touched_devices.add(rung)


def _order(tx: Tx, task: TaskRow, priority: int) -> None:
    _change(tx, task, "task.ordered", lambda one: tx.changed(_ORDER, id=one.id, priority=priority))


def _change(tx: Tx, task: TaskRow, action: str, change: Callable[[TaskRow], int]) -> None:
    """Changes a task, rings who had it, and writes down what was before."""
    if task.state not in ("open", "leased"):
        raise TaskEnded(f"Task {task.id} has ended. Look at the list again.", task=f"t{task.id}")
    if not change(task):
        raise NotHeld(f"Task {task.id} is so already, or has ended. Look at the list again.", task=f"t{task.id}")
    tx.touched_tasks.add(task.id)
    if task.device_id is not None:
        tx.touched_devices.add(task.device_id)
    record(tx, action, str(task.id), old=_told(task), new=_told(task_by_id(tx, task.id)))


def _told(task: TaskRow) -> dict[str, Any]:
    return {"state": task.state, "priority": task.priority, "worker": task.worker_id, "device": task.device_id, "for_worker": task.for_worker_id,
            "for_device": task.for_device_id, "held": task.held}
