"""The bench of the list of orders, small: every way of looking is asked, and what it should find is found."""

import json
from itertools import count

from click.testing import CliRunner

from server.cli import bench_found
from server.cli.main import main


def asked(*more):
    return CliRunner().invoke(main, ["bench", "found", "--orders", "20000", "--times", "2", "--json", *more])


def test_a_small_bench_asks_each_question_among_few_and_among_many():
    told = asked()
    found = json.loads(told.stdout)
    names = [one["name"] for one in found["figures"]]
    assert found["orders"] == 20_000 and found["engine"] == "sqlite"
    assert len(names) == len(set(names)) == 34
    assert all(0 < one["figure"] < 60_000 for one in found["figures"])


def test_a_question_that_finds_nothing_is_no_quick_answer(monkeypatch):
    """Nobody is told how quickly an empty page came."""
    calls = count(10**8)
    monkeypatch.setattr(bench_found, "_phone", lambda _: str(next(calls)))
    told = asked()
    assert told.exit_code == 1 and "found nothing" in told.output
