"""Backups by themselves: a process of its own makes each one, so that no scan waits for it."""

import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping

from server.kernel.backup_note import is_backup_due, note_backup, note_failure
from server.kernel.clock import HOUR, MINUTE, SECOND
from server.kernel.database import Database
from server.kernel.errors import Unavailable
from server.kernel.lease import Lease

log = logging.getLogger("aisle.backup")

_LOOK_SECONDS = 5.0
_CALM_MS = MINUTE
_AGAIN_MS = 15 * MINUTE
_WORDS_MAX = 500


class Backups:
    """A thread that looks whether a backup is due; of several server processes one makes it."""

    def __init__(self, database: Database, environment: Mapping[str, str], *, every_hours: float, calm_ms: int = _CALM_MS,
                 look_seconds: float = _LOOK_SECONDS) -> None:
        self._database, self._environment = database, {**os.environ, **environment}
        self._every_ms, self._look_seconds = int(every_hours * HOUR), look_seconds
        self._lease = Lease(database, "backup")
        self._not_before = time.monotonic() + calm_ms / SECOND  # whoever corrects the clock must not put it off
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="backups", daemon=True)

    def start(self) -> None:
        """Begins to look."""
        self._thread.start()

    def stop(self) -> None:
        """Ends, and with it a backup under way."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def _run(self) -> None:
        while not self._ended.wait(self._look_seconds):
            try:
                if self._is_due() and self._lease.is_mine():
                    self._make()
            except Unavailable as error:
                log.warning("the backup waits: the database is away", extra={"why": str(error)})
            except Exception:
                log.exception("the backups met an error and go on")

    def _is_due(self) -> bool:
        return time.monotonic() >= self._not_before and self._database.read(
            lambda tx: is_backup_due(tx, self._every_ms, min(_AGAIN_MS, self._every_ms)))

    def _make(self) -> None:
        with subprocess.Popen([sys.executable, "-m", "server.cli.main", "backup", "--gently", "--json"], env=self._environment,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            told, errors = self._waited(process)
        if process.returncode == 0:
            made = json.loads(told)
            self._database.write(lambda tx: note_backup(tx, made), backlog=True)
            log.info("backed up", extra=made)
        elif not self._ended.is_set():
            why = errors.strip()[-_WORDS_MAX:] or f"ended with {process.returncode}"  # killed for want of memory it says nothing
            log.error("the backup failed: %s", why)
            self._database.write(lambda tx: note_failure(tx, why), backlog=True)

    def _waited(self, process: "subprocess.Popen[str]") -> tuple[str, str]:
        while True:
            try:
                return process.communicate(timeout=1)
            except subprocess.TimeoutExpired:
                self._lease.is_mine()
                if self._ended.is_set():
                    process.terminate()
