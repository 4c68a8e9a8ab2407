"""Buyers ask a platform for their money: the supervisor sees it in the queue and on the order, and answers with one click."""

import pytest

from simulators.shops.taobao import TaobaoShop
from tests.waiting import until

HOME = {"name": "王小明", "phone": "13800138000", "country": "CN", "state": "浙江省", "city": "杭州市", "district": "西湖区", "street": "文三路 1 号"}
WORDS = {"en": {"kind": "Money asked back", "agree": "Agree: pay back", "really": "Really? Press again", "anyway": "Send it anyway", "held": "buyer asks for the money"},
         "zh-CN": {"kind": "申请退款", "agree": "同意退款", "really": "确定？请再按一次", "anyway": "照常发货", "held": "买家申请退款"}}


@pytest.fixture
def words(language):
    return WORDS[language]


@pytest.fixture
def taobao():
    shop = TaobaoShop()
    yield shop
    shop.close()


@pytest.fixture
def asked(own_shop, taobao):
    """Two orders of a Taobao shop whose buyers have asked for their money; the numbers of the requests by those of the orders here."""
    own_shop.office.call("POST", "/api/v1/channels", {"code": "tb", "kind": "taobao", "name": "Taobao", "site": "W1", "every_seconds": 1, "since": 0, "settings": {
        "address": f"{taobao.address}/router/rest", "app_key": taobao.app_key, "app_secret": taobao.app_secret, "session": taobao.session}})
    orders = [taobao.place([("SOAP", 1)], address=HOME, buyer="tb_小王") for _ in range(2)]
    requests = [taobao.requests.ask_line(order) for order in orders]
    assert until(lambda: len(own_shop.office.call("GET", "/api/v1/order-exceptions?kind=refund_asked")["items"]) == 2)
    numbers = {one["channel_ref"]: one["number"] for one in own_shop.office.call("GET", "/api/v1/orders?channel=tb")["items"]}
    return {numbers[order.ref]: request for order, request in zip(orders, requests, strict=True)}


def thing(number: str, kind: str) -> str:
    """The request, of all that stands about the order: there is no soap for it either."""
    return f".thing:has(a:text-is('{number}')):has(.chip:text-is('{kind}'))"


def test_a_request_is_agreed_to_or_the_goods_are_sent_anyway(asked, own_shop, taobao, desk, language, words):
    (agreed, request), (sent, other) = asked.items()
    one = desk("/exceptions", language, own_shop)
    agreeing, sending = (thing(number, words["kind"]) for number in (agreed, sent))
    one.page.wait_for_selector(agreeing)
    one.looks("refunds-asked")
    one.page.click(f"{agreeing} button:text-is('{words['agree']}')")
    assert taobao.requests.all[request].state == "asked", "money is asked for twice"
    one.page.click(f"{agreeing} button:text-is('{words['really']}')")
    one.page.wait_for_selector(agreeing, state="detached")
    assert until(lambda: taobao.requests.all[request].state == "paid")
    assert own_shop.office.call("GET", f"/api/v1/orders/{agreed}")["state"] == "cancelled"
    one.page.click(f"{sending} button:text-is('{words['anyway']}')")
    one.page.wait_for_selector(sending, state="detached")
    assert (own_shop.office.call("GET", f"/api/v1/orders/{sent}")["hold"], taobao.requests.all[other].state) == ("", "asked")


def test_the_order_says_why_it_waits_and_goes_on_when_the_buyer_takes_it_back(asked, own_shop, taobao, desk, language, words):
    (number, request), _ = asked.items()
    one = desk(f"/orders#{number}", language, own_shop)
    one.page.wait_for_selector(f"header .chip:text-is('{words['held']}')")
    one.page.wait_for_selector(f"button:text-is('{words['agree']}')")
    one.looks("refund-asked-order", sizes=((1280, 800), (360, 640)), themes=("light",))
    taobao.requests.withdraw(request)
    one.page.wait_for_selector(f"button:text-is('{words['agree']}')", state="detached")
    assert until(lambda: own_shop.office.call("GET", f"/api/v1/orders/{number}")["hold"] == "")
