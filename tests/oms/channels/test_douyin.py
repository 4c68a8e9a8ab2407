import hashlib
import http.client
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

from server.oms.channels.base import Call, Parcel, Quantity, Stage
from server.oms.channels.caller import Caller
from server.oms.channels.douyin import KIND, Douyin, push_signature
from server.oms.channels.douyin_gate import DouyinSettings, signature
from server.oms.channels.errors import (
    ChannelAway,
    ChannelBusy,
    ChannelChanged,
    ChannelShut,
    Misunderstood,
    NotFromChannel,
)
from simulators.shops.douyin import DouyinShop, sign_of
from simulators.shops.shop import DUPLICATED, OUT_OF_ORDER, TOO_MANY, WRONG_SIGNATURE
from tests.oms.channels.chinese import ADDRESS, answering, listening
from tests.oms.channels.marketplace import Connect, Marketplace


@pytest.fixture
def shop() -> Iterator[DouyinShop]:
    shop = DouyinShop()
    yield shop
    shop.close()


def connect_to(shop: DouyinShop, *, seconds: float = 10.0, **more: Any) -> Douyin:
    told = {"address": shop.address, "app_key": shop.app_key, "app_secret": shop.app_secret, "shop_id": shop.shop_id} | more
    return Douyin(DouyinSettings(**told), Caller(seconds=seconds))


@pytest.fixture
def douyin(shop: DouyinShop) -> Douyin:
    return connect_to(shop)


class TestDouyinAsAMarketplace(Marketplace):
    schema_code = "shop_order_list"

    @pytest.fixture
    def connect(self, shop: DouyinShop) -> Connect:
        return lambda **more: connect_to(shop, **more)


# worked out by openssl from the recipe, not by this program
APP_KEY, PARAM_JSON = "7000000000000000001", '{"page":0,"shop":"红杯子 & <b>","size":100}'
SIGNATURE = "91daf6ed2c4f02a12860eab735ca887d1e36ea0e0f57f98335538b385e53c0e2"
MD5_SIGNATURE = "c2b67d98b6fa6807d9525cb92ed59579"
PUSH_SIGNATURE = "77162edd1abc11f340d5395decdca29b"


def test_signature_is_that_of_the_recipe() -> None:
    assert signature(APP_KEY, "order.searchList", PARAM_JSON, "1790000000", "topsecret") == SIGNATURE
    told = {"app_key": APP_KEY, "method": "order.searchList", "param_json": PARAM_JSON, "timestamp": "1790000000", "v": "2"}
    assert sign_of(told, "topsecret", "hmac-sha256") == SIGNATURE
    assert sign_of(told, "topsecret", "md5") == MD5_SIGNATURE


def test_push_is_signed_by_the_recipe() -> None:
    assert push_signature(APP_KEY, '[{"tag":"101","data":"杯"}]'.encode(), "topsecret") == PUSH_SIGNATURE


def test_order_is_understood(shop: DouyinShop, douyin: Douyin) -> None:
    shop.encrypts = False
    placed = shop.place([("MUG-RED", 1), ("PLATE", 2)], price=1_990, buyer="1@#open", address=ADDRESS, note="请尽快")
    document = douyin.fetch(placed.ref)
    assert document is not None
    order = douyin.understand(document)
    assert (order.stage, order.total, order.currency, order.buyer, order.note) == (Stage.PAID, 5_970, "CNY", "1@#open", "请尽快")
    assert [(line.item, line.quantity, line.price) for line in order.lines] == [("MUG-RED", 1, 1_990), ("PLATE", 2, 1_990)]
    assert order.ship_to == {name: value for name, value in ADDRESS.items() if name != "postcode"}
    assert int(order.ref) > 2**53 and document["sku_order_list"][0]["sku_id"] == str(int(placed.lines[0].ref) - 1_000_000)


def test_ciphers_of_the_buyer_stay_as_they_came_and_are_marked(shop: DouyinShop, douyin: Douyin) -> None:
    document = douyin.fetch(shop.place([("MUG-RED", 1)], address=ADDRESS).ref)
    assert document is not None
    ship_to = douyin.understand(document).ship_to
    assert ship_to["encrypted"] == "name,phone,street"
    assert ship_to["name"] == document["encrypt_post_receiver"] and ship_to["name"].startswith("##")
    assert (ship_to["state"], ship_to["district"]) == ("浙江省", "余杭区")


