"""What clients by others ask WeChat that ours never do: the older token above all, by which wechatpy and wechat-api begin."""

from urllib.parse import urlencode

import pytest

from simulators.shops.mini_program import MiniProgramShop
from simulators.shops.mini_program_own import OwnMiniProgramShop
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
