"""Rules of thumb that the shortest walk is compared with: S-shape, largest gap, bin sequence.

S-shape and largest gap over several blocks follow Roodbergen and de Koster (2001): up the leftmost aisle with picks
to the farthest block with picks, through that block, then block by block back to the front.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from server.wms.walk.layout import Layout
from server.wms.walk.ways import Point, between


def s_shape(layout: Layout) -> float:
    """Every aisle of a block that holds picks is walked through; one left over is walked there and back.

    Over one-way aisles, where nobody can walk like this, the picks are met in its order by the ways that are allowed.
    """
    if not layout.picks:
        return 0.0
    return _length(layout, [layout.picks[number] for number in s_shape_sequence(layout)] if layout.one_way else _s_shape(layout))


def s_shape_sequence(layout: Layout) -> list[int]:
    """The picks in the order in which S-shape meets them."""
    met = {point: number for number, point in enumerate(dict.fromkeys(_s_shape(layout) if layout.picks else ()))}
    return sorted(range(len(layout.picks)), key=lambda number: met[layout.picks[number]])


def largest_gap(layout: Layout) -> float:
    """First and last aisle of a block are walked through, the others from both ends up to their largest gap."""
    return _length(layout, _largest_gap(layout)) if layout.picks else 0.0


def bin_sequence(layout: Layout) -> float:
    """Picks in the order of aisle and bin, each reached by the shortest way: what a sorted list does."""
    return _length(layout, sorted(layout.picks))


def _length(layout: Layout, route: Sequence[Point]) -> float:
    start, end = ((aisle, layout.cross_aisles[cross]) for aisle, cross in (layout.depot, layout.end))
    return sum(between(layout, one, other) for one, other in pairwise([start, *route, end]))


class _Route:
    """A walk being put together: the points met, and the picks that are left by block and aisle."""

    def __init__(self, layout: Layout) -> None:
        self.points: list[Point] = []
        crosses = layout.cross_aisles
        self.blocks = list(pairwise(crosses)) or [(crosses[0], crosses[0])]
        self.left: list[dict[int, list[float]]] = [{} for _ in self.blocks]
        for aisle, y in sorted(layout.picks):
            block = next((at for at, (_, back) in enumerate(self.blocks) if y <= back), len(self.blocks) - 1)
            self.left[block].setdefault(aisle, []).append(y)
        self.farthest = max(at for at, aisles in enumerate(self.left) if aisles)

    def through(self, block: int, aisle: int, *, up: bool) -> None:
        """Walks through a block, and picks what is there."""
        front, back = self.blocks[block]
        way = [front, *self.left[block].pop(aisle, []), back]
        self.points.extend((aisle, y) for y in (way if up else reversed(way)))

    def fetch(self, block: int, aisle: int, ys: Sequence[float], *, front: bool) -> None:
        """Walks into a block from one side and back out on the same."""
        if ys:
            start = self.blocks[block][0 if front else 1]
            self.points.extend((aisle, y) for y in (start, *(ys if front else reversed(ys)), start))

    def to_farthest_block(self) -> None:
        """Walks up the leftmost aisle with picks to the front of the farthest block."""
        aisle = min(aisle for aisles in self.left for aisle in aisles)
        for block in range(self.farthest):
            self.through(block, aisle, up=True)

    def onward(self, block: int) -> list[int]:
        """The aisles with picks left in the next block, from the nearer end; without any it is walked through."""
        aisles, here = sorted(self.left[block]), self.points[-1][0]
        if not aisles:
            self.through(block, here, up=False)
        return aisles if not aisles or abs(aisles[0] - here) <= abs(aisles[-1] - here) else aisles[::-1]


def _s_shape(layout: Layout) -> list[Point]:
    route = _Route(layout)
    route.to_farthest_block()
    _sweep(route, route.farthest, sorted(route.left[route.farthest]), is_front=True)
    for block in reversed(range(route.farthest)):
        _sweep(route, block, route.onward(block), is_front=False)
    return route.points


def _sweep(route: _Route, block: int, aisles: Sequence[int], *, is_front: bool) -> None:
    """Through each aisle in turn, so that it ends at the front."""
    for number, aisle in enumerate(aisles, 1):
        if is_front and number == len(aisles):
            route.fetch(block, aisle, route.left[block][aisle], front=True)
        else:
            route.through(block, aisle, up=is_front)
            is_front = not is_front


def _largest_gap(layout: Layout) -> list[Point]:
    route = _Route(layout)
    route.to_farthest_block()
    first, *others = sorted(route.left[route.farthest])
    if not others:
        route.fetch(route.farthest, first, route.left[route.farthest][first], front=True)
    else:
        fronts = dict(_fronts(route, route.farthest, others[:-1]))
        on_the_way = [aisle for aisle in fronts if not route.farthest and aisle < layout.depot[0]]
        _fetch_fronts(route, route.farthest, on_the_way[::-1], fronts)
        route.through(route.farthest, first, up=True)
        _from_the_back(route, route.farthest, others, [aisle for aisle in fronts if aisle not in on_the_way], fronts)
    for block in reversed(range(route.farthest)):
        aisles = route.onward(block)
        if aisles:
            _from_the_back(route, block, aisles, aisles[:-1], dict(_fronts(route, block, aisles[:-1])))
    return route.points


def _fronts(route: _Route, block: int, aisles: Sequence[int]) -> Iterator[tuple[int, list[float]]]:
    """The picks of each aisle that are before its largest gap."""
    front, back = route.blocks[block]
    for aisle in aisles:
        ys = route.left[block][aisle]
        gaps = [other - one for one, other in pairwise([front, *ys, back])]
        yield aisle, ys[:gaps.index(max(gaps))]


def _from_the_back(route: _Route, block: int, aisles: Sequence[int], later: Sequence[int],
                   fronts: dict[int, list[float]]) -> None:
    """From the back into all aisles but the last, through that one, and from the front into `later` on the way back."""
    for aisle in aisles[:-1]:
        route.fetch(block, aisle, route.left[block][aisle][len(fronts[aisle]):], front=False)
    route.through(block, aisles[-1], up=False)
    _fetch_fronts(route, block, later[::-1], fronts)


def _fetch_fronts(route: _Route, block: int, aisles: Sequence[int], fronts: dict[int, list[float]]) -> None:
    for aisle in aisles:
        route.fetch(block, aisle, fronts[aisle], front=True)
