"""An order in parts: which site sends how much of which of its lines, changed while the floor still allows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from server.events import OrderCancelled
from server.kernel.errors import Invalid, Refusal
from server.kernel.transaction import Tx
from server.oms.floor import Floor
from server.oms.orders import (
    COLLECT,
    NewOrder,
    NewOrderLine,
    OrderGoneTooFar,
    accept_part,
    add_lines,
    cancel_order,
    give_back,
    hold_order,
    items_of,
    offers,
    order_by_number,
    order_lines,
    promise_lines,
)
from server.oms.paying import Purse, purse_of

PARTS_MAX = 50
OPEN = ("accepted", "released")
ENDED = ("cancelled", "merged")
_PARTS = text("SELECT number FROM sales_order WHERE id = :root OR part_of = :root ORDER BY part")
_LAST_PART = text("SELECT COALESCE(MAX(part), 0) FROM sales_order WHERE id = :root OR part_of = :root")
_END_LINE = text("DELETE FROM sales_order_line WHERE id = :id AND shipped = 0 AND promised = 0")
_LESSEN = text("UPDATE sales_order_line SET quantity = quantity - :quantity, paid = :paid WHERE id = :id AND promised + short + :quantity <= quantity")
_ROOT = text("SELECT number FROM sales_order WHERE id = :id")
_UNPROMISE = text("UPDATE sales_order_line SET promised = 0, short = 0, again = 0 WHERE order_id = :id")
_END_LINES = text("DELETE FROM sales_order_line WHERE order_id = :id AND shipped = 0 AND promised = 0")
_MOVE = text("UPDATE sales_order SET site_id = :site_id, state = 'accepted', promised_at = NULL WHERE id = :id AND state IN ('accepted', 'released')")
_TOLD_FIRST = text("UPDATE sales_order SET first_promised_at = :at WHERE number = :number AND CAST(:at AS BIGINT) IS NOT NULL")
_END = text("UPDATE sales_order SET state = 'cancelled', hold = '' WHERE id = :id AND state IN ('accepted', 'released')")


@dataclass(frozen=True, slots=True)
class Placement:
    """What one site is to send: pieces by line number."""

    site_id: int
    pieces: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class WholeLine:
    """A line of an order, as a row of one of its parts; its pieces in all of them, what was paid for them, and the first place that any of these has in line."""

    row: Any
    quantity: int
    paid: int | None = None
    waits_since: int | None = None


def root_of(tx: Tx, order: Any) -> Any:
    """The first part of an order, which has its channel's paper; held."""
    return hold_order(tx, str(tx.scalar(_ROOT, id=order.part_of))) if order.part_of else order


def parts_of(tx: Tx, order: Any) -> list[Any]:
    """All parts of an order, the first before the others, each held; those that ended too."""
    return [hold_order(tx, row.number) for row in tx.rows(_PARTS, root=order.part_of or order.id)]


def live_parts(tx: Tx, order: Any) -> list[Any]:
    """The parts that have not ended."""
    return [one for one in parts_of(tx, order) if one.state not in ENDED]


def parts_read(tx: Tx, root_id: int) -> list[Any]:
    """The parts that have not ended, for who only looks."""
    return [one for row in tx.rows(_PARTS, root=root_id) if (one := order_by_number(tx, row.number)).state not in ENDED]


def guard_alive(tx: Tx, order: Any) -> list[Any]:
    """The parts that have not ended; OrderGoneTooFar where all have."""
    parts = live_parts(tx, order)
    if not parts:
        raise OrderGoneTooFar(f"{order.number} is {order.state}; it cannot be changed any more.", order=order.number, state=order.state)
    return parts


def placed(tx: Tx, order: Any) -> list[Placement]:
    """Who sends what of an order as it is now."""
    return [_as_placed(tx, one) for one in live_parts(tx, order)]


