"""One unit of work: the connection, the present instant and who acts, in one hand."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, CursorResult, Engine, TextClause, text
from sqlalchemy.sql import Executable

from server.events import Event, to_payload
from server.kernel.clock import Instant
from server.kernel.statements import Driver

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a worker on a device by an operation, an API key, or the system itself."""

    name: str = "system"
    worker_id: int | None = None
    device_id: int | None = None
    op: str | None = None
    address: str | None = None


SYSTEM = Actor()

_INSERT_OUTBOX = "INSERT INTO outbox (at, kind, payload) VALUES "
_EVENTS_AT_ONCE = 100
_LASTING_MAX = 50_000
_LASTING: WeakKeyDictionary[Engine, dict[Any, Any]] = WeakKeyDictionary()


@dataclass(slots=True)
class Tx:
    """A transaction under way. Nobody but the database's own `write` commits it."""

    connection: Connection
    now: Instant
    actor: Actor = SYSTEM
    _events: list[Event] = field(default_factory=list)
    touched_tasks: set[int] = field(default_factory=set)
    touched_devices: set[int] = field(default_factory=set)
    ended_tasks: dict[int, str] = field(default_factory=dict)
    _after_commit: list[Callable[[], None]] = field(default_factory=list)
    _driver: Driver | None = None
    _depth: int = 0

    @property
    def driver(self) -> Driver:
        """The driver's own connection."""
        if self._driver is None:
            self._driver = Driver(self.connection)
        return self._driver

    def query(self, statement: Executable, values: Any = None) -> CursorResult[Any]:
        """Runs a statement that SQLAlchemy has to build or to stream."""
        return self.connection.execute(statement, values)

    def execute(self, statement: Executable, values: Mapping[str, Any] | list[Any] | None = None) -> None:
        """Runs one statement, with a mapping of values or a list of mappings; nobody asks what came of it."""
        prepared = self.driver.prepared(statement)
        if prepared is None:
            self.connection.execute(statement, values)
        elif isinstance(values, list):
            if values:
                self.driver.run_many(prepared.ready(values[0])[0], [prepared.values(one) for one in values]).close()
        else:
            self.driver.run(*prepared.ready(values or {})).close()

    def row(self, statement: Executable, **values: Any) -> Any:
        """The first row, its columns by their names; or None."""
        prepared = self.driver.prepared(statement)
        if prepared is None:
            return self.connection.execute(statement, values).first()
        cursor = self.driver.run(*prepared.ready(values))
        found = cursor.fetchone()
        record = prepared.record(cursor, found) if found is not None else None
        cursor.close()
        return record

    def rows(self, statement: Executable, **values: Any) -> list[Any]:
        """All rows."""
        prepared = self.driver.prepared(statement)
        if prepared is None:
            return list(self.connection.execute(statement, values))
        cursor = self.driver.run(*prepared.ready(values))
        return [prepared.record(cursor, found) for found in cursor.fetchall()]

    def scalar(self, statement: Executable, **values: Any) -> Any:
        """The first column of the first row, or None."""
        record = self.row(statement, **values)
        return None if record is None else record[0]

    def changed(self, statement: Executable, **values: Any) -> int:
        """How many rows the statement changed."""
        prepared = self.driver.prepared(statement)
        if prepared is None:
            return self.connection.execute(statement, values).rowcount
        count = int(self.driver.run(*prepared.ready(values)).rowcount)
        if count < 0:
            raise AssertionError(f"SQLite counts what INSERT, UPDATE and DELETE change, not {str(statement)[:60]}")
        return count

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What is done inside is undone by itself when it raises."""
        name = f"s{self._depth}"
        told, afterwards = len(self._events), len(self._after_commit)
        self.driver.run(f"SAVEPOINT {name}")
        self._depth += 1
        try:
            yield
        except BaseException:
            del self._events[told:], self._after_commit[afterwards:]
            if self.stands:
                self.driver.run(f"ROLLBACK TO SAVEPOINT {name}")
                self.driver.run(f"RELEASE SAVEPOINT {name}")
            raise
        else:
            self.driver.run(f"RELEASE SAVEPOINT {name}")
        finally:
            self._depth -= 1

    def emit(self, *events: Event) -> None:
        """Events go into the outbox when the work is done; they are told after the commit, and only then."""
        self._events.extend(events)

    @property
    def has_emitted(self) -> bool:
        """Whether anything will be told."""
        return bool(self._events)

    def write_events(self) -> None:
        """Called by the database when the work is done, before the commit."""
        for first in range(0, len(self._events), _EVENTS_AT_ONCE):
            rows = [self._outbox_row(event) for event in self._events[first:first + _EVENTS_AT_ONCE]]
            places = ", ".join(f"(:at{at}, :kind{at}, :payload{at})" for at in range(len(rows)))
            self.execute(_outbox_insert(places), {f"{name}{at}": value for at, row in enumerate(rows) for name, value in row.items()})

    def lasting(self, key: Any, load: Callable[[], T]) -> T:
        """What never changes once it is committed is looked up once for a database, and then known."""
        known = _LASTING.setdefault(self.connection.engine, {})
        found: T | None = known.get(key)
        if found is None:
            found = load()
            self.after_commit(partial(_remember, known, key, found))
        return found

    @property
    def stands(self) -> bool:
        """Whether it can go on: SQLite takes everything back by itself when its disk is full, PostgreSQL when it is away."""
        if self.connection.invalidated or self.connection.closed:
            return False
        return bool(getattr(self.connection.connection.dbapi_connection, "in_transaction", True))

    def after_commit(self, action: Callable[[], None]) -> None:
        """Does something in memory once the commit is certain."""
        self._after_commit.append(action)

    def committed(self) -> None:
        """Called by the database when the commit has happened."""
        for action in self._after_commit:
            action()

    def acting_as(self, actor: Actor) -> "Tx":
        """The same transaction in another's name."""
        return Tx(self.connection, self.now, actor, self._events, self.touched_tasks, self.touched_devices, self.ended_tasks,
                  self._after_commit, self._driver, self._depth)

    def _outbox_row(self, event: Event) -> Mapping[str, Any]:
        return {"at": self.now, "kind": type(event).__name__, "payload": json.dumps(to_payload(event))}


@cache
def _outbox_insert(places: str) -> TextClause:
    return text(_INSERT_OUTBOX + places)


def _remember(known: dict[Any, Any], key: Any, found: Any) -> None:
    if len(known) >= _LASTING_MAX:
        known.clear()
    known[key] = found


def in_list(values: Iterable[int]) -> list[int]:
    """A list for an expanding parameter; never empty, since `IN ()` is no SQL everywhere."""
    return list(values) or [-1]
