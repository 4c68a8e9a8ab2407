import random
from itertools import pairwise
from math import inf

import pytest

from server.wms.walk.library import short_order
from tests.wms.walk.walks import shortest_order


def walked(far, order):
    points = [0, *order, len(far) - 1]
    return sum(far[one][other] for one, other in pairwise(points))


def metric(chance, count, *, same_both_ways):
    """Distances that are shortest ways already."""
    far = [[0 if i == j else chance.randint(1, 900) for j in range(count)] for i in range(count)]
    if same_both_ways:
        far = [[far[min(i, j)][max(i, j)] for j in range(count)] for i in range(count)]
    for by in range(count):
        for i in range(count):
            for j in range(count):
                far[i][j] = min(far[i][j], far[i][by] + far[by][j])
    return far


@pytest.mark.parametrize("same_both_ways", [True, False])
def test_few_points_are_in_the_best_order(same_both_ways):
    chance = random.Random(same_both_ways)
    for _ in range(30):
        far = metric(chance, chance.randint(2, 11), same_both_ways=same_both_ways)
        order = short_order(far)
        assert sorted(order) == list(range(1, len(far) - 1))
        best = shortest_order(range(len(far)), lambda one, other, far=far: far[one][other])
        assert walked(far, order) == pytest.approx(best, rel=1e-3)


@pytest.mark.parametrize("count", [15, 16, 18, 20, 21, 40])
@pytest.mark.parametrize("same_both_ways", [True, False])
def test_many_points_are_in_an_order_of_all(count, same_both_ways):
    far = metric(random.Random(count), count, same_both_ways=same_both_ways)
    assert sorted(short_order(far)) == list(range(1, count - 1))


@pytest.mark.parametrize("count", [3, 10, 40])
def test_a_way_that_is_not_there_is_not_taken(count):
    far = [[float(abs(i - j)) if j == i + 1 or i == j or i == count - 1 else inf for j in range(count)] for i in range(count)]
    assert short_order(far) == list(range(1, count - 1))


def test_a_long_way_is_taken_before_one_that_is_not_there():
    far = [[0, 1, 30, inf], [inf, 0, inf, 30], [inf, 30, 0, inf], [inf] * 3 + [0]]
    assert short_order(far) == [2, 1]


def test_points_in_one_place_are_all_met():
    assert sorted(short_order([[0.0] * 30 for _ in range(30)])) == list(range(1, 29))
