"""Backups: written beside the running server, and proved by restoring each one into a database of its own."""

import contextlib
import fcntl
import gzip
import os
import shutil
import tempfile
import time
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from server.cli.rotation import stamp
from server.cli.transfer import Unsound, check_proved, figures, transfer
from server.kernel.database import Database, take_your_time
from server.kernel.dump import NewerBackup, NotABackup, read_dump, read_header, write_dump
from server.kernel.migrations import upgrade
from server.kernel.sqlite_files import DatabaseInUse, copy_online, faults, put_in_place, settle, sync_folder
from server.kernel.tables import Tell, add_tables, revision_of
from server.kernel.transaction import Tx
from server.kernel.version import known_revisions
from server.stock.seals import ledger_hash

SQLITE_ENDING, DUMP_ENDING = ".db.gz", ".dump.gz"
_UNSOUND = ".unsound"
_SQLITE_MAGIC = b"SQLite format 3\0"
_CHUNK = 1 << 20
_SCRATCH = ".aisle-scratch-"
_NEW_SECONDS, _LEFT_SECONDS = 60, 86_400
_LOOKS, _LOOK_SECONDS = 10, 0.1
_OTHERS = text("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
               "AND backend_type = 'client backend'")


def keep_backup(database: Database, var: Path, kind: str, name: str) -> dict[str, Any]:
    """A backup of that name, without ending, in the house's own folder; its figures. Unsound like `write_backup`.

    Of the copies that do not add up one of each kind stays: a damaged database would fill its disk with them.
    """
    ending = SQLITE_ENDING if database.is_sqlite else DUMP_ENDING
    folder = _house_folder(var)
    file, aside = folder / f"{name}{ending}", folder / f"{kind}{ending}{_UNSOUND}"
    try:
        return write_backup(database, file, aside)
    finally:
        _give(file, folder)
        _give(aside, folder)


def write_backup(database: Database, file: Path, aside: Path | None = None) -> dict[str, Any]:
    """Writes a backup that only its owner can read, then restores it elsewhere; its figures.

    Unsound when that fails; then the copy replaces the one in `aside`.
    """
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with scratch(file.parent) as folder:
        draft = folder / "draft"
        with _private(draft) as stream:
            if database.is_sqlite:
                copy_online(sqlite_path(database.url), folder / "copy.db")
                _pack(folder / "copy.db", stream)
            else:
                database.snapshot(lambda tx: write_dump(tx, stream, {"ledger_hash": ledger_hash(tx)}))
        told = _proved(draft, folder, file, aside or file.with_name(f"{file.name}{_UNSOUND}"))
        draft.replace(file)
        sync_folder(file.parent)
    return {"file": str(file), "bytes": file.stat().st_size, **told}


def restored(file: Path, folder: Path) -> Path:
    """The backup as an SQLite file of this version in `folder`, sound and checked; refusals say what it is instead."""
    new = folder / "restored.db"
    if _is_packed_sqlite(file):
        _unpack(file, new)
        _check_file(file, new)
        _check_version(file, _revision(new))
    else:
        header = read_header(file)
        _check_version(file, header["revision"])
        upgrade(f"sqlite:///{new}", header["revision"])
        _load(file, new, header["ledger_hash"])
        _check_file(file, new)
    upgrade(f"sqlite:///{new}")
    return new


def restore_into_file(new: Path, target: Path) -> Path | None:
    """Puts a restored file in the place of a database; where the one before is kept. DatabaseInUse when it is open.

    Each one before has a name of its own: of two restores the second must not take away what the first one left.
    """
    before, target = None, target.resolve()
    settle(new)
    new.chmod(0o600)
    if target.exists():
        settle(target)
        _as_before(new, target)
        before = target.with_name(f"{target.name}.before-restore-{stamp(datetime.now(UTC))}")
    put_in_place(new, target, before)
    return before


def restore_into_postgres(new: Path, target: Database, tell: Tell, *, replace: bool) -> None:
    """Copies a restored file into PostgreSQL in one transaction."""
    with opened(new) as source:
        transfer(source, target, tell, replace=replace)


def guard_unused(database: Database) -> None:
    """DatabaseInUse when anybody else has it open. SQLite can only be asked before it is worked with here."""
    if database.is_sqlite:
        settle(sqlite_path(database.url))
        return
    for _ in range(_LOOKS):  # a connection that was just closed is counted for a moment
        others = database.read(lambda tx: tx.scalar(_OTHERS))
        if not others:
            return
        time.sleep(_LOOK_SECONDS)
    raise DatabaseInUse(f"{others} other connections are open. Stop the server first.", what=database.url.rpartition("/")[2])


