import csv
import io
import json

import pytest
from click.testing import CliRunner

from server.cli.main import main
from tests.conftest import fresh_url


@pytest.fixture
def run(request, tmp_path):
    url = fresh_url(request, "sqlite", tmp_path, has_warehouse=True)
    return lambda *words: CliRunner().invoke(main, ["--db", url, "figures", *words])


def test_figures_are_printed_beside_those_before(run):
    told = run("--from", "2026-09-21", "--compare-from", "2026-09-20")
    assert told.exit_code == 0
    assert told.output.splitlines()[0] == "W1 Main: 2026-09-21 - 2026-09-21 | 2026-09-20 - 2026-09-20"
    assert "Order cycle time" in told.output


def test_figures_are_json_and_csv_for_programs(run):
    found = json.loads(run("--json", "--language", "zh-CN").output)
    assert next(one["name"] for one in found["figures"] if one["key"] == "on_time") == "准时率"
    assert next(csv.reader(io.StringIO(run("--csv").output)))[:3] == ["Part", "From", "To"]


def test_a_day_that_is_none_ends_with_a_sentence(run):
    told = run("--from", "soon")
    assert (told.exit_code, told.output) == (1, "Error: 'soon' is no day. Write it as 2026-11-29.\n")
