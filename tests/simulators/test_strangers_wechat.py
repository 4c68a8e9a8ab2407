"""What clients by others ask WeChat that ours never do: the older token above all, by which wechatpy and wechat-api begin."""

import json
from urllib.parse import urlencode

import pytest

from server.oms.channels.mini_program_push import decrypted
from simulators.shops.mini_program import MiniProgramShop
from simulators.shops.mini_program_own import OwnMiniProgramShop
from tests.oms.channels.ears import listening
from tests.simulators.asking import ask


@pytest.fixture
def shop():
    shop = MiniProgramShop()
    yield shop
    shop.close()


def token(shop, **changes):
    asked = {"grant_type": "client_credential", "appid": shop.app_id, "secret": shop.app_secret, **changes}
    return ask(shop, "GET", f"/cgi-bin/token?{urlencode({name: value for name, value in asked.items() if value})}").json


def posted(shop, path, body, token_):
    return ask(shop, "POST", f"/channels/ec/{path}?access_token={token_}", body).json


def test_a_token_is_given_by_get_and_lets_in(shop):
    shop.place([("A", 1)])
    told = token(shop)
    assert told["expires_in"] == 7_200
    assert posted(shop, "product/list/get", {"page_size": 5}, told["access_token"])["total_num"] == 1


def test_each_who_asks_by_get_gets_another_and_the_one_before_lasts_five_minutes_more(shop):
    stable = ask(shop, "POST", "/cgi-bin/stable_token", {"grant_type": "client_credential", "appid": shop.app_id, "secret": shop.app_secret}).json["access_token"]
    first, second = token(shop)["access_token"], token(shop)["access_token"]
    assert len({first, second, stable}) == 3
    shop.skew_ms += 299_000
    assert [posted(shop, "product/list/get", {"page_size": 5}, one)["errcode"] for one in (first, second, stable)] == [0, 0, 0]
    shop.skew_ms += 2_000
    assert [posted(shop, "product/list/get", {"page_size": 5}, one)["errcode"] for one in (first, second, stable)] == [42001, 0, 0]


@pytest.mark.parametrize("changes, code", [({"secret": "no"}, 40125), ({"appid": "wx1"}, 40013), ({"grant_type": "code"}, 40002), ({"appid": ""}, 41002),
                                           ({"secret": ""}, 41004), ({"grant_type": ""}, 40002)])
def test_whoever_is_not_known_gets_no_token(shop, changes, code):
    assert token(shop, **changes)["errcode"] == code


def test_a_mini_program_with_a_back_end_of_its_own_gives_such_tokens_too():
    shop = OwnMiniProgramShop("0123456789abcdef0123456789abcdef")
    try:
        given = token(shop)["access_token"]
        order = shop.place([("A", 1)])
        told = ask(shop, "POST", f"/wxa/sec/order/get_order?access_token={given}", {"transaction_id": f"4200{order.ref}"}).json
        assert (told["errcode"], told["order"]["order_state"]) == (0, 1)
    finally:
        shop.close()


@pytest.mark.parametrize("path", ["order/deliverycompanylist/new/get", "order/deliverycompanylist/get"])
def test_who_carries_is_told(shop, path):
    told = posted(shop, path, {}, token(shop)["access_token"])
    assert {"delivery_id": "SF", "delivery_name": "顺丰"} in told["company_list"]


def test_whose_shop_it_is_is_asked_by_get_only(shop):
    given = token(shop)["access_token"]
    assert ask(shop, "GET", f"/channels/ec/basics/info/get?access_token={given}").json["info"]["nickname"] == "played"
    assert posted(shop, "basics/info/get", {}, given)["errcode"] == 43001
    assert ask(shop, "GET", f"/channels/ec/order/get?access_token={given}").json["errcode"] == 43002


def test_a_note_of_the_merchant_is_kept_with_the_order(shop):
    order, given = shop.place([("A", 1)]), token(shop)["access_token"]
    assert posted(shop, "order/merchantnotes/update", {"order_id": order.ref, "merchant_notes": "易碎"}, given)["errcode"] == 0
    assert posted(shop, "order/get", {"order_id": order.ref}, given)["order"]["order_detail"]["ext_info"]["merchant_notes"] == "易碎"
    assert posted(shop, "order/merchantnotes/update", {"order_id": order.ref}, given)["errcode"] == 40097


