import base64
import http.client
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from server.kernel.clock import DAY, HOUR, MINUTE, SECOND
from server.oms.channels.base import Call, ChannelOrder, Parcel, Quantity, Stage
from server.oms.channels.caller import Caller
from server.oms.channels.errors import (
    ChannelAway,
    ChannelBusy,
    ChannelChanged,
    ChannelRefused,
    ChannelShut,
    Misunderstood,
    NotFromChannel,
)
from server.oms.channels.mini_program import KIND, MiniProgram
from server.oms.channels.mini_program_gate import MiniProgramSettings
from server.oms.channels.mini_program_push import Push, decrypted, push_signature
from simulators.shops.mini_program import MiniProgramShop
from simulators.shops.mini_program_push import Pusher
from simulators.shops.shop import DUPLICATED, HALF_A_PAGE, LOST_ANSWER, OUT_OF_ORDER, TOO_MANY, WRONG_SIGNATURE
from tests.oms.channels.chinese import ADDRESS, THREE_DAYS, answering, listening, place_many, pulled
from tests.oms.channels.marketplace import Connect, Marketplace
from tests.oms.channels.test_any_document import ODD, changed, places


@pytest.fixture
def shop() -> Iterator[MiniProgramShop]:
    shop = MiniProgramShop()
    yield shop
    shop.close()


def connect_to(shop: MiniProgramShop, *, seconds: float = 10.0, **more: Any) -> MiniProgram:
    told = {"address": shop.address, "app_id": shop.app_id, "app_secret": shop.app_secret, "push_token": shop.push_token, "push_key": shop.push_key} | more
    return MiniProgram(MiniProgramSettings(**told), Caller(seconds=seconds))


@pytest.fixture
def wechat(shop: MiniProgramShop) -> MiniProgram:
    return connect_to(shop)


LIST, ORDER_GET, TOKEN = "POST /channels/ec/order/list/get", "POST /channels/ec/order/get", "POST /cgi-bin/stable_token"


class TestMiniProgramAsAMarketplace(Marketplace):
    schema_code = "order_id_list"

    @pytest.fixture
    def connect(self, shop: MiniProgramShop) -> Connect:
        return lambda **more: connect_to(shop, **more)

    @pytest.mark.parametrize("minutes", [30, -30, 5, -5])
    def test_clock_of_the_shop_is_learned(self, shop: MiniProgramShop, channel: MiniProgram, minutes: int) -> None:  # type: ignore[override]
        shop.skew_ms = minutes * MINUTE
        placed = place_many(shop, 5)
        told = pulled(channel, shop.now() - THREE_DAYS)
        assert set(told.refs(channel)) == set(placed)
        assert shop.now() - MINUTE < told.watermarks[-1] <= shop.now() + 2 * SECOND

    def test_pages_turned_about_again_and_again_never_move_the_watermark(self, shop: MiniProgramShop, channel: MiniProgram) -> None:  # type: ignore[override]
        """Pages are not turned: what does not fit on one is asked for in narrower windows, and those may come in any order."""
        placed = place_many(shop, 250, hours=3)
        shop.fail(OUT_OF_ORDER, 1_000)
        told = pulled(channel, shop.now() - 4 * HOUR)
        assert told.refs(channel) == Counter(placed)
        assert told.watermarks == sorted(told.watermarks)


def test_window_is_narrowed_until_it_fits_and_widened_again(shop: MiniProgramShop, wechat: MiniProgram) -> None:
    placed = place_many(shop, 450, hours=3)
    pages = list(wechat.pull(shop.now() - 7 * DAY + HOUR))
    assert sum((Counter(str(one["order_id"]) for one in page.documents) for page in pages), Counter()).keys() == set(placed)
    assert all(len(page.documents) <= 100 and page.watermark for page in pages)
    assert shop.asked[LIST] < 40


def test_what_was_given_is_not_asked_for_again_when_the_pull_breaks_off(shop: MiniProgramShop, wechat: MiniProgram) -> None:
    place_many(shop, 250, hours=3)
    pages = wechat.pull(shop.now() - 4 * HOUR)
    watermark = next(pages).watermark
    assert watermark is not None
    shop.fail(TOO_MANY)
    with pytest.raises(ChannelBusy):
        next(pages)
    before = shop.asked[ORDER_GET]
    assert len(pulled(wechat, watermark).documents) + before >= 250
    assert shop.asked[ORDER_GET] < 260


