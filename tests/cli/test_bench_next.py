"""The measurement of `aisle bench next`, on a small shift."""

import io
import json

import pytest
from click.testing import CliRunner

from server.cli import bench_next
from server.cli.bench_shift_floor import AISLES, BINS, invented, retail_lines
from server.cli.main import main
from server.kernel.errors import Invalid

URL = "sqlite:///nowhere.db"


@pytest.fixture(scope="module")
def measured():
    """One small run for all that is asked of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bench_next, "CLAIM_MS", 1e6)
        patch.setattr(bench_next, "GROWTH_MAX", 1e6)
        return CliRunner().invoke(main, ["--db", URL, "bench", "next", "--tasks", "120", "--workers", "3", "--waiting", "300", "--claims", "20", "--json"])


def figures(measured) -> dict[str, dict]:
    return {one["name"]: one for one in json.loads(measured.output)["figures"]}


def test_the_house_walks_less_than_first_come_first_served(measured):
    found = figures(measured)
    assert found["walked for a task, as the house chooses"]["figure"] < found["walked for a task, first come first served"]["figure"]


def test_what_is_walked_with_a_load_is_the_same_whoever_chooses(measured):
    found = figures(measured)
    loaded = [found[f"walked for a task, {one}"]["figure"] - found[f"of it without a load, {one}"]["figure"]
              for one in ("first come first served", "as the house chooses")]
    assert loaded[0] == pytest.approx(loaded[1])


def test_it_ends_with_1_only_when_a_goal_is_missed(measured):
    assert measured.exit_code == (0 if all(one["met"] for one in figures(measured).values()) else 1)


def test_order_lines_of_a_file_are_ranks_of_items_the_most_ordered_first():
    file = io.StringIO("InvoiceNo,StockCode\n1,B\n1,A\n2,A\n3,C\n3,A\n")
    assert retail_lines(file) == [[0, 1], [0], [0, 2]]


def test_a_file_without_the_columns_is_refused():
    with pytest.raises(Invalid):
        retail_lines(io.StringIO("a,b\n1,2\n"))


def test_invented_orders_pick_from_bins_that_there_are():
    orders = invented(1)
    assert all(0 <= rank < AISLES * BINS for order in orders for rank in order) and all(orders)
