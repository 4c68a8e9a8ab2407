"""A site's floor as walks see it: aisles and cross aisles from the bins' coordinates, never from their numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from server.kernel.transaction import Tx
from server.masterdata.site_settings import site_settings
from server.wms.walk import Layout, Walk, shortest_length, shortest_walk
from server.wms.walk.layout import distance
from server.wms.walk.rules import bin_sequence, s_shape

Point = tuple[int, float]
_AISLES = text("SELECT DISTINCT x_mm FROM location WHERE site_id = :site_id AND kind = 'bin' ORDER BY x_mm")
_DEPTH = text("SELECT MIN(y_mm) AS low, MAX(y_mm) AS high FROM location WHERE site_id = :site_id AND kind = 'bin'")
_MARGIN_MM = 1_000


@dataclass(frozen=True, slots=True)
class FloorPlan:
    """Aisles (x) and cross aisles (y) of a site in metres; `depot` is a corner (aisle, cross aisle)."""

    aisles: tuple[float, ...]
    cross_aisles: tuple[float, ...]
    depot: tuple[int, int]

    def point(self, x_mm: int, y_mm: int) -> Point:
        """Where a bin is reached from: its aisle's number and y in metres."""
        return _nearest(self.aisles, x_mm / 1000), y_mm / 1000

    def layout(self, points: Sequence[Point]) -> Layout:
        """The picks of one round on this floor."""
        return Layout(self.aisles, self.cross_aisles, self.depot, self.depot, tuple(points))

    def walk(self, points: Sequence[Point]) -> Walk:
        """The shortest round over some bins, from the depot and back."""
        return shortest_walk(self.layout(points))

    def onward(self, here: Point, points: Sequence[Point]) -> Walk:
        """The shortest way over some bins for somebody who is under way already, from the corner nearest to them."""
        start = (here[0], _nearest(self.cross_aisles, here[1]))
        return shortest_walk(Layout(self.aisles, self.cross_aisles, start, self.depot, tuple(points)))

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
        return distance(self.layout(()), one, other)

    def depot_point(self) -> Point:
        """Where rounds start and end."""
        return self.depot[0], self.cross_aisles[self.depot[1]]


def floor_plan(tx: Tx, site_id: int) -> FloorPlan | None:
    """The plan of a site; None when it has no bins."""
    aisles = tuple(row.x_mm / 1000 for row in tx.rows(_AISLES, site_id=site_id))
    if not aisles:
        return None
    settings = site_settings(tx, site_id)
    depth = tx.row(_DEPTH, site_id=site_id)
    if depth is None:
        raise AssertionError("a site with aisles has bins")
    crosses = tuple(sorted(y / 1000 for y in settings.cross_aisles_mm)) or (
        (depth.low - _MARGIN_MM) / 1000, (depth.high + _MARGIN_MM) / 1000)
    x, y = (settings.depot_mm[0] / 1000, settings.depot_mm[1] / 1000) if settings.depot_mm else (aisles[0], crosses[0])
    return FloorPlan(aisles, crosses, (_nearest(aisles, x), _nearest(crosses, y)))


def _nearest(values: Sequence[float], wanted: float) -> int:
    return min(range(len(values)), key=lambda number: abs(values[number] - wanted))
