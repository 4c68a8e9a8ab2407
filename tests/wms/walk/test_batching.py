import random
from dataclasses import replace

import numpy as np
import pytest

from server.wms.walk import layout_of, shortest_length
from server.wms.walk.batching import batch, batches
from server.wms.walk.batching_prices import Prices
from server.wms.walk.batching_problem import Batching
from tests.wms.walk.walks import a_floor


def a_batching(seed, *, orders=12, capacity=20, aisles=6, crosses=2, is_open=False, **more):
    """Orders of one to eight picks, each an item, anywhere between the cross aisles."""
    chance = random.Random(seed)
    layout = layout_of({"aisles": [3 * number for number in range(aisles)], "cross_aisles": [11 * number for number in range(crosses)],
                        "depot": [0, 0], "end": [3 * (aisles - 1), 0] if is_open else None, "picks": [], **more})
    picks = [[(chance.randrange(aisles), float(chance.randint(1, 11 * (crosses - 1) - 1))) for _ in range(chance.randint(1, 8))]
             for _ in range(orders)]
    return Batching(layout, picks, [len(order) for order in picks], capacity)


def best_length(asked):
    """Of all ways to batch the orders, the shortest: the first order with any others that fit, then the rest."""
    known = {}

    def length(group):
        return shortest_length(replace(asked.layout, picks=asked.points_of(group)))

    def rest(left):
        if not left:
            return 0.0
        if left not in known:
            first, *others = left
            known[left] = min(length((first, *some)) + rest(tuple(one for one in others if one not in some))
                              for some in fitting(others, asked.capacity - asked.sizes[first]))
        return known[left]

    def fitting(orders, room):
        yield ()
        for at, order in enumerate(orders):
            if asked.sizes[order] <= room:
                for more in fitting(orders[at + 1:], room - asked.sizes[order]):
                    yield (order, *more)

    return rest(tuple(range(len(asked.orders))))


@pytest.mark.parametrize("seed", range(60))
def test_many_walks_at_once_are_as_long_as_each_by_itself(seed):
    chance = random.Random(seed)
    floor = a_floor(chance, aisles=chance.randint(1, 6), crosses=chance.randint(1, 5), picks=30, closed=seed % 2 == 0)
    orders = [[] for _ in range(8)]
    for pick in floor.picks:
        chance.choice(orders[1:]).append(pick)
    groups = [sorted(chance.sample(range(8), chance.randint(1, 4))) for _ in range(12)]
    rows = np.array([[*group, *[8] * (4 - len(group))] for group in groups])
    alone = [shortest_length(replace(floor, picks=tuple(pick for order in group for pick in orders[order]))) for group in groups]
    assert Prices(floor, orders).of_rows(rows) == pytest.approx(alone, rel=1e-5)


def test_an_aisle_may_have_more_places_than_one_byte_or_one_word_tells():
    floor = layout_of({"aisles": [0, 4], "cross_aisles": [0, 300], "depot": [0, 0], "picks": []})
    orders = [[(0, float(y))] for y in range(1, 120)] + [[(1, 250.0)], [(0, 1.0), (0, 119.0)]]
    rows = np.array([[0, 50], [7, 64], [118, 0], [119, 3], [120, 63]])
    alone = [shortest_length(replace(floor, picks=tuple(pick for order in row for pick in orders[order]))) for row in rows]
    assert Prices(floor, orders).of_rows(rows) == pytest.approx(alone)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("crosses", "is_open"), [(2, False), (2, True), (3, False)])
def test_batches_of_few_orders_are_the_shortest(seed, crosses, is_open):
    asked = a_batching(seed, orders=8, crosses=crosses, is_open=is_open)
    assert batches(asked, steps=200).length == pytest.approx(best_length(asked))


@pytest.mark.parametrize("seed", range(3))
def test_no_batches_are_under_the_lower_bound(seed):
    asked = a_batching(seed, orders=8)
    bound = batches(asked, steps=200).lower_bound
    assert bound is not None
    assert bound <= best_length(asked) + 1e-3


@pytest.mark.parametrize("seed", range(4))
def test_each_order_goes_once_and_no_trolley_takes_too_much(seed):
    asked = a_batching(seed, orders=40)
    found = batches(asked, seconds=0.3)
    assert sorted(order for group in found.groups for order in group) == list(range(40))
    assert all(sum(asked.sizes[order] for order in group) <= 20 for group in found.groups)


def test_the_lengths_are_those_of_the_walks():
    asked = a_batching(1)
    found = batches(asked, seconds=0.3)
    assert found.lengths == [shortest_length(replace(asked.layout, picks=asked.points_of(group))) for group in found.groups]


def test_batches_are_shorter_than_orders_as_they_came():
    asked = a_batching(2, orders=60)
    as_they_came = [range(at, at + 2) for at in range(0, 60, 2)]
    walked = sum(shortest_length(replace(asked.layout, picks=asked.points_of(group))) for group in as_they_came)
    assert batches(asked, seconds=0.3).length < 0.9 * walked


@pytest.mark.parametrize("capacity", [20, 60])
def test_the_same_steps_find_the_same_batches(capacity):
    asked = a_batching(3, orders=12, capacity=capacity)
    assert batches(asked, steps=20, seed=4).groups == batches(asked, steps=20, seed=4).groups


def test_a_search_without_time_still_answers():
    asked = a_batching(5, orders=100, crosses=4)
    assert sorted(order for group in batches(asked, seconds=0).groups for order in group) == list(range(100))


def test_orders_that_fill_a_trolley_go_alone():
    asked = a_batching(6, orders=5, capacity=8)
    assert batches(replace(asked, sizes=[8] * 5), seconds=1).groups == [[0], [1], [2], [3], [4]]


def test_an_order_without_picks_walks_nowhere():
    asked = a_batching(7, orders=3)
    found = batches(replace(asked, orders=[[], *asked.orders[1:]], sizes=[0, *asked.sizes[1:]]), seconds=0.3)
    assert sorted(order for group in found.groups for order in group) == [0, 1, 2]


def test_nothing_to_batch_is_no_batch():
    assert batches(a_batching(8, orders=0)).groups == []


@pytest.mark.parametrize("more", [{"one_way": {"0": "up", "1": "down", "2": "up", "3": "down"}}, {"cross_aisles": [0, 4, 8, 12, 16, 20]}])
def test_floors_without_exact_walks_are_batched_too(more):
    asked = a_batching(9, orders=9, capacity=15, **more)
    found = batches(asked, seconds=0.5)
    assert found.method == "fast-tsp"
    assert sorted(order for group in found.groups for order in group) == list(range(9))
    assert all(sum(asked.sizes[order] for order in group) <= 15 for group in found.groups)


def test_a_wave_is_batched_by_the_number_of_orders():
    asked = a_batching(10, orders=23)
    groups = batch(asked.orders, 5, lambda _: 0.0, layout=asked.layout, seconds=0.2)
    assert sorted(order for group in groups for order in group) == list(range(23))
    assert max(map(len, groups)) == 5


def test_a_wave_without_a_layout_asks_for_each_walk():
    asked = a_batching(11, orders=6)
    groups = batch(asked.orders, 2, lambda points: shortest_length(replace(asked.layout, picks=tuple(points))), seconds=0.5)
    assert sorted(map(len, groups)) == [2, 2, 2]
