"""What sellers' programmes ask the played Chinese marketplaces and the plain channel's shop, besides what our own connectors ask."""

import base64
import hashlib
import hmac
import json
import time

import pytest

from simulators.shops.douyin import DouyinShop
from simulators.shops.douyin import sign_of as douyin_sign
from simulators.shops.jd import JdShop
from simulators.shops.plain import PlainShop
from simulators.shops.taobao import TaobaoShop
from tests.simulators.asking import ask, taobao

SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def seller():
    shop = TaobaoShop()
    yield shop
    shop.close()


@pytest.fixture
def douyin():
    shop = DouyinShop()
    yield shop
    shop.close()


def asked_douyin(shop, method, body, *, token=""):
    text = body if isinstance(body, str) else json.dumps(body, sort_keys=True, separators=(",", ":"))
    told = {"app_key": shop.app_key, "method": method, "param_json": text, "timestamp": str(int(time.time())), "v": "2"}
    query = "&".join(f"{name}={value}" for name, value in told.items() if name != "param_json")
    sign = douyin_sign(told, shop.app_secret, "hmac-sha256")
    return ask(shop, "POST", f"/{method.replace('.', '/')}?{query}&sign_method=hmac-sha256&sign={sign}&access_token={token}", text.encode()).json


def let_in(shop):
    return asked_douyin(shop, "token.create", {"grant_type": "authorization_self", "shop_id": shop.shop_id})["data"]["access_token"]


def test_taobao_tells_only_the_fields_that_were_asked_for(seller):
    ref = seller.place([("A", 2)]).ref
    trade = taobao(seller, "taobao.trade.fullinfo.get", tid=ref, fields="tid,orders.num")["trade_fullinfo_get_response"]["trade"]
    assert trade == {"tid": int(ref), "orders": {"order": [{"num": 2}]}}
    whole = taobao(seller, "taobao.trade.get", tid=ref, fields="orders")["trade_get_response"]["trade"]
    assert set(whole) == {"orders"} and whole["orders"]["order"][0]["outer_sku_id"] == "A"


def test_taobao_filters_by_status_and_needs_no_times_for_what_was_sold(seller):
    unpaid, paid = seller.place([("A", 1)], is_paid=False).ref, seller.place([("A", 1)]).ref

    def found(**told):
        said = taobao(seller, "taobao.trades.sold.get", fields="tid", **told)["trades_sold_get_response"]
        return {str(one["tid"]) for one in said.get("trades", {}).get("trade", [])}
    assert (found(), found(status="WAIT_BUYER_PAY"), found(status="TRADE_CLOSED")) == ({unpaid, paid}, {unpaid}, set())
    missing = taobao(seller, "taobao.trades.sold.increment.get", fields="tid")
    assert missing["error_response"]["sub_code"] == "isv.missing-parameter:start_modified"


def test_taobao_says_in_its_own_words_what_it_cannot_read(seller):
    error = taobao(seller, "taobao.trades.sold.get", fields="tid", page_no="x")["error_response"]
    assert (error["code"], error["sub_code"]) == (41, "isv.invalid-parameter")


def test_taobao_tells_whose_shop_it_is_who_carries_what_is_sold_and_what_is_paid_back(seller):
    seller.quantities["A"] = 3
    order = seller.place([("A", 1)], price=1_000)
    seller.requests.ask_line(order, amount=250)
    assert taobao(seller, "taobao.user.seller.get", fields="nick")["user_seller_get_response"]["user"]["nick"] == "played"
    assert "SF" in [one["code"] for one in taobao(seller, "taobao.logistics.companies.get", fields="code")["logistics_companies_get_response"]["logistics_companies"]["logistics_company"]]
    assert taobao(seller, "taobao.items.onsale.get", fields="num")["items_onsale_get_response"]["items"]["item"][0]["num"] == 3
    refunds = taobao(seller, "taobao.refunds.receive.get", fields="refund_fee")["refunds_receive_get_response"]
    assert (refunds["total_results"], refunds["refunds"]["refund"][0]["refund_fee"]) == (1, "2.50")


@pytest.mark.parametrize("method, more", [("taobao.logistics.online.send", {"out_sid": "SF1", "company_code": "SF"}), ("taobao.logistics.dummy.send", {})])
def test_taobao_is_told_of_parcels_in_other_ways_as_well(seller, method, more):
    ref = seller.place([("A", 1)]).ref
    assert taobao(seller, method, tid=ref, **more)[f"{method.removeprefix('taobao.').replace('.', '_')}_response"]["shipping"]["is_success"]
    assert seller.orders[ref].is_shipped


def test_jd_says_in_its_own_words_what_it_cannot_read():
    shop = JdShop()
    try:
        told = ask(shop, "POST", "/routerjson", b"\xff\xfe").json
        assert told["error_response"]["code"] == "61"
    finally:
        shop.close()


