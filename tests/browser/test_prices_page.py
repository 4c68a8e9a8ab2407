"""What a channel's goods should cost is said on the page of channels, in its own currency, and an order that is cheaper is held for it."""

import pytest

from tests.browser.conftest import PASSWORD
from tests.browser.test_channels_page import SECRET, channel, connected, net  # noqa: F401 - a fixture
from tests.browser.test_orders_page import looks_in_panel
from tests.waiting import until

WORDS = {"en": {"open": "Prices", "none": "It sells nothing of ours yet.", "units": "in its smallest unit", "in": "Prices in CNY", "saved": "Prices saved: 2.", "not": "abc is no price of SOAP.", "role": "Your role does not allow this"},
         "zh-CN": {"open": "价格", "none": "它还没有销售我们的商品。", "units": "请按最小单位", "in": "价格以 CNY 计", "saved": "已保存价格：2。", "not": "abc 不是 SOAP 的价格。", "role": "您的角色无权操作"}}


@pytest.fixture
def page(own_shop, desk, net):  # noqa: F811 - a fixture
    return connected(own_shop, desk, net, WORDS)


def prices(shop):
    return {one["item"]: one["price"] for one in shop.office.call("GET", "/api/v1/channels/net/listings")["items"]}


def listed(shop):
    """The channel sells three items; the row number of each."""
    for item in ("SOAP", "TEA", "MILK"):
        shop.office.call("POST", "/api/v1/channels/net/items", {"name": item, "item": item})
    return {one["item"]: one["id"] for one in shop.office.call("GET", "/api/v1/channels/net/listings")["items"]}


def opened(one):
    one.page.click(f"button:text-is('{one.words['open']}')")
    one.page.wait_for_selector("dialog input[name=tolerance]")


def test_prices_are_said_in_the_channels_currency_and_a_cheaper_order_is_held(page, own_shop, net):  # noqa: F811
    rows = listed(own_shop)
    net.place([("SOAP", 1)], price=1990)
    own_shop.until("/api/v1/orders?channel=net", lambda orders: len(orders) == 1)
    opened(page)
    page.says("in", "open")
    page.page.fill("dialog input[name=tolerance]", "10")
    page.page.fill("dialog input[name=limit]", "25")
    page.page.press("dialog input[name=tolerance]", "Enter")
    assert until(lambda: (channel(own_shop)["price_tolerance"], channel(own_shop)["discount_limit"]) == (10, 25))
    page.page.fill(f"dialog input[name=price-{rows['SOAP']}]", "abc")
    page.page.click("dialog button.main")
    page.says("not")
    page.page.fill(f"dialog input[name=price-{rows['SOAP']}]", "19,90")
    page.page.fill(f"dialog input[name=price-{rows['TEA']}]", "5")
    looks_in_panel(page, "channels-prices")
    page.page.click("dialog button.main")
    page.page.wait_for_selector(f"dialog .notice.good:has-text('{page.words['saved']}')")
    assert prices(own_shop) == {"SOAP": 1990, "TEA": 500, "MILK": None}
    assert until(lambda: page.page.input_value(f"dialog input[name=price-{rows['SOAP']}]") == "19.90")
    page.page.fill(f"dialog input[name=price-{rows['TEA']}]", "")
    page.page.click("dialog button.main")
    assert until(lambda: prices(own_shop) == {"SOAP": 1990, "TEA": None, "MILK": None})
    net.place([("SOAP", 1)], price=1700)
    own_shop.until("/api/v1/orders?channel=net", lambda orders: [one["hold"] for one in orders] == ["", "check"])


def test_before_an_order_has_told_the_currency_prices_are_in_its_smallest_unit(page, own_shop):
    opened(page)
    page.says("none")
    page.page.keyboard.press("Escape")
    rows = listed(own_shop)
    opened(page)
    page.says("units")
    page.page.fill(f"dialog input[name=price-{rows['MILK']}]", "1990")
    page.page.click("dialog button.main")
    assert until(lambda: prices(own_shop)["MILK"] == 1990)


def test_who_may_not_set_prices_is_told_so(own_shop, desk):
    own_shop.office.call("POST", "/api/v1/channels", {"code": "net", "kind": "plain", "name": "Our net shop", "site": "W1", "settings": {"secret": SECRET}})
    rows = listed(own_shop)
    own_shop.office.call("PUT", "/api/v1/workers/SUE", {"name": "Sue", "role": "supervisor", "password": PASSWORD})
    one = desk("/channels", at=own_shop, words=WORDS, signs_in=False)
    one.page.fill("input[name=badge]", "SUE")
    one.page.fill("input[name=password]", PASSWORD)
    one.page.click("button.main")
    opened(one)
    one.page.fill(f"dialog input[name=price-{rows['SOAP']}]", "1")
    one.page.click("dialog button.main")
    one.page.wait_for_selector(f"dialog .notice.bad:has-text('{one.words['role']}')")
    assert prices(own_shop)["SOAP"] is None
