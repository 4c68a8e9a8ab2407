"""The queue of order exceptions: seen to with one click, owned, noted; the rules; the dashboard and the order's page lead there and show the same."""

import pytest

from tests.browser.test_channels_page import SECRET, net
from tests.browser.test_orders_page import looks_in_panel
from tests.waiting import until

__all__ = ["net"]
WORDS = {"en": {"take": "Take the suggestion", "go": "Let it go", "cancel": "Cancel the order", "really": "Really? Press again", "none": "every order goes by itself", "mine": "Mine", "all": "Everyone", "i": "I take it", "more": "Owner and note", "keep": "Keep the note", "rules": "Rules", "save": "Save", "saved": "The rule for Address is saved.", "address": "Address", "done": "Ended lately", "tile": "Orders: Address", "did": "done.", "mend": "Mend it at the channel"},
         "zh-CN": {"take": "采用建议", "go": "放行", "cancel": "取消订单", "really": "确定？请再按一次", "none": "所有订单均正常进行", "mine": "我的", "all": "全部人员", "i": "我来处理", "more": "负责人与备注", "keep": "保存备注", "rules": "规则", "save": "保存", "saved": "地址 的规则已保存。", "address": "地址", "done": "最近结束", "tile": "订单：地址", "did": "完成。", "mend": "到渠道处理"}}
BAD = {"name": "Ann Lee", "phone": "+1 212 736 5000", "country": "US", "state": "MA", "city": "Boston", "street": "1 Main Street", "postcode": "2139"}


@pytest.fixture
def held(own_shop):
    """A shop with two orders that nobody could deliver: one with a suggestion, one without."""
    own_shop.office.call("PATCH", "/api/v1/sites/W1", {"settings": {"order_checks": "hold"}})
    own_shop.office.call("PUT", "/api/v1/workers/ZOE", {"name": "Zoe Park", "role": "supervisor"})
    for reference, more in (("1", {}), ("2", {"city": ""})):
        own_shop.office.call("POST", "/api/v1/orders", {"site": "W1", "reference": reference, "ship_to": {**BAD, **more}, "lines": [{"item": "SOAP", "quantity": 1}]})
    return own_shop


def hold(shop, number):
    return shop.office.call("GET", f"/api/v1/orders/{number}")["hold"]


def thing(number: str) -> str:
    return f".thing:has(a:text-is('{number}'))"


def test_an_exception_is_seen_to_with_one_click(held, desk):
    one = desk("/exceptions", at=held, words=WORDS)
    one.page.wait_for_selector(f"{thing('ORD-000001')} b:text-is('02139')")
    assert one.page.locator(".queue .thing").count() == 2
    one.looks("exceptions", says=("take", "go", "cancel", "mine", "all", "rules", "done"))
    one.page.click(f"{thing('ORD-000001')} button:text-is('{one.words['take']}')")
    one.page.wait_for_selector(".notice.good")
    one.page.wait_for_selector(thing("ORD-000001"), state="detached")
    assert hold(held, "ORD-000001") == ""
    one.page.click(f"{thing('ORD-000002')} button:text-is('{one.words['cancel']}')")
    assert hold(held, "ORD-000002") == "check", "what cannot be taken back is asked for twice"
    one.page.click(f"{thing('ORD-000002')} button:text-is('{one.words['really']}')")
    one.says("none")
    assert until(lambda: held.office.call("GET", "/api/v1/orders/ORD-000002")["state"] == "cancelled")
    one.page.click(f"button:text-is('{one.words['done']}')")
    one.page.wait_for_selector(thing("ORD-000002"))
    assert until(lambda: one.page.locator(".queue .thing").count() == 2)
    one.looks("exceptions-done", sizes=((360, 640),), themes=("light",))


def test_what_somebody_else_has_seen_to_says_so(held, desk):
    one = desk("/exceptions", at=held, words=WORDS)
    one.page.wait_for_selector(thing("ORD-000001"))
    shown = held.office.call("GET", "/api/v1/order-exceptions")["items"][0]
    one.page.route("**/api/v1/order-exceptions?*", lambda route: route.abort())
    held.office.call("POST", f"/api/v1/order-exceptions/{shown['id']}/steps/let_go", {"version": 1})
    one.page.click(f"{thing('ORD-000001')} button:text-is('{one.words['go']}')")
    one.page.wait_for_selector(".notice.bad")
    one.page.unroute("**/api/v1/order-exceptions?*")
    one.page.wait_for_selector(thing("ORD-000001"), state="detached")


