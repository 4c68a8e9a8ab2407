"""The connector of Shopify, against a shop that is played and speaks its protocol over HTTP."""

import base64
import contextlib
import hmac
import json
from itertools import islice

import pytest

from server.oms.channels import shopify_goods
from server.oms.channels.base import Call, Parcel, Quantity, Stage
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
from server.oms.channels.pulling import OVERLAP_MS
from server.oms.channels.shopify import KIND, Shopify
from server.oms.channels.shopify_signs import body_signature, query_signature
from simulators.shops.served import Reply
from simulators.shops.shopify import ShopifyShop
from simulators.shops.shopify_shipping import Wrong
from tests.oms.channels.ears import altered, listening, refs

MINUTE, HOUR = 60_000, 3_600_000
ADDRESS = {"name": "Ana García", "phone": "+34 600 000 000", "country": "ES", "state": "Madrid", "city": "Madrid", "street": "Calle Mayor 1", "postcode": "28013"}
SECOND_PLACE = 24_826_418


@pytest.fixture
def shop():
    shop = ShopifyShop(bucket=4_000)
    yield shop
    shop.close()


@pytest.fixture
def channel(shop):
    return connected(shop)


def connected(shop, *, page_size=250, seconds=15.0, **settings):
    told = {"address": shop.address, "token": "shpat_token", "secret": "app-secret"}
    return Shopify(KIND.settings(**{**told, **settings}), Caller(seconds=seconds), page_size=page_size)


def placed(shop, number, *, at=None):
    return [shop.place([("SKU-1", 1)], at=at).ref for _ in range(number)]


# --- pulling

def test_every_order_is_given_once_across_many_pages(shop):
    wanted = placed(shop, 250)
    pages = list(connected(shop, page_size=20).pull(0))
    assert sorted(refs(pages)) == sorted(wanted)
    assert [page.watermark is not None for page in pages] == [False] * (len(pages) - 1) + [True]


@pytest.mark.parametrize("orders", [0, 1, 20, 21, 40])
def test_a_pull_ends_where_the_orders_end(shop, orders):
    wanted = placed(shop, orders)
    assert sorted(refs(connected(shop, page_size=20).pull(0))) == sorted(wanted)


def test_only_what_changed_since_is_asked_for_also_what_was_cancelled(shop, channel):
    at = shop.now() // 1000 * 1000 - HOUR
    placed(shop, 3, at=at - HOUR)
    late = placed(shop, 2, at=at)
    shop.cancel_order(late[0])
    assert sorted(refs(channel.pull(at))) == late
    assert refs(channel.pull(at + 1_000)) == late[:1]


def test_an_order_that_changes_during_the_pull_is_given_by_the_next(shop):
    before = shop.now() - 10 * MINUTE
    old = placed(shop, 1, at=before - HOUR)
    wanted = placed(shop, 30, at=before)
    pages = connected(shop, page_size=10).pull(before)
    given = list(islice(pages, 2))
    for ref in (old[0], wanted[0], wanted[-1]):
        shop.change(ref, note="please hurry")
    given += list(pages)
    assert set(refs(given)) >= set(wanted)
    assert {old[0], wanted[0], wanted[-1]} <= set(refs(connected(shop).pull(given[-1].watermark)))


def test_orders_that_vanish_during_the_pull_hide_no_other_and_the_watermark_waits(shop):
    wanted = placed(shop, 30)
    pages = connected(shop, page_size=10).pull(0)
    given = [next(pages)]
    for ref in [*wanted[:3], *wanted[-3:]]:
        shop.delete(ref)
    with pytest.raises(ChannelAway):
        given.extend(pages)
    assert set(refs(given)) >= set(wanted[3:])
    assert [page.watermark for page in given] == [None] * len(given)
    assert sorted(refs(connected(shop).pull(0))) == sorted(wanted[3:-3])


