"""A whole database in one gzip file of JSON lines: a header that says what follows, then the rows of every table.

The header counts the rows of each table, gzip keeps a checksum: a file that was cut or changed shows.
"""

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from server.kernel.errors import Refusal
from server.kernel.tables import Row, Table, revision_of, row_counts, rows_of, tables_of
from server.kernel.transaction import Tx

FORMAT = "aisle-dump"
VERSION = 1
_HEADER_BYTES_MAX = 1_000_000


class NotABackup(Refusal):
    """A file is no backup, or not a whole one."""

    code = "not_a_backup"


class NewerBackup(Refusal):
    """A backup was made by a newer version than this one."""

    code = "newer_backup"


def write_dump(tx: Tx, stream: IO[bytes], told: Mapping[str, Any]) -> None:
    """Writes everything that one snapshot shows; `told` goes into the header beside it."""
    tables, counts = tables_of(tx), row_counts(tx)
    header = {**told, "format": FORMAT, "version": VERSION, "revision": revision_of(tx), "made_at": tx.now,
              "tables": [{"name": table.name, "columns": table.columns, "rows": counts[table.name]} for table in tables]}
    with gzip.GzipFile(filename="", mode="wb", fileobj=stream, compresslevel=6) as packed:
        packed.write(_line(header))
        for table in tables:
            for row in rows_of(tx, table):
                packed.write(_line(list(row)))


def read_header(path: Path) -> dict[str, Any]:
    """The header of a dump; NotABackup or NewerBackup when it cannot be read here."""
    with _opened(path) as stream:
        return _header(path, stream)


def read_dump(path: Path) -> Iterator[tuple[Table, Iterable[Row]]]:
    """The tables of a dump in their order; each one's rows have to be used up before the next."""
    with _opened(path) as stream:
        for table in _header(path, stream)["tables"]:
            yield Table(table["name"], tuple(table["columns"])), _rows(path, stream, table)
        if _next(path, stream):
            raise NotABackup(f"{path.name} goes on after its last row. It is no whole backup.", what=path.name)


def _rows(path: Path, stream: gzip.GzipFile, table: Mapping[str, Any]) -> Iterator[Row]:
    for _ in range(table["rows"]):
        row = _parsed(path, _next(path, stream))
        if not isinstance(row, list) or len(row) != len(table["columns"]):
            raise NotABackup(f"{path.name} is damaged: a row of {table['name']} is missing.", what=path.name)
        yield row


def _header(path: Path, stream: gzip.GzipFile) -> dict[str, Any]:
    header = _parsed(path, _next(path, stream, _HEADER_BYTES_MAX))
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise NotABackup(f"{path.name} is no backup of Aisle.", what=path.name)
    if header.get("version") != VERSION:
        raise NewerBackup(f"{path.name} was made by a newer Aisle. Update first, then restore.", what=path.name)
    if not _is_whole(header):
        raise NotABackup(f"{path.name} is damaged: its header does not say what follows.", what=path.name)
    return header


def _is_whole(header: Mapping[str, Any]) -> bool:
    tables = header.get("tables")
    return {"revision", "ledger_hash"} <= header.keys() and isinstance(tables, list) and all(
        isinstance(one, dict) and isinstance(one.get("name"), str) and isinstance(one.get("columns"), list)
        and all(isinstance(name, str) for name in one["columns"]) and isinstance(one.get("rows"), int) for one in tables)


def _opened(path: Path) -> gzip.GzipFile:
    return gzip.GzipFile(path, "rb")


def _next(path: Path, stream: gzip.GzipFile, most: int = -1) -> bytes:
    try:
        return stream.readline(most)
    except (OSError, EOFError, zlib.error) as error:
        raise NotABackup(f"{path.name} is cut short or damaged: {error}", what=path.name) from error


def _parsed(path: Path, line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError as error:
        raise NotABackup(f"{path.name} is no backup of Aisle, or a damaged one.", what=path.name) from error


def _line(values: Any) -> bytes:
    return (json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
