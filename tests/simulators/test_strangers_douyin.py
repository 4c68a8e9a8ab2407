"""What clients by others ask Douyin's gateway that ours never do: tools for many sellers, and a seller's no."""

import json
import time

import pytest

from simulators.shops.douyin import DouyinShop, sign_of
from simulators.shops.requests import REFUSED, SENDS_BACK
from tests.simulators.asking import ask


@pytest.fixture
def shop():
    shop = DouyinShop()
    yield shop
    shop.close()


def asked(shop, method, told, token=""):
    text = json.dumps(told, sort_keys=True, separators=(",", ":"))
    query = {"app_key": shop.app_key, "method": method, "timestamp": str(int(time.time())), "v": "2"}
    sign = sign_of({**query, "param_json": text}, shop.app_secret, "hmac-sha256")
    joined = "&".join(f"{name}={value}" for name, value in query.items())
    return ask(shop, "POST", f"/{method.replace('.', '/')}?{joined}&sign_method=hmac-sha256&sign={sign}&access_token={token}", text.encode()).json


def token(shop):
    return asked(shop, "token.create", {"grant_type": "authorization_code", "code": shop.code})["data"]["access_token"]


@pytest.mark.parametrize("told, is_let_in", [
    ({"grant_type": "authorization_code", "code": "played-code"}, True), ({"grant_type": "authorization_code", "code": "other"}, False),
    ({"grant_type": "authorization_code"}, False), ({"grant_type": "authorization_self", "shop_id": "4463798"}, True),
    ({"grant_type": "authorization_self", "shop_id": "1"}, False), ({"grant_type": "authorization_self", "test_shop": "1"}, True), ({"code": "played-code"}, False)])
def test_a_tool_is_let_in_by_its_code_and_an_own_application_by_its_shop(shop, told, is_let_in):
    said = asked(shop, "token.create", told)
    assert (said["code"] == 10000, said["err_no"] == 0, "data" in said) == (is_let_in, is_let_in, is_let_in)


def test_answers_are_told_by_the_newer_names_and_by_the_older(shop):
    said = asked(shop, "order.orderDetail", {"shop_order_id": "1"}, token(shop))
    assert (said["code"], said["err_no"], said["msg"], said["message"]) == (50002, 50002, "订单不存在", "订单不存在")


def test_a_return_is_agreed_to_with_the_address_to_which_it_goes(shop):
    order = shop.place([("A", 1)])
    number, given = shop.requests.ask(order.ref, is_return=True), token(shop)
    agreed = {"aftersale_id": number, "logistics": {"receiver_address_id": 7}}
    assert asked(shop, "afterSale.operate", {"type": 101, "items": [{"aftersale_id": number}]}, given)["code"] == 40004
    assert asked(shop, "afterSale.operate", {"type": 111, "items": [agreed]}, given)["code"] == 50002
    assert asked(shop, "afterSale.operate", {"type": 101, "items": [agreed]}, given)["code"] == 10000
    assert shop.requests.all[number].state == SENDS_BACK


@pytest.mark.parametrize("way, is_return, has_left", [(202, False, False), (102, True, False), (112, True, True)])
def test_a_sellers_no_says_why(shop, way, is_return, has_left):
    order = shop.place([("A", 1)])
    number, given = shop.requests.ask(order.ref, is_return=is_return), token(shop)
    if has_left:
        shop.requests.send_back(number)
    no = {"aftersale_id": number, "reason": "已发货", "remark": "请签收"}
    assert asked(shop, "afterSale.operate", {"type": way, "items": [{"aftersale_id": number}]}, given)["code"] == 40004
    assert asked(shop, "afterSale.operate", {"type": 302, "items": [no]}, given)["code"] == 50002
    assert asked(shop, "afterSale.operate", {"type": way, "items": [no]}, given)["code"] == 10000
    assert (shop.requests.all[number].state, shop.orders[order.ref].refunded) == (REFUSED, 0)
