"""Where the files of tests lie: in memory where the machine has that to spare, as no test is about the disk below them."""

import os
import shutil
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

_IN_MEMORY = "/dev/shm"  # noqa: S108 - only folders of random names are made in it
_NEEDED_BYTES = 4 * 1024**3
_DAY_SECONDS = 86_400


@cache
def room_in_memory() -> str | None:
    """A folder in memory, None where there is none with 4 GB free (containers often have 64 MB).

    A database of PostgreSQL is 640 files: on a disk they take five times as long to make and thirty times as long to take away.
    """
    try:
        free = shutil.disk_usage(_IN_MEMORY).free
    except OSError:
        return None
    return _IN_MEMORY if free >= _NEEDED_BYTES and os.access(_IN_MEMORY, os.W_OK) else None


def sweep(room: str) -> None:
    """Takes away the databases that runs left which were killed a day ago or more: they would fill the memory."""
    for left in Path(room).glob("aisle-pg-*"):
        with suppress(OSError):
            if left.stat().st_mtime < time.time() - _DAY_SECONDS and not _is_served(left):
                shutil.rmtree(left)


def _is_served(folder: Path) -> bool:
    """Whether a server still has its data there: clocks are set forward too."""
    pids = [file.read_text().split("\n")[0] for file in folder.glob("**/postmaster.pid")]
    return any(Path(f"/proc/{pid}").exists() for pid in pids)
