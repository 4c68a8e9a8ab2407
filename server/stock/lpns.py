"""LPNs: made, moved as one with all they hold, nested to any depth."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import text

from server.kernel.counters import next_number
from server.kernel.errors import Conflict, NotFound
from server.kernel.transaction import Tx
from server.masterdata.sites import Place, account, add_holder, location_by_id
from server.stock.errors import LpnInItself
from server.stock.goods import GoodsKey
from server.stock.ledger import Move, write_move

_ADD = text(
    "INSERT INTO lpn (id, code, kind, parent_id, location_id, created_at) "
    "VALUES (:id, :code, :kind, :parent_id, :location_id, :at)"
)
_PLACE = text(
    "SELECT p.id, p.code, p.kind, p.parent_id, p.location_id, l.site_id, l.zone, l.blocked FROM lpn p "
    "JOIN location l ON l.id = p.location_id WHERE p.code = :code"
)
_PARENT_ID = text("SELECT parent_id FROM lpn WHERE id = :id")
_PLACE_BY_ID = text(
    "SELECT p.id, p.code, p.kind, p.parent_id, p.location_id, l.site_id, l.zone, l.blocked FROM lpn p "
    "JOIN location l ON l.id = p.location_id WHERE p.id = :id"
)
_INSIDE = (
    "WITH RECURSIVE inside (id) AS (SELECT CAST(:id AS BIGINT) UNION SELECT c.id FROM lpn c JOIN inside i ON c.parent_id = i.id) "
)
_IS_INSIDE = text(_INSIDE + "SELECT 1 FROM inside WHERE id = :target_id")
_MOVE = text(
    "UPDATE lpn SET location_id = :location_id, parent_id = CASE WHEN id = :id THEN :parent_id ELSE parent_id END "
    "WHERE id IN (WITH RECURSIVE inside (id) AS (SELECT id FROM lpn WHERE id = :id AND parent_id = :origin_id "
    "UNION SELECT c.id FROM lpn c JOIN inside i ON c.parent_id = i.id) SELECT id FROM inside)"
)
_MOVE_HELD = text(
    "WITH RECURSIVE inside (id, version) AS (SELECT id, xmin FROM lpn WHERE id = :id AND parent_id = :origin_id "
    "UNION SELECT c.id, c.xmin FROM lpn c JOIN inside i ON c.parent_id = i.id), "
    "held AS (SELECT p.id FROM lpn p JOIN inside i ON p.id = i.id AND p.xmin = i.version FOR NO KEY UPDATE OF p) "
    "UPDATE lpn SET location_id = :location_id, parent_id = CASE WHEN id = :id THEN :parent_id ELSE parent_id END "
    "WHERE id IN (SELECT id FROM held) AND (SELECT COUNT(*) FROM held) = (SELECT COUNT(*) FROM inside)"
)
"""On PostgreSQL nothing is moved when one of the LPNs was written since the statement began: something may have been put into it,
or it was moved itself, and the statement would not see that."""
_HOLD = text("UPDATE lpn SET location_id = location_id WHERE id = :id RETURNING location_id")
_TRIES = 4
_CONTENT = text(
    _INSIDE + "SELECT b.holder_id, b.goods_id, b.quantity, b.allocated, g.item_id, g.lot, g.serial, g.status, g.owner_id "
    "FROM balance b JOIN goods g ON g.id = b.goods_id "
    "WHERE b.holder_id IN (SELECT id FROM inside) AND b.quantity > 0 ORDER BY b.id"
)
_BURDEN = text(
    _INSIDE + "SELECT b.holder_id, b.goods_id, b.quantity, b.allocated, g.item_id, g.lot, g.serial, g.status, g.owner_id, "
    "m.weight_g, m.volume_ml, m.abc, m.zone FROM balance b JOIN goods g ON g.id = b.goods_id "
    "JOIN item m ON m.id = g.item_id WHERE b.holder_id IN (SELECT id FROM inside) AND b.quantity > 0 ORDER BY b.id"
)
_NOBODY = GoodsKey(0, 0)


@dataclass(frozen=True, slots=True)
class Content:
    """Some goods that lie in a holder."""

    holder_id: int
    goods_id: int
    goods: GoodsKey
    quantity: int
    allocated: int


def make_lpn(tx: Tx, where: Place, *, kind: str = "pallet", code: str | None = None) -> Place:
    """A new LPN standing in a location or in another LPN; numbered by us unless it brings its code (an SSCC)."""
    where, number = _held(tx, where), add_holder(tx, "lpn")
    code = code or f"LPN{next_number(tx, 'lpn'):08d}"
    tx.execute(_ADD, {"id": number, "code": code, "kind": kind, "parent_id": where.id,
                      "location_id": where.location_id, "at": tx.now})
    place = Place(number, code, where.site_id, kind, where.location_id, where.zone, where.blocked, where.id)
    write_move(tx, Move(_NOBODY, 1, account(tx, where.site_id, "NEW-LPN"), where, "commissioning"), lpn=number)
    return place


def lpn_by_code(tx: Tx, code: str) -> Place | None:
    """The LPN with this code, if there is one."""
    row = tx.row(_PLACE, code=code)
    return None if row is None else _place(row)


def lpn_by_id(tx: Tx, number: int) -> Place:
    """The LPN of a row number."""
    row = tx.row(_PLACE_BY_ID, id=number)
    if row is None:
        raise NotFound(f"There is no LPN with number {number}.", what=number)
    return _place(row)


def parent_of(tx: Tx, lpn: Place) -> Place:
    """What an LPN stands in: a location or another LPN."""
    row = tx.row(_PLACE_BY_ID, id=lpn.id)
    if row is None:
        raise NotFound(f"There is no LPN {lpn.code}.", what=lpn.code)
    outer = tx.row(_PLACE_BY_ID, id=row.parent_id)
    return _place(outer) if outer is not None else location_by_id(tx, row.parent_id)


def move_lpn(tx: Tx, lpn: Place, target: Place, reason: str, *, document: str | None = None,
             reverses_id: int | None = None) -> int:
    """Moves an LPN with all it holds into a location or another LPN; the move's number."""
    origin = _moved_from(tx, lpn, _held(tx, target))
    step = Move(_NOBODY, 1, origin, target, reason, document=document, reverses_id=reverses_id)
    return write_move(tx, step, lpn=lpn.id)


