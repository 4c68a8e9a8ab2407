"""The lives of a device: one begins whenever its own database was made anew, and the supervisor hears what the one before may have lost."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from server.floor.exceptions import raise_besides
from server.kernel.clock import MINUTE
from server.kernel.transaction import Tx

_NEXT_SEQ = text("SELECT next_seq FROM device_epoch WHERE device_id = :device_id AND epoch = :epoch")
_BEGIN = text("INSERT INTO device_epoch (device_id, epoch, next_seq, started_at) VALUES (:device_id, :epoch, 1, :now) "
              "ON CONFLICT (device_id, epoch) DO NOTHING")
_BEFORE = text(
    "SELECT e.next_seq, d.name, d.queued, d.last_scan, d.worker_id, w.name AS worker FROM device_epoch e "
    "JOIN device d ON d.id = e.device_id LEFT JOIN worker w ON w.id = d.worker_id WHERE e.device_id IN (SELECT o.id FROM device o "
    "JOIN device n ON n.id = :device_id WHERE o.id = n.id OR (o.site_id = n.site_id AND o.name = n.name AND o.kind = n.kind "
    "AND o.revoked_at IS NULL AND o.enrolled_at < n.enrolled_at AND (o.queued > 0 OR COALESCE(o.last_seen_at, 0) < n.enrolled_at - :silent_ms))) "
    "AND e.epoch <> :epoch AND (e.next_seq > 1 OR d.queued > 0) "
    "ORDER BY e.started_at DESC, e.epoch LIMIT 1"
)
"""The life before; a device whose storage was cleared forgot its token too, and was let in again under the name that is stuck on it.

Nothing can be missing of one that was heard of until then and held nothing; another of the same name that is at work is meant neither.
"""
_SILENT_MS = MINUTE
_SCAN_SHOWN = 64


def begin_or_go_on(tx: Tx, device_id: int, site_id: int, epoch: str, said: Mapping[str, Any]) -> tuple[int, int | None]:
    """The next number of a device's life, and up to which the life before had come while nothing was done in this one.

    To be asked before what the device says of itself is kept: of the life before, that is all there is. A device which
    has made operations already began a new life because the server was set back, and lost nothing.
    """
    known = tx.scalar(_NEXT_SEQ, device_id=device_id, epoch=epoch)
    if known not in (None, 1) or said.get("last_seq", 0) != 0:
        return int(known or 1), None
    before = tx.row(_BEFORE, device_id=device_id, epoch=epoch, silent_ms=_SILENT_MS)
    if before is None:
        return 1, None
    if tx.changed(_BEGIN, device_id=device_id, epoch=epoch, now=tx.now):
        raise_besides(tx, site_id, "device_reset", before.worker_id, device=before.name, device_id=device_id, queued=before.queued,
                      seq=before.next_seq - 1, last_scan=before.last_scan[:_SCAN_SHOWN] or "-", worker=before.worker or "-")
    return 1, before.next_seq - 1
