"""What an order costs as its channel says it now: sellers change prices until they are paid, and platforms reckon discounts anew."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text

from server.kernel.audit import record
from server.kernel.transaction import Tx
from server.oms.channels.base import ChannelOrder
from server.oms.orders import NewOrderLine, order_lines
from server.oms.parts import live_parts
from server.oms.paying import Purse

_HEAD = text("UPDATE sales_order SET total = :total, postage = :postage WHERE id = :id AND (total <> :total OR postage <> :postage) AND postage_refunded <= :postage")
_LINE = text("UPDATE sales_order_line SET price = :price, paid = :paid WHERE id = :id AND shipped = 0")


def reprice(tx: Tx, root: Any, order: ChannelOrder, lines: Sequence[NewOrderLine]) -> None:
    """The same goods may cost something else. Nothing is changed of an order that has begun to leave: returns are reckoned by what it was then."""
    parts = live_parts(tx, root)
    rows = [line for part in parts for line in order_lines(tx, part.id) if line.origin_id is None]
    if any(row.shipped for row in rows):
        return
    is_new = tx.changed(_HEAD, id=root.id, total=order.total, postage=order.postage) + _reprice_lines(tx, rows, lines)
    if is_new:
        record(tx, "order.repriced", root.number, old={"total": root.total, "postage": root.postage}, new={"total": order.total, "postage": order.postage},
               currency=order.currency, reason=f"by channel {root.channel}")


def _reprice_lines(tx: Tx, rows: Sequence[Any], lines: Sequence[NewOrderLine]) -> int:
    """How many of the rows say another price now."""
    left, said = list(lines), dict[int, NewOrderLine]()
    for row in rows:
        if row.number not in said and (line := next((one for one in left if (one.ref, one.item) == (row.ref, row.item)), None)) is not None:
            left.remove(line)
            said[row.number] = line
    purse = Purse((number, line.quantity, line.paid) for number, line in said.items())
    new = [(row, {"price": said[row.number].price, "paid": purse.take(row.number, row.quantity)}) for row in rows if row.number in said]
    return sum(tx.changed(_LINE, id=row.id, **money) for row, money in new if _is_other(row, money))


def _is_other(row: Any, money: Mapping[str, int | None]) -> bool:
    return (row.price, row.paid) != (money["price"], money["paid"])
