"""What became of an order: the floor's and the ledger's events, written onto its lines. Each may come twice."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import text

from server.events import LineFound, LineShorted, OrderShipped, PromiseBroken, ShipmentUndone, StockArrived
from server.kernel.errors import Conflict
from server.kernel.transaction import Tx
from server.oms.backorders import date
from server.oms.holding import hold_all
from server.oms.orders import hold_order, order_lines, promise_lines
from server.stock.availability import Wanted, order_reference, promise_all
from server.stock.expected import note_expected

_WAITING = text(  # nobody waits beside nothing: an order that comes in asks this too, however many stand in line
    "SELECT o.number, o.site_id, l.id, l.number AS line, l.item_id, l.owner_id, l.quantity - l.promised - l.short AS wanted, "
    "a.on_hand - a.promised AS free FROM availability a JOIN sales_order_line l ON l.item_id = a.item_id AND l.owner_id = a.owner_id "
    "JOIN sales_order o ON o.id = l.order_id AND o.site_id = a.site_id WHERE a.site_id = :site_id AND a.item_id = :item_id "
    "AND a.on_hand > a.promised AND l.promised + l.short < l.quantity AND o.state IN ('accepted', 'released', 'partly_shipped') "
    "AND o.hold <> 'unpaid' ORDER BY o.priority, COALESCE(l.waits_since, o.created_at), o.id, l.number"
)
_PROMISED = text("UPDATE sales_order_line SET promised = promised + :quantity WHERE id = :id "
                 "AND promised + short + :quantity <= quantity")
_BROKEN = text(
    "UPDATE sales_order_line SET promised = CASE WHEN promised > :quantity THEN promised - :quantity ELSE 0 END "
    "WHERE number = :line AND order_id = (SELECT id FROM sales_order WHERE number = :number)"
)
_SHORT = text("UPDATE sales_order_line SET short = short + :quantity, "
              "promised = CASE WHEN promised > :quantity THEN promised - :quantity ELSE 0 END "
              "WHERE id = :id AND shipped + short + :quantity <= quantity")
_FOUND = text("UPDATE sales_order_line SET short = short - :quantity, "
              "promised = CASE WHEN promised + :quantity < quantity THEN promised + :quantity ELSE quantity END "
              "WHERE id = :id AND short >= :quantity")
_SHIPPED = text("UPDATE sales_order_line SET shipped = shipped + :quantity WHERE id = :id AND shipped + :quantity <= quantity")
_UNSHIPPED = text("UPDATE sales_order_line SET shipped = shipped - :quantity WHERE id = :id AND shipped >= :quantity")
_STATE = text("UPDATE sales_order SET state = :state WHERE number = :number AND state NOT IN ('cancelled', 'merged', :state)")
_RELEASED = text("UPDATE sales_order SET state = 'released' WHERE number = :number AND state = 'accepted'")
_GIVE_UP = text("UPDATE sales_order_line SET short = quantity - promised WHERE id = :id AND promised + short < quantity")
_AGAIN = text("UPDATE sales_order_line SET again = again + short, short = 0 WHERE order_id = :id AND short > 0")


def on_order_released(tx: Tx, number: str) -> None:
    """The floor works on the order."""
    tx.execute(_RELEASED, {"number": number})


def on_promise_broken(tx: Tx, event: PromiseBroken) -> None:
    """Stock went missing under a promise: the line is promised less, and waits from here on."""
    number, _, line = event.reference.rpartition("/")
    tx.execute(_BROKEN, {"number": number, "line": int(line), "quantity": event.quantity})
    tx.emit(StockArrived(event.site_id, event.item_id, 0))  # what came meanwhile did not find the line waiting


def on_stock_arrived(tx: Tx, event: StockArrived, besides: Collection[str] = ()) -> list[str]:
    """New stock is promised to the lines that wait for it, the most urgent first; the orders that got some.

    The orders are held before anything is promised, all in one sequence and with those `besides` that are to be written then, so
    that none waits in a circle; what they want is read once they are held. Who else waits beside free stock then is helped by an event of its own.
    """
    held = _hold_first(tx, event, besides)
    if not held:
        return []
    helped = [row.number for row in _waiting(tx, event) if row.number in held and _promise_to(tx, row)]
    for number in dict.fromkeys(helped):
        date(tx, hold_order(tx, number))
    if _waiting(tx, event):
        tx.emit(StockArrived(event.site_id, event.item_id, 0))
    return list(dict.fromkeys(helped))


def _hold_first(tx: Tx, event: StockArrived, besides: Collection[str]) -> set[str]:
    """Holds the orders that together want all that is free, the most urgent first."""
    rows = _waiting(tx, event)
    rest, first = {row.owner_id: row.free for row in rows}, set()
    for row in rows:
        if rest[row.owner_id] > 0:
            rest[row.owner_id] -= row.wanted
            first.add(row.number)
    hold_all(tx, {*first, *besides})
    return first


def _waiting(tx: Tx, event: StockArrived) -> list[Any]:
    return tx.rows(_WAITING, site_id=event.site_id, item_id=event.item_id)


def _promise_to(tx: Tx, row: Any) -> int:
    [quantity] = promise_all(tx, row.site_id, [Wanted(order_reference(row.number, row.line), row.item_id, row.owner_id, row.wanted)])
    if quantity > 0 and not tx.changed(_PROMISED, id=row.id, quantity=quantity):
        raise AssertionError(f"line {row.line} of {row.number} was held, and wants less than it did")
    return quantity


def on_line_shorted(tx: Tx, event: LineShorted) -> None:
    """The floor could not find `quantity` of a line: the customer is short of it (its promise was given back at once)."""
    order = hold_order(tx, event.order_number)
    line = _line(tx, order, event.line)
    tx.execute(_SHORT, {"id": line.id, "quantity": event.quantity})
    _settle(tx, order)


def give_up_rest(tx: Tx, number: str) -> list[Any]:
    """What an order still waits for it will not get; the lines of which something lacks now, as they were. What is there leaves."""
    order = hold_order(tx, number)
    lines = [line for line in order_lines(tx, order.id) if line.promised < line.quantity]
    tx.execute(_GIVE_UP, [{"id": line.id} for line in lines])
    for line in sorted(lines, key=lambda one: one.item_id):
        note_expected(tx, order.site_id, line.item_id, line.owner_id)
    _settle(tx, order)
    settled = hold_order(tx, number)
    if settled.state in ("accepted", "released", "partly_shipped"):
        promise_lines(tx, settled)
    return lines


def wait_again(tx: Tx, number: str) -> None:
    """What an order was short of it waits for: it is promised what there is, and the floor is handed that anew."""
    order = hold_order(tx, number)
    if order.state != "cancelled" and tx.changed(_AGAIN, id=order.id):
        _settle(tx, order)
        promise_lines(tx, hold_order(tx, number))


def on_line_found(tx: Tx, event: LineFound) -> None:
    """What the customer was said to be short of comes after all (its promise was made again at once).

    Raises Conflict while the order has not been told of the shortage yet; it is told again later.
    """
    order = hold_order(tx, event.order_number)
    if not tx.changed(_FOUND, id=_line(tx, order, event.line).id, quantity=event.quantity):
        raise Conflict(f"{order.number} does not know yet that line {event.line} was short.", what=order.number)
    _settle(tx, order)


def on_order_shipped(tx: Tx, event: OrderShipped) -> None:
    """Goods of the order left the house."""
    order = hold_order(tx, event.order_number)
    for number, quantity in event.lines:
        tx.execute(_SHIPPED, {"id": _line(tx, order, number).id, "quantity": quantity})
    _settle(tx, order)


def on_shipment_undone(tx: Tx, event: ShipmentUndone) -> None:
    """Goods of the order have not left after all; Conflict while the order has not been told that they had."""
    order = hold_order(tx, event.order_number)
    for number, quantity in event.lines:
        if not tx.changed(_UNSHIPPED, id=_line(tx, order, number).id, quantity=quantity):
            raise Conflict(f"{order.number} does not know yet that line {number} was shipped.", what=order.number)
    _settle(tx, order)


def _settle(tx: Tx, order: Any) -> None:
    lines = order_lines(tx, order.id)
    open_rest = sum(line.quantity - line.shipped - line.short for line in lines)
    shipped, short = sum(line.shipped for line in lines), sum(line.short for line in lines)
    if open_rest:
        state = "partly_shipped" if shipped else "accepted" if order.state == "accepted" else "released"
    else:
        state = "short" if not shipped and short else "shipped"
    tx.execute(_STATE, {"number": order.number, "state": state})


def _line(tx: Tx, order: Any, number: int) -> Any:
    return next(line for line in order_lines(tx, order.id) if line.number == number)
