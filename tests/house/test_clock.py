"""A machine whose clock was ahead, and was set right: work goes on, and nobody waits for a year."""

import datetime as dt
import logging

import pytest
from sqlalchemy import text

from server.app import _plan_jobs
from server.kernel.certificates import certificates
from server.kernel.clock import DAY, StillClock
from server.kernel.database import Database
from server.kernel.jobs import JobRunner, add_job
from server.kernel.lease import Lease

YEAR = 365 * DAY


@pytest.fixture
def clock():
    return StillClock()


@pytest.fixture
def at_home(database_url, clock):
    database = Database(database_url, clock=clock)
    yield database
    database.close()


def planned(database, *, runs: list) -> JobRunner:
    kinds = ("seal", "release_due", "plan_counts", "expire")
    database.write(_plan_jobs)
    return JobRunner(database, {kind: lambda _tx, _payload, kind=kind: runs.append(kind) for kind in kinds})


def test_what_is_done_again_and_again_is_not_put_off_for_a_year(at_home, clock):
    runs: list[str] = []
    clock.advance(YEAR)
    planned(at_home, runs=runs).run_due()
    clock.advance(DAY)
    planned(at_home, runs=runs).run_due()
    clock.advance(-YEAR)
    runs.clear()
    jobs = planned(at_home, runs=runs)  # as at the next start
    clock.advance(2 * DAY)
    jobs.run_due()
    assert set(runs) == {"seal", "release_due", "plan_counts", "expire"}


def test_a_claim_that_was_made_a_year_ahead_holds_nothing_up(at_home, clock):
    runs: list[str] = []
    at_home.write(lambda tx: add_job(tx, "seal", unique_key="seal"))
    at_home.write(lambda tx: tx.execute(text("UPDATE job SET claimed_until = :at"), {"at": tx.now + YEAR}))
    assert JobRunner(at_home, {"seal": lambda _tx, _payload: runs.append("seal")}).run_due() == 1
    assert runs == ["seal"]


def test_a_claim_of_this_minute_holds(at_home):
    at_home.write(lambda tx: add_job(tx, "seal", unique_key="seal"))
    at_home.write(lambda tx: tx.execute(text("UPDATE job SET claimed_until = :at"), {"at": tx.now + 60_000}))
    assert JobRunner(at_home, {"seal": lambda _tx, _payload: None}).run_due() == 0


def test_a_lease_that_was_taken_a_year_ahead_is_free_again(at_home, clock):
    if at_home.is_sqlite:
        pytest.skip("a lock of the system knows no time")
    one, other = Lease(at_home, "spooler"), Lease(at_home, "spooler")
    clock.advance(YEAR)
    assert one.is_mine()
    clock.advance(-YEAR)
    assert other.is_mine()


def test_work_that_was_given_up_is_tried_again_when_it_is_asked_for_again(at_home, clock):
    runs: list[str] = []

    def fails(_tx, _payload):
        raise RuntimeError("the disk is full")

    at_home.write(lambda tx: add_job(tx, "ship", unique_key="ship-1"))
    for _ in range(10):
        JobRunner(at_home, {"ship": fails}).run_due()
        clock.advance(DAY)
    assert at_home.read(lambda tx: tuple(tx.row(text("SELECT state, error FROM job")))) == ("dead", "the disk is full")
    at_home.write(lambda tx: add_job(tx, "ship", unique_key="ship-1"))
    assert JobRunner(at_home, {"ship": lambda _tx, _payload: runs.append("ship")}).run_due() == 1
    assert (runs, at_home.read(lambda tx: tx.scalar(text("SELECT state FROM job")))) == (["ship"], "done")


def test_a_certificate_of_a_clock_that_was_ahead_is_made_anew_and_its_authority_is_named(tmp_path, caplog):
    now = dt.datetime(2026, 11, 28, tzinfo=dt.UTC)
    ahead = certificates(tmp_path, now=now + dt.timedelta(days=400)).served.read_bytes()
    with caplog.at_level(logging.ERROR):
        made = certificates(tmp_path, now=now).served.read_bytes()
    assert made != ahead
    assert "Set this machine's clock" in caplog.text
    assert certificates(tmp_path, now=now).served.read_bytes() == made
