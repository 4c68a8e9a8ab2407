"""Processes that share an SQLite file take turns to write; whoever waits too long for a turn is told."""

import signal
import subprocess
import sys
import threading
import time

import pytest
from sqlalchemy import text

from server.kernel import gate
from server.kernel.database import Database
from server.kernel.errors import Unavailable
from server.kernel.file_locks import FileLock
from server.kernel.lease import Lease
from tests.waiting import within

HOLDER = """
import sys, time
from pathlib import Path
from server.kernel.file_locks import FileLock
with FileLock(Path(sys.argv[1]), sys.argv[2]).taken():
    print("taken", flush=True)
    time.sleep(600)
"""
_ADD = text("UPDATE setting SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) WHERE name = 'count'")
_COUNT = text("SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'count'")


@pytest.fixture
def house(sqlite_url):
    database = Database(sqlite_url)
    database.write(lambda tx: tx.execute(text("INSERT INTO setting (name, value) VALUES ('count', '0')")))
    yield database
    database.close()


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(gate, "_PATIENCE_SECONDS", 0.3)
    monkeypatch.setattr(gate, "_LOOK_SECONDS", 0.05)


@pytest.fixture
def holder(tmp_path):
    """Another process that has the turn, or a lease."""
    started = list[subprocess.Popen[str]]()

    def hold(what):
        one = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path / "aisle.db"), what], stdout=subprocess.PIPE, text=True)
        started.append(one)
        assert one.stdout.readline() == "taken\n"
        return one

    yield hold
    for one in started:
        one.kill()
        one.communicate()


def add(database):
    return database.write(lambda tx: tx.execute(_ADD))


def counted(database):
    return database.read(lambda tx: tx.scalar(_COUNT))


def test_of_many_who_write_at_once_from_two_processes_none_is_sent_away_and_none_waits_for_ever(house, sqlite_url):
    other = Database(sqlite_url)
    slowest = dict.fromkeys((house, other), 0.0)

    def work(database):
        for _ in range(40):
            began = time.monotonic()
            add(database)
            slowest[database] = max(slowest[database], time.monotonic() - began)

    threads = [threading.Thread(target=work, args=(database,)) for database in (house, other) for _ in range(5)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert counted(house) == 2 * 5 * 40
    assert max(slowest.values()) < within(5)
    other.close()


def test_the_turn_of_a_process_that_is_killed_is_free_at_once(house, holder):
    one = holder("writer")
    writing = threading.Thread(target=add, args=(house,))
    writing.start()
    writing.join(0.5)
    assert writing.is_alive()
    one.kill()
    writing.join(within(10))
    assert not writing.is_alive() and counted(house) == 1


def test_whoever_waits_for_a_process_that_stands_still_is_told_and_goes_on_when_it_does(house, holder, impatient, monkeypatch, sqlite_url, caplog):
    patient = Database(sqlite_url)
    one = holder("writer")
    one.send_signal(signal.SIGSTOP)
    for _ in range(2):
        with pytest.raises(Unavailable, match="another process is writing to it and does not come to an end"):
            add(patient)
    assert counted(patient) == 0
    one.kill()
    monkeypatch.setattr(gate, "_PATIENCE_SECONDS", 60)  # a busy machine may take its time to end it
    add(patient)
    assert counted(patient) == 1
    assert [row.message for row in caplog.records if (row.name, row.levelname) == ("aisle.database", "ERROR")] == [
        "the database takes no work: another process is writing to it and does not come to an end"]
    patient.close()


def test_a_folder_in_which_no_lock_can_be_made_is_said(house, monkeypatch):
    def forbidden(*_):
        raise PermissionError(13, "Permission denied", "aisle.db-writer.lock")

    monkeypatch.setattr(FileLock, "_opened", forbidden)
    with pytest.raises(Unavailable, match="Permission denied"):
        add(house)
    monkeypatch.undo()
    add(house)
    assert counted(house) == 1


@pytest.mark.parametrize(("database_mode", "lock_mode"), [(0o600, 0o600), (0o644, 0o600), (0o664, 0o660)])
def test_who_may_write_to_the_database_and_nobody_else_may_take_its_locks(house, tmp_path, database_mode, lock_mode):
    (tmp_path / "aisle.db").chmod(database_mode)
    (tmp_path / "aisle.db-writer.lock").unlink()
    again = Database(house.url)
    add(again)
    assert (tmp_path / "aisle.db-writer.lock").stat().st_mode & 0o777 == lock_mode
    again.close()


def test_two_links_to_a_database_lead_to_one_turn(house, holder, impatient, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "link.db").symlink_to(tmp_path / "aisle.db")
    one = holder("writer")
    linked = Database(f"sqlite:///{tmp_path}/elsewhere/link.db")
    with pytest.raises(Unavailable):
        add(linked)
    one.kill()  # while somebody else has the turn, closing waits for it
    linked.close()


def test_the_lease_of_a_process_that_is_killed_is_free_at_once(house, holder):
    one, lease = holder("spooler"), Lease(house, "spooler")
    assert not lease.is_mine()
    one.kill()
    one.wait()
    assert lease.is_mine()


def test_a_lease_whose_file_was_swept_away_does_not_hold_beside_a_new_one(house, tmp_path):
    one, other = Lease(house, "spooler"), Lease(house, "spooler")
    assert one.is_mine()
    (tmp_path / "aisle.db-spooler.lock").unlink()
    assert other.is_mine() and not one.is_mine()
    other.give_up()
    assert one.is_mine()
