"""Has every printer's labels sent by an owner of its own: in order, again after a fault, and after a restart."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import text

from server.kernel.database import Database
from server.kernel.errors import Unavailable
from server.kernel.lease import Lease
from server.printing.jobs import busy_printers
from server.printing.owner import PATIENT, Owner, Patience

log = logging.getLogger("aisle.printing")

_ALL = text("SELECT id FROM printer ORDER BY id")


class Spooler:
    """A thread that wakes the owners of printers; of several server processes one prints, so that no label comes twice."""

    def __init__(self, database: Database, *, pause_seconds: float = 0.2, patience: Patience = PATIENT) -> None:
        self._database = database
        self._lease = Lease(database, "spooler")
        self._lease_lock = threading.Lock()
        self._pause_seconds, self._patience = pause_seconds, patience
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._benches: dict[int, _Bench] = {}

    def start(self) -> None:
        """Begins to print in the background."""
        self._thread = threading.Thread(target=self._run, name="spooler", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends after the labels under way."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join(timeout=10)
        for bench in self._benches.values():
            bench.stop()
        with suppress(Unavailable):
            self._lease.give_up()

    def print_waiting(self, printer_id: int | None = None) -> int:
        """Sends what is due at one printer or at each, one after the other; how many labels came out. For commands and tests."""
        if not self._is_mine():
            return 0
        busy = sorted(self._database.read(busy_printers))
        return sum(_worked_once(self._owner(number)) for number in busy if printer_id in (None, number))

    def _run(self) -> None:
        while not self._ended.wait(self._pause_seconds):
            try:
                self._wake()
            except Unavailable as error:
                log.warning("labels wait: the database is away", extra={"why": str(error)})
            except Exception:
                log.exception("the spooler met an error and goes on")

    def _wake(self) -> None:
        busy = self._database.read(busy_printers)
        due = [number for number in self._database.read(lambda tx: [row.id for row in tx.rows(_ALL)])
               if number in busy or self._bench(number).owner.notebook.is_old]
        if due and self._is_mine():
            for number in due:
                self._bench(number).wake(is_busy=number in busy)

    def _bench(self, number: int) -> "_Bench":
        if number not in self._benches:
            self._benches[number] = _Bench(self._owner(number), self._ended, self._patience.again_seconds)
        return self._benches[number]

    def _owner(self, number: int) -> Owner:
        return Owner(self._database, number, may_go_on=lambda: not self._ended.is_set() and self._is_mine(), patience=self._patience)

    def _is_mine(self) -> bool:
        with self._lease_lock:  # the threads of all printers ask
            return self._lease.is_mine()


class _Bench:
    """An owner and its thread, which begins with the first work: a printer that is slow or out holds up no other."""

    def __init__(self, owner: Owner, ended: threading.Event, again_seconds: float) -> None:
        self.owner, self._ended, self._again_seconds = owner, ended, again_seconds
        self._wanted = threading.Event()
        self._thread: threading.Thread | None = None
        self._not_before = 0.0

    def wake(self, *, is_busy: bool) -> None:
        """There is something to do, or it is time to look how the printer is."""
        if time.monotonic() < self._not_before or (not is_busy and not self.owner.notebook.is_old):
            return
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name=f"printer {self.owner.printer_id}", daemon=True)
            self._thread.start()
        self._wanted.set()

    def stop(self) -> None:
        """Waits for the label under way."""
        self._wanted.set()
        if self._thread is not None:
            self._thread.join(timeout=10)
        self.owner.close()

    def _run(self) -> None:
        while not self._ended.is_set():
            if not self._wanted.wait(self._again_seconds):
                self.owner.close()  # nothing to do for a while: others may print there
                return
            self._wanted.clear()
            if not _guarded(self.owner.work) or self.owner.notebook.is_out:
                self._not_before = time.monotonic() + self._again_seconds


def _worked_once(owner: Owner) -> int:
    try:
        return owner.work()
    finally:
        owner.close()


def _guarded(work: Callable[[], int]) -> bool:
    """False when it is to be tried again later."""
    try:
        work()
    except Unavailable as error:
        log.warning("labels wait: the database is away", extra={"why": str(error)})
    except Exception:
        log.exception("the owner of a printer met an error and goes on")
    else:
        return True
    return False
