"""Whether a database on the network still answers: a frozen one keeps its connections open and says nothing for ever."""

import contextlib
import itertools
import logging
import os
import socket
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sqlalchemy import Engine, event

from server.kernel.errors import Unavailable

log = logging.getLogger("aisle.database")

_LOOK_SECONDS = 0.2
_PATIENCE_SECONDS = 0.6
_AGAIN_SECONDS = 0.5
_WAITING_MAX = 40


class Liveness:
    """Asks over a fresh connection when some work takes long; cuts all connections when there is no answer.

    Why not the statement timeout: the frozen server keeps it. Why not the network's: on one machine the kernel still
    acknowledges. While the database is away work is refused at once, so that no thread of the server waits for it.
    """

    def __init__(self, engines: Iterable[Engine], probe: Callable[[], None]) -> None:
        self._probe = probe
        self._since: dict[int, float] = {}
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._is_away = self._is_suspected = False
        self._finished = 0
        self._connections: weakref.WeakSet[Any] = weakref.WeakSet()
        self._ended = threading.Event()
        for engine in engines:
            event.listen(engine, "connect", lambda connection, _record: self._note(connection))
            event.listen(engine, "do_connect", lambda *_: self._guard())
        self._thread = threading.Thread(target=self._watch, name="database-liveness", daemon=True)
        self._thread.start()

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        """Around every piece of work; Unavailable at once while the database is away."""
        number = next(self._numbers)
        with self._lock:
            self._guard()
            if self._is_suspected and len(self._since) >= _WAITING_MAX:
                raise Unavailable("the database has not answered for a while and enough work waits for it")
            self._since[number] = time.monotonic()
        try:
            yield
            self._finished += 1
        finally:
            with self._lock:
                del self._since[number]

    def stop(self) -> None:
        """Ends the watching."""
        self._ended.set()
        self._thread.join(timeout=5)

    def _guard(self) -> None:
        if self._is_away:
            raise Unavailable("the database does not answer")

    def _note(self, connection: Any) -> None:
        with self._lock:
            self._connections.add(connection)

    def _watch(self) -> None:
        while not self._ended.wait(_AGAIN_SECONDS if self._is_away else _LOOK_SECONDS):
            with self._lock:
                oldest = min(self._since.values(), default=None)
                self._is_suspected = oldest is not None and time.monotonic() - oldest > _PATIENCE_SECONDS
            if self._is_away or self._is_suspected:
                self._ask()

    def _ask(self) -> None:
        before = self._finished
        try:
            self._probe()
        except Exception as error:  # noqa: BLE001 - of a client library that is not always there; whatever it was, there is no answer
            if self._finished != before:
                return  # it is slow, and it works
            if not self._is_away:
                log.error("the database does not answer: %s", error)  # noqa: TRY400 - an outage is told once, without a trace
            self._is_away = True
            self._cut()
            return
        if self._is_away:
            log.warning("the database answers again")
        self._is_away = False

    def _cut(self) -> None:
        with self._lock:
            connections = list(self._connections)
            self._connections.clear()
        for connection in connections:
            with contextlib.suppress(Exception):
                _hang_up(connection.fileno())


def _hang_up(number: int) -> None:
    """Ends the conversation under the thread that waits for it; the thread itself closes what is its own."""
    with socket.socket(fileno=os.dup(number)) as wire:
        wire.shutdown(socket.SHUT_RDWR)
