"""A line that is cheaper on a channel than its listing says holds its order until somebody has seen to it."""

import pytest

from server.oms.connecting import change_channel
from server.oms.listings import change_listing
from server.sentences import told
from tests.oms.conftest import document
from tests.oms.test_exception_steps import step
from tests.oms.test_exceptions import house, kinds

__all__ = ["house"]


@pytest.fixture
def priced(house):
    """Soap should cost 20.00 on the channel, which may be 10 % cheaper."""
    house.give(document("0"))
    listing = house.warehouse.one("SELECT id FROM listing WHERE name = 'SOAP'")
    house.database.write(lambda tx: change_listing(tx, listing, {"price": 2000}))
    house.database.write(lambda tx: change_channel(tx, "shop", price_tolerance=10))
    return house


def order(house, ref, price, **more):
    lines = [{"ref": "L1", "item": "SOAP", "quantity": 1, "price": price}, {"ref": "L2", "item": "TEA", "quantity": 1, "price": 1}]
    house.give({**document(ref, **more), "lines": lines})
    house.warehouse.settle()
    return house.order(ref)["hold"]


@pytest.mark.parametrize(("price", "hold"), [(2000, ""), (1800, ""), (1799, "check"), (0, "check"), (9999, "")])
def test_an_order_is_held_below_the_tolerance(priced, price, hold):
    assert order(priced, "1", price) == hold
    assert kinds(priced) == (["price"] if hold else [])


def test_where_no_tolerance_is_said_prices_are_not_looked_at(priced):
    priced.database.write(lambda tx: change_channel(tx, "shop", price_tolerance=None))
    assert order(priced, "1", 1) == ""


def test_a_change_of_something_else_leaves_the_tolerance(priced):
    priced.database.write(lambda tx: change_channel(tx, "shop", every_seconds=5))
    assert order(priced, "1", 1) == "check"


def test_what_was_expected_is_said_in_both_languages(priced):
    order(priced, "1", 150)
    words = priced.warehouse.one("SELECT words FROM order_exception")
    number = priced.order("1")["number"]
    assert words == f"{number} is held: SOAP costs 1.50 on shop, and 20.00 are expected."
    assert told(words, "zh-CN") == f"{number} 已暂停：SOAP 在 shop 的价格为 1.50，应为 20.00。"


def test_a_price_that_somebody_let_pass_holds_no_more_and_one_that_is_mended_neither(priced):
    order(priced, "1", 150)
    step(priced, "price", "let_go")
    assert order(priced, "1", 150, version=2) == ""
    assert order(priced, "1", 140, version=3) == "check"
    assert order(priced, "1", 2000, version=4) == ""
    assert kinds(priced) == []


@pytest.fixture
def limited(priced):
    """A channel on which at most a quarter may be off."""
    priced.database.write(lambda tx: change_channel(tx, "shop", discount_limit=25))
    return priced


def sold(house, ref, paid, price=2000):
    house.give({**document(ref), "lines": [{"ref": "L1", "item": "SOAP", "quantity": 2, "price": price, "paid": paid}]})
    house.warehouse.settle()
    return house.order(ref)["hold"]


@pytest.mark.parametrize(("paid", "hold"), [(4000, ""), (3000, ""), (2999, "check"), (0, "check"), (4500, ""), (None, "")])
def test_an_order_is_held_above_the_limit_of_discounts(limited, paid, hold):
    assert sold(limited, "1", paid) == hold
    assert kinds(limited) == (["price"] if hold else [])


def test_a_discounted_good_is_not_called_too_cheap(priced):
    assert sold(priced, "1", 1) == "", "its price before discounts is the listing's"
    assert sold(priced, "2", 3_000, price=1_500) == "check"


def test_where_no_limit_is_said_discounts_are_not_looked_at(limited):
    limited.database.write(lambda tx: change_channel(tx, "shop", discount_limit=None))
    assert sold(limited, "1", 1) == ""


def test_a_discount_of_the_whole_order_counts_too(limited):
    limited.give({**document("1"), "discount": 1_001, "lines": [{"ref": "L1", "item": "SOAP", "quantity": 2, "price": 2_000}]})
    limited.warehouse.settle()
    assert limited.order("1")["hold"] == "check"


def test_how_much_was_off_is_said_in_both_languages(limited):
    sold(limited, "1", 1_000)
    words, number = limited.warehouse.one("SELECT words FROM order_exception"), limited.order("1")["number"]
    assert words == f"{number} is held: SOAP was sold for 10.00 instead of 40.00 on shop, and at most 25 % off are allowed."
    assert told(words, "zh-CN") == f"{number} 已暂停：SOAP 在 shop 以 10.00 而非 40.00 售出，最多只允许优惠 25 %。"