@pytest.mark.parametrize("skew", [-10 * MINUTE, 0, 3 * HOUR])
def test_the_watermark_is_by_the_shops_clock_and_before_the_pull_began(shop, channel, skew):
    shop.skew_ms = skew
    placed(shop, 1)
    began = shop.now()
    *_, last = channel.pull(0)
    assert last.watermark <= began - OVERLAP_MS + 1_000
    assert last.watermark > began - OVERLAP_MS - 30_000


# --- what goes wrong

def test_a_wrong_token_is_shut_out(shop):
    with pytest.raises(ChannelShut) as shut:
        list(connected(shop, token="shpat_other").pull(0))
    assert shut.value.code == "401" and "shpat_other" not in shut.value.words
    assert shop.refused == ["Wrong token."]


def test_a_shop_that_is_asked_too_often_is_busy(shop, channel):
    shop.fail("too_many")
    with pytest.raises(ChannelBusy) as busy:
        list(channel.pull(0))
    assert busy.value.retry_after_seconds == 2


def test_the_bucket_is_never_full(shop):
    """At its full size a call more would be answered with 429."""
    shop.bucket.size, shop.bucket.used = 40, 37.5
    shop.bucket.takes(0, shop.now())
    (ref,) = placed(shop, 1)
    channel = connected(shop)
    for _ in range(6):
        assert channel.fetch(ref)["id"] == int(ref)
        assert shop.bucket.used <= 40


def test_a_query_that_costs_too_much_waits_for_as_much_as_it_costs(shop, channel):
    shop.add_product("A")
    shop.points.takes(1_999, shop.now() + MINUTE)  # nothing has run out of it when we come, however slow we are
    with pytest.raises(ChannelBusy) as busy:
        channel.set_quantities([Quantity(item="A", quantity=1)])
    assert busy.value.code == "THROTTLED" and 0 < busy.value.retry_after_seconds <= 2


@pytest.mark.parametrize("fault", ["error", "cut"])
def test_a_shop_in_trouble_is_away_and_gives_all_when_it_is_back(shop, channel, fault):
    wanted = placed(shop, 3)
    shop.fail(fault)
    with pytest.raises(ChannelAway):
        list(channel.pull(0))
    assert sorted(refs(channel.pull(0))) == wanted


def test_a_shop_that_is_too_slow_is_away(shop):
    shop.fail("slow")
    with pytest.raises(ChannelAway):
        list(connected(shop, seconds=0.2).pull(0))


@pytest.mark.parametrize("fault", ["duplicated", "out_of_order"])
@pytest.mark.parametrize("times", [1, 9])
def test_pages_with_orders_twice_or_turned_about_still_give_each_once(shop, fault, times):
    wanted = placed(shop, 55)
    shop.fail(fault, times)
    assert sorted(refs(connected(shop, page_size=10).pull(0))) == sorted(wanted)


@pytest.mark.parametrize("orders, times", [(1, 1), (10, 1), (25, 1), (25, 2), (25, 99)])
def test_when_a_page_is_half_the_watermark_stays_where_it_was(shop, orders, times):
    wanted = placed(shop, orders)
    shop.fail("half_a_page", times)
    channel, given = connected(shop, page_size=10), []
    with pytest.raises(ChannelAway):
        given.extend(channel.pull(0))
    assert [page.watermark for page in given] == [None] * len(given)
    shop.fail("half_a_page", 0)
    assert sorted(refs(channel.pull(0))) == sorted(wanted)


def test_a_page_that_is_written_otherwise_is_named(shop, channel):
    placed(shop, 2)
    shop.fail("changed_schema")
    with pytest.raises(ChannelChanged) as changed:
        list(channel.pull(0))
    assert changed.value.code == "orders"


def test_an_order_that_is_written_otherwise_is_named(shop, channel):
    (ref,) = placed(shop, 1)
    shop.fail("changed_schema")
    with pytest.raises(ChannelChanged) as changed:
        channel.fetch(ref)
    assert changed.value.code == "order"


def test_goods_that_are_written_otherwise_are_named(shop, channel):
    order = shop.place([("SKU-1", 1)])
    shop.shipping.orders = lambda _order: [{"id": 1, "status": "open", "lines": []}]
    with pytest.raises(ChannelChanged) as changed:
        channel.ship(parcel(order))
    assert changed.value.code == "fulfillment_orders"


