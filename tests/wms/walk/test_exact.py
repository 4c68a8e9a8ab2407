import random
import threading

import pytest

from server.wms.walk import Layout, layout_of, shortest_length, shortest_walk
from server.wms.walk.rules import bin_sequence, largest_gap, s_shape
from server.wms.walk.states import states_of
from tests.wms.walk.walks import a_floor, shortest, walked


@pytest.mark.parametrize("crosses", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("closed", [True, False])
def test_the_walk_is_as_long_as_the_shortest_of_all_orders(crosses, closed):
    chance = random.Random(crosses * 10 + closed)
    for _ in range(250):
        layout = a_floor(chance, aisles=chance.randint(1, 7), crosses=crosses, picks=chance.randint(0, 7), closed=closed)
        assert shortest_walk(layout).length == pytest.approx(shortest(layout)), layout


@pytest.mark.parametrize("crosses", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("closed", [True, False])
def test_the_sequence_holds_every_pick_once_and_is_as_long_as_the_walk(crosses, closed):
    chance = random.Random(crosses * 100 + closed)
    for _ in range(40):
        layout = a_floor(chance, aisles=chance.randint(1, 20), crosses=crosses, picks=chance.randint(1, 60), closed=closed)
        walk = shortest_walk(layout)
        assert sorted(walk.sequence) == list(range(len(layout.picks)))
        assert walked(layout, walk.sequence) == pytest.approx(walk.length), layout


def test_the_length_alone_is_the_length_of_the_walk():
    chance = random.Random(5)
    for _ in range(60):
        layout = a_floor(chance, aisles=8, crosses=chance.randint(1, 4), picks=chance.randint(0, 30), closed=False)
        assert shortest_length(layout) == shortest_walk(layout).length


@pytest.mark.parametrize("crosses", [2, 3, 4])
def test_no_rule_of_thumb_is_shorter(crosses):
    chance = random.Random(3)
    for picks in (1, 2, 5, 10, 45, 100):
        for _ in range(15):
            layout = a_front_depot_floor(chance, crosses, picks)
            best = shortest_length(layout) - 1e-9
            assert best <= min(s_shape(layout), largest_gap(layout), bin_sequence(layout))


def test_aisles_and_cross_aisles_without_picks_change_nothing():
    busy = layout_of({"aisles": [0, 9], "cross_aisles": [0, 10, 30], "depot": [0, 0], "picks": [[1, 25], [0, 4], [1, 12]]})
    roomy = layout_of({"aisles": [-5, 0, 2, 4, 9, 11], "cross_aisles": [-20, -10, 0, 10, 30, 35], "depot": [0, 0],
                       "picks": [[4, 25], [1, 4], [4, 12]]})
    assert shortest_length(roomy) == shortest_length(busy)


def test_states_that_several_threads_meet_first_keep_their_numbers():
    layout = a_front_depot_floor(random.Random(1), 5, 60)
    wanted = shortest_walk(layout)
    states_of.cache_clear()
    found = []
    threads = [threading.Thread(target=lambda: found.append(shortest_walk(layout))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [walk.length for walk in found] == [pytest.approx(wanted.length)] * 4


def a_front_depot_floor(chance: random.Random, crosses: int, picks: int) -> Layout:
    ys = [30 * number / (crosses - 1) for number in range(crosses)]
    return layout_of({"aisles": list(range(0, 60, 3)), "cross_aisles": ys, "depot": [3 * chance.randrange(20), 0],
                      "picks": [[chance.randrange(20), chance.uniform(0.5, 29.5)] for _ in range(picks)]})
