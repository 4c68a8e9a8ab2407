"""The bench of sourcing, small: what it prints is measured, and together is never dearer than one by one."""

import json

from click.testing import CliRunner

from server.cli.main import main


def test_a_small_bench_measures_one_order_and_all_together():
    told = CliRunner().invoke(main, ["bench", "sourcing", "--lines", "120", "--seconds", "2", "--single", "20", "--json"])
    found = json.loads(told.output)
    figures = {one["name"]: one for one in found["figures"]}
    assert found["warehouses"] == 5 and found["lines"] >= 120 and found["engine"] == "sqlite"
    assert figures["cost, together"]["figure"] <= figures["cost, one by one"]["figure"] <= figures["cost, each line from the nearest"]["figure"] * 1.01
    assert figures["parcels, together"]["figure"] <= figures["parcels, one by one"]["figure"] <= figures["parcels, each line from the nearest"]["figure"]
    assert figures["pieces that wait, together"]["figure"] <= figures["pieces that wait, one by one"]["figure"]
    assert 0 < figures["deciding one order, median"]["figure"] < 10_000
