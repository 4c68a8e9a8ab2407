"""The order of the picks in a walk of which only the lengths of its beginnings are known."""

from collections.abc import Iterator, Sequence

from server.wms.walk.demand import Demand
from server.wms.walk.euler import euler_walk
from server.wms.walk.layout import Corner
from server.wms.walk.states import (
    ANY_BRANCH,
    BOTH,
    HIGH,
    HIGH_OR_BOTH,
    LOW,
    LOW_OR_BOTH,
    ONCE,
    SKIP,
    TWICE,
    Way,
    states_of,
)
from server.wms.walk.steps import Lengths, Step

Layer = dict[int, float]
_Edge = tuple[tuple[Corner, Corner], list[int]]
_STANDS_FOR = {LOW: (LOW,), HIGH: (HIGH,), BOTH: (BOTH,), LOW_OR_BOTH: (LOW, BOTH), HIGH_OR_BOTH: (HIGH, BOTH),
               ANY_BRANCH: (LOW, HIGH, BOTH)}


def sequence(demand: Demand, steps: Sequence[Step], layers: Sequence[Layer]) -> Iterator[int]:
    """The picks in the order of a shortest walk, whose last layer holds the whole walks."""
    edges, fetched = _walked(demand, steps, layers)
    is_met = set[Corner]()
    for number, corner in euler_walk([edge for edge, _ in edges], demand.layout.depot):
        if number is not None:
            (_, end), picks = edges[number]
            yield from picks if corner == end else reversed(picks)
        if corner not in is_met:
            is_met.add(corner)
            yield from demand.met.get(corner, ())
            yield from fetched.get(corner, ())


def _walked(demand: Demand, steps: Sequence[Step], layers: Sequence[Layer]) -> tuple[list[_Edge], dict[Corner, list[int]]]:
    """Every edge walked with the picks on it, and the picks that are fetched from a crossing, there and back."""
    edges: list[_Edge] = []
    fetched: dict[Corner, list[int]] = {}
    for step, state, way in _back(steps, layers):
        edges.extend(_onward(demand, step, state))
        if step.block is not None and way in (ONCE, TWICE):
            edges.extend(_through(demand, step, way))
        elif step.block is not None and way != SKIP:
            _fetch(demand, step, way, fetched)
    return edges, fetched


def _back(steps: Sequence[Step], layers: Sequence[Layer]) -> Iterator[tuple[Step, int, Way]]:
    """The steps of the shortest walk from the last to the first, with the state after each and the way taken."""
    state = min(layers[-1], key=layers[-1].__getitem__)
    walked = layers[-1][state]
    for at in range(len(steps) - 1, -1, -1):
        step, layer = steps[at], layers[at]
        before, way = next((before, way) for before, way in step.changes.before[state]
                           if before in layer and layer[before] + step.lengths[way] == walked)
        yield step, state, way
        walked, state = layer[before], before


def _onward(demand: Demand, step: Step, state: int) -> Iterator[_Edge]:
    if step.onward is None:
        return
    values = states_of(len(demand.cross_aisles)).known[state]
    for cross, value in zip(demand.cross_aisles, values, strict=True):
        if value:
            yield from [(((step.aisle, cross), (step.onward, cross)), [])] * (2 - (value & 1))


def _through(demand: Demand, step: Step, way: Way) -> Iterator[_Edge]:
    low, high = _ends(step)
    yield (low, high), _picks(demand, step, demand.stops_between(step.aisle, low[1], high[1]))
    if way == TWICE:
        yield (low, high), []


def _fetch(demand: Demand, step: Step, way: Way, fetched: dict[Corner, list[int]]) -> None:
    low, high = _ends(step)
    stops = demand.stops_between(step.aisle, low[1], high[1])
    turn = _turn(way, step.lengths, stops)
    fetched.setdefault(low, []).extend(_picks(demand, step, stops[:turn]))
    fetched.setdefault(high, []).extend(_picks(demand, step, stops[turn:][::-1]))


def _ends(step: Step) -> tuple[Corner, Corner]:
    low, high = step.block or (0, 0)
    return (step.aisle, low), (step.aisle, high)


def _turn(way: Way, lengths: Lengths, stops: Sequence[float]) -> int:
    """How many of the stops are fetched from below; the others are from above."""
    shortest = min(_STANDS_FOR[way], key=lengths.__getitem__)
    if shortest == BOTH:
        return max(range(1, len(stops)), key=lambda at: stops[at] - stops[at - 1])
    return len(stops) if shortest == LOW else 0


def _picks(demand: Demand, step: Step, stops: Sequence[float]) -> list[int]:
    return [number for y in stops for number in demand.at[step.aisle, y]]
