"""What is here, where is this: read-only answers about bins, LPNs, items, orders and parcels."""

from typing import Any

from sqlalchemy import Date, text

from server.kernel.clock import date_of
from server.kernel.transaction import Tx
from server.masterdata.sites import Place

ROWS_MAX = 60
_GOODS = (
    "SELECT b.holder_id, b.goods_id, b.quantity, b.allocated, b.received_at, g.item_id, g.lot, g.serial, g.status, "
    "i.code AS item, i.name, i.tracks_lot, i.tracks_serial, i.tracks_expiry, t.expiry_on, p.code AS lpn, l.id AS location_id, "
    "l.code AS location, l.kind, l.blocked, CASE WHEN EXISTS (SELECT 1 FROM cycle_count c WHERE c.location_id = l.id "
    "AND c.state IN ('open', 'recount')) THEN 1 ELSE 0 END AS is_counted FROM balance b JOIN goods g ON g.id = b.goods_id "
    "JOIN item i ON i.id = g.item_id LEFT JOIN lot t ON t.item_id = g.item_id AND t.code = g.lot "
    "LEFT JOIN lpn p ON p.id = b.holder_id JOIN location l ON l.id = COALESCE(p.location_id, b.holder_id) "
)
_FEFO = ("ORDER BY CASE WHEN g.status = 'available' THEN 0 ELSE 1 END, CASE WHEN t.expiry_on IS NULL THEN 1 ELSE 0 END, "
         "t.expiry_on, b.received_at, b.id LIMIT :most")
_IN_BIN = text(_GOODS + "WHERE b.holder_id IN (SELECT CAST(:id AS BIGINT) UNION ALL SELECT id FROM lpn WHERE location_id = :id) AND b.quantity > 0 "
               "ORDER BY CASE WHEN p.code IS NULL THEN 0 ELSE 1 END, i.code, p.code, g.lot, b.id LIMIT :most").columns(expiry_on=Date)
_IN_LPN = text(
    "WITH RECURSIVE inside (id) AS (SELECT CAST(:id AS BIGINT) "
    f"UNION SELECT c.id FROM lpn c JOIN inside n ON c.parent_id = n.id) {_GOODS} "
    f"WHERE b.holder_id IN (SELECT id FROM inside) AND b.quantity > 0 {_FEFO}").columns(expiry_on=Date)
_OF_ITEM = text(_GOODS + f"WHERE i.code = :item AND l.site_id = :site_id AND l.kind <> 'account' AND b.quantity > 0 {_FEFO}"
                ).columns(expiry_on=Date)
_EMPTY_LPNS = text(
    "SELECT p.code, p.kind FROM lpn p WHERE p.location_id = :id AND p.kind <> 'trolley' AND NOT EXISTS (SELECT 1 FROM balance b "
    "WHERE b.holder_id = p.id AND b.quantity > 0) AND NOT EXISTS (SELECT 1 FROM lpn c WHERE c.parent_id = p.id) "
    "ORDER BY p.code LIMIT :most"
)
_BIN = text("SELECT code, kind, blocked, suspect, last_counted_on FROM location WHERE id = :id").columns(last_counted_on=Date)
_EXPECTED = text(
    "SELECT n.code, n.expected_at, SUM(l.quantity - l.received) AS quantity FROM inbound_line l JOIN inbound n ON n.id = l.inbound_id "
    "JOIN item i ON i.id = l.item_id WHERE i.code = :item AND n.site_id = :site_id AND n.state IN ('expected', 'receiving') "
    "AND l.quantity > l.received GROUP BY n.id, n.code, n.expected_at ORDER BY n.expected_at, n.id LIMIT :most"
)
_HISTORY = text(
    "SELECT m.id, m.at, m.reason, COALESCE(tl.code, tp.code) AS place, w.name AS worker FROM stock_move m "
    "LEFT JOIN location tl ON tl.id = m.to_id LEFT JOIN lpn tp ON tp.id = m.to_id LEFT JOIN worker w ON w.id = m.worker_id "
    "WHERE m.lpn_id = :id ORDER BY m.id DESC LIMIT :most"
)
_PARCEL = text(
    "SELECT p.id, p.code, c.number, c.state, r.code AS release, r.carrier, l.code AS location, d.code AS load FROM carton c "
    "JOIN lpn p ON p.id = c.lpn_id JOIN release r ON r.id = c.release_id JOIN location l ON l.id = p.location_id "
    "LEFT JOIN load d ON d.id = c.load_id WHERE p.id = :id"
)
_KEEPS = text("SELECT COALESCE(SUM(v.on_hand), 0) AS on_hand, COALESCE(SUM(v.promised), 0) AS promised FROM availability v "
              "JOIN item i ON i.id = v.item_id WHERE i.code = :item AND v.site_id = :site_id")


def bin_head(tx: Tx, location_id: int) -> Any:
    """Whether a bin is blocked or suspected, and when it was last counted."""
    return tx.row(_BIN, id=location_id)


def in_bin(tx: Tx, location_id: int) -> list[Any]:
    """The goods in a bin, loose ones first, then what stands there on LPNs."""
    return tx.rows(_IN_BIN, id=location_id, most=ROWS_MAX)


def empty_lpns(tx: Tx, location_id: int) -> list[Any]:
    """LPNs that stand in a location and hold nothing."""
    return tx.rows(_EMPTY_LPNS, id=location_id, most=ROWS_MAX)


def in_lpn(tx: Tx, lpn: Place) -> list[Any]:
    """The goods in an LPN and in those that stand in it."""
    return tx.rows(_IN_LPN, id=lpn.id, most=ROWS_MAX)


def places_of_item(tx: Tx, site_id: int, item: str) -> list[Any]:
    """Where an item lies, in the order in which it would be given out: available and first expired first."""
    return tx.rows(_OF_ITEM, item=item, site_id=site_id, most=ROWS_MAX)


def expected_of_item(tx: Tx, site_id: int, item: str) -> list[Any]:
    """What is still to come of an item, by paper."""
    return tx.rows(_EXPECTED, item=item, site_id=site_id, most=ROWS_MAX)


def promised_of_item(tx: Tx, site_id: int, item: str) -> Any:
    """How much of an item a site has available, and how much of that is promised."""
    return tx.row(_KEEPS, item=item, site_id=site_id)


def history_of(tx: Tx, lpn: Place, most: int = 5) -> list[Any]:
    """The last moves of an LPN, the newest first."""
    return tx.rows(_HISTORY, id=lpn.id, most=most)


def parcel_of(tx: Tx, lpn_id: int) -> Any:
    """A parcel with its order and vehicle; None for an LPN that is no parcel."""
    return tx.row(_PARCEL, id=lpn_id)


def has_expired(row: Any, at: int) -> bool:
    """Whether goods of these queries may not be given out any more on the day of `at`."""
    return row.expiry_on is not None and bool(row.expiry_on <= date_of(at))
