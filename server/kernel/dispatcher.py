"""Hands committed events to their consumers, each by itself: at least once, in order of trying, never lost."""

import json
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, text

from server.events import Event, from_payload
from server.kernel.database import Database
from server.kernel.errors import Unavailable
from server.kernel.transaction import Actor, Tx, in_list

log = logging.getLogger("aisle.events")

Consumer = Callable[[Tx, Event], None]

_BLOCK = 200
_ATTEMPTS_MAX = 12
_BACKOFF_MS = (100, 500, 2_000, 10_000, 60_000, 300_000)
_FRESH = text("SELECT id, kind, payload FROM outbox WHERE dispatched = 0 ORDER BY id LIMIT :block")
_CLAIM = text("UPDATE outbox SET dispatched = 1 WHERE id IN :ids AND dispatched = 0").bindparams(
    bindparam("ids", expanding=True)
)
_OWE = text(
    "INSERT INTO delivery (outbox_id, consumer, next_at) VALUES (:outbox_id, :consumer, :at) "
    "ON CONFLICT (outbox_id, consumer) DO NOTHING"
)
_DUE = text(
    "SELECT d.id, d.consumer, d.attempts, o.kind, o.payload FROM delivery d JOIN outbox o ON o.id = d.outbox_id "
    "WHERE d.state = 'pending' AND d.next_at <= :now ORDER BY d.outbox_id, d.id LIMIT :block"
)
_TAKE = text(
    "UPDATE delivery SET state = 'done', attempts = attempts + 1, error = NULL "
    "WHERE id = :id AND state = 'pending' AND next_at <= :now AND attempts = :attempts"
)
_FAIL = text(
    "UPDATE delivery SET state = :state, attempts = attempts + 1, next_at = :next_at, error = :error "
    "WHERE id = :id AND state = 'pending' AND attempts = :attempts"
)
"""Of several server processes that read one delivery at one moment one tries it; what it came to counts once."""
_PENDING = text("SELECT COUNT(*) FROM delivery WHERE state = 'pending'")
_UNDISPATCHED = text("SELECT COUNT(*) FROM outbox WHERE dispatched = 0")


@dataclass(frozen=True, slots=True)
class _Due:
    id: int
    consumer: str
    attempts: int
    event: Event


class Dispatcher:
    """A thread that turns outbox rows into deliveries and runs each in its own transaction.

    `consumers` says by the event's name who acts on it: {"OrderAccepted": {"wms.release": function}}. The
    delivery is marked done in the transaction of what the consumer did, so a kill in between repeats nothing.
    """

    def __init__(self, database: Database, consumers: Mapping[str, Mapping[str, Consumer]]) -> None:
        self._database = database
        self._consumers = consumers
        self._wake = threading.Event()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        database.listen(self._committed)

    def start(self) -> None:
        """Begins to dispatch in the background."""
        self._thread = threading.Thread(target=self._run, name="dispatcher", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends after the delivery under way."""
        self._ended.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def drain(self) -> None:
        """Dispatches until nothing is due; for tests and for commands that must not leave work behind."""
        while self._dispatch() + self._deliver():
            pass

    def waiting(self) -> int:
        """How many events and deliveries are not finished."""
        return self._database.read(lambda tx: int(tx.scalar(_PENDING)) + int(tx.scalar(_UNDISPATCHED)))

    def _committed(self, tx: Tx) -> None:
        if tx.has_emitted:
            self._wake.set()

    def _run(self) -> None:
        while not self._ended.is_set():
            self._wake.wait(timeout=0.5)
            self._wake.clear()
            try:
                self.drain()
            except Unavailable as error:
                log.warning("events wait: the database is away", extra={"why": str(error)})
                self._ended.wait(1)
            except Exception:
                log.exception("the dispatcher met an error and goes on")
                self._ended.wait(1)

    def _dispatch(self) -> int:
        if not self._database.read(lambda tx: tx.row(_FRESH, block=1)):
            return 0
        return self._database.write(self._owe, backlog=True)

    def _owe(self, tx: Tx) -> int:
        fresh = tx.rows(_FRESH, block=_BLOCK)
        owed = [{"outbox_id": row.id, "consumer": consumer, "at": tx.now}
                for row in fresh for consumer in self._consumers.get(row.kind, ())]
        if owed:
            tx.execute(_OWE, owed)
        tx.execute(_CLAIM, {"ids": in_list(row.id for row in fresh)})
        return len(fresh)

    def _deliver(self) -> int:
        due = self._database.read(self._due)
        for delivery in due:
            if self._ended.is_set():
                return 0
            self._deliver_one(delivery)
        return len(due)

    def _due(self, tx: Tx) -> Sequence[_Due]:
        return [_Due(row.id, row.consumer, row.attempts, from_payload(row.kind, json.loads(row.payload)))
                for row in tx.rows(_DUE, now=tx.now, block=_BLOCK)]

    def _deliver_one(self, due: _Due) -> None:
        consumer = self._consumers.get(type(due.event).__name__, {}).get(due.consumer)

        def work(tx: Tx) -> None:
            if tx.changed(_TAKE, id=due.id, now=tx.now, attempts=due.attempts) and consumer is not None:
                consumer(tx, due.event)

        try:
            self._database.write(work, actor=Actor(due.consumer), backlog=True)
        except Unavailable:
            raise
        except Exception as error:
            log.exception("%s could not handle %s", due.consumer, due.event)
            self._postpone(due, error)

    def _postpone(self, due: _Due, error: Exception) -> None:
        wait = _BACKOFF_MS[min(due.attempts, len(_BACKOFF_MS) - 1)]
        state = "dead" if due.attempts + 1 >= _ATTEMPTS_MAX else "pending"
        self._database.write(lambda tx: tx.execute(
            _FAIL, {"id": due.id, "attempts": due.attempts, "state": state, "next_at": tx.now + wait, "error": str(error)[:500]}), backlog=True)
