"""What did not fit the book, kept until a supervisor has dealt with it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import JSON, bindparam, text

from server.floor.process import Call
from server.kernel.transaction import Tx

KINDS: Mapping[str, tuple[str, ...]] = {
    "variance": ("count_adjusted", "count_disputed", "counted_besides", "count_overtaken", "sold_off_book"),
    "late": ("late", "upgrade_required"),
    "conflict": ("not_booked", "moved_more", "picked_more", "moved_kept", "moved_against", "serial_elsewhere", "held_in_order", "device_reset",
                 "task_reassigned", "order_cancelled"),
    "set_aside": ("set_aside",),
    "receiving": ("received_damaged", "over_receipt", "label_differs", "stranger_tags", "over_return", "return_serial"),
    "other": ("missing_at_packing", "no_printer"),
}
"""What a supervisor sorts by; a code that stands nowhere is of the kind other."""
KIND_OF: Mapping[str, str] = {code: kind for kind, codes in KINDS.items() for code in codes}
_ADD = text(
    "INSERT INTO floor_exception (site_id, at, code, args, op, task_id, worker_id) "
    "VALUES (:site_id, :at, :code, :args, :op, :task_id, :worker_id) RETURNING id"
).bindparams(bindparam("args", type_=JSON))

_CLOSE = text("UPDATE floor_exception SET state = 'done', closed_at = :at, note = :note WHERE op = :op AND state = 'open'")
_REOPEN = text("UPDATE floor_exception SET state = 'open', closed_at = NULL, note = '' WHERE op = :op AND state = 'done'")


def raise_exception(tx: Tx, call: Call, code: str, **args: Any) -> int:
    """Adds a row to the supervisor's list; `exception.<code>` is the key of its sentence."""
    return int(tx.scalar(
        _ADD, site_id=call.site_id, at=tx.now, code=code, args=args, op=call.op,
        task_id=call.task.id if call.task else None, worker_id=call.worker_id,
    ))


def raise_besides(tx: Tx, site_id: int, code: str, worker_id: int | None = None, **args: Any) -> int:
    """Adds a row that no operation led to."""
    return int(tx.scalar(_ADD, site_id=site_id, at=tx.now, code=code, args=args, op=None, task_id=None, worker_id=worker_id))


def close_exceptions(tx: Tx, op: str, note: str) -> None:
    """An operation was corrected or undone: what it put on the list is dealt with."""
    tx.execute(_CLOSE, {"op": op, "at": tx.now, "note": note})


def reopen_exceptions(tx: Tx, op: str) -> None:
    """A correction was undone: what it had dealt with is on the list again."""
    tx.execute(_REOPEN, {"op": op})