def test_douyin_filters_by_status(douyin):
    douyin.place([("A", 1)], is_paid=False)
    paid, token = douyin.place([("A", 1)]).ref, let_in(douyin)
    told = asked_douyin(douyin, "order.searchList", {"page": 0, "size": 9, "order_by": "create_time", "create_time_start": 1,
                                                     "combine_status": [{"order_status": "2,3"}]}, token=token)
    assert [one["order_id"] for one in told["data"]["shop_order_list"]] == [paid]


def test_douyin_tells_what_is_behind_its_ciphers_of_orders_that_it_knows(douyin):
    ref, token = douyin.place([("A", 1)], address={"name": "王小明"}).ref, let_in(douyin)
    order = asked_douyin(douyin, "order.orderDetail", {"shop_order_id": ref}, token=token)["data"]["shop_order_detail"]
    ciphers = [{"auth_id": ref, "cipher_text": order["encrypt_post_receiver"]}, {"auth_id": "1", "cipher_text": order["encrypt_post_receiver"]},
               {"auth_id": ref, "cipher_text": "王"}]
    told = asked_douyin(douyin, "order.batchDecrypt", {"cipher_infos": ciphers}, token=token)["data"]["decrypt_infos"]
    assert [(one["decrypt_text"], one["err_no"]) for one in told] == [("王小明", 0), ("", 300008), ("", 300004)]


def test_douyin_changes_a_parcels_number(douyin):
    ref, token = douyin.place([("A", 1)]).ref, let_in(douyin)
    body = {"order_id": ref, "logistics_code": "SF1", "company_code": "shunfeng"}
    assert asked_douyin(douyin, "order.logisticsEdit", body, token=token)["code"] == 50002
    asked_douyin(douyin, "order.logisticsAdd", body, token=token)
    assert asked_douyin(douyin, "order.logisticsEdit", {**body, "logistics_code": "SF2"}, token=token)["code"] == 10000
    assert [one.tracking for one in douyin.orders[ref].parcels] == ["SF2"]


def test_douyin_tells_who_carries_what_is_sold_and_what_came_back(douyin):
    douyin.quantities["A"] = 3
    order, token = douyin.place([("A", 1)]), let_in(douyin)
    douyin.requests.ask(order.ref, 250)
    assert "shunfeng" in [one["code"] for one in asked_douyin(douyin, "order.logisticsCompanyList", {}, token=token)["data"]]
    assert [one["name"] for one in asked_douyin(douyin, "product.listV2", {"page": 1, "size": 5}, token=token)["data"]["data"]] == ["A"]
    (one,) = asked_douyin(douyin, "afterSale.List", {"page": 0, "size": 5}, token=token)["data"]["items"]
    assert (one["aftersale_info"]["refund_amount"], str(one["order_info"]["shop_order_id"])) == (250, order.ref)


def test_douyin_says_in_its_own_words_what_it_cannot_read(douyin):
    told = asked_douyin(douyin, "order.searchList", {"page": "x", "size": 5}, token=let_in(douyin))
    assert (told["code"], told["sub_code"]) == (40004, "isv.parameter-invalid")


@pytest.fixture
def plain():
    shop = PlainShop(SECRET)
    yield shop
    shop.close()


def signed(text, *, others=""):
    at = str(int(time.time()))
    sign = base64.b64encode(hmac.new(SECRET.encode(), f"m.{at}.{text}".encode(), hashlib.sha256).digest()).decode()
    return {"webhook-id": "m", "webhook-timestamp": at, "webhook-signature": f"{others}v1,{sign}"}


def test_one_of_several_signatures_is_enough_as_standard_webhooks_say(plain):
    assert ask(plain, "GET", "/orders", headers=signed("/orders", others="v1,AAAA v1a,BBBB ")).status == 200
    assert ask(plain, "GET", "/orders", headers=signed("/orders", others="x")).status == 401


def test_the_plain_shop_has_no_other_places(plain):
    ref = plain.place([("A", 1)]).ref
    body = json.dumps({"reference": ref, "amount": 1, "reason": "late"})
    assert ask(plain, "POST", "/nonsense", body.encode(), signed(body)).status == 404
    assert plain.refunds == []


@pytest.mark.parametrize("secret", ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", SECRET])
def test_what_a_plain_shop_calls_with_is_taken_by_the_reference_library(secret):
    from standardwebhooks import Webhook  # noqa: PLC0415 - costs time that only this test shall pay
    shop = PlainShop(secret)
    try:
        headers, body = shop.hook_of(shop.place([("A", 1)]))
    finally:
        shop.close()
    assert Webhook(secret if secret.startswith("whsec_") else secret.encode()).verify(body, headers)["orders"]
