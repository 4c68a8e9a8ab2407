"""What all tests share: a database of their own on each engine, and the shared data where it is."""

import gc
import os
import shutil
from collections.abc import Callable, Generator, Iterator
from functools import cache, partial
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings

from server.kernel import postgres
from server.kernel.clock import Clock
from server.kernel.database import Database
from server.kernel.migrations import upgrade
from server.masterdata import people
from simulators.house import House
from tests.databases.copies import Build, Copies, built
from tests.databases.postgres import PostgresServer
from tests.databases.ready import ReadyDatabases
from tests.databases.remembered import remember
from tests.databases.room import room_in_memory, sweep
from tests.forks.client import popen
from tests.invariants import broken_invariants
from tests.warehouse import Warehouse

ROOT = Path(__file__).resolve().parent.parent
if room := room_in_memory():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", room)  # tmp_path is made below it


class RememberingHasher(PasswordHasher):
    """The people of tests have the same few secrets: each is hashed once, and once found right; a wrong one takes as long as in life."""

    hash = cache(PasswordHasher.hash)
    verify = cache(PasswordHasher.verify)


people._hasher = RememberingHasher(**{name: getattr(people._hasher, name) for name in ("time_cost", "memory_cost", "parallelism")})


House.popen = staticmethod(popen)
postgres._PATIENCE["connect_timeout"], postgres._FREE_SECONDS = 30, 30.0  # a busy machine answers late, which is no fault of a test
if settings.get_current_profile_name() == "default":  # as Hypothesis itself has it where CI is set: a busy machine is slow, which is no fault of a test
    settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("busy")
remember()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    if room := room_in_memory():
        sweep(room)
    server = PostgresServer(within=room)
    server.execute("ALTER SYSTEM SET autovacuum = off")  # it would look after databases that live for seconds
    server.execute("SELECT pg_reload_conf()")
    server.execute("CREATE DATABASE template_aisle")
    upgrade(server.url("template_aisle"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_warehouses(postgres_server: PostgresServer) -> Iterator[ReadyDatabases]:
    """With the warehouse of tests/warehouse.py in them."""
    postgres_server.execute("CREATE DATABASE warehouse TEMPLATE template_aisle")
    built(postgres_server.url("warehouse"), warehouse)
    ready = ReadyDatabases(postgres_server, "warehouse")
    yield ready
    ready.stop()


@pytest.fixture(scope="session")
def sqlite_warehouse(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    path = tmp_path_factory.mktemp("warehouse") / "template.db"
    shutil.copy(sqlite_template, path)
    built(f"sqlite:///{path}", warehouse)
    return path


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


@pytest.fixture(scope="session")
def copies(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copies]:
    copies = Copies(tmp_path_factory)
    yield copies
    copies.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh, migrated database: every test that asks for it runs on SQLite and on PostgreSQL."""
    return fresh_url(request, str(request.param), tmp_path)


def fresh_url(request: pytest.FixtureRequest, engine: str, tmp_path: Path, *, has_warehouse: bool = False, build: Build | None = None,
              clock: Clock | None = None) -> str:
    """With the warehouse it is `Warehouse.open` that finds it there, which is quicker than to build it.

    What `build` makes in a database it makes once in a process; it is found in the copy as well.
    """
    copies: Copies = request.getfixturevalue("copies")
    if engine == "sqlite":
        path, template = tmp_path / "aisle.db", request.getfixturevalue("sqlite_warehouse" if has_warehouse else "sqlite_template")
        shutil.copy(template if build is None else copies.file(template, build, clock), path)
        return f"sqlite:///{path}"
    ready: ReadyDatabases = request.getfixturevalue("postgres_warehouses" if has_warehouse else "postgres_databases")
    if build is not None:
        ready = copies.ready(request.getfixturevalue("postgres_server"), "warehouse" if has_warehouse else "template_aisle", build, clock)
    url = ready.take()
    request.addfinalizer(partial(ready.give_back, url))
    return url


def warehouse(database: Database) -> None:
    Warehouse(database).open()


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


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Next to nothing of what is made while tests are looked for is garbage: to look for some as well takes a third of the time."""
    gc.disable()
    found = yield
    gc.enable()
    return found


def pytest_collection_finish() -> None:
    """What stands now stays until the end: the garbage collector need not walk through it again and again."""
    gc.collect()
    gc.freeze()
