"""What operations ask of the database, recorded, and done again by the plain driver: the limit of the machine."""

import itertools
import time
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any

from sqlalchemy import Engine, event

from server import workflows
from server.cli.bench_house import BenchDevice
from server.floor.engine import FloorEngine
from server.floor.registry import discover
from server.floor.schemas import SCHEMAS
from server.kernel.database import TRANSIENT, Database
from server.kernel.ids import uuid7
from server.kernel.statements import Driver

AT_ONCE = {"sqlite": 20, "postgresql": 8}
_CONTROL = ("SAVEPOINT", "RELEASE", "ROLLBACK")
_EPOCH = "bench-0001"
Json = dict[str, Any]
Trace = list[tuple[str, Any, bool]]
"""A statement, its values, and whether these are many rows."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The statements of every operation in order, and how many each kind takes; transaction control is not counted."""

    traces: Sequence[Trace]
    statements: dict[str, float]
    commits_each: float

    @property
    def statements_each(self) -> float:
        """Statements of an operation, all kinds together."""
        return sum(map(len, self.traces)) / len(self.traces)


def loaded(name: str) -> Any:
    """A part of the simulators by its name: house and simulators never import each other."""
    return next(iter(entry_points(group="aisle.load", name=name))).load()


def recorded(url: str, devices: Sequence[BenchDevice]) -> Recorded:
    """Does the work of all devices by turns, one operation after the other, through the floor's engine."""
    database = Database(url)
    engine, traces, by_kind, commits = FloorEngine(database, discover(workflows)), list[Trace](), defaultdict[str, list[int]](list), list[Any]()
    waiting = [Sender(engine, one, loaded("rounds")(one)) for one in devices]
    event.listen(Engine, "commit", counted := commits.append)
    try:
        while waiting:
            waiting = [one for one in waiting if _step(one, traces, by_kind)]
    finally:
        event.remove(Engine, "commit", counted)
        database.close()
    return Recorded(traces, {kind: sum(counts) / len(counts) for kind, counts in by_kind.items()}, len(commits) / len(traces))


class Sender:
    """A device without a network: asks the engine."""

    def __init__(self, engine: FloorEngine, device: BenchDevice, work: Generator[Any, Any, None]) -> None:
        self._engine, self._device, self._work = engine, device, work
        self._seq, self._task = 0, None

    def next(self) -> tuple[str, Callable[[], None]] | None:
        """The kind of the next operation and the sending of it; None when there is none."""
        try:
            kind, task, form, slots = self._work.send(self._task)
        except StopIteration:
            return None
        self._seq += 1
        operation = {"op": uuid7(), "seq": self._seq, "kind": kind, "task": task, "form": form, "slots": slots, "schema": SCHEMAS.current,
                     "made_at": time.time_ns() // 1_000_000, "session": self._device.session}
        return kind, lambda: self._send(operation)

    def _send(self, operation: Json) -> None:
        answer = self._engine.operations(self._device.identity, {"epoch": _EPOCH, "operations": [operation]})["results"][0]
        if answer["status"] != "applied":
            raise AssertionError(f"{operation['kind']} was {answer['status']}: {answer['code']}")
        self._task = answer["task"]


def _step(sender: Sender, traces: list[Trace], by_kind: dict[str, list[int]]) -> bool:
    step = sender.next()
    if step is None:
        return False
    kind, send = step
    with listening() as trace:
        send()
    traces.append([one for one in trace if not one[0].startswith(_CONTROL)])
    by_kind[kind].append(len(traces[-1]))
    return True


@contextmanager
def listening() -> Iterator[Trace]:
    """Hears every statement that goes to a driver."""
    trace: Trace = []
    run, run_many = Driver.run, Driver.run_many

    def told(self: Driver, sql: str, values: Any = ()) -> Any:
        trace.append((sql, values, False))
        return run(self, sql, values)

    def told_many(self: Driver, sql: str, values: Any) -> Any:
        rows = list(values)
        trace.append((sql, rows, True))
        return run_many(self, sql, rows)

    Driver.run, Driver.run_many = told, told_many  # type: ignore[method-assign]
    try:
        yield trace
    finally:
        Driver.run, Driver.run_many = run, run_many  # type: ignore[method-assign]


def plain_rate(url: str, recording: Recorded) -> float:
    """Operations a second of the plain driver: on SQLite in groups, on PostgreSQL one by one over several connections."""
    database = Database(url)
    try:
        began = time.perf_counter()
        if database.is_sqlite:
            _in_groups(database, recording.traces)
        else:
            parts = [recording.traces[at::AT_ONCE["postgresql"]] for at in range(AT_ONCE["postgresql"])]
            with ThreadPoolExecutor(len(parts)) as pool:
                list(pool.map(lambda part: _one_by_one(database, part), parts))
        return len(recording.traces) / (time.perf_counter() - began)
    finally:
        database.close()


def _in_groups(database: Database, traces: Sequence[Trace]) -> None:
    with _raw(database) as connection:
        for first in range(0, len(traces), AT_ONCE["sqlite"]):
            connection.execute("BEGIN IMMEDIATE")
            for sql, values, many in itertools.chain(*traces[first:first + AT_ONCE["sqlite"]]):
                if many:
                    connection.executemany(sql, values)
                else:
                    connection.execute(sql, values).fetchall()
            connection.execute("COMMIT")


def _one_by_one(database: Database, traces: Sequence[Trace]) -> None:
    with _raw(database) as connection:
        for trace in traces:
            while not _played(database, connection, trace):
                connection.rollback()


def _played(database: Database, connection: Any, trace: Trace) -> bool:
    """False when another one was in the way: what was recorded one after the other runs beside each other here."""
    dialect: Any = database.writing.dialect
    try:
        for sql, values, many in trace:
            cursor = connection.cursor()
            cursor.executemany(sql, values) if many else cursor.execute(sql, values)
            if cursor.description is not None:
                cursor.fetchall()
        connection.commit()
    except dialect.loaded_dbapi.Error as error:
        if error.sqlstate not in TRANSIENT:
            raise
        return False
    return True


@contextmanager
def _raw(database: Database) -> Iterator[Any]:
    pooled = database.writing.raw_connection()
    try:
        yield pooled.dbapi_connection
    finally:
        pooled.close()
