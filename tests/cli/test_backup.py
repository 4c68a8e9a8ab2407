import errno
import fcntl
import gzip
import json
import os
import shutil
import sqlite3
import threading
import time
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from server.cli.keeping import scratch, write_backup
from server.cli.rotation import FRESH, kept, moment_of, name_at, rotate
from server.kernel.database import Database
from server.stock.seals import ledger_hash, seal
from tests.cli.broken import forgiven, gave_up
from tests.conftest import fresh_url
from tests.invariants import broken_invariants
from tests.world import make_world, on_hand, put

PLACE = "W1-A-01-01"


@pytest.fixture
def stocked(database):
    world = make_world(database)
    database.write(lambda tx: put(tx, world, world.goods("BOLT"), 10, PLACE))
    database.write(lambda tx: put(tx, world, world.goods("APPLE", "L'1;äpfel 苹果"), 3, PLACE, expiry=date(2099, 1, 1)))
    database.write(seal)
    return world


@pytest.fixture(params=["sqlite", "postgresql"])
def elsewhere(request, tmp_path):
    """Another database, empty but for its tables."""
    (tmp_path / "elsewhere").mkdir()
    return fresh_url(request, request.param, tmp_path / "elsewhere")


def look(url, work):
    database = Database(url)
    try:
        return database.read(work)
    finally:
        database.close()


def test_a_backup_can_be_restored_into_either_kind_of_database(database, stocked, elsewhere, aisle, tmp_path):
    file = tmp_path / "b.gz"
    made = aisle(database.url, "backup", "--to", str(file), "--json")
    back = aisle(elsewhere, "restore", str(file), "--yes", "--json")
    assert (made.code, back.code) == (0, 0), made.errors + back.errors
    assert back.json["ledger_hash"] == made.json["ledger_hash"] == database.read(ledger_hash)
    assert look(elsewhere, lambda tx: on_hand(tx, PLACE)) == 13


def test_a_restored_database_goes_on_where_it_stopped(database, stocked, elsewhere, aisle, tmp_path):
    aisle(database.url, "backup", "--to", str(tmp_path / "b.gz"))
    aisle(elsewhere, "restore", str(tmp_path / "b.gz"), "--yes")
    other = Database(elsewhere)
    other.write(lambda tx: put(tx, stocked, stocked.goods("BOLT"), 5, PLACE))
    other.write(seal)
    assert broken_invariants(other) == []
    other.close()


def test_only_the_owner_can_read_a_backup(database, stocked, aisle, tmp_path):
    file = tmp_path / "b.gz"
    aisle(database.url, "backup", "--to", str(file))
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_restored_database_is_as_open_to_others_as_the_one_before(sqlite_url, aisle, tmp_path):
    aisle(sqlite_url, "backup", "--to", str(tmp_path / "b.gz"))
    (tmp_path / "aisle.db").chmod(0o640)
    aisle(sqlite_url, "restore", str(tmp_path / "b.gz"), "--yes")
    assert (tmp_path / "aisle.db").stat().st_mode & 0o777 == 0o640


def test_a_place_that_cannot_be_written_is_told(sqlite_url, aisle, tmp_path):
    (tmp_path / "file").touch()
    told = aisle(sqlite_url, "backup", "--to", str(tmp_path / "file" / "b.gz"))
    assert told.code == 1
    assert told.errors.startswith("Error: ")


def test_a_backup_leaves_nothing_else_behind(database, stocked, aisle, tmp_path):
    aisle(database.url, "backup", "--to", str(tmp_path / "backups" / "b.gz"))
    assert [path.name for path in (tmp_path / "backups").iterdir()] == ["b.gz"]


def test_the_next_backup_clears_away_what_a_killed_one_left_and_nothing_that_another_works_with(sqlite_url, aisle, tmp_path):
    left, new = tmp_path / ".aisle-scratch-left", tmp_path / ".aisle-scratch-new"
    for folder in (left, new):
        folder.mkdir()
    with scratch(tmp_path) as held:
        for folder in (left, held):
            os.utime(folder, (time.time() - 600,) * 2)
        aisle(sqlite_url, "backup", "--to", str(tmp_path / "b.gz"))
        assert (left.exists(), new.exists(), held.exists()) == (False, True, True)


def test_where_the_disk_knows_no_locks_it_is_cleared_away_a_day_later(sqlite_url, aisle, tmp_path, monkeypatch):
    def flock(*_):
        raise OSError(errno.EBADF, "no locks here")

    monkeypatch.setattr(fcntl, "flock", flock)
    left, young = tmp_path / ".aisle-scratch-left", tmp_path / ".aisle-scratch-young"
    for folder, seconds in ((left, 90_000), (young, 600)):
        folder.mkdir()
        os.utime(folder, (time.time() - seconds,) * 2)
    assert aisle(sqlite_url, "backup", "--to", str(tmp_path / "b.gz")).code == 0
    assert (left.exists(), young.exists()) == (False, True)