@pytest.mark.parametrize("fault", [DUPLICATED, OUT_OF_ORDER, HALF_A_PAGE])
@pytest.mark.parametrize("pages_before", [0, 1, 2, 3, 4])
def test_pages_of_a_second_are_turned_until_they_name_nothing_new(shop: MiniProgramShop, wechat: MiniProgram, fault: str, pages_before: int) -> None:
    at = (shop.now() - HOUR) // SECOND * SECOND
    placed = [shop.place([("MUG-RED", 1)], at=at).ref for _ in range(230)]
    ask, asked = wechat._listed, []

    def asking_(first: int, until: int, key: str) -> Any:
        shop.fail(fault, len(asked) == pages_before)
        asked.append(key)
        return ask(first, until, key)

    assert set(replace(wechat._walk, ask=asking_)._whole(at, at)) == set(placed)
    assert len(asked) >= 6  # three pages, and again


def test_second_in_which_more_changed_than_a_page_holds_comes_whole(shop: MiniProgramShop, wechat: MiniProgram) -> None:
    at = (shop.now() - HOUR) // SECOND * SECOND
    placed = [shop.place([("MUG-RED", 1)], at=at).ref for _ in range(230)]
    told = pulled(wechat, at - 2 * HOUR)
    assert set(told.refs(wechat)) == set(placed)
    assert told.watermarks == sorted(told.watermarks)


def test_cursor_that_goes_round_ends() -> None:
    said = {"access_token": "t", "expires_in": 7200, "order_id_list": ["1"], "has_more": True, "next_key": "same"}
    with answering(said) as address, pytest.raises(ChannelChanged) as refusal:
        pulled(MiniProgram(MiniProgramSettings(address=address, app_id="1", app_secret="s"), Caller()), 10**15)
    assert refusal.value.code == "next_key"


