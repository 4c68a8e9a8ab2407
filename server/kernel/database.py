"""The database: one writer gate on SQLite, a pool on PostgreSQL, the same few verbs on both."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from server.kernel.clock import Clock, SystemClock
from server.kernel.errors import Unavailable
from server.kernel.failures import is_the_databases, why
from server.kernel.file_locks import FileLock
from server.kernel.gate import WriterGate
from server.kernel.liveness import Liveness
from server.kernel.measures import Measures
from server.kernel.postgres import knock, postgres_engines
from server.kernel.transaction import SYSTEM, Actor, Tx

T = TypeVar("T")
log = logging.getLogger("aisle.database")

_RETRIES = 4
_BACKLOGS_AT_ONCE = 2
"""Of what handhelds bring that come back. More at once would be done sooner, and those that work would wait for it."""
_SQLITE_BUSY_MS = 5_000
_CACHE_KB = 4_096  # for each connection; the system keeps the file in memory anyway, once for all of them
_ONE_MOMENT = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
_NO_LIMIT = text("SET LOCAL statement_timeout = 0")
TRANSIENT = frozenset({"40001", "40P01"})
"""PostgreSQL's names for what goes well when it is tried again: a conflict of two moments, a deadlock."""


class Database:
    """Runs work in transactions. `write` is the only place of the house that commits.

    On SQLite all writers of a process pass one gate, live work before backlog, what waits together is
    committed together, and processes take turns. On PostgreSQL each runs by itself; deadlocks and serialization failures are tried again.
    """

    def __init__(self, url: str, *, clock: Clock | None = None, pool_size: int = 8) -> None:
        self.url = url
        self.clock: Clock = clock or SystemClock()
        self.is_sqlite = url.startswith("sqlite")
        self.engine, self.writing = _sqlite_engines(url) if self.is_sqlite else postgres_engines(url, pool_size)
        self._gate = WriterGate(self.writing, self.clock, self.lock("writer")) if self.is_sqlite else None
        self._liveness = None if self.is_sqlite else Liveness((self.engine, self.writing), partial(knock, self.engine))
        self._aside = ThreadPoolExecutor(pool_size, "database")
        self._behind = ThreadPoolExecutor(_BACKLOGS_AT_ONCE, "database-backlog")
        self._backlogs = threading.Semaphore(_BACKLOGS_AT_ONCE)
        self._lanes: dict[str, threading.Lock] = {}
        self._listeners: list[Callable[[Tx], None]] = []

    def listen(self, listener: Callable[[Tx], None]) -> None:
        """Calls `listener` after every commit with what was committed; it must be quick and not write."""
        self._listeners.append(listener)

    def measure(self, measures: Measures) -> None:
        """Notes in `measures` how long writes wait for their turn."""
        if self._gate is not None:
            self._gate.measures = measures

    def lock(self, what: str) -> FileLock | None:
        """A lock between processes that ends with the one that holds it; None on PostgreSQL, which processes on other machines use."""
        return FileLock(Path(self.engine.url.database), what) if self.is_sqlite and self.engine.url.database else None

    def write(self, work: Callable[[Tx], T], *, actor: Actor = SYSTEM, backlog: bool = False, lane: str = "") -> T:
        """Runs `work` in a transaction and commits it; what it raises undoes it. Unavailable when the database is.

        Works of one `lane` follow one another in this process: they want the same rows, and who waits for a row inside a transaction
        keeps a connection and slows down whoever holds it. Three times as many orders of one item are promised so.
        """
        with _said_plainly():
            if self._gate is not None:
                return self._gate.run(self._told(work), actor, backlog=backlog)
            with self._lane(lane) if lane else self._backlogs if backlog else nullcontext():
                return self._write_directly(self._told(work), actor)

    async def write_soon(self, work: Callable[[Tx], T], *, actor: Actor = SYSTEM, backlog: bool = False) -> T:
        """Like `write`, for the thread that must not wait: on SQLite in the gate's queue, else in a thread beside it."""
        with _said_plainly():
            if self._gate is not None:
                return await self._gate.run_soon(self._told(work), actor, backlog=backlog)
            threads = self._behind if backlog else self._aside
            return await asyncio.get_running_loop().run_in_executor(threads, partial(self.write, work, actor=actor, backlog=backlog))

    def read(self, work: Callable[[Tx], T]) -> T:
        """Runs `work` on a snapshot; the database refuses it whatever it would write. Ended by COMMIT: at ROLLBACK psycopg forgets what is prepared."""
        with _said_plainly(), self._working(), self.engine.begin() as connection:
            return work(Tx(connection, self.clock.now()))

    def snapshot(self, work: Callable[[Tx], T]) -> T:
        """Like `read`, but all statements see the same moment on PostgreSQL too, however long they take."""
        def held(tx: Tx) -> T:
            if not self.is_sqlite:
                tx.execute(_ONE_MOMENT)
                take_your_time(tx)
            return work(tx)

        return self.read(held)

    def close(self) -> None:
        """Ends the writer and closes all connections."""
        if self._gate is not None:
            self._gate.close()
        if self._liveness is not None:
            self._liveness.stop()
        for threads in (self._aside, self._behind):
            threads.shutdown(cancel_futures=True)
        self.engine.dispose()
        self.writing.dispose()

    def _working(self) -> AbstractContextManager[None]:
        return nullcontext() if self._liveness is None else self._liveness.working()

    def _lane(self, name: str) -> threading.Lock:
        return self._lanes.setdefault(name, threading.Lock())

    def _told(self, work: Callable[[Tx], T]) -> Callable[[Tx], T]:
        def told(tx: Tx) -> T:
            answer = work(tx)
            tx.write_events()
            for listener in self._listeners:
                tx.after_commit(partial(listener, tx))
            return answer

        return told

    def _write_directly(self, work: Callable[[Tx], T], actor: Actor) -> T:
        for attempt in range(_RETRIES):
            try:
                with self._working(), self.writing.begin() as connection:
                    tx = Tx(connection, self.clock.now(), actor)
                    answer = work(tx)
            except DBAPIError as error:
                if not _is_transient(error) or attempt == _RETRIES - 1:
                    raise
                time.sleep(0.01 * 2**attempt)
            else:
                tx.committed()
                return answer
        raise AssertionError("the last attempt either returned or raised")


@contextmanager
def _said_plainly() -> Iterator[None]:
    """What is the database's own trouble is Unavailable; every other error stays what it is."""
    try:
        yield
    except SQLAlchemyError as error:
        if is_the_databases(error):
            raise Unavailable(why(error)) from error
        raise


def take_your_time(tx: Tx) -> None:
    """Lifts the limit on a statement's time until the transaction ends: for work on whole tables."""
    if tx.connection.dialect.name == "postgresql":
        tx.execute(_NO_LIMIT)


def _sqlite_engines(url: str) -> tuple[Engine, Engine]:
    return _sqlite_engine(url, "BEGIN", is_reading=True), _sqlite_engine(url, "BEGIN IMMEDIATE")


def _sqlite_engine(url: str, begin: str, *, is_reading: bool = False) -> Engine:
    engine = create_engine(url, connect_args={"timeout": _SQLITE_BUSY_MS / 1000, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute(f"PRAGMA query_only = {int(is_reading)}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _is_transient(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) in TRANSIENT
