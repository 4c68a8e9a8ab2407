"""Who works on what: tasks leased to a worker on a device, and the next one for somebody free."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy import JSON, bindparam, text

from server.kernel.clock import HOUR
from server.kernel.errors import Refusal
from server.kernel.transaction import Tx
from server.wms.tasks import TASK_COLUMNS, TaskRow, as_task, task_by_id

LEASE_MS = 12 * HOUR
_TRIED = 20
_LEASE = text(
    "UPDATE task SET state = 'leased', worker_id = :worker_id, device_id = :device_id, leased_until = :until, "
    "started_at = COALESCE(started_at, :now), data = COALESCE(:data, data), for_worker_id = NULL, for_device_id = NULL, version = version + 1 "
    f"WHERE id = :id AND held = 0 AND (state = 'open' OR (state = 'leased' AND (leased_until < :now OR device_id = :device_id))) RETURNING {TASK_COLUMNS}"
).bindparams(bindparam("data", type_=JSON(none_as_null=True))).columns(data=JSON)
_GIVE_BACK = text(
    "UPDATE task SET state = 'open', worker_id = NULL, device_id = NULL, leased_until = NULL, version = version + 1 "
    "WHERE id = :id AND state = 'leased' AND device_id = :device_id"
)
_FOR_ME = text(
    "SELECT id FROM (SELECT id, priority, cutoff_at, kind FROM task WHERE for_worker_id = :worker_id AND for_worker_id IS NOT NULL "
    "AND site_id = :site_id AND state = 'open' AND held = 0 UNION SELECT id, priority, cutoff_at, kind FROM task "
    "WHERE for_device_id = :device_id AND for_device_id IS NOT NULL AND site_id = :site_id AND state = 'open' AND held = 0) mine "
    "WHERE :kind = '' OR kind = :kind ORDER BY priority, CASE WHEN cutoff_at IS NULL THEN 1 ELSE 0 END, cutoff_at, id LIMIT :most"
)
_WAITING = text(
    "SELECT id FROM task WHERE site_id = :site_id AND state = 'open' AND held = 0 AND for_worker_id IS NULL AND for_device_id IS NULL "
    "AND kind = :kind AND (:zone = '' OR zone = :zone) "
    "AND (not_worker_id IS NULL OR not_worker_id <> :worker_id) "
    "ORDER BY priority, CASE WHEN cutoff_at IS NULL THEN 1 ELSE 0 END, cutoff_at, id LIMIT :most"
)
_WAITING_OF_ALL = text(str(_WAITING).replace("AND kind = :kind ", "AND :kind = '' "))
_FREE, _FREE_OF_ALL = (text(f"{one} FOR UPDATE SKIP LOCKED") for one in (_WAITING, _WAITING_OF_ALL))
"""On PostgreSQL, where many write at once: what somebody is just taking is passed over, not waited for."""
_HELD = text(
    f"SELECT {TASK_COLUMNS} FROM task WHERE device_id = :device_id AND state = 'leased' ORDER BY id"
).columns(data=JSON)
_COUNTS = text("SELECT kind, COUNT(*) AS waiting FROM task WHERE site_id = :site_id AND state = 'open' AND held = 0 GROUP BY kind")


class TaskTaken(Refusal):
    """Somebody else works on the task."""

    code = "task_taken"


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
        raise TaskTaken("Somebody else is working on this. Take another task, or ask the supervisor to hand it over.",
                        task=f"t{task_id}", worker=task_by_id(tx, task_id).worker_id)
    return as_task(leased)


def give_back(tx: Tx, task_id: int, device_id: int) -> bool:
    """Puts a leased task back among the waiting ones; False when this device does not hold it."""
    return bool(tx.changed(_GIVE_BACK, id=task_id, device_id=device_id))


def claim(tx: Tx, site_id: int, *, worker_id: int | None, device_id: int, kind: str = "", zone: str = "") -> TaskRow:
    """Leases the next task: what waits for this worker by name, else by priority, cut-off and age; NothingToDo when none waits.

    The lease is a guarded update, so two devices never get the same task: the slower one takes the next.
    """
    wanted = {"site_id": site_id, "kind": kind, "zone": zone, "worker_id": worker_id or 0}
    for row in tx.rows(_FOR_ME, site_id=site_id, kind=kind, worker_id=worker_id or 0, device_id=device_id, most=_TRIED):
        with suppress(TaskTaken):
            return lease(tx, row.id, worker_id=worker_id, device_id=device_id)
    waiting = _WAITING if kind else _WAITING_OF_ALL
    first = waiting if tx.connection.dialect.name == "sqlite" else _FREE if kind else _FREE_OF_ALL
    for query, most in ((first, 1), (waiting, _TRIED)):  # nearly always the first is still there
        for row in tx.rows(query, **wanted, most=most):
            with suppress(TaskTaken):
                return lease(tx, row.id, worker_id=worker_id, device_id=device_id)
    raise NothingToDo("Nothing is waiting. Scan anything to start something else.", kind=kind)


def tasks_for(tx: Tx, site_id: int, *, worker_id: int | None, device_id: int) -> list[TaskRow]:
    """The tasks that wait for a worker by name, or for a device: the next one first."""
    found = tx.rows(_FOR_ME, site_id=site_id, kind="", worker_id=worker_id or 0, device_id=device_id, most=_TRIED)
    return [task_by_id(tx, row.id) for row in found]


def held_tasks(tx: Tx, device_id: int) -> list[TaskRow]:
    """The tasks that a device holds."""
    return [as_task(row) for row in tx.rows(_HELD, device_id=device_id)]


def waiting_counts(tx: Tx, site_id: int) -> dict[str, Any]:
    """How many tasks wait, by kind."""
    return {row.kind: row.waiting for row in tx.rows(_COUNTS, site_id=site_id)}
