"""`aisle given-up`: what was given up is seen, and tried again when somebody says so."""

import pytest

from server.events import OrderShipped
from server.kernel.clock import DAY, StillClock, SystemClock
from server.kernel.database import Database
from server.kernel.dispatcher import Dispatcher
from server.kernel.jobs import JobRunner, add_job


class Weak:
    """Takes events and jobs as soon as it has paper."""

    def __init__(self, database, clock):
        self.database, self.clock = database, clock
        self.has_paper, self.done = False, []
        self._dispatcher = Dispatcher(database, {"OrderShipped": {"labels": lambda _, event: self._do(event.order_number)}})
        self._jobs = JobRunner(database, {"manifest": lambda _, payload: self._do(payload["load"])})

    def _do(self, what):
        if not self.has_paper:
            raise ValueError("no paper")
        self.done.append(what)

    def work(self, days):
        for _ in range(days):
            self._dispatcher.drain()
            self._jobs.run_due()
            self.clock.advance(DAY)


@pytest.fixture
def weak(database_url):
    database = Database(database_url, clock=StillClock(SystemClock().now()))
    yield Weak(database, database.clock)
    database.close()


def test_nothing_was_given_up_in_a_house_at_work(aisle, weak, database_url):
    weak.database.write(lambda tx: add_job(tx, "manifest", {"load": "L1"}))
    assert aisle(database_url, "given-up").text == "Nothing was given up.\n"
    assert aisle(database_url, "given-up", "--json").json == {"given_up": []}
    assert aisle(database_url, "given-up", "--all-again", "--json").json == {"tried_again": 0}


def test_what_was_given_up_is_listed_with_its_reason_and_tried_again(aisle, weak, database_url):
    weak.database.write(lambda tx: [add_job(tx, "manifest", {"load": "L1"}), tx.emit(OrderShipped(order_number="SO-1", lines=()))])
    weak.work(days=13)
    listed = aisle(database_url, "given-up", "--json").json["given_up"]
    assert {(one["form"], one["name"], one["error"]) for one in listed} == {
        ("job", "manifest", "no paper"), ("event", "OrderShipped for labels", "no paper")}
    assert "no paper" in aisle(database_url, "given-up").text and not weak.done
    weak.has_paper = True
    weak.work(days=1)
    assert not weak.done
    event, job = sorted(one["key"] for one in listed)
    assert aisle(database_url, "given-up", "--again", job, "--json").json == {"tried_again": 1}
    weak.work(days=1)
    assert weak.done == ["L1"]
    assert "1 will be tried again" in aisle(database_url, "given-up", "--all-again").text
    weak.work(days=1)
    assert weak.done == ["L1", "SO-1"]
    assert aisle(database_url, "given-up", "--json").json == {"given_up": []}
    gone = aisle(database_url, "given-up", "--again", event)
    assert (gone.code, gone.errors) == (1, f"Error: {event} was not given up, or is being tried again already.\n")


@pytest.mark.parametrize("key", ["job-", "job-x", "train-1", "7", "", "event-" + "9" * 30])
def test_a_name_that_names_no_work_is_said_to_be_none(aisle, weak, database_url, key):
    told = aisle(database_url, "given-up", "--again", key)
    assert told.code == 1 and "It is written as `aisle given-up` lists it" in told.errors
