"""Databases in which something was built once in a process of the tests; whoever wants that begins with a copy."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from server.kernel.clock import Clock
from server.kernel.database import Database
from tests.databases.postgres import PostgresServer
from tests.databases.ready import ReadyDatabases

Build = Callable[[Database], object]
_AHEAD = 2


class Copies:
    """Of each thing that was built: a file, or PostgreSQL databases that are made ahead."""

    def __init__(self, factory: pytest.TempPathFactory) -> None:
        self._factory, self._files, self._ready = factory, dict[Build, Path](), dict[Build, ReadyDatabases]()

    def file(self, template: Path, build: Build, clock: Clock | None = None) -> Path:
        """An SQLite file that began as the template."""
        if build not in self._files:
            path = self._factory.mktemp("built") / "template.db"
            shutil.copy(template, path)
            built(f"sqlite:///{path}", build, clock)
            self._files[build] = path
        return self._files[build]

    def ready(self, server: PostgresServer, template: str, build: Build, clock: Clock | None = None) -> ReadyDatabases:
        """PostgreSQL databases that began as the template."""
        if build not in self._ready:
            name = f"built_{len(self._ready)}"
            server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
            built(server.url(name), build, clock)
            self._ready[build] = ReadyDatabases(server, name, _AHEAD)
        return self._ready[build]

    def stop(self) -> None:
        for one in self._ready.values():
            one.stop()


def built(url: str, build: Build, clock: Clock | None = None) -> None:
    database = Database(url, clock=clock)
    build(database)
    if database.is_sqlite:  # all of it in the one file that is copied
        with database.writing.connect() as connection:
            connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
