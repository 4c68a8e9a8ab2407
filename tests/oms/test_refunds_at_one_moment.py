"""An order and its buyer's request for the money come at one moment: whichever is first, the order waits."""

from server.oms import papers, refund_asking, refund_papers
from tests.moments import meanwhile
from tests.oms.conftest import document
from tests.oms.test_exceptions import house, kinds
from tests.oms.test_refund_requests import asks, seen, take

__all__ = ["house"]


def is_held(house):
    house.warehouse.settle()
    return (seen(house), kinds(house)) == (("accepted", "refund_asked"), ["refund_asked"])


def test_a_request_that_comes_while_its_order_is_taken_in_holds_it(house):
    with meanwhile(papers._STORE, lambda: take(house, asks())):
        house.give(document("1"))
    assert is_held(house)


def test_a_request_that_comes_when_nobody_had_asked_a_moment_ago_holds_its_order(house):
    with meanwhile(refund_papers._ANY, lambda: take(house, asks())):
        house.give(document("1"))
    assert is_held(house)


def test_an_order_that_comes_when_its_request_had_found_none_a_moment_ago_is_held(house):
    with meanwhile(refund_asking._PAPER, lambda: house.give(document("1"))):
        take(house, asks())
    assert is_held(house)


def test_a_request_that_is_withdrawn_while_its_order_comes_holds_nothing(house):
    take(house, asks())
    with meanwhile(refund_papers._OF_ORDER, lambda: take(house, asks(version=6, stage=refund_asking.Asked.OVER))):
        house.give(document("1"))
    house.warehouse.settle()
    assert (seen(house), kinds(house)) == (("released", ""), [])
