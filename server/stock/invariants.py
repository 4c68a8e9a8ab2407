"""The ledger's invariants: I1 to I3 and I8 to I10 of the house's list."""

from collections import defaultdict

from sqlalchemy import text

from server.kernel.invariants import by_query, by_words, plain_rows
from server.kernel.transaction import Tx
from server.stock.seals import broken_seals

_CONSERVED = text("""
SELECT 'holder ' || holder_id || ', goods ' || goods_id || ': ledger ' || SUM(moved) || ', balance ' || SUM(kept) FROM (
  SELECT to_id AS holder_id, goods_id, quantity AS moved, 0 AS kept FROM stock_move WHERE goods_id IS NOT NULL
  UNION ALL
  SELECT from_id, goods_id, -quantity, 0 FROM stock_move WHERE goods_id IS NOT NULL
  UNION ALL
  SELECT holder_id, goods_id, 0, quantity FROM balance
) AS legs
WHERE holder_id NOT IN (SELECT id FROM location WHERE kind = 'account')
GROUP BY holder_id, goods_id HAVING SUM(moved) <> SUM(kept)
""")
_LEGS = ("SELECT from_id << 32 | goods_id, to_id << 32 | goods_id, quantity + 0 FROM stock_move "
         "WHERE goods_id IS NOT NULL")
_KEPT = "SELECT holder_id << 32 | goods_id, quantity FROM balance"
_GOODS = (1 << 32) - 1
_ACCOUNTS = text("SELECT id FROM location WHERE kind = 'account'")
_NEGATIVE = """
SELECT 'balance ' || id || ' of holder ' || holder_id || ' is ' || quantity FROM balance WHERE quantity < 0
UNION ALL
SELECT 'account ' || l.code || ' keeps a balance of ' || b.quantity FROM balance b
JOIN location l ON l.id = b.holder_id WHERE l.kind = 'account'
"""
_ALLOCATED = """
SELECT 'balance ' || b.id || ': allocated ' || b.allocated || ' of ' || b.quantity || ', open allocations '
  || COALESCE(a.rest, 0)
FROM balance b LEFT JOIN (
  SELECT holder_id, goods_id, SUM(quantity - picked) AS rest FROM allocation WHERE state = 'open'
  GROUP BY holder_id, goods_id
) AS a ON a.holder_id = b.holder_id AND a.goods_id = b.goods_id
WHERE b.allocated <> COALESCE(a.rest, 0) OR b.allocated > b.quantity OR b.allocated < 0
UNION ALL
SELECT 'allocation ' || a.id || ' has no balance' FROM allocation a
LEFT JOIN balance b ON b.holder_id = a.holder_id AND b.goods_id = a.goods_id
WHERE a.state = 'open' AND b.id IS NULL
UNION ALL
SELECT 'site ' || v.site_id || ', item ' || v.item_id || ': promised ' || v.promised || ' of ' || v.on_hand
  || ', pending promises ' || COALESCE(p.rest, 0)
FROM availability v LEFT JOIN (
  SELECT site_id, item_id, owner_id, SUM(quantity - posted) AS rest FROM promise WHERE state = 'pending'
  GROUP BY site_id, item_id, owner_id
) AS p ON p.site_id = v.site_id AND p.item_id = v.item_id AND p.owner_id = v.owner_id
WHERE v.promised <> COALESCE(p.rest, 0) OR v.promised > v.on_hand
UNION ALL
SELECT 'site ' || site_id || ', item ' || item_id || ': on hand ' || SUM(said) || ', in bins ' || SUM(held) FROM (
  SELECT site_id, item_id, owner_id, on_hand AS said, 0 AS held FROM availability
  UNION ALL
  SELECT l.site_id, g.item_id, g.owner_id, 0, b.quantity FROM balance b
  JOIN goods g ON g.id = b.goods_id LEFT JOIN lpn p ON p.id = b.holder_id
  JOIN location l ON l.id = COALESCE(p.location_id, b.holder_id) WHERE g.status = 'available'
) AS both_sides GROUP BY site_id, item_id, owner_id HAVING SUM(said) <> SUM(held)
"""
_SERIALS = """
SELECT 'serial ' || serial_key || ' is in ' || COUNT(*) || ' places' FROM balance
WHERE serial_key IS NOT NULL AND quantity > 0 GROUP BY serial_key HAVING COUNT(*) > 1
UNION ALL
SELECT 'serial ' || serial_key || ' has quantity ' || quantity FROM balance
WHERE serial_key IS NOT NULL AND quantity > 1
"""
_TREE = """
WITH RECURSIVE up (lpn_id, holder_id, depth) AS (
  SELECT id, parent_id, 1 FROM lpn
  UNION ALL
  SELECT u.lpn_id, p.parent_id, u.depth + 1 FROM up u JOIN lpn p ON p.id = u.holder_id WHERE u.depth < 64
), outermost AS (SELECT u.lpn_id, u.holder_id FROM up u JOIN location l ON l.id = u.holder_id)
SELECT 'LPN ' || p.code || ' stands in no location: its parents go round in a circle' FROM lpn p
LEFT JOIN outermost o ON o.lpn_id = p.id WHERE o.lpn_id IS NULL
UNION ALL
SELECT 'LPN ' || p.code || ' is said to be in location ' || p.location_id || ', its parents are in ' || o.holder_id
FROM lpn p JOIN outermost o ON o.lpn_id = p.id WHERE p.location_id <> o.holder_id
UNION ALL
SELECT 'LPN ' || p.code || ' stands in ' || p.parent_id || ', its last move went to ' || m.to_id
FROM (SELECT lpn_id, MAX(id) AS id FROM stock_move WHERE lpn_id IS NOT NULL GROUP BY lpn_id) AS last
JOIN stock_move m ON m.id = last.id JOIN lpn p ON p.id = last.lpn_id WHERE m.to_id <> p.parent_id
"""


def _not_conserved(tx: Tx) -> list[str]:
    """PostgreSQL adds up in a hash table; SQLite would sort all moves twice for it, so that we add up here."""
    if tx.connection.dialect.name == "postgresql":
        return [row[0] for row in tx.query(_CONSERVED)]
    moved: dict[int, int] = defaultdict(int)
    for origin, target, quantity in plain_rows(tx, _LEGS):
        moved[origin] -= quantity
        moved[target] += quantity
    kept = dict(plain_rows(tx, _KEPT))
    accounts = set(tx.query(_ACCOUNTS).scalars())
    return [f"holder {place >> 32}, goods {place & _GOODS}: ledger {moved.get(place, 0)}, balance {kept.get(place, 0)}"
            for place in moved.keys() | kept.keys()
            if place >> 32 not in accounts and moved.get(place, 0) != kept.get(place, 0)]


STOCK_INVARIANTS = [
    by_words("I1", "the ledger's sum is the balance", counted="stock_move", broken=_not_conserved),
    by_query("I2", "no balance below zero", counted="balance", broken=_NEGATIVE),
    by_query("I3", "allocated and promised within stock", counted="allocation", broken=_ALLOCATED),
    by_query("I8", "a serial is in one place", counted="goods", broken=_SERIALS),
    by_query("I9", "LPNs form a tree", counted="lpn", broken=_TREE),
    by_words("I10", "the ledger is sealed and unchanged", counted="stock_move", broken=broken_seals),
]
