"""PostgreSQL databases made ahead of the tests that will ask for them: making one takes longer than most tests."""

import queue
import threading
from itertools import count

import psycopg

from tests.databases.postgres import PostgresServer

_AHEAD = 4


class ReadyDatabases:
    """A thread that keeps some fresh copies of a template waiting."""

    def __init__(self, server: PostgresServer, template: str) -> None:
        self._server, self._template = server, template
        self._ready: queue.Queue[str | Exception] = queue.Queue(_AHEAD)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._make, name="ready-databases", daemon=True)
        self._thread.start()

    def take(self) -> str:
        """The address of a database that nobody else has; what went wrong while it was made is raised here."""
        made = self._ready.get(timeout=120)
        if isinstance(made, Exception):
            raise made
        return self._server.url(made)

    def stop(self) -> None:
        self._ended.set()
        while self._thread.is_alive():
            try:
                self._ready.get(timeout=0.1)
            except queue.Empty:
                continue
        self._thread.join()

    def _make(self) -> None:
        for number in count():
            if self._ended.is_set():
                return
            name = f"test_{number}"
            try:
                self._server.execute(f"CREATE DATABASE {name} TEMPLATE {self._template}")
            except psycopg.Error as error:  # told to the test that asks next
                self._ready.put(error)
                return
            self._ready.put(name)
