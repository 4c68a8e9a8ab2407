"""Moves that were made without network: they have happened, so they are booked, whatever the book thought."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text

from server.kernel.transaction import Tx
from server.masterdata.items import ItemRow
from server.masterdata.parties import own_stock
from server.masterdata.sites import Place, location_by_id
from server.stock.goods import GoodsKey, goods_of, keep_lot
from server.stock.ledger import Move, move
from server.stock.lpns import lpn_by_id
from server.wms.counting import free_beyond
from server.wms.enquiring import in_bin, in_lpn
from server.wms.moving import book_of, found_beyond, guard_own, is_of_order, tell_pickers
from server.wms.put_away import BinDoesNotFit
from server.wms.targets import guard_goods, guard_lpn

_OF_SERIAL = text("SELECT b.holder_id, b.goods_id FROM balance b WHERE b.serial_key = :serial_key AND b.quantity > 0")
_KIND = text("SELECT kind FROM holder WHERE id = :id")


@dataclass(frozen=True, slots=True)
class Seen:
    """Goods as a worker had them in hand; an empty lot is any."""

    item: ItemRow
    lot: str
    serial: str
    quantity: int
    expiry_on: date | None = None


@dataclass(frozen=True, slots=True)
class AsSeen:
    """What a move came to: `over` found beyond the book, `freed` taken from orders that waited for it.

    `elsewhere` is where the book had a serial number, `against` why the place should not have been taken.
    """

    over: int
    freed: int
    elsewhere: str | None
    against: str | None


def book_as_seen(tx: Tx, seen: Seen, origin: Place, target: Place, *, worker_id: int | None) -> AsSeen:
    """Books a move that has happened: free goods first, then what orders waited for, then what the book did not know of."""
    guard_own(tx, target)
    return book_as_happened(tx, seen, origin, target, worker_id=worker_id)


def book_as_happened(tx: Tx, seen: Seen, origin: Place, target: Place, *, worker_id: int | None) -> AsSeen:
    """The same, also into the tote of an order: the goods are there already."""
    rows = _of_serial(tx, seen) if seen.serial else _in(tx, seen, origin)
    key = goods_of(tx, rows[0].goods_id) if rows else GoodsKey(seen.item.id, own_stock(tx), seen.lot, seen.serial)
    against = _goods_against(tx, key, seen.quantity, origin, target)
    elsewhere = _elsewhere(tx, rows[0], origin) if seen.serial and rows else None
    rest = _take(tx, rows, seen.quantity, target, is_freed=False)
    left = _take(tx, rows, rest, target, is_freed=True) if rest else 0
    if left:
        if key.lot:
            keep_lot(tx, seen.item.id, key.lot, expiry_on=seen.expiry_on)
        found_beyond(tx, key, left, origin, target, worker_id=worker_id)
    return AsSeen(left, rest - left, elsewhere, against)


def lpn_against(tx: Tx, lpn: Place, target: Place) -> str | None:
    """Why a place should not have taken an LPN that stands there now."""
    try:
        guard_lpn(tx, lpn, target)
    except BinDoesNotFit as refusal:
        return refusal.sentence
    return None


def _goods_against(tx: Tx, goods: GoodsKey, quantity: int, origin: Place, target: Place) -> str | None:
    try:
        guard_goods(tx, goods, quantity, origin, target)
    except BinDoesNotFit as refusal:
        return refusal.sentence
    return None


def _of_serial(tx: Tx, seen: Seen) -> list[Any]:
    return tx.rows(_OF_SERIAL, serial_key=GoodsKey(seen.item.id, 0, "", seen.serial).serial_key)


def _in(tx: Tx, seen: Seen, origin: Place) -> list[Any]:
    """The goods that can be meant, those that may be given out first."""
    rows = in_bin(tx, origin.id) if origin.id == origin.location_id else in_lpn(tx, origin)
    mine = [row for row in rows if row.item_id == seen.item.id and seen.lot in ("", row.lot)]
    own = [row for row in mine if row.lpn is None or not is_of_order(tx, lpn_by_id(tx, row.holder_id))]
    return sorted(own, key=lambda row: row.status != "available")


def _elsewhere(tx: Tx, row: Any, origin: Place) -> str | None:
    holder = _holder(tx, row.holder_id)
    return None if origin.id in (holder.id, holder.location_id) else holder.code


def _take(tx: Tx, rows: Sequence[Any], wanted: int, target: Place, *, is_freed: bool) -> int:
    """Moves what is free, or frees it first; how much is still wanted."""
    rest = wanted
    for row in rows:
        booked, allocated = book_of(tx, row.holder_id, row.goods_id)
        if is_freed and allocated:
            free_beyond(tx, row.holder_id, row.goods_id, max(booked - rest, 0))
            booked, allocated = book_of(tx, row.holder_id, row.goods_id)
        taken, holder = min(rest, booked - allocated), _holder(tx, row.holder_id)
        if taken > 0 and holder.id != target.id:
            move(tx, Move(goods_of(tx, row.goods_id), taken, holder, target, "storing"))
        rest -= max(taken, 0)
        if holder.id != holder.location_id:
            tell_pickers(tx, holder)
    return rest


def _holder(tx: Tx, number: int) -> Place:
    return lpn_by_id(tx, number) if tx.scalar(_KIND, id=number) == "lpn" else location_by_id(tx, number)