def _held(tx: Tx, target: Place) -> Place:
    """A target as it stands now. An LPN is written as it is, so that who moves it meanwhile waits, and sees what was put into it."""
    if target.id == target.location_id:
        return target
    return replace(target, location_id=int(tx.scalar(_HOLD, id=target.id)))


def _moved_from(tx: Tx, lpn: Place, target: Place) -> Place:
    """Sets an LPN's new place; where it stood until then. It may have been moved, or have got something into it, since it was read."""
    statement = _MOVE if tx.connection.dialect.name == "sqlite" else _MOVE_HELD
    where = {"id": lpn.id, "parent_id": target.id, "location_id": target.location_id}
    for attempt in range(_TRIES):
        origin_id = (attempt == 0 and lpn.parent_id) or tx.scalar(_PARENT_ID, id=lpn.id)
        _guard_outside(tx, lpn, target)
        if origin_id and tx.changed(statement, **where, origin_id=origin_id):
            return Place(origin_id, "", lpn.site_id, "", origin_id)
    raise Conflict(f"{lpn.code} was moved by somebody else at this moment. Scan it again.", what=lpn.code)


def _guard_outside(tx: Tx, lpn: Place, target: Place) -> None:
    is_into_lpn = target.id != target.location_id
    if is_into_lpn and tx.row(_IS_INSIDE, id=lpn.id, target_id=target.id) is not None:
        raise LpnInItself(f"{lpn.code} cannot stand in {target.code}, which stands in it.", lpn=lpn.code)


def content_of(tx: Tx, lpn: Place) -> list[Content]:
    """All goods in an LPN and in the LPNs inside it."""
    return [content(row) for row in tx.rows(_CONTENT, id=lpn.id)]


def sized_content_of(tx: Tx, lpn: Place) -> list[Any]:
    """All goods in an LPN and in the LPNs inside it, each with its item's weight and volume, class and zone."""
    return tx.rows(_BURDEN, id=lpn.id)


def content(row: Any) -> Content:
    """A content row of a query that names the columns of goods and balance."""
    key = GoodsKey(row.item_id, row.owner_id, row.lot, row.serial, row.status)
    return Content(row.holder_id, row.goods_id, key, row.quantity, row.allocated)


def _place(row: Any) -> Place:
    return Place(row.id, row.code, row.site_id, row.kind, row.location_id, row.zone, bool(row.blocked), row.parent_id)
