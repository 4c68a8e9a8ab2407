import itertools
import random
from dataclasses import replace

import pytest

from server.wms.walk import NoWay, layout_of, shortest_length, shortest_walk
from server.wms.walk.layout import distance
from server.wms.walk.rules import s_shape
from server.wms.walk.ways import Ways, between, distances
from tests.wms.walk.walks import a_floor, ends, shortest_order


def a_one_way_floor(chance: random.Random, *, picks: int, aisles: int = 6):
    layout = a_floor(chance, aisles=aisles, crosses=chance.randint(2, 4), picks=picks, closed=chance.random() < 0.5)
    return replace(layout, one_way=(1, -1, *(chance.choice([1, 0, -1]) for _ in range(aisles - 2))))


def small_steps(layout):
    """All shortest ways, from a graph in which every point of interest is a node: slow, and not clever."""
    ys = [sorted({*layout.cross_aisles, *(y for aisle, y in layout.picks if aisle == at)}) for at in range(len(layout.aisles))]
    nodes = {point: number for number, point in enumerate((aisle, y) for aisle in range(len(ys)) for y in ys[aisle])}
    onward = [[] for _ in nodes]
    for (aisle, low), (other, high) in itertools.pairwise(nodes):
        if aisle == other:
            is_dead_end = high <= layout.cross_aisles[0] or low >= layout.cross_aisles[-1]
            if layout.one_way[aisle] >= 0 or is_dead_end:
                onward[nodes[aisle, low]].append((nodes[aisle, high], high - low))
            if layout.one_way[aisle] <= 0 or is_dead_end:
                onward[nodes[aisle, high]].append((nodes[aisle, low], high - low))
    for aisle, y in itertools.product(range(len(ys) - 1), layout.cross_aisles):
        step = nodes[aisle, y], nodes[aisle + 1, y], layout.aisles[aisle + 1] - layout.aisles[aisle]
        onward[step[0]].append((step[1], step[2]))
        onward[step[1]].append((step[0], step[2]))
    far = [distances(onward, node) for node in range(len(nodes))]
    return lambda one, other: far[nodes[one]][nodes[other]]


def test_the_way_between_two_points_is_the_shortest_that_is_allowed():
    chance = random.Random(1)
    for _ in range(60):
        layout = a_one_way_floor(chance, picks=8)
        far = small_steps(layout)
        for one, other in itertools.product([*ends(layout), *layout.picks], repeat=2):
            assert between(layout, one, other) == pytest.approx(far(one, other)), (layout, one, other)


def test_where_all_aisles_go_both_ways_a_way_is_as_long_as_the_plain_distance():
    chance = random.Random(2)
    for _ in range(40):
        layout = a_floor(chance, aisles=5, crosses=chance.randint(1, 4), picks=8, closed=True)
        ways = Ways(layout.aisles, layout.cross_aisles, (0,) * 5)
        for one, other in itertools.product(layout.picks, repeat=2):
            assert ways.between(one, other) == pytest.approx(distance(layout, one, other))


def test_a_walk_over_one_way_aisles_is_as_long_as_the_shortest_of_all_orders():
    chance = random.Random(3)
    for _ in range(150):
        layout = a_one_way_floor(chance, picks=chance.randint(1, 7))
        start, end = ends(layout)
        best = shortest_order([start, *dict.fromkeys(layout.picks), end], small_steps(layout))
        walk = shortest_walk(layout)
        assert walk.length == pytest.approx(best, rel=1e-3), layout
        assert walk.method == "fast-tsp"


def test_the_sequence_over_one_way_aisles_is_as_long_as_it_says_and_holds_every_pick():
    chance = random.Random(4)
    for _ in range(25):
        layout = a_one_way_floor(chance, picks=60, aisles=12)
        walk = shortest_walk(layout)
        start, end = ends(layout)
        points = [start, *(layout.picks[number] for number in walk.sequence), end]
        far = small_steps(layout)
        assert sorted(walk.sequence) == list(range(60))
        assert sum(far(one, other) for one, other in itertools.pairwise(points)) == pytest.approx(walk.length)


def test_one_way_aisles_never_make_a_walk_shorter():
    chance = random.Random(5)
    for _ in range(30):
        layout = a_one_way_floor(chance, picks=20)
        assert shortest_length(layout) >= shortest_length(replace(layout, one_way=())) - 1e-9


def test_a_one_way_aisle_is_picked_in_its_direction():
    floor = {"aisles": [0, 3], "cross_aisles": [0, 20], "depot": [0, 0], "picks": [[1, 15], [1, 5], [1, 10]]}
    assert shortest_walk(layout_of({**floor, "one_way": {"0": "down", "1": "up"}})).sequence == (1, 2, 0)
    assert shortest_walk(layout_of({**floor, "one_way": {"1": "down", "0": "up"}})).sequence == (0, 2, 1)


def test_aisles_that_all_lead_away_are_refused_with_the_pick_that_has_no_way_back():
    floor = {"aisles": [0, 3], "cross_aisles": [0, 20], "depot": [0, 0], "picks": [[0, 0], [1, 5]]}
    with pytest.raises(NoWay, match=r"no way leads from pick 1 \(x 3, y 5\) on to the end"):
        shortest_walk(layout_of({**floor, "one_way": {"0": "up", "1": "up"}}))


def test_an_end_to_which_no_way_leads_is_refused_without_any_picks_too():
    floor = {"aisles": [0], "cross_aisles": [0, 20], "depot": [0, 0], "end": [0, 20], "picks": []}
    assert shortest_walk(layout_of({**floor, "one_way": {"0": "up"}})).length == 20
    with pytest.raises(NoWay, match="no way leads from the depot to the end"):
        shortest_walk(layout_of({**floor, "one_way": {"0": "down"}}))


def test_more_cross_aisles_than_can_be_solved_exactly_are_walked_nearly_as_well():
    chance = random.Random(6)
    layout = layout_of({"aisles": list(range(0, 60, 3)), "cross_aisles": list(range(0, 80, 10)), "depot": [0, 0],
                        "picks": [[chance.randrange(20), chance.choice([5, 15, 25])] for _ in range(30)]})
    upper = layout_of({"aisles": list(range(0, 60, 3)), "cross_aisles": list(range(0, 80, 10)), "depot": [0, 0],
                       "picks": [*layout.picks, *([number % 20, 10 * (number % 7) + 5] for number in range(20))]})
    assert shortest_walk(layout).method == "exact"
    walk = shortest_walk(upper)
    assert walk.method == "fast-tsp"
    assert sorted(walk.sequence) == list(range(50))


def test_a_walk_by_the_library_is_never_longer_than_s_shape():
    chance = random.Random(7)
    for picks in (20, 100, 400):
        layout = layout_of({"aisles": list(range(0, 60, 3)), "cross_aisles": list(range(0, 80, 10)), "depot": [0, 0],
                            "picks": [[chance.randrange(20), chance.uniform(0, 70)] for _ in range(picks)]})
        assert shortest_length(layout) <= s_shape(layout) + 1e-9
