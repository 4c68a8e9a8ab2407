"""What is promised of an order, on both databases alike: never more than there is, whoever else orders at the same moment."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from click.testing import CliRunner

from server.cli.main import main
from server.oms import orders
from server.oms.orders import LANE, NewOrder, NewOrderLine, accept_order
from server.stock.availability import Wanted, promise_all
from tests.conftest import fresh_url
from tests.warehouse import Warehouse


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path):
    return fresh_url(request, str(request.param), tmp_path, has_warehouse=True)


@pytest.fixture
def house(database):
    return Warehouse(database).open()


def order(house, ref, *lines, lane=LANE, **more):
    new = NewOrder(channel="test", channel_ref=ref, site_id=house.site_id, lines=[NewOrderLine(item=item, quantity=quantity) for item, quantity in lines], **more)
    return house.database.write(lambda tx: accept_order(tx, new), lane=lane)


def promised(house):
    """By the site, by the promises and by the lines."""
    return [dict(house.all(f"SELECT i.code, {what} FROM {table} x JOIN item i ON i.id = x.item_id GROUP BY i.code HAVING {what} > 0"))
            for what, table in (("SUM(x.promised)", "availability"), ("SUM(x.quantity)", "promise"), ("SUM(x.promised)", "sales_order_line"))]


@pytest.mark.parametrize("lane", ["", LANE], ids=["at once", "in a lane"])
def test_orders_at_one_moment_promise_what_there_is_and_no_piece_more(house, lane):
    house.put("SOAP", 100, "W1-A-01-1")
    house.put("TEA", 100, "W1-A-02-1")
    chance = random.Random(7)
    sequences = [chance.sample([("SOAP", 1), ("TEA", 1), ("SOAP", 2)], 3) for _ in range(60)]
    with ThreadPoolExecutor(12) as many:
        answers = list(many.map(lambda at: order(house, str(at), *sequences[at], lane=lane), range(60)))
    assert promised(house) == [{"SOAP": 100, "TEA": 60}] * 3
    assert sum(line.promised for answer in answers for line in answer.lines) == 160
    assert sorted(answer.number for answer in answers) == [f"ORD-{number:06d}" for number in range(1, 61)]


def test_who_has_waited_for_another_is_given_what_that_one_left(house):
    """What is free is read by what holds it: read before the wait, it would be more than there is."""
    house.put("SOAP", 150, "W1-A-01-1")
    begun = threading.Event()

    def take(reference, quantity, then=lambda: None):
        def work(tx):
            got = promise_all(tx, house.site_id, [Wanted(reference, house.items["SOAP"], house.owner_id, quantity)])
            then()
            return got

        return house.database.write(work)

    with ThreadPoolExecutor(2) as two:
        first = two.submit(take, "X/1", 145, lambda: (begun.set(), time.sleep(0.5)))
        begun.wait(30)
        second = two.submit(take, "X/2", 7)
        assert (first.result(), second.result()) == ([145], [5])
    assert promised(house)[:2] == [{"SOAP": 150}] * 2


@pytest.mark.parametrize(("there", "wanted", "given"), [
    (10, [3, 4], [3, 4]), (10, [8, 4, 1], [8, 2, 0]), (3, [5, 5], [3, 0]), (0, [1], [0]), (None, [2], [0]), (5, [5, 1], [5, 0])])
def test_lines_of_one_item_are_given_what_there_is_in_their_sequence(house, there, wanted, given):
    if there is not None:
        house.put("SOAP", there + 1, "W1-A-01-1")
        order(house, "first", ("SOAP", 1))
    got = house.database.write(lambda tx: promise_all(tx, house.site_id, [
        Wanted(f"X/{at}", house.items["SOAP"], house.owner_id, quantity) for at, quantity in enumerate(wanted)]))
    assert got == given
    assert promised(house)[0] == promised(house)[1]


def test_what_is_wanted_again_under_a_reference_is_added_to_it(house):
    house.put("SOAP", 10, "W1-A-01-1")
    for _ in range(2):
        house.database.write(lambda tx: promise_all(tx, house.site_id, [Wanted("X/1", house.items["SOAP"], house.owner_id, 3)]))
    assert house.all("SELECT reference, quantity FROM promise") == [("X/1", 6)]


def test_the_same_order_at_one_moment_is_one_and_wastes_no_number(house, monkeypatch):
    """Both have looked whether it is known before either has written it."""
    house.put("SOAP", 10, "W1-A-01-1")
    both = threading.Barrier(2, timeout=1)
    known = orders.is_known

    def after_both(*arguments):
        found = known(*arguments)
        if not house.database.is_sqlite:  # there one writes at a time
            with suppress(threading.BrokenBarrierError):
                both.wait()
        return found

    monkeypatch.setattr(orders, "is_known", after_both)
    with ThreadPoolExecutor(2) as two:
        answers = list(two.map(lambda _: order(house, "S-1", ("SOAP", 2), lane=""), range(2)))
    monkeypatch.setattr(orders, "is_known", known)
    assert sorted(answer.repeated for answer in answers) == [False, True]
    assert promised(house) == [{"SOAP": 2}] * 3
    assert order(house, "S-2", ("SOAP", 1)).number == "ORD-000002"


def test_an_order_that_was_sent_before_its_fields_grew_is_known_again(house):
    house.put("SOAP", 10, "W1-A-01-1")
    order(house, "S-1", ("SOAP", 2))
    assert house.one("SELECT body_hash FROM sales_order") == orders._hash(NewOrder(
        channel="test", channel_ref="S-1", site_id=house.site_id, lines=[NewOrderLine(item="SOAP", quantity=2)]))
    assert order(house, "S-1", ("SOAP", 2)).repeated


def test_the_bench_promises_each_piece_once(tmp_path):
    done = CliRunner().invoke(main, ["bench", "promise", "--clients", "8", "--units", "40", "--json"])
    assert done.exit_code == 0, done.output
    assert '"pieces promised too many", "figure": 0' in done.stdout
