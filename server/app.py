"""Builds everything: the only file that names every part."""

import hashlib
import json
import logging
import threading
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from flask import Flask

from server import workflows
from server.api import Parts, SetupLink, make_web
from server.api.parts import callers_limits
from server.dashboard.around import Around
from server.dashboard.board import Board
from server.dashboard.figures import figures
from server.floor.engine import FloorEngine
from server.floor.registry import discover
from server.kernel.clock import DAY, MINUTE, Clock
from server.kernel.database import Database
from server.kernel.dispatcher import Dispatcher
from server.kernel.errors import Unavailable
from server.kernel.jobs import JobRunner, LongJobRunner, add_job
from server.kernel.transaction import Tx
from server.oms.desk import Desk
from server.oms.rounds import Rounds
from server.printing.spooler import Spooler
from server.reactions import CONSUMERS, JOBS, LONG_JOBS
from server.realtime.bell import Bell
from server.realtime.socket import Socket
from server.realtime.web import Whole
from server.settings import Settings
from server.stations.host import Stations
from server.wms.order_floor import FLOOR

__all__ = ["App", "Background", "Settings"]

log = logging.getLogger("aisle.server")

_AGAIN_SECONDS = 1.0
_RELEASE_SECONDS = 2
_SEAL_SECONDS = 60
_COUNTS_SECONDS = 86_400
_EXPIRE_SECONDS = 86_400
_SUMS_SECONDS = 300
_TOGETHER_SECONDS = 300
_BACKORDERS_SECONDS = 60
_TENDING_SECONDS = 60
_COLLECTIONS_SECONDS = 600


class Background(Protocol):
    """A thread behind the server."""

    def start(self) -> None:
        """Begins its work."""

    def stop(self) -> None:
        """Ends after what is under way."""


class App:
    """A running house: web application, socket, and the threads behind them."""

    def __init__(self, settings: Settings, *, clock: Clock | None = None) -> None:
        self.settings = settings
        self.database = Database(settings.database_url, clock=clock)
        self.database.measure(settings.measures)
        self.engine = FloorEngine(self.database, discover(workflows), settings.measures)
        build = build_of(settings.client_folder)
        self.board = Board(self.database, Around(build, settings.var_folder, settings.backup_hours),
                           is_one_of_many=settings.intercom is not None or settings.message_queue_url is not None)
        self.desk = Desk(self.database, FLOOR, clock=clock, folder=settings.var_folder / "channels")
        self.parts = Parts(self.database, self.engine, settings.client_folder, settings.var_folder,
                           build, figures, self.board.look, self.desk, is_secure=settings.is_secure, origins=settings.origins,
                           setup=SetupLink(settings.setup_token), measures=settings.measures, backup_hours=settings.backup_hours,
                           https=settings.https, keeps_pages=settings.keeps_pages, callers=callers_limits(settings.requests_a_second))
        self.web: Flask = make_web(self.parts)
        self.socket = Socket(self.database, self.engine, build=self.parts.build, message_queue=settings.message_queue_url,
                             origins=settings.origins, measures=settings.measures)
        self.asgi = Whole(self.web, self.socket)
        self.dispatcher = Dispatcher(self.database, CONSUMERS)
        self._ended = threading.Event()
        self._threads: list[Background] = [
            self.dispatcher, JobRunner(self.database, JOBS), LongJobRunner(self.database, LONG_JOBS), Spooler(self.database),
            Stations(self.database, self.engine), Rounds(self.database, self.desk),
            Bell(self.database, self.socket, settings.measures,
                 settings.intercom if settings.message_queue_url is None else None)]

    def add(self, thread: Background) -> None:
        """One more thread behind the server."""
        self._threads.append(thread)

    def start(self) -> None:
        """Starts the background threads. What they do by the clock is noted now, or as soon as the database takes a write."""
        try:
            self.database.write(_plan_jobs)
        except Unavailable as error:
            log.error("the server's regular work waits for the database, which takes none: %s", error)  # noqa: TRY400 - its fault, not ours
            threading.Thread(target=self._plan_later, name="plans", daemon=True).start()
        for thread in self._threads:
            thread.start()

    def _plan_later(self) -> None:
        """Until then the server answers: who takes a dead process's place is sent handhelds at once, and reading goes on."""
        while not self._ended.wait(_AGAIN_SECONDS):
            with suppress(Unavailable):
                self.database.write(_plan_jobs)
                return

    def stop(self) -> None:
        """Ends the threads and closes the database."""
        self._ended.set()
        for thread in reversed(self._threads):
            thread.stop()
        self.database.close()


def build_of(client_folder: Path) -> str:
    """Which client is served: as its build says, else a hash of its pages, so that handhelds see that there is a new one."""
    shell = client_folder / "shell.json"
    if shell.is_file():
        return str(json.loads(shell.read_text())["build"])
    digest = hashlib.sha256()
    for name in ("index.html", "dashboard.html"):
        page = client_folder / name
        digest.update(page.read_bytes() if page.is_file() else b"-")
    return digest.hexdigest()[:12]


def _plan_jobs(tx: Tx) -> None:
    add_job(tx, "seal", unique_key="seal", every_seconds=_SEAL_SECONDS, run_at=tx.now + _SEAL_SECONDS * 1000)
    add_job(tx, "release_due", unique_key="release_due", every_seconds=_RELEASE_SECONDS)
    add_job(tx, "plan_counts", unique_key="plan_counts", every_seconds=_COUNTS_SECONDS, run_at=tx.now + _COUNTS_SECONDS * 1000)
    add_job(tx, "date_backorders", unique_key="date_backorders", every_seconds=_BACKORDERS_SECONDS)
    add_job(tx, "want_together", unique_key="want_together", every_seconds=_TOGETHER_SECONDS, run_at=tx.now + _TOGETHER_SECONDS * 1000)
    add_job(tx, "end_collections", unique_key="end_collections", every_seconds=_COLLECTIONS_SECONDS)
    add_job(tx, "want_sums", unique_key="want_sums", every_seconds=_SUMS_SECONDS)
    add_job(tx, "want_tending", unique_key="want_tending", every_seconds=_TENDING_SECONDS)
    add_job(tx, "expire", unique_key="expire", every_seconds=_EXPIRE_SECONDS, run_at=_midnight(tx.now))


def _midnight(now: int) -> int:
    """A few minutes into the next day, when dates have turned."""
    return now - now % DAY + DAY + 5 * MINUTE
