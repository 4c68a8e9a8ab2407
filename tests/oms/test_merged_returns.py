"""What left with another order comes back with it, and each channel pays back what was paid there."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from server.kernel.errors import Refusal
from server.oms.channels.base import Asked, RefundRequest
from server.oms.exceptions.opening import open_oversold
from server.oms.exceptions.steps import take_step
from server.oms.merging import NotMergeable, leaves_with, merge
from server.oms.notices import note_refused, note_told, refund_notice
from server.oms.orders import order_by_number
from server.oms.own_returns import orders_of
from server.oms.refund_asking import take_request
from server.oms.returns import return_by_number
from server.oms.settling import OverRefund, postage_left, refund
from tests.oms.return_walk import announced, leave, scan, with_returns_area
from tests.oms.test_paid import FLOOR, SOAP, TEA, boss, bought, write


def merged(shops, *, tea=3, leaves=True):
    """Two orders of one receiver that leave as the first; their numbers."""
    for ref, item, pieces, paid, postage in (("1", "SOAP", 3, 3_000, 490), ("2", "TEA", tea, 5_001, 700)):
        shops.give(bought((item, pieces, paid), ref=ref, postage=postage, total=paid + postage))
    shops.warehouse.settle()
    first, second = (shops.order(ref)["number"] for ref in "12")
    write(shops, lambda tx: merge(tx, second, first, FLOOR))
    if leaves:
        leave(shops)
    return first, second


def came(shops, order, *lines):
    """A return of lines (1 is of the first order, 2 of the second), of which all has come."""
    number, pda = announced(shops, order, lines), None
    for line, quantity in lines:
        for _ in range(quantity):
            pda = scan(shops, *(() if pda else (number,)), {1: SOAP, 2: TEA}[line], "GRADE-RESTOCK", pda=pda)
    return number


@pytest.fixture
def home(shops):
    with_returns_area(shops)
    return shops


def told(shops):
    """What each order's channel is told is paid back: the reference there and the amount."""
    return sorted((ref, json.loads(payload)["amount"] if isinstance(payload, str) else payload["amount"]) for ref, payload in shops.warehouse.all(
        "SELECT p.ref, n.payload FROM channel_notice n JOIN channel_paper p ON p.order_id = n.order_id WHERE n.kind = 'refund'"))


def test_each_orders_channel_is_told_what_was_paid_with_that_order(home):
    first, _ = merged(home)
    number = came(home, first, (1, 1), (2, 3))
    assert write(home, lambda tx: refund(tx, number)) == 6_001
    assert told(home) == [("1", 1_000), ("2", 5_001)]


def test_what_came_of_one_order_only_is_paid_back_by_its_own_channel(home):
    first, _ = merged(home)
    number = came(home, first, (2, 1))
    assert write(home, lambda tx: refund(tx, number)) == 1_667
    assert told(home) == [("2", 1_667)]


def test_the_postage_of_both_goes_back_each_once_and_to_its_own_channel(home):
    first, _ = merged(home)
    both, soap = came(home, first, (1, 1), (2, 1)), came(home, first, (1, 1))
    assert home.database.read(lambda tx: postage_left(tx, return_by_number(tx, both).id)) == 1_190
    with pytest.raises(OverRefund) as over:
        write(home, lambda tx: refund(tx, both, postage=1_191))
    assert over.value.args_["most"] == 1_190
    assert write(home, lambda tx: refund(tx, both, postage=1_190)) == 2_667 + 1_190
    assert told(home) == [("1", 1_490), ("2", 2_367)]
    with pytest.raises(OverRefund):
        write(home, lambda tx: refund(tx, soap, postage=1))


def test_the_postage_of_the_other_order_goes_back_with_its_own_goods(home):
    first, _ = merged(home)
    number = came(home, first, (2, 1))
    assert write(home, lambda tx: refund(tx, number, 0, postage=700)) == 700
    assert told(home) == [("2", 700)]
    assert home.warehouse.all("SELECT postage_refunded FROM sales_order ORDER BY id") == [(0,), (700,)]


def test_ten_at_once_pay_back_each_postage_once(home):
    first, _ = merged(home)
    numbers = [came(home, first, (1, 1), (2, 1)) for _ in range(3)]

    def pay(at):
        try:
            return home.database.write(lambda tx: refund(tx, numbers[at % 3], postage=1_190))
        except Refusal:
            return 0

    with ThreadPoolExecutor(10) as pool:
        back = list(pool.map(pay, range(10)))
    assert sorted(back) == [0] * 9 + [2_667 + 1_190]
    assert home.warehouse.all("SELECT postage_refunded FROM sales_order ORDER BY id") == [(490,), (700,)]


def test_a_return_says_what_still_has_to_be_told_of_it(home):
    first, _ = merged(home)
    number = came(home, first, (1, 1), (2, 1))
    write(home, lambda tx: refund(tx, number))
    notices = [row[0] for row in home.warehouse.all("SELECT id FROM channel_notice WHERE kind = 'refund' ORDER BY id")]

    def state():
        return home.database.read(lambda tx: refund_notice(tx, number)).state

    write(home, lambda tx: note_told(tx, notices[0]))
    assert state() == "waiting"
    write(home, lambda tx: note_refused(tx, notices[1], "no"))
    assert state() == "refused"


def test_a_request_of_the_other_orders_buyer_is_answered_at_that_order(home):
    merged(home)
    channel = home.channel()
    asked = RefundRequest(ref="R1", order_ref="2", version=5, stage=Asked.OPEN, amount=1_667, lines=(("L1", 1),), is_return=True)
    write(home, lambda tx: take_request(tx, channel, asked, FLOOR))
    number, = (row[0] for row in home.warehouse.all("SELECT number FROM rma"))
    scan(home, number, TEA, "GRADE-RESTOCK")
    write(home, lambda tx: refund(tx, number))
    assert told(home) == [("2", 1_667)]
    assert "R1" in str(home.warehouse.one("SELECT payload FROM channel_notice WHERE kind = 'refund'"))
    assert home.warehouse.one("SELECT notice_id FROM refund_request") == home.warehouse.one("SELECT id FROM channel_notice WHERE kind = 'refund'")


def test_what_will_not_come_is_paid_back_with_the_order_it_was_paid_with(shops):
    boss(shops)
    first, _ = merged(shops, tea=130, leaves=False)
    write(shops, lambda tx: open_oversold(tx, order_by_number(tx, first).id))
    number = shops.warehouse.one("SELECT x.id FROM order_exception x JOIN sales_order o ON o.id = x.order_id WHERE o.number = :n", n=first)
    write(shops, lambda tx: take_step(tx, FLOOR, number, 1, "cancel_rest", reason="there is no more"))
    assert told(shops) == [("2", 5_001 - 5_001 * 100 // 130)]


def test_the_customer_finds_it_by_the_other_orders_number_too(home):
    first, second = merged(home)
    for reference in (second, "2"):
        assert [one.number for one in home.database.read(lambda tx, reference=reference: orders_of(tx, reference, "8000"))] == [first]
    assert home.database.read(lambda tx: leaves_with(tx, order_by_number(tx, first)).number) == first


def test_orders_paid_in_two_currencies_do_not_leave_together(shops):
    shops.give(bought(("SOAP", 1, 100)), {**bought(("SOAP", 1, 100), ref="2"), "currency": "USD"})
    first, second = (shops.order(ref)["number"] for ref in "12")
    with pytest.raises(NotMergeable, match="currencies"):
        write(shops, lambda tx: merge(tx, second, first, FLOOR))
