import http.client
import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from server.kernel.clock import HOUR
from server.oms.channels.base import Call, Parcel, Quantity, Stage
from server.oms.channels.caller import Caller
from server.oms.channels.errors import (
    ChannelAway,
    ChannelChanged,
    ChannelRefused,
    ChannelShut,
    Misunderstood,
    NotFromChannel,
)
from server.oms.channels.jd import KIND, Jd, JdSettings, signature
from simulators.shops.jd import JdShop, sign_of
from tests.oms.channels.chinese import ADDRESS, answering, pulled
from tests.oms.channels.marketplace import Connect, Marketplace


@pytest.fixture
def shop() -> Iterator[JdShop]:
    shop = JdShop()
    yield shop
    shop.close()


def connect_to(shop: JdShop, *, seconds: float = 10.0, **more: Any) -> Jd:
    told = {"address": f"{shop.address}/routerjson", "app_key": shop.app_key, "app_secret": shop.app_secret,
            "access_token": shop.access_token} | more
    return Jd(JdSettings(**told), Caller(seconds=seconds))


@pytest.fixture
def jd(shop: JdShop) -> Jd:
    return connect_to(shop)


class TestJdAsAMarketplace(Marketplace):
    schema_code = "orderInfoList"

    @pytest.fixture
    def connect(self, shop: JdShop) -> Connect:
        return lambda **more: connect_to(shop, **more)


def test_signature_is_that_of_the_recipe() -> None:
    told = {"method": "jingdong.pop.order.search", "app_key": "KEY", "access_token": "tok", "v": "2.0",
            "timestamp": "2026-11-29 20:00:00", "360buy_param_json": '{"name":"红杯子","page":"1"}'}
    # worked out by openssl from the recipe, not by this program
    assert signature(told, "topsecret") == sign_of(told, "topsecret") == "6734CBE5592E8526EBB4DB1567CFCB84"


def test_order_is_understood(shop: JdShop, jd: Jd) -> None:
    placed = shop.place([("MUG-RED", 1), ("PLATE", 2)], price=1_990, buyer="pin-小王", address=ADDRESS, note="请尽快")
    document = jd.fetch(placed.ref)
    assert document is not None
    order = jd.understand(document)
    assert (order.stage, order.total, order.currency, order.buyer, order.note) == (Stage.PAID, 5_970, "CNY", "pin-小王", "请尽快")
    assert [(line.item, line.quantity, line.price) for line in order.lines] == [("MUG-RED", 1, 1_990), ("PLATE", 2, 1_990)]
    assert order.ship_to == {name: value for name, value in ADDRESS.items() if name != "postcode"}


ORDER = {"orderId": "280000000001", "orderState": "WAIT_SELLER_STOCK_OUT", "orderStartTime": "2026-01-01 00:00:00",
         "modified": "2026-01-01 08:00:00", "orderPayment": "19.90",
         "itemInfoList": [{"skuId": "10", "outerSkuId": "A", "itemTotal": "1", "jdPrice": "19.90"}]}


@pytest.mark.parametrize("state,stage", [
    ("LOCKED", Stage.UNPAID), ("PAUSE", Stage.UNPAID), ("WAIT_SELLER_STOCK_OUT", Stage.PAID), ("WAIT_SELLER_DELIVERY", Stage.PAID),
    ("WAIT_GOODS_RECEIVE_CONFIRM", Stage.SHIPPED), ("FINISHED_L", Stage.SHIPPED), ("TRADE_CANCELED", Stage.CANCELLED)])
def test_state_is_a_stage(jd: Jd, state: str, stage: Stage) -> None:
    assert jd.understand(ORDER | {"orderState": state}).stage is stage


@pytest.mark.parametrize("change,where", [
    ({"orderId": None}, "orderId"), ({"orderState": "NEW"}, "orderState"), ({"modified": "2026-01-01T08:00:00"}, "modified"),
    ({"orderPayment": "-1"}, "orderPayment"), ({"orderPayment": "NaN"}, "orderPayment"), ({"itemInfoList": None}, "itemInfoList"),
    ({"itemInfoList": [{"skuId": "10", "itemTotal": "1.5"}]}, "itemTotal"), ({"itemInfoList": [{"itemTotal": "1"}]}, "skuId"),
    ({"consigneeInfo": "Hangzhou"}, "consigneeInfo")])
def test_what_cannot_be_read_is_named(jd: Jd, change: dict[str, Any], where: str) -> None:
    with pytest.raises(Misunderstood) as refusal:
        jd.understand(ORDER | change)
    assert refusal.value.code == where


