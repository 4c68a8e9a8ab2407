"""What is still to come to a site, by the papers that say when."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, text

from server.kernel.transaction import Tx

_EXPECTED = text(
    "SELECT l.item_id, l.owner_id, n.kind, n.expected_at, CAST(SUM(l.quantity - l.received) AS BIGINT) AS quantity FROM inbound_line l "
    "JOIN inbound n ON n.id = l.inbound_id WHERE l.item_id IN :items AND l.quantity > l.received AND l.closed_reason IS NULL AND l.hold = 0 "
    "AND n.site_id = :site_id AND n.kind IN ('asn', 'purchase_order') AND n.state IN ('expected', 'receiving') AND n.expected_at IS NOT NULL "
    "GROUP BY l.item_id, l.owner_id, n.kind, n.expected_at ORDER BY n.expected_at, n.kind"
).bindparams(bindparam("items", expanding=True))


def expected(tx: Tx, site_id: int, items: Sequence[int]) -> dict[tuple[int, int], list[Any]]:
    """By item and owner what comes when, the first first: rows of expected_at (UTC, ms) and quantity.

    Where a supplier's notices (ASNs) name an item, its purchase orders are not counted beside: both tell of the same goods. Papers without
    a date and goods that are inspected when they come promise nothing.
    """
    found: dict[tuple[int, int], list[Any]] = {}
    for row in tx.rows(_EXPECTED, site_id=site_id, items=list(items) or [0]):
        found.setdefault((row.item_id, row.owner_id), []).append(row)
    return {key: [row for row in rows if row.kind == "asn"] or rows for key, rows in found.items()}
