"""The one writer of SQLite: live work first, and one commit for all that waits together."""

import asyncio
import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Engine

from server.kernel.clock import Clock
from server.kernel.errors import Unavailable
from server.kernel.failures import why
from server.kernel.file_locks import FileLock
from server.kernel.measures import Measures
from server.kernel.statements import Driver
from server.kernel.transaction import Actor, Tx

T = TypeVar("T")
log = logging.getLogger("aisle.database")

_TOGETHER_MAX = 32
_PATIENCE_SECONDS = 5.0
_LOOK_SECONDS = 1.0


@dataclass(order=True, slots=True)
class _Waiting:
    priority: int
    number: int
    work: Callable[[Tx], Any] = field(compare=False)
    actor: Actor = field(compare=False)
    answer: "Future[Any] | Soon" = field(compare=False)
    since: float = field(compare=False, default_factory=time.perf_counter)


class Soon:
    """What one thread, which does not wait, is to be told of a work; told with all others of the same commit at once."""

    __slots__ = ("_error", "_future", "_is_done", "_loop", "_value")

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._future: asyncio.Future[Any] = self._loop.create_future()
        self._is_done = False
        self._value: Any = None
        self._error: BaseException | None = None

    def __await__(self) -> Generator[Any, None, Any]:
        return self._future.__await__()

    def done(self) -> bool:
        """Whether it is known what came of it."""
        return self._is_done

    def set_result(self, value: Any) -> None:
        """It went well."""
        self._is_done, self._value = True, value

    def set_exception(self, error: BaseException) -> None:
        """It was not done."""
        self._is_done, self._error = True, error

    @classmethod
    def tell(cls, answers: "Iterable[Future[Any] | Soon]") -> None:
        """Tells those that are waited for so: one call of a thread however many there are."""
        soon = [one for one in answers if isinstance(one, cls)]
        for loop in {one._loop for one in soon}:
            with suppress(RuntimeError):  # that thread has ended
                loop.call_soon_threadsafe(cls._told, [one for one in soon if one._loop is loop])

    @staticmethod
    def _told(answers: "list[Soon]") -> None:
        for one in answers:
            if one._future.done():
                continue
            if one._error is not None:
                one._future.set_exception(one._error)
            else:
                one._future.set_result(one._value)


