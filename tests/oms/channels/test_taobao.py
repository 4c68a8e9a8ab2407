import hmac
import http.client
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

from server.kernel.clock import DAY, HOUR, SECOND
from server.oms.channels.base import Call, Parcel, Quantity, Stage
from server.oms.channels.caller import Caller
from server.oms.channels.errors import (
    ChannelAway,
    ChannelBusy,
    ChannelRefused,
    ChannelShut,
    Misunderstood,
    NotFromChannel,
)
from server.oms.channels.taobao import KIND, Taobao, TaobaoSettings, signature
from simulators.shops.shop import (
    DUPLICATED,
    OUT_OF_ORDER,
    TOO_MANY,
    WRONG_SIGNATURE,
)
from simulators.shops.taobao import TaobaoShop, sign_of
from tests.oms.channels.chinese import ADDRESS, answering, listening, place_many
from tests.oms.channels.marketplace import Connect, Marketplace


@pytest.fixture
def shop() -> Iterator[TaobaoShop]:
    shop = TaobaoShop()
    yield shop
    shop.close()


def connect(shop: TaobaoShop, *, seconds: float = 10.0, **more: Any) -> Taobao:
    told = {"address": f"{shop.address}/router/rest", "app_key": shop.app_key, "app_secret": shop.app_secret, "session": shop.session} | more
    return Taobao(TaobaoSettings(**told), Caller(seconds=seconds))


@pytest.fixture
def taobao(shop: TaobaoShop) -> Taobao:
    return connect(shop)


class TestTaobaoAsAMarketplace(Marketplace):
    schema_code = "trades"

    @pytest.fixture
    def connect(self, shop: TaobaoShop) -> Connect:
        return lambda **more: connect(shop, **more)


VECTORS = [
    # worked out by openssl from the recipe, not by this program
    ({"method": "taobao.time.get", "app_key": "23000001", "timestamp": "2026-11-29 20:00:00", "format": "json", "v": "2.0",
      "sign_method": "md5"}, "E69AF61B69082212EA55CA43FBF72917"),
    ({"method": "taobao.time.get", "app_key": "23000001", "timestamp": "2026-11-29 20:00:00", "format": "json", "v": "2.0",
      "sign_method": "hmac"}, "AFF1C964B0BFDF3C15A3B12C75C4DAEF"),
    ({"method": "taobao.time.get", "app_key": "23000001", "timestamp": "2026-11-29 20:00:00", "format": "json", "v": "2.0",
      "sign_method": "hmac-sha256", "title": "红杯子"}, "2EB681FFE347478ABD5806BB13E262B19C834DEF39BC0B20E3B85D49F90EF07A"),
]


@pytest.mark.parametrize("told,expected", VECTORS)
def test_signature_is_that_of_the_recipe(told: dict[str, str], expected: str) -> None:
    assert signature(told, "topsecret", told["sign_method"]) == expected
    assert sign_of(told, "topsecret") == expected


def test_numbers_beyond_two_to_the_53_are_kept_to_the_last_digit_as_text(shop: TaobaoShop, taobao: Taobao) -> None:
    placed = shop.place([("MUG-RED", 1), ("PLATE", 2)], address=ADDRESS)
    document = taobao.fetch(placed.ref)
    assert document is not None
    assert document["tid"] == placed.ref and int(placed.ref) > 2**53
    assert [line.ref for line in taobao.understand(document).lines] == [line.ref for line in placed.lines]


def test_trade_is_understood(shop: TaobaoShop, taobao: Taobao) -> None:
    placed = shop.place([("MUG-RED", 1), ("PLATE", 2)], price=1_990, buyer="tb_小王", address=ADDRESS, note="请尽快")
    document = taobao.fetch(placed.ref)
    assert document is not None
    order = taobao.understand(document)
    assert (order.stage, order.total, order.currency, order.buyer, order.note) == (Stage.PAID, 5_970, "CNY", "tb_小王", "请尽快")
    assert [(line.item, line.quantity, line.price) for line in order.lines] == [("MUG-RED", 1, 1_990), ("PLATE", 2, 1_990)]
    assert order.ship_to == ADDRESS
    assert order.version == placed.changed_at // SECOND * SECOND


def test_unknown_trade_is_none(taobao: Taobao) -> None:
    assert taobao.fetch("3100000000000000999") is None


