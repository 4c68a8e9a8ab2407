"""A site's floor as walks see it: aisles and cross aisles from the bins' coordinates, never from their numbers."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import text

from server.kernel.errors import Invalid
from server.kernel.transaction import Tx
from server.masterdata.site_settings import SiteSettings, site_settings
from server.wms.walk import Layout, Walk, shortest_length, shortest_walk
from server.wms.walk.rules import bin_sequence, s_shape
from server.wms.walk.ways import all_meet, between

Point = tuple[int, float]
_BINS = "FROM location WHERE site_id = :site_id AND kind = 'bin'"
_AISLES = text(
    f"WITH RECURSIVE aisle (x_mm) AS (SELECT MIN(x_mm) {_BINS} UNION ALL SELECT (SELECT MIN(x_mm) {_BINS} AND x_mm > a.x_mm) "
    f"FROM aisle a WHERE a.x_mm IS NOT NULL) SELECT a.x_mm, (SELECT MIN(y_mm) {_BINS} AND x_mm = a.x_mm) AS low, "
    f"(SELECT MAX(y_mm) {_BINS} AND x_mm = a.x_mm) AS high FROM aisle a WHERE a.x_mm IS NOT NULL ORDER BY a.x_mm"
)
"""From one aisle to the next, however many bins are in them."""
_MARGIN_MM = 1_000


@dataclass(frozen=True, slots=True)
class FloorPlan:
    """Aisles (x) and cross aisles (y) of a site in metres; `depot` is a corner (aisle, cross aisle).

    `one_way` says of each aisle whether it is only walked up (1), only down (-1) or both ways (0); empty: all both ways.
    """

    aisles: tuple[float, ...]
    cross_aisles: tuple[float, ...]
    depot: tuple[int, int]
    one_way: tuple[int, ...] = ()

    def point(self, x_mm: int, y_mm: int) -> Point:
        """Where a bin is reached from: its aisle's number and y in metres."""
        return _nearest(self.aisles, x_mm / 1000), y_mm / 1000

    def layout(self, points: Sequence[Point]) -> Layout:
        """The picks of one round on this floor."""
        return Layout(self.aisles, self.cross_aisles, self.depot, self.depot, tuple(points), self.one_way)

    def walk(self, points: Sequence[Point]) -> Walk:
        """The shortest round over some bins, from the depot and back."""
        return shortest_walk(self.layout(points))

    def onward(self, here: Point, points: Sequence[Point]) -> Walk:
        """The shortest way over some bins for somebody who is under way already, from the next corner they come to."""
        return shortest_walk(replace(self.layout(points), depot=(here[0], self._next_cross_aisle(here))))

    def length(self, points: Sequence[Point]) -> float:
        """How long the shortest round is, in metres."""
        return shortest_length(self.layout(points)) if points else 0.0

    def s_shape_length(self, points: Sequence[Point]) -> float:
        """The same round walked in S-shape."""
        return s_shape(self.layout(points))

    def sequence_length(self, points: Sequence[Point]) -> float:
        """The same bins visited in the order of aisle and bin."""
        return bin_sequence(self.layout(points)) if points else 0.0

    def between(self, one: Point, other: Point) -> float:
        """The shortest way between two bins, in metres."""
        return between(self.layout(()), one, other)

    def far(self, here: Point, points: Sequence[Point]) -> list[float]:
        """The shortest way from one place to each of some others, in metres."""
        layout = self.layout(())
        return [between(layout, here, one) for one in points]

    def depot_mm(self) -> tuple[int, int]:
        """Where rounds start and end, by its coordinates."""
        return round(self.aisles[self.depot[0]] * 1000), round(self.cross_aisles[self.depot[1]] * 1000)

    def depot_point(self) -> Point:
        """Where rounds start and end."""
        return self.depot[0], self.cross_aisles[self.depot[1]]

    def _next_cross_aisle(self, here: Point) -> int:
        way = self.one_way[here[0]] if self.one_way else 0
        ahead = [at for at, y in enumerate(self.cross_aisles) if (y - here[1]) * way >= 0]
        return min(ahead, key=lambda at: abs(self.cross_aisles[at] - here[1]), default=_nearest(self.cross_aisles, here[1]))


def floor_plan(tx: Tx, site_id: int) -> FloorPlan | None:
    """The plan of a site; None when it has no bins. One-way aisles that leave bins without a way are both ways again."""
    plan = _plan(tx, site_id)
    return plan if plan is None or all_meet(plan.layout(())) else replace(plan, one_way=())


def check_aisles(tx: Tx, site_id: int) -> None:
    """Refuses one-way and narrow aisles that do not exist, and one-way aisles that leave bins without a way to them or back."""
    plan, settings = _plan(tx, site_id), site_settings(tx, site_id)
    if plan is None:
        return
    for field, chosen in (("one_way", (*settings.one_way_up_mm, *settings.one_way_down_mm)), ("narrow_aisles", settings.narrow_aisles_mm)):
        for x_mm in chosen:
            if x_mm / 1000 not in plan.aisles:
                raise Invalid(f"There is no aisle with bins at x {x_mm} mm. Give the x_mm of bins.", field=field)
    if not all_meet(plan.layout(())):
        raise Invalid("With these one-way aisles nobody gets to every bin and back. Let some aisle lead the other way.",
                      field="one_way")


def _plan(tx: Tx, site_id: int) -> FloorPlan | None:
    rows = tx.rows(_AISLES, site_id=site_id)
    if not rows:
        return None
    aisles, settings = tuple(row.x_mm / 1000 for row in rows), site_settings(tx, site_id)
    low, high = min(row.low for row in rows), max(row.high for row in rows)
    crosses = tuple(sorted({y / 1000 for y in settings.cross_aisles_mm})) or (
        (low - _MARGIN_MM) / 1000, (high + _MARGIN_MM) / 1000)
    x, y = (settings.depot_mm[0] / 1000, settings.depot_mm[1] / 1000) if settings.depot_mm else (aisles[0], crosses[0])
    return FloorPlan(aisles, crosses, (_nearest(aisles, x), _nearest(crosses, y)), _one_way(aisles, settings))


def _one_way(aisles: Sequence[float], settings: SiteSettings) -> tuple[int, ...]:
    up, down = ({x / 1000 for x in chosen} for chosen in (settings.one_way_up_mm, settings.one_way_down_mm))
    ways = tuple((x in up) - (x in down) for x in aisles)
    return ways if any(ways) else ()


def _nearest(values: Sequence[float], wanted: float) -> int:
    """Which of some values in ascending order is next to a wanted one; the lesser of two that are."""
    at = bisect_left(values, wanted)
    return at - 1 if at == len(values) or (at and wanted - values[at - 1] <= values[at] - wanted) else at
