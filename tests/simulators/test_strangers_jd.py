"""What clients by others ask JD's gateway that ours never do."""

import json
from urllib.parse import urlencode

import pytest

from simulators.shops.beijing import written
from simulators.shops.jd import JdShop, sign_of
from simulators.shops.requests import REFUSED
from tests.simulators.asking import ask

REPLY = "jingdong.pop.afs.soa.refundapply.replyRefund"


@pytest.fixture
def shop():
    shop = JdShop()
    yield shop
    shop.close()


def asked(shop, method, told):
    form = {"method": method, "app_key": shop.app_key, "access_token": shop.access_token, "v": "2.0", "format": "json", "timestamp": f"{written(shop.now())}.000+0800",
            "360buy_param_json": json.dumps(told, ensure_ascii=False)}
    body = urlencode({**form, "sign": sign_of(form, shop.app_secret)}).encode()
    return ask(shop, "POST", "/routerjson", body, {"Content-Type": "application/x-www-form-urlencoded"}).json[f"{method.replace('.', '_')}_responce"]


def test_a_seller_says_no_and_the_order_is_free_again(shop):
    order = shop.place([("A", 1)])
    number = shop.requests.ask(order.ref)
    no = {"id": number, "status": 2, "checkUserName": "seller", "remark": "已发货", "outWareStatus": 2}
    assert asked(shop, REPLY, {**no, "status": 9})["replyResult"]["success"] is False
    assert asked(shop, REPLY, no)["replyResult"]["success"] is True
    assert (shop.requests.all[number].state, shop.orders[order.ref].refunded) == (REFUSED, 0)
    assert asked(shop, REPLY, no)["replyResult"]["success"] is False
    told = asked(shop, "jingdong.pop.order.get", {"order_id": order.ref, "optional_fields": "orderState"})
    assert told["orderDetailInfo"]["orderInfo"]["orderState"] == "WAIT_SELLER_STOCK_OUT"
