"""A correction is another move: everything an operation moved, moved back."""

from typing import Any

from sqlalchemy import text

from server.kernel.transaction import Tx
from server.masterdata.sites import Place, location_by_id
from server.stock.goods import goods_of
from server.stock.ledger import Move, move
from server.stock.lpns import lpn_by_id, move_lpn

_MOVES = (
    "SELECT m.id, m.goods_id, m.lpn_id, m.quantity, m.from_id, m.to_id, m.reason, m.document, "
    "f.kind AS from_kind, t.kind AS to_kind FROM stock_move m JOIN holder f ON f.id = m.from_id "
    "JOIN holder t ON t.id = m.to_id "
)
_OF_OPERATION = text(f"{_MOVES} WHERE m.op = :op AND m.reason <> 'commissioning' ORDER BY m.id DESC")
_MOVED_BACK = text("SELECT 1 FROM stock_move WHERE reverses_id = :id")
_OF_LPN = text(
    "WITH RECURSIVE inside (id) AS (SELECT CAST(:id AS BIGINT) UNION SELECT c.id FROM lpn c JOIN inside n ON c.parent_id = n.id) "
    f"{_MOVES} WHERE m.id IN (SELECT id FROM stock_move WHERE lpn_id = :id UNION "
    "SELECT id FROM stock_move WHERE from_id IN (SELECT id FROM inside) AND goods_id IS NOT NULL) "
    "AND m.reason = :reason AND m.document = :document AND m.reverses_id IS NULL "
    "AND NOT EXISTS (SELECT 1 FROM stock_move r WHERE r.reverses_id = m.id) ORDER BY m.id DESC"
)
_AGAIN = text(  # a move that was moved back, and whose moving back was a mistake: it stands again as the last of the three
    f"{_MOVES} JOIN stock_move back ON back.id = m.reverses_id WHERE back.reverses_id = :id"
)


def reverse_operation(tx: Tx, op: str) -> int:
    """Moves back what operation `op` moved, the last move first; how many moves were reversed.

    Raises InsufficientStock when the goods have gone on since, AlreadyReversed when it was undone before.
    An LPN that the operation made stays: an empty licence plate harms nobody.
    """
    rows = tx.rows(_OF_OPERATION, op=op)
    for row in rows:
        _reverse(tx, _standing(tx, row))
    return len(rows)


def standing_moves(tx: Tx, op: str) -> list[Any]:
    """The moves of an operation that nobody has moved back, the last first."""
    rows = [_standing(tx, row) for row in tx.rows(_OF_OPERATION, op=op)]
    return [row for row in rows if not tx.scalar(_MOVED_BACK, id=row.id)]


def reverse_of_lpn(tx: Tx, lpn_id: int, reason: str, document: str) -> list[Any]:
    """Moves an LPN and its goods back from where one business step of one document had brought them; the moves reversed."""
    rows = tx.rows(_OF_LPN, id=lpn_id, reason=reason, document=document)
    for row in rows:
        _reverse(tx, row)
    return rows


def _standing(tx: Tx, row: Any) -> Any:
    again = tx.row(_AGAIN, id=row.id)
    return row if again is None else _standing(tx, again)


def _reverse(tx: Tx, row: Any) -> None:
    back_to = _holder(tx, row.from_id, row.from_kind)
    if row.lpn_id is not None:
        move_lpn(tx, lpn_by_id(tx, row.lpn_id), back_to, row.reason, document=row.document, reverses_id=row.id)
        return
    move(tx, Move(goods_of(tx, row.goods_id), row.quantity, _holder(tx, row.to_id, row.to_kind), back_to,
                  row.reason, document=row.document, reverses_id=row.id))


def _holder(tx: Tx, number: int, kind: str) -> Place:
    return lpn_by_id(tx, number) if kind == "lpn" else location_by_id(tx, number)
