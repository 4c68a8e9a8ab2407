"""What `aisle verify` checks: every room's invariants, and the seals over the ledger."""

from typing import Any

from server.floor.invariants import FLOOR_INVARIANTS
from server.kernel.database import Database
from server.kernel.invariants import KERNEL_INVARIANTS
from server.stock.invariants import STOCK_INVARIANTS
from server.wms.invariants import WMS_INVARIANTS

INVARIANTS = sorted([*STOCK_INVARIANTS, *FLOOR_INVARIANTS, *WMS_INVARIANTS, *KERNEL_INVARIANTS],
                    key=lambda one: (int("".join(c for c in one.id if c.isdigit())), one.id))


def verify_report(database: Database) -> list[dict[str, Any]]:
    """All findings on one snapshot: id, title, rows checked, rows broken, and the first of them in words."""
    findings = database.snapshot(lambda tx: [one.check(tx) for one in INVARIANTS])
    return [{"id": one.id, "title": one.title, "checked": one.checked, "broken": one.broken, "rows": list(one.rows)}
            for one in findings]
