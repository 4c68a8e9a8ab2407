"""Background work as rows: claimed by one worker at a time, so that it survives a kill and is never done twice."""

import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import JSON, bindparam, text

from server.kernel.clock import SECOND
from server.kernel.database import Database
from server.kernel.errors import Unavailable
from server.kernel.transaction import Actor, Tx

log = logging.getLogger("aisle.jobs")

JobFunction = Callable[[Tx, Mapping[str, Any]], None]
LongJobFunction = Callable[[Database, Mapping[str, Any]], None]

_CLAIM_MS = 60 * SECOND
_RENEW_SECONDS = 20.0
_ATTEMPTS_MAX = 8
_FREE = "(claimed_until <= :now OR claimed_until > :too_late)"
"""A claim of a clock that was ahead, and was set right since, is nobody's."""
_ADD = text(
    "INSERT INTO job (kind, payload, unique_key, run_at, every_seconds) "
    "VALUES (:kind, :payload, :unique_key, :run_at, :every_seconds) ON CONFLICT (unique_key) DO UPDATE SET "
    "run_at = CASE WHEN job.state = 'dead' OR job.run_at > excluded.run_at THEN excluded.run_at ELSE job.run_at END, "
    "attempts = CASE WHEN job.state = 'dead' THEN 0 ELSE job.attempts END, state = 'waiting'"
).bindparams(bindparam("payload", type_=JSON))
_DUE = text(
    f"SELECT id FROM job WHERE state = 'waiting' AND run_at <= :now AND {_FREE} AND kind IN :kinds ORDER BY run_at LIMIT 20"
).bindparams(bindparam("kinds", expanding=True))
_CLAIM = text(
    "UPDATE job SET claimed_until = :until, attempts = attempts + 1 "
    f"WHERE id = :id AND state = 'waiting' AND run_at <= :now AND {_FREE} "
    "RETURNING kind, payload, attempts, every_seconds"
).columns(payload=JSON)
_DONE = text(
    "UPDATE job SET state = 'done', unique_key = NULL, error = NULL WHERE id = :id AND state = 'waiting'"
)
_CANCEL = text("UPDATE job SET state = 'done', unique_key = NULL WHERE unique_key = :unique_key AND state = 'waiting'")
_AGAIN = text(
    "UPDATE job SET run_at = :run_at, claimed_until = 0, attempts = 0, error = NULL WHERE id = :id AND state = 'waiting'"
)
_RENEW = text("UPDATE job SET claimed_until = :until WHERE id = :id AND state = 'waiting'")
_FAILED = text(
    "UPDATE job SET state = :state, run_at = :run_at, claimed_until = 0, error = :error WHERE id = :id"
)


def add_job(
    tx: Tx, kind: str, payload: Mapping[str, Any] | None = None, *, run_at: int | None = None,
    unique_key: str | None = None, every_seconds: int | None = None,
) -> None:
    """Asks for work in the background; with `unique_key` at most one such job waits.

    Asked again it runs at the earlier of both moments (a clock may have been ahead), and one that was given up is tried anew.
    """
    tx.execute(_ADD, {"kind": kind, "payload": dict(payload or {}), "unique_key": unique_key,
                      "run_at": tx.now if run_at is None else run_at, "every_seconds": every_seconds})


def cancel_job(tx: Tx, unique_key: str) -> None:
    """The work is not wanted any more: it is not begun, or, where it has been, must find by itself that nothing is to do."""
    tx.execute(_CANCEL, {"unique_key": unique_key})


class _Runner(ABC):
    """A thread that runs the due jobs of its kinds."""

    def __init__(self, database: Database, kinds: Iterable[str], *, pause_seconds: float = 0.25) -> None:
        self._database = database
        self._kinds = list(kinds)
        self._pause_seconds = pause_seconds
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begins to look for due jobs in the background."""
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends after the job under way."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def run_due(self) -> int:
        """Runs every job that is due now; how many ran."""
        ids = self._database.read(lambda tx: [row.id for row in tx.rows(_DUE, now=tx.now, too_late=tx.now + 2 * _CLAIM_MS, kinds=self._kinds)])
        return sum(self._run_one(number) for number in ids)

    def _run(self) -> None:
        while not self._ended.wait(self._pause_seconds):
            try:
                self.run_due()
            except Unavailable as error:
                log.warning("jobs wait: the database is away", extra={"why": str(error)})
            except Exception:
                log.exception("the job runner met an error and goes on")

    def _run_one(self, number: int) -> int:
        claimed = self._database.write(
            lambda tx: tx.row(_CLAIM, id=number, now=tx.now, until=tx.now + _CLAIM_MS, too_late=tx.now + 2 * _CLAIM_MS), backlog=True)
        if claimed is None:
            return 0
        try:
            self._perform(number, claimed)
        except Unavailable:
            raise
        except Exception as error:
            log.exception("job %s failed", claimed.kind)
            self._note_failure(number, claimed, error)
        return 1

    @abstractmethod
    def _perform(self, number: int, claimed: Any) -> None: ...

    def _note_failure(self, number: int, claimed: Any, error: Exception) -> None:
        final = claimed.attempts >= _ATTEMPTS_MAX and claimed.every_seconds is None
        values = {"id": number, "state": "dead" if final else "waiting", "error": str(error)[:500]}
        self._database.write(
            lambda tx: tx.execute(_FAILED, {**values, "run_at": tx.now + 5 * SECOND * claimed.attempts}), backlog=True)


class JobRunner(_Runner):
    """Runs short jobs, each in its own transaction together with the note that it is done."""

    def __init__(self, database: Database, functions: Mapping[str, JobFunction], *, pause_seconds: float = 0.25) -> None:
        super().__init__(database, functions, pause_seconds=pause_seconds)
        self._functions = functions

    def _perform(self, number: int, claimed: Any) -> None:
        def work(tx: Tx) -> None:
            if claimed.every_seconds is None:
                tx.execute(_DONE, {"id": number})
            else:
                tx.execute(_AGAIN, {"id": number, "run_at": tx.now + claimed.every_seconds * SECOND})
            self._functions[claimed.kind](tx, claimed.payload)

        self._database.write(work, actor=Actor(f"job {claimed.kind}"), backlog=True)


class LongJobRunner(_Runner):
    """Runs jobs of many small transactions; one that is cut off is run again, so each step must be harmless twice.

    While it works its claim is renewed: of a process that was killed the next one takes over within a minute.
    """

    def __init__(self, database: Database, functions: Mapping[str, LongJobFunction], *, pause_seconds: float = 0.1) -> None:
        super().__init__(database, functions, pause_seconds=pause_seconds)
        self._functions = functions

    def _perform(self, number: int, claimed: Any) -> None:
        ended = threading.Event()
        renewal = threading.Thread(target=self._renew, args=(number, ended), name="job-claim", daemon=True)
        renewal.start()
        try:
            self._functions[claimed.kind](self._database, claimed.payload)
        finally:
            ended.set()
            renewal.join()
        self._database.write(lambda tx: tx.execute(_DONE, {"id": number}), backlog=True)

    def _renew(self, number: int, ended: threading.Event) -> None:
        while not ended.wait(_RENEW_SECONDS):
            try:
                self._database.write(lambda tx: tx.execute(_RENEW, {"id": number, "until": tx.now + _CLAIM_MS}), backlog=True)
            except Unavailable as error:
                log.warning("a job's claim cannot be renewed: the database is away", extra={"why": str(error)})
