"""`aisle import`: CSV files of items and locations; a bad line stops nothing but itself."""

import csv
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import text

from server.kernel.database import Database
from server.kernel.errors import Invalid, Refusal
from server.kernel.transaction import Tx
from server.masterdata.items import NewItem, NewPack, put_item
from server.masterdata.locations import NewLocation, put_location

LINE_MAX = 20_000
ERRORS_SHOWN_MAX = 1_000
Line = Mapping[str, str]
COLUMNS = {"items": ("code", "name"), "locations": ("site", "code")}


def import_file(database: Database, kind: str, path: Path) -> dict[str, Any]:
    """Brings in a UTF-8 CSV file with a header; {"done", "failed", "errors": [{"line", "what"}]}."""
    work, done, failed, errors = _WORK[kind], 0, 0, list[dict[str, Any]]()
    for number, line in _lines(path, COLUMNS[kind]):
        try:
            if isinstance(line, Refusal):
                raise line
            database.write(lambda tx, line=line: work(tx, line), backlog=True)  # type: ignore[misc]
            done += 1
        except Refusal as error:
            failed += 1
            if len(errors) < ERRORS_SHOWN_MAX:
                errors.append({"line": number, "what": _what(error)})
    return {"done": done, "failed": failed, "errors": errors}


def _lines(path: Path, wanted: tuple[str, ...]) -> Iterator[tuple[int, Line | Refusal]]:
    with path.open("rb") as stream:
        rows = csv.reader((_decoded(raw) for raw in stream), strict=False)
        header = [name.strip().lower() for name in next(rows, [])]
        missing = [name for name in wanted if name not in header]
        if missing:
            raise Invalid(f"{path.name} has no column {', '.join(missing)}. Its first line must name the columns; it "
                          f"names {', '.join(header[:20]) or 'none'}.")
        for row in rows:
            if not row:
                continue
            yield rows.line_num, _line(header, row)


def _line(header: list[str], row: list[str]) -> Line | Refusal:
    if any("\ufffd" in cell or "\x00" in cell for cell in row):
        return Invalid("The line is not UTF-8 text. Save the file as CSV UTF-8.")
    if sum(map(len, row)) > LINE_MAX:
        return Invalid(f"The line is longer than {LINE_MAX} characters. Is a quotation mark missing?")
    if len(row) != len(header):
        return Invalid(f"The line has {len(row)} cells, the header {len(header)}. Is a quotation mark missing?")
    return {name: cell.strip() for name, cell in zip(header, row, strict=True)}


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "utf-8", errors="replace")


def _item(tx: Tx, line: Line) -> None:
    barcodes = tuple(filter(None, (line.get("gtin", ""),)))
    packs = [NewPack("each", 1, barcodes)]
    if line.get("case_quantity"):
        packs.append(NewPack("case", _number(line, "case_quantity"), tuple(filter(None, (line.get("case_gtin", ""),)))))
    put_item(tx, NewItem(
        code=line["code"], name=line["name"], packs=packs, weight_g=_number(line, "weight_g"),
        volume_ml=_number(line, "volume_ml"), tracks_lot=_yes(line, "lot"), tracks_expiry=_yes(line, "expiry"),
        tracks_serial=_yes(line, "serial"),
    ))


def _location(tx: Tx, line: Line) -> None:
    site = tx.scalar(text("SELECT id FROM site WHERE code = :code"), code=line["site"])
    if site is None:
        raise Invalid(f"There is no warehouse {line['site']!r}. Make it with `aisle init --site`.")
    put_location(tx, site, NewLocation(
        code=line["code"], kind=line.get("kind") or "bin", zone=line.get("zone", ""), aisle=line.get("aisle", ""),
        x_mm=_number(line, "x_mm"), y_mm=_number(line, "y_mm"), level=_number(line, "level"),
    ))


def _number(line: Line, name: str) -> int:
    cell = line.get(name, "")
    if cell and (not cell.isascii() or not cell.isdigit() or len(cell) > 9):
        raise Invalid(f"{name} is {cell[:40]!r}, not a whole number.")
    return int(cell or 0)


def _yes(line: Line, name: str) -> bool:
    cell = line.get(name, "").lower()
    if cell not in ("", "0", "1", "no", "yes"):
        raise Invalid(f"{name} is {cell[:40]!r}, neither yes nor no.")
    return cell in ("1", "yes")


def _what(error: Refusal) -> str:
    inner = getattr(error, "errors", [])
    return "; ".join([error.sentence, *(f"{one['where']}: {one['what']}" for one in inner)])


_WORK: dict[str, Callable[[Tx, Line], None]] = {"items": _item, "locations": _location}