ORDER = {"order_id": "6900000000000000001", "order_status": 2, "main_status": 2, "create_time": 1_790_000_000, "update_time": 1_790_000_009,
         "pay_amount": 1_990, "sku_order_list": [{"order_id": "6900000000000000002", "code": "A", "item_num": 1, "origin_amount": 1_990}]}


@pytest.mark.parametrize("status,stage", [
    (1, Stage.UNPAID), (103, Stage.UNPAID), (105, Stage.UNPAID), (2, Stage.PAID), (101, Stage.PAID), (3, Stage.SHIPPED), (5, Stage.SHIPPED),
    (22, Stage.SHIPPED), (39, Stage.SHIPPED), (4, Stage.CANCELLED), (21, Stage.CANCELLED)])
def test_status_is_a_stage(douyin: Douyin, status: int, stage: Stage) -> None:
    assert douyin.understand(ORDER | {"main_status": status}).stage is stage
    assert douyin.understand(ORDER | {"main_status": None, "order_status": status}).stage is stage


@pytest.mark.parametrize("change,where", [
    ({"order_id": None}, "order_id"), ({"main_status": 77}, "main_status"), ({"update_time": "soon"}, "update_time"),
    ({"pay_amount": "19.90"}, "pay_amount"), ({"pay_amount": 19.9}, "pay_amount"), ({"sku_order_list": {}}, "sku_order_list"),
    ({"sku_order_list": [{"order_id": "1", "item_num": 1}]}, "code"), ({"post_addr": "Hangzhou"}, "post_addr"),
    ({"sku_order_list": [{"order_id": "1", "code": "A", "item_num": None}]}, "item_num")])
def test_what_cannot_be_read_is_named(douyin: Douyin, change: dict[str, Any], where: str) -> None:
    with pytest.raises(Misunderstood) as refusal:
        douyin.understand(ORDER | change)
    assert refusal.value.code == where


def test_line_paid_back_before_it_left_is_not_sent(douyin: Douyin) -> None:
    gone = {"order_id": "3", "code": "B", "item_num": 1, "main_status": 21}
    order = douyin.understand(ORDER | {"sku_order_list": [*ORDER["sku_order_list"], gone]})  # type: ignore[misc]
    assert [line.item for line in order.lines] == ["A"]


def test_token_is_fetched_once_and_refreshed_when_it_has_ended(shop: DouyinShop, douyin: Douyin) -> None:
    placed = shop.place([("MUG-RED", 1)])
    for _ in range(3):
        assert douyin.fetch(placed.ref)
    assert shop.asked["POST /token/create"] == 1
    shop.end_tokens()
    assert douyin.fetch(placed.ref)
    assert (shop.asked["POST /token/create"], shop.asked["POST /token/refresh"]) == (1, 1)


def test_token_that_cannot_be_refreshed_is_fetched_anew(shop: DouyinShop, douyin: Douyin) -> None:
    placed = shop.place([("MUG-RED", 1)])
    assert douyin.fetch(placed.ref)
    shop.end_tokens()
    shop._refreshes.clear()
    assert douyin.fetch(placed.ref)
    assert shop.asked["POST /token/create"] == 2


def test_token_is_renewed_before_it_ends(shop: DouyinShop, douyin: Douyin) -> None:
    placed = shop.place([("MUG-RED", 1)])
    assert douyin.fetch(placed.ref)
    douyin._gate._token.ends_at = 0
    assert douyin.fetch(placed.ref)
    assert shop.asked["POST /token/refresh"] == 1
    assert not shop.refused


def test_another_shops_number_is_shut_out(shop: DouyinShop) -> None:
    with pytest.raises(ChannelShut):
        connect_to(shop, shop_id="1").fetch("1")


def test_busy_gateway_is_busy_also_when_a_token_is_fetched(shop: DouyinShop, douyin: Douyin) -> None:
    shop.fail(TOO_MANY)
    with pytest.raises(ChannelBusy):
        douyin.fetch("1")


@pytest.mark.parametrize("said,error", [({"code": 20000, "sub_code": "isp.service-error:7"}, ChannelAway), ({"data": {}}, ChannelChanged),
                                        ([], ChannelChanged), ({"err_no": 0, "data": {"expires_in": 1}}, ChannelChanged)])
