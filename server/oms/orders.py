"""Orders come in: checked, written once, and promised in the same transaction."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from sqlalchemy import JSON, bindparam, text

from server.events import OrderAccepted, OrderCancelled, StockArrived
from server.kernel.counters import NEXT_NUMBER, give_number_back, next_number
from server.kernel.errors import Conflict, Invalid, NotFound, Refusal
from server.kernel.transaction import Tx
from server.masterdata.parties import own_stock
from server.oms.backorders import FIRST_PROMISED, queue
from server.oms.promising import next_cutoff
from server.stock.availability import PROMISING, Wanted, order_reference, promise_all, void_promise
from server.stock.expected import note_expected

LANE = "orders"
"""Orders are taken in one after the other by each process: all want the next number, and many the same goods."""
LINES_MAX = 2_000
QUANTITY_MAX = 10**9
NOTE_MAX = 512
UNPROMISED = frozenset({"unpaid"})
"""Holds that keep no stock; an order with any other is promised and only kept from the floor."""
CHECK, BY_HAND = "check", "by_hand"
"""Holds by what was found in an order, and by somebody: it stays promised."""
SHIP, COLLECT = "ship", "collect"
"""How a customer gets the goods: they are sent, or wait at a store."""
_SAID_LATER = frozenset({"hold", "placed_at", "currency", "total", "note", "ref", "price", "is_sourced", "number", "pack", "delivery", "backorder", "expected_by", "postage", "paid", "waits_since"})
_ADD = text(
    "INSERT INTO sales_order (number, channel, channel_ref, body_hash, site_id, customer_id, customer, ship_to, carrier, "
    "priority, cutoff_at, promised_at, created_at, hold, placed_at, currency, total, note, phone, last_line, is_sourced, part, part_of, delivery, postage) VALUES (:number, :channel, :channel_ref, "
    ":body_hash, :site_id, :customer_id, :customer, :ship_to, :carrier, :priority, :cutoff_at, :promised_at, :at, :hold, :placed_at, :currency, "
    ":total, :note, :phone, :last_line, :is_sourced, :part, :part_of, :delivery, :postage) ON CONFLICT (channel, channel_ref, part) DO NOTHING RETURNING id"
).bindparams(bindparam("ship_to", type_=JSON))
_TAKE_IN = text(
    f"WITH n AS ({NEXT_NUMBER}), named AS (SELECT 'ORD-' || LPAD(CAST(value AS TEXT), GREATEST(6, LENGTH(CAST(value AS TEXT))), '0') AS number FROM n), "
    "o AS (INSERT INTO sales_order (number, channel, channel_ref, body_hash, site_id, customer_id, customer, ship_to, carrier, priority, "
    "cutoff_at, promised_at, created_at, hold, placed_at, currency, total, note, phone, last_line, is_sourced, delivery, postage) SELECT number, :channel, :channel_ref, :body_hash, "
    ":site_id, CAST(:customer_id AS BIGINT), :customer, :ship_to, :carrier, :priority, CAST(:cutoff_at AS BIGINT), CAST(:promised_at AS BIGINT), :at, :hold, "
    "CAST(:placed_at AS BIGINT), :currency, :total, :note, :phone, :last_line, :is_sourced, :delivery, :postage FROM named ON CONFLICT (channel, channel_ref, part) DO NOTHING RETURNING id, number), "
    "asked AS (SELECT * FROM UNNEST(CAST(:items AS BIGINT[]), CAST(:quantities AS BIGINT[]), CAST(:lots AS TEXT[]), CAST(:serials AS TEXT[]), "
    "CAST(:refs AS TEXT[]), CAST(:prices AS BIGINT[]), CAST(:numbers AS BIGINT[]), CAST(:packs AS BIGINT[]), CAST(:backorders AS TEXT[]), CAST(:expected_bys AS BIGINT[]), CAST(:paids AS BIGINT[])) "
    "WITH ORDINALITY AS a(item_id, quantity, lot, serial, ref, price, number, pack, backorder, expected_by, paid, place)), "
    "wanted AS (SELECT o.number || '/' || a.number AS reference, a.item_id, CAST(:owner_id AS BIGINT) AS owner_id, a.quantity, a.place "
    "FROM asked a, o WHERE :keeps = 1), "
    f"{PROMISING}, "
    "lines AS (INSERT INTO sales_order_line (order_id, number, item_id, owner_id, lot, serial, quantity, promised, ref, price, pack, backorder, expected_by, paid) "
    "SELECT o.id, a.number, a.item_id, :owner_id, a.lot, a.serial, a.quantity, COALESCE(p.got, 0), a.ref, a.price, a.pack, a.backorder, a.expected_by, a.paid "
    "FROM o, asked a LEFT JOIN promised p ON p.place = a.place RETURNING number, promised AS got) "
    "SELECT o.number, l.number AS line, l.got FROM o, lines l"
).bindparams(bindparam("ship_to", type_=JSON))
"""An order of PostgreSQL: numbered, written and promised."""
_ADD_LINE = text(
    "INSERT INTO sales_order_line (order_id, number, item_id, owner_id, lot, serial, quantity, promised, ref, price, pack, backorder, expected_by, paid, waits_since) "
    "VALUES (:order_id, :number, :item_id, :owner_id, :lot, :serial, :quantity, :promised, :ref, :price, :pack, :backorder, :expected_by, :paid, :waits_since)"
)
_PROMISED = text("UPDATE sales_order_line SET promised = promised + :quantity WHERE id = :id AND promised + short + :quantity <= quantity")
_ITEMS = text("SELECT id, code, blocked FROM item WHERE code IN :codes").bindparams(bindparam("codes", expanding=True))
_KNOWN = text("SELECT number, body_hash FROM sales_order WHERE channel = :channel AND channel_ref = :channel_ref AND part = 0")
_HEAD = ("id, number, channel, channel_ref, site_id, customer_id, customer, ship_to, carrier, priority, cutoff_at, "
         "promised_at, state, created_at, hold, placed_at, currency, total, postage, postage_refunded, note, last_line, part, part_of, merged_into, is_sourced, delivery")
_BY_NUMBER = text(f"SELECT {_HEAD}, {FIRST_PROMISED} AS first_promised_at FROM sales_order o WHERE number = :number").columns(ship_to=JSON)
_HOLD = text(f"UPDATE sales_order SET state = state WHERE number = :number RETURNING {_HEAD}, first_promised_at").columns(ship_to=JSON)
_LINES = text(
    "SELECT l.id, l.number, l.item_id, l.owner_id, l.lot, l.serial, l.quantity, l.promised, l.shipped, l.short, l.again, "
    "l.ref, l.price, l.pack, l.paid, l.origin_id, l.backorder, l.expected_by, l.expected_at, l.waits_since, i.code AS item, i.name FROM sales_order_line l JOIN item i ON i.id = l.item_id WHERE l.order_id = :id ORDER BY l.number"
)
_CANCEL = text("UPDATE sales_order SET state = 'cancelled', hold = '' WHERE id = :id AND state IN ('accepted', 'released')")
_UNPROMISE = text("UPDATE sales_order_line SET promised = 0 WHERE order_id = :id AND promised > 0")
_CUSTOMER = text("SELECT id, name FROM party WHERE code = :code AND kind = 'customer'")


class ItemBlocked(Invalid):
    """Nothing is wrong with an order but that its items are blocked: it can be taken when they are not any more."""

    code = "item_blocked"


class OrderGoneTooFar(Refusal):
    """An order that was packed, shipped or cancelled cannot be cancelled."""

    code = "order_gone_too_far"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrderLine:
    """An ordered item; quantity in smallest units. With `lot` or `serial` exactly that one is wanted.

    `ref` is the channel's own number of the line, `price` of one of its pieces in the currency's smallest unit,
    of which each is `pack` of ours, before discounts; `paid` is what was paid for all of the line, where that is not its price.
    `number` is the line's, where it is not its place. `backorder` says whether it may wait for what is not there: never, always, or `dated`, for what is
    announced for `expected_by` at the latest. `waits_since` is the place in line of one that waited before.
    """

    item: str
    quantity: int
    lot: str = ""
    serial: str = ""
    ref: str = ""
    price: int = 0
    paid: int | None = None
    pack: int = 0
    number: int = 0
    backorder: str = "never"
    expected_by: int | None = None
    waits_since: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """An order as a channel gives it; `channel` and `channel_ref` together are its identity.

    `hold` is why it is kept from the floor; `is_sourced`: not only its site may send it.
    """

    channel: str
    channel_ref: str
    site_id: int
    lines: Sequence[NewOrderLine]
    customer: str = ""
    ship_to: Mapping[str, Any] = field(default_factory=dict)
    carrier: str = ""
    priority: int = 5
    cutoff_at: int | None = None
    hold: str = ""
    placed_at: int | None = None
    currency: str = ""
    total: int = 0
    postage: int = 0
    note: str = ""
    is_sourced: bool = False
    delivery: str = SHIP


@dataclass(frozen=True, slots=True)
class PromisedLine:
    """What was promised of a line; the rest waits for stock."""

    number: int
    item: str
    quantity: int
    promised: int


@dataclass(frozen=True, slots=True)
class OrderAnswer:
    """The answer to an order: its number, and what leaves when. `repeated`: it was known already."""

    number: str
    state: str
    promised_at: int | None
    lines: tuple[PromisedLine, ...]
    repeated: bool = False


def accept_order(tx: Tx, new: NewOrder, *, said: NewOrder | None = None) -> OrderAnswer:
    """Takes an order in and promises what the site has; `said` is the whole of it, where only a part is to be sent by this site.

    The same order again gives the answer again; another order under the same reference is a Conflict. Invalid
    names every line that is wrong. What it waits for is looked at once more when it is in: stock that came meanwhile
    found nobody waiting.
    """
    whole = said or new
    _check(whole)
    items = items_of(tx, new.lines, f"Order {new.channel_ref[:64]}")
    body_hash = _hash(whole)
    if is_known(tx, new):
        return _known(tx, new, body_hash)  # looked up before a number is drawn: numbers have no gaps
    leaves_at = _leaves_at(tx, new)
    write = _written_in_turn if tx.connection.dialect.name == "sqlite" else _written_at_once
    number, got = write(tx, new, items, {**_head_of(tx, new, body_hash, leaves_at), "last_line": len(whole.lines)})
    if number is None:
        return _known(tx, new, body_hash)
    return _answer(tx, number, new, items, got=got, leaves_at=leaves_at)


def accept_part(tx: Tx, new: NewOrder, *, number: str, part: int, part_of: int) -> OrderAnswer:
    """A further part of an order that is in, sent by another site or at another time; promised as an order is."""
    items = items_of(tx, new.lines, f"Order {number}")
    leaves_at = _leaves_at(tx, new)
    got = _write(tx, new, items, {**_head_of(tx, new, "", leaves_at), "last_line": 0, "number": number, "part": part, "part_of": part_of})
    if got is None:
        raise AssertionError(f"{number} is written while its first part is held, and was there")
    return _answer(tx, number, new, items, got=got, leaves_at=leaves_at)


def _leaves_at(tx: Tx, new: NewOrder) -> int | None:
    return (new.cutoff_at or next_cutoff(tx, new.site_id)) if new.hold not in UNPROMISED else None


def _head_of(tx: Tx, new: NewOrder, body_hash: str, leaves_at: int | None) -> dict[str, Any]:
    customer_id, customer = _customer(tx, new.customer)
    return {
        "channel": new.channel, "channel_ref": new.channel_ref, "body_hash": body_hash, "site_id": new.site_id, "customer_id": customer_id,
        "customer": customer, "ship_to": dict(new.ship_to), "carrier": new.carrier, "priority": new.priority, "cutoff_at": new.cutoff_at,
        "promised_at": leaves_at, "at": tx.now, "hold": new.hold, "placed_at": new.placed_at, "currency": new.currency, "total": new.total,
        "note": new.note[:NOTE_MAX], "phone": phone_of(new.ship_to), "is_sourced": int(new.is_sourced), "delivery": new.delivery,
        "postage": new.postage}


def _answer(tx: Tx, number: str, new: NewOrder, items: Sequence[Any], *, got: Sequence[int], leaves_at: int | None) -> OrderAnswer:
    waited_for = {item.id for line, item, promised in zip(new.lines, items, got, strict=True) if promised < line.quantity}
    _offer(tx, number, new, waited_for)
    if waited_for and leaves_at is not None:
        leaves_at = queue(tx, order_by_number(tx, number))
    lines = tuple(PromisedLine(at, line.item, line.quantity, promised) for at, line, promised in zip(_numbers(new.lines), new.lines, got, strict=True))
    return OrderAnswer(number, "accepted", leaves_at, lines)


def _numbers(lines: Sequence[NewOrderLine]) -> list[int]:
    return [line.number or at for at, line in enumerate(lines, 1)]


def _written_in_turn(tx: Tx, new: NewOrder, items: Sequence[Any], head: dict[str, Any]) -> tuple[str | None, list[int]]:
    """The order's number and what was promised of each line; no number when the order came meanwhile."""
    number = f"ORD-{next_number(tx, 'order'):06d}"
    got = _write(tx, new, items, {**head, "number": number, "part": 0, "part_of": None})
    return (None, []) if got is None else (number, got)


