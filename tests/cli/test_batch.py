import json

import pytest
from click.testing import CliRunner

from server.cli.main import main

ORDERS = {"aisles": [6, 0, 3], "cross_aisles": [0, 10], "depot": [0, 0], "capacity": 2,
          "orders": [[[1, 1]], [[0, 9]], [[1, 2]], [[0, 8], [0, 7]]]}


@pytest.fixture
def batch(tmp_path):
    """Runs `aisle batch` over a document, or over bytes as they are."""
    def run(document, *options):
        file = tmp_path / "orders.json"
        file.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
        return CliRunner().invoke(main, ["batch", str(file), "--seconds", "1", *options])

    return run


def test_batches_are_told_in_json(batch):
    told = json.loads(batch(ORDERS, "--json").stdout)
    assert (told["batches"], told["length"], told["lengths"]) == ([[0, 2], [1], [3]], 62.0, [4.0, 30.0, 28.0])


def test_a_proved_length_is_its_own_lower_bound(batch):
    assert json.loads(batch(ORDERS, "--json").stdout)["lower_bound"] == 62.0


def test_batches_are_told_in_a_table(batch):
    first, *rows, _, end = batch(ORDERS).stdout.splitlines()
    assert first.split() == ["batch", "metres", "items", "orders"]
    assert [row.split() for row in rows] == [["0", "4.0", "2", "0", "2"], ["1", "30.0", "1", "1"], ["2", "28.0", "2", "3"]]
    assert end.startswith("62.0 m, 4 orders in 3 batches")


def test_a_trolley_for_orders_does_not_count_items(batch):
    assert json.loads(batch({**ORDERS, "unit": "orders"}, "--json").stdout)["batches"] == [[0, 2], [1, 3]]


def test_walks_end_elsewhere_when_told_to(batch):
    assert json.loads(batch({**ORDERS, "end": [6, 10]}, "--json").stdout)["lengths"] == [16.0, 16.0, 16.0]


def test_one_way_aisles_go_by_the_index_in_the_file(batch):
    told = json.loads(batch({**ORDERS, "one_way": {"0": "up"}}, "--json").stdout)
    assert (told["method"], told["length"], told["lower_bound"]) == ("fast-tsp", 66.0, None)


def test_the_same_steps_tell_the_same_batches(batch):
    one, other = (json.loads(batch(ORDERS, "--steps", "5", "--seed", "3", "--json").stdout)["batches"] for _ in range(2))
    assert one == other


def test_orders_come_from_standard_input_too():
    told = CliRunner().invoke(main, ["batch", "-", "--seconds", "1", "--json"], input=json.dumps(ORDERS))
    assert json.loads(told.stdout)["length"] == 62.0


@pytest.mark.parametrize(("document", "sentence"), [
    (b"", "orders.json is not JSON"),
    ([], "the file must hold an object"),
    ({**ORDERS, "aisles": "x"}, "aisles is 'x', not a list"),
    ({**ORDERS, "depot": [1, 0]}, "no aisle is at x 1"),
    ({**ORDERS, "orders": None}, "orders is missing; it is a list with the picks of each order"),
    ({**ORDERS, "orders": 5}, "orders is 5, not a list"),
    ({**ORDERS, "orders": [[]] * 1001}, "orders has 1001 entries; at most 1000 are possible"),
    ({**ORDERS, "orders": [[[1, 1]], 7]}, "orders[1] is 7, not a list"),
    ({**ORDERS, "orders": [[[1, 1], [3, 1]]]}, "orders[0][1] lies in aisle 3; there are 3, counted from 0"),
    ({**ORDERS, "orders": [[[1, "a"]]]}, "orders[0][0] is [1, 'a'], not [aisle index, y in metres]"),
    ({**ORDERS, "capacity": None}, "capacity is missing; it is how many items or orders a trolley takes"),
    ({**ORDERS, "capacity": 1.5}, "capacity is 1.5, not a whole number from 1"),
    ({**ORDERS, "capacity": 0}, "capacity is 0, not a whole number from 1"),
    ({**ORDERS, "capacity": 1}, "orders[3] has 2 items; a trolley takes 1"),
    ({**ORDERS, "unit": "boxes"}, "unit is 'boxes', not \"items\" or \"orders\""),
])
def test_what_is_wrong_is_said_with_its_place(batch, document, sentence):
    told = batch(document)
    assert (told.exit_code, sentence in told.stderr) == (1, True)
