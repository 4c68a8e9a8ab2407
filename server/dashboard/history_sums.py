"""The sums that the past is read from: made hour by hour behind the floor, corrected where something was undone."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, bindparam, text

from server.dashboard.history import happened, stock_now
from server.dashboard.history_days import begins, ends, hour_of, next_hour, steps, zone_of
from server.dashboard.tally import Tallies, Tally, tally_of
from server.kernel.clock import HOUR, MINUTE
from server.kernel.database import Database
from server.kernel.jobs import add_job
from server.kernel.transaction import Tx
from server.masterdata.sites import sites

CALM_MS = 10 * MINUTE
"""An hour is summed up when the last that began in it has been committed."""
UNDONE_REACH = 2 * HOUR
"""What an undone operation had set going came within this time after it."""
_LAST = text("SELECT MAX(until) FROM figure_sum WHERE site_id = :site_id AND grain = 'hour' AND scope = ''")
_FIRST = text(
    "SELECT MIN(at) FROM (SELECT MIN(r.created_at) AS at FROM release r WHERE r.site_id = :site_id "
    "UNION ALL SELECT MIN(o.at) FROM operation o) AS began"
)
_UNDONE = text(
    "SELECT o.at FROM operation u CROSS JOIN operation o WHERE o.undone_by = u.op AND u.at >= :since AND u.at < :until AND u.kind = 'undo'"
)
_PUT = text(
    "INSERT INTO figure_sum (site_id, grain, scope, at, until, counts, times) VALUES (:site_id, :grain, :scope, :at, :until, :counts, :times) "
    "ON CONFLICT (site_id, grain, scope, at) DO UPDATE SET until = excluded.until, counts = excluded.counts, times = excluded.times"
).bindparams(bindparam("counts", type_=JSON), bindparam("times", type_=JSON))
_KNOWN = text(
    "SELECT scope, at, until, counts, times FROM figure_sum WHERE site_id = :site_id AND grain = :grain AND scope IN :scopes "
    "AND at >= :since AND at < :until ORDER BY at"
).columns(counts=JSON, times=JSON).bindparams(bindparam("scopes", expanding=True))
_COVERED = text("SELECT at, until FROM figure_sum WHERE site_id = :site_id AND grain = :grain AND scope = '' AND at >= :since AND at < :until ORDER BY at")
_SCOPES = text(  # from one scope to the next by the key: a house has few, and many hours
    "WITH RECURSIVE found (scope) AS (SELECT MIN(scope) FROM figure_sum WHERE site_id = :site_id AND grain = 'hour' UNION ALL "
    "SELECT (SELECT MIN(s.scope) FROM figure_sum s WHERE s.site_id = :site_id AND s.grain = 'hour' AND s.scope > found.scope) "
    "FROM found WHERE found.scope IS NOT NULL) SELECT scope FROM found WHERE scope IS NOT NULL"
)


def want_sums(tx: Tx) -> None:
    """Asks for the sums of what has passed."""
    add_job(tx, "sum_figures", unique_key="sum_figures")


def sum_job(database: Database, _payload: Mapping[str, Any]) -> None:
    """Sums up every hour that has passed at every site: read beside the floor's work, written in a moment."""
    for row in database.read(sites):
        sum_site(database, int(row.id))


def sum_site(database: Database, site_id: int) -> int:
    """How many hours were summed up for a site, those that had to be corrected counted too."""
    now = database.clock.now() - CALM_MS
    zone = database.read(lambda tx: zone_of(tx, site_id))
    at = database.read(lambda tx: _begin(tx, site_id, now, zone))
    first, dirty, count = at, set[int](), 0
    while (end := next_hour(at, zone)) <= now:
        dirty |= database.read(lambda tx, span=(at, end): _corrected(tx, span, first, zone))  # type: ignore[misc]
        _sum_hour(database, site_id, at, end, is_newest=next_hour(end, zone) > now)
        at, count = end, count + 1
    for hour in sorted(dirty):
        _sum_hour(database, site_id, hour, next_hour(hour, zone), is_newest=False)
    touched = dirty | ({first} if first < at else set())
    for grain, parts in (("day", "hour"), ("month", "day")):
        for span in sorted(_over(touched, first, at, grain, zone)):
            database.write(lambda tx, span=span, grain=grain, parts=parts: _sum_up(tx, site_id, grain, parts, span), backlog=True)  # type: ignore[misc]
    return count + len(dirty)