def test_one_order_that_nobody_can_read_stops_no_other(shop, channel):
    bad, good = placed(shop, 2)
    shop.paper = lambda order, paper=shop.paper: {**paper(order), **({"total_price": "free", "current_total_price": None} if order.ref == bad else {})}
    documents = {str(one["id"]): one for page in channel.pull(0) for one in page.documents}
    assert channel.understand(documents[good]).ref == good
    with pytest.raises(Misunderstood) as wrong:
        channel.understand(documents[bad])
    assert wrong.value.code == "total_price"


def test_a_shop_that_moved_has_to_be_mended(shop):
    shop.answer = lambda _asked: Reply(301, headers={"Location": "https://elsewhere.example/"})
    with pytest.raises(ChannelShut):
        list(connected(shop).pull(0))


def test_the_next_page_is_asked_of_the_shop_itself_wherever_it_points(shop):
    wanted = placed(shop, 25)
    answer = shop.answer

    def elsewhere(asked):
        reply = answer(asked)
        return Reply(reply.status, reply.body, headers={name: value.replace(shop.address, "http://127.0.0.1:1") for name, value in reply.headers.items()})

    shop.answer = elsewhere
    assert sorted(refs(connected(shop, page_size=10).pull(0))) == sorted(wanted)


@pytest.mark.parametrize("settings", [{"address": "a-shop.myshopify.com"}, {"address": "https://a-shop.myshopify.com/admin"}, {"version": "2026-02"}, {"location": "first"}])
def test_no_settings_are_taken_that_are_none(settings):
    with pytest.raises(ValueError, match="validation error"):
        KIND.settings(**settings)


# --- one order

def test_an_order_is_fetched_and_one_that_is_none_is_none(shop, channel):
    (ref,) = placed(shop, 1)
    assert channel.fetch(ref)["id"] == int(ref)
    assert channel.fetch("99999") is None
    assert channel.fetch("../locations") is None


def test_an_order_is_read_in_our_words(shop, channel):
    order = shop.place([("SKU-1", 2), ("SKU-2", 1)], price=1_990, address=ADDRESS, note="请放门口 – café", at=1_790_000_000_000)
    read = channel.understand(channel.fetch(order.ref))
    assert (read.ref, read.stage, read.placed_at, read.version) == (order.ref, Stage.PAID, 1_790_000_000_000, 1_790_000_000_000)
    assert [(line.ref, line.item, line.quantity, line.price) for line in read.lines] == [(f"{order.ref}01", "SKU-1", 2, 1990), (f"{order.ref}02", "SKU-2", 1, 1990)]
    assert (read.total, read.currency, read.buyer, read.note, read.carrier) == (5970, "EUR", "Ana García", "请放门口 – café", "Standard")
    assert read.ship_to == {**ADDRESS, "district": ""}


def paper(shop, **changes):
    order = shop.place([("SKU-1", 3)], price=1_000, address=ADDRESS)
    return {**json.loads(json.dumps(shop.paper(order))), **changes}


STAGES = [
    ("pending", None, Stage.UNPAID), ("authorized", None, Stage.UNPAID), ("partially_paid", None, Stage.UNPAID), ("expired", None, Stage.UNPAID), ("paid", None, Stage.PAID),
    ("paid", "partial", Stage.PAID), ("paid", "fulfilled", Stage.SHIPPED), ("pending", "fulfilled", Stage.SHIPPED), ("partially_refunded", None, Stage.PAID), ("refunded", None, Stage.CANCELLED),
    ("refunded", "fulfilled", Stage.SHIPPED), ("voided", None, Stage.CANCELLED), ("paid", "restocked", Stage.CANCELLED)]


@pytest.mark.parametrize("payment, fulfilment, stage", STAGES)
def test_payment_and_fulfilment_are_a_stage(shop, channel, payment, fulfilment, stage):
    assert channel.understand(paper(shop, financial_status=payment, fulfillment_status=fulfilment)).stage == stage