def place(tx: Tx, order: Any, wanted: Sequence[Placement], floor: Floor) -> list[str]:
    """Gives an order's goods to these sites; the numbers of the parts that are sent anew. What is so already stays untouched.

    Raises Invalid unless every piece of every line is placed once, OrderGoneTooFar for a part that has to change and has left,
    and whatever the floor refuses. What was picked of a part that changes is put back.
    """
    parts = guard_alive(tx, order)
    lines = lines_of(tx, parts)
    _guard(order.number, lines, wanted)
    if order.delivery == COLLECT and any(one.site_id != order.site_id for one in wanted):
        raise Invalid(f"{order.number} waits for its customer at its own store, and is not sent from elsewhere.", field="site")
    changing, rest = _unlike(tx, parts, wanted)
    for part in changing:
        if part.state not in OPEN:
            raise OrderGoneTooFar(f"{part.number} is {part.state}; it cannot be changed any more.", order=part.number, state=part.state)
        floor.withdraw(tx, part.number)
    purse = purse_of(line for part in changing for line in order_lines(tx, part.id))
    freed = [event for part in changing for event in take_back(tx, part)]
    rest.sort(key=lambda one: one.site_id)  # all who promise at several sites take them in one sequence
    numbers = [_give(tx, parts, _new_lines(lines, one, purse), changing.pop(0) if changing else None, one.site_id) for one in rest]
    for part in changing:
        _end(tx, part)
    tx.emit(*freed)
    return numbers


def add_part(tx: Tx, root: Any, site_id: int, lines: Sequence[NewOrderLine], part: int) -> str:
    """A further part of an order; its number, which is the first's with its own behind it."""
    number = f"{root.number}-{part + 1}"
    accept_part(tx, NewOrder(
        channel=root.channel, channel_ref=root.channel_ref, site_id=site_id, lines=lines, customer=root.customer,
        ship_to=root.ship_to, carrier=root.carrier, priority=root.priority, cutoff_at=root.cutoff_at, hold=root.hold, placed_at=root.placed_at,
        currency=root.currency, total=0, note=root.note, is_sourced=bool(root.is_sourced), delivery=root.delivery), number=number, part=part, part_of=root.id)
    tx.execute(_TOLD_FIRST, {"number": number, "at": root.first_promised_at})
    return number


def gather(tx: Tx, order: Any, floor: Floor) -> None:
    """All goods of an order are sent by the site of its first part again; what the floor has begun is put back."""
    parts = live_parts(tx, order)
    if len(parts) > 1:
        place(tx, order, [Placement(parts[0].site_id, {number: line.quantity for number, line in lines_of(tx, parts).items()})], floor)


def withdraw_open(tx: Tx, order: Any, floor: Floor) -> None:
    """The floor gives back every part of which nothing has left."""
    for part in live_parts(tx, order):
        if part.state in OPEN:
            floor.withdraw(tx, part.number)


def cancel_parts(tx: Tx, order: Any, reason: str, floor: Floor) -> list[str]:
    """Ends every part that the floor still gives back; the numbers of those that have left. OrderGoneTooFar when all have.

    A part that is being packed keeps none of the others: its refusal counts only where nothing could be stopped.
    """
    gone: list[str] = []
    refusals: list[Refusal] = []
    parts = live_parts(tx, order)
    for part in parts:
        try:
            with tx.savepoint():
                floor.withdraw(tx, part.number)
                cancel_order(tx, part.number, reason)
        except Refusal as refusal:
            gone.append(part.number)
            refusals.append(refusal)
    if not parts:
        cancel_order(tx, order.number, reason)  # which says why it cannot be
    if refusals and len(refusals) == len(parts):
        raise refusals[0]
    return gone


def next_part(tx: Tx, root: Any) -> int:
    """The number of an order's next part: none is given twice."""
    return 1 + int(tx.scalar(_LAST_PART, root=root.id))


def whole_lines(tx: Tx, order: Any) -> list[WholeLine]:
    """The lines of an order over all parts that have not ended, as its customer knows them."""
    return list(lines_of(tx, live_parts(tx, order)).values())


def move_waiting(tx: Tx, part: Any, pieces: Mapping[int, int], site_id: int, floor: Floor) -> list[str]:
    """What waits in a part is sent by another site, and the rest of the part goes on undisturbed; the numbers of what is sent anew."""
    lines = {line.number: line for line in order_lines(tx, part.id)}
    if all(pieces.get(number, 0) == line.quantity for number, line in lines.items()):
        return place(tx, part, [*(_as_placed(tx, one) for one in live_parts(tx, part) if one.id != part.id), Placement(site_id, pieces)], floor)
    purse = purse_of(lines.values())
    wholes = {number: WholeLine(lines[number], quantity, waits_since=lines[number].waits_since) for number, quantity in pieces.items()}
    moved = _new_lines(wholes, Placement(site_id, pieces), purse)
    for number, quantity in sorted(pieces.items()):
        rest = lines[number].quantity - quantity
        if not rest:
            tx.execute(_END_LINE, {"id": lines[number].id})
        else:
            tx.execute(_LESSEN, {"id": lines[number].id, "quantity": quantity, "paid": purse.take(number, rest)})
    root = root_of(tx, part)
    return [add_part(tx, root, site_id, moved, next_part(tx, root))]


