"""A buyer asks the platform to send goods back: here that is a return like any other, once, and its refund answers that request."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from server.kernel.errors import Refusal
from server.kernel.transaction import Tx
from server.oms.channels.base import Asked
from server.oms.floor import Floor
from server.oms.merging import leaves_with
from server.oms.orders import order_lines
from server.oms.parts import parts_of
from server.oms.returns import NewReturn, announce, cancel_return, return_by_number, returnable_lines

_LINK = text("UPDATE refund_request SET rma_id = :rma_id WHERE id = :id AND rma_id IS NULL")
_NUMBER = text("SELECT number, state FROM rma WHERE id = :id")


def follow_return(tx: Tx, order: Any, request: Any, floor: Floor, channel: str) -> None:
    """Waits for what a buyer sends back of an order that has left, and no longer when the buyer does not want to any more and nothing has come."""
    if request.rma_id is not None:
        rma = tx.row(_NUMBER, id=request.rma_id)
        if request.stage == Asked.OVER and rma.state == "announced":
            cancel_return(tx, rma.number, f"{channel}: request {request.ref} is over")
            floor.expect_no_more(tx, rma.number)
    elif request.is_return and request.stage in (Asked.OPEN, Asked.WAITS):
        _begin(tx, order, request, floor, channel)


def _begin(tx: Tx, order: Any, request: Any, floor: Floor, channel: str) -> None:
    """From the part of the order that all of it left with; what is on its way back by another return already stays with that one."""
    for part in _left_with(tx, order):
        lines = _lines(tx, order, part, request.lines)
        if not lines:
            continue
        try:
            with tx.savepoint():
                number = announce(tx, NewReturn(order=part.number, lines=lines, reason="other", note=f"{channel} {request.ref}: {request.reason}", made_by="customer"))
                floor.expect_return(tx, number, part.number, dict(lines))
        except Refusal:
            continue
        tx.execute(_LINK, {"id": request.id, "rma_id": return_by_number(tx, number).id})
        return


def _left_with(tx: Tx, order: Any) -> list[Any]:
    if order.state == "merged":
        return [leaves_with(tx, order)]
    return parts_of(tx, order)


def _lines(tx: Tx, order: Any, part: Any, asked: Sequence[Sequence[Any]]) -> list[tuple[int, int]]:
    """Which lines of the part, and how much of each; none where not so much of it left with this part and is still with the buyer."""
    rest = {line.line: int(line.rest) for line in returnable_lines(tx, part.id)}
    own = {line.ref: line for line in order_lines(tx, part.id) if rest.get(line.number) and (order.id == part.id or order.state != "merged" or line.origin_id == order.id)}
    wanted = [(own.get(ref), pieces) for ref, pieces in asked] if asked else [(line, 0) for line in own.values()]
    found = [(line.number, pieces * line.pack or rest[line.number]) for line, pieces in wanted if line is not None]
    return found if len(found) == len(wanted) and all(quantity <= rest[number] for number, quantity in found) else []
