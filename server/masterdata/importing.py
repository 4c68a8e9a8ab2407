"""What CSV files bring in: items, locations, cartons, people; a bad line stops nothing but itself."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

from sqlalchemy import TextClause, text

from server.kernel.database import Database
from server.kernel.errors import Invalid, NotFound, Refusal
from server.kernel.transaction import Tx
from server.masterdata.carton_types import NewCartonType, put_carton_type
from server.masterdata.csv_files import CsvRow, Line, read_csv
from server.masterdata.items import NewItem, NewPack, keep_item
from server.masterdata.locations import NewLocation, keep_location
from server.masterdata.people import put_worker, set_pin, worker_by_badge
from server.masterdata.sites import site_id_of

T = TypeVar("T")
Outcome = Literal["made", "changed", "same"]
ERRORS_SHOWN_MAX = 1_000
AT_ONCE = 25
"""So many lines are one transaction: few enough that no scan waits for them."""
COLUMNS = {"items": ("code", "name"), "locations": ("site", "code"), "workers": ("badge", "name"),
           "cartons": ("site", "code", "length_mm", "width_mm", "height_mm")}
_ITEM = text("SELECT unit, weight_g, volume_ml, length_mm, width_mm, height_mm, this_side_up, tracks_lot, tracks_serial, tracks_expiry, catch_weight, abc, zone, picture, handling, price "
             "FROM item WHERE code = :code")
_KNOWN: Mapping[str, TextClause] = {
    "items": text("SELECT 1 FROM item WHERE code = :code"), "locations": text("SELECT 1 FROM location WHERE code = :code"),
    "workers": text("SELECT 1 FROM worker WHERE badge = UPPER(:code)"),
    "cartons": text("SELECT 1 FROM carton_type t JOIN site s ON s.id = t.site_id WHERE s.code = :site AND t.code = :code")}
LANGUAGES = ("en", "zh-CN")
_SIDES = ("length_mm", "width_mm", "height_mm")
_SIGNED = ("x_mm", "y_mm", "z_mm")
_LIMITS = ("max_weight_g", "max_volume_ml", "max_lpns")


class Write(Protocol):
    """Runs work in a transaction of whoever brings the file in."""

    def __call__(self, work: Callable[[Tx], T], /) -> T:
        """What it makes."""


class _OnlyTried(Exception):
    """Carries what a trial found out of the transaction that it undoes."""

    def __init__(self, found: list["Result"]) -> None:
        super().__init__()
        self.found = found


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a line: its number, what it is about, and what was done or why not."""

    line: int
    code: str
    outcome: Outcome | None
    wrong: Refusal | None = None


@dataclass(slots=True)
class Report:
    """What came of a file: how many were brought in, known already, refused, and why (by line)."""

    done: int = 0
    repeated: int = 0
    failed: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, line: int, error: Refusal) -> None:
        """Counts something as refused; the first thousand reasons are kept."""
        self.failed += 1
        self.add(line, error)

    def add(self, line: int, error: Refusal) -> None:
        """Keeps a reason that is counted elsewhere."""
        if len(self.errors) < ERRORS_SHOWN_MAX:
            self.errors.append({"line": line, "what": said_whole(error)})

    def told(self) -> dict[str, Any]:
        """As a program reads it."""
        return {"done": self.done, "repeated": self.repeated, "failed": self.failed, "errors": self.errors}


def import_file(database: Database, kind: str, path: Path, encoding: str = "utf-8") -> dict[str, Any]:
    """Brings in a CSV file with a header; {"done", "repeated", "failed", "errors": [{"line", "what"}]}."""
    report = Report()
    for result in import_rows(partial(database.write, backlog=True), kind, read_csv(path, COLUMNS[kind], encoding)):
        report.done += result.outcome in ("made", "changed")
        report.repeated += result.outcome == "same"
        if result.wrong is not None:
            report.refuse(result.line, result.wrong)
    return report.told()


def import_rows(write: Write, kind: str, rows: Iterable[CsvRow], *, guard: Callable[[Tx, Line], None] | None = None,
                is_trial: bool = False) -> Iterator[Result]:
    """What comes of each row; a trial tells the same and leaves nothing behind. `guard` refuses what this caller may not."""
    waiting = iter(rows)
    while some := list(islice(waiting, AT_ONCE)):
        def work(tx: Tx, some: list[CsvRow] = some) -> list[Result]:
            found = [_brought_in(tx, kind, row, guard) for row in some]
            if is_trial:
                raise _OnlyTried(found)
            return found

        try:
            yield from write(work)
        except _OnlyTried as tried:
            yield from tried.found


def _brought_in(tx: Tx, kind: str, row: CsvRow, guard: Callable[[Tx, Line], None] | None) -> Result:
    code = row.cells.get(COLUMNS[kind][0] if kind == "workers" else "code", "")[:64]
    try:
        if row.wrong is not None:
            raise row.wrong
        with tx.savepoint():
            if guard is not None:
                guard(tx, row.cells)
            is_known = tx.scalar(_KNOWN[kind], code=code, **({"site": row.cells["site"]} if kind == "cartons" else {})) is not None
            is_changed = _WORK[kind](tx, row.cells)
        return Result(row.number, code, "same" if not is_changed else "changed" if is_known else "made")
    except Refusal as error:
        return Result(row.number, code, None, error)


