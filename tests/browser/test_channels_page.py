"""The page of channels: how each is, in words; paused, asked, connected, its refused orders mended."""

import pytest

from simulators.shops.mini_program import MiniProgramShop
from simulators.shops.plain import PlainShop
from simulators.shops.shop import ERROR
from tests.browser.test_orders_page import looks_in_panel
from tests.waiting import until

SECRET = "a secret of sixteen letters or more"
WORDS = {"en": {"running": "running", "failing": "in trouble", "paused": "paused", "pause": "Pause", "resume": "Let it go on", "pull": "Ask now", "refused": "Orders refused", "ours": "It is our item", "again": "Try again", "why": "Compare the secret on both sides", "none": "No channel is connected yet", "connect": "Connect a channel", "settings": "Settings", "agreed": "Every order of it is agreed to."},
         "zh-CN": {"running": "运行中", "failing": "有故障", "paused": "已暂停", "pause": "暂停", "resume": "继续", "pull": "立即查询", "refused": "被拒订单", "ours": "对应我们的商品", "again": "重试", "why": "请核对双方的密钥", "none": "还没有连接渠道", "connect": "连接渠道", "settings": "设置", "agreed": "所有订单均已接受。"}}


@pytest.fixture
def net():
    net = PlainShop(SECRET)
    yield net
    net.close()


@pytest.fixture
def page(own_shop, desk, net):
    return connected(own_shop, desk, net, WORDS)


def connected(shop, desk, net, words):
    """The page, with a channel that asks the played shop every second."""
    shop.office.call("POST", "/api/v1/channels", {"code": "net", "kind": "plain", "name": "Our net shop", "site": "W1", "every_seconds": 1, "since": 0,
                                                  "settings": {"address": net.address, "secret": SECRET}})
    one = desk("/channels", at=shop, words=words)
    one.page.wait_for_selector(".card:has-text('Our net shop')")
    return one


def chip(one, key: str) -> None:
    one.page.wait_for_selector(f".card:has-text('Our net shop') .chip:text-is('{one.words[key]}')")


def channel(shop):
    return shop.office.call("GET", "/api/v1/channels/net")


def test_a_channel_that_goes_wrong_says_so_in_words_and_recovers(page, net, own_shop):
    chip(page, "running")
    page.looks("channels", says=("running", "pause", "pull", "connect", "settings"))
    net._secret = b"another secret that nobody told us"
    page.page.wait_for_selector(f".notice.bad:has-text('{page.words['why']}')")
    chip(page, "failing")
    page.looks("channels-wrong", sizes=((360, 640), (1280, 900)), themes=("light",), says=("failing", "why"))
    net._secret = SECRET.encode()
    page.page.click(f"button:text-is('{page.words['pull']}')")
    chip(page, "running")
    page.page.wait_for_selector(".notice.bad", state="detached")


def test_a_channel_is_paused_goes_on_and_loses_nothing(page, net, own_shop):
    chip(page, "running")
    page.page.click(f"button:text-is('{page.words['pause']}')")
    chip(page, "paused")
    page.says("paused", "resume")
    ref = net.place([("SOAP", 1)]).ref
    page.page.click(f"button:text-is('{page.words['resume']}')")
    chip(page, "running")
    own_shop.until("/api/v1/orders?channel=net", lambda orders: [one["channel_ref"] for one in orders] == [ref])


def test_a_refused_order_is_mended_by_saying_which_item_of_ours_it_is(page, net, own_shop):
    ref = net.place([("GIFT-6", 2)]).ref
    page.page.click(f"button.danger:has-text('{page.words['refused']}: 1')")
    page.page.wait_for_selector(f"dialog .thing:has-text('{ref}'):has-text('GIFT-6')")
    page.page.click("dialog summary")
    looks_in_panel(page, "channels-refused", "refused", "ours", "again")
    page.page.click(f"dialog button:has-text('{page.words['ours']}')")
    page.page.fill("dialog input[name=item]", "NONE-SUCH")
    page.page.click("dialog .thing form button[type=submit]")
    page.page.wait_for_selector("dialog .notice.bad:has-text('NONE-SUCH')")
    page.page.fill("dialog input[name=item]", "SOAP")
    page.page.wait_for_selector("dialog .tip:has-text('Soap with olive oil')")
    page.page.fill("dialog input[name=quantity]", "6")
    looks_in_panel(page, "channels-ours")
    page.page.click("dialog .thing form button[type=submit]")
    page.page.wait_for_selector("dialog .notice.good:has-text('ORD-000001')")
    page.says("agreed")
    assert [(line["item"], line["quantity"]) for line in own_shop.office.call("GET", "/api/v1/orders/ORD-000001")["lines"]] == [("SOAP", 12)]
    page.page.keyboard.press("Escape")
    page.page.wait_for_selector(f"button:has-text('{page.words['refused']}')", state="detached")