def test_without_a_name_it_goes_to_the_backups_folder(sqlite_url, aisle, tmp_path):
    told = aisle(sqlite_url, "backup", "--json").json
    assert [str(path) for path in (tmp_path / "backups").iterdir()] == [told["file"]]


def test_writers_go_on_while_a_backup_is_made_and_it_is_one_moment(database, aisle, tmp_path):
    world = make_world(database)
    ended = threading.Event()

    def work():
        while not ended.is_set():
            database.write(lambda tx: put(tx, world, world.goods("BOLT"), 1, PLACE))

    writers = [threading.Thread(target=work) for _ in range(4)]
    for one in writers:
        one.start()
    while (before := database.read(lambda tx: on_hand(tx, PLACE))) < 20:
        pass
    told = aisle(database.url, "backup", "--to", str(tmp_path / "b.gz"), "--json")
    ended.set()
    for one in writers:
        one.join()
    assert told.code == 0, told.errors
    (tmp_path / "new").mkdir()
    aisle(f"sqlite:///{tmp_path}/new/aisle.db", "restore", str(tmp_path / "b.gz"))
    there = look(f"sqlite:///{tmp_path}/new/aisle.db", lambda tx: on_hand(tx, PLACE))
    assert before <= there < database.read(lambda tx: on_hand(tx, PLACE))


def test_a_copy_that_does_not_add_up_is_no_backup(sqlite_url, aisle, tmp_path):
    database = Database(sqlite_url)
    world = make_world(database)
    database.write(lambda tx: put(tx, world, world.goods("BOLT"), 10, PLACE))
    database.write(lambda tx: tx.execute(text("UPDATE balance SET quantity = 11")))
    database.close()
    told = aisle(sqlite_url, "backup", "--to", str(tmp_path / "b.gz"))
    assert told.code == 1
    assert "I1" in told.errors
    assert not (tmp_path / "b.gz").exists()
    assert (tmp_path / "b.gz.unsound").exists()


def test_of_copies_that_do_not_add_up_only_the_newest_stays(database, stocked, aisle, tmp_path, monkeypatch):
    monkeypatch.setenv("AISLE_VAR", str(tmp_path))
    for quantity in (11, 12):
        database.write(lambda tx, quantity=quantity: tx.execute(text("UPDATE balance SET quantity = :one WHERE quantity >= 10"), {"one": quantity}))
        assert aisle(database.url, "backup").code == 1
    database.write(lambda tx: tx.execute(text("UPDATE balance SET quantity = 10 WHERE quantity >= 10")))
    assert [path.name for path in (tmp_path / "backups").iterdir()] == [f"aisle.{'db' if database.is_sqlite else 'dump'}.gz.unsound"]


def test_what_root_backs_up_belongs_to_the_owner_of_the_databases_folder(sqlite_url, aisle, tmp_path, monkeypatch):
    given = {}
    monkeypatch.setattr(os, "chown", lambda path, user, group: given.update({str(path): (user, group)}))
    owner, stat = (4321, 4322), Path.stat

    def stat_of_another(path, **words):
        told = stat(path, **words)
        is_servers = path == tmp_path or str(path) in given
        return os.stat_result([*told[:4], *owner, *told[6:]]) if is_servers else told

    monkeypatch.setattr(Path, "stat", stat_of_another)
    file = aisle(sqlite_url, "backup", "--json").json["file"]
    assert given[str(tmp_path / "backups")] == given[file] == owner
    aisle(sqlite_url, "backup", "--to", str(tmp_path / "carried-away.gz"))
    assert str(tmp_path / "carried-away.gz") not in given


def test_a_backup_that_was_called_checked_is_restored_and_a_consumer_that_gave_up_is_warned_of(database, stocked, elsewhere, aisle, tmp_path):
    gave_up(database)
    made = aisle(database.url, "backup", "--to", str(tmp_path / "b.gz"))
    back = aisle(elsewhere, "restore", str(tmp_path / "b.gz"), "--yes", "--json")
    forgiven(database)
    assert (made.code, back.code) == (0, 0), made.errors + back.errors
    (warning,) = back.json["warnings"]
    assert all(words in warning and words in back.errors for words in ("I12", "the printer is gone", "aisle verify"))
    assert "every invariant holds" not in aisle(elsewhere, "restore", str(tmp_path / "b.gz"), "--yes").text
    assert look(elsewhere, lambda tx: on_hand(tx, PLACE)) == 13


