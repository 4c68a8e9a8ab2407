"""Goods come in: they stand on an LPN at the dock, and their put-away waits, in one transaction."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import text

from server.events import GoodsReceived, InboundClosed, ReceiptUndone
from server.kernel.clock import date_of
from server.kernel.transaction import Tx
from server.masterdata.items import ItemRow
from server.masterdata.sites import Place, account
from server.stock.goods import GoodsKey, keep_lot, lot_without_code
from server.stock.ledger import Move, move
from server.stock.lpns import content_of, lpn_by_code, make_lpn
from server.wms.inbound import (
    InboundRow,
    add_line,
    begin_receiving,
    count_received,
    lines_still_open,
    set_inbound_state,
    uncount_received,
)
from server.wms.put_away import drop_put_away, want_put_away

_PAPER_AND_ITEM = text("SELECT n.code, l.item_id FROM inbound_line l JOIN inbound n ON n.id = l.inbound_id WHERE l.id = :id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What a worker found: `quantity` in smallest units, with what the label said."""

    item: ItemRow
    owner_id: int
    quantity: int
    lot: str = ""
    serial: str = ""
    expiry_on: date | None = None
    production_on: date | None = None
    status: str = "available"
    line_id: int | None = None


def receive(tx: Tx, paper: InboundRow, found: Received, dock: Place, lpn: Place | None = None) -> Place:
    """Books received goods onto an LPN at the dock (a new one unless given) and asks for its put-away; the LPN."""
    begin_receiving(tx, paper.id)
    onto = lpn if lpn is not None else make_lpn(tx, dock)
    goods = goods_received(tx, found)
    supplier = account(tx, paper.site_id, "CUSTOMER" if paper.kind == "return" else "SUPPLIER")
    move(tx, Move(goods, found.quantity, supplier, onto, "receiving", document=paper.code))
    if found.line_id is not None:
        count_received(tx, found.line_id, found.quantity, found.quantity if goods.status == "damaged" else 0)
    tx.emit(GoodsReceived(paper.code, found.item.id, found.quantity, onto.code))
    if lpn is None:
        want_put_away(tx, onto, document=paper.code)
    return onto


def receive_extra(tx: Tx, paper: InboundRow, found: Received, dock: Place, reason: str) -> tuple[Place, int]:
    """Books what came beyond a paper onto a line of its own, on hold until a supervisor has looked; LPN and line."""
    line_id = add_line(tx, paper, found.item.id, found.quantity, lot=found.lot, expiry_on=found.expiry_on, reason=reason)
    return receive(tx, paper, replace(found, line_id=line_id), dock), line_id


def unreceive(tx: Tx, lpn: Place, line_id: int, quantity: int, damaged: int, *, added: bool) -> None:
    """After a receipt's moves were reversed: its line counts it no more, and nobody has to put the empty LPN away."""
    tx.emit(ReceiptUndone(*_told_of(tx, line_id), quantity, lpn.code))
    uncount_received(tx, line_id, quantity, damaged, added=added)
    if not content_of(tx, lpn):
        drop_put_away(tx, lpn)


def room_left(line: Any) -> int:
    """How much more of a line may come, its tolerance included."""
    return max(int(line.quantity * (100 + line.over_percent) // 100 - line.received), 0)


def pallet_of(tx: Tx, sscc: str, dock: Place) -> Place | None:
    """A new LPN with a supplier's SSCC, or the empty one whose receipt was undone; None when that pallet is here already."""
    known = lpn_by_code(tx, sscc)
    if known is None:
        return make_lpn(tx, dock, code=sscc)
    return known if known.location_id == dock.id and not content_of(tx, known) else None


def close_if_complete(tx: Tx, paper: InboundRow, *, force: bool = False) -> bool:
    """Ends a paper when everything has come (or the worker says so); True when it ended now."""
    if not force and lines_still_open(tx, paper.id):
        return False
    if not set_inbound_state(tx, paper.id, "received"):
        return False
    tx.emit(InboundClosed(paper.code))
    return True


def goods_received(tx: Tx, found: Received) -> GoodsKey:
    """The goods of a receipt: its lot is remembered with its dates; what has expired is booked as expired."""
    lot = found.lot or (lot_without_code(found.expiry_on) if found.expiry_on is not None else "")
    if lot:
        keep_lot(tx, found.item.id, lot, expiry_on=found.expiry_on, production_on=found.production_on)
    status = found.status
    if status == "available" and found.expiry_on is not None and found.expiry_on <= date_of(tx.now):
        status = "expired"
    return GoodsKey(found.item.id, found.owner_id, lot, found.serial, status)


def _told_of(tx: Tx, line_id: int) -> tuple[str, int]:
    row: Any = tx.row(_PAPER_AND_ITEM, id=line_id)
    return row.code, row.item_id