def test_a_refused_order_whose_cause_is_gone_is_taken_when_it_is_tried_again(page, net, own_shop):
    net.place([("PEN", 2)])
    page.page.click(f"button.danger:has-text('{page.words['refused']}: 1')")
    page.page.click(f"dialog button:text-is('{page.words['again']}')")
    page.page.wait_for_selector("dialog .notice.bad:has-text('PEN')")
    own_shop.office.call("PUT", "/api/v1/items/PEN", {"name": "Pen", "packs": [{"level": "each", "quantity": 1}]})
    page.page.click(f"dialog button:text-is('{page.words['again']}')")
    page.page.wait_for_selector("dialog .notice.good")


def test_a_channel_is_connected_by_what_its_kind_asks_for_and_its_secret_is_never_shown_again(own_shop, desk, net):
    one = desk("/channels", at=own_shop, words=WORDS)
    one.says("none")
    one.page.click(f"button:text-is('{one.words['connect']}')")
    for kind in one.page.locator("dialog select[name=kind] option").all():
        name = str(kind.get_attribute("value"))
        one.page.select_option("dialog select[name=kind]", name)
        assert (one.page.locator("dialog form input[type=password]").count() > 0) == (name != "folder"), name
        assert "undefined" not in one.page.inner_text("dialog")
        one.swap()
        assert "undefined" not in one.page.inner_text("dialog")
    one.page.select_option("dialog select[name=kind]", "plain")
    one.page.fill("dialog [name=code]", "net")
    one.page.fill("dialog [name=name]", "Our net shop")
    one.page.fill("dialog [name=address]", net.address)
    one.page.fill("dialog [name=secret]", "short")
    one.page.click("dialog button[type=submit]")
    one.page.wait_for_selector("dialog label:has([name=secret]) .wrong")
    looks_in_panel(one, "channels-connect")
    one.page.fill("dialog [name=secret]", SECRET)
    one.page.click("dialog button[type=submit]")
    chip(one, "running")
    assert until(lambda: channel(own_shop)["pulled_at"])
    one.page.click(f"button:text-is('{one.words['settings']}')")
    assert one.page.input_value("dialog [name=secret]") == ""
    assert one.page.input_value("dialog [name=address]") == net.address
    assert one.page.evaluate("JSON.stringify(sessionStorage)").count(SECRET) == 0
    assert one.page.input_value("dialog [name=sourcing]") == "off"
    one.page.select_option("dialog [name=sourcing]", "together")
    one.page.fill("dialog [name=every_seconds]", "7")
    looks_in_panel(one, "channels-settings")
    one.page.click("dialog button[type=submit]")
    one.page.wait_for_selector("dialog", state="detached")
    assert (channel(own_shop)["every_seconds"], channel(own_shop)["sourcing"]) == (7, "together")
    net.place([("SOAP", 1)])
    one.page.click(f"button:text-is('{one.words['pull']}')")
    own_shop.until("/api/v1/orders?channel=net", lambda orders: len(orders) == 1)


def test_a_stumble_is_told_and_is_gone_with_the_next_answer(page, net):
    net.fail(ERROR, 2)
    page.page.wait_for_selector(".notice.bad:has-text('500')")
    page.page.wait_for_selector(".notice.bad", state="detached")
    chip(page, "running")


def test_a_wechat_shop_is_connected_and_tries_our_address(own_shop, desk):
    one, played = desk("/channels", at=own_shop, words=WORDS), MiniProgramShop()
    one.page.click(f"button:text-is('{one.words['connect']}')")
    one.page.select_option("dialog select[name=kind]", "mini_program")
    for name, value in (("code", "wx"), ("name", "Our net shop"), ("address", played.address), ("app_id", played.app_id), ("app_secret", played.app_secret),
                        ("push_token", played.push_token), ("push_key", "too short"), ("carriers", "SF Express = SF")):
        one.page.fill(f"dialog [name={name}]", value)
    one.page.click("dialog button[type=submit]")
    one.page.wait_for_selector("dialog label:has([name=push_key]) .wrong")
    looks_in_panel(one, "channels-wechat")
    one.page.fill("dialog [name=push_key]", played.push_key)
    one.page.click("dialog button[type=submit]")
    chip(one, "running")
    assert played.tries(f"{own_shop.house.address}/api/v1/hooks/wx")
    assert not played.tries(f"{own_shop.house.address}/api/v1/hooks/none-such")
    played.hooks.append(f"{own_shop.house.address}/api/v1/hooks/wx")
    ref = played.place([("SOAP", 1)]).ref
    own_shop.until("/api/v1/orders?channel=wx", lambda orders: [order["channel_ref"] for order in orders] == [ref])
    assert played.failed_hooks == []
    played.close()
