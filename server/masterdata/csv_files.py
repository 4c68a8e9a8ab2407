"""CSV files from anywhere: which separator, which encoding, where each row began, and what is wrong with it."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from server.kernel.csv_cells import unguarded
from server.kernel.errors import Invalid

ENCODINGS = ("utf-8", "gb18030")
LINE_MAX = 20_000
_PIECE_BYTES = 1 << 20
_SEPARATORS = ",;\t"
Line = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CsvRow:
    """A row: the line it began on, its cells by column, and what is wrong with it, if anything is."""

    number: int
    cells: Line
    wrong: Invalid | None = None
    lines: int = 1


def read_csv(path: Path, wanted: tuple[str, ...], encoding: str = "utf-8") -> Iterator[CsvRow]:
    """The rows of a file with a header line; Invalid when it is no such file. Commas, semicolons or tabs separate."""
    with path.open("rb") as stream:
        yield from rows_of(stream, path.name, wanted, encoding)


def rows_of(stream: IO[bytes], name: str, wanted: tuple[str, ...], encoding: str = "utf-8") -> Iterator[CsvRow]:
    """The same of what is read from elsewhere; `name` is what its sentences call it."""
    _refuse_other_files(name, stream)
    lines = _Lines(stream, encoding)
    rows = csv.reader(lines, delimiter=_separator(stream, encoding), strict=True)
    header = _header(name, rows, wanted)
    while True:
        began = lines.number + 1
        try:
            cells = next(rows, None)
        except csv.Error as error:
            yield CsvRow(began, {}, Invalid(f"The line cannot be read ({error}). Is a quotation mark missing?"),
                         lines.number - began + 1)
            continue
        if cells is None:
            return
        if any(cells):
            yield _row(began, lines.number - began + 1, header, cells, encoding)


class _Lines:
    """Decoded lines; knows how many were read. One without an end comes in pieces, so that no file fills the memory."""

    def __init__(self, stream: IO[bytes], encoding: str) -> None:
        self._stream, self._encoding = stream, encoding
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        while raw := self._stream.readline(_PIECE_BYTES):
            self.number += 1
            yield raw.decode(self._encoding, errors="replace")


def _row(number: int, lines: int, header: list[str], cells: list[str], encoding: str) -> CsvRow:
    by_name = {name: unguarded(cell.strip()) for name, cell in zip(header, cells, strict=False)}
    wrong = None
    if any("\ufffd" in cell for cell in cells):
        wrong = _not_text(encoding)
    elif any("\x00" in cell for cell in cells):
        wrong = Invalid("The line holds a NUL character. Save the file as CSV UTF-8 again.")
    elif sum(map(len, cells)) > LINE_MAX:
        wrong = Invalid(f"The line is longer than {LINE_MAX} characters. Is a quotation mark missing?")
    elif len(cells) != len(header):
        wrong = Invalid(f"The line has {len(cells)} cells, the header {len(header)}. Is a quotation mark missing?")
    return CsvRow(number, by_name, wrong, lines)


def _not_text(encoding: str) -> Invalid:
    if encoding == "utf-8":
        return Invalid("The line is not UTF-8 text. Save the file as CSV UTF-8, or say --encoding gb18030 if it comes from a "
                       "Chinese Excel.")
    return Invalid(f"The line is not {encoding.upper()} text. Leave --encoding out if the file is UTF-8.")


def _header(file: str, rows: Iterator[list[str]], wanted: tuple[str, ...]) -> list[str]:
    try:
        header = [name.strip().lower() for name in next(rows, [])]
    except csv.Error as error:
        raise Invalid(f"{file} does not begin with a header line: {error}.") from error
    missing = [name for name in wanted if name not in header]
    if missing:
        raise Invalid(f"{file} has no column {', '.join(missing)}. Its first line must name the columns; it "
                      f"names {', '.join(name[:32] for name in header[:20]) or 'none'}.")
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise Invalid(f"{file} names the column {', '.join(twice)} twice. Take one of them out.")
    return header


def _separator(stream: IO[bytes], encoding: str) -> str:
    """The one that the header line has most of; the names of columns hold none."""
    began = stream.tell()
    first = stream.readline(_PIECE_BYTES).decode(encoding, errors="replace")
    stream.seek(began)
    return max(_SEPARATORS, key=first.count)


def _refuse_other_files(file: str, stream: IO[bytes]) -> None:
    """Leaves the stream behind the mark that Excel puts before UTF-8."""
    start = stream.read(4)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Invalid(f"{file} is UTF-16 text. Save it as CSV UTF-8.")
    if start.startswith(b"PK\x03\x04"):
        raise Invalid(f"{file} is a workbook or an archive. Save the sheet as CSV UTF-8.")
    stream.seek(3 if start.startswith(b"\xef\xbb\xbf") else 0)
