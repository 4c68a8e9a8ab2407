"""The threads that go round the channels: each is asked at its time and told what waits, by one server process at a time."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from server.kernel.database import Database
from server.kernel.errors import Unavailable
from server.kernel.lease import Lease
from server.oms.connecting import due_channels
from server.oms.desk import Desk

log = logging.getLogger("aisle.channels")

_AT_ONCE = 8
_LOOK_SECONDS = 0.25


class Rounds:
    """Looks for channels that are due and attends to each in a thread; one channel is never attended to twice at once."""

    def __init__(self, database: Database, desk: Desk) -> None:
        self._database, self._desk = database, desk
        self._lease = Lease(database, "channels")
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="channel")
        self._lock = threading.Lock()
        self._busy: set[int] = set()

    def start(self) -> None:
        """Begins to go round."""
        self._thread = threading.Thread(target=self._run, name="channels", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends after the calls under way."""
        self._ended.set()
        self._desk.stop()
        if self._thread is not None:
            self._thread.join(timeout=10)
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._lease.give_up()

    def _run(self) -> None:
        while not self._ended.wait(_LOOK_SECONDS):
            try:
                self._look()
            except Unavailable as error:
                log.warning("channels wait: the database is away", extra={"why": str(error)})
            except Exception:
                log.exception("the round of the channels met an error and goes on")

    def _look(self) -> None:
        if not self._lease.is_mine():
            return
        for channel in self._database.read(due_channels):
            with self._lock:
                if channel.id in self._busy:
                    continue
                self._busy.add(channel.id)
            self._pool.submit(self._attend, channel)

    def _attend(self, channel: Any) -> None:
        try:
            self._desk.attend(channel)
        except Unavailable as error:
            log.warning("channel %s waits: the database is away", channel.code, extra={"why": str(error)})
        except Exception:
            log.exception("channel %s met an error of ours and is tried again", channel.code)
            self._ended.wait(1)
        finally:
            with self._lock:
                self._busy.discard(channel.id)
