"""What `aisle verify` checks: every room's invariants, and the seals over the ledger."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from server.floor.invariants import FLOOR_INVARIANTS
from server.kernel import audit
from server.kernel.database import Database
from server.kernel.invariants import KERNEL_INVARIANTS, Invariant, by_words
from server.stock.invariants import STOCK_INVARIANTS
from server.wms.invariants import WMS_INVARIANTS

INVARIANTS = sorted([*STOCK_INVARIANTS, *FLOOR_INVARIANTS, *WMS_INVARIANTS, *KERNEL_INVARIANTS],
                    key=lambda one: (int("".join(c for c in one.id if c.isdigit())), one.id))


AT_ONCE = 3


def verify_report(database: Database, noted: audit.Head | None = None) -> list[dict[str, Any]]:
    """All findings: id, title, rows checked, rows broken, the first of them in words, and the seconds it took.

    A few at once on PostgreSQL, where each has a process of its own (SQLite's threads wait for each other); each sees one
    moment, in which it has to hold by itself. `noted` is a head of the audit that was written down elsewhere.
    """
    wanted = [*INVARIANTS, *([_still_holds(noted)] if noted is not None else [])]
    with ThreadPoolExecutor(1 if database.is_sqlite else AT_ONCE, "verify") as threads:
        return list(threads.map(lambda one: _finding(database, one), wanted))


def _still_holds(noted: audit.Head) -> Invariant:
    return by_words("I10b", "the audit holds what its head says that was noted elsewhere", counted="audit", broken=lambda tx: (
        [] if audit.holds(tx, noted) else [f"row {noted.rows} of the audit is not the one that was noted"]))


def broken_at(url: str) -> list[str]:
    """What is broken in the database at an address, a line each; for those who may not import the server."""
    database = Database(url)
    try:
        return [f"{one['id']}: {row}" for one in verify_report(database) for row in one["rows"]]
    finally:
        database.close()


def _finding(database: Database, invariant: Invariant) -> dict[str, Any]:
    began = time.perf_counter()
    one = database.snapshot(invariant.check)
    return {"id": one.id, "title": one.title, "checked": one.checked, "broken": one.broken, "rows": list(one.rows),
            "seconds": round(time.perf_counter() - began, 3)}
