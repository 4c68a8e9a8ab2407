import random

import pytest

from server.kernel.errors import Invalid
from server.wms.walk import floor_of, layout_of
from server.wms.walk.layout import distance
from tests.wms.walk.walks import a_floor

AISLES = {"aisles": [0, 3], "cross_aisles": [0, 10], "depot": [0, 0], "picks": [[0, 1]]}
NODES = {"nodes": [[0, 0], [3, 0]], "edges": [[0, 1]], "depot": 0, "picks": [1]}


@pytest.mark.parametrize(("change", "where"), [
    ({"aisles": []}, "aisles"), ({"aisles": None}, "aisles"), ({"aisles": [0, 0.0]}, "aisles[1]"), ({"aisles": [0, "a"]}, "aisles[1]"),
    ({"aisles": list(range(1001))}, "aisles"), ({"cross_aisles": [0, float("nan")]}, "cross_aisles[1]"),
    ({"cross_aisles": [True, 5]}, "cross_aisles[0]"), ({"cross_aisles": [0, 10**400]}, "cross_aisles[1]"),
    ({"depot": [1, 0]}, "depot"), ({"depot": [0, 5]}, "depot"), ({"depot": None}, "depot"), ({"end": "x"}, "end"),
    ({"picks": [[9, 1]]}, "picks[0]"), ({"picks": [[0.5, 1]]}, "picks[0]"), ({"picks": [[-1, 1]]}, "picks[0]"),
    ({"picks": [[0]]}, "picks[0]"), ({"picks": [[0, 1], [0, float("inf")]]}, "picks[1]"), ({"picks": None}, "picks"),
    ({"picks": "ab"}, "picks"), ({"picks": {"0": 1}}, "picks"), ({"picks": [[0, 1]] * 20_001}, "picks"),
    ({"one_way": ["up"]}, "one_way"), ({"one_way": {"2": "up"}}, "one_way"), ({"one_way": {"0": "sideways"}}, "one_way[0]"),
    ({"one_way": {"0": ["up"]}}, "one_way[0]"),
    ({"one_way": {"0": "up"}, "aisles": list(range(900)), "cross_aisles": [0, 1, 2]}, "one_way"),
])
def test_a_wrong_layout_is_told_where(change, where):
    with pytest.raises(Invalid) as error:
        floor_of({**AISLES, **change})
    assert error.value.errors[0]["where"] == where
    assert f" {where} " in error.value.sentence


@pytest.mark.parametrize(("change", "where"), [
    ({"nodes": []}, "nodes"), ({"nodes": [[0]]}, "nodes[0]"), ({"nodes": {}}, "nodes"), ({"edges": [[0, 2]]}, "edges[0]"),
    ({"edges": [[0]]}, "edges[0]"), ({"edges": [[0, 1, -1]]}, "edges[0]"), ({"edges": [[0, 1, "far"]]}, "edges[0]"),
    ({"arcs": [[0, True]]}, "arcs[0]"), ({"arcs": 5}, "arcs"), ({"depot": 1.0}, "depot"), ({"depot": None}, "depot"),
    ({"end": 9}, "end"), ({"picks": [[0, 1]]}, "picks[0]"), ({"picks": [-1]}, "picks[0]"),
])
def test_a_wrong_network_is_told_where(change, where):
    with pytest.raises(Invalid) as error:
        floor_of({**NODES, **change})
    assert error.value.errors[0]["where"] == where


@pytest.mark.parametrize("document", [None, 5, "aisles", [AISLES]])
def test_what_is_no_floor_at_all_is_told(document):
    with pytest.raises(Invalid, match="must hold an object"):
        floor_of(document)


def test_a_long_value_is_told_in_short():
    with pytest.raises(Invalid) as error:
        floor_of({**AISLES, "picks": ["x" * 10_000]})
    assert len(error.value.sentence) < 200


def test_aisles_in_any_order_are_the_same_floor():
    turned = {**AISLES, "aisles": [3, 0], "picks": [[1, 1]]}
    assert layout_of(turned) == layout_of(AISLES)


def test_the_distance_is_the_shortest_over_any_cross_aisle():
    chance = random.Random(1)
    for _ in range(200):
        layout = a_floor(chance, aisles=3, crosses=chance.randint(1, 5), picks=6, closed=True)
        for one in layout.picks:
            for other in layout.picks:
                up_and_down = min(abs(one[1] - y) + abs(other[1] - y) for y in layout.cross_aisles)
                far = up_and_down + abs(layout.aisles[one[0]] - layout.aisles[other[0]])
                assert distance(layout, one, other) == pytest.approx(abs(one[1] - other[1]) if one[0] == other[0] else far)