def _write(tx: Tx, new: NewOrder, items: Sequence[Any], head: dict[str, Any]) -> list[int] | None:
    order_id = tx.scalar(_ADD, **head)
    if order_id is None:
        return None
    owner = own_stock(tx)
    got = promise_all(tx, new.site_id, [
        Wanted(order_reference(head["number"], at), item.id, owner, line.quantity)
        for at, line, item in zip(_numbers(new.lines), new.lines, items, strict=True)]) if new.hold not in UNPROMISED else [0] * len(items)
    add_lines(tx, order_id, new.lines, items, promised=got)
    return got


def _written_at_once(tx: Tx, new: NewOrder, items: Sequence[Any], head: dict[str, Any]) -> tuple[str | None, list[int]]:
    """The same in one statement: who wants the same goods waits for it, and for nothing that is done beside the database."""
    numbers, number = _numbers(new.lines), None
    got = dict.fromkeys(numbers, 0)
    for row in tx.rows(
            _TAKE_IN, **head, series="order", step=1, owner_id=own_stock(tx), keeps=int(new.hold not in UNPROMISED), items=[item.id for item in items],
            quantities=[line.quantity for line in new.lines], lots=[line.lot for line in new.lines], serials=[line.serial for line in new.lines],
            refs=[line.ref for line in new.lines], prices=[line.price for line in new.lines], numbers=numbers,
            packs=[line.pack or 1 for line in new.lines], backorders=[line.backorder for line in new.lines],
            expected_bys=[line.expected_by for line in new.lines], paids=[line.paid for line in new.lines]):
        number, got[row.line] = row.number, row.got
    if number is None:
        give_number_back(tx, "order")
    return number, [got[one] for one in numbers]


