"""A buyer who asks a platform for money is pushed by the platform's own name for it, and heard as a change of the order."""

import json

import pytest

from server.oms.channels import kinds
from server.oms.channels.base import Asked
from server.oms.channels.caller import Caller
from simulators.shops.mini_program import MiniProgramShop
from tests.oms.channels.chinese import listening
from tests.oms.channels.refunding import connected, played

_NAMES = {
    "taobao": ["taobao_refund_RefundCreated", "taobao_refund_RefundSellerAgreeAgreement", "taobao_refund_RefundBuyerReturnGoods", "taobao_refund_RefundClosed"],
    "douyin": ["200", "202", "203", "207"]}


@pytest.fixture(params=sorted(_NAMES))
def kind(request):
    return request.param


def named(kind, call):
    told = json.loads(call.body)
    return told["topic"] if kind == "taobao" else told[0]["tag"]


def told(kind, call):
    said = json.loads(call.body)
    return json.loads(said["content"] if kind == "taobao" else said[0]["data"])


def test_each_step_of_a_request_is_pushed_by_its_name(kind):
    with played(kind) as shop, listening(shop) as calls:
        order = shop.place([("MUG-RED", 1)])
        number = shop.requests.ask(order.ref, lines={order.lines[0].ref: 1}, is_return=True)
        shop.requests.send_back(number, has_left=False)
        shop.requests.send_back(number)
        shop.requests.withdraw(number)
        assert [named(kind, call) for call in calls[1:]] == _NAMES[kind]
        heard = [connected(kind, shop).hear(call) for call in calls]
    assert {ref for one in heard for ref in one.refs} == {order.ref}
    assert len({one.event for one in heard}) == len(calls)
    name = "refund_id" if kind == "taobao" else "aftersale_id"
    assert [told(kind, call)[name] for call in calls[1:]] == [int(number)] * 4


def test_what_is_paid_is_pushed_as_paid_and_then_the_order_by_itself(kind):
    with played(kind) as shop, listening(shop) as calls:
        order = shop.place([("MUG-RED", 1)])
        shop.requests.pay(shop.requests.ask(order.ref, lines={order.lines[0].ref: 1}))
        assert [named(kind, call) for call in calls] == {
            "taobao": ["taobao_trade_TradeBuyerPay", "taobao_refund_RefundCreated", "taobao_refund_RefundSuccess", "taobao_trade_TradeClose"],
            "douyin": ["101", "200", "206", "106"]}[kind]


def test_a_parcel_with_a_part_of_an_order_is_pushed_otherwise_than_the_last(kind):
    from simulators.shops.shop import ShopParcel  # noqa: PLC0415 - the parcels are the shop's
    with played(kind) as shop, listening(shop) as calls:
        order = shop.place([("MUG-RED", 1), ("PLATE", 1)])
        for number, line in enumerate(order.lines):
            shop.told_shipped(order.ref, ShopParcel(f"SF{number}", "SF", {line.ref: 1}))
        assert [named(kind, call) for call in calls[1:]] == {
            "taobao": ["taobao_trade_TradePartlySellerShip", "taobao_trade_TradeSellerShip"], "douyin": ["108", "102"]}[kind]


def test_wechat_pushes_a_request_by_its_number_and_the_orders():
    shop = MiniProgramShop()
    settings = {"app_id": shop.app_id, "app_secret": shop.app_secret, "push_token": shop.push_token, "push_key": shop.push_key, "address": shop.address}
    what = kinds()["mini_program"]
    channel = what.connect(what.settings(**settings), Caller(seconds=5))
    try:
        with listening(shop) as calls:
            order = shop.place([("MUG-RED", 1)])
            shop.requests.ask_item(order.ref, "MUG-RED", 1, 500)
            heard = [channel.hear(call) for call in calls]
    finally:
        shop.close()
    assert [one.event.split()[0] for one in heard] == ["channels_ec_order_pay", "channels_ec_aftersale_update"]
    assert [list(one.refs) for one in heard] == [[order.ref], [order.ref]]


@pytest.mark.parametrize("status, stage", [
    *dict.fromkeys((0, 10), Asked.OPEN).items(), *dict.fromkeys((2, 4, 8, 11, 18), Asked.OVER).items(),
    *dict.fromkeys((1, 3, 5, 6, 7, 9), Asked.PAID).items(), *dict.fromkeys((16, 17, 19, 27, 28, 40, 99), Asked.WAITS).items()])
def test_jds_states_are_paid_only_where_somebody_agreed(status, stage):
    with played("jd") as shop:
        order = shop.place([("MUG-RED", 1)])
        shop.requests.ask(order.ref)
        channel = connected("jd", shop)
        [asked] = channel.asked_of(order.ref)
        assert channel.understand_request({**asked.document, "status": status}).stage is stage
