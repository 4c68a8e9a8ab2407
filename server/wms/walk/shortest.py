"""The shortest walk by whatever suits the floor: exact, or where that takes too long a library for such tours."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import isfinite

from server.kernel.errors import Invalid
from server.wms.walk import exact
from server.wms.walk.demand import Demand
from server.wms.walk.layout import Layout, Walk
from server.wms.walk.library import SECONDS, Far, short_order
from server.wms.walk.rules import s_shape_sequence
from server.wms.walk.ways import Point, table

EXACT_CROSS_AISLES_MAX = 5
PLACES_MAX = 1_000
_QUICK_SECONDS = 0.004


class NoWay(Invalid):
    """One-way aisles or missing edges leave no walk over all picks."""


def shortest_walk(layout: Layout) -> Walk:
    """The shortest walk from depot to end over all picks."""
    demand = _exactly(layout)
    return exact.walk(demand) if demand else _by_library(layout)


def shortest_length(layout: Layout) -> float:
    """How long the shortest walk is; quicker than the walk itself."""
    demand = _exactly(layout)
    return exact.length(demand) if demand else _by_library(layout, seconds=_QUICK_SECONDS).length


def walk_over(far: Far, names: Sequence[str], orders: Sequence[Sequence[int]] = (), *, seconds: float) -> tuple[float, list[int]]:
    """A short walk from the first to the last of some points, and the points between in its order.

    `orders` are tried beside the library's. NoWay names the points that cannot be met.
    """
    _refuse_unreachable(far, names)
    best = min((_walked(far, order), list(order)) for order in (short_order(far, seconds=seconds), *orders))
    if not isfinite(best[0]):
        raise _no_way("no order was found in which every pick is met: some have no way from one to another")
    return best


def seconds_for(places: int) -> float:
    """How long the library may search."""
    return SECONDS * max(1.0, places / 100)


def _exactly(layout: Layout) -> Demand | None:
    demand = None if layout.one_way else Demand(layout)
    return demand if demand and len(demand.cross_aisles) <= EXACT_CROSS_AISLES_MAX else None


def _by_library(layout: Layout, *, seconds: float | None = None) -> Walk:
    groups = _groups(layout)
    if len(groups) > PLACES_MAX:
        raise Invalid(f"There are picks in {len(groups)} places; with one-way aisles or more than {EXACT_CROSS_AISLES_MAX} "
                      f"cross aisles at most {PLACES_MAX} can be walked at once. Plan them in several walks.")
    start, end = _ends(layout)
    points = [start, *(layout.picks[group[0]] for group in groups), end]
    names = [f"pick {group[0]} (x {layout.aisles[layout.picks[group[0]][0]]:g}, y {layout.picks[group[0]][1]:g})" for group in groups]
    rule = _in_order_of(groups, s_shape_sequence(layout))
    walked, order = walk_over(table(layout, points), names, [rule], seconds=seconds or seconds_for(len(groups)))
    return Walk(walked, tuple(number for at in order for number in groups[at - 1]), "fast-tsp")


def _groups(layout: Layout) -> list[list[int]]:
    """Picks that are met together, in the order in which they are: one place, or one block of a one-way aisle."""
    groups: dict[tuple[int, float, bool], list[int]] = {}
    crosses, one_way = layout.cross_aisles, layout.one_way or (0,) * len(layout.aisles)
    for number in sorted(range(len(layout.picks)), key=lambda number: layout.picks[number]):
        aisle, y = layout.picks[number]
        block = bisect_right(crosses, y)
        is_passed = one_way[aisle] != 0 and 0 < block < len(crosses) and y != crosses[block - 1]
        groups.setdefault((aisle, block, True) if is_passed else (aisle, y, False), []).append(number)
    return [group[::one_way[key[0]] if key[2] else 1] for key, group in groups.items()]


def _in_order_of(groups: Sequence[Sequence[int]], sequence: Sequence[int]) -> list[int]:
    group_of = {number: at for at, group in enumerate(groups, 1) for number in group}
    return list(dict.fromkeys(group_of[number] for number in sequence))


def _ends(layout: Layout) -> tuple[Point, Point]:
    start, end = ((aisle, layout.cross_aisles[cross]) for aisle, cross in (layout.depot, layout.end))
    return start, end


def _walked(far: Far, order: Sequence[int]) -> float:
    return sum(far[one][other] for one, other in pairwise([0, *order, len(far) - 1]))


def _refuse_unreachable(far: Far, names: Sequence[str]) -> None:
    for problem in _unreachable(far, names):
        raise _no_way(problem)


def _unreachable(far: Far, names: Sequence[str]) -> Iterator[str]:
    if not isfinite(far[0][-1]):
        yield "no way leads from the depot to the end"
    for at, name in enumerate(names, 1):
        if not isfinite(far[0][at]):
            yield f"no way leads from the depot to {name}"
        if not isfinite(far[at][-1]):
            yield f"no way leads from {name} on to the end"


def _no_way(what: str) -> NoWay:
    return NoWay(f"There is no such walk: {what}. Check the one-way aisles and what is joined to what.",
                 errors=[{"where": "picks", "what": what}])
