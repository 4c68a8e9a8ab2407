"""Shortest ways between points of a floor whose aisles may be one-way.

Before the first and behind the last cross aisle one walks there and back in any aisle: there is no other way out.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from heapq import heappop, heappush
from math import inf, isfinite

from server.wms.walk.layout import Layout, distance

Point = tuple[int, float]
Ends = list[tuple[int, float]]
_FLOORS_MAX = 4


class Ways:
    """The crossings of a floor, numbered aisle by aisle, and how far it is from each to each."""

    def __init__(self, aisles: Sequence[float], cross_aisles: Sequence[float], one_way: Sequence[int]) -> None:
        self._aisles, self._crosses, self._one_way = aisles, cross_aisles, one_way
        self._next = [list(self._onward(aisle, cross)) for aisle in range(len(aisles)) for cross in range(len(cross_aisles))]
        self._known: dict[int, list[float]] = {}

    def between(self, one: Point, other: Point) -> float:
        """The shortest way; inf when there is none."""
        return min(self._straight(one, other), self._around(self.ends(one, leave=True), self.ends(other, leave=False)))

    def table(self, points: Sequence[Point]) -> list[list[float]]:
        """The shortest way from each point to each."""
        left = [self.ends(point, leave=True) for point in points]
        reached = [self.ends(point, leave=False) for point in points]
        return [[0.0 if i == j else min(self._straight(one, other), self._around(left[i], reached[j]))
                 for j, other in enumerate(points)] for i, one in enumerate(points)]

    def from_crossing(self, start: int) -> list[float]:
        """How far it is from one crossing to each."""
        known = self._known.get(start)
        if known is None:
            known = self._known[start] = distances(self._next, start)
        return known

    def ends(self, point: Point, *, leave: bool) -> Ends:
        """The crossings by which one may leave a point, or come to it, and how far they are."""
        aisle, y = point
        behind, count = bisect_right(self._crosses, y), len(self._crosses)
        if behind and self._crosses[behind - 1] == y:
            return [(aisle * count + behind - 1, 0.0)]
        way = self._one_way[aisle] * (1 if leave else -1) if 0 < behind < count else 0
        ends = []
        if behind < count and way >= 0:
            ends.append((aisle * count + behind, self._crosses[behind] - y))
        if behind and way <= 0:
            ends.append((aisle * count + behind - 1, y - self._crosses[behind - 1]))
        return ends

    def _straight(self, one: Point, other: Point) -> float:
        if one[0] != other[0]:
            return inf
        way, first, last = self._one_way[one[0]], self._crosses[0], self._crosses[-1]
        low, high = min(one[1], other[1]), max(one[1], other[1])
        is_free = way == 0 or low == high or (way > 0) == (other[1] > one[1]) or high <= first or low >= last
        return high - low if is_free else inf

    def _around(self, left: Ends, reached: Ends) -> float:
        return min((out + self.from_crossing(start)[end] + into for start, out in left for end, into in reached), default=inf)

    def _onward(self, aisle: int, cross: int) -> Iterator[tuple[int, float]]:
        count, here = len(self._crosses), aisle * len(self._crosses) + cross
        for other in (aisle - 1, aisle + 1):
            if 0 <= other < len(self._aisles):
                yield other * count + cross, abs(self._aisles[other] - self._aisles[aisle])
        if cross + 1 < count and self._one_way[aisle] >= 0:
            yield here + 1, self._crosses[cross + 1] - self._crosses[cross]
        if cross and self._one_way[aisle] <= 0:
            yield here - 1, self._crosses[cross] - self._crosses[cross - 1]


def distances(onward: Sequence[Sequence[tuple[int, float]]], start: int) -> list[float]:
    """How far it is from one node of a graph to each (Dijkstra 1959); inf where no way leads."""
    far = [inf] * len(onward)
    far[start] = 0.0
    waiting = [(0.0, start)]
    while waiting:
        walked, node = heappop(waiting)
        if walked > far[node]:
            continue
        for other, metres in onward[node]:
            there = walked + metres
            if there < far[other]:
                far[other] = there
                heappush(waiting, (there, other))
    return far


def table(layout: Layout, points: Sequence[Point]) -> list[list[float]]:
    """The shortest way from each point to each on a layout."""
    if layout.one_way:
        return _ways(layout.aisles, layout.cross_aisles, layout.one_way).table(points)
    far = [[0.0] * len(points) for _ in points]
    for at, one in enumerate(points):
        for other in range(at):
            far[at][other] = far[other][at] = distance(layout, one, points[other])
    return far


def between(layout: Layout, one: Point, other: Point) -> float:
    """The shortest way between two points of a layout."""
    if layout.one_way:
        return _ways(layout.aisles, layout.cross_aisles, layout.one_way).between(one, other)
    return distance(layout, one, other)


def all_meet(layout: Layout) -> bool:
    """Whether a way leads from the depot to every crossing and back."""
    if not layout.one_way:
        return True
    depot = layout.depot[0] * len(layout.cross_aisles) + layout.depot[1]
    there_and_back = layout.one_way, tuple(-way for way in layout.one_way)
    return all(isfinite(far) for one_way in there_and_back
               for far in _ways(layout.aisles, layout.cross_aisles, one_way).from_crossing(depot))


@lru_cache(_FLOORS_MAX)
def _ways(aisles: tuple[float, ...], cross_aisles: tuple[float, ...], one_way: tuple[int, ...]) -> Ways:
    return Ways(aisles, cross_aisles, one_way)
