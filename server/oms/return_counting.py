"""What the floor found in customers' parcels, counted onto the returns that announced it; what nobody announced makes a return of its own."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import text

from server.events import GoodsReturned, ReturnUndone
from server.kernel.audit import record
from server.kernel.errors import Conflict
from server.kernel.transaction import Tx
from server.oms.exceptions.ending import look_again
from server.oms.exceptions.opening import open_taken_back
from server.oms.orders import hold_order
from server.oms.returns import (
    OPEN,
    NewReturn,
    add_return,
    give_back_line,
    return_by_number,
    returnable_lines,
    returns_of_order,
    take_line,
)

_COUNTS = {"RESTOCK": "restocked", "QUARANTINE": "quarantined", "SCRAP": "scrapped"}
_COUNT = {grade: text(f"UPDATE rma_line SET {column} = {column} + :quantity WHERE id = :id AND restocked + quarantined + scrapped + :quantity <= quantity")
          for grade, column in _COUNTS.items()}
_UNCOUNT = {grade: text(f"UPDATE rma_line SET {column} = {column} - :quantity WHERE id = :id AND {column} >= :quantity")
            for grade, column in _COUNTS.items()}
_SHRINK = text("UPDATE rma_line SET quantity = quantity - :quantity WHERE id = :id AND quantity - :quantity >= restocked + quarantined + scrapped "
               "AND quantity - :quantity >= refunded")
_PARTS = text(
    "SELECT n.id, n.rma_id, n.order_line_id, n.quantity, n.restocked, n.quarantined, n.scrapped, n.quantity - n.restocked - n.quarantined - n.scrapped AS rest, "
    "r.number, r.state, r.made_by, n.refunded, n.amount FROM rma_line n JOIN rma r ON r.id = n.rma_id WHERE n.order_line_id = :order_line_id ORDER BY n.rma_id"
)
_CAME = text("SELECT COALESCE(SUM(restocked + quarantined + scrapped), 0) FROM rma_line WHERE rma_id = :id")
_STATE = text("UPDATE rma SET state = :state WHERE id = :id AND state IN ('announced', 'received')")
_GONE = text("UPDATE rma SET state = 'cancelled' WHERE id = :id AND state IN ('announced', 'received') AND made_by = 'floor'")
_PART = "~"
"""What follows a return's number in the codes of its further papers."""


def on_goods_returned(tx: Tx, event: GoodsReturned) -> list[str]:
    """The returns that the goods were counted onto: that of their paper first, then whichever waits for them, then one of the floor's own.

    Conflict while the order has not been told that so much of the line was shipped; it is told again later.
    """
    order = hold_order(tx, event.order_number)
    line = next(one for one in returnable_lines(tx, order.id) if one.line == event.line) if event.quantity else None
    left, counted = event.quantity, []
    for part in _in_turn(_open_parts(tx, line), event.paper):
        took = min(left, part.rest)
        if took:
            _count(tx, part, event.grade, took)
            counted.append(part.number)
            left -= took
    if left and line is not None:
        counted.append(_came_by_itself(tx, order, line, event, left))
    look_again(tx, order.number)
    return list(dict.fromkeys(counted))


def on_return_undone(tx: Tx, event: ReturnUndone) -> list[str]:
    """The returns off which it was taken again: that of the paper first, then the newest. Conflict while it has not been counted."""
    order = hold_order(tx, event.order_number)
    line = next(one for one in returnable_lines(tx, order.id) if one.line == event.line)
    left, touched = event.quantity, []
    parts = tx.rows(_PARTS, order_line_id=line.id)
    for part in _in_turn(reversed(parts), event.paper):
        for grade in (event.grade,) if event.grade else tuple(_COUNTS):
            took = min(left, getattr(part, _COUNTS[grade]))
            if took:
                _uncount(tx, part, grade, took)
                touched.append(part.number)
                left -= took
    if left:
        raise Conflict(f"{order.number} does not know yet that line {event.line} came back.", what=order.number)
    return list(dict.fromkeys(touched))


def _open_parts(tx: Tx, line: Any) -> list[Any]:
    return [part for part in tx.rows(_PARTS, order_line_id=line.id) if part.state in OPEN and part.rest] if line is not None else []


def _in_turn(parts: Iterable[Any], paper: str) -> Iterator[Any]:
    """Those of the return whose paper it is before all others."""
    named = paper.partition(_PART)[0]
    return iter(sorted(parts, key=lambda part: part.number != named))


def _came_by_itself(tx: Tx, order: Any, line: Any, event: GoodsReturned, quantity: int) -> str:
    """More than was announced is of the return whose parcel it was in; else of one that the floor makes, one for what comes of an order until it is settled."""
    named = event.paper.partition(_PART)[0]
    open_ones = [one for one in returns_of_order(tx, order.id) if one.state in OPEN]
    known = next((one for one in open_ones if one.number == named), None) or next((one for one in open_ones if one.made_by == "floor"), None)
    number = known.number if known is not None else add_return(
        tx, order, NewReturn(order=order.number, lines=(), reason="other", made_by="floor"), expires_at=None)
    rma = return_by_number(tx, number)
    if not take_line(tx, rma.id, line.id, quantity):
        raise Conflict(f"{order.number} does not know yet that so much of line {event.line} was shipped.", what=order.number)
    if known is None:
        record(tx, "rma.announced", number, new={"order": order.number, "by": "floor", "reason": "other", "wish": "refund",
                                                 "lines": [{"item": line.item, "quantity": quantity}]})
    part = next(one for one in tx.rows(_PARTS, order_line_id=line.id) if one.rma_id == rma.id)
    _count(tx, part, event.grade, quantity)
    return str(number)


def _count(tx: Tx, part: Any, grade: str, quantity: int) -> None:
    if not tx.changed(_COUNT[grade], id=part.id, quantity=quantity):
        raise AssertionError(f"{part.number} was held, and expects less than it did")
    tx.execute(_STATE, {"id": part.rma_id, "state": "received"})
    record(tx, "rma.counted", part.number, new={"grade": grade, "quantity": quantity})


def _uncount(tx: Tx, part: Any, grade: str, quantity: int) -> None:
    """What is off a return that has ended, or that the floor made, may be announced anew; what one that waits expects, it expects again."""
    tx.execute(_UNCOUNT[grade], {"id": part.id, "quantity": quantity})
    record(tx, "rma.uncounted", part.number, new={"grade": grade, "quantity": quantity, "state": part.state})
    if part.made_by == "floor" and part.state in OPEN:
        tx.execute(_SHRINK, {"id": part.id, "quantity": quantity})
    if part.amount and part.refunded > part.quantity - part.rest - quantity:
        open_taken_back(tx, part.rma_id)
    if part.made_by == "floor" or part.state not in OPEN:
        give_back_line(tx, part.order_line_id, quantity)
    if not tx.scalar(_CAME, id=part.rma_id):
        tx.execute(_GONE, {"id": part.rma_id})
        tx.execute(_STATE, {"id": part.rma_id, "state": "announced"})
