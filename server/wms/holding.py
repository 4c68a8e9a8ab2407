"""Goods that may not be given out: held, damaged or expired, and released again; what was kept of them goes elsewhere."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BindParameter, Date, bindparam, text

from server.events import AllocationLost
from server.kernel.clock import date_of
from server.kernel.errors import NotFound
from server.kernel.transaction import Tx
from server.masterdata.items import item_by_code
from server.masterdata.sites import Place, location_by_id
from server.stock.goods import goods_of
from server.stock.ledger import Move, change_status
from server.stock.lpns import lpn_by_id
from server.wms.allocating import give_back

REASONS = ("QUALITY", "RECALL", "PACKAGING", "CUSTOMS", "DAMAGED")
_ROWS = (
    "SELECT b.id, b.holder_id, b.goods_id, b.quantity, b.allocated, COALESCE(p.code, l.code) AS place, h.kind, "
    "CASE WHEN EXISTS (SELECT 1 FROM carton c WHERE c.lpn_id = b.holder_id) OR EXISTS (SELECT 1 FROM allocation a "
    "JOIN release_line n ON n.id = a.release_line_id WHERE a.tote_id = b.holder_id AND a.picked > 0 AND n.picked > n.packed) "
    "THEN 1 ELSE 0 END AS is_for_order FROM balance b JOIN goods g ON g.id = b.goods_id JOIN holder h ON h.id = b.holder_id "
    "LEFT JOIN lpn p ON p.id = b.holder_id JOIN location l ON l.id = COALESCE(p.location_id, b.holder_id) "
)
_WHICH = (
    "b.quantity > 0 AND l.kind <> 'account' AND l.site_id = :site_id AND g.status IN :statuses AND (:item_id = 0 OR g.item_id = :item_id) "
    "AND (:lot = '' OR g.lot = :lot) AND (:serial = '' OR g.serial = :serial) ORDER BY b.allocated, b.id"
)
_STATUSES: BindParameter[str] = bindparam("statuses", expanding=True)
_ON_LPN = text(
    "WITH RECURSIVE inside (id) AS (SELECT CAST(:place_id AS BIGINT) UNION SELECT c.id FROM lpn c JOIN inside n ON c.parent_id = n.id) "
    f"{_ROWS} WHERE b.holder_id IN (SELECT id FROM inside) AND {_WHICH}").bindparams(_STATUSES)
_LOOSE = text(f"{_ROWS} WHERE b.holder_id = :place_id AND {_WHICH}").bindparams(_STATUSES)
_EVERYWHERE = text(f"{_ROWS} WHERE g.item_id = :item_id AND {_WHICH}").bindparams(_STATUSES)
_EXPIRED = text(
    f"{_ROWS} JOIN lot t ON t.item_id = g.item_id AND t.code = g.lot WHERE b.quantity > 0 AND l.kind <> 'account' "
    "AND g.status = 'available' AND t.expiry_on <= :today ORDER BY b.id"
).bindparams(bindparam("today", type_=Date))
_BOOKED = text("UPDATE balance SET quantity = quantity WHERE id = :id")  # as it is, so that whoever takes of it waits
_OPEN_ALLOCATIONS = text(
    "SELECT id, release_line_id, task_id, quantity - picked AS rest FROM allocation WHERE holder_id = :holder_id "
    "AND goods_id = :goods_id AND state = 'open' ORDER BY id DESC"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """The goods that are meant: of an LPN, loose in a bin, or (without a place) of a lot wherever it lies."""

    site_id: int
    place: Place | None = None
    item: str = ""
    lot: str = ""
    serial: str = ""
    quantity: int | None = None


@dataclass(slots=True)
class Changed:
    """How much changed its status, and what could not because an order's tote or parcel holds it.

    `lost` are the orders that lost goods by it: [line, quantity, task that was to pick it].
    """

    quantity: int = 0
    in_orders: list[tuple[str, int]] = field(default_factory=list)
    lost: list[list[int | None]] = field(default_factory=list)


def hold(tx: Tx, which: Which, reason: str) -> Changed:
    """Takes available goods out of reach; what was allocated of them is taken back and allocated elsewhere."""
    status = "damaged" if reason == "DAMAGED" else "hold"
    return _change(tx, lambda: _found(tx, which, ("available",)), which.quantity, status, f"HOLD-{reason}")


def release_hold(tx: Tx, which: Which) -> Changed:
    """Makes held or damaged goods available again; expired ones stay expired."""
    return _change(tx, lambda: _found(tx, which, ("hold", "damaged")), which.quantity, "available", "HOLD-RELEASE")


def expire(tx: Tx) -> int:
    """Books available goods as expired whose date has come; how many units."""
    return _change(tx, lambda: tx.rows(_EXPIRED, today=date_of(tx.now)), None, "expired", "EXPIRED").quantity


def _found(tx: Tx, which: Which, statuses: Sequence[str]) -> list[Any]:
    values = {"site_id": which.site_id, "statuses": list(statuses), "lot": which.lot, "serial": which.serial,
              "item_id": item_by_code(tx, which.item).id if which.item else 0}
    place = which.place
    if place is None:
        rows = tx.rows(_EVERYWHERE, **values)
    else:
        rows = tx.rows(_LOOSE if place.id == place.location_id else _ON_LPN, place_id=place.id, **values)
    if not rows:
        where = place.code if place is not None else "stock"
        raise NotFound(f"Nothing of that kind is in {where}. Scan again.", what=f"{which.item} {which.lot}".strip() or where)
    return rows


def _at_rest(tx: Tx, find: Callable[[], list[Any]]) -> list[Any]:
    """What `find` gives once nothing of it can move any more: what went elsewhere while it was being held is found there."""
    held = set[int]()
    while True:
        rows = find()
        moving = {row.id for row in rows} - held
        if not moving:
            return rows
        tx.execute(_BOOKED, [{"id": number} for number in sorted(moving)])
        held |= moving


def _change(tx: Tx, find: Callable[[], list[Any]], most: int | None, status: str, document: str) -> Changed:
    done = Changed()
    for row in _at_rest(tx, find):
        if row.is_for_order:
            done.in_orders.append((row.place, int(row.quantity)))
            continue
        done.quantity += _change_one(tx, row, None if most is None else most - done.quantity, status, document, done.lost)
    return done


def _change_one(tx: Tx, row: Any, most: int | None, status: str, document: str, lost: list[list[int | None]]) -> int:  # noqa: PLR0917
    quantity = int(row.quantity if most is None else min(row.quantity, most))
    if quantity <= 0:
        return 0
    lost += take_back(tx, row.holder_id, row.goods_id, quantity - (row.quantity - row.allocated))
    holder = lpn_by_id(tx, row.holder_id) if row.kind == "lpn" else location_by_id(tx, row.holder_id)
    reason = "holding" if status == "hold" else "inspecting"
    change_status(tx, Move(goods_of(tx, row.goods_id), quantity, holder, holder, reason, document=document), status)
    return quantity


def take_back(tx: Tx, holder_id: int, goods_id: int, quantity: int) -> list[list[int | None]]:
    """Frees at least so much that is allocated of some goods, the newest first; their lines are to be picked elsewhere.

    [[line, quantity, task] ...] is what was freed.
    """
    lost: list[list[int | None]] = []
    for row in tx.rows(_OPEN_ALLOCATIONS, holder_id=holder_id, goods_id=goods_id):
        if quantity <= 0:
            break
        given_back = give_back(tx, row.id)
        tx.emit(AllocationLost(row.release_line_id, given_back, row.task_id))
        lost.append([row.release_line_id, given_back, row.task_id])
        quantity -= given_back
    return lost