def number(line: Line, name: str, known: Any = 0, *, signed: bool = False) -> int:
    """The whole number in a cell; what is `known` where the file has no such column, 0 where the cell is empty."""
    if name not in line:
        return int(known)
    cell = line[name]
    digits = cell[1:] if signed and cell.startswith("-") else cell
    if cell and (not digits.isascii() or not digits.isdigit() or len(digits) > 12):
        raise Invalid(f"{name} is {cell[:40]!r}, not a whole number.")
    return int(cell or 0)


def site_of(tx: Tx, line: Line) -> int:
    """The warehouse that a line names."""
    try:
        return site_id_of(tx, line["site"])
    except NotFound as error:
        raise Invalid(f"There is no warehouse {line['site'][:32]!r}. Make it first, or correct the line.") from error


def _item(tx: Tx, line: Line) -> bool:
    """Columns that the file does not have stay as they are; False when nothing was changed."""
    row = tx.row(_ITEM, code=line["code"])
    known = dict(row._mapping) if row is not None else {}
    return keep_item(tx, NewItem(
        code=line["code"], name=line["name"], packs=_packs(line, is_new=row is None), unit=_text(line, "unit", known) or "each",
        weight_g=number(line, "weight_g", known.get("weight_g", 0)),
        volume_ml=number(line, "volume_ml", known.get("volume_ml", 0)),
        this_side_up=_yes(line, "this_side_up", known.get("this_side_up")), **{side: number(line, side, known.get(side, 0)) for side in _SIDES},
        tracks_lot=_yes(line, "lot", known.get("tracks_lot")), tracks_expiry=_yes(line, "expiry", known.get("tracks_expiry")),
        tracks_serial=_yes(line, "serial", known.get("tracks_serial")),
        catch_weight=_yes(line, "catch_weight", known.get("catch_weight")), abc=_text(line, "abc", known) or "C",
        zone=_text(line, "zone", known), picture=_text(line, "picture", known), handling=_text(line, "handling", known) or "",
        price=known.get("price") if "price" not in line else number(line, "price") if line["price"] else None,
    ))[1]


def _packs(line: Line, *, is_new: bool) -> list[NewPack]:
    packs = [NewPack("each", 1, _barcodes(line, "gtin"))] if is_new or line.get("gtin") else []
    if line.get("case_quantity"):
        packs.append(NewPack("case", number(line, "case_quantity"), _barcodes(line, "case_gtin")))
    if line.get("pack_level"):
        packs.append(NewPack(line["pack_level"], number(line, "pack_quantity"), _barcodes(line, "pack_barcode")))
    return packs


def _barcodes(line: Line, name: str) -> tuple[str, ...]:
    return tuple(filter(None, (line.get(name, ""),)))


def _location(tx: Tx, line: Line) -> bool:
    """Columns that the file does not have stay as they are; False when nothing was changed."""
    given: dict[str, Any] = {name: line[name] for name in ("zone", "rack", "bin", "aisle") if name in line}
    given |= {name: line[name] for name in ("kind", "mixing", "abc") if line.get(name)}
    given |= {name: number(line, name, signed=name in _SIGNED) for name in ("level", *_SIGNED) if name in line}
    given |= {name: number(line, name) if line[name] else None for name in _LIMITS if name in line}
    return keep_location(tx, site_of(tx, line), NewLocation(code=line["code"], **given), tuple(given))


def _carton(tx: Tx, line: Line) -> bool:
    """False when nothing was changed."""
    amounts = {name: number(line, name) for name in (*_SIDES, *(f"outer_{side}" for side in _SIDES), "max_weight_g", "own_weight_g", "cost")}
    return put_carton_type(tx, site_of(tx, line), NewCartonType(code=line["code"], blocked=_yes(line, "blocked", None), **amounts))


def _worker(tx: Tx, line: Line) -> bool:
    """Columns that the file does not have stay as they are; a PIN only where one is given. False when nothing was changed."""
    known = worker_by_badge(tx, line["badge"])
    site = line.get("site", "")
    site_id = (site_of(tx, line) if site else None) if known is None or "site" in line else known.site_id
    new: dict[str, Any] = {"name": line["name"], "role": line.get("role") or (known.role if known is not None else "worker"), "site_id": site_id,
           "language": line.get("language") or (known.language if known is not None else "en")}
    if new["language"] not in LANGUAGES:
        raise Invalid(f"language is {new['language'][:16]!r}, not one of {', '.join(LANGUAGES)}.", field="language")
    number = put_worker(tx, line["badge"], new["name"], new["role"], site_id=new["site_id"], language=new["language"])
    if line.get("pin"):
        set_pin(tx, number, line["pin"])
    return known is None or bool(line.get("pin")) or any(getattr(known, name) != value for name, value in new.items())


def _text(line: Line, name: str, known: dict[str, Any]) -> Any:
    return (line[name] or None) if name in line else known.get(name)


def _yes(line: Line, name: str, known: Any) -> bool:
    cell = line.get(name, "1" if known else "").lower()
    if cell not in ("", "0", "1", "no", "yes"):
        raise Invalid(f"{name} is {cell[:40]!r}, neither yes nor no.")
    return cell in ("1", "yes")


def said_whole(error: Refusal, told: Callable[[str], str | None] = str) -> str:
    """The sentence of a refusal, with what it says of single fields."""
    errors = getattr(error, "errors", [])[1:]  # the sentence itself says the first
    return "; ".join([told(error.sentence) or "", *(f"{one['where']}: {told(str(one['what']))}" for one in errors)])


_WORK: dict[str, Callable[[Tx, Line], bool]] = {"items": _item, "locations": _location, "cartons": _carton, "workers": _worker}
