from sqlalchemy import text

from server.cli.bench_ledger import fill
from server.cli.verify import verify_report


def test_the_ledger_that_is_measured_holds_every_invariant(database):
    built = fill(database, 2_000)
    checked = {one["id"]: one["checked"] for one in verify_report(database)}
    assert (checked["I1"], checked["I4"], checked["I9"]) == (2_000, 2_000, built.lpns)
    assert database.read(lambda tx: tx.scalar(text("SELECT SUM(moves) FROM seal"))) == 2_000


def test_the_measurement_says_what_it_took_and_what_the_least_is(aisle, sqlite_url):
    told = aisle(sqlite_url, "bench", "verify", "--moves", "500", "--json").json
    assert told["moves"] == 500
    assert told["broken"] == []
    assert told["seconds"] > 0 < told["limit_seconds"]
    assert set(told["each"]) >= {f"I{number}" for number in range(1, 13)}


def test_a_measurement_that_misses_its_goal_ends_with_1(aisle, sqlite_url, monkeypatch):
    monkeypatch.setattr("server.cli.bench_verify.GOAL_SECONDS", {"sqlite": 0.0})
    assert aisle(sqlite_url, "bench", "verify", "--moves", "100").code == 1
