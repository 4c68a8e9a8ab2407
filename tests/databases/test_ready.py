"""What tests are given to work in is fresh, and goes when they are over."""

import os
import sqlite3
import time
from contextlib import closing

import pytest

from server.kernel.database import Database
from server.kernel.migrations import upgrade
from tests.conftest import fresh_url
from tests.databases.room import sweep
from tests.warehouse import Warehouse


def opened(url):
    database = Database(url)
    house = Warehouse(database).open()
    found = house.site_id, house.owner_id, house.items, house.one("SELECT COUNT(*) FROM location"), house.one("SELECT COUNT(*) FROM lpn")
    database.close()
    return found


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_warehouse_that_was_copied_is_as_one_that_was_built(request, tmp_path, engine):
    (tmp_path / "built").mkdir()
    copied = opened(fresh_url(request, engine, tmp_path, has_warehouse=True))
    assert copied == opened(fresh_url(request, engine, tmp_path / "built"))
    assert len(copied[2]) == 3 and copied[3] >= 15


def test_a_database_that_was_given_back_is_taken_away_and_the_next_is_another(postgres_server, postgres_databases):
    first = postgres_databases.take()
    postgres_databases.give_back(first)
    another, ends = postgres_databases.take(), time.monotonic() + 20
    name = first.partition("?")[0].rpartition("/")[2]
    with postgres_server.connect() as connection:
        while connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            assert time.monotonic() < ends
            time.sleep(0.05)
    assert another != first
    postgres_databases.give_back(another)


def test_only_what_a_run_left_a_day_ago_is_swept_away(tmp_path):
    old, young, served, other = (tmp_path / name for name in ("aisle-pg-old", "aisle-pg-young", "aisle-pg-served", "somebody-elses"))
    for folder in (old, young, served, other):
        (folder / "data").mkdir(parents=True)
    (old / "data/postmaster.pid").write_text("4194999\n")  # more than a machine gives
    (served / "data/postmaster.pid").write_text(f"{os.getpid()}\n/data\n")
    for folder in (old, served, other):
        os.utime(folder, (time.time() - 90_000,) * 2)
    sweep(str(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["aisle-pg-served", "aisle-pg-young", "somebody-elses"]


def test_tables_that_were_copied_are_as_those_that_were_made_and_a_database_that_has_some_goes_the_steps(tmp_path):
    for name in ("first", "copied", "later"):
        upgrade(f"sqlite:///{tmp_path}/{name}.db", "0001" if name == "later" else "head")
    assert (tmp_path / "first.db").read_bytes() == (tmp_path / "copied.db").read_bytes()
    before = tables(tmp_path / "later.db")
    upgrade(f"sqlite:///{tmp_path}/later.db")
    assert tables(tmp_path / "later.db") == tables(tmp_path / "first.db") != before


def tables(path):
    with closing(sqlite3.connect(path)) as connection:
        return {name for name, in connection.execute("SELECT name FROM sqlite_master")}
