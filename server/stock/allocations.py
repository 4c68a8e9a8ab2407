"""Allocation: goods in one holder kept for one line of a released order, first expired first."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Date, bindparam, text

from server.kernel.transaction import Tx
from server.stock.errors import InsufficientStock

_CANDIDATES = text(
    "SELECT b.holder_id, b.goods_id, b.quantity - b.allocated AS free, b.received_at, g.lot, g.serial, t.expiry_on, "
    "l.id AS location_id, l.code AS location, l.zone, l.x_mm, l.y_mm, l.aisle "
    "FROM goods g JOIN balance b ON b.goods_id = g.id AND b.quantity > 0 AND b.quantity > b.allocated "
    "LEFT JOIN lpn p ON p.id = b.holder_id JOIN location l ON l.id = COALESCE(p.location_id, b.holder_id) "
    "LEFT JOIN lot t ON t.item_id = g.item_id AND t.code = g.lot "
    "WHERE g.item_id = :item_id AND g.owner_id = :owner_id AND g.status = 'available' AND l.site_id = :site_id "
    "AND (l.kind = 'bin' OR (l.kind = 'stage' AND p.kind IN ('pallet', 'case'))) AND l.blocked = 0 AND l.suspect = 0 AND (:lot = '' OR g.lot = :lot) AND (:serial = '' OR g.serial = :serial) "
    "AND (t.expiry_on IS NULL OR t.expiry_on >= :keeps_until) "
    "ORDER BY CASE WHEN t.expiry_on IS NULL THEN 1 ELSE 0 END, t.expiry_on, b.received_at, b.id"
).bindparams(bindparam("keeps_until", type_=Date)).columns(expiry_on=Date)
_KEEP = text(
    "UPDATE balance SET allocated = allocated + :quantity WHERE holder_id = :holder_id AND goods_id = :goods_id "
    "AND quantity - allocated >= :quantity"
)
_ADD = text(
    "INSERT INTO allocation (release_line_id, holder_id, goods_id, quantity, task_id) "
    "VALUES (:release_line_id, :holder_id, :goods_id, :quantity, :task_id) RETURNING id"
)
_GIVE_BACK = text(
    "UPDATE balance SET allocated = allocated - :quantity WHERE holder_id = :holder_id AND goods_id = :goods_id "
    "AND allocated >= :quantity"
)
_OPEN = text(  # written as it is, so that nobody picks meanwhile what is given back
    "UPDATE allocation SET state = state WHERE id = :id AND state = 'open' RETURNING holder_id, goods_id, quantity - picked AS rest"
)
_END = text(
    "UPDATE allocation SET state = CASE WHEN picked > 0 THEN 'picked' ELSE 'voided' END, "
    "quantity = CASE WHEN picked > 0 THEN picked ELSE quantity END WHERE id = :id AND state = 'open'"
)
_PICKED = text(
    "UPDATE allocation SET picked = picked + :quantity, "
    "state = CASE WHEN picked + :quantity = quantity THEN 'picked' ELSE 'open' END "
    "WHERE id = :id AND state = 'open' AND picked + :quantity <= quantity"
)

_UNPICKED = text(
    "UPDATE allocation SET picked = picked - :quantity, state = 'open' WHERE id = :id AND state IN ('open', 'picked') "
    "AND picked >= :quantity RETURNING holder_id, goods_id"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Free goods in a bin that could serve a line; `free` in smallest units."""

    holder_id: int
    goods_id: int
    free: int
    received_at: int
    lot: str
    serial: str
    expiry_on: date | None
    location_id: int
    location: str
    zone: str
    x_mm: int
    y_mm: int
    aisle: str


@dataclass(frozen=True, slots=True)
class Demand:
    """What a released line needs: goods of a site that keep at least until `keeps_until`."""

    site_id: int
    item_id: int
    owner_id: int
    keeps_until: date
    lot: str = ""
    serial: str = ""


def candidates(tx: Tx, demand: Demand) -> list[Candidate]:
    """Free goods for a demand, first expired first, then first received; expired and held stock never among them."""
    rows = tx.rows(_CANDIDATES, site_id=demand.site_id, item_id=demand.item_id, owner_id=demand.owner_id,
                   lot=demand.lot, serial=demand.serial, keeps_until=demand.keeps_until)
    return [Candidate(**row._mapping) for row in rows]


def allocate(tx: Tx, found: Candidate, quantity: int, *, release_line_id: int, task_id: int | None = None) -> int:
    """Keeps `quantity` of a candidate for a line; InsufficientStock when somebody was faster."""
    if not tx.changed(_KEEP, holder_id=found.holder_id, goods_id=found.goods_id, quantity=quantity):
        raise InsufficientStock(f"{found.location} no longer has {quantity} of this free.",
                                location=found.location, quantity=quantity, free=0)
    return int(tx.scalar(_ADD, release_line_id=release_line_id, holder_id=found.holder_id, goods_id=found.goods_id,
                         quantity=quantity, task_id=task_id))


def release_allocation(tx: Tx, allocation_id: int) -> int:
    """Gives back what was not picked of an allocation; how much that was."""
    row = tx.row(_OPEN, id=allocation_id)
    if row is None:
        return 0
    if not tx.changed(_GIVE_BACK, holder_id=row.holder_id, goods_id=row.goods_id, quantity=row.rest):
        raise AssertionError(f"allocation {allocation_id} keeps {row.rest}, and its balance does not")
    tx.execute(_END, {"id": allocation_id})
    return int(row.rest)


def mark_picked(tx: Tx, allocation_id: int, quantity: int) -> bool:
    """Counts a pick on its allocation; False when it is no longer open for that much.

    The move that takes the goods has to carry `allocated=quantity`, which frees them in the balance.
    """
    return bool(tx.changed(_PICKED, id=allocation_id, quantity=quantity))


def unmark_picked(tx: Tx, allocation_id: int, quantity: int) -> None:
    """A pick was moved back: its allocation is open again and keeps the goods where they lie now."""
    row = tx.row(_UNPICKED, id=allocation_id, quantity=quantity)
    if row is None or not tx.changed(_KEEP, holder_id=row.holder_id, goods_id=row.goods_id, quantity=quantity):
        raise InsufficientStock("What was picked cannot be kept for its order again: somebody else has it.",
                                quantity=quantity, free=0, location="")
