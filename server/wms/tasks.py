"""Tasks: work for one person, leased to a worker on a device."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any

from sqlalchemy import JSON, bindparam, text

from server.kernel.errors import NotFound
from server.kernel.transaction import Tx

TASK_COLUMNS = (
    "id, site_id, kind, state, priority, zone, document, subject_id, data, version, not_worker_id, worker_id, "
    "device_id, leased_until, cutoff_at, wave_id, created_at, started_at, done_at, begin_id, x_mm, y_mm, end_x_mm, end_y_mm, needs, narrow_mm, "
    "for_worker_id, for_device_id, held"
)
_ADD = text(
    "INSERT INTO task (site_id, kind, priority, zone, document, subject_id, data, wave_id, cutoff_at, not_worker_id, "
    "created_at, begin_id, x_mm, y_mm, end_x_mm, end_y_mm, needs, narrow_mm) VALUES (:site_id, :kind, :priority, :zone, :document, "
    ":subject_id, :data, :wave_id, :cutoff_at, :not_worker_id, :at, :begin_id, (SELECT x_mm FROM location WHERE id = :begin_id), "
    "(SELECT y_mm FROM location WHERE id = :begin_id), :end_x_mm, :end_y_mm, :needs, :narrow_mm) RETURNING id"
).bindparams(bindparam("data", type_=JSON))
_BY_ID = text(f"SELECT {TASK_COLUMNS} FROM task WHERE id = :id").columns(data=JSON)
_END = text(
    "UPDATE task SET state = :state, done_at = :at, version = version + 1 WHERE id = :id AND state IN ('open', 'leased')"
)
_DROP = text("UPDATE task SET state = 'cancelled', done_at = :at, version = version + 1 WHERE id = :id AND state = 'open'")
_TOUCH = text(f"UPDATE task SET version = version + 1 WHERE id = :id RETURNING {TASK_COLUMNS}").columns(data=JSON)
_LEAVE_AISLE = text("UPDATE task SET narrow_mm = NULL WHERE id = :id AND state = 'open'")
_SET_DATA = text("UPDATE task SET data = :data, version = version + 1 WHERE id = :id").bindparams(
    bindparam("data", type_=JSON)
)
_REOPEN = text(
    "UPDATE task SET state = CASE WHEN device_id IS NULL OR EXISTS (SELECT 1 FROM task o WHERE o.site_id = task.site_id "
    "AND o.narrow_mm = task.narrow_mm AND o.state = 'leased') THEN 'open' ELSE 'leased' END, done_at = NULL, held = 0, "
    "version = version + 1 WHERE id = :id AND state = 'done'"
)
"""Where somebody else is in its narrow aisle by now, it waits until that is free."""


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task as the database has it."""

    id: int
    site_id: int
    kind: str
    state: str
    priority: int
    zone: str
    document: str | None
    subject_id: int | None
    data: Mapping[str, Any]
    version: int
    not_worker_id: int | None
    worker_id: int | None
    device_id: int | None
    leased_until: int | None
    cutoff_at: int | None
    wave_id: int | None
    created_at: int
    started_at: int | None
    done_at: int | None
    begin_id: int | None
    x_mm: int | None
    y_mm: int | None
    end_x_mm: int | None
    end_y_mm: int | None
    needs: str
    narrow_mm: int | None
    for_worker_id: int | None
    for_device_id: int | None
    held: int


_of_row = attrgetter(*(one.name for one in fields(TaskRow)))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """A task to be made; `priority` 1 is first, 9 is last. `end_mm` is where whoever did it stands then, x and y."""

    site_id: int
    kind: str
    priority: int = 5
    zone: str = ""
    document: str | None = None
    subject_id: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    wave_id: int | None = None
    cutoff_at: int | None = None
    not_worker_id: int | None = None
    begin_id: int | None = None
    end_mm: tuple[int, int] | None = None
    needs: str = ""
    narrow_mm: int | None = None


def make_task(tx: Tx, new: NewTask) -> int:
    """Adds an open task; its number."""
    end_x_mm, end_y_mm = new.end_mm or (None, None)
    number = int(tx.scalar(
        _ADD, site_id=new.site_id, kind=new.kind, priority=new.priority, zone=new.zone, document=new.document,
        subject_id=new.subject_id, data=dict(new.data), wave_id=new.wave_id, cutoff_at=new.cutoff_at,
        not_worker_id=new.not_worker_id, at=tx.now, begin_id=new.begin_id, end_x_mm=end_x_mm, end_y_mm=end_y_mm,
        needs=new.needs, narrow_mm=new.narrow_mm,
    ))
    tx.touched_tasks.add(number)
    return number


def task_by_id(tx: Tx, number: int) -> TaskRow:
    """The task of a number; NotFound when there is none."""
    row = tx.row(_BY_ID, id=number)
    if row is None:
        raise NotFound(f"There is no task {number}.", what=f"t{number}")
    return as_task(row)


def finish_task(tx: Tx, number: int) -> bool:
    """Ends a task as done; False when it had ended before."""
    return _end(tx, number, "done")


def cancel_task(tx: Tx, number: int) -> bool:
    """Ends a task as cancelled; False when it had ended before."""
    return _end(tx, number, "cancelled")


def _end(tx: Tx, number: int, state: str) -> bool:
    tx.touched_tasks.add(number)
    if not tx.changed(_END, id=number, state=state, at=tx.now):
        return False
    tx.ended_tasks[number] = state
    return True


def cancel_waiting(tx: Tx, number: int) -> bool:
    """Ends a task that nobody has begun; False when somebody has."""
    tx.touched_tasks.add(number)
    return bool(tx.changed(_DROP, id=number, at=tx.now))


def reopen_task(tx: Tx, task: TaskRow) -> None:
    """Takes a finished task up again, by whoever held it, because its last step was undone."""
    tx.ended_tasks.pop(task.id, None)
    tx.execute(_REOPEN, {"id": task.id})


def touch_task(tx: Tx, number: int) -> TaskRow:
    """Marks that the task's forms are not what they were; whoever holds it is told to look again. The task as it is then."""
    tx.touched_tasks.add(number)
    return as_task(tx.row(_TOUCH, id=number))


def leave_aisle(tx: Tx, number: int) -> None:
    """A waiting task works in no narrow aisle of its own any more."""
    tx.execute(_LEAVE_AISLE, {"id": number})


def set_task_data(tx: Tx, number: int, data: Mapping[str, Any]) -> None:
    """Replaces what the task's process keeps about it."""
    tx.touched_tasks.add(number)
    tx.execute(_SET_DATA, {"id": number, "data": dict(data)})


def as_task(row: Any) -> TaskRow:
    """A row with the task's columns."""
    return TaskRow(*_of_row(row))
