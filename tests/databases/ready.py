"""PostgreSQL databases made ahead of the tests that will ask for them: making one takes longer than most tests."""

import queue
import threading
from itertools import count
from typing import Any

import psycopg

from tests.databases.postgres import PostgresServer
from tests.databases.room import room_in_memory

_AHEAD = 4


class ReadyDatabases:
    """A thread that keeps some fresh copies of a template waiting, and takes away what a test has done with."""

    def __init__(self, server: PostgresServer, template: str, ahead: int = _AHEAD) -> None:
        self._server, self._template = server, template
        # by files is quicker than by the log unless the flush that it begins with has a disk to wait for
        self._strategy = "FILE_COPY" if room_in_memory() else "WAL_LOG"
        self._ready: queue.Queue[str | Exception] = queue.Queue(ahead)
        self._over: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ready-databases", daemon=True)
        self._thread.start()

    def take(self) -> str:
        """The address of a database that nobody else has; what went wrong while it was made is raised here."""
        made = self._ready.get(timeout=120)
        if isinstance(made, Exception):
            raise made
        return self._server.url(made)

    def give_back(self, url: str) -> None:
        """Nobody needs the database any more."""
        self._over.put(url.partition("?")[0].rpartition("/")[2])

    def stop(self) -> None:
        self._ended.set()
        while self._thread.is_alive():
            try:
                self._ready.get(timeout=0.1)
            except queue.Empty:
                continue
        self._thread.join()

    def _run(self) -> None:
        try:
            with self._server.connect() as connection:
                self._make(connection)
        except psycopg.Error as error:  # told to the test that asks next
            self._ready.put(error)

    def _make(self, connection: psycopg.Connection[Any]) -> None:
        for number in count():
            if self._ended.is_set():
                return
            while not self._over.empty():
                connection.execute(f"DROP DATABASE IF EXISTS {self._over.get()} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {self._template}_{number} TEMPLATE {self._template} STRATEGY {self._strategy}")
            self._ready.put(f"{self._template}_{number}")