def phone_of(ship_to: Mapping[str, Any]) -> str:
    """The receiver's phone as it is looked for."""
    phone = str(ship_to.get("phone") or "").replace(" ", "").replace("-", "")[:64]
    return phone if phone.isprintable() else ""


def _offer(tx: Tx, number: str, new: NewOrder, waited_for: set[int]) -> None:
    """The order is told, unless it is held; what it waits for is looked at once more when it is in."""
    if new.hold in UNPROMISED:
        return
    tx.emit(*[OrderAccepted(number)] * (not new.hold), *offers(new.site_id, waited_for))


def add_lines(
    tx: Tx, order_id: int, lines: Sequence[NewOrderLine], items: Sequence[Any], *, first: int = 1, promised: Sequence[int] = (),
) -> None:
    """Writes lines of an order, numbered from `first`, with what is promised of each."""
    owner = own_stock(tx)
    tx.execute(_ADD_LINE, [
        {"order_id": order_id, "number": line.number or first + at, "item_id": item.id, "owner_id": owner, "lot": line.lot, "serial": line.serial,
         "quantity": line.quantity, "promised": promised[at] if promised else 0, "ref": line.ref, "price": line.price, "pack": line.pack or 1,
         "backorder": line.backorder, "expected_by": line.expected_by, "paid": line.paid, "waits_since": line.waits_since}
        for at, (line, item) in enumerate(zip(lines, items, strict=True))])


