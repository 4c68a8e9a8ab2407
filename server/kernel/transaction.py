"""One unit of work: the connection, the present instant and who acts, in one hand."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, CursorResult, Row, text
from sqlalchemy.sql import Executable

from server.events import Event, to_payload
from server.kernel.clock import Instant


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a worker on a device by an operation, an API key, or the system itself."""

    name: str = "system"
    worker_id: int | None = None
    device_id: int | None = None
    op: str | None = None
    address: str | None = None


SYSTEM = Actor()

_INSERT_OUTBOX = text("INSERT INTO outbox (at, kind, payload) VALUES (:at, :kind, :payload)")


@dataclass(slots=True)
class Tx:
    """A transaction under way. Nobody but the database's own `write` commits it."""

    connection: Connection
    now: Instant
    actor: Actor = SYSTEM
    emitted: int = 0
    touched_tasks: set[int] = field(default_factory=set)
    touched_devices: set[int] = field(default_factory=set)
    _after_commit: list[Callable[[], None]] = field(default_factory=list)

    def execute(self, statement: Executable, values: Any = None) -> CursorResult[Any]:
        """Runs one statement, with a mapping of values or a list of mappings."""
        return self.connection.execute(statement, values)

    def row(self, statement: Executable, **values: Any) -> Row[Any] | None:
        """The first row, or None."""
        return self.connection.execute(statement, values).first()

    def rows(self, statement: Executable, **values: Any) -> list[Row[Any]]:
        """All rows."""
        return list(self.connection.execute(statement, values))

    def scalar(self, statement: Executable, **values: Any) -> Any:
        """The first column of the first row, or None."""
        return self.connection.execute(statement, values).scalar()

    def changed(self, statement: Executable, **values: Any) -> int:
        """How many rows the statement changed."""
        return self.connection.execute(statement, values).rowcount

    def emit(self, *events: Event) -> None:
        """Writes events into the outbox; they are told after the commit, and only then."""
        if events:
            self.connection.execute(_INSERT_OUTBOX, [self._outbox_row(event) for event in events])
            self.emitted += len(events)

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
        return Tx(self.connection, self.now, actor, self.emitted, self.touched_tasks, self.touched_devices,
                  self._after_commit)

    def _outbox_row(self, event: Event) -> Mapping[str, Any]:
        return {"at": self.now, "kind": type(event).__name__, "payload": json.dumps(to_payload(event))}


def in_list(values: Iterable[int]) -> list[int]:
    """A list for an expanding parameter; never empty, since `IN ()` is no SQL everywhere."""
    return list(values) or [-1]
