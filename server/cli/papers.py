"""What `aisle import` does with orders and ASNs: the lines of one paper are brought in together, or not at all."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from server.kernel.database import Database
from server.kernel.errors import Conflict, Invalid, Refusal
from server.kernel.transaction import Tx
from server.masterdata.csv_files import CsvRow, Line, read_csv
from server.masterdata.importing import Report, number, site_of
from server.masterdata.items import item_by_code
from server.masterdata.parties import party_id
from server.oms.orders import NewOrder, NewOrderLine, accept_order
from server.wms.inbound import NewInbound, NewInboundLine, inbound_is_same, put_inbound

PAPERS = {"orders": ("reference", "site", "item", "quantity"), "asns": ("code", "site", "item", "quantity")}
LINES_MAX = 1_000_000
_OWN_LINE = re.compile(r"line (\d+): ")
_SHIP_TO = ("name", "street", "postcode", "city", "country")
_HEADS = {"orders": ("site", "customer", "carrier", "priority", "cutoff", *_SHIP_TO),
          "asns": ("site", "supplier", "expected")}


@dataclass(slots=True)
class _Paper:
    """An order or ASN as it is gathered; `wrong` says that one of its lines cannot be read."""

    first_line: int
    head: dict[str, str] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    wrong: bool = False


def import_papers(database: Database, kind: str, path: Path, encoding: str = "utf-8") -> dict[str, Any]:
    """Brings in orders or ASNs; {"done", "repeated", "failed", "errors": [{"line", "what"}]}, counted in papers."""
    report, take = Report(), _TAKE[kind]
    for paper in _gathered(kind, path, encoding, report).values():
        if paper.wrong:
            report.failed += 1
            continue
        try:
            is_new = database.write(lambda tx, paper=paper: take(tx, paper), backlog=True)  # type: ignore[misc]
            report.done += is_new
            report.repeated += not is_new
        except Refusal as error:
            _refuse(report, paper, error)
    report.errors.sort(key=lambda one: one["line"])
    return report.told()


def _gathered(kind: str, path: Path, encoding: str, report: Report) -> Mapping[tuple[str, ...], _Paper]:
    """The papers of a file by their identity; what is wrong with their lines goes into the report."""
    papers: dict[tuple[str, ...], _Paper] = {}
    last, is_torn = _Paper(0), False
    for count, row in enumerate(read_csv(path, PAPERS[kind], encoding), 1):
        if count > LINES_MAX:
            raise Invalid(f"{path.name} has more than {LINES_MAX} lines. Cut it into several files.")
        key = _identity(kind, row.cells)
        if not key[-1]:
            report.refuse(row.number, row.wrong or Invalid(f"The line names no {PAPERS[kind][0]}."))
            last.wrong, is_torn = last.wrong or row.wrong is not None, row.wrong is not None
            continue
        last = papers.setdefault(key, _Paper(row.number))
        _add(kind, last, row, report)
        if is_torn:
            last.wrong = True
            report.add(row.number, Invalid("Lines of this may be missing: the one before could not be read."))
        # A missing quotation mark swallows lines of the next paper too: half an order is worse than none.
        is_torn = row.lines > 1 and (row.wrong or _swallowed(row)) is not None
    return papers


def _swallowed(row: CsvRow) -> Invalid | None:
    """A cell over several lines with separators in it is most likely lines of others behind a missing quotation mark."""
    if row.lines > 1 and any("\n" in cell and re.search("[,;\t]", cell) for cell in row.cells.values()):
        return Invalid(f"A cell goes over {row.lines} lines. Is a quotation mark missing?")
    return None


def _identity(kind: str, cells: Line) -> tuple[str, ...]:
    return (cells.get("channel") or "csv", cells.get("reference", "")) if kind == "orders" else (cells.get("code", ""),)


def _add(kind: str, paper: _Paper, row: CsvRow, report: Report) -> None:
    wrong: Refusal | None = row.wrong or _swallowed(row)
    for name in _HEADS[kind]:
        given, said = row.cells.get(name, ""), paper.head.get(name, "")
        if given and said and given != said and wrong is None:
            wrong = Invalid(f"{name} is {given[:40]!r} here and {said[:40]!r} in line {paper.first_line}.")
        paper.head[name] = said or given
    if wrong is not None:
        paper.wrong = True
        report.add(row.number, wrong)
    paper.lines.append({**row.cells, "line": str(row.number)})


def _refuse(report: Report, paper: _Paper, error: Refusal) -> None:
    """Says what is wrong with the file's line, where the paper's own is named."""
    report.failed += 1
    for one in getattr(error, "errors", None) or [{"where": "", "what": error.sentence}]:
        found = _OWN_LINE.match(one["where"])
        line = paper.lines[int(found[1]) - 1]["line"] if found else error.args_.get("line", paper.first_line)
        where = one["where"].removeprefix(found[0]) if found else one["where"]
        report.add(int(line), Invalid(f"{where}: {one['what']}" if where else one["what"]))


def _take_order(tx: Tx, paper: _Paper) -> bool:
    head, first = paper.head, paper.lines[0]
    lines = [NewOrderLine(item=line["item"], quantity=_in_line(line, number, "quantity"), lot=line.get("lot", ""),
                          serial=line.get("serial", "")) for line in paper.lines]
    answer = accept_order(tx, NewOrder(
        channel=first.get("channel") or "csv", channel_ref=first["reference"], site_id=site_of(tx, head), lines=lines,
        customer=head["customer"], carrier=head["carrier"], priority=number(head, "priority") or 5,
        cutoff_at=_instant(head, "cutoff"), ship_to={name: head[name] for name in _SHIP_TO if head[name]}))
    return not answer.repeated


def _take_asn(tx: Tx, paper: _Paper) -> bool:
    head = paper.head
    lines = [_asn_line(tx, line) for line in paper.lines]
    new = NewInbound(code=paper.lines[0]["code"], kind="asn", site_id=site_of(tx, head), lines=lines,
                     party_id=party_id(tx, head["supplier"]) if head["supplier"] else None,
                     expected_at=_instant(head, "expected"))
    known = inbound_is_same(tx, new)
    if known is False:
        raise Conflict(f"{new.code} exists already and says something else. Give a changed ASN a code of its own.", what=new.code)
    if known is None:
        put_inbound(tx, new)
    return known is None


def _asn_line(tx: Tx, line: Line) -> NewInboundLine:
    item = _in_line(line, lambda cells, name: item_by_code(tx, cells[name]).code, "item")
    return NewInboundLine(item=item, quantity=_in_line(line, number, "quantity"), lot=line.get("lot", ""),
                          expiry_on=_in_line(line, _day, "expiry"), sscc=line.get("sscc") or None,
                          over_percent=_in_line(line, number, "over_percent"))


def _in_line(line: Line, read: Callable[[Line, str], Any], name: str) -> Any:
    try:
        return read(line, name)
    except Refusal as error:
        raise Invalid(error.sentence, line=line["line"]) from error


def _day(line: Line, name: str) -> date | None:
    cell = line.get(name, "")
    try:
        return date.fromisoformat(cell) if cell else None
    except ValueError as error:
        raise Invalid(f"{name} is {cell[:40]!r}, no date such as 2026-11-30.") from error


def _instant(line: Line, name: str) -> int | None:
    """Milliseconds of a date or a time with its zone; UTC where none is said."""
    cell = line.get(name, "")
    try:
        moment = datetime.fromisoformat(cell) if cell else None
    except ValueError as error:
        raise Invalid(f"{name} is {cell[:40]!r}, no time such as 2026-11-30T16:00Z.") from error
    if moment is None:
        return None
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


_TAKE: dict[str, Callable[[Tx, _Paper], bool]] = {"orders": _take_order, "asns": _take_asn}
