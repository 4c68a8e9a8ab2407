"""What tills have told, what was sold last first: looked through by an index, so that no page costs more because a shop sells much."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, text

from server.kernel.errors import NotFound
from server.kernel.transaction import Tx

WINDOW = 20_000
"""So many sales are looked through for one page; the next page goes on from there."""
_BEHIND_ALL = 2**62
_OF_SALE = "FROM store_sale_line l WHERE l.sale_id = s.id"
_COLUMNS = (
    "SELECT s.id, s.ref, s.sold_at, s.taken_at, s.voided_at, s.state, s.currency, s.total, c.code AS channel, c.name AS channel_name, c.site_id, w.code AS site, w.timezone, "
    f"(SELECT COUNT(*) {_OF_SALE}) AS lines, (SELECT CAST(COALESCE(SUM(l.quantity), 0) AS BIGINT) {_OF_SALE}) AS pieces, "
    f"CASE WHEN s.state = 'sold' THEN (SELECT COUNT(*) {_OF_SALE} AND l.item_id IS NULL) ELSE 0 END AS unknown, "
    f"(SELECT CAST(COALESCE(SUM(l.missing), 0) AS BIGINT) {_OF_SALE}) AS missing "
    "FROM store_sale s CROSS JOIN channel c CROSS JOIN site w WHERE c.id = s.channel_id AND w.id = c.site_id ")
"""The sales come first in the join: else all of a channel's would be read and sorted for each page."""
_FOUND = text(
    f"{_COLUMNS} AND (s.sold_at, s.id) < (:at, :before) AND (s.sold_at, s.id) >= (:floor_at, :floor) AND (CAST(:site_id AS BIGINT) IS NULL OR c.site_id = :site_id) AND (:channel = '' OR c.code = :channel) "
    "AND (:only = '' OR (:only = 'voided' AND s.state = 'voided') "
    f"OR (:only = 'unknown' AND s.state = 'sold' AND EXISTS (SELECT 1 {_OF_SALE} AND l.item_id IS NULL)) "
    f"OR (:only = 'missing' AND EXISTS (SELECT 1 {_OF_SALE} AND l.missing > 0))) ORDER BY s.sold_at DESC, s.id DESC LIMIT :most")
_BY_ID = text(f"{_COLUMNS} AND s.id = :id")
_FLOOR = text("SELECT s.sold_at, s.id FROM store_sale s WHERE (s.sold_at, s.id) < (:at, :before) AND s.sold_at >= :since ORDER BY s.sold_at DESC, s.id DESC "
              "LIMIT 2 OFFSET :window")
_ZONES = text("SELECT DISTINCT timezone FROM site WHERE CAST(:site_id AS BIGINT) IS NULL OR id = :site_id")
_TILLS = text("SELECT id FROM channel WHERE (CAST(:site_id AS BIGINT) IS NULL OR site_id = :site_id) AND (:channel = '' OR code = :channel) ORDER BY id")
_WITH_RECEIPT = text("SELECT id, sold_at FROM store_sale WHERE channel_id = :channel_id AND ref = :ref")
_LINES = text(
    "SELECT l.number, l.name, i.code AS item, COALESCE(i.name, '') AS item_name, l.quantity, l.price, l.units, l.missing FROM store_sale_line l "
    "LEFT JOIN item i ON i.id = l.item_id WHERE l.sale_id = :id ORDER BY l.number")
_MOVED = text(
    "SELECT m.at, m.quantity, i.code AS item, g.lot, COALESCE(f.code, p.code) AS from_code, t.code AS to_code FROM stock_move m JOIN goods g ON g.id = m.goods_id "
    "JOIN item i ON i.id = g.item_id LEFT JOIN location f ON f.id = m.from_id LEFT JOIN lpn p ON p.id = m.from_id LEFT JOIN location t ON t.id = m.to_id "
    "WHERE m.op IN :ops ORDER BY m.id").bindparams(bindparam("ops", expanding=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Of which site (None: all) and channel ("": all); `only` voided, unknown or missing ("": all); `receipt` as register/receipt ("": any).

    `since` and `until` are the first and the last day (None: any), each by the clock of the shop that sold.
    """

    site_id: int | None = None
    channel: str = ""
    only: str = ""
    receipt: str = ""
    since: date | None = None
    until: date | None = None


Place = tuple[int, int]
"""Where a sale stands in the list: when it was sold, and its number."""


def sales_found(tx: Tx, wanted: Wanted, before: Place | None, limit: int) -> tuple[list[Any], Place | None]:
    """The sales that stand `before` a place (None: all), and before which place the next page begins (None: there is none)."""
    filters = {"site_id": wanted.site_id, "channel": wanted.channel, "only": wanted.only}
    if wanted.receipt:
        places = sorted(((row.sold_at, row.id) for till in tx.rows(_TILLS, site_id=wanted.site_id, channel=wanted.channel)
                         for row in tx.rows(_WITH_RECEIPT, channel_id=till.id, ref=wanted.receipt)), reverse=True)
        rows = [row for at, number in places for row in tx.rows(_FOUND, **filters, at=at, before=number + 1, floor_at=at, floor=number, most=1)]
        return [row for row in rows if _is_of(row, wanted)], None
    since, until = _span(tx, wanted)
    at, number = min(before or (until, 0), (until, 0))
    floor = _floor(tx, at, number, since) if any(filters.values()) else None
    floor_at, least = floor or (since, 0)
    found = tx.rows(_FOUND, **filters, at=at, before=number, floor_at=floor_at, floor=least, most=limit + 1)
    rows = [row for row in found[:limit] if _is_of(row, wanted)]
    return rows, (found[limit - 1].sold_at, found[limit - 1].id) if len(found) > limit else floor


def _floor(tx: Tx, at: int, number: int, since: int) -> Place | None:
    """How far down is looked for one page; None where that is all."""
    rows = tx.rows(_FLOOR, at=at, before=number, since=since, window=WINDOW - 1)
    return (rows[0].sold_at, rows[0].id) if len(rows) > 1 else None


def _span(tx: Tx, wanted: Wanted) -> Place:
    """From when to when the wanted days are at one of the shops."""
    zones = [ZoneInfo(row.timezone or "UTC") for row in tx.rows(_ZONES, site_id=wanted.site_id)]
    since = min(_begins(wanted.since, zone) for zone in zones) if wanted.since is not None else 0
    return since, max(_begins(wanted.until + timedelta(days=1), zone) for zone in zones) if wanted.until is not None else _BEHIND_ALL


def _begins(day: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time(), zone).timestamp() * 1000)


def _is_of(row: Any, wanted: Wanted) -> bool:
    """Shops whose clocks differ have their days at different times."""
    day = datetime.fromtimestamp(row.sold_at / 1000, UTC).astimezone(ZoneInfo(row.timezone or "UTC")).date()
    return (wanted.since or day) <= day <= (wanted.until or day)


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