def kept(tx: Tx, site_id: int, grain: str, span: tuple[int, int], scopes: list[str]) -> list[Any]:
    """What was summed up of a span, by scope and time."""
    return tx.rows(_KNOWN, site_id=site_id, grain=grain, scopes=scopes, since=span[0], until=span[1])


def covered(tx: Tx, site_id: int, grain: str, span: tuple[int, int]) -> list[tuple[int, int]]:
    """The spans within this one that have a sum of this grain; whoever has none of their own in them did nothing."""
    return [(row.at, row.until) for row in tx.rows(_COVERED, site_id=site_id, grain=grain, since=span[0], until=span[1])]


def summed_until(tx: Tx, site_id: int) -> int | None:
    """Up to when the hours of a site are summed up."""
    found = tx.scalar(_LAST, site_id=site_id)
    return None if found is None else int(found)


def began_at(tx: Tx, site_id: int) -> int | None:
    """When the first thing happened that figures tell of."""
    found = tx.scalar(_FIRST, site_id=site_id)
    return None if found is None else int(found)


def scopes_of(tx: Tx, site_id: int) -> list[str]:
    """All that has sums of its own: the whole, workers, zones."""
    return [row.scope for row in tx.rows(_SCOPES, site_id=site_id)] or [""]


def _begin(tx: Tx, site_id: int, now: int, zone: ZoneInfo) -> int:
    """Where the sums go on: after the last one, or with the first thing that happened."""
    last = summed_until(tx, site_id)
    if last is not None:
        return last
    first = began_at(tx, site_id)
    return begins(now if first is None else first, "day", zone)


def _corrected(tx: Tx, span: tuple[int, int], summed: int, zone: ZoneInfo) -> set[int]:
    """The hours, summed up before, of which something was undone in this one."""
    found = set[int]()
    for row in tx.rows(_UNDONE, since=span[0], until=span[1]):
        at = hour_of(int(row.at), zone)
        while at <= row.at + UNDONE_REACH and at < summed:
            found.add(at)
            at = next_hour(at, zone)
    return found


def _over(touched: set[int], first: int, at: int, grain: str, zone: ZoneInfo) -> set[tuple[int, int]]:
    """The days or months that are over, and of which an hour was summed up now."""
    found = {(begins(hour, grain, zone), ends(hour, grain, zone)) for hour in touched}
    found |= {(begins(began, grain, zone), ends(began, grain, zone)) for began, _end in steps(first, at, grain, zone)}
    return {span for span in found if span[1] <= at}


def _sum_hour(database: Database, site_id: int, at: int, end: int, *, is_newest: bool) -> None:
    """What a site has in stock can be told of the present only: a corrected hour keeps what it said, an old one has nothing."""
    found, stock = database.read(lambda tx: (happened(tx, site_id, at, end), stock_now(tx, site_id) if is_newest else 0))

    def write(tx: Tx) -> None:
        before = {row.scope: Tally.of(row.counts, row.times) for row in kept(tx, site_id, "hour", (at, at + 1), scopes_of(tx, site_id))}
        was = before.get("", Tally()).counts
        found[""].counts.update({"stock": stock, "stock_times": 1} if is_newest and not was["stock_times"]
                                else {"stock": was["stock"], "stock_times": was["stock_times"]})
        _put(tx, site_id, "hour", (at, end), {**{scope: Tally() for scope in before}, **found})

    database.write(write, backlog=True)


def _sum_up(tx: Tx, site_id: int, grain: str, parts: str, span: tuple[int, int]) -> None:
    found: Tallies = {"": Tally()}
    for row in kept(tx, site_id, parts, span, scopes_of(tx, site_id)):
        tally_of(found, row.scope).add(Tally.of(row.counts, row.times))
    _put(tx, site_id, grain, span, found)


def _put(tx: Tx, site_id: int, grain: str, span: tuple[int, int], found: Tallies) -> None:
    rows = []
    for scope, tally in found.items():
        counts, times = tally.kept()
        rows.append({"site_id": site_id, "grain": grain, "scope": scope, "at": span[0], "until": span[1], "counts": counts, "times": times})
    tx.execute(_PUT, rows)
