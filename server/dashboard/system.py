"""How the server itself is: the ledger, backups, the disk, what waits behind the scenes and what was given up."""

import shutil
from typing import Any

from sqlalchemy import text

from server.dashboard.around import Around
from server.kernel.backup_note import backup_warning, last_backup, last_failure
from server.kernel.given_up import given_up
from server.kernel.transaction import Tx

_MOVES = text("SELECT COALESCE(MAX(id), 0) FROM stock_move")
_SEALED = text("SELECT last_id, sealed_at FROM seal ORDER BY id DESC LIMIT 1")
_WAITING = text("SELECT COUNT(*) AS count, MIN(at) AS oldest_at FROM outbox WHERE dispatched = 0")
_UNDELIVERED = text("SELECT COUNT(*) AS count, MIN(o.at) AS oldest_at FROM delivery d JOIN outbox o ON o.id = d.outbox_id WHERE d.state = 'pending'")
_GIVEN_UP_MOST = 50
_PERCENT = 100


def system(tx: Tx, _site_id: int, around: Around) -> dict[str, Any]:
    """A backup counts as the ledger's audit: it is restored beside and its sums are checked before it is noted."""
    sealed, last, failed = tx.row(_SEALED), last_backup(tx), last_failure(tx)
    waiting, undelivered = tx.row(_WAITING), tx.row(_UNDELIVERED)
    oldest = [at for at in (waiting.oldest_at, undelivered.oldest_at) if at is not None]
    disk = shutil.disk_usage(around.var_folder) if around.var_folder.exists() else None
    return {
        "ledger": {"moves": int(tx.scalar(_MOVES)), "sealed": int(sealed.last_id) if sealed is not None else 0,
                   "sealed_at": sealed.sealed_at if sealed is not None else None, "audited_at": last["at"] if last is not None else None,
                   "audited": last["moves"] if last is not None else 0},
        "backup": {"at": last["at"] if last is not None else None, "failed": failed["why"] if failed is not None else None,
                   "is_late": backup_warning(tx, around.backup_hours) is not None, "is_wanted": around.backup_hours > 0},
        "disk_free_percent": disk.free * _PERCENT // disk.total if disk is not None else None,
        "outbox": {"waiting": int(waiting.count + undelivered.count), "oldest_at": min(oldest, default=None)},
        "given_up": [{"key": one.key, "name": one.name, "error": one.error} for one in given_up(tx, most=_GIVEN_UP_MOST)],
    }