def test_a_database_is_replaced_only_when_its_name_is_typed(sqlite_url, aisle, tmp_path):
    aisle(sqlite_url, "backup", "--to", str(tmp_path / "b.gz"))
    before = (tmp_path / "aisle.db").read_bytes()
    told = aisle(sqlite_url, "restore", str(tmp_path / "b.gz"), typed="yes\n")
    assert told.code == 1
    assert (tmp_path / "aisle.db").read_bytes() == before
    assert aisle(sqlite_url, "restore", str(tmp_path / "b.gz"), typed="aisle.db\n").code == 0


def test_a_second_restore_leaves_alone_what_the_first_one_kept(sqlite_url, aisle, tmp_path):
    aisle(sqlite_url, "backup", "--to", str(tmp_path / "b.gz"))
    database = Database(sqlite_url)
    make_world(database)
    database.close()
    first, second = (aisle(sqlite_url, "restore", str(tmp_path / "b.gz"), "--yes", "--json").json["before"] for _ in range(2))
    assert [look(f"sqlite:///{one}", lambda tx: tx.scalar(text("SELECT COUNT(*) FROM site"))) for one in (first, second)] == [1, 0]


def test_a_filled_postgresql_is_replaced_only_when_its_name_is_typed(request, aisle, tmp_path):
    url = fresh_url(request, "postgresql", tmp_path)
    database = Database(url)
    world = make_world(database)
    database.write(lambda tx: put(tx, world, world.goods("BOLT"), 10, PLACE))
    database.close()
    aisle(url, "backup", "--to", str(tmp_path / "b.gz"))
    database = Database(url)
    database.write(lambda tx: put(tx, world, world.goods("BOLT"), 5, PLACE))
    database.close()
    assert aisle(url, "restore", str(tmp_path / "b.gz"), typed="\n").code == 1
    assert look(url, lambda tx: on_hand(tx, PLACE)) == 15
    told = aisle(url, "restore", str(tmp_path / "b.gz"), "--yes")
    assert told.code == 0, told.errors
    assert look(url, lambda tx: on_hand(tx, PLACE)) == 10


def test_a_database_that_is_in_use_is_not_replaced(database, stocked, aisle, tmp_path):
    aisle(database.url, "backup", "--to", str(tmp_path / "b.gz"))
    held = threading.Event()
    let_go = threading.Event()
    reader = threading.Thread(target=lambda: database.read(lambda tx: (tx.scalar(text("SELECT COUNT(*) FROM site")), held.set(),
                                                                       let_go.wait(120))))
    reader.start()
    assert held.wait(120)
    told = aisle(database.url, "restore", str(tmp_path / "b.gz"), "--yes")
    let_go.set()
    reader.join()
    assert told.code == 1
    assert "Stop the server first" in told.errors
    assert database.read(lambda tx: on_hand(tx, PLACE)) == 13


def test_a_log_that_was_left_is_not_played_into_the_restored_database(sqlite_url, aisle, tmp_path):
    aisle(sqlite_url, "backup", "--to", str(tmp_path / "b.gz"))
    database = Database(sqlite_url)
    make_world(database)
    for ending in ("", "-wal", "-shm"):
        shutil.copy(tmp_path / f"aisle.db{ending}", tmp_path / f"killed.db{ending}")
    database.close()
    url = f"sqlite:///{tmp_path}/killed.db"
    told = aisle(url, "restore", str(tmp_path / "b.gz"), "--yes", "--json")
    assert told.json["rows"] == 0
    assert look(url, lambda tx: tx.scalar(text("SELECT COUNT(*) FROM site"))) == 0
    assert look(f"sqlite:///{told.json['before']}", lambda tx: tx.scalar(text("SELECT COUNT(*) FROM site"))) == 1


def test_the_log_of_a_damaged_database_is_kept_with_it(sqlite_url, aisle, tmp_path):
    aisle(sqlite_url, "backup", "--to", str(tmp_path / "b.gz"))
    database = Database(sqlite_url)
    make_world(database)
    shutil.copy(tmp_path / "aisle.db-wal", tmp_path / "killed.db-wal")
    database.close()
    log = (tmp_path / "killed.db-wal").read_bytes()
    (tmp_path / "killed.db").write_bytes(b"what a dying disk leaves " * 1000)
    told = aisle(f"sqlite:///{tmp_path}/killed.db", "restore", str(tmp_path / "b.gz"), "--yes", "--json")
    assert told.json["rows"] == 0
    assert Path(told.json["before"]).read_bytes().startswith(b"what a dying disk")
    assert Path(told.json["before"] + "-wal").read_bytes() == log


