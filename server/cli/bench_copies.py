"""One database built once and copied for each measurement."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from server.cli.bench_verify import made_on
from server.kernel.database import Database
from server.kernel.migrations import upgrade

T = TypeVar("T")


class Template:
    """An empty database to fill: a file, or a database on a PostgreSQL server. Nobody may use it while it is copied."""

    def __init__(self, folder: Path, server_url: str | None) -> None:
        self._folder, self._server_url, self._copies = folder, server_url, 0
        self.kind = "sqlite" if server_url is None else "postgresql"
        self._held = ExitStack()
        self.url = f"sqlite:///{folder / 'template.db'}"

    def __enter__(self) -> Self:
        if self._server_url is not None:
            self.url = self._held.enter_context(made_on(self._server_url))
        upgrade(self.url)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._held.close()

    def filled(self, work: Callable[[Database], T]) -> T:
        """Fills the database by `work`; what that returns."""
        database = Database(self.url)
        try:
            built = work(database)
        finally:
            database.close()
        self._settle()
        return built

    def _settle(self) -> None:
        """What PostgreSQL does by itself in the minutes after so many rows."""
        if self.kind == "postgresql":
            engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
            with engine.connect() as connection:
                connection.exec_driver_sql("SET statement_timeout = 0")
                connection.exec_driver_sql("VACUUM ANALYZE")
            engine.dispose()

    @contextmanager
    def copy(self) -> Iterator[str]:
        """The address of a copy, gone afterwards."""
        self._copies += 1
        if self._server_url is not None:
            with made_on(self._server_url, template=make_url(self.url).database) as url:
                yield url
            return
        folder = self._folder / f"copy{self._copies}"
        folder.mkdir()
        shutil.copy(self._folder / "template.db", folder / "aisle.db")
        os.sync()  # or the disk would still write gigabytes under what is measured
        yield f"sqlite:///{folder / 'aisle.db'}"
        shutil.rmtree(folder)
