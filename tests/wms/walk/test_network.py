import math
import random

import pytest

from server.kernel.errors import Invalid
from server.wms.walk import Network, NoWay, layout_of, network_walk, shortest_length
from server.wms.walk.network import PLACES_MAX
from server.wms.walk.ways import distances
from tests.wms.walk.walks import shortest_order


def a_network(chance: random.Random, nodes: int, picks: int, *, is_two_way: bool) -> Network:
    """Nodes in a ring, so that there is a way from each to each, and some more edges."""
    onward = [[((node + 1) % nodes, chance.uniform(1, 9))] for node in range(nodes)]
    for _ in range(2 * nodes):
        onward[chance.randrange(nodes)].append((chance.randrange(nodes), chance.uniform(1, 30)))
    if is_two_way:
        for node in range(nodes):
            for other, metres in list(onward[node]):
                onward[other].append((node, metres))
    return Network(tuple(map(tuple, onward)), chance.randrange(nodes), chance.randrange(nodes),
                   tuple(chance.randrange(nodes) for _ in range(picks)), is_two_way=is_two_way)


def far_on(network):
    far = [distances(network.onward, node) for node in range(len(network.onward))]
    return lambda one, other: far[one][other]


@pytest.mark.parametrize("is_two_way", [True, False])
def test_a_walk_over_a_few_picks_is_the_shortest_of_all_orders(is_two_way):
    chance = random.Random(is_two_way)
    for _ in range(40):
        network = a_network(chance, 20, chance.randint(0, 8), is_two_way=is_two_way)
        best = shortest_order([network.depot, *dict.fromkeys(network.picks), network.end], far_on(network))
        assert network_walk(network).length == pytest.approx(best, rel=1e-3)


@pytest.mark.parametrize("is_two_way", [True, False])
def test_the_sequence_meets_every_pick_and_is_as_long_as_it_says(is_two_way):
    network = a_network(random.Random(3), 60, 80, is_two_way=is_two_way)
    walk, far = network_walk(network), far_on(network)
    nodes = [network.depot, *(network.picks[number] for number in walk.sequence), network.end]
    assert sorted(walk.sequence) == list(range(80))
    assert sum(map(far, nodes, nodes[1:])) == pytest.approx(walk.length)


def test_a_floor_of_aisles_written_as_a_network_is_walked_as_far():
    chance = random.Random(4)
    picks = [[chance.randrange(6), chance.randint(1, 9)] for _ in range(12)]
    layout = layout_of({"aisles": [0, 3, 6, 9, 12, 15], "cross_aisles": [0, 10], "depot": [6, 0], "picks": picks})
    at = {(aisle, y): 11 * aisle + y for aisle in range(6) for y in range(11)}
    onward = [[] for _ in at]
    for (aisle, y), node in at.items():
        for other, metres in (((aisle, y + 1), 1), ((aisle + 1, y), 3)):
            if other in at and (metres == 1 or y in (0, 10)):
                onward[node].append((at[other], metres))
                onward[at[other]].append((node, metres))
    network = Network(tuple(map(tuple, onward)), at[2, 0], at[2, 0], tuple(at[aisle, y] for aisle, y in picks), is_two_way=True)
    assert network_walk(network).length == pytest.approx(shortest_length(layout), rel=1e-3)


def test_picks_of_which_neither_leads_to_the_other_are_refused():
    fork = Network((((1, 1.0), (2, 1.0)), ((3, 1.0),), ((3, 1.0),), ()), 0, 3, (1, 2))
    with pytest.raises(NoWay, match="some have no way from one to another"):
        network_walk(fork)


def test_a_depot_that_does_not_lead_to_the_end_is_refused():
    with pytest.raises(NoWay, match="no way leads from the depot to the end"):
        network_walk(Network(((), ()), 0, 1, ()))


def test_more_places_than_can_be_walked_at_once_are_refused():
    ring = tuple((((node + 1) % 1_001, 1.0),) for node in range(1_001))
    assert math.isfinite(network_walk(Network(ring, 0, 0, (5, 5, 7))).length)
    with pytest.raises(Invalid, match=f"at most {PLACES_MAX}"):
        network_walk(Network(ring, 0, 0, tuple(range(1_001))))