@pytest.mark.parametrize("payment, fulfilment", [(payment, fulfilment) for payment, fulfilment, _ in STAGES])
def test_what_is_cancelled_is_cancelled_whatever_else(shop, channel, payment, fulfilment):
    read = channel.understand(paper(shop, financial_status=payment, fulfillment_status=fulfilment, cancelled_at="2026-11-25T03:00:00-05:00"))
    assert read.stage == Stage.CANCELLED


def test_a_shop_can_ship_what_is_only_authorized(shop):
    assert connected(shop, ships_authorized=True).understand(paper(shop, financial_status="authorized")).stage == Stage.PAID


def test_what_is_paid_on_delivery_may_leave(shop, channel):
    read = channel.understand(paper(shop, financial_status="pending", payment_gateway_names=["Cash on Delivery (COD)"]))
    assert read.stage == Stage.PAID


def test_what_was_taken_out_again_is_not_shipped(shop, channel):
    order = shop.place([("SKU-1", 3), ("SKU-2", 1)])
    shop.remove(order.ref, order.lines[0].ref, 1)
    shop.remove(order.ref, order.lines[1].ref, 1)
    assert [(line.item, line.quantity) for line in channel.understand(channel.fetch(order.ref)).lines] == [("SKU-1", 2)]


def line(**changes):
    return {"id": 1, "variant_id": 815, "sku": "A", "name": "Thing", "quantity": 3, "current_quantity": 3, "price": "10.00", **changes}


def test_where_no_present_quantity_is_told_what_was_paid_back_is_taken_off(shop, channel):
    lines = [line(current_quantity=None), line(id=2, sku="B", current_quantity=None)]
    refunds = [{"refund_line_items": [{"line_item_id": 1, "quantity": 1}]}, {"refund_line_items": [{"line_item_id": 2, "quantity": 3}]}]
    assert [(one.ref, one.quantity) for one in channel.understand(paper(shop, line_items=lines, refunds=refunds)).lines] == [("1", 2)]


def test_files_and_gift_cards_are_not_shipped(shop, channel):
    lines = [line(requires_shipping=False), line(id=2, sku="B")]
    assert [one.item for one in channel.understand(paper(shop, line_items=lines)).lines] == ["B"]


def test_an_item_without_a_number_of_the_sellers_is_called_by_the_variants(shop, channel):
    assert [one.item for one in channel.understand(paper(shop, line_items=[line(sku=None)])).lines] == ["815"]


@pytest.mark.parametrize("currency, text, total", [("JPY", "1990", 1990), ("JPY", "1990.00", 1990), ("KWD", "1.250", 1250), ("EUR", "0.29", 29)])
def test_money_is_whole_in_each_currency(shop, channel, currency, text, total):
    assert channel.understand(paper(shop, currency=currency, current_total_price=text, line_items=[line(price=text)])).total == total


def test_what_is_fetched_goes_nowhere(shop, channel):
    assert channel.understand(paper(shop, shipping_address=None)).ship_to == {}


def test_numbers_that_a_browser_would_round_are_text(shop, channel):
    ref = str(2**53 + 1)
    shop.place([("SKU-1", 1)], ref=ref)
    (given,) = [one for page in channel.pull(0) for one in page.documents]
    assert given["id"] == ref and channel.fetch(ref)["line_items"][0]["id"] == f"{ref}01"
    assert channel.understand(given).ref == ref


@pytest.mark.parametrize("changes, place", [
    ({"id": None}, "id"), ({"financial_status": "iou"}, "financial_status"), ({"financial_status": None}, "financial_status"), ({"fulfillment_status": "lost"}, "fulfillment_status"),
    ({"updated_at": "soon"}, "updated_at"), ({"line_items": "A"}, "line_items"), ({"line_items": [line(current_quantity=1.5)]}, "line_items[0].current_quantity"),
    ({"line_items": [line(sku="", variant_id=None)]}, "line_items[0].sku"), ({"line_items": [line(price="cheap")]}, "line_items[0].price"), ({"shipping_address": "here"}, "shipping_address"),
    ({"current_total_price": "free"}, "current_total_price"), ({"line_items": [line(requires_shipping="yes")]}, "line_items[0].requires_shipping")])