def lines_of(tx: Tx, parts: Sequence[Any]) -> dict[int, WholeLine]:
    """Of each line by its number a row, with the pieces of all these parts."""
    rows: dict[int, list[Any]] = {}
    for part in parts:
        for line in order_lines(tx, part.id):
            rows.setdefault(line.number, []).append(line)
    return {number: _whole(found) for number, found in sorted(rows.items())}


def _whole(rows: Sequence[Any]) -> WholeLine:
    quantity = sum(row.quantity for row in rows)
    places = [row.waits_since for row in rows if row.waits_since is not None]
    return WholeLine(rows[-1], quantity, purse_of(rows).take(rows[0].number, quantity), min(places, default=None))


def _guard(number: str, lines: Mapping[int, WholeLine], wanted: Sequence[Placement]) -> None:
    if any(line.row.origin_id is not None for line in lines.values()):
        raise AssertionError(f"{number} is placed while others leave with it: whose their lines are would be forgotten, and their channels never told")
    if not 0 < len(wanted) <= PARTS_MAX:
        raise Invalid(f"{number}: an order has 1 to {PARTS_MAX} parts.", field="parts")
    asked: dict[int, int] = {}
    for placement in wanted:
        if not placement.pieces or min(placement.pieces.values()) <= 0:
            raise Invalid(f"{number}: a part without goods is none.", field="parts")
        for line, pieces in placement.pieces.items():
            asked[line] = asked.get(line, 0) + pieces
    for line in sorted({*asked, *lines}):
        known = lines[line].quantity if line in lines else 0
        if asked.get(line, 0) != known:
            raise Invalid(f"{number}: line {line} has {known} pieces, and {asked.get(line, 0)} were placed.", field="parts")


def _as_placed(tx: Tx, part: Any) -> Placement:
    return Placement(part.site_id, {line.number: line.quantity for line in order_lines(tx, part.id)})


def _unlike(tx: Tx, parts: Sequence[Any], wanted: Sequence[Placement]) -> tuple[list[Any], list[Placement]]:
    """The parts that have to change, and the placements that none is yet."""
    rest = list(wanted)
    changing = []
    for part in parts:
        now = _as_placed(tx, part)
        if now in rest:
            rest.remove(now)
        else:
            changing.append(part)
    return changing, rest


def take_back(tx: Tx, part: Any) -> list[Any]:
    """Gives back what is promised of a part; the events that tell who waits for it, to be emitted when all is done."""
    lines = sorted(order_lines(tx, part.id), key=lambda one: (one.item_id, one.number))  # as everybody takes them
    freed = {line.item_id for line in lines if give_back(tx, part, line)}
    tx.execute(_UNPROMISE, {"id": part.id})
    return list(offers(part.site_id, freed))


def _give(tx: Tx, parts: list[Any], new: Sequence[NewOrderLine], part: Any, site_id: int) -> str:
    """A part that is there is of these lines from now on, or a new one is made."""
    if part is None:
        root = parts[0] if parts[0].part == 0 else root_of(tx, parts[0])
        return add_part(tx, root, site_id, new, next_part(tx, root))
    tx.execute(_END_LINES, {"id": part.id})
    add_lines(tx, part.id, new, items_of(tx, new, f"Order {part.number}"))
    tx.execute(_MOVE, {"id": part.id, "site_id": site_id})
    promise_lines(tx, hold_order(tx, part.number))
    return str(part.number)


def _new_lines(lines: Mapping[int, WholeLine], placement: Placement, purse: Purse) -> list[NewOrderLine]:
    rows = [(lines[number].row, pieces, lines[number].waits_since) for number, pieces in sorted(placement.pieces.items())]
    return [NewOrderLine(item=row.item, quantity=pieces, lot=row.lot, serial=row.serial, ref=row.ref, price=row.price, pack=row.pack, number=row.number,
                         paid=purse.take(row.number, pieces), backorder=row.backorder, expected_by=row.expected_by, waits_since=since)
            for row, pieces, since in rows]


def _end(tx: Tx, part: Any) -> None:
    """A part whose goods go with others."""
    tx.execute(_END, {"id": part.id})
    tx.emit(OrderCancelled(part.number, "its goods go with another part"))


