"""Orders of one receiver leave together: the lines of one are moved into another, and each channel is still told of its own."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from server.kernel.errors import Refusal
from server.kernel.transaction import Tx
from server.oms.checks.alike import plain
from server.oms.floor import Floor
from server.oms.holding import hold_bound
from server.oms.orders import (
    COLLECT,
    NewOrderLine,
    add_lines,
    hold_order,
    items_of,
    order_by_number,
    order_lines,
    phone_of,
    promise_lines,
)
from server.oms.parts import OPEN, live_parts, take_back

_MERGE = text("UPDATE sales_order SET state = 'merged', merged_into = :into, hold = '', promised_at = NULL WHERE id = :id AND state IN ('accepted', 'released')")
_UNMERGE = text("UPDATE sales_order SET state = 'accepted', merged_into = NULL, hold = :hold WHERE id = :id AND state = 'merged'")
_END_LINE = text("DELETE FROM sales_order_line WHERE id = :id AND shipped = 0 AND promised = 0")
_END_LINES = text("DELETE FROM sales_order_line WHERE order_id = :id AND shipped = 0 AND promised = 0")
_ORIGIN = text("UPDATE sales_order_line SET origin_id = :origin WHERE order_id = :id AND number >= :first")
_BEGIN_AGAIN = text("UPDATE sales_order SET state = 'accepted', promised_at = NULL, last_line = :last_line WHERE id = :id AND state IN ('accepted', 'released')")
_NUMBER = text("SELECT number FROM sales_order WHERE id = :id")
_OF_PHONE = "AND site_id = :site_id AND id <> :id AND state IN ('accepted', 'released') ORDER BY id LIMIT 20"
_SAME_PHONE_ON_SQLITE = text(f"SELECT number FROM sales_order WHERE phone = :phone {_OF_PHONE}")
_SAME_PHONE_ON_POSTGRES = text(f'SELECT number FROM sales_order WHERE phone COLLATE "C" = :phone {_OF_PHONE}')
_HOST = text("SELECT h.number FROM sales_order o JOIN sales_order h ON h.id = o.merged_into WHERE o.id = :id")
_MERGED_IN = text("SELECT number FROM sales_order WHERE merged_into = :id ORDER BY id")


class NotMergeable(Refusal):
    """Two orders that cannot leave together."""

    code = "not_mergeable"


def merge(tx: Tx, number: str, into: str, floor: Floor) -> None:
    """The goods of an order leave with those of another; NotMergeable says why they cannot.

    Both must go from one site to one receiver by one carrier, be open and not held; the floor gives both back, so that they are
    picked together.
    """
    order = hold_bound(tx, number, into)
    other = order_by_number(tx, into)
    _guard(tx, order, other)
    for one in (order, other):
        floor.withdraw(tx, one.number)
    freed = [event for one in (order, other) for event in take_back(tx, one)]
    new, first = _as_new(order_lines(tx, order.id)), other.last_line + 1
    tx.execute(_END_LINES, {"id": order.id})
    add_lines(tx, other.id, new, items_of(tx, new, f"Order {into}"), first=first)
    tx.execute(_ORIGIN, {"id": other.id, "origin": order.id, "first": first})
    tx.execute(_MERGE, {"id": order.id, "into": other.id})
    _begin_again(tx, other.number, other.last_line + len(new))
    tx.emit(*freed)


def unmerge(tx: Tx, order: Any, floor: Floor) -> Any:
    """An order that was merged into another is one by itself again; OrderGoneTooFar or the floor's refusal when that has gone too far.

    Who calls this or `part_company` holds the order with all that is bound to it.
    """
    other = hold_order(tx, str(tx.scalar(_NUMBER, id=order.merged_into)))
    floor.withdraw(tx, other.number)
    freed = take_back(tx, other)
    moved = lines_merged(tx, order)
    for line in moved:
        tx.execute(_END_LINE, {"id": line.id})
    new = _as_new(moved)
    add_lines(tx, order.id, new, items_of(tx, new, f"Order {order.number}"), first=order.last_line + 1)
    tx.execute(_UNMERGE, {"id": order.id, "hold": ""})
    _begin_again(tx, order.number, order.last_line + len(new))
    _begin_again(tx, other.number, other.last_line)
    tx.emit(*freed)
    return hold_order(tx, order.number)


def part_company(tx: Tx, order: Any, floor: Floor) -> None:
    """Whatever leaves with an order leaves by itself again: the order is about to be cancelled or changed."""
    for number in merged_in(tx, order.id):
        unmerge(tx, hold_order(tx, number), floor)


def merged_in(tx: Tx, order_id: int) -> list[str]:
    """The orders that leave with this one."""
    return [row.number for row in tx.rows(_MERGED_IN, id=order_id)]


def leaves_with(tx: Tx, order: Any) -> Any:
    """The order in which an order's goods leave, or have left: another one where it was merged into that."""
    return order_by_number(tx, str(tx.scalar(_HOST, id=order.id))) if order.state == "merged" else order


