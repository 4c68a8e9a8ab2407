"""Many exceptions of a kind are chosen and seen to at once; what could not be says why, and a final step says first what it means."""

import pytest

from tests.browser.test_channels_page import SECRET, net
from tests.browser.test_orders_page import looks_in_panel
from tests.waiting import until

__all__ = ["net"]
WORDS = {"en": {"three": "3 chosen", "all": "All 4 of this kind", "again": "Try again", "came": "Try again: 3 of 4 done.", "why": "No item here is called GIFT-7", "none": "None", "four": "4 chosen",
                "cancel": "Cancel the order …", "final": "It is done for each by itself, and cannot be taken back.", "pays": "Of 2 of them the buyer has paid, and is to be paid back.", "go": "Cancel the order (2)", "gone": "Cancel the order: 2 of 2 done."},
         "zh-CN": {"three": "已选 3 项", "all": "全选同类 4 项", "again": "重试", "came": "重试：4 项中已完成 3 项。", "why": "这里没有名为 GIFT-7 的商品", "none": "取消选择", "four": "已选 4 项",
                   "cancel": "取消订单 …", "final": "将逐项执行，且无法撤销。", "pays": "其中 2 项买家已付款，将退款给买家。", "go": "取消订单 (2)", "gone": "取消订单：2 项中已完成 2 项。"}}


def open_ones(shop, kind):
    return shop.office.call("GET", f"/api/v1/order-exceptions?kind={kind}")["items"]


@pytest.fixture
def sold(own_shop, net):
    """A channel has sold four things that nobody here knows, and has two orders without an address."""
    own_shop.put("SOAP", 20, "W1-A-01-1")
    own_shop.office.call("POST", "/api/v1/channels", {"code": "net", "kind": "plain", "name": "Our net shop", "site": "W1", "every_seconds": 3_600, "since": 0,
                                                      "settings": {"address": net.address, "secret": SECRET}})
    for item in ("GIFT-6", "GIFT-6", "GIFT-7", "GIFT-6"):
        net.place([(item, 1)])
    for _ in range(2):
        net.place([("SOAP", 1)], address={})
    own_shop.office.call("POST", "/api/v1/channels/net/pull")
    assert until(lambda: (len(open_ones(own_shop, "item")), len(open_ones(own_shop, "address"))) == (4, 2))
    return own_shop



def test_what_is_known_now_is_tried_again_all_at_once(sold, desk):
    one = desk("/exceptions?kind=item", at=sold, words=WORDS)
    all_boxes = one.page.locator(".queue input[name=choose]")
    assert until(lambda: all_boxes.count() == 4)
    for at in range(3):
        all_boxes.nth(at).check()
    one.says("three")
    one.looks("many-chosen", sizes=((360, 640), (1280, 800)), themes=("light", "dark"), says=("all", "again", "none"))
    one.page.click(f".many button:text-is('{one.words['all']}')")
    one.says("four")
    sold.office.call("POST", "/api/v1/channels/net/items", {"name": "GIFT-6", "item": "SOAP", "quantity": 6})
    one.page.click(f".many button:text-is('{one.words['again']}')")
    one.page.wait_for_selector(f".notice.warn:has-text('{one.words['came']}')")
    assert one.words["why"] in one.page.inner_text(".notice.warn li")
    assert until(lambda: one.page.locator(".queue .thing").count() == 1)
    assert one.page.locator(".queue input[name=choose]:checked").count() == 1, "what is left stays chosen"
    one.looks("many-came", sizes=((360, 640), (1280, 800)), themes=("light",))
    assert len(open_ones(sold, "item")) == 1


def test_only_what_is_of_one_kind_is_chosen_and_what_pays_says_so(sold, desk):
    one = desk("/exceptions", at=sold, words=WORDS)
    addresses = one.page.locator(".queue .thing:has(a[href*='address=']) input[name=choose]")
    assert until(lambda: addresses.count() == 2)
    for at in range(2):
        addresses.nth(at).check()
    assert one.page.locator(".queue input[name=choose]:disabled").count() == 4, "the others are of another kind"
    one.page.click(f".many button:text-is('{one.words['cancel']}')")
    one.page.wait_for_selector("dialog")
    looks_in_panel(one, "many-final", "final", "pays", "go")
    assert len(open_ones(sold, "address")) == 2, "it is only asked"
    one.page.click(f"dialog button:text-is('{one.words['go']}')")
    one.page.wait_for_selector(f".notice.good:has-text('{one.words['gone']}')")
    assert until(lambda: open_ones(sold, "address") == [])