def promise_lines(tx: Tx, order: Any) -> None:
    """Promises what is not yet of an order's lines, tells when it leaves if all of it will, and offers it to the floor."""
    if order.hold in UNPROMISED:
        return
    lines = [line for line in order_lines(tx, order.id) if line.quantity > line.promised + line.short]
    wanted = [Wanted(order_reference(order.number, line.number), line.item_id, line.owner_id, line.quantity - line.promised - line.short)
              for line in lines]
    got = promise_all(tx, order.site_id, wanted)
    tx.execute(_PROMISED, [{"id": line.id, "quantity": quantity} for line, quantity in zip(lines, got, strict=True) if quantity])
    waited_for = {one.item_id for one, quantity in zip(wanted, got, strict=True) if quantity < one.quantity}
    queue(tx, order)
    tx.emit(*[OrderAccepted(order.number)] * (not order.hold), *offers(order.site_id, waited_for))


def order_answer(tx: Tx, number: str, *, repeated: bool = False) -> OrderAnswer:
    """What was answered to an order, as it stands now."""
    order = order_by_number(tx, number)
    lines = tuple(PromisedLine(row.number, row.item, row.quantity, row.promised) for row in order_lines(tx, order.id))
    return OrderAnswer(order.number, order.state, order.promised_at, lines, repeated)


