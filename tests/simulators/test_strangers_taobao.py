"""What clients by others send to Taobao's gateway that ours never do, and what they read in its answers."""

import xml.etree.ElementTree as ET
from urllib.parse import urlencode

import pytest

from simulators.shops.beijing import written
from simulators.shops.shop import TOO_MANY
from simulators.shops.taobao import TaobaoShop, sign_of
from tests.simulators.asking import ask, taobao


@pytest.fixture
def seller():
    shop = TaobaoShop()
    yield shop
    shop.close()


def form_of(shop, method, **told):
    form = {"method": method, "app_key": shop.app_key, "session": shop.session, "v": "2.0", "sign_method": "hmac", "timestamp": written(shop.now()), **told}
    return {**form, "sign": sign_of(form, shop.app_secret)}


def read(answer):
    return ET.fromstring(answer.body)  # noqa: S314 - our own shop wrote it


def posted(shop, method, **told):
    return ask(shop, "POST", "/router/rest", urlencode(form_of(shop, method, **told)).encode(), {"Content-Type": "application/x-www-form-urlencoded"})


def test_who_names_no_format_is_answered_in_xml(seller):
    order = seller.place([("SOAP & TEA", 2), ("B", 1)], buyer="王小明 <1>")
    answer = posted(seller, "taobao.trades.sold.get", fields="tid,buyer_nick,orders.num,orders.outer_sku_id")
    assert answer.headers["content-type"].startswith("text/xml")
    root = read(answer)
    assert (root.tag, root.findtext("total_results"), root.find("trades").get("list")) == ("trades_sold_get_response", "1", "true")
    [trade] = root.findall("trades/trade")
    assert (trade.findtext("tid"), trade.findtext("buyer_nick")) == (order.ref, "王小明 <1>")
    assert [(one.findtext("outer_sku_id"), one.findtext("num")) for one in trade.findall("orders/order")] == [("SOAP & TEA", "2"), ("B", "1")]


@pytest.mark.parametrize("method, told, code", [
    ("taobao.trade.fullinfo.get", {"tid": "1", "fields": "tid"}, "15"), ("taobao.nothing.get", {}, "22"), ("taobao.trades.sold.get", {"fields": "tid", "page_no": "x"}, "41")])
def test_what_is_wrong_is_said_in_the_format_that_was_asked_for(seller, method, told, code):
    root = read(posted(seller, method, format="xml", **told))
    assert (root.tag, root.findtext("code")) == ("error_response", code) and root.findtext("sub_code").startswith("isv.")
    assert posted(seller, method, format="json", **told).json["error_response"]["code"] == int(code)


def test_a_limit_is_said_in_the_format_that_was_asked_for(seller):
    seller.fail(TOO_MANY, 2)
    assert read(posted(seller, "taobao.time.get", format="xml")).findtext("sub_code") == "accesscontrol.limited-by-api-access-count"
    assert posted(seller, "taobao.time.get", format="json").json["error_response"]["code"] == 7


def test_the_simple_form_has_lists_where_what_held_them_stood(seller):
    order = seller.place([("A", 2)])
    told = posted(seller, "taobao.trades.sold.get", format="json", simplify="true", fields="tid,orders.num").json
    assert (told["total_results"], told["trades"]) == (1, [{"tid": int(order.ref), "orders": [{"num": 2}]}])
    assert posted(seller, "taobao.trade.fullinfo.get", format="json", simplify="true", fields="tid", tid="1").json["error_response"]["sub_code"] == "isv.trade-not-exist"


def test_clients_whose_numbers_end_at_2_to_the_53rd_read_a_trade_as_text(seller):
    order = seller.place([("A", 1)])
    trade = taobao(seller, "taobao.trade.fullinfo.get", tid=order.ref, fields="tid_str,orders.oid_str")["trade_fullinfo_get_response"]["trade"]
    assert trade == {"tid_str": order.ref, "orders": {"order": [{"oid_str": order.lines[0].ref}]}}


def test_a_method_that_is_none_is_said_to_whoever_asks(seller):
    assert taobao(seller, "taobao.nonsense.get", session="nobody")["error_response"]["sub_code"] == "isv.invalid-method"
