"""The floor's invariants: I4 to I7 of the house's list, as far as the server can see them."""

from server.kernel.invariants import by_query

_LOST = """
SELECT 'operation ' || o.op || ' (' || o.kind || ') was answered as applied and has no number in its device''s order'
FROM operation o LEFT JOIN device_epoch e ON e.device_id = o.device_id AND e.epoch = o.epoch
WHERE e.epoch IS NULL OR o.seq >= e.next_seq
"""
_TWICE = """
SELECT 'operation number ' || seq || ' of device ' || device_id || ' was kept ' || COUNT(*) || ' times'
FROM operation GROUP BY device_id, epoch, seq HAVING COUNT(*) > 1
UNION ALL
SELECT 'move ' || MIN(id) || ' was reversed ' || COUNT(*) || ' times' FROM stock_move
WHERE reverses_id IS NOT NULL GROUP BY reverses_id HAVING COUNT(*) > 1
"""
_REFUSED_MOVED = """
SELECT 'operation ' || o.op || ' was refused but moved stock' FROM operation o
WHERE o.status <> 'applied' AND EXISTS (SELECT 1 FROM stock_move m WHERE m.op = o.op)
"""
_OUT_OF_ORDER = """
SELECT 'operation ' || op || ' (number ' || seq || ') was applied before number ' || before || ' of its device' FROM (
  SELECT o.op, o.seq, m.first_move,
    LAG(o.seq) OVER (PARTITION BY o.device_id, o.epoch ORDER BY m.first_move) AS before
  FROM operation o JOIN (
    SELECT op, MIN(id) AS first_move FROM stock_move WHERE op IS NOT NULL GROUP BY op
  ) AS m ON m.op = o.op
) AS ordered WHERE before > seq
"""

FLOOR_INVARIANTS = [
    by_query("I4", "an acknowledged operation is in the ledger", counted="operation", broken=_LOST),
    by_query("I5", "an operation counts once", counted="operation", broken=_TWICE),
    by_query("I6", "refused stays refused", counted="operation", broken=_REFUSED_MOVED),
    by_query("I7", "a device's operations are in order", counted="operation", broken=_OUT_OF_ORDER),
]
