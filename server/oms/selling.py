"""What a till sold leaves the bins of its store, whatever the book has there; what is brought back lies on the shop floor."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from server.kernel.errors import NotFound
from server.kernel.transaction import Tx
from server.masterdata.parties import own_stock
from server.masterdata.sites import Place, account, location_by_id
from server.oms.floor import Floor
from server.stock.errors import InsufficientStock, SerialElsewhere
from server.stock.goods import GoodsKey, goods_of
from server.stock.ledger import Move, move
from server.stock.lpns import lpn_by_id
from server.stock.reversal import standing_moves

REASON = "retail_selling"
"""As CBV calls what happens at a till, whichever way the goods go there."""
_LIES = text(
    "SELECT b.holder_id, b.goods_id, b.quantity, b.quantity - b.allocated AS free, g.status, p.id AS lpn_id, l.id AS location_id FROM goods g "
    "JOIN balance b ON b.goods_id = g.id AND b.quantity > 0 LEFT JOIN lpn p ON p.id = b.holder_id "
    "JOIN location l ON l.id = COALESCE(p.location_id, b.holder_id) LEFT JOIN lot t ON t.item_id = g.item_id AND t.code = g.lot "
    "WHERE g.item_id = :item_id AND g.owner_id = :owner_id AND l.site_id = :site_id AND l.kind = 'bin' AND (p.kind IS NULL OR p.kind <> 'tote') "
    "ORDER BY CASE WHEN g.status = 'available' THEN 0 ELSE 1 END, CASE WHEN l.zone = :shop_floor THEN 0 ELSE 1 END, "
    "CASE WHEN t.expiry_on IS NULL THEN 1 ELSE 0 END, t.expiry_on, b.received_at, b.id"
)
_WHERE_IT_LAY = "(SELECT COUNT(*) FROM balance b JOIN goods g ON g.id = b.goods_id WHERE b.holder_id = l.id AND g.item_id = :item_id) DESC, l.code LIMIT 1"
_SHELF = text(
    f"SELECT l.id FROM location l WHERE l.site_id = :site_id AND l.kind = 'bin' AND l.zone = :zone AND l.blocked = 0 ORDER BY {_WHERE_IT_LAY}")
_ANY_BIN = text("SELECT l.id FROM location l WHERE l.site_id = :site_id AND l.kind = 'bin' AND l.blocked = 0 ORDER BY l.code LIMIT 1")
_LOT_THERE = text(
    "SELECT g.lot FROM balance b JOIN goods g ON g.id = b.goods_id LEFT JOIN lot t ON t.item_id = g.item_id AND t.code = g.lot "
    "WHERE b.holder_id = :holder_id AND g.item_id = :item_id ORDER BY CASE WHEN b.quantity > 0 THEN 0 ELSE 1 END, "
    "CASE WHEN t.expiry_on IS NULL THEN 1 ELSE 0 END, t.expiry_on, b.id LIMIT 1"
)
_ROUNDS_MAX = 5


@dataclass(frozen=True, slots=True)
class Till:
    """Where a sale is booked: the site of the store, the zone of its shop floor, the paper's name, and who gives up what is kept."""

    site_id: int
    shop_floor: str
    document: str
    floor: Floor


@dataclass(frozen=True, slots=True)
class Taken:
    """How much the book did not have of what was sold, and the bins that it was taken from."""

    missing: int
    locations: tuple[int, ...]


def take_out(tx: Tx, till: Till, item_id: int, quantity: int) -> Taken:
    """Goods that a customer has carried away: from the shop floor before the back room, first expired first, what nobody waits for first.

    What is kept for orders goes last, and their promises break. What the book has not got at all comes out of the variance, so that
    the ledger tells all that was sold.
    """
    rest, bins = quantity, dict[int, None]()
    for _ in range(_ROUNDS_MAX):  # somebody may be faster at a bin; what he left is looked at again
        is_sure = True
        for row, most in _in_turn(tx, till, item_id):
            taken = min(rest, most)
            if taken <= 0:
                continue
            if not _take(tx, till, row, taken):
                is_sure = False
                continue
            rest -= taken
            bins[row.location_id] = None
        if rest <= 0 or is_sure:
            break
    if rest > 0:
        _move(tx, till, GoodsKey(item_id, own_stock(tx)), rest, account(tx, till.site_id, "VARIANCE"), _customer(tx, till))
    return Taken(rest, tuple(bins))


