"""Tables of an earlier version are brought up to this one: always old or new, whenever the process is killed."""

import multiprocessing
import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from server.app import App, Settings
from server.kernel.database import Database
from server.kernel.migrations import upgrade
from server.kernel.tables import row_counts, rows_of, tables_of
from server.kernel.version import head_revision, known_revisions
from server.stock.seals import ledger_hash
from tests.cli.broken import gave_up
from tests.cli.killed import killed_upgrade
from tests.databases.postgres import PostgresServer
from tests.invariants import broken_invariants
from tests.warehouse import ITEMS, Warehouse
from tests.workflows.test_outbound import pack_and_ship

KILLS = int(os.environ.get("AISLE_KILLS", "2"))
FIRST_CHANGE, CHANGES = 6, 13
"""The statement that changes something first, and how many there are at least from version 0001 on."""
EARLIER = sorted(known_revisions() - {head_revision()})
SHOWN_WHOLE = [EARLIER[0], EARLIER[len(EARLIER) // 2], EARLIER[-1]]
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.cli.killed"])


@pytest.fixture(scope="module")
def full(sqlite_warehouse, tmp_path_factory):
    """A database of this version in the middle of a day; tests only read it."""
    path = tmp_path_factory.mktemp("full") / "aisle.db"
    shutil.copy(sqlite_warehouse, path)
    database = Database(f"sqlite:///{path}")
    house = Warehouse(database).open()
    pack_and_ship(house, house.picked("S-0"), "TOTE-5", [ITEMS["SOAP"], ITEMS["TEA"]])
    house.order("S-1", ("SOAP", 2))
    yield database
    database.close()


@pytest.fixture(scope="module")
def early(tmp_path_factory):
    """Makes SQLite databases with the empty tables of a version: each goes on from the nearest one that was made before."""
    folder = tmp_path_factory.mktemp("early")

    def make(path: Path, revision: str) -> None:
        made = folder / f"{revision}.db"
        if not made.exists():
            nearest = max((name for name in EARLIER if name < revision and (folder / f"{name}.db").exists()), default=None)
            if nearest is not None:
                shutil.copy(folder / f"{nearest}.db", path)
            upgrade(f"sqlite:///{path}", revision)
            shutil.copy(path, made)
        shutil.copy(made, path)

    return make


@pytest.fixture
def earlier(request, tmp_path, full, early):
    """Makes databases of an earlier version in the middle of a day, of both kinds."""
    def make(engine: str, revision: str) -> str:
        if engine == "sqlite":
            early(tmp_path / "old.db", revision)
            url = f"sqlite:///{tmp_path}/old.db"
        else:
            server: PostgresServer = request.getfixturevalue("postgres_server")
            name = f"empty_{abs(hash(request.node.name))}"
            server.execute(f"CREATE DATABASE {name}")
            upgrade(url := server.url(name), revision)
        fill(url, revision, full)
        return url

    return make


def as_it_was(revision: str, table: str, value: Any) -> Any:
    """Labels that wait had another word before version 0011."""
    return "waiting" if (table, value) == ("print_job", "queued") and revision < "0011" else value


def fill(url: str, revision: str, full: Database) -> None:
    """Into tables of an earlier version comes what they have in common with this one's."""
    database = Database(url)

    def work(tx):
        old = {table.name: table for table in tables_of(tx)}
        if not database.is_sqlite:
            tx.execute(text("SET session_replication_role = replica"))
        else:
            tx.execute(text("PRAGMA defer_foreign_keys = ON"))
        for table in full.read(tables_of):
            common = [name for name in table.columns if table.name in old and name in old[table.name].columns]
            if not common:
                continue
            rows = full.read(lambda here, table=table: [list(row) for row in rows_of(here, table)])
            kept = [{name: as_it_was(revision, table.name, row[table.columns.index(name)]) for name in common} for row in rows]
            names, places = ", ".join(f'"{name}"' for name in common), ", ".join(f":{name}" for name in common)
            if kept:
                tx.query(text(f'INSERT INTO "{table.name}" ({names}) VALUES ({places})'), kept)

    database.write(work)
    database.close()


TABLES = {"sqlite": "SELECT name, sql FROM sqlite_master ORDER BY name",
          "postgresql": "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' "
                        "UNION ALL SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2, 3"}


def shape(url: str) -> tuple[str | None, list]:
    """The version that the database says, and what its tables really are."""
    engine = create_engine(url)
    with engine.connect() as connection:
        tables = [tuple(row) for row in connection.execute(text(TABLES[engine.dialect.name]))]
        revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
        integrity = connection.scalar(text("PRAGMA integrity_check")) if url.startswith("sqlite") else "ok"
    engine.dispose()
    assert integrity == "ok"
    return revision, tables


def upgraded_in_a_process(url: str, statement: int) -> int | None:
    process = PROCESSES.Process(target=killed_upgrade, args=(url, statement))
    process.start()
    process.join(timeout=60)
    return process.exitcode


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_kill_at_any_statement_leaves_the_old_tables_whole_and_the_next_try_brings_the_new(engine, earlier, aisle, tmp_path, monkeypatch):
    url = earlier(engine, "0001")
    monkeypatch.setenv("AISLE_VAR", str(tmp_path))
    old, counts = shape(url), Database(url)
    before = counts.read(row_counts)
    counts.close()
    for number in range(KILLS):
        assert upgraded_in_a_process(url, FIRST_CHANGE + 1 + number * max(1, CHANGES // KILLS)) == -signal.SIGKILL
        assert shape(url) == old
    told = aisle(url, "upgrade", "--json")
    assert (told.code, told.json["before"], told.json["now"]) == (0, "0001", head_revision()), told.errors
    app = App(Settings(database_url=url, var_folder=tmp_path, client_folder=tmp_path))
    assert app.web.test_client().get("/readyz").json["reasons"] == []
    after = app.database.read(row_counts)
    assert {name: after[name] for name in before if name != "setting"} == {name: rows for name, rows in before.items() if name != "setting"}
    assert broken_invariants(app.database) == []
    app.database.close()


@pytest.mark.parametrize("revision", EARLIER)
def test_a_database_of_every_earlier_version_is_upgraded_after_a_backup_that_can_be_restored(revision, earlier, full, aisle, tmp_path):
    """That the backup can be restored, and its tables brought up, `aisle upgrade` itself proves: some are restored once more."""
    url = earlier("sqlite", revision)
    told = aisle(url, "upgrade", "--json")
    assert (told.code, told.json["now"]) == (0, head_revision()), told.errors
    assert ledger_hash_at(url) == full.read(ledger_hash)
    if revision in SHOWN_WHOLE:
        back = aisle(f"sqlite:///{tmp_path}/back/aisle.db", "restore", told.json["backup"], "--json")
        assert (back.code, back.json["ledger_hash"]) == (0, full.read(ledger_hash))


def ledger_hash_at(url: str) -> str:
    database = Database(url)
    found = database.read(ledger_hash)
    database.close()
    return found


def test_tables_of_this_version_are_left_alone(sqlite_url, aisle, tmp_path):
    told = aisle(sqlite_url, "upgrade", "--json")
    assert told.json == {"before": head_revision(), "now": head_revision(), "backup": None, "warnings": []}
    assert not (tmp_path / "backups").exists()


def test_a_backup_from_before_an_upgrade_is_never_cleared_away(earlier, aisle, tmp_path):
    url = earlier("sqlite", EARLIER[-1])
    file = aisle(url, "upgrade", "--json").json["backup"]
    os.utime(file, (0, 0))
    aisle(url, "backup")
    assert Path(file).exists()


def test_upgrades_that_are_tried_again_and_again_leave_one_copy_that_does_not_add_up(earlier, aisle, tmp_path):
    url = earlier("sqlite", EARLIER[-1])
    database = Database(url)
    database.write(lambda tx: tx.execute(text("UPDATE balance SET quantity = quantity + 1")))
    database.close()
    assert [aisle(url, "upgrade").code for _ in range(2)] == [1, 1]
    assert [path.name for path in (tmp_path / "backups").iterdir()] == ["before-upgrade.db.gz.unsound"]


def test_an_old_database_that_does_not_add_up_stays_as_it_was(earlier, aisle, tmp_path):
    url = earlier("sqlite", EARLIER[-1])
    database = Database(url)
    database.write(lambda tx: tx.execute(text("UPDATE balance SET quantity = quantity + 1")))
    database.close()
    told = aisle(url, "upgrade")
    assert (told.code, shape(url)[0]) == (1, EARLIER[-1])
    assert "I1" in told.errors


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_tables_are_upgraded_though_a_consumer_gave_up_which_is_warned_of(engine, earlier, aisle, tmp_path, monkeypatch):
    url = earlier(engine, EARLIER[-1])
    monkeypatch.setenv("AISLE_VAR", str(tmp_path))
    database = Database(url)
    gave_up(database)
    database.close()
    told = aisle(url, "upgrade", "--json")
    assert (told.code, told.json["now"]) == (0, head_revision()), told.errors
    assert len(told.json["warnings"]) == 1
    assert "I12" in told.json["warnings"][0] and "I12" in told.errors


@pytest.mark.parametrize(("revision", "wanted"), [("9999", "A newer Aisle has been at this database"), ("0001", "aisle upgrade")])
def test_the_server_does_not_start_on_tables_of_another_version(revision, wanted, sqlite_url, aisle):
    database = Database(sqlite_url)
    database.write(lambda tx: tx.execute(text("UPDATE alembic_version SET version_num = :one"), {"one": revision}))
    database.close()
    told = aisle(sqlite_url, "serve", "--port", "0")
    assert told.code == 1
    assert wanted in told.errors


def test_a_newer_database_is_not_touched_by_an_older_program(sqlite_url, aisle):
    database = Database(sqlite_url)
    database.write(lambda tx: tx.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    database.close()
    assert [aisle(sqlite_url, command).code for command in ("upgrade", "init")] == [1, 1]
    assert shape(sqlite_url)[0] == "9999"
