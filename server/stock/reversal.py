"""A correction is another move: everything an operation moved, moved back."""

from typing import Any

from sqlalchemy import text

from server.kernel.transaction import Tx
from server.masterdata.sites import Place, location_by_id
from server.stock.goods import goods_of
from server.stock.ledger import Move, move
from server.stock.lpns import lpn_by_id, move_lpn

_OF_OPERATION = text(
    "SELECT m.id, m.goods_id, m.lpn_id, m.quantity, m.from_id, m.to_id, m.reason, m.document, "
    "f.kind AS from_kind, t.kind AS to_kind FROM stock_move m JOIN holder f ON f.id = m.from_id "
    "JOIN holder t ON t.id = m.to_id WHERE m.op = :op AND m.reverses_id IS NULL "
    "AND m.reason <> 'commissioning' ORDER BY m.id DESC"
)


def reverse_operation(tx: Tx, op: str) -> int:
    """Moves back what operation `op` moved, the last move first; how many moves were reversed.

    Raises InsufficientStock when the goods have gone on since, AlreadyReversed when it was undone before.
    An LPN that the operation made stays: an empty licence plate harms nobody.
    """
    rows = tx.rows(_OF_OPERATION, op=op)
    for row in rows:
        _reverse(tx, row)
    return len(rows)


def _reverse(tx: Tx, row: Any) -> None:
    back_to = _holder(tx, row.from_id, row.from_kind)
    if row.lpn_id is not None:
        move_lpn(tx, lpn_by_id(tx, row.lpn_id), back_to, row.reason, document=row.document, reverses_id=row.id)
        return
    move(tx, Move(goods_of(tx, row.goods_id), row.quantity, _holder(tx, row.to_id, row.to_kind), back_to,
                  row.reason, document=row.document, reverses_id=row.id))


def _holder(tx: Tx, number: int, kind: str) -> Place:
    return lpn_by_id(tx, number) if kind == "lpn" else location_by_id(tx, number)
