"""Figures over a chosen span, step by step and in all, beside those of another span."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, text

from server.dashboard.figure_list import OF_PEOPLE, Span, values_of
from server.dashboard.history import happened
from server.dashboard.history_days import STEPS, begins, ends, local, midnight, steps, zone_of
from server.dashboard.history_sums import began_at, covered, kept, scopes_of, summed_until
from server.dashboard.tally import Tallies, Tally, tally_of
from server.kernel.clock import DAY, HOUR
from server.kernel.errors import Invalid
from server.kernel.transaction import Tx
from server.masterdata.site_settings import site_settings
from server.masterdata.sites import sites

STEPS_MAX = 800
_GRAINS = {"hour": ("hour",), "day": ("day", "hour"), "week": ("day", "hour"), "month": ("month", "day", "hour")}
REST_MS = 26 * HOUR
"""So much may be read from the tables themselves. More waits for its sums, which a new server makes in minutes."""
DAYS_MAX = 3_700
_SITE = text("SELECT code, name FROM site WHERE id = :id")
_BADGE = text("SELECT id FROM worker WHERE badge = :badge AND (CAST(:mine AS BIGINT) IS NULL OR site_id IS NULL OR site_id = :mine)")
_WORKERS = text("SELECT id, badge, name FROM worker WHERE id IN :ids").bindparams(bindparam("ids", expanding=True))


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to see: whole days by the site's clock, both included; empty means today, or no comparison."""

    since: str = ""
    until: str = ""
    step: str = ""
    compare_since: str = ""
    compare_until: str = ""
    worker: str = ""
    zone: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class _Days:
    """A span in instants and on the site's clock."""

    first: date
    last: date
    since: int
    until: int

    def told(self) -> dict[str, Any]:
        return {"from": self.first.isoformat(), "to": self.last.isoformat(), "since": self.since, "until": self.until}


def look_back(tx: Tx, site_id: int, asked: Asked, *, mine: int | None = None) -> dict[str, Any]:
    """All figures of a span, of each of its steps, of every worker in it, and of the span they are compared with; `mine` is the only site that may be named."""
    zone, settings, site = zone_of(tx, site_id), site_settings(tx, site_id), tx.row(_SITE, id=site_id)
    days = _days(asked.since, asked.until, local(tx.now, zone).date(), zone, "from")
    before = _days(asked.compare_since, asked.compare_until, days.first, zone, "compare_from") if asked.compare_since else None
    step, scope = _step(asked.step, days), _scope(tx, asked, mine)
    look = _Look(tx, site_id, zone, settings.cost_per_hour_cents / 100, asked.kind, scope)
    now, whole = min(days.until, tx.now), look.whole(days)
    parts = look.steps(days, step)
    return {
        "sites": [{"code": row.code, "name": row.name} for row in sites(tx) if mine in (None, row.id)],
        "zones": [one.partition(":")[2] for one in scopes_of(tx, site_id) if one.startswith("zone:")],
        "site": {"code": site.code, "name": site.name}, "zone": str(zone), "now": tx.now, "currency": settings.currency,
        "span": days.told(), "by": step, "partly": look.lacks(days), "only": " ".join(one for one in (asked.worker, asked.zone, asked.kind) if one),
        "total": look.values(whole.get(scope, Tally()), now - days.since),
        "steps": [{"at": at, "until": end, "values": look.values(tally, end - at)} for at, end, tally in parts],
        "people": look.people(whole, now - days.since) if not scope else [],
        "before": None if before is None else {**before.told(), "total": look.values(
            look.whole(before, with_people=False).get(scope, Tally()), min(before.until, tx.now) - before.since)},
    }


