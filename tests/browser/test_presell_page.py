"""What is sold before it is there: said of a channel and of what it sells; the order, the list and the queue show when it leaves."""

import time

import pytest

from tests.browser.test_channels_page import SECRET, channel, net
from tests.browser.test_orders_page import looks_in_panel

__all__ = ["net"]
DAY = 86_400_000
WORDS = {"en": {"settings": "Settings", "sells": "What it sells", "more": "may sell 40", "change": "Before it is there", "comes": "Comes", "none": "nothing announced for it", "from": ", 40 more from"},
         "zh-CN": {"settings": "设置", "sells": "在售商品", "more": "可售 40", "change": "到货前销售", "comes": "到货", "none": "尚无到货预告", "from": "起另有 40"}}


@pytest.fixture
def shop(own_shop, net):
    """Forty soaps are announced for the day after next, five for in three weeks; the channel `net` sells them."""
    office = own_shop.office
    office.call("PUT", "/api/v1/workers/ZOE", {"name": "Zoe Park", "role": "supervisor"})
    for code, days, quantity in (("ASN-1", 2, 40), ("ASN-2", 21, 5)):
        office.call("POST", "/api/v1/asns", {"code": code, "site": "W1", "expected_at": int(time.time() * 1000) + days * DAY, "lines": [{"item": "SOAP", "quantity": quantity}]})
    office.call("POST", "/api/v1/channels", {"code": "net", "kind": "plain", "name": "Our net shop", "site": "W1", "every_seconds": 1, "since": 0, "settings": {"address": net.address, "secret": SECRET}})
    office.call("POST", "/api/v1/channels/net/items", {"name": "SOAP", "item": "SOAP"})
    return own_shop


def test_a_channel_and_what_it_sells_are_told_what_may_be_sold_before_it_is_there(shop, desk):
    one = desk("/channels", at=shop, words=WORDS)
    one.page.click(f".card:has-text('Our net shop') button:text-is('{one.words['settings']}')")
    assert one.page.locator("dialog [name=presell_days]").count() == 0
    one.page.select_option("dialog [name=backorder]", "dated")
    one.page.fill("dialog [name=presell_days]", "10")
    looks_in_panel(one, "presell-channel", "settings", "sells")
    one.page.click("dialog button[type=submit]")
    one.page.wait_for_selector("dialog", state="detached")
    assert (channel(shop)["backorder"], channel(shop)["presell_days"]) == ("dated", 10)
    one.page.click(f"button:text-is('{one.words['sells']}')")
    one.page.wait_for_selector(f"dialog .thing:has-text('SOAP') .chip:text-is('{one.words['more']}')")
    one.page.click(f"dialog summary:text-is('{one.words['change']}')")
    one.page.select_option("dialog .thing [name=backorder]", "dated")
    one.page.fill("dialog .thing [name=presell_days]", "1")
    looks_in_panel(one, "presell-listing", "more", "change")
    one.page.click("dialog .thing button[type=submit]")
    one.page.wait_for_selector("dialog .notice.good")
    [told] = shop.office.call("GET", "/api/v1/channels/net/listings")["items"]
    assert (told["backorder"], told["presell_days"], told["may_sell"]) == ("dated", 1, 0)


def test_an_order_that_waits_shows_when_it_leaves_wherever_it_is_shown(shop, desk, net):
    shop.office.call("PATCH", "/api/v1/channels/net", {"backorder": "dated", "presell_days": 10})
    net.place([("SOAP", 30)])
    net.place([("SOAP", 30)])
    shop.until("/api/v1/orders?channel=net", lambda orders: len(orders) == 2)
    one = desk("/exceptions", at=shop, words=WORDS)
    one.page.wait_for_selector(f".thing:has-text('ORD-000002'):has-text('{one.words['none']}')")
    assert one.page.locator(".queue .thing").count() == 1, "the first has its date, and is nobody's"
    one.looks("presell-exceptions", sizes=((360, 640),), themes=("light",), says=("none",))
    one.close()
    two = desk("/orders#ORD-000001", at=shop, words=WORDS)
    two.page.wait_for_selector(f"td .warn:has-text('{two.words['comes']}')")
    two.looks("presell-order", sizes=((360, 640), (1280, 800)), themes=("light",), says=("comes",))


def test_who_takes_an_order_by_phone_is_told_what_more_comes_when(shop, desk):
    one = desk("/phone", at=shop, words=WORDS)
    one.page.fill("input[name=item]", "SOAP")
    one.page.wait_for_selector("#found-items li")
    one.page.keyboard.press("Enter")
    one.page.wait_for_selector(f".lines li:has-text('{one.words['from']}')")
    one.page.click("h1")
    one.looks("presell-phone", sizes=((360, 640), (1280, 800)), themes=("light",), says=("from",))
