"""Locks between processes that share an SQLite file: on files beside it, and the system's, which takes them from a process that dies."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path


class FileLock:
    """One lock; of all who hold this object only one at a time may take it.

    Not on the database's own file: SQLite loses its locks when anything else in the process closes that.
    """

    def __init__(self, database: Path, what: str) -> None:
        self._database = database.resolve()  # two links to one database lead to one lock
        self._path = self._database.with_name(f"{self._database.name}-{what}.lock")
        self._handle: int | None = None
        self._waits_since: float | None = None

    @contextlib.contextmanager
    def taken(self) -> Iterator[None]:
        """Waits for it as long as it takes. OSError where the file cannot be made."""
        handle = self._opened()
        self._waits_since = time.monotonic()
        fcntl.flock(handle, fcntl.LOCK_EX)
        self._waits_since = None
        try:
            yield
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)

    def waited(self) -> float:
        """For how many seconds somebody has been waiting in `taken`, asked from another thread."""
        since = self._waits_since
        return 0.0 if since is None else time.monotonic() - since

    def try_to_keep(self) -> bool:
        """Takes it if nobody else has it, until `let_go` or the end of this process; asked again it tells whether it still holds.

        It does not when somebody has swept the file away: another process would make a new one and take that.
        """
        if self._is_swept_away():
            self.let_go()
        try:
            fcntl.flock(self._opened(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def let_go(self) -> None:
        """Leaves it to others."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _is_swept_away(self) -> bool:
        if self._handle is None:
            return False
        with contextlib.suppress(FileNotFoundError):
            return not os.path.samestat(os.fstat(self._handle), self._path.stat())
        return True

    def _opened(self) -> int:
        if self._handle is None:
            self._handle = os.open(self._path, os.O_RDONLY | os.O_CREAT, 0o600)
            self._like_the_database(self._handle)
        return self._handle

    def _like_the_database(self, handle: int) -> None:
        """Who may write to the database may take its locks, and nobody else; root must not shut its owner out."""
        with contextlib.suppress(FileNotFoundError, PermissionError):
            database = self._database.stat()
            writers = database.st_mode & 0o222
            os.fchmod(handle, writers | writers << 1)
            if os.geteuid() == 0:
                os.fchown(handle, database.st_uid, database.st_gid)
