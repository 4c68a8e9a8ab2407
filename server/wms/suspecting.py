"""Bins that may not hold what the book says: suspected and counted blind, and what is left when that was a mistake."""

from typing import Any

from sqlalchemy import text

from server.kernel.errors import Refusal
from server.kernel.transaction import Tx
from server.masterdata.sites import location_by_id
from server.wms.counting import request_count
from server.wms.tasks import cancel_waiting

_LOCKED = text(  # written as it is, so that two who suspect a bin, or take that back, do so one after the other
    "UPDATE location SET suspect = suspect WHERE id = :id RETURNING suspect"
)
_MARK = text("UPDATE location SET suspect = :suspect WHERE id = :id")
_WAITING = text("SELECT id, task_id, cause FROM cycle_count WHERE location_id = :id AND state IN ('open', 'recount')")
_COUNT = text("SELECT id, state, task_id, cause FROM cycle_count WHERE id = :id")
_WITHDRAW = text("UPDATE cycle_count SET state = 'cancelled' WHERE id = :id AND state = 'open'")
_AS_BEFORE = text("UPDATE cycle_count SET cause = :cause, task_id = :task_id WHERE id = :id AND state = 'open'")
_WAITS_AGAIN = text(
    "UPDATE task SET state = 'open', done_at = NULL, worker_id = NULL, device_id = NULL, leased_until = NULL, version = version + 1 "
    "WHERE id = :id AND state IN ('cancelled', 'done')"
)


class CountedSince(Refusal):
    """A bin was counted after it was said to be short: the count has decided."""

    code = "counted_since"


def suspect(tx: Tx, location_id: int, cause: str, *, worker_id: int | None) -> dict[str, Any]:
    """Nothing more is allocated from a bin until somebody else than this worker has counted it; what taking that back needs."""
    kept = ask_for_count(tx, location_id, cause, worker_id=worker_id)
    tx.execute(_MARK, {"id": location_id, "suspect": 1})
    return kept


def ask_for_count(tx: Tx, location_id: int, cause: str, *, worker_id: int | None) -> dict[str, Any]:
    """Asks for a blind count of a bin; what taking that back needs."""
    was_suspect = int(tx.scalar(_LOCKED, id=location_id))
    before = tx.row(_WAITING, id=location_id)
    count: Any = tx.row(_COUNT, id=request_count(tx, location_id, cause, not_worker_id=worker_id))
    is_new_task = before is None or before.task_id != count.task_id
    return {"location": location_id, "suspect": was_suspect, "count": count.id, "task": count.task_id if is_new_task else None,
            "before": None if before is None else {"cause": before.cause, "task": before.task_id}}


def withdraw_suspicion(tx: Tx, kept: dict[str, Any]) -> None:
    """The bin was short by mistake: it is trusted again, unless somebody else suspects or counts it. CountedSince when it was counted."""
    tx.execute(_LOCKED, {"id": kept["location"]})
    count: Any = tx.row(_COUNT, id=kept["count"])
    if count.state == "done":
        place = location_by_id(tx, kept["location"])
        raise CountedSince(f"{place.code} has been counted since, and the count decides. Put the goods into {place.code} and ask "
                           "the supervisor for a new count.", location=place.code)
    withdraw_count(tx, kept)


def withdraw_count(tx: Tx, kept: dict[str, Any]) -> None:
    """A count is not needed any more: nobody has to do it who has not begun, unless somebody else asks for it too."""
    tx.execute(_LOCKED, {"id": kept["location"]})
    count: Any = tx.row(_COUNT, id=kept["count"])
    if kept["task"] is not None and _take_back_count(tx, count, kept):
        tx.execute(_MARK, {"id": kept["location"], "suspect": kept["suspect"]})


def _take_back_count(tx: Tx, count: Any, kept: dict[str, Any]) -> bool:
    """False when somebody else has asked for the count too, or has begun it: then it goes on."""
    if count.state != "open" or not cancel_waiting(tx, kept["task"]):
        return False
    before = kept["before"]
    if before is None:
        return bool(tx.changed(_WITHDRAW, id=count.id))
    tx.execute(_WAITS_AGAIN, {"id": before["task"]})
    tx.touched_tasks.add(before["task"])
    return bool(tx.changed(_AS_BEFORE, id=count.id, cause=before["cause"], task_id=before["task"]))
