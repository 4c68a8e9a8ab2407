"""Who signs wrongly, too late, or for somebody else is not let in at any platform that is played: in the words and by the codes of each."""

import pytest

from simulators.shops.command import KINDS
from tests.simulators.asking import ask
from tests.simulators.strangers import douyin, jd, plain, shopify, taobao, wechat, woocommerce

MINUTE = 60_000
LATE = 11 * MINUTE


@pytest.fixture
def shop(kind):
    shop = KINDS[kind][0](port=0)
    shop.place([("SOAP", 1)])
    yield shop
    shop.close()


@pytest.mark.parametrize("kind", ["taobao"])
@pytest.mark.parametrize("wrong, code, sub", [
    ({"secret": "other"}, 25, "isv.invalid-signature"), ({"late_ms": LATE}, 31, "isv.invalid-timestamp"), ({"late_ms": -LATE}, 31, "isv.invalid-timestamp"),
    ({"key": "1"}, 29, "isv.invalid-app-key"), ({"session": "other"}, 27, "session-not-exist")])
def test_taobao(shop, kind, wrong, code, sub):
    answer = taobao(shop, "taobao.trade.get", {"tid": next(iter(shop.orders)), "fields": "tid"}, **wrong)
    assert answer.status == 200 and (answer.json["error_response"]["code"], answer.json["error_response"]["sub_code"]) == (code, sub)
    assert shop.refused == [sub]


@pytest.mark.parametrize("kind", ["jd"])
@pytest.mark.parametrize("wrong, code", [({"secret": "other"}, "12"), ({"late_ms": LATE}, "8"), ({"late_ms": -LATE}, "8"), ({"key": "1"}, "21"), ({"session": "other"}, "19")])
def test_jd(shop, kind, wrong, code):
    answer = jd(shop, "jingdong.pop.order.get", {"order_id": next(iter(shop.orders)), "optional_fields": "orderId"}, **wrong)
    assert answer.status == 200 and answer.json["error_response"]["code"] == code and shop.refused == [code]


@pytest.mark.parametrize("kind", ["douyin"])
@pytest.mark.parametrize("wrong, sub", [
    ({"secret": "other"}, "isv.signature-invalid"), ({"late_ms": LATE}, "isv.timestamp-invalid"), ({"late_ms": -LATE}, "isv.timestamp-invalid"), ({"key": "1"}, "isv.app-id-invalid"),
    ({"session": "other"}, "isv.access-token-no-existed")])
def test_douyin(shop, kind, wrong, sub):
    answer = douyin(shop, "order.orderDetail", {"shop_order_id": next(iter(shop.orders))}, **{"session": "none", **wrong})
    assert (answer.status, answer.json["code"], answer.json["sub_code"]) == (200, 40003, sub) and shop.refused == [sub]


@pytest.mark.parametrize("kind", ["mini_program"])
@pytest.mark.parametrize("wrong, code", [({"secret": "other"}, 40125), ({"session": "other"}, 40001)])
def test_wechat(shop, kind, wrong, code):
    answer = wechat(shop, "order/get", {"order_id": next(iter(shop.orders))}, **wrong)
    assert (answer.status, answer.json["errcode"]) == (200, code) and shop.refused == [str(code)]


@pytest.mark.parametrize("kind", ["mini_program"])
def test_wechat_says_that_a_token_has_ended(shop, kind):
    given = ask(shop, "POST", "/cgi-bin/stable_token", {"grant_type": "client_credential", "appid": shop.app_id, "secret": shop.app_secret}).json["access_token"]
    shop.skew_ms = 3 * 60 * MINUTE
    assert wechat(shop, "order/get", {"order_id": next(iter(shop.orders))}, session=given).json["errcode"] == 42001


@pytest.mark.parametrize("kind", ["shopify"])
def test_shopify(shop, kind):
    answer = shopify(shop, "orders.json", token="shpat_other")
    assert (answer.status, answer.json["errors"]) == (401, "[API] Invalid API key or access token (unrecognized login or wrong password)")


@pytest.mark.parametrize("kind", ["woocommerce"])
def test_woocommerce(shop, kind):
    answer = woocommerce(shop, "orders", secret="cs_other")
    assert (answer.status, answer.json["data"]["status"]) == (401, 401) and answer.json["code"].startswith("woocommerce_rest_")


@pytest.mark.parametrize("kind", ["plain", "mini_program_own"])
@pytest.mark.parametrize("wrong, why", [({"secret": "whsec_b3RoZXJvdGhlcm90aGVyb3RoZXJvdGhlcg=="}, "wrong signature"), ({"late_ms": 6 * MINUTE}, "too old"), ({"late_ms": -6 * MINUTE}, "too old")])
def test_a_shop_that_signs_as_standard_webhooks_say(shop, kind, wrong, why):
    answer = plain(shop, "/orders", **wrong)
    assert (answer.status, answer.json) == (401, {"error": why})