def test_requests_are_listed_by_when_they_were_made(shop):
    order, given = shop.place([("A", 2)]), token(shop)["access_token"]
    number = shop.requests.ask_item(order.ref, "A", 1, 500)
    made, now = shop.requests.all[number].asked_at // 1000, shop.now() // 1000
    told = posted(shop, "aftersale/getaftersalelist", {"begin_create_time": made - 10, "end_create_time": now + 10, "next_key": ""}, given)
    assert told["after_sale_order_id_list"] == [number]
    assert posted(shop, "aftersale/getaftersalelist", {"begin_create_time": now + 20, "end_create_time": now + 30}, given)["after_sale_order_id_list"] == []


def test_a_seller_that_does_not_agree_says_why(shop):
    order, given = shop.place([("A", 2)]), token(shop)["access_token"]
    asked = {"after_sale_order_id": shop.requests.ask_item(order.ref, "A", 1, 500)}
    assert posted(shop, "aftersale/rejectapply", asked, given)["errcode"] == 40097
    assert posted(shop, "aftersale/rejectapply", asked | {"reject_reason": "已发货"}, given)["errcode"] == 0
    assert posted(shop, "aftersale/getaftersaleorder", asked, given)["after_sale_order"]["status"] == "MERCHANT_REJECT_REFUND"
    assert posted(shop, "aftersale/rejectapply", asked | {"reject_reason": "已发货"}, given)["errcode"] == 10021041


def searched(shop, **asked):
    given = token(shop)["access_token"]
    more = {name: asked.pop(name) for name in ("status", "on_aftersale_order_exist", "page_size", "next_key") if name in asked}
    return posted(shop, "order/search", {"search_condition": asked, "page_size": 10, "next_key": "", **more}, given)


def test_orders_are_found_by_words(shop):
    first = shop.place([("SOAP", 1)], address={"name": "张三", "phone": "13700000042"}, note="易碎").ref
    second = shop.place([("TEA", 1)], address={"name": "李四", "phone": "13800000043"}, is_paid=False).ref
    for asked, found in [({"sku_code": "TEA"}, [second]), ({"user_name": "张三"}, [first]), ({"tel_number": "0042"}, [first]), ({"order_id": second}, [second]),
                         ({"customer_notes": "碎"}, [first]), ({"title": "of the shop"}, [second, first]), ({"title": "of the shop", "status": 10}, [second]),
                         ({"title": "of the shop", "sku_code": "SOAP"}, [first])]:
        assert searched(shop, **asked) == {"errcode": 0, "errmsg": "ok", "orders": found, "has_more": False, "next_key": ""}, asked


def test_orders_are_found_by_requests_of_their_buyers(shop):
    asked, quiet = shop.place([("A", 1)]).ref, shop.place([("A", 1)]).ref
    shop.requests.ask_item(asked, "A", 1, 500)
    assert searched(shop, sku_code="A", on_aftersale_order_exist=1)["orders"] == [asked]
    assert searched(shop, sku_code="A", on_aftersale_order_exist=0)["orders"] == [quiet]


def test_what_was_found_is_shown_in_pages(shop):
    refs = [shop.place([("A", 1)]).ref for _ in range(3)]
    page = searched(shop, sku_code="A", page_size=2)
    assert (page["orders"], page["has_more"]) == (refs[:0:-1], True)
    last = searched(shop, sku_code="A", page_size=2, next_key=page["next_key"])
    assert (last["orders"], last["has_more"], last["next_key"]) == (refs[:1], False, "")
    assert searched(shop, sku_code="A", page_size=3)["has_more"] is False


@pytest.mark.parametrize("asked", [{}, {"title": ""}, {"tel_number": "13700000042"}, {"sku_code": "A", "page_size": 101}])
def test_a_search_for_nothing_or_for_too_much_is_refused(shop, asked):
    assert searched(shop, **asked)["errcode"] == 40097


