"""What the API needs from the rest of the house, and how a request reaches it."""

import threading
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from flask import current_app, g

from server.floor.engine import FloorEngine
from server.kernel.database import Database
from server.kernel.ids import new_secret
from server.kernel.measures import Measures
from server.kernel.transaction import Actor, Tx
from server.masterdata.callers import Caller
from server.masterdata.limits import HTTP_BURST, HTTP_RATE_A_SECOND, Limits

T = TypeVar("T")


class SetupLink:
    """The one-time secret with which the first administrator is made."""

    def __init__(self, token: str | None = None) -> None:
        self.token: str | None = token or new_secret("setup")
        self._lock = threading.Lock()

    def take(self, token: str) -> bool:
        """True once, for the right token."""
        with self._lock:
            if self.token is None or token != self.token:
                return False
            self.token = None
            return True

    def give_back(self, token: str) -> None:
        """The set-up failed: the link may be used again."""
        with self._lock:
            self.token = token


@dataclass(frozen=True, slots=True)
class Https:
    """Where pages are served over TLS and where devices learn to trust that; `authority` is our own's certificate (DER)."""

    port: int
    plain_port: int
    authority: bytes
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Parts:
    """The database, the floor, where the built client lies, and what to tell about this server."""

    database: Database
    engine: FloorEngine
    client_folder: Path
    var_folder: Path
    build: str
    figures: Callable[[Tx, int], dict[str, Any]]
    is_secure: bool = False
    origins: tuple[str, ...] = ()
    limits: Limits = field(default_factory=lambda: Limits(HTTP_RATE_A_SECOND, HTTP_BURST))
    setup: SetupLink = field(default_factory=SetupLink)
    measures: Measures = field(default_factory=Measures)
    backup_hours: float = 0
    https: Https | None = None


def parts() -> Parts:
    """The parts of the running application."""
    found: Parts = current_app.extensions["aisle"]
    return found


def caller() -> Caller:
    """Who makes this request."""
    found: Caller = g.caller
    return found


def read(work: Callable[[Tx], T]) -> T:
    """Runs a query for this request."""
    return parts().database.read(work)


def write(work: Callable[[Tx], T]) -> T:
    """Runs a change in the name of who makes this request."""
    me = caller()
    actor = Actor(me.name, worker_id=me.worker_id, device_id=me.device_id, address=me.address)
    here = copy_context()  # on SQLite the work runs on the writer's own thread, which knows no request
    return parts().database.write(lambda tx: here.run(work, tx), actor=actor)


def as_dicts(rows: list[Any]) -> list[dict[str, Any]]:
    """Rows as JSON objects."""
    return [dict(row._mapping) for row in rows]
