import json

import pytest
from click.testing import CliRunner

from server.cli.main import main

FLOOR = {"aisles": [6, 0, 3], "cross_aisles": [0, 10], "depot": [0, 0], "picks": [[1, 1], [0, 5], [2, 9]]}
SQUARE = {"nodes": [[0, 0], [3, 0], [3, 4], [0, 4]], "edges": [[0, 1], [1, 2], [2, 3], [3, 0, 20]], "depot": 0, "picks": [3, 1]}


@pytest.fixture
def walk(tmp_path):
    """Runs `aisle walk` over a document, or over bytes as they are."""
    def run(document, *options):
        file = tmp_path / "floor.json"
        file.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
        return CliRunner().invoke(main, ["walk", str(file), *options])

    return run


def test_a_walk_is_told_in_json(walk):
    assert json.loads(walk(FLOOR, "--json").stdout) == {"length": 34.0, "sequence": [0, 2, 1], "method": "exact"}


def test_a_walk_is_told_in_a_sentence(walk):
    assert walk(FLOOR).stdout == "34.0 m, 3 picks: 0 2 1\n"


def test_a_walk_ends_elsewhere_when_told_to(walk):
    assert json.loads(walk({**FLOOR, "end": [6, 10]}, "--json").stdout)["length"] == 26.0


def test_one_way_aisles_go_by_the_index_in_the_file(walk):
    floor = {**FLOOR, "picks": [[0, 5]], "one_way": {"0": "down", "2": "up"}}
    assert json.loads(walk(floor, "--json").stdout) == {"length": 32.0, "sequence": [0], "method": "fast-tsp"}


def test_a_floor_of_any_shape_is_walked_along_its_edges(walk):
    assert json.loads(walk({**SQUARE, "end": 2, "picks": [2, 1]}, "--json").stdout) == {"length": 7.0, "sequence": [1, 0], "method": "fast-tsp"}


def test_an_arc_is_walked_one_way_only(walk):
    ring = {**SQUARE, "edges": None, "arcs": [[0, 3], [3, 2], [2, 1], [1, 0]], "picks": [1, 2, 3]}
    assert json.loads(walk(ring, "--json").stdout) == {"length": 14.0, "sequence": [2, 1, 0], "method": "fast-tsp"}


def test_a_floor_comes_from_standard_input_too():
    told = CliRunner().invoke(main, ["walk", "-", "--json"], input=json.dumps(FLOOR))
    assert json.loads(told.stdout)["length"] == 34.0


def test_a_file_that_windows_marked_as_utf_8_is_read(walk):
    assert walk(b"\xef\xbb\xbf" + json.dumps(FLOOR).encode()).exit_code == 0


@pytest.mark.parametrize(("document", "sentence"), [
    (b"", "floor.json is not JSON"),
    (b"\xff\xfe", "floor.json is not JSON"),
    (b"[" * 100_000, "nested too deeply"),
    ([], "the file must hold an object with aisles"),
    ({**FLOOR, "picks": [[7, 1]]}, "picks[0] lies in aisle 7; there are 3, counted from 0."),
    ({**FLOOR, "one_way": {"0": "up", "1": "up", "2": "up"}}, "no way leads from pick 0 (x 0, y 1) on to the end"),
    ({**SQUARE, "edges": [[0, 1]]}, "no way leads from the depot to pick 0 (node 3)"),
    ({**SQUARE, "arcs": [[0, 1], [1, 0]], "edges": [[2, 3]], "picks": [1, 2]}, "no way leads from the depot to pick 1 (node 2)"),
])
def test_what_cannot_be_walked_is_said_in_one_sentence(walk, document, sentence):
    told = walk(document, "--json")
    assert told.exit_code == 1
    assert sentence in told.stderr
    assert "Traceback" not in told.stderr and told.stdout == ""


def test_the_bench_names_every_goal_and_whether_it_is_met():
    told = CliRunner().invoke(main, ["bench", "walk", "--lists", "5", "--json"])
    report = json.loads(told.stdout)
    assert [(row["blocks"], row["picks"]) for row in report["rows"]] == [
        (blocks, picks) for blocks in (1, 2) for picks in (5, 10, 20, 30, 45, 60, 100)]
    assert all(row["walk"] <= min(row["s_shape"], row["largest_gap"], row["bin_sequence"]) for row in report["rows"])
    assert [one["method"] for one in report["speed"]] == ["exact", "exact", "exact", "fast-tsp"]
    assert report["met"] == all(goal["met"] for goal in report["goals"]) == (told.exit_code == 0)
