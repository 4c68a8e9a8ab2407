"""The bench of a gate beside a floor: in its long form only, since tags need half a minute to pass twice."""

import json
import os

import pytest
from click.testing import CliRunner

from simulators.bench_gate import bench_gate


@pytest.mark.skipif("AISLE_LONG" not in os.environ, reason="takes most of a minute; AISLE_LONG=1 runs it")
def test_a_gate_that_reads_all_the_time_receives_every_pallet_once(tmp_path):
    told = CliRunner().invoke(bench_gate, ["--minutes", "0.1", "--handhelds", "4", "--tags", "20", "--json"])
    figures = {one["name"]: one for one in json.loads(told.stdout)["figures"]}
    assert figures["pallets received"]["figure"] == 20
    assert (figures["pallets received more than once"]["met"], figures["invariants that do not hold"]["met"]) == (True, True)
    assert figures["reads a second"]["figure"] > 50