@contextlib.contextmanager
def scratch(beside: Path | None = None) -> Iterator[Path]:
    """A private folder, on the same disk as what it is `beside`, gone afterwards."""
    if beside is not None:
        _clear_left(beside)
    folder = Path(tempfile.mkdtemp(prefix=_SCRATCH, dir=beside))
    handle = os.open(folder, os.O_RDONLY)
    with contextlib.suppress(OSError):
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)  # ends with the process, however that ends
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def _clear_left(beside: Path) -> None:
    """Takes away what runs that were killed left: each left a whole copy, and one is tried every quarter of an hour."""
    for folder in beside.glob(f"{_SCRATCH}*"):
        if folder.is_dir() and _is_left(folder, time.time() - folder.stat().st_mtime):
            shutil.rmtree(folder, ignore_errors=True)


def _is_left(folder: Path, seconds: float) -> bool:
    """Whether nobody is at work in it any more; where the disk knows no locks, a day says so."""
    if seconds < _NEW_SECONDS:
        return False
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return seconds > _LEFT_SECONDS
    finally:
        os.close(handle)
    return True


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Database]:
    """An SQLite file as a database."""
    database = Database(f"sqlite:///{path}")
    try:
        yield database
    finally:
        database.close()


def sqlite_path(url: str) -> Path:
    """The file of an SQLite address."""
    return Path(url.removeprefix("sqlite:///"))


def _as_before(new: Path, target: Path) -> None:
    """A database that root restores has to stay the server's own."""
    new.chmod(target.stat().st_mode & 0o777)
    _give(new, target)


def _house_folder(var: Path) -> Path:
    """Where backups are looked for; when root makes it, it is the server's all the same."""
    folder = var / "backups"
    if not folder.is_dir():
        folder.mkdir(parents=True, mode=0o700)
        _give(folder, var)
    return folder


def _give(path: Path, like: Path) -> None:
    """Gives it to whom the other belongs, where it is there and one may; only root may."""
    with contextlib.suppress(PermissionError, FileNotFoundError):
        there = like.stat()
        os.chown(path, there.st_uid, there.st_gid)


def _proved(draft: Path, folder: Path, file: Path, aside: Path) -> dict[str, Any]:
    """What does not add up is kept under another name: it may be all that is left."""
    try:
        with opened(restored(draft, folder)) as copy:
            copy.read(check_proved)
            told = copy.read(figures)
    except Unsound as error:
        draft.replace(aside)
        raise Unsound(f"{error.sentence} The copy was kept as {aside}; it is no good backup.", what=file.name) from error
    return {"rows": sum(told["rows"].values()), "moves": told["rows"]["stock_move"], "ledger_hash": told["ledger_hash"]}


def _load(file: Path, new: Path, wanted: str) -> None:
    def work(tx: Tx) -> None:
        take_your_time(tx)
        add_tables(tx, read_dump(file), lambda *_: None)
        if ledger_hash(tx) != wanted:
            raise Unsound(f"{file.name}: the ledger's hash is not the one that was written down.", what=file.name)

    with opened(new) as database:
        database.write(work)


def _check_file(file: Path, new: Path) -> None:
    wrong = faults(new)
    if wrong:
        raise Unsound(f"{file.name} is damaged: {wrong[0]}", what=file.name)


def _check_version(file: Path, revision: Any) -> None:
    if revision is None:
        raise NotABackup(f"{file.name} is a database, but none of Aisle.", what=file.name)
    if not isinstance(revision, str) or revision not in known_revisions():
        raise NewerBackup(f"{file.name} was made by a newer Aisle (tables {str(revision)[:32]}). Update first, then restore.",
                          what=file.name)


def _revision(path: Path) -> str | None:
    with opened(path) as database:
        return database.read(revision_of)


def _is_packed_sqlite(file: Path) -> bool:
    try:
        with gzip.open(file, "rb") as stream:
            return stream.read(len(_SQLITE_MAGIC)) == _SQLITE_MAGIC
    except (OSError, EOFError, zlib.error) as error:
        raise NotABackup(f"{file.name} is no backup of Aisle: {error}", what=file.name) from error


def _unpack(file: Path, new: Path) -> None:
    try:
        with gzip.open(file, "rb") as packed, new.open("wb") as stream:
            shutil.copyfileobj(packed, stream, _CHUNK)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise NotABackup(f"{file.name} is cut short or damaged: {error}", what=file.name) from error


def _pack(copy: Path, stream: Any) -> None:
    with copy.open("rb") as plain, gzip.GzipFile(filename="", mode="wb", fileobj=stream, compresslevel=6) as packed:
        shutil.copyfileobj(plain, packed, _CHUNK)
    copy.unlink()


@contextlib.contextmanager
def _private(path: Path) -> Iterator[Any]:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        yield stream
        stream.flush()
        os.fsync(stream.fileno())
