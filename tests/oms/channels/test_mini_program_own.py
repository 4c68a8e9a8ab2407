from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from server.kernel.clock import HOUR
from server.oms.channels.base import Parcel
from server.oms.channels.caller import Caller
from server.oms.channels.errors import ChannelAway, ChannelBusy, ChannelRefused, ChannelShut
from server.oms.channels.mini_program_own import KIND, Own, OwnSettings
from simulators.shops.mini_program_own import OwnMiniProgramShop
from simulators.shops.shop import ERROR, LOST_ANSWER, ShopOrder
from tests.oms.channels.chinese import ADDRESS, answering, listening

SECRET = "a secret of sixteen letters or more"
UPLOAD = "POST /wxa/sec/order/upload_shipping_info"


@pytest.fixture
def shop() -> Iterator[OwnMiniProgramShop]:
    shop = OwnMiniProgramShop(SECRET)
    yield shop
    shop.close()


def connect_to(shop: OwnMiniProgramShop, **more: Any) -> Own:
    told = {"address": shop.address, "secret": SECRET, "wechat_address": shop.address, "app_id": shop.app_id, "app_secret": shop.app_secret,
            "mch_id": shop.mch_id, "carriers": {"Shunfeng": "SF"}} | more
    return Own(OwnSettings(**told), Caller(seconds=10.0))


@pytest.fixture
def own(shop: OwnMiniProgramShop) -> Own:
    return connect_to(shop)


def parcel(own: Own, placed: ShopOrder, tracking: str = "SF1", quantity: int | None = None, *, is_whole: bool = True) -> Parcel:
    document = own.fetch(placed.ref)
    assert document is not None
    return Parcel(ref=placed.ref, tracking=tracking, carrier="Shunfeng", is_whole=is_whole, document=document,
                  lines=[(line.ref, quantity or line.quantity) for line in placed.lines])


@pytest.mark.parametrize("is_ours", [False, True])
def test_parcel_is_told_to_the_back_end_and_to_wechat_once(shop: OwnMiniProgramShop, own: Own, is_ours: bool) -> None:
    shop.is_ours = is_ours
    placed = shop.place([("MUG-RED", 1), ("PLATE", 2)], address=ADDRESS)
    for _ in range(3):
        own.ship(parcel(own, placed))
    assert [sent.tracking for sent in shop.orders[placed.ref].parcels] == ["SF1"]
    assert shop.sent[placed.ref] == {"mode": 1, "way": 1, "is_all": True, "anew": 0, "parcels": [{
        "item_desc": "MUG-RED of the shop*1，PLATE of the shop*2", "tracking_no": "SF1", "express_company": "SF", "contact": {"receiver_contact": "138****8000"}}]}
    assert shop.asked[UPLOAD] == 1


def test_several_parcels_are_one_order_sent_in_parts(shop: OwnMiniProgramShop, own: Own) -> None:
    placed = shop.place([("MUG-RED", 3)], address=ADDRESS)
    for tracking, quantity, is_whole in (("SF1", 1, False), ("SF2", 1, False), ("SF3", 1, True)):
        for _ in range(2):
            own.ship(parcel(own, placed, tracking, quantity, is_whole=is_whole))
        assert shop.sent[placed.ref]["is_all"] is is_whole
    assert [one["tracking_no"] for one in shop.sent[placed.ref]["parcels"]] == ["SF1", "SF2", "SF3"]
    assert (shop.sent[placed.ref]["mode"], shop.sent[placed.ref]["anew"]) == (2, 0)


@pytest.mark.parametrize("calls_before", range(6))
@pytest.mark.parametrize("fault", [LOST_ANSWER, ERROR])
def test_whichever_answer_gets_lost_nothing_is_begun_anew(shop: OwnMiniProgramShop, own: Own, calls_before: int, fault: str) -> None:
    placed = shop.place([("MUG-RED", 1)], address=ADDRESS)
    sent, original, calls = parcel(own, placed), shop.answer, iter(range(100))

    def failing(asked: Any) -> Any:
        reply = original(asked)
        if next(calls) == calls_before:
            shop.fail(fault)
        return reply

    shop.answer = failing  # type: ignore[method-assign]
    for _ in range(3):
        with suppress(ChannelAway):
            own.ship(sent)
    assert (len(shop.orders[placed.ref].parcels), len(shop.sent[placed.ref]["parcels"]), shop.sent[placed.ref]["anew"]) == (1, 1, 0)


