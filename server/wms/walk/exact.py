"""The exact shortest walk through parallel aisles with any number of cross aisles.

A dynamic programme over tour subgraphs, aisle by aisle from left to right (Ratliff and Rosenthal 1983; over cross
aisles Roodbergen and de Koster 2001, Pansart et al. 2018). A walk is a connected set of edges, each walked at most
twice, that meets every pick and has an even number of edges at every corner (odd at depot and end when they differ).
All that the right side must know of the left is, for each corner of the aisle in between: odd or even, and which
corners hang together.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from server.wms.walk.euler import Edge, euler_walk
from server.wms.walk.layout import Corner, Layout, Walk, distance

# A corner of a state: 0 untouched, else 2 * part + odd, with parts numbered from 1 by first appearance.
State = tuple[int, ...]
_DONE: State = (-1,)
_KNOWN_MAX = 100_000


@dataclass(frozen=True, slots=True)
class _Choice:
    """What is walked in one step: ways through a block, or along a cross aisle to the next aisle."""

    kind: str
    at: Corner
    times: int = 0
    low: int = 0
    high: int = 0


_Layer = dict[State, tuple[float, State, _Choice | None]]


def shortest_walk(layout: Layout) -> Walk:
    """The shortest walk from depot to end over all picks."""
    if not layout.picks:
        return Walk(distance(layout, _point(layout, layout.depot), _point(layout, layout.end)), (), "exact")
    solver = _Solver(layout)
    length, choices = solver.solve()
    edges = [edge for choice in choices for edge in solver.edges(choice)] + solver.dead_ends()
    nodes = euler_walk(edges, layout.depot)
    return Walk(length + solver.dead_end_length, tuple(solver.picked(nodes)), "exact")


class _Solver:
    """One layout being solved. `stops[aisle][block]` are the distinct y of picks strictly inside a block."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        count, crosses = len(layout.aisles), layout.cross_aisles
        self.stops: list[list[list[float]]] = [[[] for _ in range(len(crosses) + 1)] for _ in range(count)]
        self.needed: set[Corner] = {layout.depot, layout.end}
        self.at: dict[Corner | tuple[int, float, str], list[int]] = {}
        for number, (aisle, y) in enumerate(layout.picks):
            self._keep(number, aisle, y)
        self.odd = {layout.depot, layout.end} if layout.depot != layout.end else set()
        self.dead_end_length = sum(2 * depth for _, _, depth in self._dead_ends())
        busy = [aisle for aisle, y in layout.picks] + [layout.depot[0], layout.end[0]]
        self.first, self.last = min(busy), max(busy)

    def solve(self) -> tuple[float, list[_Choice]]:
        """Length without dead ends, and what is walked."""
        empty: State = (0,) * len(self.layout.cross_aisles)
        layers: list[_Layer] = [{empty: (0.0, empty, None)}]
        for aisle in range(self.first, self.last + 1):
            layers.append(self._with_needed(layers[-1], aisle))
            for block in range(1, len(self.layout.cross_aisles)):
                layers.append(self._through_block(layers[-1], aisle, block))
            for cross in range(len(self.layout.cross_aisles)):
                layers.append(self._along_cross_aisle(layers[-1], (aisle, cross)))
        return self._walked(layers)

    def _keep(self, number: int, aisle: int, y: float) -> None:
        crosses = self.layout.cross_aisles
        if y in crosses:
            corner = (aisle, crosses.index(y))
            self.needed.add(corner)
            self.at.setdefault(corner, []).append(number)
            return
        block = bisect_right(crosses, y)
        found = self.at.setdefault((aisle, y, "pick"), [])
        if not found:
            self.stops[aisle][block].append(y)
            self.stops[aisle][block].sort()
        found.append(number)
        if block in (0, len(crosses)):
            self.needed.add((aisle, min(block, len(crosses) - 1)))

    def _with_needed(self, layer: _Layer, aisle: int) -> _Layer:
        """Corners that must be met hang in the state from here on, as parts of their own."""
        needed = [corner[1] for corner in self.needed if corner[0] == aisle]
        after: _Layer = {}
        for state, (cost, _, _) in layer.items():
            values = list(state)
            for number, cross in enumerate(needed if state != _DONE else ()):
                values[cross] = values[cross] or 2 * (len(state) + 1 + number)
            if state != _DONE or not needed:
                _keep_best(after, state if state == _DONE else _numbered(tuple(values)), cost, state, None)
        return after

    def _through_block(self, layer: _Layer, aisle: int, block: int) -> _Layer:
        ways = [(choice, length, _touched(choice)) for choice, length in self._ways(aisle, block)]
        after: _Layer = {}
        for state, (cost, _, _) in layer.items():
            if state == _DONE:
                _keep_best(after, _DONE, cost if not self.stops[aisle][block] else float("inf"), state, None)
                continue
            for choice, length, touched in ways:
                _keep_best(after, _with_way(state, block - 1, choice.kind, choice.times, touched), cost + length, state, choice)
        return after

    def _ways(self, aisle: int, block: int) -> Iterator[tuple[_Choice, float]]:
        low, high = self.layout.cross_aisles[block - 1], self.layout.cross_aisles[block]
        stops, at = self.stops[aisle][block], (aisle, block)
        if not stops:
            yield _Choice("skip", at), 0.0
        yield _Choice("through", at, times=1), high - low
        yield _Choice("through", at, times=2), 2 * (high - low)
        if not stops:
            return
        count = len(stops)
        yield _Choice("branch", at, low=count), 2 * (stops[-1] - low)
        yield _Choice("branch", at, high=count), 2 * (high - stops[0])
        if count > 1:
            gap, cut = max((stops[at_ + 1] - stops[at_], at_ + 1) for at_ in range(count - 1))
            yield _Choice("branch", at, low=cut, high=count - cut), 2 * (high - low - gap)

    def _along_cross_aisle(self, layer: _Layer, corner: Corner) -> _Layer:
        aisle, cross = corner
        is_last = aisle == self.last
        step = 0.0 if is_last else self.layout.aisles[aisle + 1] - self.layout.aisles[aisle]
        ways = [_Choice("along", corner, times=times) for times in range(3)]
        after: _Layer = {}
        for state, (cost, _, _) in layer.items():
            if state == _DONE:
                _keep_best(after, _DONE, cost, state, None)
                continue
            is_odd = (state[cross] & 1) != (corner in self.odd)
            for times in (1,) if is_odd else (0, 2):
                if times and is_last:
                    continue
                new = self._dropped(state, corner) if times == 0 else _carried(state, cross, times)
                if new is not None:
                    _keep_best(after, new, cost + times * step, state, ways[times])
        return after

    def _dropped(self, state: State, corner: Corner) -> State | None:
        """The state without a corner, from which nothing leads on; None when something would be cut off."""
        cross = corner[1]
        part = state[cross] >> 1
        if not part:
            return state
        rest = (*state[:cross], 0, *state[cross + 1:])
        if any(value >> 1 == part for value in rest):
            return _numbered(rest)
        return _DONE if not any(rest) else None

    def _walked(self, layers: list[_Layer]) -> tuple[float, list[_Choice]]:
        state, choices = _DONE, []
        length = layers[-1][_DONE][0]
        for layer in reversed(layers[1:]):
            _, before, choice = layer[state]
            if choice is not None:
                choices.append(choice)
            state = before
        return length, choices

    def edges(self, choice: _Choice) -> Iterator[Edge]:
        """The edges of a choice, each as often as it is walked."""
        aisle, number = choice.at
        if choice.kind == "along":
            yield from [((aisle, number), (aisle + 1, number))] * choice.times
        if choice.kind in ("skip", "along"):
            return
        stops = [(aisle, y, "pick") for y in self.stops[aisle][number]]
        low, high = (aisle, number - 1), (aisle, number)
        if choice.kind == "through":
            yield from _chain([low, *stops, high], choice.times)
            return
        yield from _chain([low, *stops[:choice.low]], 2)
        yield from _chain([high, *reversed(stops[len(stops) - choice.high:])] if choice.high else [high], 2)

    def dead_ends(self) -> list[Edge]:
        """There and back to picks before the first and behind the last cross aisle."""
        edges: list[Edge] = []
        for corner, stops, _ in self._dead_ends():
            edges.extend(_chain([corner, *((corner[0], y, "pick") for y in stops)], 2))
        return edges

    def _dead_ends(self) -> Iterator[tuple[Corner, list[float], float]]:
        crosses = self.layout.cross_aisles
        for aisle, blocks in enumerate(self.stops):
            if blocks[0]:
                yield (aisle, 0), blocks[0][::-1], crosses[0] - blocks[0][0]
            if blocks[-1]:
                yield (aisle, len(crosses) - 1), blocks[-1], blocks[-1][-1] - crosses[-1]

    def picked(self, nodes: list[object]) -> list[int]:
        """The picks' numbers in the order in which the walk first meets them."""
        seen = dict.fromkeys(nodes)
        return [number for node in seen for number in self.at.get(node, [])]  # type: ignore[call-overload]