def put_back(tx: Tx, till: Till, item_id: int, quantity: int) -> None:
    """Goods that a customer brought to the till lie on the shop floor again, as the lot there that is sold first."""
    shelf = location_by_id(tx, shelf_of(tx, till, item_id) or _no_bin(till))
    lot = str(tx.scalar(_LOT_THERE, holder_id=shelf.id, item_id=item_id) or "")
    _move(tx, till, GoodsKey(item_id, own_stock(tx), lot), quantity, _customer(tx, till), shelf)


def take_back(tx: Tx, till: Till, op: str) -> list[tuple[int, Taken]]:
    """A sale that was booked by `op` did not happen: its goods are on the shop floor, what was brought back by it is not.

    Of each item that was brought back, what could not be taken out again.
    """
    gone = []
    customer = _customer(tx, till)
    for row in standing_moves(tx, op):
        goods = goods_of(tx, row.goods_id)
        if row.to_id != customer.id:
            gone.append((goods.item_id, take_out(tx, till, goods.item_id, row.quantity)))
            continue
        variance = account(tx, till.site_id, "VARIANCE")
        target = variance if row.from_id == variance.id else location_by_id(tx, shelf_of(tx, till, goods.item_id) or _no_bin(till))
        try:
            with tx.savepoint():
                _move(tx, till, goods, row.quantity, customer, target, reverses_id=row.id)
        except SerialElsewhere:  # it came back by another receipt
            continue
    return gone


def shelf_of(tx: Tx, till: Till, item_id: int) -> int | None:
    """The bin of the shop floor where an item lies, or used to; some bin of a store that has no shop floor."""
    found = tx.scalar(_SHELF, site_id=till.site_id, zone=till.shop_floor, item_id=item_id)
    found = found if found is not None else tx.scalar(_ANY_BIN, site_id=till.site_id)
    return None if found is None else int(found)


def _in_turn(tx: Tx, till: Till, item_id: int) -> Iterator[tuple[Any, int]]:
    """What lies in the store and how much of it may be taken, in the sequence in which it is."""
    rows = tx.rows(_LIES, item_id=item_id, owner_id=own_stock(tx), site_id=till.site_id, shop_floor=till.shop_floor)
    whole: Sequence[Any] = [row for row in rows if row.status == "available"]
    yield from ((row, row.free) for row in whole)
    yield from ((row, row.quantity - row.free) for row in whole)
    yield from ((row, row.free) for row in rows if row.status != "available")


def _take(tx: Tx, till: Till, row: Any, quantity: int) -> bool:
    """False when somebody else took some of it just now."""
    goods, origin = goods_of(tx, row.goods_id), location_by_id(tx, row.location_id) if row.lpn_id is None else lpn_by_id(tx, row.lpn_id)
    try:
        with tx.savepoint():
            till.floor.spare(tx, row.holder_id, row.goods_id, _here(tx, row) - quantity)
            _move(tx, till, goods, quantity, origin, _customer(tx, till))
    except InsufficientStock:
        return False
    return True


def _here(tx: Tx, row: Any) -> int:
    return int(tx.scalar(_QUANTITY, holder_id=row.holder_id, goods_id=row.goods_id) or 0)


def _move(  # noqa: PLR0917 - a move is what, how much, from and to
    tx: Tx, till: Till, goods: GoodsKey, quantity: int, origin: Place, target: Place, *, reverses_id: int | None = None,
) -> None:
    move(tx, Move(goods, quantity, origin, target, REASON, document=till.document, reverses_id=reverses_id))


def _customer(tx: Tx, till: Till) -> Place:
    return account(tx, till.site_id, "CUSTOMER")


def _no_bin(till: Till) -> int:
    raise NotFound(f"The store of {till.document} has no bin. Make one on its shop floor.", what=till.document)


_QUANTITY = text("UPDATE balance SET quantity = quantity WHERE holder_id = :holder_id AND goods_id = :goods_id RETURNING quantity")
