"""The invariant of released orders: I11 of the house's list."""

from server.kernel.invariants import by_query

_AHEAD = """
SELECT 'line ' || number || ' of release ' || release_id || ': ordered ' || ordered || ', allocated ' || allocated
  || ', picked ' || picked || ', packed ' || packed || ', shipped ' || shipped
FROM release_line
WHERE NOT (shipped <= packed AND packed <= picked AND picked <= allocated AND allocated + short <= ordered)
UNION ALL
SELECT 'line ' || l.number || ' of release ' || l.release_id || ' says allocated ' || l.allocated
  || ', its allocations say ' || COALESCE(a.quantity, 0)
FROM release_line l LEFT JOIN (
  SELECT release_line_id, SUM(CASE WHEN state = 'open' THEN quantity ELSE picked END) AS quantity,
    SUM(picked) AS picked FROM allocation GROUP BY release_line_id
) AS a ON a.release_line_id = l.id
WHERE l.allocated <> COALESCE(a.quantity, 0) OR l.picked <> COALESCE(a.picked, 0)
"""

WMS_INVARIANTS = [
    by_query("I11", "shipped <= packed <= picked <= allocated <= ordered", counted="release_line", broken=_AHEAD),
]
