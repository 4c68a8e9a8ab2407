"""What is still to come to a site, by the papers that say when."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, text

from server.kernel.transaction import Tx

TO_COME = (
    "n.kind IN ('asn', 'purchase_order') AND n.state IN ('expected', 'receiving') AND n.expected_at IS NOT NULL "
    "AND l.quantity > l.received AND l.closed_reason IS NULL AND l.hold = 0"
)
"""SQL: of a paper n its line l promises that something comes. The lines come first in a join: SQLite would read all that a site waits for."""
_EXPECTED = text(
    "SELECT l.item_id, l.owner_id, n.kind, n.expected_at, CAST(SUM(l.quantity - l.received) AS BIGINT) AS quantity FROM inbound_line l "
    f"CROSS JOIN inbound n WHERE n.id = l.inbound_id AND l.item_id IN :items AND n.site_id = :site_id AND {TO_COME} "
    "GROUP BY l.item_id, l.owner_id, n.kind, n.expected_at ORDER BY n.expected_at, n.kind"
).bindparams(bindparam("items", expanding=True))
_EXPECTED_ANYWHERE = text(
    "SELECT n.site_id, l.item_id, l.owner_id, n.kind, n.expected_at, CAST(SUM(l.quantity - l.received) AS BIGINT) AS quantity FROM inbound_line l "
    f"CROSS JOIN inbound n WHERE n.id = l.inbound_id AND l.item_id IN :items AND l.owner_id = :owner_id AND {TO_COME} "
    "GROUP BY n.site_id, l.item_id, l.owner_id, n.kind, n.expected_at ORDER BY n.expected_at, n.kind"
).bindparams(bindparam("items", expanding=True))
_HOLD_ANYWHERE = text("SELECT a.site_id, a.item_id FROM site s CROSS JOIN availability a WHERE a.site_id = s.id AND a.item_id IN :items AND a.owner_id = :owner_id "
                      "ORDER BY a.site_id, a.item_id"
                      ).bindparams(bindparam("items", expanding=True))
_NOTE = text("UPDATE availability SET is_changed = 1 WHERE site_id = :site_id AND item_id = :item_id AND owner_id = :owner_id")
_HOLD = text("UPDATE availability SET is_changed = 1 WHERE site_id = :site_id AND item_id = :item_id AND owner_id = :owner_id RETURNING item_id")
_ANNOUNCE = text("INSERT INTO availability (site_id, item_id, owner_id, on_hand) VALUES (:site_id, :item_id, :owner_id, 0) "
                 "ON CONFLICT (site_id, item_id, owner_id) DO UPDATE SET is_changed = 1")
_OF_PAPER = text("SELECT DISTINCT n.site_id, l.item_id, l.owner_id FROM inbound n JOIN inbound_line l ON l.inbound_id = n.id WHERE n.id = :id "
                 "AND n.kind IN ('asn', 'purchase_order') ORDER BY l.item_id, l.owner_id")


def expected(tx: Tx, site_id: int, items: Sequence[int]) -> dict[tuple[int, int], list[Any]]:
    """By item and owner what comes when, the first first: rows of expected_at (UTC, ms) and quantity.

    Where a supplier's notices (ASNs) name an item, its purchase orders are not counted beside: both tell of the same goods. Papers without
    a date and goods that are inspected when they come promise nothing.
    """
    found: dict[tuple[int, int], list[Any]] = {}
    for row in tx.rows(_EXPECTED, site_id=site_id, items=list(items) or [0]):
        found.setdefault((row.item_id, row.owner_id), []).append(row)
    return {key: [row for row in rows if row.kind == "asn"] or rows for key, rows in found.items()}


def expected_anywhere(tx: Tx, owner_id: int, items: Sequence[int]) -> dict[tuple[int, int], list[Any]]:
    """By site and item, of one owner, what `expected` tells."""
    found: dict[tuple[int, int], list[Any]] = {}
    for row in tx.rows(_EXPECTED_ANYWHERE, owner_id=owner_id, items=list(items) or [0]):
        found.setdefault((row.site_id, row.item_id), []).append(row)
    return {key: [row for row in rows if row.kind == "asn"] or rows for key, rows in found.items()}


def expected_sql(item: str, owner: str, site: str, until: str) -> str:
    """SQL for the sum of what `expected` tells until a moment: for statements that ask of many sites and items at once."""
    coming = f"FROM inbound_line l CROSS JOIN inbound n WHERE n.id = l.inbound_id AND l.item_id = {item} AND l.owner_id = {owner} AND n.site_id = {site} AND {TO_COME}"
    return (f"(SELECT CAST(COALESCE(SUM(l.quantity - l.received), 0) AS BIGINT) {coming} AND n.expected_at <= {until} "
            f"AND (n.kind = 'asn' OR NOT EXISTS (SELECT 1 {coming} AND n.kind = 'asn')))")


def announce(tx: Tx, paper_id: int) -> None:
    """A paper tells of goods, or tells otherwise of them: whoever sells them is to know. Each has a row from now on that is held while it is promised."""
    tx.execute(_ANNOUNCE, [dict(row._mapping) for row in tx.rows(_OF_PAPER, id=paper_id)])


def note_expected(tx: Tx, site_id: int, item_id: int, owner_id: int) -> None:
    """More or less of what is to come is spoken for: whoever sells it is to know."""
    tx.execute(_NOTE, {"site_id": site_id, "item_id": item_id, "owner_id": owner_id})


def hold_expected(tx: Tx, site_id: int, goods: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """Whoever else wants what is to come of these items and owners waits until this is committed; those of which anything was ever announced.

    To be asked for in their own sequence, as all do, and before it is read what comes: read before, it would be promised to two.
    """
    return {(item_id, owner_id) for item_id, owner_id in goods
            if tx.row(_HOLD, site_id=site_id, item_id=item_id, owner_id=owner_id) is not None}


def hold_expected_anywhere(tx: Tx, owner_id: int, items: Iterable[int]) -> None:
    """The same at all sites, in the sequence in which everybody takes them: by site, then by item."""
    for row in tx.rows(_HOLD_ANYWHERE, owner_id=owner_id, items=sorted(items) or [0]):
        hold_expected(tx, row.site_id, [(row.item_id, owner_id)])