def test_what_cannot_be_read_is_named_by_its_place(shop, channel, changes, place):
    document = paper(shop, **changes)
    with pytest.raises(Misunderstood) as wrong:
        channel.understand(document)
    assert (wrong.value.code, wrong.value.ref) == (place, str(document["id"] or ""))


# --- telling

def parcel(order, **more):
    return Parcel(**{"ref": order.ref, "tracking": "SF1", "carrier": "SF Express", "lines": [(one.ref, one.quantity) for one in order.lines], **more})


def shipped(shop, order):
    return [(one["tracking_number"], one["tracking_company"], {str(each["id"]): each["quantity"] for each in one["line_items"]}) for one in shop.shipping.made[order.ref]]


def test_a_parcel_told_twice_is_one(shop, channel):
    order = shop.place([("SKU-1", 2)])
    for _ in range(2):
        channel.ship(parcel(order))
    assert shipped(shop, order) == [("SF1", "SF Express", {order.lines[0].ref: 2})]
    assert len(shop.orders[order.ref].parcels) == 1 and shop.orders[order.ref].is_shipped
    assert channel.understand(channel.fetch(order.ref)).stage == Stage.SHIPPED


def test_what_was_told_and_not_answered_is_told_again_without_harm(shop, channel):
    shop.add_product("A")
    order, other = shop.place([("SKU-1", 2)], price=1_000), shop.place([("SKU-1", 2)])
    answer = shop.answer
    for tell in (lambda: channel.ship(parcel(order)), lambda: channel.refund(order.ref, 500, "EUR", "late"), lambda: channel.cancel(other.ref, "gone"),
                 lambda: channel.set_quantities([Quantity(item="A", quantity=4)])):
        for lost in range(4):
            calls = iter(range(99))
            shop.answer = lambda asked, lost=lost, calls=calls: (answer(asked), Reply(is_cut=True))[1] if next(calls) == lost else answer(asked)
            with contextlib.suppress(ChannelAway):
                tell()
        shop.answer = answer
        tell()
    assert len(shipped(shop, order)) == 1 and [one["note"] for one in shop.refunds[order.ref]] == ["late"]
    assert shop.orders[other.ref].is_cancelled and shop.quantities == {"A": 4}


def test_a_parcel_whose_lines_are_not_told_is_all_that_is_left(shop, channel):
    order = shop.place([("SKU-1", 2), ("SKU-2", 1)])
    for _ in range(2):
        channel.ship(parcel(order, lines=[]))
    assert shipped(shop, order) == [("SF1", "SF Express", {order.lines[0].ref: 2, order.lines[1].ref: 1})]


def test_several_parcels_ship_an_order_bit_by_bit(shop, channel):
    order = shop.place([("SKU-1", 2), ("SKU-2", 1)])
    first, second = (one.ref for one in order.lines)
    channel.ship(parcel(order, lines=[(first, 1)], is_whole=False))
    assert channel.fetch(order.ref)["fulfillment_status"] == "partial"
    channel.ship(parcel(order, tracking="SF2", lines=[(first, 1), (second, 1)], is_whole=False))
    assert channel.fetch(order.ref)["fulfillment_status"] == "fulfilled"


def test_a_parcel_from_two_locations_of_the_shop_is_told_for_each_and_goes_on_where_it_broke_off(shop, channel):
    order = shop.place([("SKU-1", 2), ("SKU-2", 1)])
    first, second = (one.ref for one in order.lines)
    shop.goods.places[SECOND_PLACE] = "Another"
    shop.shipping.location_of[second] = SECOND_PLACE
    make, tries = shop.shipping.ship, []

    def breaks_off(*told):
        tries.append(told)
        if len(tries) == 2:
            raise Wrong(503, "Service Unavailable")
        return make(*told)

    shop.shipping.ship = breaks_off
    with pytest.raises(ChannelAway):
        channel.ship(parcel(order))
    channel.ship(parcel(order))
    assert sorted(line for _, _, lines in shipped(shop, order) for line in lines.items()) == [(first, 2), (second, 1)]
    assert {one[0] for one in shipped(shop, order)} == {"SF1"} and len(shipped(shop, order)) == 2