class WriterGate:
    """A thread that owns the writing connection.

    Works that queued up while the last commit was flushed run in one transaction, each in its own
    savepoint, so that one disk flush serves them all and a failing one undoes only itself. Other
    processes that write to the file take turns with it.
    """

    def __init__(self, engine: Engine, clock: Clock, turn: FileLock | None = None) -> None:
        self._engine = engine
        self._clock = clock
        self.measures: Measures | None = None
        self._queue: list[_Waiting] = []
        self._numbers = itertools.count()
        self._wake = threading.Condition()
        self._closed = self._is_failing = False
        self._turn = turn
        self._thread = threading.Thread(target=self._serve, name="writer-gate", daemon=True)
        self._thread.start()
        self._ended = threading.Event()
        threading.Thread(target=self._watch, name="writer-watch", daemon=True).start()

    def run(self, work: Callable[[Tx], T], actor: Actor, *, backlog: bool) -> T:
        """Queues `work` and waits until it is committed; raises what it raised."""
        if threading.current_thread() is self._thread:
            raise AssertionError("a write inside a write would wait for itself")
        future: Future[T] = Future()
        self._queued(work, actor, future, backlog=backlog)
        return future.result()

    async def run_soon(self, work: Callable[[Tx], T], actor: Actor, *, backlog: bool) -> T:
        """Like `run`, for the thread that must not wait."""
        soon = Soon()
        self._queued(work, actor, soon, backlog=backlog)
        answer: T = await soon
        return answer

    def _queued(self, work: Callable[[Tx], Any], actor: Actor, answer: "Future[Any] | Soon", *, backlog: bool) -> None:
        with self._wake:
            if self._closed:
                raise AssertionError("the database is closed")
            heapq.heappush(self._queue, _Waiting(int(backlog), next(self._numbers), work, actor, answer))
            self._wake.notify()

    def close(self) -> None:
        """Finishes what is queued and ends."""
        with self._wake:
            self._closed = True
            self._wake.notify()
        self._thread.join(timeout=30)
        self._ended.set()
        if self._turn is not None and not self._thread.is_alive():
            self._turn.let_go()
        self._engine.dispose()

    def _serve(self) -> None:
        while True:
            with self._wake:
                while not self._queue and not self._closed:
                    self._wake.wait()
                if not self._queue:
                    return
            Soon.tell(waiting.answer for waiting in self._work())

    def _work(self) -> list[_Waiting]:
        """One commit; those who are to be told of it, which is done when others already have their turn."""
        try:
            with self._turn.taken() if self._turn is not None else nullcontext():
                together = self._next()
                self._note_waits(together)
                self._commit_together(together)
                return together
        except OSError as error:
            return self._send_away(str(error))

    def _next(self) -> list[_Waiting]:
        """What is committed together: all that is live, and of the backlog one work, so that nobody live waits for more."""
        with self._wake:
            together = [heapq.heappop(self._queue)] if self._queue else []  # they may have been sent away meanwhile
            while self._queue and len(together) < _TOGETHER_MAX and not together[-1].priority:
                together.append(heapq.heappop(self._queue))
        return together

    def _watch(self) -> None:
        """Whoever waits is told when another process keeps the turn: it may stand still for ever."""
        while not self._ended.wait(_LOOK_SECONDS):
            if self._turn is not None and self._turn.waited() > _PATIENCE_SECONDS:
                Soon.tell(waiting.answer for waiting in self._send_away("another process is writing to it and does not come to an end"))

    def _send_away(self, reason: str) -> list[_Waiting]:
        with self._wake:
            waiting, self._queue = self._queue, []
        if waiting:
            self._note(reason)
        for one in waiting:
            one.answer.set_exception(Unavailable(reason))
        return waiting

    def _note_waits(self, together: list[_Waiting]) -> None:
        if self.measures is None:
            return
        now = time.perf_counter()
        for waiting in together:
            self.measures.observe("aisle_gate_wait_seconds", now - waiting.since, work="backlog" if waiting.priority else "live")

    def _commit_together(self, together: list[_Waiting]) -> None:
        if not together:
            return
        finished: list[tuple[_Waiting, Tx, Any]] = []
        try:
            with self._engine.connect() as connection, connection.begin():
                driver = Driver(connection)
                for waiting in together:
                    self._try_one(Tx(connection, self._clock.now(), waiting.actor, _driver=driver), waiting, finished)
        except BaseException as error:  # noqa: BLE001 - the writer must not die; every waiter is told
            self._note(why(error))
            for waiting in together:
                if not waiting.answer.done():
                    # what stopped the commit of all was none of their works, so that each may try again
                    waiting.answer.set_exception(Unavailable(why(error)))
            return
        self._note(None)
        for waiting, tx, answer in finished:
            _finish(waiting, tx, answer)

    def _note(self, failure: str | None) -> None:
        """Tells the log when the database stops taking work and when it takes it again: once, not with every try."""
        if failure is not None and not self._is_failing:
            log.error("the database takes no work: %s", failure)
        if failure is None and self._is_failing:
            log.warning("the database takes work again")
        self._is_failing = failure is not None

    def _try_one(self, tx: Tx, waiting: _Waiting, finished: list[tuple[_Waiting, Tx, Any]]) -> None:
        try:
            with tx.savepoint():
                answer = waiting.work(tx)
        except BaseException as error:
            if not tx.stands:
                raise  # SQLite took everything back by itself (disk full): nobody's work is done
            waiting.answer.set_exception(error)
        else:
            finished.append((waiting, tx, answer))


def _finish(waiting: _Waiting, tx: Tx, answer: Any) -> None:
    try:
        tx.committed()
    except Exception:
        log.exception("an after-commit action failed; the commit itself stands")
    waiting.answer.set_result(answer)
