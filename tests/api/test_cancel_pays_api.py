"""What an exception says before its order is cancelled: whether its buyer is paid back by that, by whom, and how much."""

import pytest
from sqlalchemy import text

from server.oms.channels.base import Asked, RefundRequest
from server.oms.connecting import channel_by_code
from server.oms.exceptions.opening import open_oversold
from server.oms.orders import order_by_number
from server.oms.refund_asking import take_request
from server.wms.order_floor import FLOOR
from tests.api.test_no_address_api import given, shop
from tests.api.test_order_changes import HOME, ask, order

__all__ = ["shop"]
MONEY = {"currency": "CNY", "total": 1990}


def told(shop, number):
    """Of the exception that may be ended by cancelling it."""
    rows = ask(shop, "GET", f"orders/{number}/exceptions").json["items"]
    shown = next(one for one in rows if one["kind"] == "oversold")
    assert shown in ask(shop, "GET", "order-exceptions").json["items"]
    return shown["paid_back_by"], shown["paid_back"], shown["currency"]


def asks(shop, stage=Asked.OPEN, version=5):
    one = RefundRequest(ref="R1", order_ref="1", version=version, stage=stage, amount=1_500, lines=(("#1", 1),))
    shop.app.database.write(lambda tx: take_request(tx, channel_by_code(tx, "shop"), one, FLOOR))


def test_of_what_is_paid_the_channel_is_to_pay_all_back(shop):
    assert told(shop, given(shop, ship_to=HOME, **MONEY)) == ("channel", 1990, "CNY")


def test_of_what_its_buyer_asks_the_platform_for_the_platform_pays_that(shop):
    number = given(shop, ship_to=HOME, **MONEY)
    asks(shop)
    assert told(shop, number) == ("request", 1500, "CNY")
    asks(shop, Asked.OVER, 6)
    assert told(shop, number) == ("channel", 1990, "CNY")


def test_what_the_platform_has_to_look_into_first_is_not_paid_by_that(shop):
    number = given(shop, ship_to=HOME, **MONEY)
    asks(shop, Asked.WAITS)
    assert told(shop, number) == ("channel", 1990, "CNY")


@pytest.mark.parametrize("stage,expected", [(0, ("", 0, "CNY")), (1, ("channel", 1990, "CNY")), (3, ("", 0, "CNY"))], ids=["unpaid", "paid", "cancelled there"])
def test_of_what_nobody_paid_or_the_channel_has_cancelled_nothing_goes_back(shop, stage, expected):
    number = given(shop, ship_to=HOME, **MONEY)
    shop.app.database.write(lambda tx: tx.execute(text("UPDATE channel_paper SET stage = :stage"), {"stage": stage}))
    assert told(shop, number) == expected


def test_an_order_of_no_channel_has_nobody_who_pays_back(house):
    number = order(house, "1", currency="CNY", total=1990)
    house.app.database.write(lambda tx: open_oversold(tx, order_by_number(tx, number).id))
    assert told(house, number) == ("", 0, "CNY")
