"""When the last sound backup was made: noted in the database, for whoever asks how the server is."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from server.kernel.clock import HOUR, MINUTE
from server.kernel.settings import get_setting, set_setting
from server.kernel.transaction import Tx

_LAST, _FAILED = "backup.last", "backup.failed"
_LATE_MS = 10 * MINUTE


def note_backup(tx: Tx, told: Mapping[str, Any]) -> None:
    """A backup was made, restored beside and checked; `told` is what the command tells of it."""
    set_setting(tx, _LAST, {"at": told["made_at"], "file": Path(told["file"]).name, "bytes": told["bytes"], "moves": told["moves"],
                            "seconds": told["seconds"]})
    set_setting(tx, _FAILED, None)


def note_failure(tx: Tx, why: str) -> None:
    """A backup was tried in vain."""
    set_setting(tx, _FAILED, {"at": tx.now, "why": why})


def last_backup(tx: Tx) -> Mapping[str, Any] | None:
    """at, file, bytes, moves and seconds of the last sound one."""
    found: Mapping[str, Any] | None = get_setting(tx, _LAST)
    return found


def last_failure(tx: Tx) -> Mapping[str, Any] | None:
    """At and why of what has been tried in vain since the last sound one."""
    found: Mapping[str, Any] | None = get_setting(tx, _FAILED)
    return found


def is_backup_due(tx: Tx, every_ms: int, again_ms: int) -> bool:
    """Whether the last sound one is older than `every_ms`, and what was tried in vain since older than `again_ms`.

    What lies in the future was noted by a clock that was wrong, and says nothing.
    """
    last, failed = last_backup(tx), last_failure(tx)
    return not _is_young(tx, last, every_ms) and not _is_young(tx, failed, again_ms)


def backup_warning(tx: Tx, every_hours: float) -> str | None:
    """What somebody should look after, where backups are wanted."""
    last, failed = last_backup(tx), last_failure(tx)
    if not every_hours:
        return None
    if failed is not None:
        return f"the last backup failed: {failed['why']}"
    if last is None:
        return "there is no backup yet"
    age = tx.now - last["at"]
    if age < 0:
        return f"the last backup was made {-age / HOUR:.1f} hours in the future: the machine's clock is wrong or was, set it"
    late = age > 2 * every_hours * HOUR + _LATE_MS
    return f"the last backup is {age / HOUR:.0f} hours old" if late else None


def _is_young(tx: Tx, noted: Mapping[str, Any] | None, age_ms: int) -> bool:
    return noted is not None and noted["at"] <= tx.now < noted["at"] + age_ms
