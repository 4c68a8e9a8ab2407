"""How much waits, and how long already: orders by stage and age, tasks by kind."""

from typing import Any

from sqlalchemy import text

from server.dashboard.around import Around
from server.kernel.clock import HOUR
from server.kernel.transaction import Tx

STAGES = ("held", "waiting", "released", "picked", "packed", "loaded")
AGES = (1, 4, 8, 24)
"""Hours: the upper ends of the bands; the last band has none."""
_STAGE = "CASE WHEN r.state = 'waiting' AND r.on_hold = 1 THEN 'held' ELSE r.state END"
_ORDERS = text(
    f"SELECT {_STAGE} AS stage, CASE WHEN r.created_at > :h1 THEN 0 WHEN r.created_at > :h4 THEN 1 WHEN r.created_at > :h8 THEN 2 "
    "WHEN r.created_at > :h24 THEN 3 ELSE 4 END AS band, COUNT(*) AS count, MIN(r.created_at) AS oldest_at FROM release r "
    f"WHERE r.site_id = :site_id AND r.state NOT IN ('shipped', 'cancelled') GROUP BY {_STAGE}, 2"
)
_TASKS = text(
    "SELECT t.kind, SUM(CASE WHEN t.state = 'open' THEN 1 ELSE 0 END) AS open, SUM(CASE WHEN t.state = 'leased' THEN 1 ELSE 0 END) "
    "AS leased, MIN(t.created_at) AS oldest_at FROM task t WHERE t.site_id = :site_id AND t.state = :state GROUP BY t.kind"
)
_OPEN = text(str(_TASKS).replace("t.state = :state", "t.state = 'open'"))
_LEASED = text(str(_TASKS).replace("t.state = :state", "t.state = 'leased'"))


def backlog(tx: Tx, site_id: int, _around: Around) -> dict[str, Any]:
    """A row for every stage, with a count for each band of age; tasks with who waits longest."""
    hours = {f"h{hour}": tx.now - hour * HOUR for hour in AGES}
    stages = {stage: {"stage": stage, "counts": [0] * (len(AGES) + 1), "oldest_at": None} for stage in STAGES}
    for row in tx.rows(_ORDERS, site_id=site_id, **hours):
        one: dict[str, Any] = stages[row.stage]
        one["counts"][row.band] = int(row.count)
        one["oldest_at"] = min(row.oldest_at, one["oldest_at"] or row.oldest_at)
    kinds: dict[str, dict[str, Any]] = {}
    for row in (*tx.rows(_OPEN, site_id=site_id), *tx.rows(_LEASED, site_id=site_id)):
        task = kinds.setdefault(row.kind, {"kind": row.kind, "open": 0, "leased": 0, "oldest_at": row.oldest_at})
        task["open"] += int(row.open)
        task["leased"] += int(row.leased)
        task["oldest_at"] = min(task["oldest_at"], row.oldest_at)
    return {"ages": list(AGES), "stages": list(stages.values()), "tasks": sorted(kinds.values(), key=lambda one: str(one["kind"]))}
