"""`aisle bench rfid` is told apart from a run that lost or invented a visit."""

import json
import os

import pytest
from click.testing import CliRunner

from server.cli.bench_rfid import _Gate, bench_rfid
from server.scanners.visits import Visit


def test_a_visit_too_many_too_few_or_of_nobody_is_wrong_and_so_is_a_wrong_way() -> None:
    gate = _Gate(2, 30)
    first, second = list(gate._begins)
    assert (gate.passages, gate.total) == (2, 4)
    true = [Visit(epc=epc, entered_at=0, direction=way) for epc, way in ((first, "forward"), (second, "back")) for _ in range(2)]
    assert (gate.wrong(true), gate.turned(true)) == (0, 0)
    assert gate.wrong(true[1:]) == gate.wrong([*true, true[0]]) == gate.wrong([*true, Visit(epc=b"x", entered_at=0)]) == 1
    assert gate.turned([*true, Visit(epc=first, entered_at=0, direction="back")]) == 1


@pytest.mark.skipif("AISLE_LONG" not in os.environ, reason="takes half a minute: AISLE_LONG is not set")
def test_a_thousand_reads_a_second_are_the_true_visits() -> None:
    result = CliRunner().invoke(bench_rfid, ["--minutes", "0.3", "--json"])
    assert result.exit_code == 0, result.output
    told = {one["name"]: one["figure"] for one in json.loads(result.stdout)["figures"]}
    assert told["visits that never were, or were not told"] == 0
