"""What all tests share: a database of their own on each engine, and the shared data where it is."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from server.kernel.database import Database
from server.kernel.migrations import upgrade
from tests.databases.postgres import PostgresServer
from tests.databases.ready import ReadyDatabases
from tests.invariants import broken_invariants

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    server = PostgresServer()
    server.execute("CREATE DATABASE template_aisle")
    upgrade(server.url("template_aisle"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_databases(postgres_server: PostgresServer) -> Iterator[ReadyDatabases]:
    ready = ReadyDatabases(postgres_server, "template_aisle")
    yield ready
    ready.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh, migrated database: every test that asks for it runs on SQLite and on PostgreSQL."""
    return fresh_url(request, str(request.param), tmp_path)


def fresh_url(request: pytest.FixtureRequest, engine: str, tmp_path: Path) -> str:
    if engine == "sqlite":
        path = tmp_path / "aisle.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    ready: ReadyDatabases = request.getfixturevalue("postgres_databases")
    return ready.take()


@pytest.fixture
def sqlite_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh, migrated SQLite database: for what the kind of database has no part in."""
    return fresh_url(request, "sqlite", tmp_path)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database whose invariants are checked when the test is over."""
    database = Database(database_url)
    yield database
    broken = broken_invariants(database)
    database.close()
    assert broken == []


@pytest.fixture
def check_invariants() -> Callable[[Database], None]:
    def check(database: Database) -> None:
        assert broken_invariants(database) == []

    return check


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The data folder beside the repository; users do not have it."""
    path = Path(os.environ.get("AISLE_SHARED", ROOT.parent / "shared")) / "data"
    if not path.is_dir():
        pytest.skip("the shared test data is not on this machine")
    return path