def test_item_that_an_order_has_twice_is_two_lines(jd: Jd) -> None:
    given = {"skuId": "10", "outerSkuId": "A", "itemTotal": "1", "jdPrice": "0.00"}
    order = jd.understand(ORDER | {"itemInfoList": [*ORDER["itemInfoList"], given]})  # type: ignore[misc]
    assert [(line.ref, line.price) for line in order.lines] == [("10", 1_990), ("10#2", 0)]


def test_buyer_told_with_stars_is_marked(jd: Jd) -> None:
    masked = {"consigneeInfo": {"fullname": "王**", "mobile": "138****8000", "province": "浙江", "fullAddress": "浙江杭州***"}}
    assert jd.understand(ORDER | masked).ship_to["encrypted"] == "name,phone,street"


def test_order_is_not_given_before_it_is_paid(shop: JdShop, jd: Jd) -> None:
    placed = shop.place([("MUG-RED", 1)], is_paid=False)
    assert pulled(jd, shop.now() - HOUR).documents == []
    assert jd.fetch(placed.ref) is None
    shop.pay(placed.ref)
    assert list(pulled(jd, shop.now() - HOUR).refs(jd)) == [placed.ref]


@pytest.mark.parametrize("wrong,code", [({"app_secret": "no"}, "12"), ({"access_token": "no"}, "19"), ({"app_key": "no"}, "21")])
def test_wrong_credentials_are_shut_out(shop: JdShop, wrong: dict[str, str], code: str) -> None:
    with pytest.raises(ChannelShut) as refusal:
        connect_to(shop, **wrong).fetch("1")
    assert refusal.value.code == code


@pytest.mark.parametrize("said,error", [
    ({"error_response": {"code": "66", "zh_desc": "平台连接后端服务不可用"}}, ChannelAway), ([], ChannelChanged),
    ({"jingdong_pop_order_get_response": {"code": "0"}}, ChannelChanged),  # spelled right, which is wrong
    ({"jingdong_pop_order_get_responce": {"code": "67", "zh_desc": "?"}}, ChannelAway),
    ({"jingdong_pop_order_get_responce": {"code": "0", "orderDetailInfo": {"apiResult": {"success": False, "chineseErrCode": "?"}}}}, ChannelRefused),
    ({"jingdong_pop_order_get_responce": {"code": "0", "orderDetailInfo": {}}}, ChannelChanged)])
def test_answers_that_are_none(said: Any, error: type[Exception]) -> None:
    with answering(said) as address, pytest.raises(error):
        Jd(JdSettings(address=address, app_key="1", app_secret="s", access_token="t"), Caller()).fetch("1")


def test_success_may_be_a_word() -> None:
    found = {"apiResult": {"success": "true"}, "orderInfo": ORDER}
    with answering({"jingdong_pop_order_get_responce": {"code": "0", "orderDetailInfo": found}}) as address:
        assert Jd(JdSettings(address=address, app_key="1", app_secret="s", access_token="t"), Caller()).fetch("1") == ORDER


def test_carrier_is_told_by_jds_number_and_a_later_parcel_has_nothing_to_add(shop: JdShop) -> None:
    jd = connect_to(shop, carriers={"顺丰": "467"})
    placed = shop.place([("MUG-RED", 1), ("PLATE", 1)])
    for tracking, carrier in (("SF1", "顺丰"), ("ZT2", "ZTO")):
        jd.ship(Parcel(ref=placed.ref, tracking=tracking, carrier=carrier, lines=[("10", 1)], is_whole=False))
    assert [(parcel.tracking, parcel.carrier) for parcel in shop.orders[placed.ref].parcels] == [("SF1", "467")]


def test_carrier_that_jd_has_no_number_for_is_refused(shop: JdShop, jd: Jd) -> None:
    placed = shop.place([("MUG-RED", 1)])
    with pytest.raises(ChannelRefused) as refusal:
        jd.ship(Parcel(ref=placed.ref, tracking="X1", carrier="PIGEON", lines=[("10", 1)]))
    assert "物流公司" in refusal.value.words
    assert not shop.orders[placed.ref].parcels