def test_what_the_shop_shipped_itself_is_not_shipped_again(shop, channel):
    order = shop.place([("SKU-1", 2)])
    channel.ship(parcel(order, tracking="BY-HAND"))
    with pytest.raises(ChannelRefused) as refused:
        channel.ship(parcel(order))
    assert refused.value.code == "fulfillment_orders" and len(shipped(shop, order)) == 1


@pytest.mark.parametrize("spoil", ["cancelled", "on_hold"])
def test_what_may_not_leave_is_refused(shop, channel, spoil):
    order = shop.place([("SKU-1", 2)])
    if spoil == "cancelled":
        shop.cancel_order(order.ref)
    else:
        shop.shipping.on_hold.add(order.ref)
    with pytest.raises(ChannelRefused):
        channel.ship(parcel(order))
    assert shipped(shop, order) == []


def test_a_parcel_of_no_order_is_refused(channel):
    with pytest.raises(ChannelRefused) as refused:
        channel.ship(Parcel(ref="99", tracking="SF1", carrier="SF", lines=[]))
    assert refused.value.code == "404"


def test_a_cancelled_order_stays_so_when_told_again(shop, channel):
    (ref,) = placed(shop, 1)
    for _ in range(2):
        channel.cancel(ref, "缺货")
    assert shop.orders[ref].is_cancelled


def test_what_has_left_is_not_cancelled(shop, channel):
    order = shop.place([("SKU-1", 2)])
    channel.ship(parcel(order))
    with pytest.raises(ChannelRefused) as refused:
        channel.cancel(order.ref, "too late")
    assert "Cannot cancel" in refused.value.words


def test_a_refund_told_again_for_the_same_reason_is_paid_once(shop, channel):
    order = shop.place([("SKU-1", 2)], price=1_000)
    for reason in ("return 7", "return 7", "return 8"):
        channel.refund(order.ref, 550, "EUR", reason)
    assert [(one["note"], one["transactions"][0]["amount"]) for one in shop.refunds[order.ref]] == [("return 7", "5.50"), ("return 8", "5.50")]
    assert shop.orders[order.ref].refunded == 1_100


def test_more_than_was_paid_is_not_paid_back(shop, channel):
    order = shop.place([("SKU-1", 1)], price=1_000)
    with pytest.raises(ChannelRefused) as refused:
        channel.refund(order.ref, 1_250, "EUR", "much")
    assert refused.value.words.startswith("2.50 EUR") and order.ref not in shop.refunds


def test_quantities_are_set_and_an_item_that_the_shop_has_not_stops_no_other(shop, channel):
    for sku in ("A", '尺子 "30" OR', "B"):
        shop.add_product(sku)
    ((refused, why),) = channel.set_quantities([Quantity(item=sku, quantity=number) for sku, number in (("A", 5), ("GONE", 1), ('尺子 "30" OR', 70_000), ("B", 0))])
    assert (refused.item, why.code, shop.quantities) == ("GONE", "sku", {"A": 5, '尺子 "30" OR': 70_000, "B": 0})


def test_an_item_without_a_number_of_the_sellers_is_found_by_the_variants(shop, channel):
    number = shop.add_product("A")
    assert channel.set_quantities([Quantity(item=str(number), quantity=7)]) == []
    assert shop.quantities == {"A": 7}


def test_many_items_are_looked_up_in_few_queries(shop, channel):
    skus = [f"SKU-{number}" for number in range(95)]
    for sku in skus:
        shop.add_product(sku)
    assert channel.set_quantities([Quantity(item=sku, quantity=9) for sku in skus]) == []
    assert set(shop.quantities.values()) == {9}
    assert sum(times for what, times in shop.asked.items() if what.endswith("graphql.json")) == 3


