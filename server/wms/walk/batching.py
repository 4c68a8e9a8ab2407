"""Which orders share a trolley, so that all walks together are short."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from server.wms.walk.batching_by_price import Price, search_by_price
from server.wms.walk.batching_effort import Effort
from server.wms.walk.batching_problem import Batching, Point
from server.wms.walk.layout import Layout
from server.wms.walk.shortest import EXACT_CROSS_AISLES_MAX, shortest_length


@dataclass(frozen=True, slots=True)
class Batches:
    """Orders (their numbers) that are walked together, each walk's length, and what no other batches undercut if known."""

    groups: list[list[int]]
    lengths: list[float]
    lower_bound: float | None
    method: str
    seconds: float

    @property
    def length(self) -> float:
        """All walks together."""
        return sum(self.lengths)


def batch(orders: Sequence[Sequence[Point]], capacity: int, price: Price, *, layout: Layout | None = None, seconds: float = 1.0,
          seed: int = 0) -> list[list[int]]:
    """Groups of at most `capacity` orders (by their numbers) that are walked together.

    `orders` are the places (aisle, y) of each; `price` is the walk over some places, asked where those on `layout` are
    not exact. The search ends after `seconds`.
    """
    sizes = [1] * len(orders)
    if layout is None or not is_exact(layout):
        return search_by_price(orders, sizes, capacity, price, seconds=seconds, seed=seed)
    return _exactly(Batching(layout, orders, sizes, capacity), Effort(seconds), seed)[0]


def batches(asked: Batching, *, seconds: float = 1.0, seed: int = 0, steps: int | None = None) -> Batches:
    """The shortest batches found, with their lengths; where walks are exact, `steps` instead of seconds are repeatable."""
    def length(points: Sequence[Point]) -> float:
        return shortest_length(replace(asked.layout, picks=tuple(points)))

    started = time.perf_counter()
    if is_exact(asked.layout):
        groups, bound = _exactly(asked, Effort(seconds, steps), seed)
    else:
        groups, bound = search_by_price(asked.orders, asked.sizes, asked.capacity, length, seconds=seconds, seed=seed), None
    spent = time.perf_counter() - started
    lengths = [length(asked.points_of(group)) for group in groups]
    bound = None if bound is None else min(bound, sum(lengths))
    return Batches(groups, lengths, bound, "exact" if is_exact(asked.layout) else "fast-tsp", spent)


def is_exact(layout: Layout) -> bool:
    """Whether many walks on a floor can be told exactly at once."""
    return not layout.one_way and len(layout.cross_aisles) <= EXACT_CROSS_AISLES_MAX


def _exactly(asked: Batching, effort: Effort, seed: int) -> tuple[list[list[int]], float | None]:
    if sum(sorted(asked.sizes)[:2]) > asked.capacity or len(asked.orders) < 2:
        return [[number] for number in range(len(asked.orders))], None
    from server.wms.walk.batching_search import search  # noqa: PLC0415 - numpy and HiGHS are slow to import

    found = search(asked, effort, seed)
    return [sorted(group) for group in found.groups], found.bound
