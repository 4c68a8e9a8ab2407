"""To cancel what its buyer has paid says, before it is done, that the money goes back, by whom and how much."""

import pytest

from tests.browser.test_channels_page import SECRET, net
from tests.browser.test_orders_page import looks_in_panel
from tests.waiting import until

__all__ = ["net"]
WORDS = {"en": {"cancel": "Cancel the order …", "paid": "Its buyer has paid CN¥39.80: net is told that nothing will come, and is to pay that back.", "go": "Cancel and pay back", "leave": "Leave it as it is",
                "rest": "Cancel the rest …", "part": "What was paid for what will not come goes back to its buyer: net is told how much."},
         "zh-CN": {"cancel": "取消订单 …", "paid": "买家已付款 ¥39.80：将通知 net 不再发货，并由其退款。", "go": "取消并退款", "leave": "保持不变",
                   "rest": "取消剩余部分 …", "part": "不再发货的部分，已付款项将退还买家：会将金额通知 net。"}}


@pytest.fixture
def sold(own_shop, net):
    """A shop whose channel has sold two pieces of soap, of which there is one."""
    own_shop.put("SOAP", 1, "W1-A-01-1")
    own_shop.office.call("POST", "/api/v1/channels", {"code": "net", "kind": "plain", "name": "Our net shop", "site": "W1", "every_seconds": 1, "since": 0,
                                                      "settings": {"address": net.address, "secret": SECRET}})
    net.place([("SOAP", 2)])
    assert until(lambda: own_shop.office.call("GET", "/api/v1/order-exceptions?kind=oversold")["items"])
    return own_shop


def test_the_queue_says_who_pays_before_an_order_is_cancelled(sold, desk, net):
    number = sold.office.call("GET", "/api/v1/order-exceptions?kind=oversold")["items"][0]["order"]
    one = desk("/exceptions?kind=oversold", at=sold, words=WORDS)
    one.page.click(f".thing button:text-is('{one.words['rest']}')")
    one.page.wait_for_selector(f"dialog .notice:has-text('{one.words['part']}')")
    one.page.click(f"dialog button:text-is('{one.words['leave']}')")
    one.page.wait_for_selector("dialog", state="detached")
    one.page.click(f".thing button:text-is('{one.words['cancel']}')")
    one.says("paid", "go")
    looks_in_panel(one, "exceptions-paying", "paid", "go", "leave")
    assert sold.office.call("GET", f"/api/v1/orders/{number}")["state"] != "cancelled", "it is only asked"
    one.page.click(f"dialog button:text-is('{one.words['go']}')")
    assert until(lambda: sold.office.call("GET", f"/api/v1/orders/{number}")["state"] == "cancelled")
    assert until(lambda: next(iter(net.orders.values())).is_cancelled)