def test_items_on_further_pages_of_an_answer_are_found(shop, channel, monkeypatch):
    monkeypatch.setattr(shopify_goods, "_VARIANTS", shopify_goods._VARIANTS.replace("first: 100", "first: 2"))
    for sku in "ABCDE":
        shop.add_product(sku)
    assert channel.set_quantities([Quantity(item=sku, quantity=9) for sku in "ABCDE"]) == []
    assert set(shop.quantities.values()) == {9}


def test_a_token_that_may_not_set_quantities_is_shut_out_once_and_not_for_each_item(shop, channel):
    for sku in "AB":
        shop.add_product(sku)
    answer = shop.answer
    shop.answer = lambda asked: Reply(403, b'{"errors":"[API] This action requires merchant approval for write_inventory scope."}') if "levels" in asked.path else answer(asked)
    with pytest.raises(ChannelShut):
        channel.set_quantities([Quantity(item=sku, quantity=9) for sku in "AB"])


def test_quantities_go_to_the_location_that_is_set(shop):
    number = shop.add_product("A", 3)
    shop.goods.places[SECOND_PLACE] = "Another"
    connected(shop, location=str(SECOND_PLACE)).set_quantities([Quantity(item="A", quantity=4)])
    assert shop.goods.available(number + 1, SECOND_PLACE) == 4 and shop.quantities["A"] == 7
    ((_, why),) = connected(shop, location="7").set_quantities([Quantity(item="A", quantity=4)])
    assert why.code == "404"


# --- being told

def test_the_signature_of_a_visit_is_that_of_the_documentation():
    query = {"shop": "some-shop.myshopify.com", "code": "0907a61c0c8d55e99db179b68161bc00", "state": "0.6784241404160823", "timestamp": "1337178173", "hmac": "anything"}
    assert query_signature(query, "hush") == "700e2dadb827fcc8609e9d5ce208b2e9cdaab9df07390d2cbca10d7c328fc4bf"


BODY = '{"id":7,"note":"请放门口 – café","line_items":[]}'.encode()
SIGNED = "W9HaFe2GFOke+lUSIMnbX4ywWDvxaPi9VCyt4UGTTZM="


def test_the_signature_of_a_delivery_is_over_the_bytes_as_they_came(channel):
    assert body_signature(BODY, "app-secret") == SIGNED
    heard = channel.hear(Call({"x-shopify-hmac-sha256": SIGNED, "x-shopify-topic": "orders/create", "x-shopify-webhook-id": "w1"}, {}, BODY))
    assert (heard.event, heard.documents[0]["note"]) == ("w1", "请放门口 – café")


def test_a_new_a_changed_and_a_cancelled_order_are_heard(shop, channel):
    with listening(shop) as ear:
        order = shop.place([("SKU-1", 1)], is_paid=False, note="请放门口 – café", address=ADDRESS)
        shop.pay(order.ref)
        shop.cancel_order(order.ref)
    assert [call.headers["x-shopify-topic"] for call in ear.calls] == ["orders/create", "orders/updated", "orders/cancelled"]
    heard = [channel.understand(channel.hear(call).documents[0]) for call in ear.calls]
    assert [one.stage for one in heard] == [Stage.UNPAID, Stage.PAID, Stage.CANCELLED]
    assert heard[0].note == "请放门口 – café" and heard[0].version < heard[1].version < heard[2].version


def test_a_delivery_that_comes_again_has_the_same_name(shop, channel):
    with listening(shop) as ear:
        shop.fail("duplicated")
        placed(shop, 2)
    names = [channel.hear(call).event for call in ear.calls]
    assert len(names) == 4 and len(set(names[:3])) == 1 and names[3] != names[0]


