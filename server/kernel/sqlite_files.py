"""SQLite's file: copied while it is written to, checked, and put in another's place."""

import contextlib
import os
import sqlite3
from pathlib import Path

from server.kernel.errors import Refusal

_BESIDE = ("-wal", "-shm", "-journal")


class DatabaseInUse(Refusal):
    """Somebody has the database open; its file cannot be replaced under them."""

    code = "database_in_use"


def copy_online(source: Path, target: Path) -> None:
    """A copy of one moment, as a single file; writers go on meanwhile.

    In one step, not in pages: a writer in another process would make a copy in pages begin again and again.
    """
    with contextlib.closing(sqlite3.connect(source)) as live, contextlib.closing(sqlite3.connect(target)) as copy:
        copy.execute("PRAGMA synchronous = OFF")  # it is packed at once: flushing it would only keep the living database waiting
        live.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")


def faults(path: Path) -> list[str]:
    """What SQLite finds wrong in a file, in its own words; nothing when it is sound."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        try:
            told = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
            lost = [f"{row[0]} row {row[1]} points at a missing {row[2]}"
                    for row in connection.execute("PRAGMA foreign_key_check")]
        except sqlite3.DatabaseError as error:
            return [str(error)]
    return [*(one for one in told if one != "ok"), *lost]


def settle(path: Path) -> None:
    """Brings what stands beside the file into it; DatabaseInUse when anybody else has it open.

    SQLite leaves the write-ahead log only for a connection that is alone. A damaged file is left as it is.
    """
    with contextlib.closing(sqlite3.connect(path, timeout=1, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA journal_mode = DELETE").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise DatabaseInUse(f"{path.name} is in use. Stop the server first.", what=path.name) from error
        except sqlite3.DatabaseError:
            return


def put_in_place(new: Path, target: Path, before: Path | None = None) -> None:
    """Replaces a database by a settled one in one step; the one before goes on under the name `before`.

    A log left beside it would be played into the new one. It goes with the old one, whose last work may be nowhere else:
    a damaged file cannot be settled.
    """
    if before is not None:
        before.hardlink_to(target)
    for ending in _BESIDE:
        with contextlib.suppress(FileNotFoundError):
            beside = target.with_name(target.name + ending)
            beside.replace(before.with_name(before.name + ending)) if before is not None else beside.unlink()
    new.replace(target)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Makes names that were changed in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
