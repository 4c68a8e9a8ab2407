import random

import pytest

from server.wms.walk import layout_of, shortest_length
from server.wms.walk.rules import bin_sequence, largest_gap, s_shape, s_shape_sequence
from tests.wms.walk.walks import walked


def a_layout(*picks, cross_aisles=(0, 10), depot=(0, 0)):
    return layout_of({"aisles": [0, 3, 6, 9], "cross_aisles": cross_aisles, "depot": depot, "picks": picks})


def test_s_shape_walks_through_an_even_number_of_aisles():
    assert s_shape(a_layout([1, 2], [3, 4])) == 9 + 10 + 9 + 10


def test_s_shape_walks_the_last_of_an_odd_number_there_and_back():
    assert s_shape(a_layout([0, 2], [1, 4], [3, 7])) == 9 + 10 + 10 + 9 + 2 * 7


def test_s_shape_over_two_blocks_comes_back_block_by_block():
    layout = a_layout([0, 2], [1, 12], [2, 15], [3, 4], cross_aisles=(0, 10, 20))
    up_the_left_aisle, far_block, near_block, home = 10, 3 + 10 + 3 + 10, 3 + 10, 9
    assert s_shape(layout) == up_the_left_aisle + far_block + near_block + home


def test_s_shape_walks_down_through_a_block_without_picks():
    assert s_shape(a_layout([2, 15], cross_aisles=(0, 10, 20))) == 2 * (6 + 15)


def test_largest_gap_enters_the_aisles_between_from_both_ends():
    assert largest_gap(a_layout([0, 5], [1, 2], [1, 9], [2, 3], [3, 5])) == 2 * 10 + 2 * 9 + 2 * (2 + 1) + 2 * 3


def test_largest_gap_over_two_blocks_fetches_from_the_back_first():
    layout = a_layout([1, 12], [2, 1], [2, 9], [3, 5], cross_aisles=(0, 10, 20))
    up, far_block, from_the_back, down, fronts, home = 10, 2 * 2, 2 * 1, 10, 3 + 2 * 1, 6
    assert largest_gap(layout) == 3 + up + far_block + 3 + from_the_back + 3 + down + fronts + home


def test_bin_sequence_takes_the_shortest_way_from_each_bin_to_the_next():
    assert bin_sequence(a_layout([1, 9], [0, 8])) == 8 + (2 + 3 + 1) + (9 + 3)


@pytest.mark.parametrize("crosses", [1, 2, 3, 4])
def test_picks_in_the_order_of_s_shape_are_walked_no_longer_than_s_shape(crosses):
    chance = random.Random(crosses)
    for _ in range(50):
        layout = layout_of({"aisles": list(range(0, 30, 3)), "cross_aisles": [10 * number for number in range(crosses)],
                            "depot": [3 * chance.randrange(10), 0],
                            "picks": [[chance.randrange(10), chance.uniform(-2, 10 * crosses)] for _ in range(12)]})
        order = s_shape_sequence(layout)
        assert sorted(order) == list(range(12))
        assert shortest_length(layout) - 1e-9 <= walked(layout, order) <= s_shape(layout) + 1e-9


def test_without_picks_nothing_is_walked():
    assert s_shape(a_layout()) == largest_gap(a_layout()) == bin_sequence(a_layout()) == 0
