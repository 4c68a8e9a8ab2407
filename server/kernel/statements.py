"""Statements as the driver takes them: prepared once by SQLAlchemy, then run without its cost (some 70 µs each time)."""

import re
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Dialect, TextClause
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import Executable
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import TextualSelect
from sqlalchemy.types import TypeEngine

Processor = Callable[[Any], Any]
_LENGTHS_MAX = 100
_LIST = re.compile(r"__\[POSTCOMPILE_(\w+)\]")


class Prepared:
    """One statement for one database: its text, the order of its values, and how values and columns are written and read."""

    def __init__(self, statement: TextClause | TextualSelect, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        if not isinstance(compiled, SQLCompiler):
            raise TypeError(f"{statement} is not SQL")
        self._sql = compiled.string
        self._lists = tuple(name for name, bind in compiled.binds.items() if bind.expanding)
        self._of_lengths: dict[tuple[int, ...], str] = {}
        self._order = tuple(compiled.positiontup) if compiled.positiontup is not None else None
        self._names = tuple(compiled.binds)
        self._writers = _processors({name: bind.type for name, bind in compiled.binds.items()}, "bind_processor", dialect)
        types = {column.name: column.type for column in statement.selected_columns} if isinstance(statement, TextualSelect) else {}
        self._readers = _processors(types, "result_processor", dialect)
        self._make: Callable[[Sequence[Any]], Any] | None = None
        self._at: tuple[tuple[int, Processor], ...] = ()

    def ready(self, given: Mapping[str, Any]) -> tuple[str, Any]:
        """The text and the values as the driver wants them; KeyError names a value that is missing."""
        return (self._spread(given) if self._lists else self._sql), self.values(given)

    def values(self, given: Mapping[str, Any]) -> Any:
        """The values as the driver wants them."""
        if self._writers:
            given = {**given, **{name: self._written(name, given[name]) for name in self._writers}}
        if self._lists:
            return self._flat(given)
        if self._order is not None:
            return [given[name] for name in self._order]
        return {name: given[name] for name in self._names}

    def record(self, cursor: Any, found: Sequence[Any]) -> Any:
        """A row whose columns have names."""
        make = self._make or self._learn(cursor)
        if self._at:
            changed = list(found)
            for place, read in self._at:
                changed[place] = read(changed[place])
            found = changed
        return make(found)

    def _written(self, name: str, value: Any) -> Any:
        write = self._writers[name]
        return [write(one) for one in value] if name in self._lists else write(value)

    def _spread(self, given: Mapping[str, Any]) -> str:
        """The text with a place for each value of its lists."""
        lengths = tuple(len(given[name]) for name in self._lists)
        known = self._of_lengths.get(lengths)
        if known is None:
            if len(self._of_lengths) >= _LENGTHS_MAX:
                self._of_lengths.clear()
            known = self._of_lengths[lengths] = _LIST.sub(lambda found: self._places(found[1], len(given[found[1]])), self._sql)
        return known

    def _places(self, name: str, count: int) -> str:
        if not count:
            raise ValueError(f"the list {name} is empty; use in_list")
        return ", ".join(["?"] * count if self._order is not None else [f"%({name}_{at})s" for at in range(count)])

    def _flat(self, given: Mapping[str, Any]) -> Any:
        if self._order is not None:
            return [value for name in self._order for value in (given[name] if name in self._lists else (given[name],))]
        flat = {name: given[name] for name in self._names if name not in self._lists}
        for name in self._lists:
            flat.update((f"{name}_{at}", value) for at, value in enumerate(given[name]))
        return flat

    def _learn(self, cursor: Any) -> Callable[[Sequence[Any]], Any]:
        names = [str(column[0]) for column in cursor.description]
        self._at = tuple((place, self._readers[name]) for place, name in enumerate(names) if name in self._readers)
        make_type: Any = namedtuple  # noqa: PYI024 - the columns are known only now
        record = make_type("Record", names, rename=True)
        record._mapping = property(record._asdict)  # as SQLAlchemy's rows have it
        self._make = make = record._make
        return make  # type: ignore[no-any-return]


class Driver:
    """The driver's own connection below one of SQLAlchemy's."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialect = connection.dialect
        self._raw: Any = connection.connection.dbapi_connection
        self._error: type[Exception] = self._dialect.loaded_dbapi.Error
        self._known = _prepared(self._dialect)

    def prepared(self, statement: Executable) -> Prepared | None:
        """The statement made ready; None for one that SQLAlchemy has to run (a query built by it)."""
        known = self._known.get(statement)
        if known is None and isinstance(statement, TextClause | TextualSelect):
            known = self._known[statement] = Prepared(statement, self._dialect)
        return known

    def run(self, sql: str, values: Any = ()) -> Any:
        """Runs one statement; the cursor. Errors are SQLAlchemy's, as everywhere in the house."""
        cursor = self._raw.cursor()
        try:
            cursor.execute(sql, values)
        except self._error as error:
            raise self._told(error, sql, values, cursor) from error
        return cursor

    def run_many(self, sql: str, values: Iterable[Any]) -> Any:
        """Runs one statement with each of many values; the cursor."""
        cursor = self._raw.cursor()
        try:
            cursor.executemany(sql, values)
        except self._error as error:
            raise self._told(error, sql, [], cursor) from error
        return cursor

    def _told(self, error: Exception, sql: str, values: Any, cursor: Any) -> BaseException:
        dialect: Any = self._dialect
        is_lost = dialect.is_disconnect(error, self._raw, cursor)
        if is_lost and not self._connection.invalidated:
            self._connection.invalidate(error)
        return DBAPIError.instance(sql, values, error, self._error, connection_invalidated=is_lost, dialect=dialect)


_KNOWN: dict[str, WeakKeyDictionary[Executable, Prepared]] = {}


def _prepared(dialect: Dialect) -> WeakKeyDictionary[Executable, Prepared]:
    return _KNOWN.setdefault(dialect.name, WeakKeyDictionary())


def _processors(types: Mapping[str, TypeEngine[Any]], kind: str, dialect: Dialect) -> dict[str, Processor]:
    found = {}
    for name, type_ in types.items():
        own: Any = type_.dialect_impl(dialect)
        process = own.bind_processor(dialect) if kind == "bind_processor" else own.result_processor(dialect, None)
        if process is not None:
            found[name] = process
    return found
