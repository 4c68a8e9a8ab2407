"""What tills have told, the last first: looked through by number, so that no page costs more because a shop sells much."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, text

from server.kernel.errors import NotFound
from server.kernel.transaction import Tx

WINDOW = 20_000
"""So many sales are looked through for one page; the next page goes on from there."""
_BEHIND_ALL = 2**62
_OF_SALE = "FROM store_sale_line l WHERE l.sale_id = s.id"
_COLUMNS = (
    "SELECT s.id, s.ref, s.sold_at, s.taken_at, s.voided_at, s.state, s.currency, s.total, c.code AS channel, c.name AS channel_name, c.site_id, w.code AS site, "
    f"(SELECT COUNT(*) {_OF_SALE}) AS lines, (SELECT CAST(COALESCE(SUM(l.quantity), 0) AS BIGINT) {_OF_SALE}) AS pieces, "
    f"CASE WHEN s.state = 'sold' THEN (SELECT COUNT(*) {_OF_SALE} AND l.item_id IS NULL) ELSE 0 END AS unknown, "
    f"(SELECT CAST(COALESCE(SUM(l.missing), 0) AS BIGINT) {_OF_SALE}) AS missing "
    "FROM store_sale s CROSS JOIN channel c CROSS JOIN site w WHERE c.id = s.channel_id AND w.id = c.site_id ")
"""The sales come first in the join: else all of a channel's would be read and sorted for each page."""
_FOUND = text(
    f"{_COLUMNS} AND s.id < :before AND s.id >= :floor AND (CAST(:site_id AS BIGINT) IS NULL OR c.site_id = :site_id) AND (:channel = '' OR c.code = :channel) "
    "AND (:only = '' OR (:only = 'voided' AND s.state = 'voided') "
    f"OR (:only = 'unknown' AND s.state = 'sold' AND EXISTS (SELECT 1 {_OF_SALE} AND l.item_id IS NULL)) "
    f"OR (:only = 'missing' AND EXISTS (SELECT 1 {_OF_SALE} AND l.missing > 0))) ORDER BY s.id DESC LIMIT :most")
_BY_ID = text(f"{_COLUMNS} AND s.id = :id")
_LAST = text("SELECT MAX(id) FROM store_sale")
_TILLS = text("SELECT id FROM channel WHERE (CAST(:site_id AS BIGINT) IS NULL OR site_id = :site_id) AND (:channel = '' OR code = :channel) ORDER BY id")
_WITH_RECEIPT = text("SELECT id FROM store_sale WHERE channel_id = :channel_id AND ref = :ref")
_LINES = text(
    "SELECT l.number, l.name, i.code AS item, COALESCE(i.name, '') AS item_name, l.quantity, l.price, l.units, l.missing FROM store_sale_line l "
    "LEFT JOIN item i ON i.id = l.item_id WHERE l.sale_id = :id ORDER BY l.number")
_MOVED = text(
    "SELECT m.at, m.quantity, i.code AS item, g.lot, COALESCE(f.code, p.code) AS from_code, t.code AS to_code FROM stock_move m JOIN goods g ON g.id = m.goods_id "
    "JOIN item i ON i.id = g.item_id LEFT JOIN location f ON f.id = m.from_id LEFT JOIN lpn p ON p.id = m.from_id LEFT JOIN location t ON t.id = m.to_id "
    "WHERE m.op IN :ops ORDER BY m.id").bindparams(bindparam("ops", expanding=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Of which site (None: all) and channel ("": all); `only` voided, unknown or missing ("": all); `receipt` as register/receipt ("": any)."""

    site_id: int | None = None
    channel: str = ""
    only: str = ""
    receipt: str = ""


def sales_found(tx: Tx, wanted: Wanted, before: int, limit: int) -> tuple[list[Any], int | None]:
    """The newest sales with numbers below `before` (0: all), and below which number the next page begins (None: there is none)."""
    filters = {"site_id": wanted.site_id, "channel": wanted.channel, "only": wanted.only}
    if wanted.receipt:
        numbers = sorted((number for till in tx.rows(_TILLS, site_id=wanted.site_id, channel=wanted.channel)
                          if (number := tx.scalar(_WITH_RECEIPT, channel_id=till.id, ref=wanted.receipt)) is not None), reverse=True)
        return [row for number in numbers for row in tx.rows(_FOUND, **filters, before=number + 1, floor=number, most=1)], None
    before = before or _BEHIND_ALL
    floor = max(0, min(before, int(tx.scalar(_LAST) or 0) + 1) - WINDOW)
    rows = tx.rows(_FOUND, **filters, before=before, floor=floor, most=limit + 1)
    return list(rows[:limit]), int(rows[limit - 1].id) if len(rows) > limit else floor if floor > 1 else None


def sale_by_id(tx: Tx, number: int) -> Any:
    """A sale as it is listed; NotFound when there is none."""
    row = tx.row(_BY_ID, id=number)
    if row is None:
        raise NotFound(f"There is no sale {number}.", what=str(number))
    return row


def lines_of_sale(tx: Tx, number: int) -> list[Any]:
    """What was on the receipt: as which item of ours it is known, how many pieces were booked, and how many of them the book had not."""
    return tx.rows(_LINES, id=number)


def moves_of_sale(tx: Tx, number: int) -> list[Any]:
    """What the ledger says of it, and of its voiding."""
    return tx.rows(_MOVED, ops=[f"sale-{number}", f"void-{number}"])
