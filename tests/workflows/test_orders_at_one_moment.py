"""Orders that wait for stock: none stays beside free stock, and none is promised twice, whoever comes in between."""

import pytest

from server import reactions
from server.events import LineShorted, PromiseBroken, StockArrived
from server.oms import orders, progress
from server.oms.orders import cancel_order, hold_order
from server.stock import availability
from tests.moments import meanwhile
from tests.warehouse import Warehouse


@pytest.fixture
def house(database):
    return Warehouse(database).open()


def arrived(house) -> StockArrived:
    return StockArrived(house.site_id, house.items["SOAP"], 5)


def promise_backorders(house) -> None:
    house.database.write(lambda tx: reactions._promise_backorders(tx, arrived(house)))


def cancel(house, number: str) -> None:
    house.database.write(lambda tx: (hold_order(tx, number), reactions.withdraw(tx, number), cancel_order(tx, number, "changed my mind")))


def lines(house) -> list[tuple]:
    return house.all("SELECT o.state, l.promised FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id ORDER BY l.id")


def promises(house) -> list[tuple]:
    return house.all("SELECT reference, quantity FROM promise WHERE state = 'pending' ORDER BY reference")


def unheard(house, monkeypatch) -> None:
    """Nobody acts on what is told until the test does."""
    monkeypatch.setattr(house.dispatcher, "drain", lambda: None)


def test_what_arrives_while_an_order_is_taken_in_is_promised_to_it(house):
    def arrive():
        house.put("SOAP", 5, "W1-A-01-1")
        house.dispatcher.drain()

    with meanwhile(availability._FREE if house.database.is_sqlite else orders._TAKE_IN, arrive):
        number = house.order("S-1", ("SOAP", 7)).number
    house.dispatcher.drain()
    assert (lines(house), promises(house)) == ([("released", 5)], [(f"{number}/1", 5)])


def test_what_a_cancelled_order_had_been_promised_goes_to_the_orders_that_wait(house):
    house.put("SOAP", 5, "W1-A-01-1")
    first = house.order("S-1", ("SOAP", 5)).number
    waiting = house.order("S-2", ("SOAP", 3)).number
    last = house.order("S-3", ("SOAP", 3)).number
    assert lines(house) == [("released", 5), ("accepted", 0), ("accepted", 0)]
    cancel(house, first)
    house.dispatcher.drain()
    assert lines(house) == [("cancelled", 0), ("released", 3), ("released", 2)]
    assert promises(house) == [(f"{waiting}/1", 3), (f"{last}/1", 2)]


def test_a_line_whose_promise_broke_takes_what_had_come_before_it_was_told(house):
    number = house.order("S-1", ("SOAP", 5)).number
    house.put("SOAP", 5, "W1-A-01-1")
    house.dispatcher.drain()
    house.database.write(lambda tx: availability.void_promise(tx, house.site_id, f"{number}/1", 5))
    promise_backorders(house)  # the line counts as promised: nobody has told it yet
    house.database.write(lambda tx: progress.on_promise_broken(tx, PromiseBroken(f"{number}/1", house.items["SOAP"], house.site_id, 5)))
    house.dispatcher.drain()
    assert (lines(house), promises(house)) == ([("released", 5)], [(f"{number}/1", 5)])


def test_an_order_cancelled_while_its_goods_arrive_is_promised_nothing(house, monkeypatch):
    number = house.order("S-1", ("SOAP", 5)).number
    unheard(house, monkeypatch)
    house.put("SOAP", 5, "W1-A-01-1")
    with meanwhile(progress._WAITING, lambda: cancel(house, number)):
        promise_backorders(house)
    assert (lines(house)[0][0], promises(house)) == ("cancelled", [])


def test_what_an_order_cancelled_in_that_moment_leaves_goes_to_the_next_in_line(house, monkeypatch):
    first = house.order("S-1", ("SOAP", 5)).number
    house.order("S-2", ("SOAP", 5))
    drain = house.dispatcher.drain
    unheard(house, monkeypatch)
    house.put("SOAP", 5, "W1-A-01-1")
    with meanwhile(progress._WAITING, lambda: cancel(house, first)):
        promise_backorders(house)
    drain()
    assert [state for state, _ in lines(house)] == ["cancelled", "released"]
    assert lines(house)[1][1] == 5


def test_two_arrivals_at_one_moment_promise_an_order_no_more_than_it_wants(house, monkeypatch):
    number = house.order("S-1", ("SOAP", 5)).number
    unheard(house, monkeypatch)
    house.put("SOAP", 5, "W1-A-01-1")
    house.put("SOAP", 5, "W1-A-01-1")
    with meanwhile(progress._WAITING, lambda: promise_backorders(house)):
        promise_backorders(house)
    assert (lines(house), promises(house)) == ([("released", 5)], [(f"{number}/1", 5)])


def test_a_line_that_is_said_to_be_short_in_that_moment_is_promised_only_its_rest(house, monkeypatch):
    number = house.order("S-1", ("SOAP", 5)).number
    unheard(house, monkeypatch)
    house.put("SOAP", 9, "W1-A-01-1")
    short = LineShorted(number, 1, 2)
    with meanwhile(progress._WAITING, lambda: house.database.write(lambda tx: progress.on_line_shorted(tx, short))):
        promise_backorders(house)
    assert house.all("SELECT promised, short FROM sales_order_line") == [(3, 2)]
