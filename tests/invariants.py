"""All invariants of the house, for the end of every test that moves stock."""

from server.floor.invariants import FLOOR_INVARIANTS
from server.kernel.database import Database
from server.kernel.invariants import KERNEL_INVARIANTS
from server.stock.invariants import STOCK_INVARIANTS
from server.wms.invariants import WMS_INVARIANTS


def broken_invariants(database: Database) -> list[str]:
    checks = [*STOCK_INVARIANTS, *FLOOR_INVARIANTS, *WMS_INVARIANTS, *KERNEL_INVARIANTS]
    findings = database.read(lambda tx: [check.check(tx) for check in checks])
    return [f"{finding.id}: {row}" for finding in findings for row in finding.rows]
