"""What `aisle export` writes: one query a kind, read as it is written, so that no table has to fit into memory."""

from collections.abc import Iterable, Sequence
from typing import IO

from sqlalchemy import JSON, Date, text

from server.kernel.transaction import Tx
from server.masterdata.exporting import Cells, Told, kinds_of, straight, written

_SHIP_TO = ("name", "street", "postcode", "city", "country")
_STOCK = text(
    "SELECT s.code AS site, l.code AS location, COALESCE(p.code, '') AS lpn, i.code AS item, i.name, g.lot, t.expiry_on AS expiry, "
    "g.serial, g.status, o.code AS owner, b.quantity, b.allocated, b.received_at AS since "
    "FROM balance b JOIN goods g ON g.id = b.goods_id JOIN item i ON i.id = g.item_id JOIN party o ON o.id = g.owner_id "
    "LEFT JOIN lpn p ON p.id = b.holder_id JOIN location l ON l.id = COALESCE(p.location_id, b.holder_id) "
    "JOIN site s ON s.id = l.site_id LEFT JOIN lot t ON t.item_id = g.item_id AND t.code = g.lot "
    "WHERE b.quantity > 0 ORDER BY b.id"
).columns(expiry=Date)
_ORDERS = text(
    "SELECT o.number, o.channel, o.channel_ref AS reference, s.code AS site, o.state, o.customer, o.carrier, o.priority, "
    "o.cutoff_at AS cutoff, o.promised_at AS leaves, o.created_at AS created, o.ship_to, l.number AS line, i.code AS item, l.lot, "
    "l.serial, l.quantity, l.promised, l.shipped, l.short FROM sales_order o JOIN site s ON s.id = o.site_id "
    "JOIN sales_order_line l ON l.order_id = o.id JOIN item i ON i.id = l.item_id ORDER BY o.id, l.number"
).columns(ship_to=JSON)
_ASNS = text(
    "SELECT n.code, s.code AS site, COALESCE(p.code, '') AS supplier, n.state, n.expected_at AS expected, n.created_at AS created, "
    "l.number AS line, i.code AS item, l.quantity, l.received, l.damaged, l.lot, l.expiry_on AS expiry, COALESCE(l.sscc, '') AS sscc, "
    "l.over_percent FROM inbound n JOIN site s ON s.id = n.site_id LEFT JOIN party p ON p.id = n.party_id "
    "JOIN inbound_line l ON l.inbound_id = n.id JOIN item i ON i.id = l.item_id WHERE n.kind = 'asn' ORDER BY n.id, l.number"
).columns(expiry=Date)
_MOVES = text(
    "SELECT m.id AS number, m.at, m.reason, i.code AS item, g.lot, g.serial, g.status, o.code AS owner, w.code AS lpn, m.quantity, "
    'COALESCE(fl.code, fp.code) AS "from", COALESCE(tl.code, tp.code) AS "to", m.op, k.badge AS worker, m.device_id AS device, '
    "m.document, m.reverses_id AS reverses FROM stock_move m LEFT JOIN goods g ON g.id = m.goods_id "
    "LEFT JOIN item i ON i.id = g.item_id LEFT JOIN party o ON o.id = g.owner_id LEFT JOIN lpn w ON w.id = m.lpn_id "
    "LEFT JOIN location fl ON fl.id = m.from_id LEFT JOIN lpn fp ON fp.id = m.from_id "
    "LEFT JOIN location tl ON tl.id = m.to_id LEFT JOIN lpn tp ON tp.id = m.to_id "
    "LEFT JOIN worker k ON k.id = m.worker_id ORDER BY m.id"
)
_OPERATIONS = text(
    "SELECT o.op, o.at, o.made_at AS made, o.device_id AS device, o.epoch, o.seq, w.badge AS worker, o.kind, o.task_id AS task, "
    "o.status, o.slots, o.undone_by FROM operation o LEFT JOIN worker w ON w.id = o.worker_id "
    "ORDER BY o.device_id, o.epoch, o.seq"
)


def export(tx: Tx, kind: str, stream: IO[str]) -> int:
    """Writes one kind of thing as CSV (RFC 4180) with a header; how many lines it has."""
    return written(tx, KINDS[kind], stream)


def _orders(tx: Tx) -> tuple[Sequence[str], Iterable[Cells]]:
    columns, lines = straight(_ORDERS)(tx)
    place = columns.index("ship_to")
    rows = ((*cells[:place], *(_address(cells[place]).get(name, "") for name in _SHIP_TO), *cells[place + 1:]) for cells in lines)
    return (*columns[:place], *_SHIP_TO, *columns[place + 1:]), rows


def _address(ship_to: object) -> dict[str, object]:
    return ship_to if isinstance(ship_to, dict) else {}


KINDS: dict[str, Told] = {
    **kinds_of(), "stock": straight(_STOCK), "orders": _orders, "asns": straight(_ASNS),
    "moves": straight(_MOVES), "operations": straight(_OPERATIONS),
}
