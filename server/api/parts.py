"""What the API needs from the rest of the house, and how a request reaches it."""

import threading
import time
from collections.abc import Callable, Mapping
from contextvars import copy_context
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from flask import current_app, g

from server.floor.engine import FloorEngine
from server.kernel.database import Database
from server.kernel.errors import NotAllowed, TooMany, Unavailable
from server.kernel.ids import new_secret
from server.kernel.measures import Measures
from server.kernel.transaction import Actor, Tx
from server.masterdata.callers import Caller
from server.masterdata.limits import (
    BURST_SECONDS,
    GUESSES_A_SECOND,
    GUESSES_AT_ONCE,
    HTTP_BURST,
    HTTP_RATE_A_SECOND,
    LOOKUPS_A_SECOND,
    LOOKUPS_AT_ONCE,
    REQUESTS_A_SECOND,
    Limits,
)
from server.masterdata.sites import sites
from server.oms.desk import Desk
from server.settings import Https
from server.wms.cartons.advising import Advising

T = TypeVar("T")


class OneWarehouseOnly(NotAllowed):
    """What cannot be shown by warehouse is shown only to those who see all."""

    code = "one_warehouse_only"


def callers_limits(rate: float) -> Limits:
    """How many requests a person, a key or a device may send."""
    return Limits(rate, rate * BURST_SECONDS, "You send too many requests. Wait a moment, then go on.")


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
class Parts:
    """The database, the floor, where the built client lies, and what to tell about this server."""

    database: Database
    engine: FloorEngine
    client_folder: Path
    var_folder: Path
    build: str
    figures: Callable[[Tx, int], dict[str, Any]]
    board: Callable[[int, Mapping[str, str]], dict[str, Any]]
    desk: Desk
    is_secure: bool = False
    origins: tuple[str, ...] = ()
    limits: Limits = field(default_factory=lambda: Limits(HTTP_RATE_A_SECOND, HTTP_BURST))
    callers: Limits = field(default_factory=lambda: callers_limits(REQUESTS_A_SECOND))
    guesses: Limits = field(default_factory=lambda: Limits(
        GUESSES_A_SECOND, GUESSES_AT_ONCE, "Too many wrong codes came from here. Wait a little, then try again."))
    sign_ins: Limits = field(default_factory=lambda: Limits(
        GUESSES_A_SECOND, GUESSES_AT_ONCE, "Too many wrong sign-ins came from here. Wait a little, then try again."))
    lookups: Limits = field(default_factory=lambda: Limits(
        LOOKUPS_A_SECOND, LOOKUPS_AT_ONCE, "Too many wrong numbers came from here. Wait a little, then try again."))
    setup: SetupLink = field(default_factory=SetupLink)
    measures: Measures = field(default_factory=Measures)
    advising: Advising = field(default_factory=Advising)
    backup_hours: float = 0
    https: Https | None = None
    keeps_pages: bool = True


def parts() -> Parts:
    """The parts of the running application."""
    found: Parts = current_app.extensions["aisle"]
    return found


def caller() -> Caller:
    """Who makes this request."""
    found: Caller = g.caller
    return found


def guard_reach(site_id: int | None) -> None:
    """NotAllowed where a caller of one warehouse would reach further: into another, or (None) into all."""
    if caller().bound_to not in (None, site_id):
        raise NotAllowed("You administer one warehouse. Name it, and only its own people and keys.")


def guess(wanted: Callable[[], T], limits: Limits) -> T:
    """Tries a secret that somebody may only be guessing: TooMany after many wrong ones from one address."""
    where = caller().address
    limits.take(where, 1, time.monotonic())
    try:
        found = wanted()
    except (TooMany, Unavailable):  # nobody looked at it, so that it was no guess
        limits.give_back(where, 1)
        raise
    limits.give_back(where, 1)
    return found


def one_warehouse_only() -> None:
    """OneWarehouseOnly for a caller who sees one warehouse of several."""
    if caller().site_id is not None and len(read(sites)) > 1:
        raise OneWarehouseOnly("This tells of every warehouse, and you see one. Use a key that is not bound to a warehouse.")


def read(work: Callable[[Tx], T]) -> T:
    """Runs a query for this request."""
    return parts().database.read(work)


def write(work: Callable[[Tx], T], *, lane: str = "") -> T:
    """Runs a change in the name of who makes this request; those of one lane follow one another."""
    me = caller()
    actor = Actor(me.name, worker_id=me.worker_id, device_id=me.device_id, address=me.address)
    here = copy_context()  # on SQLite the work runs on the writer's own thread, which knows no request
    return parts().database.write(lambda tx: here.run(work, tx), actor=actor, lane=lane)


def as_dicts(rows: list[Any]) -> list[dict[str, Any]]:
    """Rows as JSON objects."""
    return [dict(row._mapping) for row in rows]