def order_by_number(tx: Tx, number: str) -> Any:
    """The head of an order; NotFound when there is none."""
    return _head(number, tx.row(_BY_NUMBER, number=number))


def hold_order(tx: Tx, number: str) -> Any:
    """Like `order_by_number`, for who goes on to write: whoever else wants to write of the order waits until this is committed.

    Two servers act on the events of one order at one moment. What its lines and releases come to is read once it is held.
    """
    return _head(number, tx.row(_HOLD, number=number))


def _head(number: str, row: Any) -> Any:
    if row is None:
        raise NotFound(f"There is no order {number}.", what=number[:64])
    return row


def order_lines(tx: Tx, order_id: int) -> list[Any]:
    """The lines of an order with their items."""
    return tx.rows(_LINES, id=order_id)


def cancel_order(tx: Tx, number: str, reason: str) -> None:
    """Ends an order and gives its promises back, to the orders that wait; OrderGoneTooFar when it has left or ended.

    What the floor has begun is the warehouse's to stop: the caller asks it first.
    """
    order = hold_order(tx, number)
    if not tx.changed(_CANCEL, id=order.id):
        raise OrderGoneTooFar(f"{number} is {order.state}; it cannot be cancelled any more.", order=number,
                              state=order.state)
    lines = sorted(order_lines(tx, order.id), key=lambda one: (one.item_id, one.number))  # as everybody takes them
    freed = {line.item_id for line in lines if give_back(tx, order, line)}
    tx.execute(_UNPROMISE, {"id": order.id})
    tx.emit(OrderCancelled(number, reason), *offers(order.site_id, freed))


def give_back(tx: Tx, order: Any, line: Any) -> int:
    """What was promised of a line is free again, and what it waited for is somebody else's; how much was given back."""
    given = void_promise(tx, order.site_id, order_reference(order.number, line.number))
    if line.quantity > line.promised + line.short:
        note_expected(tx, order.site_id, line.item_id, line.owner_id)
    return given


def offers(site_id: int, items: set[int]) -> list[StockArrived]:
    """Somebody who waits for one of these is looked for."""
    return [StockArrived(site_id, item_id, 0) for item_id in sorted(items)]


def is_known(tx: Tx, new: NewOrder) -> bool:
    """Whether an order of this reference came before."""
    return tx.row(_KNOWN, channel=new.channel, channel_ref=new.channel_ref) is not None