def _keep_best(layer: _Layer, state: State, cost: float, before: State, choice: _Choice | None) -> None:
    known = layer.get(state)
    if cost != float("inf") and (known is None or cost < known[0]):
        layer[state] = (cost, before, choice)


def _touched(choice: _Choice) -> tuple[bool, bool]:
    """Whether a way through a block meets its lower and its upper corner."""
    is_through = choice.kind == "through"
    return is_through or choice.low > 0, is_through or choice.high > 0


# The same few states come back in every aisle of every layout: each change of state is worked out once.
@lru_cache(_KNOWN_MAX)
def _with_way(state: State, low: int, kind: str, times: int, ends: tuple[bool, bool]) -> State:
    """The state after walking in the block above corner `low`."""
    if kind == "skip":
        return state
    values, fresh = list(state), 2 * len(state) + 2
    for at, touched in zip((low, low + 1), ends, strict=True):
        if touched and not values[at]:
            values[at], fresh = 2 * fresh, fresh + 1
    if kind == "through":
        one, other = values[low] >> 1, values[low + 1] >> 1
        values = [2 * one + (value & 1) if value >> 1 == other else value for value in values]
        if times == 1:
            values[low] ^= 1
            values[low + 1] ^= 1
    return _numbered(tuple(values))


@lru_cache(_KNOWN_MAX)
def _carried(state: State, cross: int, times: int) -> State:
    """The state with a corner moved on to the next aisle; a walk may start there."""
    part = (state[cross] >> 1) or len(state) + 1
    return _numbered((*state[:cross], 2 * part + (times & 1), *state[cross + 1:]))


@lru_cache(_KNOWN_MAX)
def _numbered(values: State) -> State:
    parts: dict[int, int] = {0: 0}
    return tuple(2 * parts.setdefault(value >> 1, len(parts)) + (value & 1) if value else 0 for value in values)


def _chain(nodes: list[object], times: int) -> Iterator[Edge]:
    for one, other in pairwise(nodes):
        yield from [(one, other)] * times


def _point(layout: Layout, corner: Corner) -> tuple[int, float]:
    return corner[0], layout.cross_aisles[corner[1]]