def parcel(shop, waybill, *, carrier="SF"):
    product, sku = shop.shelf.place_of("A")
    return {"delivery_id": carrier, "waybill_id": waybill, "deliver_type": 1, "product_infos": [{"product_id": product, "sku_id": sku, "product_cnt": 1}]}


def test_a_parcel_is_put_right_three_times(shop):
    order, given = shop.place([("A", 1)]), token(shop)["access_token"]
    changed = {"order_id": order.ref, "delivery_list": [parcel(shop, "SF2", carrier="YTO")]}
    assert posted(shop, "order/deliveryinfo/update", changed, given)["errcode"] == 101100
    posted(shop, "order/delivery/send", {"order_id": order.ref, "delivery_list": [parcel(shop, "SF1")]}, given)
    assert posted(shop, "order/deliveryinfo/update", {**changed, "delivery_list": [parcel(shop, "SF2", carrier="NOBODY")]}, given)["errcode"] == 606004
    assert posted(shop, "order/deliveryinfo/update", changed, given)["errcode"] == 0
    assert [(one.tracking, one.carrier) for one in shop.orders[order.ref].parcels] == [("SF2", "YTO")]
    one_by_one = {"order_id": order.ref, "change_infos": [{"old": parcel(shop, "SF2"), "new": parcel(shop, "SF3")}]}
    assert posted(shop, "order/deliveryinfo/update", one_by_one, given)["errcode"] == 0
    assert posted(shop, "order/deliveryinfo/update", one_by_one, given)["errcode"] == 606005
    assert posted(shop, "order/deliveryinfo/update", changed, given)["errcode"] == 0
    assert posted(shop, "order/deliveryinfo/update", changed, given)["errcode"] == 606041


def test_parcels_of_an_order_are_not_put_right_all_at_once(shop):
    order, given = shop.place([("A", 2)]), token(shop)["access_token"]
    posted(shop, "order/delivery/send", {"order_id": order.ref, "delivery_list": [parcel(shop, "SF1"), parcel(shop, "SF2")]}, given)
    assert posted(shop, "order/deliveryinfo/update", {"order_id": order.ref, "delivery_list": [parcel(shop, "SF3")]}, given)["errcode"] == 606040


def test_another_address_counts_when_the_buyer_agrees(shop):
    order, given = shop.place([("A", 1)], address={"name": "张三", "street": "文三路 1 号"}), token(shop)["access_token"]
    asked = {"order_id": order.ref, "user_address": {"user_name": "李四", "tel_number": "13800138000", "province_name": "浙江省", "city_name": "杭州市", "detail_info": "文三路 2 号"}}
    assert posted(shop, "order/address/update", {**asked, "user_address": {"user_name": "李四"}}, given)["errcode"] == 40097
    assert posted(shop, "order/address/update", asked, given)["errcode"] == 0
    assert shop.orders[order.ref].address["name"] == "张三" and searched(shop, address_under_review=1)["orders"] == [order.ref]
    shop.desk.agree(order.ref)
    assert (shop.orders[order.ref].address["name"], shop.orders[order.ref].address["street"]) == ("李四", "文三路 2 号")
    assert searched(shop, address_under_review=1)["orders"] == []


def test_what_does_not_bring_an_order_further_is_told_with_why(shop):
    order, given = shop.place([("A", 1)], address={"name": "张三"}), token(shop)["access_token"]
    with listening(shop) as ear:
        posted(shop, "order/merchantnotes/update", {"order_id": order.ref, "merchant_notes": "易碎"}, given)
        shop.desk.addresses[order.ref] = dict(order.address)
        shop.desk.agree(order.ref, agrees=False)
        shop.cancel_order(order.ref)
    said = [json.loads(decrypted(json.loads(call.body)["Encrypt"], shop.push_key, shop.app_id)) for call in ear.calls]
    assert [(one["Event"], one["order_info"].get("type")) for one in said] == [
        ("channels_ec_order_ext_info_update", 3), ("channels_ec_order_ext_info_update", 17), ("channels_ec_order_cancel", None)]


