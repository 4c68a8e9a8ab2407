"""What does not fit, with whose it is and how long already: exceptions on the floor and of orders, shorts, recounts, stuck devices, labels."""

from typing import Any

from sqlalchemy import text

from server.dashboard.around import Around
from server.floor.exceptions import KIND_OF, KINDS
from server.kernel.clock import MINUTE
from server.kernel.transaction import Tx
from server.oms.exceptions.shown import counts

STUCK_MS = 5 * MINUTE
_OPEN = text(
    "SELECT x.code, COUNT(*) AS count, MIN(x.at) AS oldest_at, SUM(CASE WHEN x.owner_id IS NULL THEN 1 ELSE 0 END) AS unowned "
    "FROM floor_exception x WHERE x.site_id = :site_id AND x.state = 'open' GROUP BY x.code"
)
_SHORT = text(
    "SELECT COUNT(*) AS count, MIN(r.created_at) AS oldest_at FROM release_line l CROSS JOIN release r WHERE l.short > 0 AND r.id = l.release_id "
    "AND r.site_id = :site_id AND r.state NOT IN ('shipped', 'cancelled')"
)
_RECOUNTS = text("SELECT COUNT(*) AS count, MIN(c.created_at) AS oldest_at FROM cycle_count c WHERE c.state = 'recount' AND c.site_id = :site_id")
_STUCK = text(
    "SELECT COUNT(*) AS count, MIN(d.last_seen_at) AS oldest_at FROM device d WHERE d.site_id = :site_id AND d.revoked_at IS NULL "
    "AND d.queued > 0 AND d.last_seen_at < :before"
)
_ASKED = text(
    "SELECT COUNT(*) AS count, MIN(j.sent_at) AS oldest_at FROM printer p JOIN print_job j ON j.printer_id = p.id AND j.state = 'unknown' "
    "WHERE p.site_id = :site_id"
)


def troubles(tx: Tx, site_id: int, _around: Around) -> dict[str, Any]:
    """By kind: how many, how many of them nobody has taken, and since when the oldest is there; `orders` are those of orders, all somebody's."""
    found = {kind: _of(kind) for kind in (*KINDS, "short", "recount", "stuck", "label")}
    for row in tx.rows(_OPEN, site_id=site_id):
        _add(found[KIND_OF.get(row.code, "other")], int(row.count), int(row.unowned), row.oldest_at)
    for kind, query, more in (("short", _SHORT, {}), ("recount", _RECOUNTS, {}), ("label", _ASKED, {}), ("stuck", _STUCK, {"before": tx.now - STUCK_MS})):
        row = tx.row(query, site_id=site_id, **more)
        _add(found[kind], int(row.count), 0, row.oldest_at)
    of_orders = [{"kind": row.kind, "count": int(row.count), "oldest_at": row.oldest_at} for row in counts(tx, site_id)]
    return {"kinds": list(found.values()), "orders": sorted(of_orders, key=lambda one: str(one["kind"]))}


def _of(kind: str) -> dict[str, Any]:
    return {"kind": kind, "count": 0, "unowned": 0, "oldest_at": None}


def _add(one: dict[str, Any], count: int, unowned: int, oldest_at: int | None) -> None:
    one["count"] += count
    one["unowned"] += unowned
    if oldest_at is not None:
        one["oldest_at"] = min(oldest_at, one["oldest_at"] or oldest_at)
