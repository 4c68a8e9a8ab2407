"""The floor as it is: how full each bin is, where is picked, what is shut or doubtful, and where people scanned last."""

from typing import Any

from sqlalchemy import text

from server.dashboard.around import Around
from server.kernel.clock import HOUR
from server.kernel.transaction import Tx

HEAT_HOURS = 4
_LOOSE = (
    "SELECT l.id, g.status, b.quantity, i.weight_g, i.volume_ml, 0 AS lpns FROM location l CROSS JOIN balance b JOIN goods g ON g.id = b.goods_id "
    "JOIN item i ON i.id = g.item_id WHERE l.site_id = :site_id AND l.kind = 'bin' AND b.holder_id = l.id AND b.quantity > 0"
)
_ON_LPN = (
    "SELECT l.id, g.status, b.quantity, i.weight_g, i.volume_ml, 0 FROM location l CROSS JOIN lpn p CROSS JOIN balance b JOIN goods g ON g.id = b.goods_id "
    "JOIN item i ON i.id = g.item_id WHERE l.site_id = :site_id AND l.kind = 'bin' AND p.location_id = l.id AND b.holder_id = p.id AND b.quantity > 0"
)
_LPNS = (
    "SELECT l.id, 'available', 0, 0, 0, 1 FROM location l CROSS JOIN lpn p WHERE l.site_id = :site_id AND l.kind = 'bin' AND p.location_id = l.id "
    "AND p.parent_id = l.id"
)
_FILLED = text(
    "SELECT h.id, SUM(h.quantity) AS pieces, SUM(h.quantity * h.weight_g) AS weight_g, SUM(h.quantity * h.volume_ml) AS volume_ml, "
    "SUM(CASE WHEN h.status = 'available' THEN 0 ELSE 1 END) AS held, "
    f"SUM(h.lpns) AS lpns FROM ({_LOOSE} UNION ALL {_ON_LPN} UNION ALL {_LPNS}) h GROUP BY h.id"
)
_LIMITS = text(
    "SELECT l.id, l.max_weight_g, l.max_volume_ml, l.max_lpns, l.blocked, l.suspect, l.count_due FROM location l "
    "WHERE l.site_id = :site_id AND l.kind = 'bin'"
)
_COUNTED = text("SELECT c.location_id FROM cycle_count c WHERE c.site_id = :site_id AND c.state IN ('open', 'recount')")
_BEFORE = text("SELECT s.last_id FROM seal s WHERE s.sealed_at < :since ORDER BY s.id DESC LIMIT 1")
_PICKED = text(
    "SELECT COALESCE(p.location_id, m.from_id) AS id, COUNT(*) AS picks FROM stock_move m LEFT JOIN lpn p ON p.id = m.from_id "
    "WHERE m.id > :after AND m.at >= :since AND m.reason = 'picking' AND m.reverses_id IS NULL GROUP BY COALESCE(p.location_id, m.from_id)"
)
_LAST_MOVES = text(
    "SELECT m.device_id, COALESCE(a.id, p.location_id, b.id, q.location_id) AS id FROM (SELECT MAX(id) AS id FROM stock_move WHERE id > :after AND at >= :since "
    "AND device_id IS NOT NULL GROUP BY device_id) n JOIN stock_move m ON m.id = n.id "
    "LEFT JOIN location a ON a.id = m.from_id AND a.kind <> 'account' LEFT JOIN location b ON b.id = m.to_id AND b.kind <> 'account' "
    "LEFT JOIN lpn p ON p.id = m.from_id LEFT JOIN lpn q ON q.id = m.to_id"
)
_PEOPLE = text(
    "SELECT d.id AS device, d.name AS device_name, w.name AS worker, d.last_seen_at AS at, l.id AS scanned FROM device d "
    "JOIN worker w ON w.id = d.worker_id LEFT JOIN location l ON UPPER(l.code) = UPPER(d.last_scan) AND l.site_id = d.site_id "
    "WHERE d.site_id = :site_id AND d.revoked_at IS NULL AND d.last_seen_at >= :since AND NOT EXISTS (SELECT 1 FROM station s "
    "WHERE s.device_id = d.id) ORDER BY w.name, d.id"
)
BLOCKED, SUSPECT, COUNT, HELD = 1, 2, 4, 8
"""The bits of a bin's `flags`."""


def floor_map(tx: Tx, site_id: int, _around: Around) -> dict[str, Any]:
    """Of bins only what is not empty and usual: [id, fill in %, flags, picks]; -1 where something lies and nothing says how much fits.

    Where the bins are is told apart (`/dashboard/places`), as it hardly ever changes.
    """
    since = tx.now - HEAT_HOURS * HOUR
    after = int(tx.scalar(_BEFORE, since=since) or 0)
    filled = {row.id: row for row in tx.rows(_FILLED, site_id=site_id)}
    picks = {row.id: int(row.picks) for row in tx.rows(_PICKED, after=after, since=since)}
    counted = {row.location_id for row in tx.rows(_COUNTED, site_id=site_id)}
    bins = []
    for row in tx.rows(_LIMITS, site_id=site_id):
        flags = (BLOCKED * row.blocked + SUSPECT * row.suspect + COUNT * (row.count_due or row.id in counted)
                 + HELD * (row.id in filled and filled[row.id].held > 0))
        one = [row.id, _fill(row, filled.get(row.id)), int(flags), picks.get(row.id, 0)]
        if any(one[1:]):
            bins.append(one)
    return {"hours": HEAT_HOURS, "bins": bins, "people": _people(tx, site_id, after, since)}


def _fill(limits: Any, held: Any) -> int:
    if held is None or not (held.pieces or held.lpns):
        return 0
    shares = [int(has) / int(most) for has, most in (
        (held.weight_g, limits.max_weight_g), (held.volume_ml, limits.max_volume_ml), (held.lpns, limits.max_lpns)) if most]
    share = max(shares, default=0.0)
    return min(100, max(1, round(100 * share))) if share else -1


def _people(tx: Tx, site_id: int, after: int, since: int) -> list[dict[str, Any]]:
    """By the place that was scanned last, else by the last goods that were moved."""
    moved = {row.device_id: row.id for row in tx.rows(_LAST_MOVES, after=after, since=since)}
    return [{"device": row.device, "device_name": row.device_name, "worker": row.worker, "at": row.at, "place": place}
            for row in tx.rows(_PEOPLE, site_id=site_id, since=since)
            if (place := row.scanned or moved.get(row.device)) is not None]
