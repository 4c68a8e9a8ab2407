"""Several servers at one moment: a label comes out once, and a delivery that fails is one attempt."""

import logging

import pytest

from server.events import StockArrived
from server.kernel.dispatcher import Dispatcher
from server.printing import jobs, owner, queue
from server.printing.queue import NewLabel, print_label
from server.printing.spooler import Spooler
from tests.moments import meanwhile
from tests.warehouse import Warehouse

DELIVERY = "SELECT state, attempts FROM delivery"


@pytest.fixture
def house(database):
    return Warehouse(database).open()


def ask(house) -> int:
    return house.database.write(lambda tx: print_label(tx, house.site_id, NewLabel(label="lpn", code="LPN1", zpl="^XA^XZ")))


def test_of_two_processes_that_print_at_one_moment_one_sends_the_label(house, monkeypatch):
    sent = []
    monkeypatch.setattr(owner, "put_in_folder", lambda _folder, name, _payload: sent.append(name))
    ask(house)
    one, other = Spooler(house.database), Spooler(house.database)

    def print_and_end():
        one.print_waiting()
        one.stop()

    with meanwhile(jobs._BUSY, print_and_end, seconds=30):
        other.print_waiting()
    assert sent == ["lpn-LPN1-0.zpl"]


def test_two_who_ask_for_a_first_label_at_one_moment_are_given_the_same(house):
    told = []
    with meanwhile(queue._LAST, lambda: told.append(ask(house))):
        told.append(ask(house))
    assert told == [house.one("SELECT id FROM print_job")] * 2


@pytest.fixture
def failing(house):
    """Eight servers whose one consumer fails, and what it was called with."""
    called = []

    def fail(_tx, event):
        called.append(event)
        raise RuntimeError("not today")

    servers = [Dispatcher(house.database, {"StockArrived": {"always.fails": fail}}) for _ in range(8)]
    house.database.write(lambda tx: tx.emit(StockArrived(house.site_id, house.items["SOAP"], 1)))
    servers[0]._dispatch()
    logging.getLogger("aisle.events").disabled = True
    yield servers, called
    logging.getLogger("aisle.events").disabled = False


def test_a_delivery_that_eight_servers_read_at_one_moment_fails_once(house, failing):
    servers, called = failing
    for server, due in [(server, house.database.read(server._due)) for server in servers]:
        for delivery in due:
            server._deliver_one(delivery)
    assert (len(called), house.all(DELIVERY)) == (1, [("pending", 1)])


def test_two_servers_that_failed_at_one_delivery_count_it_once(house, failing):
    servers, _ = failing
    for server, due in [(server, house.database.read(server._due)) for server in servers]:
        server._postpone(due[0], RuntimeError("not today"))
    assert house.all(DELIVERY) == [("pending", 1)]
