"""The steps by which a walk grows from left to right: through the blocks of an aisle, then on to the next aisle."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import inf
from operator import sub
from typing import NamedTuple

from server.wms.walk.demand import Demand
from server.wms.walk.states import Changes, States, states_of

Lengths = Sequence[float]


class Step(NamedTuple):
    """What may change in one step and how long each way is.

    `block` is (cross aisle before, cross aisle behind), `onward` the next aisle; neither when crossings are met.
    """

    aisle: int
    changes: Changes
    lengths: Lengths
    block: tuple[int, int] | None = None
    onward: int | None = None


def steps(demand: Demand) -> Iterator[Step]:
    """All steps of a layout."""
    known, xs = states_of(len(demand.cross_aisles)), demand.layout.aisles
    edges = range(2 * len(demand.cross_aisles) + 1)
    needed = _needed(demand)
    for aisle, onward in zip(demand.aisles, [*demand.aisles[1:], None], strict=True):
        if aisle in needed:
            yield Step(aisle, known.meet(tuple(sorted(needed[aisle]))), (0.0,))
        yield from _through(demand, known, aisle)
        if onward is not None:
            far = xs[onward] - xs[aisle]
            yield Step(aisle, known.along, [number * far for number in edges], onward=onward)


def _needed(demand: Demand) -> dict[int, list[tuple[int, bool]]]:
    depot, end = demand.layout.depot, demand.layout.end
    needed: dict[int, list[tuple[int, bool]]] = {}
    for corner in demand.met:
        place = demand.cross_aisles.index(corner[1]), depot != end and corner in (depot, end)
        needed.setdefault(corner[0], []).append(place)
    return needed


def _through(demand: Demand, known: States, aisle: int) -> Iterator[Step]:
    ys = demand.layout.cross_aisles
    for low, (before, behind) in enumerate(pairwise(demand.cross_aisles)):
        stops = demand.stops_between(aisle, before, behind)
        start, end = ys[before], ys[behind]
        if stops:
            yield Step(aisle, known.through[low], _lengths(start, end, stops), (before, behind))
        else:
            yield Step(aisle, known.over[low], (0.0, end - start, 2 * (end - start)), (before, behind))


def _lengths(start: float, end: float, stops: Sequence[float]) -> Lengths:
    """How long each way through a block is, by the numbers of `states`."""
    through = end - start
    below, above = 2 * (stops[-1] - start), 2 * (end - stops[0])
    both = 2 * (through - max(map(sub, stops[1:], stops))) if len(stops) > 1 else inf
    below_or_both = min(below, both)
    return inf, through, 2 * through, below, above, both, below_or_both, min(above, both), min(above, below_or_both)
