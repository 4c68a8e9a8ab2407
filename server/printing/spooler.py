"""Sends waiting labels to their printers: in order, again after a fault, and after a restart."""

import logging
import threading
from contextlib import suppress
from typing import Any

from sqlalchemy import text

from labels.zpl import at_300_dpi
from printers import PrinterError, send
from server.kernel.clock import SECOND
from server.kernel.database import Database
from server.kernel.errors import Unavailable
from server.kernel.lease import Lease
from server.kernel.transaction import Tx
from server.printing.queue import FINER

log = logging.getLogger("aisle.printing")

_BACKOFF_SECONDS = (1, 2, 5, 15, 60)
_WAITING = text(
    "SELECT j.id, j.unique_key, j.payload, j.attempts, j.printer_id, p.url, p.name, p.language FROM print_job j "
    "JOIN printer p ON p.id = j.printer_id WHERE j.state = 'waiting' AND j.next_at <= :now ORDER BY j.id LIMIT 50"
)
_SENT = text("UPDATE print_job SET state = 'sent', sent_at = :at, attempts = attempts + 1, error = NULL "
             "WHERE id = :id AND state = 'waiting'")
_LATER = text("UPDATE print_job SET next_at = :next_at, attempts = attempts + 1, error = :error "
              "WHERE id = :id AND state = 'waiting'")


class Spooler:
    """A thread that empties the queue; of several server processes one prints, so that no label comes twice."""

    def __init__(self, database: Database, *, pause_seconds: float = 0.2) -> None:
        self._database = database
        self._lease = Lease(database, "spooler")
        self._pause_seconds = pause_seconds
        self._wake = threading.Event()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._out: set[int] = set()

    def start(self) -> None:
        """Begins to print in the background."""
        self._thread = threading.Thread(target=self._run, name="spooler", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends after the label under way."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join(timeout=10)
            with suppress(Unavailable):
                self._lease.give_up()

    def print_waiting(self) -> int:
        """Sends everything that is due; how many labels went out. A printer that fails holds up only its own labels."""
        if not self._waiting() or not self._lease.is_mine():
            return 0
        failed: set[int] = set()
        done = 0
        for job in self._waiting():  # once more: until now another process may have printed
            if self._ended.is_set() or not self._lease.is_mine():
                break
            if job.printer_id not in failed:
                if self._print(job):
                    done += 1
                else:
                    failed.add(job.printer_id)
        return done

    def _waiting(self) -> list[Any]:
        return self._database.read(lambda tx: tx.rows(_WAITING, now=tx.now))

    def _run(self) -> None:
        while not self._ended.wait(self._pause_seconds):
            try:
                self.print_waiting()
            except Unavailable as error:
                log.warning("labels wait: the database is away", extra={"why": str(error)})
            except Exception:
                log.exception("the spooler met an error and goes on")

    def _print(self, job: Any) -> bool:
        try:
            payload = at_300_dpi(job.payload) if job.language == FINER else job.payload
            send(job.url, f"{job.unique_key.replace(':', '-')}.zpl", payload.encode())
        except PrinterError as error:
            self._note_outage(job, error)
            return False
        self._out.discard(job.printer_id)
        self._database.write(lambda tx: tx.execute(_SENT, {"id": job.id, "at": tx.now}), backlog=True)
        return True

    def _note_outage(self, job: Any, error: PrinterError) -> None:
        if job.printer_id not in self._out:
            log.warning("printer %s does not take labels: %s", job.name, error)
            self._out.add(job.printer_id)
        wait = _BACKOFF_SECONDS[min(job.attempts, len(_BACKOFF_SECONDS) - 1)] * SECOND

        def later(tx: Tx) -> None:
            tx.execute(_LATER, {"id": job.id, "next_at": tx.now + wait, "error": str(error)[:500]})

        self._database.write(later, backlog=True)
