"""Returns found by whatever somebody has in hand: their own number, or anything by which their order is found."""

from typing import Any

from sqlalchemy import bindparam, text

from server.dashboard.orders_found import in_capitals, searched
from server.kernel.transaction import Tx, in_list

ORDERS_MOST = 200
"""So many orders are looked at, the newest; of more, somebody has to type more."""
_NUMBERED = text("SELECT id FROM rma WHERE number IN :numbers").bindparams(bindparam("numbers", expanding=True))
_OF_ORDERS = text("SELECT r.id FROM sales_order o JOIN rma r ON r.order_id = COALESCE(o.merged_into, o.id) WHERE o.id IN :ids").bindparams(bindparam("ids", expanding=True))


def returns_found(tx: Tx, typed: str) -> tuple[list[int], bool]:
    """The numbers of their rows, and whether there are more orders than were looked at; goods that left with another order come back with that."""
    code = in_capitals(typed)
    numbers = [code, f"RMA-{int(code):06d}"] if code.isascii() and code.isdigit() else [code]
    orders = searched(tx, typed, 0, ORDERS_MOST, {})
    ids = {int(row.id) for row in tx.rows(_NUMBERED, numbers=numbers)}
    if orders.rows:
        ids |= {int(row.id) for row in tx.rows(_OF_ORDERS, ids=in_list([row.id for row in orders.rows]))}
    return sorted(ids), orders.is_cut or orders.following is not None


def ids_bound(ids: list[int]) -> Any:
    """As a statement takes them, whose list may not be empty."""
    return in_list(ids or [0])