@pytest.fixture
def own():
    shop = OwnMiniProgramShop("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
    yield shop
    shop.close()


def told(shop, path, body):
    return ask(shop, "POST", f"{path}?access_token={token(shop)['access_token']}", body).json


def sent(ref, waybill, **more):
    return {"order_key": {"order_number_type": 2, "transaction_id": f"4200{ref}"}, "delivery_mode": 1, "logistics_type": 1, "upload_time": "2026-11-30T13:29:35.120+08:00",
            "payer": {"openid": f"o-{ref}"}, "shipping_list": [{"tracking_no": waybill, "express_company": "STO", "item_desc": "A*1"}], **more}


def test_payments_are_listed_by_how_far_they_are(own):
    first, second = own.place([("A", 1)]).ref, own.place([("A", 2)]).ref
    own.place([("A", 1)], is_paid=False)
    assert told(own, "/wxa/sec/order/upload_shipping_info", sent(first, "1"))["errcode"] == 0
    assert [one["transaction_id"] for one in told(own, "/wxa/sec/order/get_order_list", {"order_state": 1})["order_list"]] == [f"4200{second}"]
    page = told(own, "/wxa/sec/order/get_order_list", {"page_size": 1})
    assert (len(page["order_list"]), page["has_more"]) == (1, True)
    last = told(own, "/wxa/sec/order/get_order_list", {"page_size": 1, "last_index": page["last_index"]})
    assert ([one["paid_amount"] for one in last["order_list"]], last["has_more"]) == ([3_980], False)
    assert told(own, "/wxa/sec/order/get_order_list", {"openid": "o-nobody"})["order_list"] == []


def test_a_payment_tells_what_was_sent_for_it(own):
    ref = own.place([("A", 1)]).ref
    told(own, "/wxa/sec/order/upload_shipping_info", sent(ref, "1"))
    order = told(own, "/wxa/sec/order/get_order", {"transaction_id": f"4200{ref}"})["order"]
    assert (order["order_state"], order["paid_amount"], order["merchant_trade_no"]) == (2, 1_990, f"OUR-{ref}")
    assert (order["shipping"]["finish_shipping"], order["shipping"]["finish_shipping_count"], order["shipping"]["shipping_list"][0]["tracking_no"]) == (True, 1, "1")


def test_whether_wechat_wants_to_hear_and_who_carries_is_told(own):
    assert told(own, "/wxa/sec/order/is_trade_managed", {"appid": own.app_id})["is_trade_managed"] is True
    assert told(own, "/wxa/sec/order/is_trade_management_confirmation_completed", {"appid": own.app_id})["completed"] is True
    assert {"delivery_id": "SF", "delivery_name": "顺丰"} in told(own, "/cgi-bin/express/delivery/open_msg/get_delivery_list", {})["delivery_list"]
    assert told(own, "/wxa/sec/order/set_msg_jump_path", {})["errcode"] == 10060014
    assert ask(own, "GET", f"/wxa/sec/order/get_order_list?access_token={token(own)['access_token']}").json["errcode"] == 43002


def test_a_buyer_is_reminded_of_what_was_sent_only(own):
    ref = own.place([("A", 1)]).ref
    asked = {"transaction_id": f"4200{ref}", "received_time": 1_790_000_000}
    assert told(own, "/wxa/sec/order/notify_confirm_receive", asked)["errcode"] == 10060014
    told(own, "/wxa/sec/order/upload_shipping_info", sent(ref, "1"))
    assert told(own, "/wxa/sec/order/notify_confirm_receive", asked)["errcode"] == 0


def test_several_parts_of_a_payment_are_told_at_once_each_once(own):
    ref = own.place([("A", 1)]).ref
    part = {name: one for name, one in sent(ref, "1").items() if name not in ("payer", "upload_time")}
    whole = {"order_key": part["order_key"], "sub_orders": [part], "upload_time": "2026-11-30T13:29:35.120+08:00", "payer": {"openid": f"o-{ref}"}}
    assert told(own, "/wxa/sec/order/upload_combined_shipping_info", {**whole, "sub_orders": [part, part]})["errcode"] == 10060013
    assert told(own, "/wxa/sec/order/upload_combined_shipping_info", whole)["errcode"] == 0
    assert own.sent[ref]["parcels"][0]["tracking_no"] == "1"