def test_an_exception_is_given_taken_and_noted(held, desk):
    one = desk("/exceptions", at=held, words=WORDS)
    at = thing("ORD-000001")
    one.page.click(f"{at} summary:text-is('{one.words['more']}')")
    one.page.select_option(f"{at} select[name=give]", "ZOE")
    one.page.wait_for_selector(f"{at} p.dim:has-text('Zoe Park')")
    one.looks("exceptions-owner", sizes=((360, 640), (1280, 800)), themes=("light",), says=("more", "keep", "i"))
    one.page.click(f"button:text-is('{one.words['mine']}')")
    one.page.wait_for_selector(at, state="detached")
    one.page.click(f"button:text-is('{one.words['all']}')")
    one.page.click(f"{at} summary:text-is('{one.words['more']}')")
    one.page.fill(f"{at} input[name=note]", "she calls back")
    one.page.click(f"{at} button:text-is('{one.words['keep']}')")
    one.page.wait_for_selector(f"{at} p.dim:has-text('she calls back')")
    one.page.click(f"{at} button:text-is('{one.words['i']}')")
    assert until(lambda: held.office.call("GET", "/api/v1/order-exceptions?owner=BOSS")["items"])
    assert held.office.call("GET", "/api/v1/order-exceptions")["items"][0]["owner"] == "BOSS"


def test_a_rule_is_changed(held, desk):
    one = desk("/exceptions", at=held, words=WORDS)
    one.page.click(f"button:text-is('{one.words['rules']}')")

    def at() -> str:
        return f"dialog .rules details:has(b:text-is('{one.words['address']}'))"

    one.page.click(f"{at()} summary")
    one.page.select_option(f"{at()} select[name=owner]", "ZOE")
    one.page.select_option(f"{at()} select[name=solve]", "take_suggestion")
    one.page.select_option(f"{at()} select[name=pass_to]", "BOSS")
    one.page.fill(f"{at()} input[name=pass_after]", "4")
    looks_in_panel(one, "exceptions-rules", "address", "save")
    one.page.click(f"{at()} button[type=submit]")
    one.page.wait_for_selector(f"dialog .notice.good:has-text('{one.words['saved']}')")
    kept = {row["kind"]: row for row in held.office.call("GET", "/api/v1/exception-rules?site=W1")["items"]}["address"]
    assert (kept["owner"], kept["solve"], kept["pass_after_hours"], kept["pass_to"]) == ("ZOE", "take_suggestion", 4, "BOSS")


def test_the_dashboard_and_the_orders_page_show_it_too(held, desk):
    board = desk("/dashboard", at=held, words=WORDS)
    board.says("tile")
    board.page.click(f".tile.of-troubles a:text-is('{board.words['tile']}')")
    board.page.wait_for_selector(thing("ORD-000001"))
    board.page.click(f"{thing('ORD-000001')} a:text-is('ORD-000001')")
    board.page.wait_for_selector(".thing:has(b:text-is('02139'))")
    board.looks("exceptions-of-order", sizes=((360, 640), (1280, 800)), themes=("light",), says=("take",))
    board.page.click(f".thing button:text-is('{board.words['take']}')")
    board.page.wait_for_selector(f".notice.good:has-text('{board.words['did']}')")
    assert until(lambda: hold(held, "ORD-000001") == "")


def test_an_order_whose_item_nobody_knows_is_mended_at_its_channel(own_shop, desk, net):
    own_shop.office.call("POST", "/api/v1/channels", {"code": "net", "kind": "plain", "name": "Our net shop", "site": "W1", "every_seconds": 1, "since": 0,
                                                      "settings": {"address": net.address, "secret": SECRET}})
    ref = net.place([("GIFT-6", 2)]).ref
    one = desk("/exceptions", at=own_shop, words=WORDS)
    one.page.wait_for_selector(f".queue .thing:has-text('{ref}'):has-text('GIFT-6')")
    one.looks("exceptions-item", sizes=((360, 640), (1280, 800)), themes=("light",), says=("mend",))
    one.page.click(f".thing a:text-is('{one.words['mend']}')")
    one.page.wait_for_selector(f"dialog .thing:has-text('{ref}')")
    own_shop.office.call("POST", "/api/v1/channels/net/items", {"name": "GIFT-6", "item": "SOAP", "quantity": 6})
    shown = own_shop.office.call("GET", "/api/v1/order-exceptions?kind=item")["items"][0]
    came = own_shop.office.call("POST", f"/api/v1/order-exceptions/{shown['id']}/steps/try_again", {"version": shown["version"]})
    assert (came["result"], came["state"]) == ("taken", "done")
    assert until(lambda: own_shop.office.call("GET", "/api/v1/order-exceptions?kind=oversold")["items"]), "there is no soap"
