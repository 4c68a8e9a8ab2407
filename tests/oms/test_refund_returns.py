"""What a buyer asks the platform to send back is a return here, once, and its refund answers that request and no other."""

from concurrent.futures import ThreadPoolExecutor
from itertools import permutations

import pytest

from server.oms.channels.base import Asked
from server.oms.connecting import change_channel
from server.oms.settling import refund
from tests.oms.channels.refunding import played, settings
from tests.oms.conftest import HOME, document
from tests.oms.return_walk import leave, notices, numbers, scan, seen, send, with_returns_area
from tests.oms.test_exception_steps import step
from tests.oms.test_exceptions import house, kinds
from tests.oms.test_refund_requests import asks, take
from tests.oms.test_refunds_there import attended
from tests.warehouse import ITEMS

__all__ = ["house"]
SOAP_BACK = (("L1", 2),)


def returns(number="R1", version=5, stage=Asked.WAITS, *, lines=SOAP_BACK, ref="1"):
    one = asks(number, ref, version, stage, amount=3980, lines=lines)
    return type(one)(**{name: getattr(one, name) for name in one.__slots__} | {"is_return": True})


def papers(house):
    return [tuple(row) for row in house.warehouse.all("SELECT code, state FROM inbound WHERE kind = 'return' ORDER BY id")]


def test_a_request_to_send_goods_back_is_a_return_with_its_papers(house):
    with_returns_area(house)
    send(house)
    take(house, returns())
    number, = numbers(house)
    assert seen(house, number) == ("announced", "", 0, [("SOAP", 2, 0, 0, 0)])
    assert (papers(house), kinds(house)) == ([(number, "expected")], [])
    assert house.warehouse.all("SELECT made_by, note FROM rma") == [("customer", "shop R1: 不想要了")]


def test_in_whatever_order_and_however_often_it_comes_it_is_one_return(house):
    with_returns_area(house)
    send(house)
    take(house, *(one for order in permutations((returns(), returns(version=6), returns(version=7, stage=Asked.OPEN))) for one in order))
    with ThreadPoolExecutor(8) as many:
        list(many.map(lambda _: take(house, returns(version=8)), range(8)))
    assert len(numbers(house)) == 1


def test_one_that_is_withdrawn_is_waited_for_no_more(house):
    with_returns_area(house)
    send(house)
    take(house, returns(), returns(version=6, stage=Asked.OVER))
    number, = numbers(house)
    assert (seen(house, number)[0], papers(house)) == ("cancelled", [(number, "cancelled")])
    take(house, returns("R2", version=7))
    assert len(numbers(house)) == 2


def test_one_that_was_over_before_we_heard_of_it_begins_nothing(house):
    with_returns_area(house)
    send(house)
    take(house, returns(stage=Asked.OVER), returns("R2", stage=Asked.PAID))
    assert numbers(house) == []


@pytest.mark.parametrize("lines", [(("L1", 4),), (("L9", 1),), (("L1", 1), ("L9", 1))])
def test_what_was_not_sent_does_not_come_back(house, lines):
    with_returns_area(house)
    send(house)
    take(house, returns(lines=lines))
    assert numbers(house) == []


@pytest.mark.parametrize("lines", [(), (("L1", 0),)])
def test_without_a_number_of_pieces_all_of_it_comes_back(house, lines):
    with_returns_area(house)
    send(house)
    take(house, returns(lines=lines))
    assert seen(house, numbers(house)[0])[3] == [("SOAP", 3, 0, 0, 0)]


def test_what_is_sent_although_its_buyer_asked_comes_back_as_a_return(house):
    with_returns_area(house)
    house.give(document("1", lines=(("SOAP", 3),)))
    take(house, returns())
    assert (house.order("1")["hold"], numbers(house)) == ("refund_asked", [])
    step(house, "refund_asked", "send_anyway")
    leave(house)
    assert len(numbers(house)) == 1


@pytest.mark.parametrize("kind", ["taobao", "douyin", "mini_program"])
def test_its_refund_answers_that_request(kind, house):
    with_returns_area(house)
    with played(kind) as shop:
        house.connect("net", kind=kind, every_seconds=3_600, since=shop.now() - 60_000, checks="off", **settings(kind, shop))
        house.database.write(lambda tx: change_channel(tx, "net", carrier="SF"))
        order = shop.place([("SOAP", 1)], address=HOME)
        assert attended(house)
        leave(house)
        assert attended(house)
        other = shop.requests.ask(order.ref, 1_990)
        meant = shop.requests.ask(order.ref, 1_990, is_return=True)
        assert attended(house)
        number, = numbers(house)
        shop.requests.send_back(meant)
        scan(house, number, ITEMS["SOAP"], "GRADE-RESTOCK")
        house.database.write(lambda tx: refund(tx, number))
        assert attended(house)
        assert (shop.requests.all[meant].state, shop.requests.all[other].state) == ("paid", "asked")
        assert notices(house) == [("refund", "told")]