class _Look:
    """What is looked up for one answer."""

    def __init__(self, tx: Tx, site_id: int, zone: ZoneInfo, cost: float, kind: str, scope: str) -> None:  # noqa: PLR0917 - of one place only
        self._tx, self._site_id, self._zone, self._cost, self._kind, self._scope = tx, site_id, zone, cost, kind, scope
        self._scopes = scopes_of(tx, site_id) if not scope else [scope]
        self._summed = max(summed_until(tx, site_id) or 0, tx.now - REST_MS)
        self._rest: dict[tuple[int, int], Tallies] = {}

    def lacks(self, days: _Days) -> bool:
        """Whether some of a span waits to be summed up."""
        done, began = summed_until(self._tx, self._site_id), began_at(self._tx, self._site_id)
        return began is not None and (done or began) < min(self._summed, days.until)

    def whole(self, days: _Days, *, with_people: bool = True) -> Tallies:
        """All of a span by scope, from the longest sums that lie in it."""
        found: Tallies = {}
        for scope, _at, tally in self._sums(days, ("month", "day", "hour"), self._scopes if with_people else [self._scope]):
            tally_of(found, scope).add(tally)
        for began, end in self._rest_of(days, "day"):
            for scope, tally in self._happened(began, end).items():
                tally_of(found, scope).add(tally)
        return found

    def steps(self, days: _Days, step: str) -> list[tuple[int, int, Tally]]:
        """The scope's tally of each step."""
        tallies = {at: Tally() for at, _ in steps(days.since, days.until, step, self._zone)}
        for _scope, at, tally in self._sums(days, _GRAINS[step], [self._scope]):
            tallies[max(begins(at, step, self._zone), days.since)].add(tally)
        for began, end in self._rest_of(days, "hour" if step == "hour" else "day"):
            tallies[max(begins(began, step, self._zone), days.since)].add(self._happened(began, end).get(self._scope, Tally()))
        return [(at, min(ends(at, step, self._zone), days.until), tally) for at, tally in sorted(tallies.items())]

    def people(self, whole: Tallies, milliseconds: int) -> list[dict[str, Any]]:
        """The figures of everybody who did something, busiest first."""
        ids = {int(scope.partition(":")[2]): tally for scope, tally in whole.items() if scope.startswith("worker:")}
        rows = self._tx.rows(_WORKERS, ids=sorted(ids)) if ids else []
        found = [{"badge": row.badge, "name": row.name, "values": self.values(ids[row.id], milliseconds, is_person=True)} for row in rows]
        return sorted(found, key=lambda one: (-(one["values"]["lines_done"] or 0), one["name"]))

    def values(self, tally: Tally, milliseconds: int, *, is_person: bool = False) -> dict[str, float | None]:
        """Every figure of a tally."""
        only = OF_PEOPLE if is_person or self._scope else None
        return values_of(Span(tally, max(milliseconds, 1), self._cost, self._kind), only=only)

    def _sums(self, days: _Days, grains: Sequence[str], scopes: list[str]) -> Iterator[tuple[str, int, Tally]]:
        """What was summed up: first by the longest grain, what is left by the next one."""
        left = [(days.since, days.until)]
        for grain in grains:
            gaps = list[tuple[int, int]]()
            for since, until in left:
                known = [span for span in covered(self._tx, self._site_id, grain, (since, until)) if span[1] <= until]
                for span in _joined(known):
                    for row in kept(self._tx, self._site_id, grain, span, scopes):
                        yield row.scope, row.at, Tally.of(row.counts, row.times)
                gaps += _between(since, until, known)
            left = gaps

    def _rest_of(self, days: _Days, step: str) -> Iterator[tuple[int, int]]:
        """The steps that no sum holds yet."""
        yield from steps(max(days.since, self._summed), min(days.until, self._tx.now + 1), step, self._zone)

    def _happened(self, since: int, until: int) -> Tallies:
        """What no sum holds yet, from the tables themselves."""
        if (since, until) not in self._rest:
            self._rest[since, until] = happened(self._tx, self._site_id, since, until)
        return self._rest[since, until]


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans that follow each other as one."""
    found = list[tuple[int, int]]()
    for at, end in spans:
        if found and found[-1][1] == at:
            found[-1] = (found[-1][0], end)
        else:
            found.append((at, end))
    return found


def _between(since: int, until: int, known: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """What of a span is not in the known ones."""
    at = since
    for began, over in [*known, (until, until)]:
        if at < began:
            yield at, began
        at = over


def _days(since: str, until: str, usual: date, zone: ZoneInfo, field: str) -> _Days:
    first = _day(since, field) if since else usual
    last = _day(until, field.replace("from", "to")) if until else first
    if last < first:
        raise Invalid(f"The span ends on {last} before it begins on {first}. Exchange the two days.", field=field)
    if (last - first).days > DAYS_MAX:
        raise Invalid(f"A span may be {DAYS_MAX} days long. Ask for fewer.", field=field)
    return _Days(first, last, midnight(first, zone), midnight(last + timedelta(days=1), zone))


def _day(said: str, field: str) -> date:
    try:
        found = datetime.strptime(said, "%Y-%m-%d").date()  # noqa: DTZ007 - a day of the site's own clock
    except ValueError as error:
        raise Invalid(f"{said[:16]!r} is no day. Write it as 2026-11-29.", field=field) from error
    if not 1971 <= found.year <= 9000:
        raise Invalid(f"{said[:16]} is outside of every history.", field=field)
    return found


def _step(said: str, days: _Days) -> str:
    """The step that was asked for, or one that gives a chart something to show."""
    long = (days.last - days.first).days + 1
    step = said or ("hour" if long <= 2 else "day" if long <= 92 else "week" if long <= 366 else "month")
    if step not in STEPS:
        raise Invalid(f"{said[:16]!r} is no step. Choose hour, day, week or month.", field="by")
    if (days.until - days.since) / DAY * {"hour": 24, "day": 1, "week": 1 / 7, "month": 1 / 30}[step] > STEPS_MAX:
        raise Invalid(f"These are more than {STEPS_MAX} steps. Choose longer ones, or fewer days.", field="by")
    return step


def _scope(tx: Tx, asked: Asked, mine: int | None) -> str:
    if asked.worker and asked.zone:
        raise Invalid("Ask for a worker or for a zone, not for both.", field="worker")
    if asked.worker:
        number = tx.scalar(_BADGE, badge=asked.worker, mine=mine)
        if number is None:
            raise Invalid(f"There is nobody with badge {asked.worker[:32]}.", field="worker")
        return f"worker:{number}"
    return f"zone:{asked.zone}" if asked.zone else ""
