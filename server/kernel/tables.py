"""All tables of a database as plain values, in an order that foreign keys allow, whichever kind of database holds them.

JSON, dates and bytes travel as text, so that SQLite, PostgreSQL and a file of JSON hold the same values.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from server.kernel.errors import Refusal
from server.kernel.transaction import Tx

REVISION_TABLE = "alembic_version"
ROWS_AT_ONCE = 5_000
_LARGE_ROWS_AT_ONCE = 100
"""Of tables with bytes in them, which are large."""
_REVISION = text(f"SELECT version_num FROM {REVISION_TABLE}")
_COUNTER = text("SELECT pg_get_serial_sequence(:table, 'id')")
_CONTINUE = "SELECT setval(CAST(:counter AS regclass), COALESCE(MAX(id), 1), MAX(id) IS NOT NULL) FROM {table}"

Row = Sequence[Any]
Tell = Callable[[str, int], None]


class RowsRefused(Refusal):
    """A database did not take the rows of another one."""

    code = "rows_refused"


@dataclass(frozen=True, slots=True)
class Table:
    """A table, its columns, and which of them PostgreSQL keeps in a type that travels as text, or either as bytes."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...] = ()
    typed: frozenset[str] = frozenset()
    binary: frozenset[str] = frozenset()

    @property
    def rows_at_once(self) -> int:
        """So many rows are in memory at a time."""
        return _LARGE_ROWS_AT_ONCE if self.binary else ROWS_AT_ONCE

    @property
    def quoted(self) -> str:
        """The name as SQL takes it, keyword or not."""
        return f'"{self.name}"'


def tables_of(tx: Tx) -> list[Table]:
    """Every table but the revision's, those that others point at first."""
    seen = inspect(tx.connection)
    # asked for all tables at once: PostgreSQL takes longer to be asked than to answer
    columns, keys = seen.get_multi_columns(), seen.get_multi_pk_constraint()
    return [_table(name, columns[None, name], keys[None, name]["constrained_columns"]) for name, _ in seen.get_sorted_table_and_fkc_names()
            if name is not None and name != REVISION_TABLE]


def revision_of(tx: Tx) -> str | None:
    """Which version of the tables the database has; None when it has none."""
    found: str | None = tx.scalar(_REVISION) if inspect(tx.connection).has_table(REVISION_TABLE) else None
    return found


def rows_of(tx: Tx, table: Table) -> Iterator[Row]:
    """The rows in order of their key, a few thousand at a time in memory."""
    is_postgres = tx.connection.dialect.name == "postgresql"
    columns = ", ".join(f'CAST("{name}" AS TEXT)' if is_postgres and name in table.typed else f'"{name}"'
                        for name in table.columns)
    order = ", ".join(f'"{name}"' for name in table.key)
    query = text(f"SELECT {columns} FROM {table.quoted}" + (f" ORDER BY {order}" if order else ""))
    for block in tx.query(query.execution_options(stream_results=True)).partitions(table.rows_at_once):
        yield from _in_words(table, block, lambda stored: b64encode(stored).decode())


def add_rows(tx: Tx, table: Table, rows: Iterable[Row]) -> int:
    """Adds rows in bulk; how many. RowsRefused names the table when the database does not take one."""
    try:
        stored = _in_words(table, rows, b64decode)
        return _copy_in(tx, table, stored) if tx.connection.dialect.name == "postgresql" else _insert(tx, table, stored)
    except (DBAPIError, tx.connection.dialect.loaded_dbapi.Error) as error:
        why = str(getattr(error, "orig", error)).splitlines()[0]
        raise RowsRefused(f"Table {table.name} was not taken: {why}", table=table.name) from error


def add_tables(tx: Tx, stored: Iterable[tuple[Table, Iterable[Row]]], tell: Tell) -> None:
    """Fills empty tables with everything that is `stored`; numbers given out afterwards go on after the last."""
    there = {table.name: table for table in tables_of(tx)}
    if tx.connection.dialect.name == "sqlite":
        tx.execute(text("PRAGMA defer_foreign_keys = ON"))  # rows that point at later rows of their own table
    for table, rows in stored:
        target = there.get(table.name)
        if target is None or set(target.columns) != set(table.columns):
            raise RowsRefused(f"Table {table.name[:64]} has other columns here. Bring both to the same version first.",
                              table=table.name[:64])
        tell(table.name, add_rows(tx, replace(table, binary=target.binary), rows))
    continue_numbers(tx)


def continue_numbers(tx: Tx) -> None:
    """Lets PostgreSQL's counters go on after the highest number there is; SQLite looks for itself."""
    if tx.connection.dialect.name != "postgresql":
        return
    for table in tables_of(tx):
        counter = tx.scalar(_COUNTER, table=table.quoted) if "id" in table.columns else None
        if counter is not None:
            tx.execute(text(_CONTINUE.format(table=table.quoted)), {"counter": counter})
    tx.execute(text("ANALYZE"))


def row_counts(tx: Tx) -> dict[str, int]:
    """How many rows each table has."""
    counts = " UNION ALL ".join(f"SELECT '{table.name}', COUNT(*) FROM {table.quoted}" for table in tables_of(tx))
    return {name: int(rows) for name, rows in tx.rows(text(counts))}


def is_empty(tx: Tx) -> bool:
    """True when no table has a row."""
    rows = " UNION ALL ".join(f"SELECT 1 FROM {table.quoted}" for table in tables_of(tx))
    return tx.scalar(text(f"SELECT 1 FROM ({rows}) AS found LIMIT 1")) is None


def empty_tables(tx: Tx) -> None:
    """Takes every row out of a PostgreSQL database, the append-only ones too: for a restore that was confirmed."""
    tx.execute(text(f"TRUNCATE {', '.join(table.quoted for table in tables_of(tx))} RESTART IDENTITY"))


def _table(name: str, columns: Sequence[Any], key: Sequence[str]) -> Table:
    types = {column["name"]: str(column["type"]) for column in columns}
    typed = frozenset(column for column, kind in types.items() if kind in ("JSON", "DATE"))
    binary = frozenset(column for column, kind in types.items() if kind in ("BLOB", "BYTEA"))
    return Table(name, tuple(types), tuple(key), typed, binary)


def _in_words(table: Table, rows: Iterable[Row], change: Callable[[Any], Any]) -> Iterable[Row]:
    """The rows with their bytes changed into text, or back."""
    if not table.binary:
        return rows
    changed = [name in table.binary for name in table.columns]
    return ([change(value) if is_binary and value is not None else value for is_binary, value in zip(changed, row, strict=True)] for row in rows)


def _copy_in(tx: Tx, table: Table, rows: Iterable[Row]) -> int:
    columns, count = ", ".join(f'"{name}"' for name in table.columns), 0
    driver: Any = tx.connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.quoted} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def _insert(tx: Tx, table: Table, rows: Iterable[Row]) -> int:
    columns = ", ".join(f'"{name}"' for name in table.columns)
    statement = f"INSERT INTO {table.quoted} ({columns}) VALUES ({', '.join('?' * len(table.columns))})"
    waiting, count = iter(rows), 0
    while block := [tuple(row) for row in islice(waiting, table.rows_at_once)]:
        tx.connection.exec_driver_sql(statement, block)
        count += len(block)
    return count
