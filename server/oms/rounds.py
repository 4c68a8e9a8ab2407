"""The threads that go round the channels: each is asked at its time and told what waits, by one server process at a time."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from server.kernel.database import Database
from server.kernel.errors import Unavailable
from server.kernel.lease import Lease
from server.oms.connecting import due_channels
from server.oms.desk import Desk
from server.oms.telling import spread_changes

log = logging.getLogger("aisle.channels")

_AT_ONCE = 32
_SLOW_AT_ONCE = 24
"""So many threads at most are with channels whose last turn was slow or failed: one that answers always finds another."""
_SLOW_SECONDS = 3.0
_LOOK_SECONDS = 0.25
_SPREAD_SECONDS = 1.0
"""What changes meanwhile is told together."""


class Rounds:
    """Looks for channels that are due and attends to each in a thread; one channel is never attended to twice at once."""

    def __init__(self, database: Database, desk: Desk) -> None:
        self._database, self._desk = database, desk
        self._lease = Lease(database, "channels")
        self._ended = threading.Event()
        self._threads: list[threading.Thread] = []
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="channel")
        self._lock = threading.Lock()
        self._busy: set[int] = set()
        self._slow: set[int] = set()
        self._is_mine = False

    def start(self) -> None:
        """Begins to go round."""
        self._threads = [threading.Thread(target=self._run, args=task, name="channels", daemon=True)
                         for task in ((self._look, _LOOK_SECONDS), (self._spread, _SPREAD_SECONDS))]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ends after the calls under way."""
        self._ended.set()
        self._desk.stop()
        for thread in self._threads:
            thread.join(timeout=10)
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._lease.give_up()

    def _run(self, task: Callable[[], None], seconds: float) -> None:
        while not self._ended.wait(seconds):
            try:
                task()
            except Unavailable as error:
                log.warning("channels wait: the database is away", extra={"why": str(error)})
            except Exception:
                log.exception("the round of the channels met an error and goes on")

    def _spread(self) -> None:
        """Behind a row that somebody holds for long this waits, and no channel with it."""
        if self._is_mine:
            spread_changes(self._database)

    def _look(self) -> None:
        self._is_mine = self._lease.is_mine()
        if not self._is_mine:
            return
        for channel in self._database.read(due_channels):
            if self._may_begin(channel):
                self._pool.submit(self._attend, channel)

    def _may_begin(self, channel: Any) -> bool:
        """Not while it is attended to; one that is slow not while many such are, and it is looked at again soon."""
        with self._lock:
            if channel.failures:
                self._slow.add(channel.id)
            if channel.id in self._busy or (channel.id in self._slow and len(self._busy & self._slow) >= _SLOW_AT_ONCE):
                return False
            self._busy.add(channel.id)
            return True

    def _note_turn(self, channel_id: int, seconds: float) -> None:
        with self._lock:
            self._busy.discard(channel_id)
            (self._slow.add if seconds > _SLOW_SECONDS else self._slow.discard)(channel_id)

    def _attend(self, channel: Any) -> None:
        began = time.monotonic()
        try:
            self._desk.attend(channel)
        except Unavailable as error:
            log.warning("channel %s waits: the database is away", channel.code, extra={"why": str(error)})
        except Exception:
            log.exception("channel %s met an error of ours and is tried again", channel.code)
            self._ended.wait(1)
        finally:
            self._note_turn(channel.id, time.monotonic() - began)