def test_answers_that_are_none(said: Any, error: type[Exception]) -> None:
    with answering(said) as address, pytest.raises(error):
        Douyin(DouyinSettings(address=address, app_key="1", app_secret="s", shop_id="1"), Caller()).fetch("1")


def test_pieces_of_lines_go_in_several_parcels(shop: DouyinShop) -> None:
    douyin = connect_to(shop, carriers={"SF": "shunfeng"})
    placed = shop.place([("MUG-RED", 3)])
    line = placed.lines[0].ref
    for tracking, quantity, stage in (("SF1", 1, Stage.PAID), ("SF2", 2, Stage.SHIPPED)):
        parcel = Parcel(ref=placed.ref, tracking=tracking, carrier="SF", lines=[(line, quantity)], is_whole=False)
        douyin.ship(parcel)
        douyin.ship(parcel)
        document = douyin.fetch(placed.ref)
        assert document is not None and douyin.understand(document).stage is stage
    assert [(parcel.tracking, parcel.carrier, dict(parcel.lines)) for parcel in shop.orders[placed.ref].parcels] == [
        ("SF1", "shunfeng", {line: 1}), ("SF2", "shunfeng", {line: 2})]
    assert not shop.refused  # the same request, told again, is known by its number


def test_parcel_that_was_told_by_somebody_else_counts_as_told(shop: DouyinShop, douyin: Douyin) -> None:
    placed = shop.place([("MUG-RED", 1)])
    parcel = Parcel(ref=placed.ref, tracking="SF1", carrier="SF", lines=[(placed.lines[0].ref, 1)])
    douyin.ship(parcel)
    shop._told_once.clear()
    douyin.ship(parcel)
    assert len(shop.orders[placed.ref].parcels) == 1


def test_quantities_are_told_and_one_refused_stops_no_other(shop: DouyinShop, douyin: Douyin) -> None:
    shop.quantities |= {"MUG-RED": 0, "盘子": 0}
    refused = douyin.set_quantities([Quantity(item="MUG-RED", quantity=7), Quantity(item="NO-SUCH", quantity=1), Quantity(item="盘子", quantity=9)])
    assert shop.quantities == {"MUG-RED": 7, "盘子": 9}
    assert [quantity.item for quantity, _ in refused] == ["NO-SUCH"]


def test_push_is_heard_and_answered(shop: DouyinShop, douyin: Douyin) -> None:
    with listening(shop) as calls:
        placed = shop.place([("红杯子", 1)], note="请尽快")
    heard = douyin.hear(calls[0])
    assert list(heard.refs) == [placed.ref]
    assert json.loads(heard.answer) == {"code": 0, "msg": "success"} and heard.content_type == "application/json"
    assert heard.event


def test_push_altered_or_wrongly_signed_is_not_from_the_channel(shop: DouyinShop, douyin: Douyin) -> None:
    with listening(shop) as calls:
        shop.fail(WRONG_SIGNATURE)
        shop.place([("MUG-RED", 1)])
        shop.place([("MUG-RED", 1)], note="请尽快")
    wrong, right = calls
    rewritten = json.dumps(json.loads(right.body)).encode()  # means the same, and is not what was signed
    altered = right.body.replace("请尽快".encode(), "请慢点".encode())
    for call in (wrong, replace(right, body=rewritten), replace(right, body=altered), replace(right, headers={}),
                 replace(right, headers={**right.headers, "app-id": "2"})):
        with pytest.raises(NotFromChannel):
            douyin.hear(call)
    assert douyin.hear(right).refs


def signed(shop: DouyinShop, body: bytes) -> Call:
    sign = hashlib.md5(shop.app_key.encode() + body + shop.app_secret.encode(), usedforsecurity=False).hexdigest()
    return Call({"app-id": shop.app_key, "event-sign": sign}, {}, body)


def test_several_messages_at_once_name_each_order_once(shop: DouyinShop, douyin: Douyin) -> None:
    body = json.dumps([{"tag": "101", "msg_id": "1", "data": {"p_id": 6900000000000000001}},
                       {"tag": "102", "msg_id": "2", "data": '{"p_id":"6900000000000000001"}'}, {"tag": "0", "msg_id": "0", "data": "2026-11-29"}]).encode()
    heard = douyin.hear(signed(shop, body))
    assert list(heard.refs) == ["6900000000000000001"]
    assert heard.event == "1,2,0"