TRADE = {"tid": "1", "status": "WAIT_SELLER_SEND_GOODS", "created": "2026-01-01 00:00:00", "modified": "2026-01-01 08:00:00",
         "payment": "19.90", "orders": {"order": [{"oid": "11", "outer_sku_id": "A", "num": 1, "price": "19.90"}]}}


@pytest.mark.parametrize("status,stage", [
    ("WAIT_BUYER_PAY", Stage.UNPAID), ("PAID_FORBID_CONSIGN", Stage.UNPAID), ("WAIT_SELLER_SEND_GOODS", Stage.PAID),
    ("SELLER_CONSIGNED_PART", Stage.PAID), ("WAIT_BUYER_CONFIRM_GOODS", Stage.SHIPPED), ("TRADE_FINISHED", Stage.SHIPPED),
    ("TRADE_CLOSED", Stage.CANCELLED), ("TRADE_CLOSED_BY_TAOBAO", Stage.CANCELLED)])
def test_status_is_a_stage(taobao: Taobao, status: str, stage: Stage) -> None:
    assert taobao.understand(TRADE | {"status": status}).stage is stage


@pytest.mark.parametrize("change,where", [
    ({"tid": None}, "tid"), ({"status": "NEW"}, "status"), ({"modified": "yesterday"}, "modified"), ({"payment": "19.905"}, "payment"),
    ({"payment": 19.9}, "payment"), ({"orders": {"order": {}}}, "orders.order"), ({"orders": None}, "orders"),
    ({"orders": {"order": [{"oid": "11", "outer_sku_id": "A", "num": -1}]}}, "num"),
    ({"orders": {"order": [{"oid": "11", "num": 1}]}}, "outer_sku_id")])
def test_what_cannot_be_read_is_named(taobao: Taobao, change: dict[str, Any], where: str) -> None:
    with pytest.raises(Misunderstood) as refusal:
        taobao.understand(TRADE | change)
    assert refusal.value.code == where


def test_line_paid_back_before_it_left_is_not_sent(taobao: Taobao) -> None:
    closed = {"oid": "12", "outer_sku_id": "B", "num": 1, "price": "1.00", "status": "TRADE_CLOSED"}
    order = taobao.understand(TRADE | {"orders": {"order": [*TRADE["orders"]["order"], closed]}})  # type: ignore[index]
    assert [line.ref for line in order.lines] == ["11"]


def test_buyer_told_with_stars_is_marked(taobao: Taobao) -> None:
    masked = {"oaid": "xyz", "receiver_name": "王**", "receiver_mobile": "*******8000", "receiver_state": "浙江省"}
    assert taobao.understand(TRADE | masked).ship_to["encrypted"] == "name,phone"
    assert "encrypted" not in taobao.understand(TRADE).ship_to


@pytest.mark.parametrize("wrong,said", [({"app_secret": "no"}, "isv.invalid-signature"), ({"session": "no"}, "session-not-exist"),
                                        ({"app_key": "1"}, "isv.invalid-app-key")])
def test_wrong_credentials_are_shut_out(shop: TaobaoShop, wrong: dict[str, str], said: str) -> None:
    with pytest.raises(ChannelShut) as refusal:
        connect(shop, **wrong).fetch("1")
    assert refusal.value.code == said
    assert "no" not in refusal.value.words.split()


@pytest.mark.parametrize("way", ["md5", "hmac", "hmac-sha256"])
def test_each_way_of_signing_is_taken(shop: TaobaoShop, way: str) -> None:
    placed = shop.place([("红杯子", 1)])
    assert connect(shop, sign_method=way).fetch(placed.ref) is not None


def test_busy_gateway_says_for_how_long(shop: TaobaoShop, taobao: Taobao) -> None:
    shop.fail(TOO_MANY)
    with pytest.raises(ChannelBusy) as refusal:
        taobao.fetch("1")
    assert refusal.value.retry_after_seconds == 1.0
    assert refusal.value.code == "accesscontrol.limited-by-api-access-count"


def test_platforms_own_trouble_may_be_asked_again() -> None:
    said = {"error_response": {"code": 15, "msg": "Remote service error", "sub_code": "isp.remote-service-timeout"}}
    with answering(said) as address, pytest.raises(ChannelAway):
        Taobao(TaobaoSettings(address=address, app_key="1", app_secret="s", session="t"), Caller()).fetch("1")


