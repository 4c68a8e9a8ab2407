"""A till's document is booked as a sale here, or as none: once for ever, in whatever order documents come, and never refused for want of stock."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import JSON, text

from server.events import SoldOffBook
from server.kernel.clock import MINUTE
from server.kernel.errors import Refusal
from server.kernel.transaction import Tx
from server.oms.channels.base import ChannelLine, ChannelOrder, Connector, Document, Stage
from server.oms.channels.errors import Misunderstood
from server.oms.channels.pos import SHOP_FLOOR
from server.oms.floor import Floor
from server.oms.intake import ItemUnknown, Outcome, items_meant, take_in
from server.oms.orders import NewOrderLine
from server.oms.papers import REFS_MAX, settle, store
from server.oms.selling import Taken, Till, put_back, shelf_of, take_back, take_out

_ADD = text(
    "INSERT INTO store_sale (channel_id, ref, sold_at, state, currency, total, taken_at, voided_at) VALUES "
    "(:channel_id, :ref, :sold_at, :state, :currency, :total, :at, :voided_at) ON CONFLICT (channel_id, ref) DO NOTHING RETURNING id"
)
_HOLD = text("UPDATE store_sale SET state = state WHERE channel_id = :channel_id AND ref = :ref RETURNING id, state, sold_at")
_VOID = text("UPDATE store_sale SET state = 'voided', voided_at = :at WHERE id = :id AND state = 'sold'")
_ADD_LINE = text("INSERT INTO store_sale_line (sale_id, number, name, quantity, price, paid) VALUES (:sale_id, :number, :name, :quantity, :price, :paid)")
_LINES = text("SELECT number, name, item_id, quantity, price, units FROM store_sale_line WHERE sale_id = :sale_id ORDER BY number")
_BOOKED = text(
    "UPDATE store_sale_line SET item_id = :item_id, units = :units, missing = :missing "
    "WHERE sale_id = :sale_id AND number = :number AND item_id IS NULL"
)
_ITEM = text("SELECT id FROM item WHERE code = :item")
_PAPER = text("SELECT id, ref, document FROM channel_paper WHERE id = :id").columns(document=JSON)
_LATE_MS = 5 * MINUTE
"""A sale told later may have been seen by a count before it was booked."""


class ReceiptDiffers(Refusal):
    """A till sends another sale under the number of one that was booked."""

    code = "receipt_differs"


def ring_up(tx: Tx, channel: Any, connector: Connector, document: Document, floor: Floor, *, is_fresh: bool) -> Outcome:
    """Keeps a till's document and books what it says. What names an item that nobody knows waits for its name; the rest of the sale does not."""
    try:
        order = connector.understand(document)
    except Misunderstood:
        return take_in(tx, channel, connector, document, floor, is_fresh=is_fresh)  # which keeps it as unreadable
    stored = store(tx, channel.id, order.ref[:REFS_MAX], version=order.version, stage=order.stage, document=document, is_fresh=True)
    if stored is None:
        return Outcome("known", order.ref)
    return _settled(tx, channel, stored.id, order, floor)


def ring_up_again(tx: Tx, channel: Any, connector: Connector, paper: int, floor: Floor) -> Outcome:
    """A document that was refused once more: an item may be known meanwhile."""
    row = tx.row(_PAPER, id=paper)
    try:
        order = connector.understand(row.document)
    except Misunderstood as error:
        return Outcome("refused", row.ref, code="unreadable", words=error.words)
    return _settled(tx, channel, paper, order, floor)


def _settled(tx: Tx, channel: Any, paper: int, order: ChannelOrder, floor: Floor) -> Outcome:
    try:
        unknown = _book(tx, channel, order, floor)
    except Refusal as refusal:
        settle(tx, paper, code=refusal.code, words=refusal.sentence)
        return Outcome("refused", order.ref, code=refusal.code, words=refusal.sentence)
    if unknown is not None:
        settle(tx, paper, code=unknown.code, words=unknown.sentence)
        return Outcome("refused", order.ref, code=unknown.code, words=unknown.sentence)
    settle(tx, paper)
    return Outcome("ended", order.ref)