def test_quantities_are_told_and_one_refused_stops_no_other(shop: JdShop, jd: Jd) -> None:
    shop.quantities |= {"MUG-RED": 0, "盘子": 0}
    refused = jd.set_quantities([Quantity(item="MUG-RED", quantity=7), Quantity(item="NO-SUCH", quantity=1), Quantity(item="盘子", quantity=9),
                                 Quantity(item="y", quantity=1, ref="12345"), Quantity(item="z", quantity=1, ref="no number")])
    assert shop.quantities == {"MUG-RED": 7, "盘子": 9}
    assert [quantity.item for quantity, _ in refused] == ["NO-SUCH", "y", "z"]


def test_nobody_calls_for_jd(jd: Jd) -> None:
    with pytest.raises(NotFromChannel):
        jd.hear(Call({}, {}, b"{}"))


def test_secrets_are_named() -> None:
    assert set(KIND.settings.model_fields) >= KIND.settings.SECRETS
    assert len(KIND.settings.SECRETS) == 2


# Clients that are not ours: each way of writing a request that JD's own documents and its published clients use.


def foreign(shop: JdShop, method: str, business: dict[str, Any], *, in_query: bool = False, form: str = "%Y-%m-%d %H:%M:%S",
            hours: int = 8, is_escaped: bool = False) -> dict[str, Any]:
    at = time.gmtime(shop.now() / 1000 + hours * 3600)
    told = {"method": method, "app_key": shop.app_key, "access_token": shop.access_token, "v": "2.0",
            "timestamp": time.strftime(form, at),
            "360buy_param_json": json.dumps(business, ensure_ascii=is_escaped)}
    told["sign"] = sign_of(told, shop.app_secret)
    connection = http.client.HTTPConnection("127.0.0.1", shop.port, timeout=30)
    query, body = (f"?{urlencode(told)}", "") if in_query else ("", urlencode(told))
    connection.request("POST", f"/routerjson{query}", body, {"Content-Type": "application/x-www-form-urlencoded"})
    said = json.loads(connection.getresponse().read())
    connection.close()
    return said  # type: ignore[no-any-return]


@pytest.mark.parametrize("in_query", [True, False])
@pytest.mark.parametrize("is_escaped", [True, False])
@pytest.mark.parametrize("form,hours", [
    ("%Y-%m-%d %H:%M:%S", 8), ("%Y-%m-%d %H:%M:%S.000+0800", 8), ("%Y-%m-%d %H:%M:%S.000+0000", 0), ("%Y-%m-%dT%H:%M:%S.000+0000", 0)])
def test_foreign_client_is_answered(shop: JdShop, in_query: bool, is_escaped: bool, form: str, hours: int) -> None:
    shop.quantities["红杯子"] = 1
    said = foreign(shop, "jingdong.sku.read.searchSkuList", {"outId": "红杯子"}, in_query=in_query, form=form, hours=hours, is_escaped=is_escaped)
    assert said["jingdong_sku_read_searchSkuList_responce"]["page"]["data"][0]["outerId"] == "红杯子"


def test_foreign_client_that_writes_its_own_local_time_is_refused(shop: JdShop) -> None:
    assert foreign(shop, "jingdong.vender.shop.query", {}, hours=0)["error_response"]["code"] == "8"


SEARCH = {"start_date": "2026-11-01 00:00:00", "end_date": "2026-11-30 23:59:59", "order_state": "FINISHED_L", "optional_fields": "orderId",
          "page": "1", "page_size": "100"}


@pytest.mark.parametrize("change", [{"page_size": "101"}, {"page_size": 100}, {"page": 1}, {"page": "0"}, {"order_state": ""}])
def test_gateway_is_strict_about_pages_as_text(shop: JdShop, change: dict[str, Any]) -> None:
    assert "jingdong_pop_order_search_responce" in foreign(shop, "jingdong.pop.order.search", SEARCH)
    assert foreign(shop, "jingdong.pop.order.search", SEARCH | change)["error_response"]["code"] == "61"


def test_gateway_gives_no_more_than_a_month_at_once(shop: JdShop) -> None:
    said = foreign(shop, "jingdong.pop.order.search", SEARCH | {"end_date": "2026-12-01 00:00:01"})
    assert said["jingdong_pop_order_search_responce"]["searchorderinfo_result"]["apiResult"]["success"] is False


def test_only_fields_that_were_asked_for_are_told(shop: JdShop) -> None:
    placed = shop.place([("MUG-RED", 1)])
    said = foreign(shop, "jingdong.pop.order.get", {"order_id": int(placed.ref), "optional_fields": "orderState"})
    info = said["jingdong_pop_order_get_responce"]["orderDetailInfo"]["orderInfo"]
    assert set(info) == {"orderId", "venderId", "orderState"}
