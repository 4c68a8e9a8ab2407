"""Picks that were taken from a worker meanwhile: who has the task now, and what became of the line."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from server.kernel.transaction import Tx
from server.masterdata.sites import Place, location_by_id
from server.stock.goods import goods_of
from server.stock.ledger import Move, move
from server.stock.lpns import lpn_by_id
from server.stock.reversal import standing_moves
from server.wms.tasks import TaskRow

_WORKER = text("SELECT name FROM worker WHERE id = :id")
_DEVICE = text("SELECT name FROM device WHERE id = :id")
_LINE = text(
    "SELECT a.state, a.holder_id, a.goods_id, r.code AS release, r.state AS release_state, i.code AS item, i.name, g.serial, g.lot, t.code AS tote, "
    "loc.id AS location_id, loc.code AS location, loc.kind AS location_kind FROM allocation a JOIN release_line l ON l.id = a.release_line_id "
    "JOIN release r ON r.id = l.release_id JOIN goods g ON g.id = a.goods_id JOIN item i ON i.id = g.item_id "
    "LEFT JOIN lpn p ON p.id = a.holder_id JOIN location loc ON loc.id = COALESCE(p.location_id, a.holder_id) "
    "LEFT JOIN lpn t ON t.id = a.tote_id WHERE a.id = :id AND a.task_id = :task_id"
)
_TAKEN = text("SELECT op, task_id, form, answer FROM operation WHERE op = :op AND (CAST(:device_id AS BIGINT) IS NULL OR device_id = :device_id) "
              "AND kind = 'pick' AND status = 'applied' AND undone_by IS NULL")
_UNDONE = text("UPDATE operation SET undone_by = :by WHERE op = :op AND undone_by IS NULL")


def given_to(tx: Tx, task: TaskRow, *, worker_id: int | None, device_id: int) -> str | None:
    """The name of who has a task, or is offered it, instead of this worker on this device; None when nobody else."""
    if task.state == "open":
        if task.for_worker_id is not None and task.for_worker_id != worker_id:
            return str(tx.scalar(_WORKER, id=task.for_worker_id))
        is_others = task.for_device_id is not None and task.for_device_id != device_id
        return str(tx.scalar(_DEVICE, id=task.for_device_id)) if is_others else None
    if task.device_id in (None, device_id) or task.worker_id in (None, worker_id):
        return None
    return str(tx.scalar(_WORKER, id=task.worker_id))


def line_of_pick(tx: Tx, task_id: int, allocation_id: int) -> Any:
    """What a pick of a task was of, whatever became of it; None when it never was of that task."""
    return tx.row(_LINE, id=allocation_id, task_id=task_id)


def pick_in_hand(tx: Tx, op: str, device_id: int | None = None) -> Any:
    """A pick (that this device made, where one is named) which nobody has taken back; None when there is none."""
    return tx.row(_TAKEN, op=op, device_id=device_id)


def mark_put_back(tx: Tx, op: str, *, by: str) -> bool:
    """A pick is taken back by another operation; False when somebody was quicker."""
    return bool(tx.changed(_UNDONE, op=op, by=by))


def put_surplus_back(tx: Tx, rows: Sequence[Any], location_id: int) -> None:
    """Goods that no line wants lie in their bin again: also those that the book did not know, as they are there now."""
    for row in rows:
        move(tx, Move(goods_of(tx, row.goods_id), row.quantity, lpn_by_id(tx, row.to_id), location_by_id(tx, location_id), "storing"))


def in_hand_of(tx: Tx, op: str) -> list[Any]:
    """The moves by which a pick brought goods into a tote and that still stand."""
    return [row for row in standing_moves(tx, op) if row.goods_id is not None and row.to_kind == "lpn"]


def holder_of(tx: Tx, line: Any) -> Place:
    """What the goods of a line were picked from."""
    return location_by_id(tx, line.holder_id) if line.holder_id == line.location_id else lpn_by_id(tx, line.holder_id)
