"""Scans of a fixed scanner that are meant for a handheld: kept for a few seconds, taken by it with its next pull, each once."""

from typing import Any

from sqlalchemy import text

from server.floor.process import Json
from server.kernel.clock import SECOND
from server.kernel.transaction import Tx

FRESH_MS = 15 * SECOND
"""What a handheld did not take by then it never gets: whoever scans sees that nothing happens, and scans again."""
TEXT_MAX = 512
_ADD = text("INSERT INTO handed_scan (device_id, text, at) VALUES (:device_id, :text, :at) RETURNING id")
_FORGET = text("DELETE FROM handed_scan WHERE at < :before AND id < (SELECT MAX(id) FROM handed_scan)")
_AFTER = text("SELECT id, text FROM handed_scan WHERE device_id = :device_id AND id > :after AND at >= :since ORDER BY id LIMIT 100")
_MARK = text("SELECT MAX(id) FROM handed_scan WHERE device_id = :device_id")


def hand_on(tx: Tx, device_id: int, scanned: str) -> None:
    """Gives a scan to a handheld, and rings it; older ones are forgotten."""
    tx.execute(_FORGET, {"before": tx.now - 4 * FRESH_MS})
    tx.execute(_ADD, {"device_id": device_id, "text": scanned[:TEXT_MAX], "at": tx.now})
    tx.touched_devices.add(device_id)


def handed_to(tx: Tx, device_id: int, after: int | None) -> Json:
    """The scans for a handheld after the number that it has taken; the newest number alone where it has taken none yet."""
    if after is None:
        return {"scans": [], "scans_mark": int(tx.scalar(_MARK, device_id=device_id) or 0)}
    rows: list[Any] = tx.rows(_AFTER, device_id=device_id, after=after, since=tx.now - FRESH_MS)
    return {"scans": [{"id": row.id, "text": row.text} for row in rows], "scans_mark": rows[-1].id if rows else after}