def test_two_parcels_carry_a_line_each(shop: TaobaoShop) -> None:
    taobao = connect(shop, carriers={"顺丰": "SF"})
    placed = shop.place([("MUG-RED", 1), ("PLATE", 2)])
    for number, line in enumerate(placed.lines):
        parcel = Parcel(ref=placed.ref, tracking=f"SF{number}", carrier="顺丰", lines=[(line.ref, line.quantity)], is_whole=False)
        taobao.ship(parcel)
        taobao.ship(parcel)
        document = taobao.fetch(placed.ref)
        assert document is not None and taobao.understand(document).stage is (Stage.SHIPPED if number else Stage.PAID)
    assert [(parcel.tracking, parcel.carrier) for parcel in shop.orders[placed.ref].parcels] == [("SF0", "SF"), ("SF1", "SF")]


def test_closed_trade_is_not_taken_for_sent(shop: TaobaoShop, taobao: Taobao) -> None:
    placed = shop.place([("MUG-RED", 1)])
    shop.cancel_order(placed.ref)
    with pytest.raises(ChannelRefused):
        taobao.ship(Parcel(ref=placed.ref, tracking="SF1", carrier="SF", lines=[(placed.lines[0].ref, 1)]))


def test_unpaid_trade_is_closed_once_and_a_paid_one_refused(shop: TaobaoShop, taobao: Taobao) -> None:
    unpaid, paid = shop.place([("MUG-RED", 1)], is_paid=False), shop.place([("MUG-RED", 1)])
    taobao.cancel(unpaid.ref, "缺货")
    taobao.cancel(unpaid.ref, "缺货")
    assert shop.orders[unpaid.ref].is_cancelled
    with pytest.raises(ChannelRefused):
        taobao.cancel(paid.ref, "缺货")
    with pytest.raises(ChannelRefused):
        taobao.refund(paid.ref, 100, "CNY", "broken")


def test_quantities_are_told_and_one_refused_stops_no_other(shop: TaobaoShop, taobao: Taobao) -> None:
    shop.quantities |= {"MUG-RED": 0, "盘子": 0}
    unknown = Quantity(item="NO-SUCH", quantity=1)
    refused = taobao.set_quantities([Quantity(item="MUG-RED", quantity=7), unknown, Quantity(item="盘子", quantity=9),
                                     Quantity(item="x", quantity=1, ref="1:2")])
    assert shop.quantities == {"MUG-RED": 7, "盘子": 9}
    assert [quantity.item for quantity, _ in refused] == ["NO-SUCH", "x"]


def test_message_is_heard_by_its_signature(shop: TaobaoShop, taobao: Taobao) -> None:
    with listening(shop) as calls:
        placed = shop.place([("MUG-RED", 1)], buyer="小王")
    heard = taobao.hear(calls[0])
    assert list(heard.refs) == [placed.ref]
    assert heard.event


def test_message_altered_or_wrongly_signed_is_not_from_the_channel(shop: TaobaoShop, taobao: Taobao) -> None:
    with listening(shop) as calls:
        shop.fail(WRONG_SIGNATURE)
        shop.place([("MUG-RED", 1)])
        shop.place([("MUG-RED", 1)], buyer="小王")
    wrong, right = calls
    altered = replace(right, body=right.body.replace("小王".encode(), "小黄".encode()))
    for call in (wrong, altered, replace(right, headers={}), Call(right.headers, {}, b"")):
        with pytest.raises(NotFromChannel):
            taobao.hear(call)
    assert taobao.hear(right).refs


def test_old_message_is_not_from_the_channel(shop: TaobaoShop, taobao: Taobao) -> None:
    shop.skew_ms = -25 * HOUR
    with listening(shop) as calls:
        shop.place([("MUG-RED", 1)])
    with pytest.raises(NotFromChannel):
        taobao.hear(calls[0])


def test_message_that_comes_several_times_is_one_event(shop: TaobaoShop, taobao: Taobao) -> None:
    with listening(shop) as calls:
        shop.fail(DUPLICATED)
        placed = shop.place([("MUG-RED", 1)])
        shop.fail(OUT_OF_ORDER)
        shop.pay(placed.ref)
        shop.pay(placed.ref)
    heard = [taobao.hear(call) for call in calls]
    assert len(heard) == 5
    assert len({one.event for one in heard}) == 3  # placed three times over, then two changes, the later first
    assert {ref for one in heard for ref in one.refs} == {placed.ref}