def test_order_is_understood(shop: MiniProgramShop, wechat: MiniProgram) -> None:
    placed = shop.place([("MUG-RED", 1), ("PLATE", 2)], price=1_990, buyer="oAv1969open", address=ADDRESS, note="请尽快")
    document = wechat.fetch(placed.ref)
    assert document is not None
    order = wechat.understand(document)
    assert (order.stage, order.total, order.currency, order.buyer, order.note) == (Stage.PAID, 5_970, "CNY", "oAv1969open", "请尽快")
    assert [(line.item, line.quantity, line.price) for line in order.lines] == [("MUG-RED", 1, 1_990), ("PLATE", 2, 1_990)]
    assert order.ship_to == ADDRESS
    assert (order.version, order.ref) == (placed.changed_at // SECOND * SECOND, placed.ref)
    assert int(order.ref) > 2**53


def test_buyer_behind_stars_is_decoded_as_long_as_wechat_tells(shop: MiniProgramShop, wechat: MiniProgram) -> None:
    shop.masks, shop.decodes_left = True, 1
    first, second, unpaid = (shop.place([("MUG-RED", 1)], address=ADDRESS, is_paid=is_paid) for is_paid in (True, True, False))
    seen = []
    for placed in (first, first, second, unpaid, first):
        document = wechat.fetch(placed.ref)
        assert document is not None
        seen.append(wechat.understand(document).ship_to)
    assert (seen[0], seen[1], seen[4]) == (ADDRESS, ADDRESS, ADDRESS)
    assert {seen[2]["encrypted"], seen[3]["encrypted"]} == {"name,phone,street"}
    assert shop.asked["POST /channels/ec/order/sensitiveinfo/decode"] == 4  # what is not paid is nobody's to be told


def test_number_that_wechat_lends_stands_for_the_buyers(shop: MiniProgramShop, wechat: MiniProgram) -> None:
    shop.masks = shop.lends = True
    document = wechat.fetch(shop.place([("MUG-RED", 1)], address=ADDRESS).ref)
    assert document is not None
    ship_to = wechat.understand(document).ship_to
    assert (ship_to["phone"], ship_to["name"], "encrypted" in ship_to) == ("132123457749-1234", "王小明", False)


@pytest.mark.parametrize("code,error", [(45009, None), (48001, None), (45011, ChannelBusy), (-1, ChannelAway)])
def test_order_whose_buyer_cannot_be_decoded_comes_with_stars_or_later(
    shop: MiniProgramShop, wechat: MiniProgram, code: int, error: type[Exception] | None,
) -> None:
    shop.masks = True
    placed, called = shop.place([("MUG-RED", 1)], address=ADDRESS), wechat._wechat._called
    wechat._wechat._called = lambda path, business: {"errcode": code} if "decode" in path else called(path, business)  # type: ignore[method-assign]
    if error is not None:
        with pytest.raises(error):
            wechat.fetch(placed.ref)
        return
    document = wechat.fetch(placed.ref)
    assert document is not None and wechat.understand(document).ship_to["encrypted"]


def test_buyer_told_with_stars_is_marked(shop: MiniProgramShop) -> None:
    shop.masks = True
    wechat = connect_to(shop, decodes_buyers=False)
    document = wechat.fetch(shop.place([("MUG-RED", 1)], address=ADDRESS).ref)
    assert document is not None
    ship_to = wechat.understand(document).ship_to
    assert ship_to["encrypted"] == "name,phone,street"
    assert (ship_to["phone"], ship_to["state"], ship_to["district"]) == ("138****8000", "浙江省", "余杭区")


ROW = {"product_id": "100", "sku_id": "30", "sku_code": "A", "sku_cnt": 3, "sale_price": 1_990, "title": "杯子", "finish_aftersale_sku_cnt": 0}
ORDER = {"order_id": "3700000000000000001", "status": 20, "create_time": 1_790_000_000, "update_time": 1_790_000_009, "openid": "o",
         "order_detail": {"product_infos": [ROW], "price_info": {"order_price": 5_970}}}


def with_rows(*rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    return ORDER | {"order_detail": {"product_infos": [ROW | row for row in rows]}} | more


@pytest.mark.parametrize("status,stage", [
    (10, Stage.UNPAID), (12, Stage.UNPAID), (13, Stage.UNPAID), (20, Stage.PAID), (21, Stage.PAID), (30, Stage.SHIPPED), (100, Stage.SHIPPED),
    (200, Stage.CANCELLED), (250, Stage.CANCELLED)])
def test_status_is_a_stage(wechat: MiniProgram, status: int, stage: Stage) -> None:
    assert wechat.understand(ORDER | {"status": status}).stage is stage


@pytest.mark.parametrize("change,where", [
    ({"order_id": None}, "order_id"), ({"status": 77}, "status"), ({"status": "paid"}, "status"), ({"update_time": "soon"}, "update_time"),
    ({"order_detail": None}, "order_detail"), ({"order_detail": {"product_infos": {}}}, "order_detail.product_infos"),
    (with_rows({"sku_cnt": -1}), "sku_cnt"), (with_rows({"sku_id": None}), "sku_id"), (with_rows({"sale_price": "19.90"}), "sale_price"),
    (with_rows({"sale_price": 19.9}), "sale_price"), ({"order_detail": {"product_infos": [ROW], "price_info": "dear"}}, "price_info"),
    ({"order_detail": {"product_infos": [ROW], "delivery_info": {"address_info": []}}}, "address_info")])
def test_what_cannot_be_read_is_named(wechat: MiniProgram, change: dict[str, Any], where: str) -> None:
    with pytest.raises(Misunderstood) as refusal:
        wechat.understand(ORDER | change)
    assert refusal.value.code == where


def test_order_with_something_odd_in_it_is_read_or_misunderstood_by_its_place(shop: MiniProgramShop, wechat: MiniProgram) -> None:
    whole = wechat.fetch(shop.place([("MUG-RED", 2)], address=ADDRESS).ref)
    named = []
    for place in list(places(whole)):
        for odd in ODD:
            try:
                assert isinstance(wechat.understand(changed(whole, place, odd)), ChannelOrder), place
            except Misunderstood as wrong:
                named.append(wrong.code)
    assert len(named) > 100
    assert all(named)


def test_item_is_the_sellers_code_or_else_wechats_number(wechat: MiniProgram) -> None:
    assert wechat.understand(with_rows({"sku_code": ""})).lines[0].item == "30"
    assert wechat.understand(with_rows({"sku_code": "", "out_sku_id": "OURS"})).lines[0].item == "OURS"


def test_pieces_paid_back_before_they_left_are_not_sent(wechat: MiniProgram) -> None:
    some = with_rows({"finish_aftersale_sku_cnt": 1}, {"sku_id": "31", "finish_aftersale_sku_cnt": 3})
    assert [(line.ref, line.quantity) for line in wechat.understand(some).lines] == [("100:30", 2)]
    assert [line.quantity for line in wechat.understand(some | {"status": 30}).lines] == [3, 3]
    gone = wechat.understand(with_rows({"finish_aftersale_sku_cnt": 3}))
    assert (gone.stage, [line.quantity for line in gone.lines]) == (Stage.CANCELLED, [3])


def test_what_an_order_has_twice_is_two_lines_and_one_row_of_a_parcel(shop: MiniProgramShop, wechat: MiniProgram) -> None:
    placed = shop.place([("MUG-RED", 1), ("MUG-RED", 2)])
    document = wechat.fetch(placed.ref)
    assert document is not None
    lines = wechat.understand(document).lines
    assert len({line.ref for line in lines}) == 2
    wechat.ship(Parcel(ref=placed.ref, tracking="SF1", carrier="SF", lines=[(line.ref, line.quantity) for line in lines]))
    assert shop.orders[placed.ref].is_shipped


# The token: fetched, kept, ended, forced.


def test_token_is_fetched_once_and_anew_when_it_has_ended(shop: MiniProgramShop, wechat: MiniProgram) -> None:
    placed = shop.place([("MUG-RED", 1)])
    for _ in range(3):
        assert wechat.fetch(placed.ref)
    assert shop.asked[TOKEN] == 1
    shop.tokens.end_all()
    assert wechat.fetch(placed.ref)
    assert shop.asked[TOKEN] == 2
    assert shop.refused == ["42001"]


def test_token_that_wechat_itself_takes_for_good_is_forced_anew(shop: MiniProgramShop, wechat: MiniProgram) -> None:
    placed = shop.place([("MUG-RED", 1)])
    assert wechat.fetch(placed.ref)
    shop.tokens.end_all(is_noticed=False)
    assert wechat.fetch(placed.ref)
    assert shop.asked[TOKEN] == 3  # the first; the same again, which is refused; and one by force


def test_token_is_renewed_before_it_ends(shop: MiniProgramShop, wechat: MiniProgram) -> None:
    placed = shop.place([("MUG-RED", 1)])
    assert wechat.fetch(placed.ref)
    shop.skew_ms = 7_200 * SECOND - MINUTE
    assert wechat.fetch(placed.ref)  # its answer tells how late it is there
    assert wechat.fetch(placed.ref)
    assert shop.asked[TOKEN] == 2
    assert not shop.refused


def test_token_that_never_lets_in_is_no_endless_asking(shop: MiniProgramShop) -> None:
    said = {"errcode": 40001, "errmsg": "invalid credential", "access_token": "t", "expires_in": 7200}
    with answering(said) as address, pytest.raises(ChannelShut):
        connect_to(shop, address=address).fetch("1")


@pytest.mark.parametrize("wrong,code", [({"app_secret": "no"}, "40125"), ({"app_id": "wx1"}, "40013")])
def test_wrong_credentials_are_shut_out(shop: MiniProgramShop, wrong: dict[str, str], code: str) -> None:
    with pytest.raises(ChannelShut) as refusal:
        connect_to(shop, **wrong).fetch("1")
    assert refusal.value.code == code


@pytest.mark.parametrize("code,error,seconds", [
    (-1, ChannelAway, 0), (45009, ChannelBusy, 300), (45011, ChannelBusy, 60), (100003, ChannelBusy, 5), (48001, ChannelShut, 0), (61004, ChannelShut, 0),
    (40097, ChannelRefused, 0)])
def test_code_of_trouble_is_what_it_means(shop: MiniProgramShop, code: int, error: type[Exception], seconds: float) -> None:
    with answering({"errcode": code, "errmsg": "words rid: 1"}) as address, pytest.raises(error) as refusal:
        connect_to(shop, address=address).fetch("1")
    assert getattr(refusal.value, "retry_after_seconds", 0) == seconds
    assert type(refusal.value) is error


@pytest.mark.parametrize("said", [[], {"expires_in": 7200}, {"access_token": "t"}, {"access_token": "t", "expires_in": 7200, "order": []}])
def test_answers_that_are_none(shop: MiniProgramShop, said: Any) -> None:
    with answering(said) as address, pytest.raises(ChannelChanged):
        connect_to(shop, address=address).fetch("1")


def test_quota_of_the_day_is_busy(shop: MiniProgramShop, wechat: MiniProgram) -> None:
    shop.calls_left = 1
    placed = shop.place([("MUG-RED", 1)])
    assert wechat.fetch(placed.ref)
    with pytest.raises(ChannelBusy) as refusal:
        wechat.fetch(placed.ref)
    assert refusal.value.code == "45009"


# What it is told.


def test_pieces_of_lines_go_in_several_parcels(shop: MiniProgramShop) -> None:
    wechat = connect_to(shop, carriers={"SF": "SF-EXPRESS"})
    placed = shop.place([("MUG-RED", 3)])
    document = wechat.fetch(placed.ref)
    assert document is not None
    line = wechat.understand(document).lines[0].ref
    for tracking, quantity, stage in (("SF1", 1, Stage.PAID), ("SF2", 2, Stage.SHIPPED)):
        parcel = Parcel(ref=placed.ref, tracking=tracking, carrier="SF", lines=[(line, quantity)], is_whole=False)
        wechat.ship(parcel)
        wechat.ship(parcel)
        document = wechat.fetch(placed.ref)
        assert document is not None and wechat.understand(document).stage is stage
    assert [(parcel.tracking, parcel.carrier, dict(parcel.lines)) for parcel in shop.orders[placed.ref].parcels] == [
        ("SF1", "SF-EXPRESS", {placed.lines[0].ref: 1}), ("SF2", "SF-EXPRESS", {placed.lines[0].ref: 2})]
    assert not shop.refused  # WeChat is asked before it is told, as nothing makes two calls of one parcel one


def test_parcel_whose_answer_got_lost_is_not_sent_twice(shop: MiniProgramShop, wechat: MiniProgram) -> None:
    placed = shop.place([("MUG-RED", 2)])
    document = wechat.fetch(placed.ref)
    assert document is not None
    parcel = Parcel(ref=placed.ref, tracking="SF1", carrier="SF", lines=[(wechat.understand(document).lines[0].ref, 1)], is_whole=False)
    ask = wechat._wechat.ask

    def losing(path: str, business: Any) -> Any:
        if path.endswith("/send"):
            shop.fail(LOST_ANSWER)
        return ask(path, business)

    wechat._wechat.ask = losing  # type: ignore[method-assign]
    with pytest.raises(ChannelAway):
        wechat.ship(parcel)
    wechat.ship(parcel)
    assert [sent.tracking for sent in shop.orders[placed.ref].parcels] == ["SF1"]


def test_parcel_of_an_order_that_is_not_there_is_refused(wechat: MiniProgram) -> None:
    with pytest.raises(ChannelRefused):
        wechat.ship(Parcel(ref="3700000000000000999", tracking="SF1", carrier="SF", lines=[("1:2", 1)]))


def test_quantities_are_told_by_the_sellers_code_or_wechats_numbers(shop: MiniProgramShop, wechat: MiniProgram) -> None:
    shop.quantities |= {"MUG-RED": 0, "盘子": 0, "CUP": 0}
    refused = wechat.set_quantities([Quantity(item="MUG-RED", quantity=7), Quantity(item="NO-SUCH", quantity=1), Quantity(item="盘子", quantity=9),
                                     Quantity(item="what buyers call it", quantity=4, ref=":".join(shop.shelf.place_of("CUP"))),
                                     Quantity(item="x", quantity=1, ref="1:2")])
    assert shop.quantities == {"MUG-RED": 7, "盘子": 9, "CUP": 4}
    assert [quantity.item for quantity, _ in refused] == ["NO-SUCH", "x"]


def test_catalogue_is_read_once_for_many_codes_that_nobody_sells(shop: MiniProgramShop, wechat: MiniProgram) -> None:
    shop.quantities |= {f"ITEM-{number}": 0 for number in range(35)}
    for number in range(4):
        wechat.set_quantities([Quantity(item=f"NO-{number}", quantity=1), Quantity(item=f"ITEM-{number}", quantity=number)])
    assert shop.asked["POST /channels/ec/product/list/get"] <= 3  # two pages, and perhaps an empty one
    assert shop.asked["POST /channels/ec/product/get"] == 35


def test_quantities_there_are_told_by_code(shop: MiniProgramShop, wechat: MiniProgram) -> None:
    shop.quantities |= {f"ITEM-{number}": number for number in range(70)}
    assert wechat.quantities() == shop.quantities


@pytest.mark.parametrize("asked", [{}, {"is_return": True, "has_left": True}])
def test_money_is_paid_back_when_the_buyer_asked_for_it_and_once(shop: MiniProgramShop, wechat: MiniProgram, asked: dict[str, bool]) -> None:
    placed = shop.place([("MUG-RED", 2)])
    shop.requests.ask_item(placed.ref, "MUG-RED", 1, 1_990, **asked)
    wechat.refund(placed.ref, 1_990, "CNY", "broken")
    wechat.refund(placed.ref, 1_990, "CNY", "broken")
    assert shop.orders[placed.ref].refunded == 1_990


@pytest.mark.parametrize("amount,currency,asked", [(1_000, "CNY", {}), (1_990, "USD", {}), (1_990, "CNY", {"is_return": True})])
def test_money_that_was_not_asked_for_so_is_not_paid_back(
    shop: MiniProgramShop, wechat: MiniProgram, amount: int, currency: str, asked: dict[str, bool],
) -> None:
    placed = shop.place([("MUG-RED", 2)])
    shop.requests.ask_item(placed.ref, "MUG-RED", 1, 1_990, **asked)
    with pytest.raises(ChannelRefused):
        wechat.refund(placed.ref, amount, currency, "broken")
    assert shop.orders[placed.ref].refunded == 0


def test_order_paid_back_whole_before_it_left_is_cancelled(shop: MiniProgramShop, wechat: MiniProgram) -> None:
    placed = shop.place([("MUG-RED", 2)])
    shop.requests.ask_item(placed.ref, "MUG-RED", 2, 3_980)
    wechat.refund(placed.ref, 3_980, "CNY", "changed their mind")
    document = wechat.fetch(placed.ref)
    assert document is not None and wechat.understand(document).stage is Stage.CANCELLED
    wechat.cancel(placed.ref, "缺货")


# What it pushes. This example is the one in WeChat's own description of its message push.

EXAMPLE_TOKEN, EXAMPLE_KEY, EXAMPLE_APP = "AAAAA", "A" * 43, "wxba5fad812f8e6fb9"
EXAMPLE_QUERY = {"signature": "6c5c811b55cc85e0e1b54100749188c20beb3f5d", "timestamp": "1714112445", "nonce": "415670741", "encrypt_type": "aes",
                 "msg_signature": "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"}
EXAMPLE_ENCRYPT = ("+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+"
                   "tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VI"
                   "YnSeOBrebufAlr7F9mFUPAJGj04=")


def test_example_of_wechats_own_is_heard_and_made() -> None:
    plain = decrypted(EXAMPLE_ENCRYPT, EXAMPLE_KEY, EXAMPLE_APP)
    assert json.loads(plain)["Event"] == "debug_demo"
    assert push_signature(EXAMPLE_TOKEN, "1714112445", "415670741", EXAMPLE_ENCRYPT) == EXAMPLE_QUERY["msg_signature"]
    assert push_signature(EXAMPLE_TOKEN, "1714036504", "1514711492") == "f464b24fc39322e44b38aa78f5edd27bd1441696"
    body = json.dumps({"ToUserName": "gh_97417a04a28d", "Encrypt": EXAMPLE_ENCRYPT}).encode()
    push = Push(EXAMPLE_TOKEN, EXAMPLE_KEY, EXAMPLE_APP)
    heard = push.hear(Call({}, EXAMPLE_QUERY, body), 1_714_112_445 * SECOND)
    assert (heard.refs, heard.answer) == ((), b"success")
    played = Pusher(EXAMPLE_APP, EXAMPLE_TOKEN, EXAMPLE_KEY)
    salt = decrypted_whole(EXAMPLE_ENCRYPT)[:16]
    query, made = played.pushed(plain, 1_714_112_445, nonce="415670741", salt=salt)
    assert json.loads(made)["Encrypt"] == EXAMPLE_ENCRYPT
    assert EXAMPLE_QUERY.items() <= dict(parse_qsl(query)).items()


def decrypted_whole(encrypted: str) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes  # noqa: PLC0415 - only for the chance in the example
    key = base64.b64decode(EXAMPLE_KEY + "=")
    decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    return decryptor.update(base64.b64decode(encrypted)) + decryptor.finalize()


def test_push_is_heard_and_answered(shop: MiniProgramShop, wechat: MiniProgram) -> None:
    with listening(shop) as calls:
        placed = shop.place([("红杯子", 1)], buyer="o1")
    heard = wechat.hear(calls[0])
    assert list(heard.refs) == [placed.ref]
    assert (heard.answer, heard.content_type) == (b"success", "text/plain")
    assert "channels_ec_order_pay" in heard.event


def test_push_altered_or_wrongly_signed_is_not_from_the_channel(shop: MiniProgramShop, wechat: MiniProgram) -> None:
    with listening(shop) as calls:
        shop.fail(WRONG_SIGNATURE)
        shop.place([("MUG-RED", 1)])
        shop.place([("MUG-RED", 1)])
    wrong, right = calls
    other = json.loads(right.body)["Encrypt"]
    altered = right.body.replace(other[:8].encode(), b"AAAAAAAA")
    plain = json.dumps({"Event": "channels_ec_order_pay", "order_info": {"order_id": 1}}).encode()
    for call in (wrong, replace(right, body=altered), replace(right, query={}), replace(right, body=plain), replace(right, body=b""),
                 replace(right, query={**right.query, "timestamp": str(int(right.query["timestamp"]) + 1)}),
                 replace(right, query={**right.query, "msg_signature": right.query["signature"]})):
        with pytest.raises(NotFromChannel):
            wechat.hear(call)
    assert wechat.hear(right).refs


def test_body_that_only_the_plain_modes_signature_is_good_for_is_not_heard(shop: MiniProgramShop, wechat: MiniProgram) -> None:
    at = str(shop.now() // SECOND)
    query = {"timestamp": at, "nonce": "1", "signature": push_signature(shop.push_token, at, "1")}
    with pytest.raises(NotFromChannel) as refusal:
        wechat.hear(Call({}, query, b'{"Event":"channels_ec_order_pay","order_info":{"order_id":1}}'))
    assert refusal.value.code == "Encrypt"


@pytest.mark.parametrize("hours,is_heard", [(3.5, True), (-3.5, True), (4.5, False), (-4.5, False)])
def test_push_is_good_as_long_as_wechat_tries_again(shop: MiniProgramShop, wechat: MiniProgram, hours: float, is_heard: bool) -> None:
    shop.skew_ms = int(hours * HOUR)
    with listening(shop) as calls:
        shop.place([("MUG-RED", 1)])
    if is_heard:
        assert wechat.hear(calls[0]).refs
    else:
        with pytest.raises(NotFromChannel):
            wechat.hear(calls[0])


def test_push_is_heard_by_the_shops_own_clock(shop: MiniProgramShop, wechat: MiniProgram) -> None:
    shop.skew_ms = 10 * HOUR
    placed = shop.place([("MUG-RED", 1)])
    assert wechat.fetch(placed.ref)  # its answer tells what time it is there
    with listening(shop) as calls:
        shop.change(placed.ref, note="x")
    assert list(wechat.hear(calls[0]).refs) == [placed.ref]


def test_push_for_another_application_is_not_ours(shop: MiniProgramShop) -> None:
    with listening(shop) as calls:
        shop.place([("MUG-RED", 1)])
    for other in ({"app_id": "wx1"}, {"push_key": "B" * 43}, {"push_token": "other"}, {"push_token": ""}, {"push_key": ""}):
        with pytest.raises(NotFromChannel):
            connect_to(shop, **other).hear(calls[0])


def test_message_that_comes_several_times_is_one_event(shop: MiniProgramShop, wechat: MiniProgram) -> None:
    with listening(shop) as calls:
        shop.fail(DUPLICATED)
        placed = shop.place([("MUG-RED", 1)])
        shop.fail(OUT_OF_ORDER)
        shop.pay(placed.ref)
        shop.pay(placed.ref)
    heard = [wechat.hear(call) for call in calls]
    assert len(heard) == 5
    assert len({one.event for one in heard}) == 3  # placed three times over, then two changes, the later first
    assert {ref for one in heard for ref in one.refs} == {placed.ref}


def test_events_in_any_sequence_and_twice_name_an_order_that_is_read_as_it_is_now(shop: MiniProgramShop, wechat: MiniProgram) -> None:
    with listening(shop) as calls:
        placed = shop.place([("MUG-RED", 1)], is_paid=False)
        shop.pay(placed.ref)
        shop.cancel_order(placed.ref)
    assert len(calls) == 3
    for sequence in permutations([*calls, calls[1]]):
        assert {ref for call in sequence for ref in wechat.hear(call).refs} == {placed.ref}
    document = wechat.fetch(placed.ref)
    assert document is not None and wechat.understand(document).stage is Stage.CANCELLED


def signed(shop: MiniProgramShop, message: bytes) -> Call:
    query, body = shop.pusher.pushed(message, shop.now() // SECOND)
    return Call({}, dict(parse_qsl(query)), body)


def test_refund_that_was_asked_for_has_its_order_fetched(shop: MiniProgramShop, wechat: MiniProgram) -> None:
    message = {"Event": "channels_ec_aftersale_update", "CreateTime": 1, "finder_shop_aftersale_status_update": {"status": "X", "order_id": 3700000000000000200}}
    assert list(wechat.hear(signed(shop, json.dumps(message).encode())).refs) == ["3700000000000000200"]


@pytest.mark.parametrize("message", [b"[]", b"\xff", b"", b"7"])
def test_signed_nonsense_is_not_from_the_channel(shop: MiniProgramShop, wechat: MiniProgram, message: bytes) -> None:
    with pytest.raises(NotFromChannel):
        wechat.hear(signed(shop, message))


@pytest.mark.parametrize("encrypted", ["", "AAAA", "no base64!", base64.b64encode(b"x" * 32).decode(), 7, None])
def test_signed_cipher_that_is_none_is_not_from_the_channel(shop: MiniProgramShop, wechat: MiniProgram, encrypted: Any) -> None:
    at = str(shop.now() // SECOND)
    query = {"timestamp": at, "nonce": "1", "msg_signature": push_signature(shop.push_token, at, "1", str(encrypted))}
    with pytest.raises(NotFromChannel):
        wechat.hear(Call({}, query, json.dumps({"Encrypt": encrypted}).encode()))


def test_address_is_tried_by_a_word_that_only_its_owner_says_again(shop: MiniProgramShop, wechat: MiniProgram) -> None:
    at = str(shop.now() // SECOND)
    query = {"timestamp": at, "nonce": "1", "signature": push_signature(shop.push_token, at, "1"), "echostr": "4375120948345356249"}
    assert wechat.hear(Call({}, query, b"")).answer == b"4375120948345356249"
    for wrong in ({"signature": "0" * 40}, {"nonce": "2"}, {"timestamp": "1"}):
        with pytest.raises(NotFromChannel):
            wechat.hear(Call({}, query | wrong, b""))


def test_secrets_are_named() -> None:
    assert set(KIND.settings.model_fields) >= KIND.settings.SECRETS == {"app_secret", "push_token", "push_key"}


@pytest.mark.parametrize("key", ["short", "A" * 42 + "!", "A" * 44])
def test_key_that_is_none_is_refused_when_it_is_filled_in(shop: MiniProgramShop, key: str) -> None:
    with pytest.raises(ValueError, match="push_key"):
        connect_to(shop, push_key=key)


# Clients that are not ours.


def foreign(shop: MiniProgramShop, path: str, body: Any, *, method: str = "POST") -> dict[str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", shop.port, timeout=30)
    connection.request(method, path, json.dumps(body) if body is not None else b"", {"Content-Type": "application/json"})
    said = json.loads(connection.getresponse().read())
    connection.close()
    return said  # type: ignore[no-any-return]


def asking(shop: MiniProgramShop, method: str, body: Any) -> dict[str, Any]:
    token = foreign(shop, "/cgi-bin/stable_token", {"grant_type": "client_credential", "appid": shop.app_id, "secret": shop.app_secret})
    return foreign(shop, f"/channels/ec/{method}?{urlencode({'access_token': token['access_token']})}", body)


@pytest.mark.parametrize("body,code", [
    ({"update_time_range": {"start_time": 1, "end_time": 1 + 7 * 86_400}, "page_size": 100}, 0),
    ({"update_time_range": {"start_time": 1, "end_time": 2 + 7 * 86_400}, "page_size": 100}, 40097),
    ({"update_time_range": {"start_time": 1, "end_time": 2}, "page_size": 101}, 40097), ({"page_size": 10}, 40097),
    ({"update_time_range": {"start_time": "1", "end_time": "2"}}, 40097), ({"create_time_range": {"start_time": 1, "end_time": 2}}, 0)])
def test_gateway_is_strict_about_windows_and_pages(shop: MiniProgramShop, body: dict[str, Any], code: int) -> None:
    assert asking(shop, "order/list/get", body)["errcode"] == code


def test_foreign_client_turns_pages_by_the_key(shop: MiniProgramShop) -> None:
    placed = place_many(shop, 5, hours=1)
    window = {"start_time": shop.now() // SECOND - 7200, "end_time": shop.now() // SECOND + 1}
    refs: list[str] = []
    key = ""
    for _ in range(3):
        said = asking(shop, "order/list/get", {"update_time_range": window, "page_size": 2, "next_key": key})
        refs, key = refs + said["order_id_list"], said["next_key"]
    assert (sorted(refs), said["has_more"]) == (sorted(placed), False)


@pytest.mark.parametrize("path,body,method,code", [
    ("/channels/ec/order/get", {}, "POST", 41001), ("/channels/ec/order/get?access_token=x", {}, "POST", 40001),
    ("/channels/ec/order/presentnote/add?access_token=x", {}, "POST", 40066), ("/cgi-bin/stable_token", {}, "POST", 40002),
    ("/cgi-bin/stable_token", None, "GET", 43002), ("/cgi-bin/stable_token", None, "POST", 44002), ("/cgi-bin/stable_token", [], "POST", 47001)])
def test_gateway_lets_nobody_in_without_a_token(shop: MiniProgramShop, path: str, body: Any, method: str, code: int) -> None:
    assert foreign(shop, path, body, method=method)["errcode"] == code


@pytest.mark.parametrize("diff,number,after", [(1, 3, 8), (2, 3, 2), (3, 3, 3), (2, 6, 5), (4, 1, 5), (3, -1, 5)])
def test_foreign_client_may_change_stock_in_three_ways(shop: MiniProgramShop, diff: int, number: int, after: int) -> None:
    shop.quantities["MUG-RED"] = 5
    product, sku = shop.shelf.place_of("MUG-RED")
    asking(shop, "product/stock/update", {"product_id": product, "sku_id": sku, "diff_type": diff, "num": number})
    assert asking(shop, "product/stock/get", {"product_id": product, "sku_id": sku})["data"]["normal_stock_num"] == after


def test_token_is_the_same_for_all_until_it_is_forced_or_about_to_end(shop: MiniProgramShop) -> None:
    asks = {"grant_type": "client_credential", "appid": shop.app_id, "secret": shop.app_secret}
    first = foreign(shop, "/cgi-bin/stable_token", asks)
    assert foreign(shop, "/cgi-bin/stable_token", asks)["access_token"] == first["access_token"]
    forced = foreign(shop, "/cgi-bin/stable_token", asks | {"force_refresh": True})
    assert forced["access_token"] != first["access_token"]
    assert foreign(shop, f"/channels/ec/order/get?access_token={first['access_token']}", {"order_id": "1"})["errcode"] == 40001
    again = foreign(shop, "/cgi-bin/stable_token", asks | {"force_refresh": True})
    assert again["access_token"] == forced["access_token"]  # within half a minute it is not forced again
    shop.skew_ms = 7_000 * SECOND
    late = foreign(shop, "/cgi-bin/stable_token", asks)
    assert late["access_token"] != forced["access_token"]
    assert foreign(shop, f"/channels/ec/order/get?access_token={forced['access_token']}", {"order_id": "1"})["errcode"] == 100002  # both are good