def test_message_that_comes_several_times_is_one_event(shop: DouyinShop, douyin: Douyin) -> None:
    with listening(shop) as calls:
        shop.fail(DUPLICATED)
        placed = shop.place([("MUG-RED", 1)])
        shop.fail(OUT_OF_ORDER)
        shop.pay(placed.ref)
        shop.pay(placed.ref)
    heard = [douyin.hear(call) for call in calls]
    assert len(heard) == 5
    assert len({one.event for one in heard}) == 3  # placed three times over, then two changes, the later first
    assert {ref for one in heard for ref in one.refs} == {placed.ref}


@pytest.mark.parametrize("body", [b"{}", b"\xff", b"[1]"])
def test_signed_nonsense_is_not_from_the_channel(shop: DouyinShop, douyin: Douyin, body: bytes) -> None:
    with pytest.raises(NotFromChannel):
        douyin.hear(signed(shop, body))


def test_secrets_are_named() -> None:
    assert set(KIND.settings.model_fields) >= KIND.settings.SECRETS == {"app_secret"}


# Clients that are not ours: each way of writing a request that published clients use.


def foreign(shop: DouyinShop, method: str, param_json: str, *, timestamp: str = "", token: str = "", way: str = "hmac-sha256",
            in_query: bool = False) -> dict[str, Any]:
    query = {"app_key": shop.app_key, "method": method, "timestamp": timestamp or str(shop.now() // 1000), "v": "2"}
    sign = sign_of(query | {"param_json": param_json}, shop.app_secret, way)
    query |= {"sign": sign, "sign_method": way, "access_token": token} | ({"param_json": param_json} if in_query else {})
    connection = http.client.HTTPConnection("127.0.0.1", shop.port, timeout=30)
    connection.request("POST", f"/{method.replace('.', '/')}?{urlencode(query)}", b"" if in_query else param_json.encode(),
                       {"Content-Type": "application/json"})
    said = json.loads(connection.getresponse().read())
    connection.close()
    return said  # type: ignore[no-any-return]


def token_of(shop: DouyinShop) -> str:
    said = foreign(shop, "token.create", json.dumps({"code": "", "grant_type": "authorization_self", "shop_id": shop.shop_id}))
    return str(said["data"]["access_token"])


@pytest.mark.parametrize("is_escaped", [True, False])
@pytest.mark.parametrize("in_query", [True, False])
@pytest.mark.parametrize("way", ["hmac-sha256", "md5"])
def test_foreign_client_is_answered_however_it_escapes(shop: DouyinShop, is_escaped: bool, in_query: bool, way: str) -> None:
    shop.quantities["红杯子"] = 0
    param_json = json.dumps({"code": "红杯子", "stock_num": 4}, ensure_ascii=is_escaped)
    assert ("\\u" in param_json) is is_escaped
    said = foreign(shop, "sku.syncStock", param_json, token=token_of(shop), way=way, in_query=in_query)
    assert said["code"] == 10000
    assert shop.quantities["红杯子"] == 4


@pytest.mark.parametrize("form", ["%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S"])
def test_foreign_client_may_write_beijings_time(shop: DouyinShop, form: str) -> None:
    placed = shop.place([("MUG-RED", 1)])
    timestamp = time.strftime(form, time.gmtime(shop.now() / 1000 + 8 * 3600))
    said = foreign(shop, "order.orderDetail", json.dumps({"shop_order_id": placed.ref}), token=token_of(shop), timestamp=timestamp)
    assert said["data"]["shop_order_detail"]["order_id"] == placed.ref


@pytest.mark.parametrize("business,sub", [
    ({"update_time_start": 1, "order_by": "update_time", "size": 101}, "isv.parameter-invalid:size"),
    ({"update_time_start": 1, "order_by": "update_time", "size": 100, "page": 500}, "isv.parameter-invalid:size"),
    ({"update_time_start": 1, "size": 10}, "isv.parameter-invalid:create_time_start")])
def test_gateway_is_strict_about_pages_and_what_is_sorted_by(shop: DouyinShop, business: dict[str, Any], sub: str) -> None:
    assert foreign(shop, "order.searchList", json.dumps(business), token=token_of(shop))["sub_code"] == sub


def test_without_a_token_nothing_is_told(shop: DouyinShop) -> None:
    assert foreign(shop, "order.searchList", "{}")["sub_code"] == "isv.access-token-no-existed"