def test_signed_nonsense_is_not_from_the_channel(shop: TaobaoShop, taobao: Taobao) -> None:
    for body in (b"[]", b"\xff", b'{"timestamp":"soon"}'):
        sign = hmac.new(shop.app_secret.encode(), shop.app_key.encode() + body, "sha256").hexdigest()
        with pytest.raises(NotFromChannel):
            taobao.hear(Call({"authorization": sign}, {}, body))


def test_secrets_are_named() -> None:
    assert {"app_secret", "session"} == KIND.settings.SECRETS
    assert set(KIND.settings.model_fields) >= KIND.settings.SECRETS


# Clients that are not ours: each way of writing a request that TOP's own documents and its published clients use.


def foreign(shop: TaobaoShop, method: str, *, system_in_query: bool = True, timestamp: str | None = None, secret: str = "",
            way: str = "md5", **business: str) -> dict[str, Any]:
    system = {"method": method, "app_key": shop.app_key, "session": shop.session, "v": "2.0", "format": "json", "sign_method": way,
              "timestamp": timestamp or time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(shop.now() / 1000 + 8 * 3600))}
    system["sign"] = sign_of(system | business, secret or shop.app_secret)
    query, body = (system, business) if system_in_query else ({}, system | business)
    connection = http.client.HTTPConnection("127.0.0.1", shop.port, timeout=30)
    connection.request("POST", f"/router/rest?{urlencode(query)}", urlencode(body), {"Content-Type": "application/x-www-form-urlencoded"})
    said = json.loads(connection.getresponse().read())
    connection.close()
    return said  # type: ignore[no-any-return]


@pytest.mark.parametrize("system_in_query", [True, False])
@pytest.mark.parametrize("is_epoch", [True, False])
@pytest.mark.parametrize("way", ["md5", "hmac", "hmac-sha256"])
def test_foreign_client_is_answered(shop: TaobaoShop, system_in_query: bool, is_epoch: bool, way: str) -> None:
    placed = shop.place([("红杯子", 1)])
    said = foreign(shop, "taobao.trade.fullinfo.get", system_in_query=system_in_query, way=way,
                   timestamp=str(shop.now()) if is_epoch else None, tid=placed.ref, fields="tid")
    assert said["trade_fullinfo_get_response"]["trade"]["tid"] == int(placed.ref)


def test_foreign_client_that_writes_its_own_local_time_is_refused(shop: TaobaoShop) -> None:
    said = foreign(shop, "taobao.time.get", timestamp=time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(shop.now() / 1000)))
    assert said["error_response"]["code"] == 31


@pytest.mark.parametrize("business,sub", [
    ({"start_modified": "2026-11-01 00:00:00", "end_modified": "2026-11-02 00:00:01", "fields": "tid"}, "isv.invalid-parameter:end_modified"),
    ({"start_modified": "2026-11-01 00:00:00", "end_modified": "2026-11-02 00:00:00", "fields": "tid", "page_size": "101"},
     "isv.invalid-parameter:page_size"),
    ({"start_modified": "2026-11-01 00:00:00", "end_modified": "2026-11-02 00:00:00"}, "isv.missing-parameter:fields")])
def test_gateway_is_strict_about_windows_and_pages(shop: TaobaoShop, business: dict[str, str], sub: str) -> None:
    assert foreign(shop, "taobao.trades.sold.increment.get", **business)["error_response"]["sub_code"] == sub


def test_foreign_client_pages_by_has_next(shop: TaobaoShop) -> None:
    place_many(shop, 5, hours=1)
    until = shop.now()
    window = {f"{end}_modified": time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at / 1000 + 8 * 3600))
              for end, at in (("start", until - DAY + SECOND), ("end", until))}
    has_next = [foreign(shop, "taobao.trades.sold.increment.get", fields="tid", page_no=str(page), page_size="3", use_has_next="true",
                        **window)["trades_sold_increment_get_response"]["has_next"] for page in (1, 2)]
    assert has_next == [True, False]