def _book(tx: Tx, channel: Any, order: ChannelOrder, floor: Floor) -> ItemUnknown | None:
    """What of the sale is not booked for want of a name, if anything. ReceiptDiffers when it is not the sale that was booked."""
    is_void, sold_at = order.stage is Stage.CANCELLED, _sold_at(tx, order)
    number = tx.scalar(_ADD, channel_id=channel.id, ref=order.ref, sold_at=sold_at, state="voided" if is_void else "sold",
                       currency=order.currency, total=order.total, at=tx.now, voided_at=tx.now if is_void else None)
    till = Till(channel.site_id, channel.settings.get("shop_floor", SHOP_FLOOR), f"{channel.code} {order.ref}"[:64], floor)
    if number is not None:
        if is_void:
            return None
        tx.execute(_ADD_LINE, [{"sale_id": number, "number": at, "name": line.item, "quantity": line.quantity, "price": line.price, "paid": line.paid}
                               for at, line in enumerate(order.lines, 1)])
        return _book_lines(tx, channel, till, int(number), order)
    sale: Any = tx.row(_HOLD, channel_id=channel.id, ref=order.ref)
    if is_void:
        _take_back(tx, till, sale)
        return None
    _guard_same(tx, channel, sale, order)
    return _book_lines(tx, channel, till, sale.id, order) if sale.state == "sold" else None


def _book_lines(tx: Tx, channel: Any, till: Till, sale_id: int, order: ChannelOrder) -> ItemUnknown | None:
    """The lines that are not booked yet, in the sequence of their items as everybody takes them."""
    known, unknown = _meant(tx, channel, [row for row in tx.rows(_LINES, sale_id=sale_id) if row.item_id is None])
    mine = tx.acting_as(replace(tx.actor, op=_op(sale_id)))
    for item_id, row, line in sorted(((int(tx.scalar(_ITEM, item=line.item)), row, line) for row, line in known), key=lambda one: (one[0], one[1].number)):
        missing = 0
        if line.quantity < 0:
            put_back(mine, till, item_id, -line.quantity)
        else:
            missing = _tell(mine, till, item_id, _sold_at(tx, order), take_out(mine, till, item_id, line.quantity))
        tx.execute(_BOOKED, {"sale_id": sale_id, "number": row.number, "item_id": item_id, "units": line.quantity, "missing": missing})
    return unknown


def _sold_at(tx: Tx, order: ChannelOrder) -> int:
    """Now where the till does not say; a till whose clock is ahead has not sold later than it tells."""
    return min(order.placed_at or tx.now, tx.now)


def _meant(tx: Tx, channel: Any, rows: Sequence[Any]) -> tuple[list[tuple[Any, NewOrderLine]], ItemUnknown | None]:
    """The lines with our items, as far as they are known; and those that are not, named by what to say of them."""
    lines = [ChannelLine(ref=str(row.number), item=row.name, quantity=row.quantity) for row in rows]
    try:
        return list(zip(rows, items_meant(tx, channel, lines), strict=True)), None
    except ItemUnknown as error:
        names = set(error.args_["items"])
        return _meant(tx, channel, [row for row in rows if row.name not in names])[0], error


def _take_back(tx: Tx, till: Till, sale: Any) -> None:
    """A sale is voided once, and as a whole: one that cannot be put back yet is tried again."""
    with tx.savepoint():
        if tx.changed(_VOID, id=sale.id, at=tx.now):
            mine = tx.acting_as(replace(tx.actor, op=f"void-{sale.id}"))
            for item_id, taken in take_back(mine, till, _op(sale.id)):
                _tell(mine, till, item_id, tx.now, taken)


def _tell(tx: Tx, till: Till, item_id: int, sold_at: int, taken: Taken) -> int:
    """The floor hears of what the book cannot be right about; how much was missing."""
    shelf = shelf_of(tx, till, item_id) if taken.missing else None
    if taken.missing or tx.now - sold_at > _LATE_MS:
        tx.emit(SoldOffBook(till.document, till.site_id, item_id, taken.missing, sold_at, tuple(dict.fromkeys((*([shelf] if shelf else []), *taken.locations)))))
    return taken.missing


def _guard_same(tx: Tx, channel: Any, sale: Any, order: ChannelOrder) -> None:
    booked = [(row.name, row.quantity, row.price) for row in tx.rows(_LINES, sale_id=sale.id)]
    if sale.state == "sold" and booked != [(line.item, line.quantity, line.price) for line in order.lines]:
        raise ReceiptDiffers(f"{channel.code} sends another sale under receipt {order.ref}, which is booked already. Look at the till.", receipt=order.ref)


def _op(sale_id: int) -> str:
    """What the moves of a sale are known by."""
    return f"sale-{sale_id}"