def test_what_is_not_signed_by_the_shop_is_not_heard(shop, channel):
    with listening(shop) as ear:
        shop.place([("SKU-1", 1)])
        shop.fail("wrong_signature")
        shop.place([("SKU-1", 1)])
    good, bad = ear.calls
    assert channel.hear(good).documents
    unsigned = altered(good)
    del unsigned.headers["x-shopify-hmac-sha256"]
    for call in (bad, unsigned, altered(good, body=good.body.replace(b"SKU-1", b"SKU-2")), altered(good, body=good.body + b" "), altered(good, x_shopify_hmac_sha256="é")):
        with pytest.raises(NotFromChannel):
            channel.hear(call)
    nobodys = base64.b64encode(hmac.digest(b"", good.body, "sha256")).decode()
    with pytest.raises(NotFromChannel):
        connected(shop, secret="").hear(altered(good, x_shopify_hmac_sha256=nobodys))
    with pytest.raises(NotFromChannel):
        connected(shop, secret="other").hear(good)


@pytest.mark.parametrize("age, is_heard", [(0, True), (4 * HOUR, True), (6 * HOUR, False), (-HOUR, False)])
def test_a_delivery_may_be_as_old_as_it_is_tried_again_and_no_older(shop, channel, age, is_heard):
    shop.skew_ms = -age
    with listening(shop) as ear:
        shop.place([("SKU-1", 1)])
    if is_heard:
        assert channel.hear(ear.calls[0]).documents
    else:
        with pytest.raises(NotFromChannel) as refused:
            channel.hear(ear.calls[0])
        assert refused.value.code == "x-shopify-triggered-at"


def test_a_delivery_whose_time_is_none_is_not_heard(shop, channel):
    with listening(shop) as ear:
        shop.place([("SKU-1", 1)])
    with pytest.raises(NotFromChannel):
        channel.hear(altered(ear.calls[0], x_shopify_triggered_at="just now"))


def signed(topic, body):
    return Call({"x-shopify-topic": topic, "x-shopify-hmac-sha256": body_signature(body, "app-secret"), "x-shopify-event-id": "e1"}, {}, body)


@pytest.mark.parametrize("topic, body, wanted", [
    ("orders/edited", b'{"order_edit":{"id":1,"order_id":7}}', ["7"]), ("refunds/create", b'{"id":1,"order_id":7}', ["7"]), ("fulfillments/update", b'{"id":1,"order_id":7}', ["7"]),
    ("orders/delete", b'{"id":7}', ["7"]), ("app/uninstalled", b'{"id":7}', [])])
def test_of_what_belongs_to_an_order_its_number_is_heard(channel, topic, body, wanted):
    heard = channel.hear(signed(topic, body))
    assert (heard.event, list(heard.refs), list(heard.documents)) == ("e1", wanted, [])


def test_a_signed_delivery_that_is_no_json_has_changed(channel):
    with pytest.raises(ChannelChanged):
        channel.hear(signed("orders/create", b"<xml/>"))


def test_a_signed_delivery_that_is_nested_without_end_has_changed(channel):
    with pytest.raises(ChannelChanged):
        channel.hear(signed("orders/create", b'{"id":7,"line_items":' + b"[" * 600 + b"]" * 600 + b"}"))


def test_a_visit_that_is_signed_tells_nothing_and_another_is_refused(channel):
    query = {"shop": "a-shop.myshopify.com", "timestamp": "1790000000"}
    heard = channel.hear(Call({}, {**query, "hmac": query_signature(query, "app-secret")}, b""))
    assert (heard.documents, heard.refs) == ((), ())
    with pytest.raises(NotFromChannel):
        channel.hear(Call({}, {**query, "hmac": query_signature(query, "other")}, b""))


def test_a_subscription_is_told_of_what_it_asked_for(shop, channel):
    with listening(shop) as ear:
        shop.hooks.clear()
        channel._api.json("POST", "webhooks", "webhook", body={"webhook": {"topic": "orders/updated", "address": ear.address, "format": "json"}})
        (ref,) = placed(shop, 1)
        assert ear.calls == []
        shop.pay(ref)
        shop.cancel_order(ref)
        assert [call.headers["x-shopify-topic"] for call in ear.calls] == ["orders/updated", "orders/updated"]
        assert all(channel.hear(call).documents for call in ear.calls)
