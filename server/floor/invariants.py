"""The floor's invariants: I4 to I7 of the house's list, as far as the server can see them."""

from sqlalchemy import text

from server.kernel.invariants import by_query, by_words, plain_rows
from server.kernel.transaction import Tx

_LOST = """
SELECT 'operation ' || o.op || ' (' || o.kind || ') was answered as applied and has no number in its device''s order'
FROM (SELECT device_id, epoch, MAX(seq) AS last FROM operation GROUP BY device_id, epoch) AS life
LEFT JOIN device_epoch e ON e.device_id = life.device_id AND e.epoch = life.epoch
JOIN operation o ON o.device_id = life.device_id AND o.epoch = life.epoch AND (e.epoch IS NULL OR o.seq >= e.next_seq)
WHERE e.epoch IS NULL OR life.last >= e.next_seq
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
_OUT_OF_ORDER = text("""
SELECT 'operation ' || op || ' (number ' || seq || ') was applied before number ' || before || ' of its device' FROM (
  SELECT o.op, o.seq, m.first_move,
    LAG(o.seq) OVER (PARTITION BY o.device_id, o.epoch ORDER BY m.first_move) AS before
  FROM operation o JOIN (
    SELECT op, MIN(id) AS first_move FROM stock_move WHERE op IS NOT NULL GROUP BY op
  ) AS m ON m.op = o.op
) AS ordered WHERE before > seq
""")
_IN_ORDER_OF_MOVES = """
SELECT m.id, o.op, o.device_id, o.epoch, o.seq FROM stock_move m CROSS JOIN operation o ON o.op = m.op ORDER BY m.id
"""
_FIRST_MOVE = text("SELECT MIN(id) FROM stock_move WHERE op = :op")


def _out_of_order(tx: Tx) -> list[str]:
    """SQLite has the moves in order already, and would sort all of them again for a window: we look at them as they come."""
    if tx.connection.dialect.name == "postgresql":
        return [row[0] for row in tx.query(_OUT_OF_ORDER)]
    highest: dict[tuple[int, str], int] = {}
    broken = []
    for move, op, device, epoch, seq in plain_rows(tx, _IN_ORDER_OF_MOVES):
        before = highest.get((device, epoch), 0)
        if seq >= before:
            highest[device, epoch] = seq
        elif tx.scalar(_FIRST_MOVE, op=op) == move:
            broken.append(f"operation {op} (number {seq}) was applied before number {before} of its device")
            highest[device, epoch] = seq
    return broken


FLOOR_INVARIANTS = [
    by_query("I4", "an acknowledged operation is in the ledger", counted="operation", broken=_LOST),
    by_query("I5", "an operation counts once", counted="operation", broken=_TWICE),
    by_query("I6", "refused stays refused", counted="operation", broken=_REFUSED_MOVED),
    by_words("I7", "a device's operations are in order", counted="operation", broken=_out_of_order),
]
