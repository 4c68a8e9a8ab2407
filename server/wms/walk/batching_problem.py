"""What is to be batched."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.wms.walk.layout import Layout

Point = tuple[int, float]


@dataclass(frozen=True, slots=True)
class Batching:
    """A floor, the picks (aisle, y) of each order, how much of a trolley each takes, and how much a trolley takes."""

    layout: Layout
    orders: Sequence[Sequence[Point]]
    sizes: Sequence[int]
    capacity: int

    def points_of(self, group: Sequence[int]) -> tuple[Point, ...]:
        """The picks of some orders."""
        return tuple(point for order in group for point in self.orders[order])