def _known(tx: Tx, new: NewOrder, body_hash: str) -> OrderAnswer:
    row = tx.row(_KNOWN, channel=new.channel, channel_ref=new.channel_ref)
    if row is None or row.body_hash != body_hash:
        raise Conflict(f"{new.channel} sent another order under {new.channel_ref} before. Give a changed order a "
                       "reference of its own.", what=new.channel_ref[:64])
    return order_answer(tx, row.number, repeated=True)


def items_of(tx: Tx, lines: Sequence[NewOrderLine], of: str) -> list[Any]:
    """The item of each line; Invalid names every line whose item is unknown or blocked."""
    known = {row.code: row for row in tx.rows(_ITEMS, codes=sorted({line.item for line in lines}))}
    errors = []
    for at, line in enumerate(lines, 1):
        item = known.get(line.item)
        if item is None:
            errors.append({"where": f"line {at}: item", "what": f"There is no item {line.item}. Create it, or correct the code."})
        elif item.blocked:
            errors.append({"where": f"line {at}: item", "what": f"{item.code} is blocked and cannot be ordered"})
    if errors and len(known) == len({line.item for line in lines}):
        raise ItemBlocked(f"{of}: {errors[0]['where']}: {errors[0]['what']}", errors=errors, item=next(row.code for row in known.values() if row.blocked))
    if errors:
        raise Invalid(f"{of}: {errors[0]['where']}: {errors[0]['what']}", errors=errors)
    return [known[line.item] for line in lines]


def _customer(tx: Tx, customer: str) -> tuple[int | None, str]:
    row = tx.row(_CUSTOMER, code=customer) if customer else None
    return (row.id, row.name) if row is not None else (None, customer)


def _hash(new: NewOrder) -> str:
    """Of what an order said when only this could be said, so that one of an older version is known again; our own hold is not its word."""
    said = replace(new, hold="", delivery="" if new.delivery == SHIP else new.delivery)
    body = {**_without(said, _SAID_LATER), "lines": [_without(replace(line, backorder="", expected_by=None), _SAID_LATER) for line in new.lines]}
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()


def _without(said: NewOrder | NewOrderLine, names: frozenset[str]) -> dict[str, Any]:
    told = ((one.name, getattr(said, one.name)) for one in fields(said))
    return {name: value for name, value in told if name not in names or value}


def _check(new: NewOrder) -> None:
    errors = []
    for name, most in (("channel", 32), ("channel_ref", 128)):
        value = getattr(new, name)
        if not 0 < len(value) <= most or not value.isprintable():
            errors.append({"where": name, "what": f"must be 1 to {most} printable characters"})
    if not 0 < len(new.lines) <= LINES_MAX:
        errors.append({"where": "lines", "what": f"must be 1 to {LINES_MAX}"})
    if new.delivery not in (SHIP, COLLECT):
        errors.append({"where": "delivery", "what": "must be ship or collect"})
    if not 1 <= new.priority <= 9:
        errors.append({"where": "priority", "what": "must be 1 (first) to 9 (last)"})
    if len(new.customer) > 256 or len(new.carrier) > 64 or len(json.dumps(dict(new.ship_to))) > 4_096:
        errors.append({"where": "customer, carrier, ship_to", "what": "too long"})
    for at, line in enumerate(new.lines, 1):
        errors += _wrong_with(at, line)
    if errors:
        raise Invalid(f"Order {new.channel_ref[:64]}: {errors[0]['where']} {errors[0]['what']}.", errors=errors)


def _wrong_with(at: int, line: NewOrderLine) -> list[dict[str, str]]:
    errors = []
    if not 0 < line.quantity <= QUANTITY_MAX:
        errors.append({"where": f"line {at}: quantity", "what": f"must be 1 to {QUANTITY_MAX}, not {line.quantity}"})
    if not all(len(one) <= 64 and one.isprintable() for one in (line.lot, line.serial)):
        errors.append({"where": f"line {at}: lot, serial", "what": "must be at most 64 printable characters"})
    if line.serial and line.quantity != 1:
        errors.append({"where": f"line {at}: serial", "what": "a line with a serial number has quantity 1"})
    return errors
