"""What `aisle export` writes: one query a kind, read as it is written, so that no table has to fit into memory."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import IO, Any

from sqlalchemy import JSON, CursorResult, Date, Row, text
from sqlalchemy.sql import Executable

from server.kernel.clock import iso
from server.kernel.csv_cells import guarded
from server.kernel.transaction import Tx

ROWS_AT_ONCE = 1_000
_SHIP_TO = ("name", "street", "postcode", "city", "country")
_ITEM_COLUMNS = ("code", "name", "unit", "gtin", "case_quantity", "case_gtin", "pack_level", "pack_quantity", "pack_barcode",
                 "weight_g", "volume_ml", "length_mm", "width_mm", "height_mm", "this_side_up", "lot", "expiry", "serial", "catch_weight", "abc", "zone", "picture")
_ITEMS = text(
    "SELECT i.id, i.code, i.name, i.unit, i.weight_g, i.volume_ml, i.length_mm, i.width_mm, i.height_mm, i.this_side_up, i.tracks_lot, i.tracks_expiry, i.tracks_serial, "
    "i.catch_weight, i.abc, i.zone, i.picture, p.level, p.quantity, p.barcode FROM item i LEFT JOIN ("
    "SELECT item_id, level, quantity, key AS barcode FROM barcode UNION ALL "
    "SELECT k.item_id, k.level, k.quantity, '' FROM pack k WHERE NOT (k.level = 'each' AND k.quantity = 1) AND NOT EXISTS ("
    "SELECT 1 FROM barcode b WHERE b.item_id = k.item_id AND b.level = k.level AND b.quantity = k.quantity)"
    ") AS p ON p.item_id = i.id ORDER BY i.id, p.level, p.quantity, p.barcode"
)
_LOCATIONS = text(
    "SELECT s.code AS site, l.code, l.kind, l.zone, l.rack, l.bin, l.aisle, l.level, l.x_mm, l.y_mm, l.z_mm, "
    "l.max_weight_g, l.max_volume_ml, l.max_lpns, l.mixing, l.abc FROM location l JOIN site s ON s.id = l.site_id "
    "WHERE l.kind <> 'account' ORDER BY l.id"
)
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
_INSTANTS = frozenset(("at", "made", "since", "cutoff", "leaves", "created", "expected"))

Cells = Sequence[object]


def export(tx: Tx, kind: str, stream: IO[str]) -> int:
    """Writes one kind of thing as CSV (RFC 4180) with a header; how many lines it has."""
    columns, rows = KINDS[kind](tx)
    writer, count = csv.writer(stream, lineterminator="\r\n"), 0
    writer.writerow(columns)
    for row in rows:
        writer.writerow([guarded(cell) for cell in row])
        count += 1
    return count


def _items(tx: Tx) -> tuple[Sequence[str], Iterable[Cells]]:
    rows = _rows(_stream(tx, _ITEMS))
    return _ITEM_COLUMNS, (line for _, packs in groupby(rows, lambda row: row.id) for line in _item(list(packs)))


def _item(packs: list[Any]) -> Iterator[Cells]:
    """The first barcode and the first case go into the item's own line, every further pack and barcode into one more."""
    head, rest = packs[0], [pack for pack in packs if pack.level is not None]
    each = next((pack for pack in rest if pack.level == "each" and pack.quantity == 1), None)
    case = next((pack for pack in rest if pack.level == "case"), None)
    more = [pack for pack in rest if pack is not each and pack is not case]
    for pack in more or [None]:
        extra = (pack.level, pack.quantity, _code(pack)) if pack is not None else ("", "", "")
        yield (head.code, head.name, head.unit, _code(each), case.quantity if case is not None else "", _code(case), *extra,
               head.weight_g, head.volume_ml, head.length_mm, head.width_mm, head.height_mm, *(_yes(flag) for flag in (head.this_side_up, head.tracks_lot, head.tracks_expiry, head.tracks_serial,
               head.catch_weight)), head.abc, head.zone, head.picture)


def _orders(tx: Tx) -> tuple[Sequence[str], Iterable[Cells]]:
    columns, lines = _straight(_ORDERS)(tx)
    place = columns.index("ship_to")
    rows = ((*cells[:place], *(_address(cells[place]).get(name, "") for name in _SHIP_TO), *cells[place + 1:]) for cells in lines)
    return (*columns[:place], *_SHIP_TO, *columns[place + 1:]), rows


def _address(ship_to: object) -> dict[str, object]:
    return ship_to if isinstance(ship_to, dict) else {}


def _straight(query: Executable) -> Callable[[Tx], tuple[Sequence[str], Iterable[Cells]]]:
    def told(tx: Tx) -> tuple[Sequence[str], Iterable[Cells]]:
        result = _stream(tx, query)
        columns = list(result.keys())
        instants = [name in _INSTANTS for name in columns]
        return columns, ([iso(cell) if is_instant and cell is not None else cell
                          for cell, is_instant in zip(row, instants, strict=True)] for row in _rows(result))

    return told


def _stream(tx: Tx, query: Executable) -> CursorResult[Any]:
    return tx.query(query.execution_options(stream_results=True))


def _rows(result: CursorResult[Any]) -> Iterator[Row[Any]]:
    for block in result.partitions(ROWS_AT_ONCE):
        yield from block


def _code(pack: Any) -> str:
    return pack.barcode.removeprefix("gtin:") if pack is not None else ""


def _yes(flag: int) -> str:
    return "yes" if flag else "no"


KINDS: dict[str, Callable[[Tx], tuple[Sequence[str], Iterable[Cells]]]] = {
    "items": _items, "locations": _straight(_LOCATIONS), "stock": _straight(_STOCK), "orders": _orders, "asns": _straight(_ASNS),
    "moves": _straight(_MOVES), "operations": _straight(_OPERATIONS),
}
