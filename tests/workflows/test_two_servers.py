"""Two servers on one database act on the events of one order at one moment: neither undoes or forgets what the other does."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from server import reactions
from server.events import OrderShipped, StockArrived
from server.kernel.transaction import Tx
from server.oms import progress
from server.oms.orders import OrderGoneTooFar, cancel_order, hold_order
from server.wms import releases, withdrawing
from tests.warehouse import Warehouse


@pytest.fixture
def house(database):
    return Warehouse(database).open()


class Together:
    """Two meet here. Who is held back by the other never comes: then one waits a second in vain, and goes on."""

    def __init__(self) -> None:
        self._barrier = threading.Barrier(2)

    def meet(self) -> None:
        with suppress(threading.BrokenBarrierError):
            self._barrier.wait(timeout=1)


def at_once(house, *works: Callable[[Tx], None]) -> None:
    with ThreadPoolExecutor() as threads:
        list(threads.map(house.database.write, works))


def test_an_order_whose_last_two_parcels_leave_at_one_moment_is_shipped(house, monkeypatch):
    house.put("SOAP", 5, "W1-A-01-1")
    house.put("TEA", 5, "W1-B-01-1")
    number = house.order("S-1", ("SOAP", 2), ("TEA", 2)).number
    written, read, execute, lines_of = Together(), Together(), Tx.execute, progress.order_lines

    def execute_together(tx, statement, *what):
        done = execute(tx, statement, *what)
        if statement is progress._SHIPPED:
            written.meet()
            monkeypatch.setattr(progress, "order_lines", read_together)
        return done

    def read_together(tx, order_id):
        lines = lines_of(tx, order_id)
        read.meet()
        return lines

    monkeypatch.setattr(Tx, "execute", execute_together)
    at_once(house, *(lambda tx, line=line: progress.on_order_shipped(tx, OrderShipped(number, ((line, 2),))) for line in (1, 2)))
    assert house.all("SELECT l.shipped, o.state FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id ORDER BY l.number") == [
        (2, "shipped")] * 2


def test_goods_that_arrive_while_their_order_is_handed_over_go_to_the_floor_too(house, monkeypatch):
    house.put("SOAP", 2, "W1-A-01-1")
    monkeypatch.setattr(house.dispatcher, "drain", lambda: None)  # nobody has acted on the order yet
    number = house.order("S-1", ("SOAP", 5)).number
    house.put("SOAP", 3, "W1-A-01-1")
    here, rows = Together(), Tx.rows

    def rows_together(tx, statement, **values):
        found = rows(tx, statement, **values)
        if statement is releases._HANDED:
            here.meet()
        return found

    monkeypatch.setattr(Tx, "rows", rows_together)
    arrived = StockArrived(house.site_id, house.items["SOAP"], 3)
    at_once(house, lambda tx: reactions.hand_order_over(tx, number), lambda tx: reactions._promise_backorders(tx, arrived))
    assert house.one("SELECT SUM(l.ordered) FROM release_line l JOIN release r ON r.id = l.release_id WHERE r.state <> 'cancelled'") == 5


def test_an_order_that_is_cancelled_while_it_is_handed_over_does_not_stay_on_the_floor(house, monkeypatch):
    house.put("SOAP", 5, "W1-A-01-1")
    monkeypatch.setattr(house.dispatcher, "drain", lambda: None)
    number = house.order("S-1", ("SOAP", 5)).number
    here, hand_over = Together(), reactions.hand_over

    def hand_over_together(tx, new):
        here.meet()
        return hand_over(tx, new)

    def cancel(tx):  # as the route does it
        hold_order(tx, number)
        withdrawing.withdraw(tx, number)
        here.meet()
        with suppress(OrderGoneTooFar):
            cancel_order(tx, number, "changed my mind")

    monkeypatch.setattr(reactions, "hand_over", hand_over_together)
    at_once(house, lambda tx: reactions.hand_order_over(tx, number), cancel)
    assert house.one("SELECT state FROM sales_order") == "cancelled"
    assert house.all("SELECT state FROM release WHERE state <> 'cancelled'") == []
