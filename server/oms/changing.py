"""An order is changed after it was taken in: held, let go, sent elsewhere, of other goods. The floor is asked first, by the caller."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import JSON, bindparam, text

from server.kernel.audit import record
from server.kernel.transaction import Tx
from server.oms.floor import Floor
from server.oms.orders import (
    NewOrderLine,
    OrderGoneTooFar,
    add_lines,
    give_back,
    hold_order,
    items_of,
    offers,
    order_lines,
    phone_of,
    promise_lines,
)
from server.oms.parts import ENDED, OPEN, live_parts
from server.oms.refund_papers import hold_of_requests

_HOLD = text("UPDATE sales_order SET hold = :hold WHERE id = :id AND hold <> :hold")
_HOLD_BACK = text("UPDATE sales_order SET hold = :hold, state = 'accepted' WHERE id = :id")
_ADDRESS = text("UPDATE sales_order SET ship_to = :ship_to, customer = :customer, phone = :phone WHERE id = :id").bindparams(bindparam("ship_to", type_=JSON))
_UNPROMISE = text("UPDATE sales_order_line SET promised = 0, short = 0, again = 0 WHERE id = :id")
_GIVEN_BACK = text("UPDATE sales_order_line SET again = 0 WHERE order_id = :id AND again > 0")
_CHANGE_LINE = text("UPDATE sales_order_line SET waits_since = CASE WHEN :quantity > quantity THEN NULL ELSE waits_since END, quantity = :quantity, "
                    "price = :price, pack = :pack, paid = :paid WHERE id = :id")
"""A line that grows takes nothing from those behind it."""
_END_LINE = text("DELETE FROM sales_order_line WHERE id = :id AND shipped = 0 AND promised = 0")
_RESTATE = text("UPDATE sales_order SET last_line = :last_line WHERE id = :id AND state = 'cancelled'")
_BEGIN_AGAIN = text("UPDATE sales_order SET state = 'accepted', promised_at = NULL, last_line = :last_line WHERE id = :id")


def let_go(tx: Tx, number: str, hold: str = "") -> bool:
    """What kept an order from the floor is over: it is promised as far as it was not, and goes on, unless something else holds it.

    False when nothing kept it, or the same does still.
    """
    order = hold_order(tx, number)
    hold = hold or hold_of_requests(tx, order)
    changed = [part for part in live_parts(tx, order) or [order] if tx.changed(_HOLD, id=part.id, hold=hold)]
    for part in changed:
        if part.state not in ENDED:
            promise_lines(tx, hold_order(tx, part.number))
    return bool(changed)


def hold_back(tx: Tx, number: str, hold: str) -> None:
    """What has not left of the order is kept from the floor, which has given it back; its stock stays promised. OrderGoneTooFar when all has."""
    parts = [part for part in live_parts(tx, hold_order(tx, number)) if part.state in OPEN] or [_open(tx, number)]
    for part in parts:
        tx.execute(_HOLD_BACK, {"id": part.id, "hold": hold})
        tx.execute(_GIVEN_BACK, {"id": part.id})


def send_elsewhere(tx: Tx, floor: Floor, order: Any, ship_to: Mapping[str, Any], customer: str, *, reason: str) -> None:
    """The order goes to another address with all its parts. OrderGoneTooFar when something of it has left, and whatever the floor refuses."""
    readdress(tx, order.number, ship_to, customer)
    for part in live_parts(tx, order):
        floor.readdress(tx, part.number, ship_to, customer)
    record(tx, "order.readdressed", order.number, old={"ship_to": order.ship_to}, new={"ship_to": dict(ship_to)}, reason=reason)


def readdress(tx: Tx, number: str, ship_to: Mapping[str, Any], customer: str) -> None:
    """The order goes elsewhere with all its parts; OrderGoneTooFar when something of it has left."""
    for part in live_parts(tx, hold_order(tx, number)) or [_open(tx, number)]:
        order = _open(tx, part.number)
        tx.execute(_ADDRESS, {"id": order.id, "ship_to": dict(ship_to), "customer": customer, "phone": phone_of(ship_to)})


def change_lines(tx: Tx, number: str, lines: Sequence[NewOrderLine]) -> None:
    """The order is of these goods from now on; lines are known by their `number` where they have one, else by their `ref`. What was promised is given back and promised anew.

    OrderGoneTooFar when something of it has left or it has ended; Invalid names every line whose item is not known. A line
    number is never given twice: promises are kept under it.
    """
    order = _open(tx, number)
    items = items_of(tx, lines, f"Order {number}")
    before = sorted(order_lines(tx, order.id), key=lambda one: (one.item_id, one.number))  # as everybody takes them
    freed = {line.item_id for line in before if give_back(tx, order, line)}
    for line in before:
        tx.execute(_UNPROMISE, {"id": line.id})
    new = _match(tx, before, lines, items)
    add_lines(tx, order.id, [line for line, _ in new], [item for _, item in new], first=order.last_line + 1)
    tx.execute(_BEGIN_AGAIN, {"id": order.id, "last_line": order.last_line + len(new)})
    promise_lines(tx, hold_order(tx, number))
    tx.emit(*offers(order.site_id, freed))


def restate(tx: Tx, number: str, lines: Sequence[NewOrderLine], ship_to: Mapping[str, Any], customer: str) -> None:
    """What a cancelled order would have been, as its channel said last; nothing is promised of it."""
    order = hold_order(tx, number)
    if order.state != "cancelled":
        raise OrderGoneTooFar(f"{number} is {order.state}; it cannot be changed any more.", order=number, state=order.state)
    new = _match(tx, order_lines(tx, order.id), lines, items_of(tx, lines, f"Order {number}"))
    add_lines(tx, order.id, [line for line, _ in new], [item for _, item in new], first=order.last_line + 1)
    tx.execute(_RESTATE, {"id": order.id, "last_line": order.last_line + len(new)})
    tx.execute(_ADDRESS, {"id": order.id, "ship_to": dict(ship_to), "customer": customer, "phone": phone_of(ship_to)})


def _match(tx: Tx, before: Sequence[Any], lines: Sequence[NewOrderLine], items: Sequence[Any]) -> list[tuple[NewOrderLine, Any]]:
    """Changes the lines that stay, ends those that do not; the new ones with their items."""
    left = list(before)
    new = []
    for line, item in zip(lines, items, strict=True):
        known = next((one for one in left if one.item_id == item.id and (one.number == line.number if line.number else one.ref == line.ref)), None)
        if known is None:
            new.append((replace(line, number=0), item))
        else:
            left.remove(known)
            tx.execute(_CHANGE_LINE, {"id": known.id, "quantity": line.quantity, "price": line.price, "pack": line.pack or 1, "paid": line.paid})
    for line in left:
        tx.execute(_END_LINE, {"id": line.id})
    return new


def _open(tx: Tx, number: str) -> Any:
    order = hold_order(tx, number)
    if order.state not in OPEN:
        raise OrderGoneTooFar(f"{number} is {order.state}; it cannot be changed any more.", order=number, state=order.state)
    return order
