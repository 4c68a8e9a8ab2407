"""What happened at a site in a span, from the tables themselves: counts and times by scope."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import text

from server.dashboard.tally import Tallies, Tally, tally_of
from server.kernel.clock import MINUTE
from server.kernel.transaction import Tx

QUARTER = 15 * MINUTE
WORK = ("pick", "receive", "put_away", "pack", "load", "count")
"""Operations that are each one line of work."""
_OPERATIONS = text(  # CROSS JOIN: SQLite begins with the span then, and not with all that a device ever sent
    "SELECT o.op, o.kind, o.status, o.worker_id, o.at, o.slots, o.undone_by, COALESCE(t.zone, '') AS zone FROM operation o "
    "CROSS JOIN device d LEFT JOIN task t ON t.id = o.task_id WHERE d.id = o.device_id AND o.at >= :since AND o.at < :until "
    "AND d.site_id = :site_id"
)
_RECEIVED = text(
    "SELECT SUM(m.quantity) AS units FROM operation o CROSS JOIN device d CROSS JOIN stock_move m "
    "WHERE d.id = o.device_id AND m.op = o.op AND o.at >= :since AND o.at < :until AND d.site_id = :site_id AND o.undone_by IS NULL AND m.reason = 'receiving' "
    "AND m.goods_id IS NOT NULL AND m.reverses_id IS NULL"
)
_ORDERED = text(
    "SELECT COUNT(DISTINCT r.id) AS orders, COUNT(l.id) AS lines, SUM(l.ordered) AS units FROM release r "
    "JOIN release_line l ON l.release_id = r.id WHERE r.site_id = :site_id AND r.created_at >= :since AND r.created_at < :until"
)
_SHIPPED = text(
    "SELECT r.created_at, r.cutoff_at, r.shipped_at, w.released_at, "
    "(SELECT COUNT(*) FROM release_line l WHERE l.release_id = r.id AND l.shipped > 0) AS lines, "
    "(SELECT SUM(l.shipped) FROM release_line l WHERE l.release_id = r.id) AS units, "
    "(SELECT MAX(t.done_at) FROM release_line l JOIN allocation a ON a.release_line_id = l.id JOIN task t ON t.id = a.task_id "
    "WHERE l.release_id = r.id) AS picked_at, "
    "(SELECT MAX(m.at) FROM carton c JOIN stock_move m ON m.to_id = c.lpn_id WHERE c.release_id = r.id AND m.reason = 'packing') AS packed_at "
    "FROM release r LEFT JOIN wave w ON w.id = r.wave_id WHERE r.site_id = :site_id AND r.shipped_at >= :since AND r.shipped_at < :until"
)
_STORED = text(
    "SELECT t.worker_id, t.zone, t.created_at, t.done_at FROM task t WHERE t.site_id = :site_id AND t.done_at >= :since "
    "AND t.done_at < :until AND t.kind = 'put_away' AND t.state = 'done'"
)
_RAISED = text("SELECT worker_id, COUNT(*) AS count FROM floor_exception WHERE site_id = :site_id AND at >= :since AND at < :until "
               "GROUP BY worker_id")
_CLOSED = text("SELECT at, closed_at FROM floor_exception WHERE site_id = :site_id AND closed_at >= :since AND closed_at < :until")
_COUNTED = text(
    "SELECT COUNT(*) AS lines, SUM(CASE WHEN n.book = n.counted THEN 1 ELSE 0 END) AS right_lines, SUM(n.book) AS book, "
    "SUM(CASE WHEN n.book > n.counted THEN n.book - n.counted ELSE n.counted - n.book END) AS off FROM cycle_count c "
    "JOIN cycle_count_line n ON n.cycle_count_id = c.id WHERE c.site_id = :site_id AND c.counted_at >= :since AND c.counted_at < :until "
    "AND c.state = 'done' AND n.round = 1"
)
_WALKED = text(
    "SELECT w.walk_mm, w.walk_order_mm, (SELECT COUNT(*) FROM release r JOIN release_line l ON l.release_id = r.id WHERE r.wave_id = w.id) "
    "AS lines FROM wave w WHERE w.site_id = :site_id AND w.released_at >= :since AND w.released_at < :until"
)
_STOCK = text("SELECT SUM(on_hand) FROM availability WHERE site_id = :site_id")


def happened(tx: Tx, site_id: int, since: int, until: int) -> Tallies:
    """All that is counted and timed in a span, by scope; what was undone since is not in it."""
    span = {"site_id": site_id, "since": since, "until": until}
    found: Tallies = {"": Tally()}
    _work(found, tx.rows(_OPERATIONS, **span))
    whole = found[""]
    whole.counts["units_received"] += int(tx.scalar(_RECEIVED, **span) or 0)
    _orders(whole, tx, span)
    for row in tx.rows(_STORED, **span):
        for scope in _scopes(row.worker_id, row.zone):
            tally_of(found, scope).took("dock", row.done_at - row.created_at)
    for row in tx.rows(_RAISED, **span):
        for scope in _scopes(row.worker_id, ""):
            tally_of(found, scope).counts["exceptions"] += row.count
    for row in tx.rows(_CLOSED, **span):
        whole.took("close", row.closed_at - row.at)
    _checks(whole, tx, span)
    return found


def stock_now(tx: Tx, site_id: int) -> int:
    """How many units a site has that may be sold."""
    return int(tx.scalar(_STOCK, site_id=site_id) or 0)


def _work(found: Tallies, operations: Iterable[Any]) -> None:
    quarters: dict[str, set[tuple[int, str, int]]] = {}
    for row in operations:
        is_done = row.status == "applied" and row.undone_by is None
        for scope in _scopes(row.worker_id, row.zone):
            counts = tally_of(found, scope).counts
            counts[f"sent.{row.kind}"] += 1
            counts[f"refused.{row.kind}"] += row.status == "refused"
            counts["undone"] += row.undone_by is not None
            if row.worker_id is not None:
                quarters.setdefault(scope, set()).update((row.worker_id, kind, row.at // QUARTER) for kind in ("", row.kind))
            if is_done and row.kind in WORK:
                counts[f"done.{row.kind}"] += 1
                counts[f"scans.{row.kind}"] += len(json.loads(row.slots))
            counts["shorts"] += is_done and row.kind == "short"
    for scope, seen in quarters.items():
        counts = found[scope].counts
        for _worker, kind, _quarter in seen:
            counts[f"quarters.{kind}" if kind else "quarters"] += 1


def _orders(whole: Tally, tx: Tx, span: dict[str, int]) -> None:
    ordered = tx.row(_ORDERED, **span)
    whole.counts.update({"orders_received": ordered.orders, "lines_received": ordered.lines, "units_ordered": int(ordered.units or 0)})
    for row in tx.rows(_SHIPPED, **span):
        whole.counts.update({"orders_shipped": 1, "lines_shipped": row.lines, "units_shipped": int(row.units or 0)})
        whole.took("cycle", row.shipped_at - row.created_at)
        ends = (row.created_at, row.released_at, row.picked_at, row.packed_at, row.shipped_at)
        for stage, start, end in zip(("wait", "pick", "pack", "ship"), ends, ends[1:], strict=False):
            whole.took(stage, end - start if start is not None and end is not None else None)
        if row.cutoff_at is not None:
            late = row.shipped_at - row.cutoff_at
            whole.counts.update({"with_cutoff": 1, "on_time": int(late <= 0)})
            whole.took("late", late if late > 0 else None)


def _checks(whole: Tally, tx: Tx, span: dict[str, int]) -> None:
    counted = tx.row(_COUNTED, **span)
    whole.counts.update({"counted_lines": counted.lines, "counted_right": int(counted.right_lines or 0),
                         "counted_book": int(counted.book or 0), "counted_off": int(counted.off or 0)})
    for row in tx.rows(_WALKED, **span):
        whole.counts.update({"walk_mm": row.walk_mm, "walk_order_mm": row.walk_order_mm, "walk_lines": row.lines})


def _scopes(worker_id: int | None, zone: str) -> list[str]:
    """Where something counts: in the whole, for who did it, in its zone."""
    return ["", *([f"worker:{worker_id}"] if worker_id is not None else []), *([f"zone:{zone}"] if zone else [])]
