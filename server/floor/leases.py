"""Who works on what: tasks leased to a worker on a device, and the next one for somebody free."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any

from sqlalchemy import JSON, bindparam, text
from sqlalchemy.exc import IntegrityError

from server.floor.choosing import Option, Seeker, options, sent_to
from server.kernel.clock import HOUR
from server.kernel.errors import Refusal
from server.kernel.transaction import Tx
from server.wms.tasks import TASK_COLUMNS, TaskRow, as_task, task_by_id

Prepares = Callable[[str], Callable[[Tx, TaskRow], None] | None]
"""What the process of a kind does with a task that was taken from the waiting ones, if anything."""
LEASE_MS = 12 * HOUR
_LEASE = text(
    "UPDATE task SET state = 'leased', worker_id = :worker_id, device_id = :device_id, leased_until = :until, "
    "started_at = COALESCE(started_at, :now), data = COALESCE(:data, data), for_worker_id = NULL, for_device_id = NULL, version = version + 1 "
    "WHERE id = :id AND held = 0 AND (state = 'open' OR (state = 'leased' AND (leased_until < :now OR device_id = :device_id))) "
    "AND NOT EXISTS (SELECT 1 FROM task o WHERE o.site_id = task.site_id AND o.narrow_mm = task.narrow_mm AND o.state = 'leased' "
    f"AND o.id <> task.id) RETURNING {TASK_COLUMNS}"
).bindparams(bindparam("data", type_=JSON(none_as_null=True))).columns(data=JSON)
_GIVE_BACK = text(
    "UPDATE task SET state = 'open', worker_id = NULL, device_id = NULL, leased_until = NULL, version = version + 1 "
    "WHERE id = :id AND state = 'leased' AND device_id = :device_id"
)
_FREE_NOW = text("SELECT id FROM task WHERE id = :id AND state = 'open' FOR UPDATE SKIP LOCKED")
"""On PostgreSQL, where many write at once: what somebody is just taking is passed over, not waited for."""
_HELD = text(
    f"SELECT {TASK_COLUMNS} FROM task WHERE device_id = :device_id AND state = 'leased' ORDER BY id"
).columns(data=JSON)
_COUNTS = text("SELECT kind, COUNT(*) AS waiting FROM task WHERE site_id = :site_id AND state = 'open' AND held = 0 GROUP BY kind")


class TaskTaken(Refusal):
    """Somebody else works on the task."""

    code = "task_taken"


class TaskHeld(Refusal):
    """A supervisor holds the task back."""

    code = "task_held"


class AisleTaken(Refusal):
    """The task is in a narrow aisle where somebody works."""

    code = "aisle_taken"


class NothingToDo(Refusal):
    """No task of the wanted kind is waiting."""

    code = "nothing_to_do"


def lease(tx: Tx, task_id: int, *, worker_id: int | None, device_id: int, data: Mapping[str, Any] | None = None) -> TaskRow:
    """Gives a task to a worker on a device for 12 hours; the task as it is then. TaskTaken when somebody else has it.

    With `data` what the task's process keeps about it is replaced in the same statement.
    """
    kept = None if data is None else dict(data)
    leased = tx.row(_LEASE, id=task_id, worker_id=worker_id, device_id=device_id, now=tx.now, until=tx.now + LEASE_MS, data=kept)
    if leased is None:
        raise _why_not(tx, task_id)
    return as_task(leased)


def give_back(tx: Tx, task_id: int, device_id: int) -> bool:
    """Puts a leased task back among the waiting ones; False when this device does not hold it."""
    return bool(tx.changed(_GIVE_BACK, id=task_id, device_id=device_id))


def claim(tx: Tx, seeker: Seeker, prepares: Prepares = lambda _kind: None) -> tuple[TaskRow, Option]:
    """Leases the best task for somebody, with why it is this one; NothingToDo when none waits.

    The lease is a guarded update, so two devices never get the same task: the slower one takes the next. What a task's
    process prepares is part of it: where that is refused, the next one is taken.
    """
    for passes_over in (True, False):
        for option in options(tx, seeker):
            if passes_over and tx.connection.dialect.name != "sqlite" and tx.row(_FREE_NOW, id=option.id) is None:
                continue
            task = _taken(tx, seeker, option, prepares(option.kind))
            if task is not None:
                return task, option
    raise NothingToDo("Nothing is waiting. Scan anything to start something else.", kind=seeker.kind)


def _taken(tx: Tx, seeker: Seeker, option: Option, prepare: Callable[[Tx, TaskRow], None] | None) -> TaskRow | None:
    """The task, leased and prepared; None where somebody was quicker, at it or in its narrow aisle."""
    try:
        with tx.savepoint() if option.is_narrow or prepare is not None else nullcontext():
            task = lease(tx, option.id, worker_id=seeker.worker_id, device_id=seeker.device_id)
            if prepare is not None:
                prepare(tx, task)
            return task
    except (Refusal, IntegrityError):
        return None


def tasks_for(tx: Tx, site_id: int, *, worker_id: int | None, device_id: int) -> list[TaskRow]:
    """The tasks that wait for a worker by name, or for a device: the next one first."""
    return [task_by_id(tx, number) for number in sent_to(tx, Seeker(site_id, worker_id, device_id))]


def _why_not(tx: Tx, task_id: int) -> Refusal:
    task = task_by_id(tx, task_id)
    if task.held:
        return TaskHeld("The supervisor holds this back. Take another task.", task=f"t{task_id}")
    if task.state == "open" and task.narrow_mm is not None:
        return AisleTaken("Somebody works in this narrow aisle. Take another task, or wait until they are out.", task=f"t{task_id}")
    return TaskTaken("Somebody else is working on this. Take another task, or ask the supervisor to hand it over.",
                     task=f"t{task_id}", worker=task.worker_id)


def held_tasks(tx: Tx, device_id: int) -> list[TaskRow]:
    """The tasks that a device holds."""
    return [as_task(row) for row in tx.rows(_HELD, device_id=device_id)]


def waiting_counts(tx: Tx, site_id: int) -> dict[str, Any]:
    """How many tasks wait, by kind."""
    return {row.kind: row.waiting for row in tx.rows(_COUNTS, site_id=site_id)}