def lines_merged(tx: Tx, order: Any) -> list[Any]:
    """The lines of a merged order, in the one that it leaves with."""
    return [line for line in order_lines(tx, order.merged_into) if line.origin_id == order.id]


def mergeable(tx: Tx, order: Any) -> list[str]:
    """The orders with which this one could leave: of the same receiver, from the same site, open."""
    phone = phone_of(order.ship_to)
    same = _SAME_PHONE_ON_SQLITE if tx.connection.dialect.name == "sqlite" else _SAME_PHONE_ON_POSTGRES
    others = [order_by_number(tx, row.number) for row in tx.rows(same, phone=phone, site_id=order.site_id, id=order.id)] if phone else []
    return [other.number for other in others if _are_alike(order, other)]


def _are_alike(order: Any, other: Any) -> bool:
    try:
        _guard_alike(order, other)
    except NotMergeable:
        return False
    return True


def _guard(tx: Tx, order: Any, other: Any) -> None:
    _guard_alike(order, other)
    number, into = order.number, other.number
    if any(len(live_parts(tx, one)) > 1 for one in (order, other)):
        raise NotMergeable(f"{number} cannot leave with {into}: one of them is sent in parts.", order=number, other=into)
    if merged_in(tx, order.id):
        raise NotMergeable(f"{number} cannot leave with {into}: others leave with {order.number}.", order=number, other=into)
    if min(one.cutoff_at or one.promised_at or tx.now + 1 for one in (order, other)) <= tx.now:
        raise NotMergeable(f"{number} cannot leave with {into}: the cut-off of one of them has passed.", order=number, other=into)


def _guard_alike(order: Any, other: Any) -> None:
    """NotMergeable says what keeps the two from leaving in one parcel."""
    number, into = order.number, other.number
    if order.id == other.id:
        raise NotMergeable(f"{number} cannot leave with {into}: they are one order.", order=number, other=into)
    for one in (order, other):
        if one.hold:
            raise NotMergeable(f"{number} cannot leave with {into}: {one.number} is on hold.", order=number, other=into)
        if one.part:
            raise NotMergeable(f"{number} cannot leave with {into}: {one.number} is a part of another order.", order=number, other=into)
        if one.state not in OPEN:
            raise NotMergeable(f"{number} cannot leave with {into}: {one.number} is {one.state}.", order=number, other=into)
    if COLLECT in (order.delivery, other.delivery):
        raise NotMergeable(f"{number} cannot leave with {into}: one of them waits for its customer at a store.", order=number, other=into)
    _guard_way_and_money(order, other)
    if _receiver(order) is None or _receiver(order) != _receiver(other):
        raise NotMergeable(f"{number} cannot leave with {into}: they have different receivers.", order=number, other=into)


def _guard_way_and_money(order: Any, other: Any) -> None:
    number, into = order.number, other.number
    if order.site_id != other.site_id:
        raise NotMergeable(f"{number} cannot leave with {into}: they leave from two warehouses.", order=number, other=into)
    if order.carrier != other.carrier:
        raise NotMergeable(f"{number} cannot leave with {into}: they have different carriers.", order=number, other=into)
    if order.currency != other.currency:
        raise NotMergeable(f"{number} cannot leave with {into}: they were paid in different currencies.", order=number, other=into)


def _receiver(order: Any) -> tuple[str, ...] | None:
    """None where it is hidden or missing."""
    told = tuple(str(order.ship_to.get(name) or "") for name in ("name", "phone", "street", "city", "postcode", "country"))
    return tuple(plain(one) for one in told) if told[0] and told[2] and "*" not in "".join(told) else None


def _as_new(lines: Sequence[Any]) -> list[NewOrderLine]:
    return [NewOrderLine(item=line.item, quantity=line.quantity, lot=line.lot, serial=line.serial, ref=line.ref, price=line.price, pack=line.pack, paid=line.paid,
                         backorder=line.backorder, expected_by=line.expected_by, waits_since=line.waits_since) for line in lines]


def _begin_again(tx: Tx, number: str, last_line: int) -> None:
    order = hold_order(tx, number)
    tx.execute(_BEGIN_AGAIN, {"id": order.id, "last_line": last_line})
    promise_lines(tx, hold_order(tx, number))
