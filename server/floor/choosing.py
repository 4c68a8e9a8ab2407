"""Which task comes next for somebody: by priority, cut-off and way, among those that they may do.

Looked at are the first by priority and cut-off, and those that begin near to where the worker is, however many wait.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import BindParameter, bindparam, text

from server.floor.process import Json, Message
from server.floor.whereabouts import Whereabouts, whereabouts
from server.kernel.clock import MINUTE
from server.kernel.transaction import Tx, in_list
from server.masterdata.people import skills_of
from server.masterdata.shifts import Shift, last_shift
from server.masterdata.site_settings import SiteSettings, site_settings
from server.masterdata.sites import local_clock
from server.wms.floor_plan import FloorPlan, floor_plan
from server.wms.task_places import worked_in

TRIED = 20
FIRST_PRIORITY, LAST_PRIORITY = 1, 9
"""What is below was put first by a supervisor, what is above was put last: no way and no cut-off counts against that."""
_NEAR_AISLES = 6
_NEAR_ONES = 4
_NEAR_OF_A_KIND = 16
_OVERDUE_MOST = 2.0
_COLUMNS = "id, kind, zone, priority, cutoff_at, x_mm, y_mm, needs, narrow_mm, not_worker_id"
_ORDER = "priority, CASE WHEN cutoff_at IS NULL THEN 1 ELSE 0 END, cutoff_at, id"
_FREE = "site_id = :site_id AND state = 'open' AND held = 0"
_FOR_ME = text(
    f"SELECT {_COLUMNS} FROM (SELECT {_COLUMNS} FROM task WHERE for_worker_id = :worker_id AND for_worker_id IS NOT NULL AND {_FREE} "
    f"UNION SELECT {_COLUMNS} FROM task WHERE for_device_id = :device_id AND for_device_id IS NOT NULL AND {_FREE}) mine "
    f"WHERE :kind = '' OR kind = :kind ORDER BY {_ORDER} LIMIT :most"
)
_MAY = (
    "AND for_worker_id IS NULL AND for_device_id IS NULL AND (:zone = '' OR zone = :zone) AND (not_worker_id IS NULL OR not_worker_id <> :worker_id) "
    "AND needs IN :has AND (:all_zones = 1 OR zone = '' OR zone IN :zones) AND (narrow_mm IS NULL OR narrow_mm NOT IN :occupied)"
)
_LISTS: list[BindParameter[Any]] = [bindparam(name, expanding=True) for name in ("has", "zones", "occupied")]
_FIRST = text(f"SELECT {_COLUMNS} FROM task WHERE {_FREE} AND kind = :kind {_MAY} ORDER BY {_ORDER} LIMIT :most").bindparams(*_LISTS)
_FIRST_OF_ALL = text(
    f"SELECT {_COLUMNS} FROM task WHERE {_FREE} AND (:all_kinds = 1 OR kind IN :kinds) {_MAY} ORDER BY {_ORDER} LIMIT :most"
).bindparams(*_LISTS, bindparam("kinds", expanding=True))
_PLACED = f"{_FREE} AND x_mm IS NOT NULL"
_AISLES = text(
    f"WITH RECURSIVE up (x, n) AS (SELECT (SELECT MIN(x_mm) FROM task WHERE {_PLACED} AND x_mm >= :x_mm), 1 UNION ALL "
    f"SELECT (SELECT MIN(x_mm) FROM task WHERE {_PLACED} AND x_mm > up.x), n + 1 FROM up WHERE up.x IS NOT NULL AND n < {_NEAR_AISLES}), "
    f"down (x, n) AS (SELECT (SELECT MAX(x_mm) FROM task WHERE {_PLACED} AND x_mm < :x_mm), 1 UNION ALL "
    f"SELECT (SELECT MAX(x_mm) FROM task WHERE {_PLACED} AND x_mm < down.x), n + 1 FROM down WHERE down.x IS NOT NULL AND n < {_NEAR_AISLES}) "
    "SELECT x FROM up WHERE x IS NOT NULL UNION ALL SELECT x FROM down WHERE x IS NOT NULL"
)
"""The nearest x at which tasks begin, on both sides: from one to the next by the index, however many tasks are at each."""
_BRANCH = "SELECT * FROM (SELECT {columns}, for_worker_id, for_device_id FROM task WHERE {placed} AND x_mm = :x{at} AND y_mm {way} LIMIT :most) b{at}{side}"
_NEAR = text(" UNION ALL ".join(
    _BRANCH.format(columns=_COLUMNS, placed=_PLACED, at=at, side=side, way=f"{sign} :y{at} ORDER BY y_mm{order}")
    for at in range(_NEAR_AISLES) for side, sign, order in (("u", ">=", ""), ("d", "<", " DESC"))))


@dataclass(frozen=True, slots=True)
class Seeker:
    """Who asks for work, with what device and where; `kind` and `zone` where only such tasks are wanted."""

    site_id: int
    worker_id: int | None
    device_id: int
    kind: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """A task that somebody may be given, and why: sent to them, put first, so many metres away, by its cut-off."""

    id: int
    kind: str
    reason: str
    cutoff_at: int | None
    metres: int | None = None
    start: str = ""
    is_narrow: bool = False

    def message(self, tx: Tx, site_id: int) -> Message:
        """Why it is this one, for the worker."""
        args: Json = {"kind": self.kind}
        if self.reason in ("sent", "first"):
            return Message("next.sent" if self.reason == "sent" else "next.first", args)
        if self.cutoff_at is not None:
            args["time"] = local_clock(tx, site_id, self.cutoff_at)
        if self.metres is not None:
            args["metres"] = self.metres
            return Message("next.away_until", args) if self.cutoff_at is not None else Message("next.away", args)
        return Message("next.until", args) if self.cutoff_at is not None else Message("task.started", args)

    def to_json(self) -> Json:
        """The same for programs."""
        return {"reason": self.reason, "metres": self.metres, "from": self.start, "cutoff_at": self.cutoff_at}


@dataclass(frozen=True, slots=True)
class _May:
    """What somebody may do: kinds and zones (none: all), equipment, and narrow aisles where somebody is."""

    worker_id: int
    kinds: tuple[str, ...]
    zones: tuple[str, ...]
    has: tuple[str, ...]
    occupied: frozenset[int]

    def do(self, row: Any) -> bool:
        """Whether a task is for them."""
        return (row.for_worker_id is None and row.for_device_id is None and row.not_worker_id != self.worker_id and row.needs in self.has
                and (not self.kinds or row.kind in self.kinds) and (not self.zones or row.zone in ("", *self.zones))
                and row.narrow_mm not in self.occupied)


def options(tx: Tx, seeker: Seeker) -> list[Option]:
    """What somebody may be given, the best first."""
    may = _may(tx, seeker)
    mine = [_option(row, "sent") for row in _sent(tx, seeker) if row.narrow_mm not in may.occupied]
    return [*mine, *_chosen(tx, seeker, may)]


def sent_to(tx: Tx, seeker: Seeker) -> list[int]:
    """What waits for somebody by name, or for their device: the next one first."""
    return [row.id for row in _sent(tx, seeker)]


def _sent(tx: Tx, seeker: Seeker) -> list[Any]:
    return tx.rows(_FOR_ME, site_id=seeker.site_id, kind=seeker.kind, worker_id=seeker.worker_id or 0, device_id=seeker.device_id, most=TRIED)


def _option(row: Any, reason: str, metres: int | None = None, start: str = "") -> Option:
    return Option(row.id, row.kind, reason, row.cutoff_at, metres, start, row.narrow_mm is not None)


def _chosen(tx: Tx, seeker: Seeker, may: _May) -> list[Option]:
    rows = {row.id: row for row in _first(tx, seeker, may)}
    here = whereabouts(tx, seeker.site_id, seeker.device_id) if rows else None
    plan = floor_plan(tx, seeker.site_id) if here is not None else None
    if here is None or plan is None:
        return [_option(row, _reason(row)) for row in rows.values()]
    rows.update((row.id, row) for row in _near(tx, seeker, may, here, plan))
    settings = site_settings(tx, seeker.site_id)
    ranked = []
    for row, metres in zip(rows.values(), _metres(plan, here, rows.values()), strict=True):
        cost = settings.next_priority_m * row.priority + metres - _pressure(settings, row.cutoff_at, tx.now)
        tiers = min(row.priority, FIRST_PRIORITY), max(row.priority, LAST_PRIORITY)
        due = (row.cutoff_at is None, row.cutoff_at or 0)
        ranked.append(((*tiers, cost, *due, row.id), row, metres))
    ranked.sort(key=itemgetter(0))
    return [_option(row, _reason(row), round(metres), here.code) for _, row, metres in ranked[:TRIED]]


def _may(tx: Tx, seeker: Seeker) -> _May:
    skills = skills_of(tx, seeker.worker_id)
    shift: Shift | None = last_shift(tx, seeker.worker_id)
    has = tuple(one for one in ("", "forklift", "trolley") if not one or (shift is not None and shift.has(one)))
    return _May(seeker.worker_id or 0, tuple(skills.kinds), tuple(skills.zones), has, worked_in(tx, seeker.site_id))


def _first(tx: Tx, seeker: Seeker, may: _May) -> list[Any]:
    if seeker.kind and may.kinds and seeker.kind not in may.kinds:
        return []
    wanted = {"site_id": seeker.site_id, "zone": seeker.zone, "worker_id": may.worker_id, "has": list(may.has), "all_zones": int(not may.zones),
              "zones": list(may.zones) or [""], "occupied": in_list(may.occupied), "most": TRIED}
    if seeker.kind:
        return tx.rows(_FIRST, **wanted, kind=seeker.kind)
    return tx.rows(_FIRST_OF_ALL, **wanted, all_kinds=int(not may.kinds), kinds=list(may.kinds) or [""])


def _near(tx: Tx, seeker: Seeker, may: _May, here: Whereabouts, plan: FloorPlan) -> Iterator[Any]:
    """Tasks of the nearest aisles: in the worker's own on both sides of them, in others from where one comes into them."""
    aisles = [int(row.x) for row in tx.rows(_AISLES, site_id=seeker.site_id, x_mm=here.x_mm)]
    nearest = sorted(aisles, key=lambda x: abs(x - here.x_mm))[:_NEAR_AISLES]
    entry = min((round(y * 1000) for y in plan.cross_aisles), key=lambda y: abs(y - here.y_mm))
    places: dict[str, int | None] = {f"{name}{at}": None for at in range(_NEAR_AISLES) for name in "xy"}
    for at, x in enumerate(nearest):
        places |= {f"x{at}": x, f"y{at}": here.y_mm if x == here.x_mm else entry}
    most = _NEAR_OF_A_KIND if seeker.kind or may.kinds or seeker.zone or may.zones else _NEAR_ONES
    for row in tx.rows(_NEAR, site_id=seeker.site_id, most=most, **places):
        if may.do(row) and seeker.kind in ("", row.kind) and seeker.zone in ("", row.zone):
            yield row


def _metres(plan: FloorPlan, here: Whereabouts, rows: Sequence[Any] | Any) -> list[float]:
    """How far it is to where each begins; what has no place is at the depot."""
    depot = plan.depot_point()
    return plan.far(plan.point(here.x_mm, here.y_mm), [depot if row.x_mm is None else plan.point(row.x_mm, row.y_mm) for row in rows])


def _pressure(settings: SiteSettings, cutoff_at: int | None, now: int) -> float:
    """How many metres a cut-off is worth: hardly any while there is time, more and more as it comes, and twice as many when it is over."""
    if cutoff_at is None:
        return 0.0
    left = (cutoff_at - now) / (max(settings.next_cutoff_minutes, 1) * MINUTE)
    return settings.next_cutoff_m * min(_OVERDUE_MOST, max(0.0, 1 - left) ** 2)


def _reason(row: Any) -> str:
    return "first" if row.priority < FIRST_PRIORITY else "next"
