"""What the tests of walks share: random floors, the shortest order found without cleverness, and walking an order."""

import itertools
import random
from collections.abc import Callable, Sequence

from server.wms.walk import Layout, layout_of
from server.wms.walk.layout import distance


def a_floor(chance: random.Random, *, aisles: int, crosses: int, picks: int, closed: bool) -> Layout:
    """Aisles and cross aisles anywhere; picks between and on cross aisles, in dead ends, and twice in one place."""
    xs = sorted(chance.sample(range(60), aisles))
    ys = sorted(chance.sample(range(0, 60, 3), crosses))
    corner = [chance.choice(xs), chance.choice(ys)]
    end = corner if closed else [chance.choice(xs), chance.choice(ys)]
    places = [[chance.randrange(aisles), a_place(chance, ys)] for _ in range(max(1, chance.randint(picks // 2, picks)))]
    chance.shuffle(xs)
    return layout_of({"aisles": xs, "cross_aisles": ys, "depot": corner, "end": end,
                      "picks": [chance.choice(places) for _ in range(picks)]})


def a_place(chance: random.Random, crosses: Sequence[int]) -> float:
    low, high = crosses[0], crosses[-1]
    return chance.choice([chance.choice(crosses), chance.randint(low - 6, high + 6), chance.uniform(low, high)])


def ends(layout: Layout) -> list[tuple[int, float]]:
    """Depot and end as points (aisle, y)."""
    return [(aisle, layout.cross_aisles[cross]) for aisle, cross in (layout.depot, layout.end)]


def walked(layout: Layout, order: Sequence[int]) -> float:
    """How long it is to walk the picks in this order."""
    start, end = ends(layout)
    points = [start, *(layout.picks[number] for number in order), end]
    return sum(distance(layout, one, other) for one, other in itertools.pairwise(points))


def shortest(layout: Layout) -> float:
    """The shortest of all orders."""
    start, end = ends(layout)
    return shortest_order([start, *dict.fromkeys(layout.picks), end], lambda one, other: distance(layout, one, other))


def shortest_order(points: Sequence, between: Callable) -> float:
    """The shortest way from the first point over all others to the last (Held and Karp 1962)."""
    far = [[between(one, other) for other in points] for one in points]
    inner = range(1, len(points) - 1)
    best = {(1 << at, at): far[0][at] for at in inner}
    for _ in range(len(inner) - 1):
        longer: dict[tuple[int, int], float] = {}
        for (met, last), length in best.items():
            for at in inner:
                if not met >> at & 1:
                    key = met | 1 << at, at
                    longer[key] = min(longer.get(key, float("inf")), length + far[last][at])
        best = longer
    return min((length + far[last][-1] for (_, last), length in best.items()), default=far[0][-1])