def test_order_that_was_collected_has_no_parcel(shop: OwnMiniProgramShop, own: Own) -> None:
    placed = shop.place([("MUG-RED", 1)], delivery="collect")
    for _ in range(2):
        own.ship(parcel(own, placed, "TOTE-1"))
    assert shop.sent[placed.ref]["way"] == 4
    assert shop.sent[placed.ref]["parcels"] == [{"item_desc": "MUG-RED of the shop*1"}]


def test_order_that_was_not_paid_at_wechat_is_nobodys_there(shop: OwnMiniProgramShop, own: Own) -> None:
    placed = shop.place([("MUG-RED", 1)], is_paid=False)
    own.ship(parcel(own, placed))
    assert shop.orders[placed.ref].is_shipped
    assert shop.asked["POST /cgi-bin/stable_token"] == 0


@pytest.mark.parametrize("wrong", ["nobody paid it", "cancelled", "another payer"])
def test_what_wechat_refuses_is_refused(shop: OwnMiniProgramShop, own: Own, wrong: str) -> None:
    placed = shop.place([("MUG-RED", 1)], address=ADDRESS)
    sent = parcel(own, placed)
    if wrong == "nobody paid it":
        shop.unpaid_at_wechat.add(placed.ref)
    elif wrong == "cancelled":
        own._post = lambda *_: None  # type: ignore[method-assign] - the back end has not noticed yet
        shop.cancel_order(placed.ref)
    else:
        sent.document["wechat"]["openid"] = "o-somebody"
    with pytest.raises(ChannelRefused):
        own.ship(sent)
    assert placed.ref not in shop.sent


@pytest.mark.parametrize("code,error", [(10060023, None), (268440065, None), (10060003, ChannelRefused), (45009, ChannelBusy), (48001, ChannelShut)])
def test_sent_before_is_known_and_all_else_is_what_it_means(shop: OwnMiniProgramShop, code: int, error: type[Exception] | None) -> None:
    said = {"access_token": "t", "expires_in": 7200, "order": {}}
    with answering(said) as address:
        own = connect_to(shop, wechat_address=address)
        sent, ask = parcel(own, shop.place([("MUG-RED", 1)], address=ADDRESS)), own._wechat._called

        def refused(path: str, business: Any) -> Any:
            return {"errcode": code, "errmsg": "words"} if "upload" in path else ask(path, business)

        own._wechat._called = refused  # type: ignore[method-assign]
        if error is None:
            own.ship(sent)
        else:
            with pytest.raises(error):
                own.ship(sent)


def test_each_server_has_a_clock_of_its_own(shop: OwnMiniProgramShop) -> None:
    with answering({}) as address:
        own = connect_to(shop, wechat_address=address)
        shop.skew_ms = 2 * HOUR
        placed = shop.place([("MUG-RED", 1)])
        with pytest.raises(ChannelShut):
            own.fetch(placed.ref)  # its refusal tells what time it is there
        with pytest.raises(Exception, match="access_token"):
            own.ship(parcel(own, placed))
        assert own.fetch(placed.ref)


def test_its_orders_come_as_the_plain_channels_do(shop: OwnMiniProgramShop, own: Own) -> None:
    with listening(shop) as calls:
        placed = shop.place([("MUG-RED", 1)], address=ADDRESS)
    [document] = own.hear(calls[0]).documents
    assert own.understand(document).ref == placed.ref


def test_secrets_are_named() -> None:
    assert {"secret", "app_secret"} == KIND.settings.SECRETS
    assert set(KIND.settings.model_fields) >= KIND.settings.SECRETS
