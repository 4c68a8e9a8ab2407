import pytest

from server.cli import bench_batch
from server.cli.bench_batch import KINDS, Kind, as_they_came, instance

URL = "sqlite:///nowhere.db"


@pytest.fixture
def bench(aisle, monkeypatch):
    """Runs the measurement on few orders, and sooner."""
    def run(*options, **goals):
        for name, value in {"KINDS": (Kind("one block", 12, 30), Kind("three blocks", 12, 3, blocks=3, bins=9, unit="orders")),
                            "_SOON": 0.1, "_LATE": 0.2, "_GOAL_FIRST_SECONDS": 60.0, **goals}.items():
            monkeypatch.setattr(bench_batch, name, value)
        return aisle(URL, "bench", "batch", "--best", "1", *options)

    return run


def test_no_method_is_under_the_best_known(bench):
    rows = bench("--json").json["rows"]
    assert [row["kind"] for row in rows] == ["one block", "three blocks"]
    assert all(min(row["over_late"], row["over_soon"]) >= 0 for row in rows)
    assert all(row["over_soon"] < row["over_as_they_came"] for row in rows)


def test_the_table_tells_goals_and_their_measure(bench):
    told = bench(_GOAL_SOON=1.0, _GOAL_LATE=1.0, _GOAL_FEW=1.0)
    assert told.code == 0
    assert [line.split()[0] for line in told.text.splitlines()[-4:]] == ["met"] * 4


def test_a_missed_goal_ends_with_1(bench):
    assert bench(_GOAL_FIRST_SECONDS=0.0).code == 1


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_orders_of_each_kind_fit_the_trolley_and_the_floor(kind):
    asked = instance(kind, 1)
    assert max(asked.sizes) <= kind.capacity
    assert len(asked.orders) == kind.orders
    assert all(0 <= aisle < kind.aisles and 0 < y < asked.layout.cross_aisles[-1] for order in asked.orders for aisle, y in order)


def test_as_they_came_leaves_no_order_out_and_fills_no_trolley_too_much():
    asked = instance(KINDS[1], 1)
    groups = as_they_came(asked)
    assert [order for group in groups for order in group] == list(range(60))
    assert max(sum(asked.sizes[order] for order in group) for group in groups) <= 45
