"""Work that only one of several server processes may do at a time: whoever holds the lease; another takes over when it ends."""

import json

from sqlalchemy import text

from server.kernel.clock import SECOND
from server.kernel.database import Database
from server.kernel.ids import new_secret
from server.kernel.transaction import Tx

_HELD_MS = 15 * SECOND  # longer than the slowest label takes
_RENEW_MS = 5 * SECOND
_HELD = text("SELECT value FROM setting WHERE name = :name")
_FIRST = text("INSERT INTO setting (name, value) VALUES (:name, :value) ON CONFLICT (name) DO NOTHING")
_TAKE = text("UPDATE setting SET value = :value WHERE name = :name AND value = :before")


class Lease:
    """On PostgreSQL a row that names the process and until when, on SQLite a lock that ends with the process."""

    def __init__(self, database: Database, name: str) -> None:
        self._database, self._name = database, f"lease.{name}"
        self._lock = database.lock(name)
        self._me = new_secret("process", 64)
        self._renew_at = self._until = 0

    def is_mine(self) -> bool:
        """Whether this process may do the work now; takes or renews the lease when it is time."""
        if self._lock is not None:
            return self._lock.try_to_keep()
        now = self._database.clock.now()
        if now >= self._renew_at and not self._database.write(self._take, backlog=True):
            self._until = 0
        return now < self._until

    def give_up(self) -> None:
        """Lets another take over at once."""
        if self._lock is not None:
            self._lock.let_go()
        elif self._until:
            self._until = 0
            self._database.write(lambda tx: tx.execute(_TAKE, {
                "name": self._name, "before": self._value(self._renew_at - _RENEW_MS), "value": json.dumps(["", 0])}))

    def _take(self, tx: Tx) -> bool:
        """Of two that find it free, the one whose row changes first holds it."""
        found = tx.scalar(_HELD, name=self._name)
        if found is None:
            tx.execute(_FIRST, {"name": self._name, "value": json.dumps(["", 0])})
            found = tx.scalar(_HELD, name=self._name)
        holder, until = json.loads(found)
        if holder != self._me and tx.now < until <= tx.now + 2 * _HELD_MS:  # later than anybody may hold it: a clock was ahead
            return False
        if not tx.changed(_TAKE, name=self._name, before=found, value=self._value(tx.now)):
            return False
        self._renew_at, self._until = tx.now + _RENEW_MS, tx.now + _HELD_MS
        return True

    def _value(self, now: int) -> str:
        return json.dumps([self._me, now + _HELD_MS])
