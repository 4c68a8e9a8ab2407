"""Allocations and promises put back as they were, because what ended or made them was a mistake."""

from sqlalchemy import text

from server.events import PromiseBroken
from server.kernel.transaction import Tx

_VOID = text(
    "UPDATE allocation SET state = 'voided' WHERE id = :id AND state = 'open' AND picked = 0 AND quantity = :quantity "
    "RETURNING holder_id, goods_id"
)
_FREE = text(
    "UPDATE balance SET allocated = allocated - :quantity WHERE holder_id = :holder_id AND goods_id = :goods_id "
    "AND allocated >= :quantity"
)
_REOPEN = text(
    "UPDATE allocation SET quantity = CASE WHEN state = 'voided' THEN quantity ELSE quantity + :quantity END, state = 'open' "
    "WHERE id = :id AND (state <> 'voided' OR quantity = :quantity) RETURNING holder_id, goods_id"
)
_KEEP = text(
    "UPDATE balance SET allocated = allocated + :quantity WHERE holder_id = :holder_id AND goods_id = :goods_id "
    "AND quantity - allocated >= :quantity"
)
_VOID_PICKED = text("UPDATE allocation SET state = 'voided', picked = 0 WHERE id = :id AND state = 'picked' AND picked = :quantity")
_POSTED = text(
    "UPDATE promise SET posted = posted WHERE reference = :reference AND site_id = :site_id RETURNING id, posted, item_id, owner_id"
)
_PROMISED_AGAIN = text(
    "UPDATE availability SET promised = promised + :quantity, is_changed = 1 WHERE site_id = :site_id AND item_id = :item_id "
    "AND owner_id = :owner_id AND on_hand - promised >= :quantity"
)
_UNPOST = text("UPDATE promise SET posted = posted - :quantity, state = 'pending' WHERE id = :id")
_BREAK = text(
    "UPDATE promise SET posted = posted - :quantity, quantity = quantity - :quantity, state = CASE "
    "WHEN quantity > posted THEN 'pending' WHEN posted > :quantity THEN 'posted' ELSE 'voided' END WHERE id = :id"
)


def void_untouched(tx: Tx, allocation_id: int, quantity: int) -> bool:
    """Gives back an allocation of which nothing was picked; False when somebody has picked or changed it."""
    row = tx.row(_VOID, id=allocation_id, quantity=quantity)
    return row is not None and bool(
        tx.changed(_FREE, holder_id=row.holder_id, goods_id=row.goods_id, quantity=quantity))


def void_picked(tx: Tx, allocation_id: int, quantity: int) -> bool:
    """A pick of goods that were not there after all keeps nothing; False when somebody has changed it."""
    return bool(tx.changed(_VOID_PICKED, id=allocation_id, quantity=quantity))


def reopen_allocation(tx: Tx, allocation_id: int, quantity: int) -> bool:
    """Keeps again what an allocation had given back; False when the goods are kept for somebody else by now."""
    row = tx.row(_REOPEN, id=allocation_id, quantity=quantity)
    return row is not None and bool(
        tx.changed(_KEEP, holder_id=row.holder_id, goods_id=row.goods_id, quantity=quantity))


def unpost_promise(tx: Tx, site_id: int, reference: str, quantity: int) -> None:
    """Promised goods that had left are back: to be called after the move that brings them. They are promised as before.

    Goods that came back held are in nobody's reach: then the promise is broken.
    """
    row = tx.row(_POSTED, reference=reference, site_id=site_id)
    back = min(row.posted, quantity) if row is not None else 0
    if row is None or back <= 0:
        return
    if tx.changed(_PROMISED_AGAIN, site_id=site_id, item_id=row.item_id, owner_id=row.owner_id, quantity=back):
        tx.execute(_UNPOST, {"id": row.id, "quantity": back})
        return
    tx.execute(_BREAK, {"id": row.id, "quantity": back})
    tx.emit(PromiseBroken(reference, row.item_id, site_id, back))
