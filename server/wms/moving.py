"""Moves by hand: a whole LPN, or loose goods from one holder to another, as far as the book knows of them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from server.kernel.errors import NotFound, Refusal
from server.kernel.transaction import Tx
from server.masterdata.sites import Place, account, location_by_code, location_by_id
from server.stock.goods import GoodsKey, goods_of
from server.stock.ledger import Move, move
from server.stock.lpns import lpn_by_code, lpn_by_id, move_lpn
from server.stock.reversal import standing_moves
from server.wms.put_away import end_put_away
from server.wms.suspecting import ask_for_count
from server.wms.targets import guard_goods, guard_lpn
from server.wms.tasks import touch_task

_BOOKED = text(  # written as it is, so that whoever takes of it at the same instant waits
    "UPDATE balance SET quantity = quantity WHERE holder_id = :holder_id AND goods_id = :goods_id RETURNING quantity, allocated"
)
_SERIAL = text("SELECT b.holder_id, b.goods_id, h.kind FROM balance b JOIN holder h ON h.id = b.holder_id "
               "WHERE b.serial_key = :serial_key AND b.quantity > 0")
_TASKS_ON_LPN = text(
    "WITH RECURSIVE inside (id) AS (SELECT CAST(:id AS BIGINT) UNION SELECT c.id FROM lpn c JOIN inside n ON c.parent_id = n.id) "
    "SELECT DISTINCT a.task_id FROM allocation a JOIN inside n ON n.id = a.holder_id WHERE a.state = 'open' AND a.task_id IS NOT NULL"
)
_IS_PARCEL = text("SELECT 1 FROM carton WHERE lpn_id = :id")
_FOR_ORDER = text("SELECT 1 FROM allocation a JOIN release_line l ON l.id = a.release_line_id "
                  "WHERE a.tote_id = :id AND a.picked > 0 AND l.picked > l.packed")


class KeptForOrders(Refusal):
    """All of some goods is kept for released orders."""

    code = "kept_for_orders"


class BelongsToOrder(Refusal):
    """A parcel, or a tote with picked goods: nothing is put in or taken out by hand."""

    code = "belongs_to_order"


@dataclass(frozen=True, slots=True)
class Taken:
    """What a move came to: `moved` by the book, `over` found beyond it, `kept` left behind for orders.

    `elsewhere` is where the book had a serial number that was found here; `asked` is the count that was asked for.
    """

    moved: int
    over: int
    kept: int
    elsewhere: str | None = None
    asked: dict[str, Any] | None = None


def place_called(tx: Tx, site_id: int, code: str) -> Place:
    """The LPN or location of a site with this label."""
    place = lpn_by_code(tx, code) or location_by_code(tx, code)
    if place.site_id != site_id or place.is_account:
        raise NotFound(f"{code} is not in this warehouse. Scan a place of this one.", what=code)
    return place


def is_of_order(tx: Tx, place: Place) -> bool:
    """Whether a place is a parcel, or a tote with picked goods."""
    return bool(tx.scalar(_IS_PARCEL, id=place.id) or tx.scalar(_FOR_ORDER, id=place.id))


def guard_own(tx: Tx, place: Place) -> None:
    """Refuses parcels and totes of orders as a place to take loose goods from or to put them into."""
    if is_of_order(tx, place):
        raise BelongsToOrder(f"{place.code} belongs to an order. Move it as a whole, or take other goods.", lpn=place.code)


def is_parcel(tx: Tx, lpn: Place) -> bool:
    """Whether an LPN is a parcel of an order."""
    return bool(tx.scalar(_IS_PARCEL, id=lpn.id))


def move_whole(tx: Tx, lpn: Place, target: Place, *, has_happened: bool = False) -> int | None:
    """Brings an LPN to a place or onto another LPN; allocations go with it, and pickers are told.

    In a bin it is put away: the number of the put-away that ended so, if one waited. What has happened is booked
    also where the place should not have been taken.
    """
    if target.id != target.location_id:
        guard_own(tx, target)
    if not has_happened:
        guard_lpn(tx, lpn, target)
    move_lpn(tx, lpn, target, "storing")
    tell_pickers(tx, lpn)
    return end_put_away(tx, lpn) if location_by_id(tx, target.location_id).kind == "bin" else None


def tell_pickers(tx: Tx, lpn: Place) -> None:
    """Whoever has to pick from an LPN looks again where it stands."""
    for row in tx.rows(_TASKS_ON_LPN, id=lpn.id):
        touch_task(tx, row.task_id)


def move_goods(tx: Tx, goods: GoodsKey, goods_id: int, quantity: int, way: tuple[Place, Place], *, worker_id: int | None) -> Taken:
    """Brings loose goods from a holder to another: what the book has is moved, what it does not know comes from VARIANCE.

    What is allocated stays for its orders; KeptForOrders when that is all of it.
    """
    origin, target = way
    for place in way:
        guard_own(tx, place)
    guard_goods(tx, goods, quantity, origin, target)
    if goods.serial:
        return _move_serial(tx, goods, origin, target, worker_id=worker_id)
    booked, allocated = book_of(tx, origin.id, goods_id)
    moved, over = min(quantity, booked - allocated), max(0, quantity - booked)
    if moved + over == 0:
        raise KeptForOrders(f"All {booked} in {origin.code} are kept for orders. Put them back.", location=origin.code,
                            quantity=booked)
    if moved:
        move(tx, Move(goods, moved, origin, target, "storing"))
    asked = found_beyond(tx, goods, over, origin, target, worker_id=worker_id) if over else None
    return Taken(moved, over, quantity - moved - over, asked=asked)


def book_of(tx: Tx, holder_id: int, goods_id: int) -> tuple[int, int]:
    """How much of some goods the book has in a holder, and how much of that is allocated; nobody else changes it now."""
    row = tx.row(_BOOKED, holder_id=holder_id, goods_id=goods_id)
    return (0, 0) if row is None else (int(row.quantity), int(row.allocated))


def give_back_found(tx: Tx, site_id: int, op: str) -> int:
    """What an operation found beyond the book was not there after all; how many units."""
    variance, total = account(tx, site_id, "VARIANCE"), 0
    for row in standing_moves(tx, op):
        if row.from_id != variance.id:
            continue
        holder = lpn_by_id(tx, row.to_id) if row.to_kind == "lpn" else location_by_id(tx, row.to_id)
        move(tx, Move(goods_of(tx, row.goods_id), row.quantity, holder, variance, "storing", reverses_id=row.id))
        total += int(row.quantity)
    return total


def _move_serial(tx: Tx, goods: GoodsKey, origin: Place, target: Place, *, worker_id: int | None) -> Taken:
    row = tx.row(_SERIAL, serial_key=goods.serial_key)
    if row is None:
        return Taken(0, 1, 0, asked=found_beyond(tx, goods, 1, origin, target, worker_id=worker_id))
    holder = lpn_by_id(tx, row.holder_id) if row.kind == "lpn" else location_by_id(tx, row.holder_id)
    booked = tx.row(_BOOKED, holder_id=row.holder_id, goods_id=row.goods_id)
    if booked is not None and booked.allocated:
        raise KeptForOrders(f"{goods.serial} is kept for an order. Put it back to {holder.code}.", location=holder.code, quantity=1)
    if holder.id != target.id:
        move(tx, Move(goods_of(tx, row.goods_id), 1, holder, target, "storing"))
    return Taken(1, 0, 0, elsewhere=holder.code if holder.id != origin.id else None)


def found_beyond(tx: Tx, goods: GoodsKey, quantity: int, origin: Place, target: Place, *, worker_id: int | None) -> dict[str, Any] | None:
    """Books goods that the book did not know to be there, out of VARIANCE, and asks for a count of where they were.

    What taking the count back needs, where one was asked for.
    """
    move(tx, Move(goods, quantity, account(tx, origin.site_id, "VARIANCE"), target, "storing"))
    if location_by_id(tx, origin.location_id).kind != "bin":
        return None
    return ask_for_count(tx, origin.location_id, "variance", worker_id=worker_id)
