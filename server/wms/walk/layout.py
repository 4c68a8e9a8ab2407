"""The floor as a walk sees it: aisles at x, cross aisles at y, picks in aisles. Metres."""

from bisect import bisect_left
from dataclasses import dataclass

Corner = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Layout:
    """Aisles and cross aisles in ascending order; depot and end are corners (aisle, cross aisle).

    `picks` are (aisle, y). `one_way` says of each aisle whether it may only be walked up (1), only down (-1) or both
    ways (0); empty when all may be walked both ways.
    """

    aisles: tuple[float, ...]
    cross_aisles: tuple[float, ...]
    depot: Corner
    end: Corner
    picks: tuple[tuple[int, float], ...]
    one_way: tuple[int, ...] = ()

    def corner_at(self, corner: Corner) -> tuple[float, float]:
        """Where a corner is."""
        return self.aisles[corner[0]], self.cross_aisles[corner[1]]


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk's length in metres, the picks in the order of the walk, and how it was found."""

    length: float
    sequence: tuple[int, ...]
    method: str


def distance(layout: Layout, one: tuple[int, float], other: tuple[int, float]) -> float:
    """The shortest way between two points (aisle, y), where every aisle may be walked both ways."""
    low, high = (one[1], other[1]) if one[1] < other[1] else (other[1], one[1])
    if one[0] == other[0]:
        return high - low
    far = high - low + abs(layout.aisles[one[0]] - layout.aisles[other[0]])
    crosses = layout.cross_aisles
    at = bisect_left(crosses, low)
    if at == len(crosses):
        return far + 2 * (low - crosses[-1])
    if crosses[at] <= high:
        return far
    return far + 2 * (min(crosses[at] - high, low - crosses[at - 1]) if at else crosses[at] - high)
