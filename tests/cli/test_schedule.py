"""Backups that the server makes by itself, and what is told of them."""

import sys
import time

import pytest
from sqlalchemy import text

from server.app import App, Settings
from server.cli.rotation import moment_of
from server.cli.schedule import Backups
from server.cli.serve import hours_between
from server.kernel.backup_note import backup_warning, is_backup_due, last_backup, last_failure, note_backup
from server.kernel.clock import DAY, HOUR, StillClock, SystemClock
from server.kernel.database import Database
from server.kernel.settings import set_setting
from tests.trust.floor import until
from tests.world import make_world, put

ENDINGS = (".db.gz", ".dump.gz")
PATIENCE = 180
"""A backup lets everybody else go first, here other tests."""


@pytest.fixture
def scheduled(database, tmp_path):
    """Backups that are looked for all the time, and the folder they go to."""
    made = []

    def start(**more):
        made.append(Backups(database, {"AISLE_DB": database.url, "AISLE_VAR": str(tmp_path)}, every_hours=1, calm_ms=0, look_seconds=0.05, **more))
        made[-1].start()
        return tmp_path / "backups"

    yield start
    for one in made:
        one.stop()


def test_a_backup_that_is_due_is_made_and_noted_and_the_next_one_an_hour_later(database, scheduled):
    world = make_world(database)
    database.write(lambda tx: put(tx, world, world.goods("BOLT"), 10, "W1-A-01-01"))
    folder = scheduled()
    until(lambda: database.read(last_backup) is not None, PATIENCE)
    time.sleep(0.3)
    (file,) = folder.iterdir()
    noted = database.read(last_backup)
    assert (noted["file"], noted["bytes"], noted["moves"]) == (file.name, file.stat().st_size, 1)
    assert moment_of(file, ENDINGS) is not None
    database.write(lambda tx: tx.execute(text("UPDATE setting SET value = REPLACE(value, :old, :new) WHERE name = 'backup.last'"),
                                         {"old": str(noted["at"]), "new": str(noted["at"] - 2 * HOUR)}))
    until(lambda: len([one for one in folder.iterdir() if moment_of(one, ENDINGS)]) == 2, PATIENCE)


def test_a_backup_that_fails_is_told_and_not_tried_again_at_once(database, scheduled, tmp_path):
    world = make_world(database)
    database.write(lambda tx: put(tx, world, world.goods("BOLT"), 10, "W1-A-01-01"))
    (tmp_path / "backups").write_text("in the way")
    scheduled()
    until(lambda: database.read(last_failure) is not None, PATIENCE)
    first = database.read(last_failure)
    time.sleep(0.5)
    assert "backups" in first["why"]
    assert database.read(last_failure) == first


def test_a_backup_that_is_killed_without_a_word_is_told_with_how_it_ended(database, monkeypatch, tmp_path):
    killed = tmp_path / "killed"
    killed.write_text("#!/bin/sh\nkill -9 $$\n")
    killed.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(killed))
    Backups(database, {}, every_hours=1, calm_ms=0)._make()
    assert database.read(lambda tx: backup_warning(tx, 1)) == "the last backup failed: ended with -9"


def test_a_clock_that_was_ahead_puts_no_backup_off_and_is_warned_of(database, scheduled, tmp_path):
    ahead = SystemClock().now() + 300 * DAY
    database.write(lambda tx: note_backup(tx, {"made_at": ahead, "file": "f", "bytes": 1, "moves": 0, "seconds": 1}))
    database.write(lambda tx: set_setting(tx, "backup.failed", {"at": ahead, "why": "no room"}))
    assert database.read(lambda tx: is_backup_due(tx, HOUR, HOUR))
    database.write(lambda tx: set_setting(tx, "backup.failed", None))
    assert any("7200.0 hours in the future: the machine's clock" in one for one in ready(database, tmp_path, 1)["warnings"])
    scheduled()
    until(lambda: database.read(last_backup)["at"] < ahead, PATIENCE)
    assert database.read(lambda tx: backup_warning(tx, 1)) is None


def test_a_clock_that_is_corrected_while_the_server_runs_puts_no_backup_off(database, tmp_path, monkeypatch):
    clock = StillClock(SystemClock().now() + 300 * DAY)
    monkeypatch.setattr(database, "clock", clock)
    backups = Backups(database, {}, every_hours=1, calm_ms=0)
    clock.advance(-300 * DAY)
    assert backups._is_due()


def ready(database: Database, tmp_path, hours: float):
    app = App(Settings(database_url=database.url, var_folder=tmp_path, client_folder=tmp_path, backup_hours=hours))
    answer = app.web.test_client().get("/readyz")
    app.database.close()
    return answer.json


def test_a_server_without_a_backup_or_with_an_old_one_says_so_and_stays_ready(sqlite_url, tmp_path):
    database = Database(sqlite_url)
    assert "there is no backup yet" in ready(database, tmp_path, 1)["warnings"]
    assert ready(database, tmp_path, 0)["backup_at"] is None
    database.write(lambda tx: tx.execute(text("INSERT INTO setting (name, value) VALUES ('backup.last', :value)"),
                                         {"value": f'{{"at": {tx.now - 5 * HOUR}, "bytes": 1}}'}))
    told = ready(database, tmp_path, 1)
    assert (told["status"], "the last backup is 5 hours old" in told["warnings"]) == ("ready", True)
    assert told["backup_at"].endswith("Z")
    assert not any("backup" in one for one in ready(database, tmp_path, 24)["warnings"])
    database.close()


@pytest.mark.parametrize(("url", "wanted", "hours"), [
    ("sqlite:///x.db", None, 1), ("postgresql+psycopg://x", None, 0), ("sqlite:///x.db", 0.0, 0), ("postgresql+psycopg://x", 24.0, 24)])
def test_sqlite_is_backed_up_every_hour_if_nothing_else_is_said(url, wanted, hours):
    assert hours_between(url, wanted) == hours
