"""Throughput by step and zone, and who works on what now."""

from typing import Any

from sqlalchemy import text

from server.dashboard.around import Around
from server.kernel.clock import HOUR, MINUTE
from server.kernel.transaction import Tx

STEPS = ("receive", "put_away", "pick", "pack", "load", "count")
STEP_MS = 10 * MINUTE
_HOURS = 4
_HERE_MS = 15 * MINUTE
_PEOPLE_MOST = 300
_DONE = text(
    "SELECT o.kind, COALESCE(t.zone, '') AS zone, o.at / :step * :step AS at, COUNT(*) AS lines FROM operation o "
    "LEFT JOIN task t ON t.id = o.task_id WHERE o.at >= :since AND o.status = 'applied' AND o.undone_by IS NULL "
    "AND o.kind IN ('receive', 'put_away', 'pick', 'pack', 'load', 'count') "
    "AND o.device_id IN (SELECT id FROM device WHERE site_id = :site_id) GROUP BY o.kind, COALESCE(t.zone, ''), o.at / :step"
)
_PEOPLE = text(
    "SELECT d.id AS device, d.name AS device_name, w.badge, w.name AS worker, t.id AS task, t.kind, t.zone, t.document, t.started_at "
    "FROM device d JOIN worker w ON w.id = d.worker_id LEFT JOIN task t ON t.device_id = d.id AND t.state = 'leased' "
    "WHERE d.site_id = :site_id AND d.revoked_at IS NULL AND (d.last_seen_at >= :since OR t.id IS NOT NULL) "
    "ORDER BY w.name, d.id, t.id LIMIT :most"
)


def pace(tx: Tx, site_id: int, _around: Around) -> dict[str, Any]:
    """Lines in steps of ten minutes for four hours, by step; by zone those of the last hour; everybody with what they hold."""
    first = (tx.now - _HOURS * HOUR) // STEP_MS * STEP_MS + STEP_MS
    times = list(range(first, tx.now + 1, STEP_MS))
    place = {at: number for number, at in enumerate(times)}
    lines = {step: [0] * len(times) for step in STEPS}
    zones: dict[tuple[str, str], int] = {}
    for row in tx.rows(_DONE, site_id=site_id, since=first, step=STEP_MS):
        if row.at in place:
            lines[row.kind][place[row.at]] += int(row.lines)
        if row.at > tx.now - HOUR:
            zones[row.zone, row.kind] = zones.get((row.zone, row.kind), 0) + int(row.lines)
    people = tx.rows(_PEOPLE, site_id=site_id, since=tx.now - _HERE_MS, most=_PEOPLE_MOST)
    return {"step_ms": STEP_MS, "first_at": first, "lines": [{"step": step, "lines": lines[step]} for step in STEPS],
            "zones": [{"zone": zone, "step": step, "lines": count} for (zone, step), count in sorted(zones.items())],
            "people": [dict(row._mapping) for row in people]}