@pytest.fixture(scope="module")
def good(request, tmp_path_factory):
    """A backup of either kind of database, as bytes; made once."""
    @cache
    def made(engine: str) -> bytes:
        folder = tmp_path_factory.mktemp(engine)
        database = Database(fresh_url(request, engine, folder))
        world = make_world(database)
        database.write(lambda tx: put(tx, world, world.goods("BOLT"), 10, PLACE))
        write_backup(database, folder / "b.gz")
        database.close()
        return (folder / "b.gz").read_bytes()

    return made


FOREIGN = {"text": b"hello", "empty": b"", "foreign dump": gzip.compress(b'{"format": "other"}\n'),
           "hollow dump": gzip.compress(b'{"format": "aisle-dump", "version": 1, "revision": ["0001"]}\n')}


@pytest.mark.parametrize("what", FOREIGN)
def test_what_was_never_a_backup_is_refused_and_changes_nothing(what, elsewhere, aisle, tmp_path):
    refuses(aisle, elsewhere, tmp_path / "b.gz", FOREIGN[what])


def test_a_database_of_somebody_else_is_refused_and_changes_nothing(elsewhere, aisle, tmp_path):
    foreign = sqlite3.connect(tmp_path / "foreign.db")
    foreign.execute("CREATE TABLE t (x)")
    foreign.close()
    refuses(aisle, elsewhere, tmp_path / "b.gz", gzip.compress((tmp_path / "foreign.db").read_bytes()))


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
@pytest.mark.parametrize("damage", ["cut", "changed"])
def test_a_damaged_backup_is_refused_and_changes_nothing(damage, engine, good, elsewhere, aisle, tmp_path):
    whole = good(engine)
    refuses(aisle, elsewhere, tmp_path / "b.gz", whole[:-20] if damage == "cut" else whole[:-200] + bytes(100) + whole[-100:])


def refuses(aisle, url, file, content):
    file.write_bytes(content)
    told = aisle(url, "restore", str(file), "--yes")
    assert told.code == 1
    assert "b.gz" in told.errors
    assert "Traceback" not in told.errors
    assert look(url, lambda tx: tx.scalar(text("SELECT COUNT(*) FROM site"))) == 0


def test_a_backup_of_a_newer_version_is_refused(database, stocked, elsewhere, aisle, tmp_path):
    database.write(lambda tx: tx.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    file = tmp_path / "b.gz"
    told = aisle(database.url, "backup", "--to", str(file))
    assert "newer" in told.errors
    assert not file.exists()


def test_a_dump_of_a_newer_version_is_refused(sqlite_url, aisle, tmp_path):
    header = {"format": "aisle-dump", "version": 1, "revision": "9999", "tables": [], "ledger_hash": ""}
    (tmp_path / "b.gz").write_bytes(gzip.compress(json.dumps(header).encode() + b"\n"))
    told = aisle(sqlite_url, "restore", str(tmp_path / "b.gz"), "--yes")
    assert told.code == 1
    assert "newer" in told.errors


MOMENTS = st.sets(st.integers(0, 10**8).map(lambda seconds: datetime.fromtimestamp(1_767_225_600 + seconds, UTC)), max_size=60)


@given(MOMENTS)
def test_the_last_hours_backups_always_stay_and_never_more_than_46_others(moments):
    stay = kept(moments)
    fresh = {moment for moment in moments if max(moments) - moment < FRESH}
    assert fresh <= stay <= moments
    assert len(stay - fresh) <= 24 + 14 + 8


def test_of_a_backup_every_hour_24_hours_14_days_and_8_weeks_stay():
    newest = datetime(2026, 11, 24, 22, 10, tzinfo=UTC)
    stay = kept(newest - timedelta(hours=number) for number in range(24 * 100))
    assert [newest - timedelta(hours=number) in stay for number in (0, 23)] == [True, True]
    assert newest - timedelta(hours=25) not in stay
    assert min(stay) == datetime(2026, 10, 11, 23, 10, tzinfo=UTC)
    assert len(stay) == 24 + 12 + 5


def test_backups_that_a_clock_which_was_ahead_named_take_no_others_place(tmp_path):
    now = datetime.now(UTC)
    ahead = [tmp_path / name_at(now + timedelta(days=300 + number), ".db.gz") for number in range(70)]
    new, old = tmp_path / name_at(now, ".db.gz"), tmp_path / name_at(now - timedelta(days=400), ".db.gz")
    for path in (*ahead, new, old):
        path.touch()
    assert rotate(tmp_path, (".db.gz",)) == []
    assert all(path.exists() for path in (*ahead, new, old))


def test_a_file_that_is_no_backup_of_ours_has_no_moment(tmp_path):
    moment = datetime(2026, 11, 24, 22, 10, tzinfo=UTC)
    assert moment_of(tmp_path / name_at(moment, ".db.gz"), (".db.gz",)) == moment
    assert moment_of(tmp_path / "aisle-mine.db.gz", (".db.gz",)) is None
