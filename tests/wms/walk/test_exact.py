import itertools
import random

import pytest

from server.kernel.errors import Invalid
from server.wms.walk import Layout, layout_of, shortest_walk
from server.wms.walk.layout import distance
from server.wms.walk.rules import bin_sequence, largest_gap, s_shape


def length_of(layout: Layout, order) -> float:
    corners = [(corner[0], layout.cross_aisles[corner[1]]) for corner in (layout.depot, layout.end)]
    points = [corners[0], *(layout.picks[number] for number in order), corners[1]]
    return sum(distance(layout, one, other) for one, other in itertools.pairwise(points))


def a_layout(chance: random.Random, *, aisles: int, crosses: int, picks: int, closed: bool) -> Layout:
    xs = sorted(chance.sample(range(60), aisles))
    ys = sorted(chance.sample(range(0, 60, 3), crosses))
    corner = [chance.choice(xs), chance.choice(ys)]
    end = corner if closed else [chance.choice(xs), chance.choice(ys)]
    chance.shuffle(xs)
    return layout_of({"aisles": xs, "cross_aisles": ys, "depot": corner, "end": end,
                      "picks": [[chance.randrange(aisles), chance.randint(-3, 62)] for _ in range(picks)]})


@pytest.mark.parametrize("crosses", [1, 2, 3, 4])
@pytest.mark.parametrize("closed", [True, False])
def test_the_walk_equals_the_shortest_of_all_orders(crosses, closed):
    chance = random.Random(crosses * 10 + closed)
    for _ in range(60):
        layout = a_layout(chance, aisles=chance.randint(1, 6), crosses=crosses, picks=chance.randint(0, 6), closed=closed)
        best = min(length_of(layout, order) for order in itertools.permutations(range(len(layout.picks))))
        walk = shortest_walk(layout)
        assert walk.length == pytest.approx(best)
        assert sorted(walk.sequence) == list(range(len(layout.picks)))
        assert length_of(layout, walk.sequence) == pytest.approx(walk.length)


@pytest.mark.parametrize("crosses", [2, 3, 4])
def test_a_long_walk_meets_every_pick_and_is_as_long_as_it_says(crosses):
    layout = a_layout(random.Random(7), aisles=20, crosses=crosses, picks=100, closed=True)
    walk = shortest_walk(layout)
    assert sorted(walk.sequence) == list(range(100))
    assert length_of(layout, walk.sequence) == pytest.approx(walk.length)


def test_no_rule_of_thumb_is_shorter():
    chance = random.Random(3)
    for picks in (5, 10, 45, 100):
        layout = layout_of({"aisles": list(range(0, 60, 3)), "cross_aisles": [0, 30], "depot": [0, 0],
                            "picks": [[chance.randrange(20), chance.uniform(0.5, 29.5)] for _ in range(picks)]})
        best = shortest_walk(layout).length - 1e-9
        assert best <= min(s_shape(layout), largest_gap(layout), bin_sequence(layout))


@pytest.mark.parametrize(("change", "where"), [
    ({"aisles": []}, "aisles"), ({"aisles": [0, 0]}, "aisles"), ({"aisles": [0, "a"]}, "aisles[1]"),
    ({"cross_aisles": [0, float("nan")]}, "cross_aisles[1]"), ({"depot": [1, 0]}, "depot"), ({"end": "x"}, "end"),
    ({"picks": [[9, 1]]}, "picks[0]"), ({"picks": [[0]]}, "picks[0]"), ({"picks": None}, "picks"),
])
def test_a_wrong_layout_is_told_where(change, where):
    document = {"aisles": [0, 3], "cross_aisles": [0, 10], "depot": [0, 0], "picks": [[0, 1]]}
    with pytest.raises(Invalid) as error:
        layout_of({**document, **change})
    assert where in str(error.value.sentence)
