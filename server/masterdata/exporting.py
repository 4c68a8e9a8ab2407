"""What is written as CSV: one query a kind, read as it is written, so that no table has to fit into memory. `aisle import` takes it back."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import IO, Any

from sqlalchemy import CursorResult, Row, text
from sqlalchemy.sql import Executable

from server.kernel.clock import iso
from server.kernel.csv_cells import guarded
from server.kernel.transaction import Tx

ROWS_AT_ONCE = 1_000
_ITEM_COLUMNS = ("code", "name", "unit", "gtin", "case_quantity", "case_gtin", "pack_level", "pack_quantity", "pack_barcode",
                 "weight_g", "volume_ml", "length_mm", "width_mm", "height_mm", "this_side_up", "lot", "expiry", "serial", "catch_weight", "abc", "zone", "picture", "handling", "price")
_ITEMS = text(
    "SELECT i.id, i.code, i.name, i.unit, i.weight_g, i.volume_ml, i.length_mm, i.width_mm, i.height_mm, i.this_side_up, i.tracks_lot, i.tracks_expiry, i.tracks_serial, "
    "i.catch_weight, i.abc, i.zone, i.picture, i.handling, i.price, p.level, p.quantity, p.barcode FROM item i LEFT JOIN ("
    "SELECT item_id, level, quantity, key AS barcode FROM barcode UNION ALL "
    "SELECT k.item_id, k.level, k.quantity, '' FROM pack k WHERE NOT (k.level = 'each' AND k.quantity = 1) AND NOT EXISTS ("
    "SELECT 1 FROM barcode b WHERE b.item_id = k.item_id AND b.level = k.level AND b.quantity = k.quantity)"
    ") AS p ON p.item_id = i.id ORDER BY i.id, p.level, p.quantity, p.barcode"
)
_LOCATIONS = text(
    "SELECT s.code AS site, l.code, l.kind, l.zone, l.rack, l.bin, l.aisle, l.level, l.x_mm, l.y_mm, l.z_mm, "
    "l.max_weight_g, l.max_volume_ml, l.max_lpns, l.mixing, l.abc FROM location l JOIN site s ON s.id = l.site_id "
    "WHERE l.kind <> 'account' AND (CAST(:site_id AS BIGINT) IS NULL OR l.site_id = :site_id) ORDER BY l.id"
)
_WORKERS = text(
    "SELECT w.badge, w.name, w.role, COALESCE(s.code, '') AS site, w.language FROM worker w LEFT JOIN site s ON s.id = w.site_id "
    "WHERE CAST(:site_id AS BIGINT) IS NULL OR w.site_id IS NULL OR w.site_id = :site_id ORDER BY w.id"
)
_INSTANTS = frozenset(("at", "made", "since", "cutoff", "leaves", "created", "expected"))

Cells = Sequence[object]
Told = Callable[[Tx], tuple[Sequence[str], Iterable[Cells]]]


def written(tx: Tx, told: Told, stream: IO[str]) -> int:
    """Writes one kind of thing as CSV (RFC 4180) with a header; how many lines it has."""
    columns, rows = told(tx)
    writer, count = csv.writer(stream, lineterminator="\r\n"), 0
    writer.writerow(columns)
    for row in rows:
        writer.writerow([guarded(cell) for cell in row])
        count += 1
    return count


def kinds_of(site_id: int | None = None) -> Mapping[str, Told]:
    """What can be brought in again: of one site, or (None) of all."""
    return {"items": _items, "locations": straight(_LOCATIONS, site_id=site_id), "workers": straight(_WORKERS, site_id=site_id)}


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
               head.catch_weight)), head.abc, head.zone, head.picture, head.handling, head.price)


def straight(query: Executable, **values: object) -> Told:
    """A query whose columns are those of the file; instants are written in UTC."""
    def told(tx: Tx) -> tuple[Sequence[str], Iterable[Cells]]:
        result = _stream(tx, query, values)
        columns = list(result.keys())
        instants = [name in _INSTANTS for name in columns]
        return columns, ([iso(cell) if is_instant and cell is not None else cell
                          for cell, is_instant in zip(row, instants, strict=True)] for row in _rows(result))

    return told


def _stream(tx: Tx, query: Executable, values: Mapping[str, object] | None = None) -> CursorResult[Any]:
    return tx.query(query.execution_options(stream_results=True), values or {})


def _rows(result: CursorResult[Any]) -> Iterator[Row[Any]]:
    for block in result.partitions(ROWS_AT_ONCE):
        yield from block


def _code(pack: Any) -> str:
    return pack.barcode.removeprefix("gtin:") if pack is not None else ""


def _yes(flag: int) -> str:
    return "yes" if flag else "no"
