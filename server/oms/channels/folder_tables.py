"""Rows of a file that somebody dropped: CSV in whatever encoding, or the first sheet of a workbook, by the names in its header."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from server.kernel.errors import Invalid
from server.masterdata.csv_files import CsvRow, rows_of
from server.oms.channels.errors import ChannelError
from server.oms.channels.folder_columns import NEEDED, columns_of

CSV_ENDINGS = (".csv", ".tsv", ".txt")
WORKBOOK_ENDING = ".xlsx"
BYTES_MAX = 64 * 2**20
_UNPACKED_MAX = 512 * 2**20
_CELLS_MAX = 10_000_000
_HEADER_AMONG = 10
_EXACT_MAX = 10**15
"""A spreadsheet keeps fifteen digits of a number."""


class FileUnreadable(ChannelError):
    """Nothing of a file can be taken."""


def rows_in(name: str, data: bytes) -> list[CsvRow]:
    """All rows of a file; FileUnreadable when it is no table of orders, or when it is not sure where its lines end."""
    if name.lower().endswith(WORKBOOK_ENDING):
        rows = _of_workbook(name, data)
    elif name.lower().endswith(CSV_ENDINGS):
        rows = _of_csv(name, data)
    else:
        raise FileUnreadable(f"{name} is neither CSV nor XLSX.", code="kind")
    if rows:
        headers = dict.fromkeys(header for row in rows for header in row.cells)
        _guard_columns(name, list(headers))
    return rows


def looks_cut(name: str, data: bytes) -> bool:
    """Whether its end seems to be missing: somebody may be writing it still."""
    if name.lower().endswith(WORKBOOK_ENDING):
        return not zipfile.is_zipfile(io.BytesIO(data))
    return not data.endswith((b"\n", b"\r"))


def encoding_of(data: bytes) -> str:
    """UTF-8 if that is what most lines are whose letters tell: hardly a line of Chinese in GB18030 happens to be UTF-8 too."""
    telling = [line for line in data.splitlines() if not line.isascii()]
    good = sum(1 for line in telling if _is_utf8(line))
    return "utf-8" if 2 * good >= len(telling) else "gb18030"


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _of_csv(name: str, data: bytes) -> list[CsvRow]:
    try:
        rows = list(rows_of(io.BytesIO(data), name, (), encoding_of(data)))
    except Invalid as error:
        raise FileUnreadable(error.sentence, code="header") from None
    for row in rows:
        if row.wrong is not None and (row.lines > 1 or not row.cells):  # what it swallowed belongs to orders that nobody can tell
            raise FileUnreadable(f"Line {row.number}: {row.wrong.sentence}", code=f"line {row.number}")
    return rows


def _guard_columns(name: str, headers: Sequence[str]) -> None:
    found = columns_of(headers)
    missing = [field for field in NEEDED if field not in found]
    if missing:
        raise FileUnreadable(f"{name} has no column for {', '.join(missing)}. Its columns are {', '.join(headers[:20])}.", code="header")


def _of_workbook(name: str, data: bytes) -> list[CsvRow]:
    grid = _grid(name, data)
    at = next((at for at, cells in enumerate(grid[:_HEADER_AMONG]) if all(field in columns_of(cells) for field in NEEDED)), None)
    if at is None:
        at = next((at for at, cells in enumerate(grid) if any(cells)), 0)
    header = [cell.lower() for cell in grid[at]] if grid else []
    twice = sorted({one for one in header if one and header.count(one) > 1})
    if twice:
        raise FileUnreadable(f"{name} names the column {', '.join(twice)} twice. Take one of them out.", code="header")
    rows = [CsvRow(line, dict(zip(header, cells, strict=False))) for line, cells in enumerate(grid[at + 1:], at + 2) if any(cells)]
    return [CsvRow(row.number, {column: cell for column, cell in row.cells.items() if column}) for row in rows]


def _grid(name: str, data: bytes) -> list[list[str]]:
    """The first sheet that shows, as text; what is merged downward counts for every row that it covers."""
    try:
        _guard_size(name, data)
        with CalamineWorkbook.from_object(io.BytesIO(data)) as book:
            sheet = _first_sheet(name, book)
            grid = [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
            for (top, column), (bottom, _) in sheet.merged_cell_ranges or ():
                for row in range(top + 1, min(bottom + 1, len(grid))):
                    grid[row][column] = grid[row][column] or grid[top][column]
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError, IndexError) as error:
        raise FileUnreadable(f"{name} cannot be opened as a workbook ({type(error).__name__}).", code="workbook") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # the reader's own fault, which is no Exception
            raise
        raise FileUnreadable(f"{name} cannot be opened as a workbook ({type(error).__name__}).", code="workbook") from error
    return grid


def _guard_size(name: str, data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        if sum(one.file_size for one in parts.infolist()) > _UNPACKED_MAX:
            raise FileUnreadable(f"{name} is too large. Split it.", code="size")


def _first_sheet(name: str, book: CalamineWorkbook) -> CalamineSheet:
    for told in book.sheets_metadata:
        if told.typ == SheetTypeEnum.WorkSheet and told.visible == SheetVisibleEnum.Visible:
            sheet = book.get_sheet_by_name(told.name)
            if sheet.total_height * sheet.total_width > _CELLS_MAX:
                raise FileUnreadable(f"{name} is too large. Split it.", code="size")
            return sheet
    raise FileUnreadable(f"{name} has no sheet that shows.", code="workbook")


def _text(cell: Any) -> str:
    """As somebody would have typed it; a number beyond what a spreadsheet keeps exactly shows that it was rounded."""
    if isinstance(cell, datetime | date):
        return str(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if abs(cell) >= _EXACT_MAX:
            return f"{cell:.14E}"
        return str(int(cell)) if cell == int(cell) else str(round(cell, 6))
    return str(cell).strip()
