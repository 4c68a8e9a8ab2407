"""The connector of WooCommerce, against a shop that is played and speaks its protocol over HTTP."""

import base64
import contextlib
import datetime as dt
import hmac
import ipaddress
import ssl
from itertools import islice

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

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
from server.oms.channels.oauth1 import signature, signed
from server.oms.channels.pulling import OVERLAP_MS
from server.oms.channels.woocommerce import KIND, WooCommerce
from simulators.shops.served import Asked, Reply
from simulators.shops.woocommerce import WooCommerceShop
from simulators.shops.woocommerce_keys import Keys
from tests.oms.channels.ears import altered, document, listening, refs
from tests.waiting import until

MINUTE, HOUR = 60_000, 3_600_000
ADDRESS = {"name": "Ana García", "phone": "+34 600 000 000", "country": "ES", "state": "M", "city": "Madrid", "street": "Calle Mayor 1", "postcode": "28013"}


@pytest.fixture
def shop():
    shop = WooCommerceShop()
    yield shop
    shop.close()


@pytest.fixture
def channel(shop):
    return connected(shop)


def connected(shop, *, page_size=100, seconds=15.0, **settings):
    told = {"address": shop.address, "consumer_key": "ck_seller", "consumer_secret": "cs_secret", "webhook_secret": "hook-secret"}
    return WooCommerce(KIND.settings(**{**told, **settings}), Caller(seconds=seconds), page_size=page_size)


def placed(shop, number, *, at=None):
    return [shop.place([("SKU-1", 1)], at=at).ref for _ in range(number)]


# --- pulling

def test_every_order_is_given_once_across_many_pages(shop):
    wanted = placed(shop, 250)
    pages = list(connected(shop, page_size=20).pull(0))
    assert refs(pages) == wanted
    assert [page.watermark is not None for page in pages] == [False] * (len(pages) - 1) + [True]


@pytest.mark.parametrize("orders", [0, 1, 19, 20, 21, 39, 40])
def test_a_pull_ends_where_the_orders_end(shop, orders):
    wanted = placed(shop, orders)
    assert refs(connected(shop, page_size=20).pull(0)) == wanted


def test_only_what_changed_since_is_asked_for(shop, channel):
    now = shop.now()
    placed(shop, 3, at=now - 2 * HOUR)
    late = placed(shop, 2, at=now - HOUR)
    assert refs(channel.pull(now - HOUR)) == late


def test_an_order_that_changed_in_the_same_second_is_given(shop, channel):
    at = shop.now() // 1000 * 1000 - HOUR
    (ref,) = placed(shop, 1, at=at)
    assert refs(channel.pull(at + 400)) == [ref]


def test_an_order_that_is_thrown_away_is_given_as_cancelled(shop, channel):
    ref, other = placed(shop, 2)
    shop.set_status(ref, "trash")
    given = {one["id"]: channel.understand(one).stage for page in channel.pull(0) for one in page.documents}
    assert given == {int(ref): Stage.CANCELLED, int(other): Stage.PAID}


def test_an_order_that_changes_during_the_pull_is_given_by_the_next(shop):
    before = shop.now() - 10 * MINUTE
    old = placed(shop, 1, at=before - HOUR)
    wanted = placed(shop, 30, at=before)
    pages = connected(shop, page_size=10).pull(before)
    given = [next(pages)]
    shop.change(old[0], note="please hurry")
    given += list(pages)
    assert set(refs(given)) >= set(wanted)
    assert old[0] in refs(connected(shop).pull(given[-1].watermark))


def test_orders_that_vanish_during_the_pull_hide_no_other(shop):
    wanted = placed(shop, 60)
    pages = connected(shop, page_size=10).pull(0)
    given = list(islice(pages, 2))
    for ref in wanted[:15]:
        shop.delete(ref)
    given += list(pages)
    assert sorted(refs(given)) == sorted(wanted)


def test_when_the_rest_vanishes_during_the_pull_it_ends(shop):
    wanted = placed(shop, 30)
    pages = connected(shop, page_size=10).pull(0)
    given = [next(pages)]
    for ref in wanted[5:]:
        shop.delete(ref)
    assert refs([*given, *pages]) == wanted[:10]


@pytest.mark.parametrize("skew", [-10 * MINUTE, 0, 10 * MINUTE, 20 * MINUTE])
def test_the_watermark_is_by_the_shops_clock_and_before_the_pull_began(shop, channel, skew):
    shop.skew_ms = skew
    placed(shop, 1)
    began = shop.now()
    *_, last = channel.pull(0)
    assert last.watermark <= began - OVERLAP_MS + 1_000
    assert last.watermark > began - OVERLAP_MS - 30_000


def test_however_long_a_pull_takes_the_watermark_is_of_its_beginning(shop):
    placed(shop, 20)
    began = shop.now()
    pages = connected(shop, page_size=10).pull(0)
    next(pages)
    shop.skew_ms = 5 * MINUTE  # what comes next comes so much later
    *_, last = pages
    assert last.watermark <= began - OVERLAP_MS + 1_000


def test_a_shop_whose_clock_is_wrong_is_asked_again_by_its_own(shop, channel):
    shop.skew_ms = 20 * MINUTE
    wanted = placed(shop, 2)
    assert refs(channel.pull(0)) == wanted
    assert shop.refused == ["Invalid timestamp."]


def test_a_key_over_tls_is_given_plainly(shop, tmp_path, monkeypatch):
    address = behind_tls(shop, tmp_path, monkeypatch)
    wanted = placed(shop, 3)
    assert refs(connected(shop, address=address).pull(0)) == wanted
    with pytest.raises(ChannelShut, match="Consumer secret"):
        list(connected(shop, address=address, consumer_secret="cs_other").pull(0))


# --- what goes wrong

@pytest.mark.parametrize("settings", [{"consumer_secret": "cs_other"}, {"consumer_key": "ck_other"}])
def test_a_wrong_key_is_shut_out(shop, settings):
    placed(shop, 1)
    with pytest.raises(ChannelShut) as shut:
        list(connected(shop, **settings).pull(0))
    assert shut.value.code == "woocommerce_rest_authentication_error"
    assert "cs_other" not in shut.value.words and len(shop.refused) == 1


def test_a_shop_that_is_asked_too_often_is_busy(shop, channel):
    shop.fail("too_many")
    with pytest.raises(ChannelBusy) as busy:
        list(channel.pull(0))
    assert busy.value.retry_after_seconds == 1


@pytest.mark.parametrize("fault", ["error", "cut"])
def test_a_shop_in_trouble_is_away_and_gives_all_when_it_is_back(shop, channel, fault):
    wanted = placed(shop, 3)
    shop.fail(fault)
    with pytest.raises(ChannelAway):
        list(channel.pull(0))
    assert refs(channel.pull(0)) == wanted


def test_a_shop_that_is_too_slow_is_away(shop):
    shop.fail("slow")
    with pytest.raises(ChannelAway):
        list(connected(shop, seconds=0.2).pull(0))


@pytest.mark.parametrize("fault", ["duplicated", "out_of_order"])
@pytest.mark.parametrize("times", [1, 2, 5])
def test_pages_with_orders_twice_or_turned_about_still_give_each_once(shop, fault, times):
    wanted = placed(shop, 55)
    shop.fail(fault, times)
    assert sorted(refs(connected(shop, page_size=10).pull(0))) == sorted(wanted)


def test_what_half_a_page_left_out_is_asked_for(shop):
    wanted = placed(shop, 55)
    shop.fail("half_a_page", 3)
    assert sorted(refs(connected(shop, page_size=10).pull(0))) == sorted(wanted)


@pytest.mark.parametrize("orders", [1, 2, 3, 10, 11, 25])
def test_when_pages_stay_half_the_watermark_stays_where_it_was(shop, orders):
    placed(shop, orders)
    shop.fail("half_a_page", 1_000)
    given = []
    with pytest.raises(ChannelAway):
        given.extend(connected(shop, page_size=10).pull(0))
    assert [page.watermark for page in given] == [None] * len(given)


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


def test_one_order_that_nobody_can_read_stops_no_other(shop, channel):
    bad, good = placed(shop, 2)
    shop.paper = lambda order, paper=shop.paper: {**paper(order), **({"total": "free"} if order.ref == bad else {})}
    documents = [one for page in channel.pull(0) for one in page.documents]
    assert len(documents) == 2
    assert channel.understand(next(one for one in documents if str(one["id"]) == good)).ref == good
    with pytest.raises(Misunderstood) as wrong:
        channel.understand(next(one for one in documents if str(one["id"]) == bad))
    assert wrong.value.code == "total"


def test_a_shop_that_moved_has_to_be_mended(shop):
    shop.answer = lambda _asked: Reply(301, headers={"Location": "https://elsewhere.example/"})
    with pytest.raises(ChannelShut):
        list(connected(shop).pull(0))


def test_no_address_is_taken_that_is_none():
    with pytest.raises(ValueError, match="https://"):
        KIND.settings(address="shop.example")
    assert KIND.settings(address="https://shop.example/de/").address == "https://shop.example/de"


# --- one order

def test_an_order_is_fetched_and_one_that_is_none_is_none(shop, channel):
    (ref,) = placed(shop, 1)
    assert channel.fetch(ref)["id"] == int(ref)
    assert channel.fetch("99999") is None
    assert channel.fetch("../products") is None


def test_an_order_is_read_in_our_words(shop, channel):
    order = shop.place([("SKU-1", 2), ("SKU-2", 1)], price=1_990, buyer="ana", address=ADDRESS, note="Leave it at the door – 请放门口", at=1_790_000_000_000)
    read = channel.understand(channel.fetch(order.ref))
    assert (read.ref, read.stage, read.placed_at, read.version) == (order.ref, Stage.PAID, 1_790_000_000_000, 1_790_000_000_000)
    assert [(line.ref, line.item, line.quantity, line.price) for line in read.lines] == [(f"{order.ref}01", "SKU-1", 2, 1990), (f"{order.ref}02", "SKU-2", 1, 1990)]
    assert (read.total, read.currency, read.buyer, read.note) == (5970, "EUR", "Ana García", "Leave it at the door – 请放门口")
    assert read.ship_to == {**ADDRESS, "district": ""}


@pytest.mark.parametrize("status, stage", [
    ("pending", Stage.UNPAID), ("on-hold", Stage.UNPAID), ("failed", Stage.UNPAID), ("processing", Stage.PAID), ("completed", Stage.SHIPPED),
    ("cancelled", Stage.CANCELLED), ("refunded", Stage.CANCELLED), ("trash", Stage.CANCELLED)])
def test_each_status_is_a_stage(shop, channel, status, stage):
    (ref,) = placed(shop, 1)
    shop.set_status(ref, status)
    assert channel.understand(channel.fetch(ref)).stage == stage


def test_times_are_read_as_utc_wherever_the_shop_is():
    for hours in (-8, 0, 8):
        shop = WooCommerceShop(hours=hours)
        order = shop.place([("SKU-1", 1)], at=1_790_000_000_000)
        channel = connected(shop)
        assert refs(channel.pull(1_790_000_000_000)) == [order.ref]
        assert refs(channel.pull(1_790_000_002_000)) == []
        assert channel.understand(channel.fetch(order.ref)).version == 1_790_000_000_000
        shop.close()


def paper(shop, **changes):
    order = shop.place([("SKU-1", 3)], price=1_000)
    return {**shop.paper(order), **changes}


def line(**changes):
    return {"id": 1, "name": "Thing", "product_id": 93, "variation_id": 0, "quantity": 3, "total": "30.00", "total_tax": "5.70", "sku": "A", **changes}


def test_what_was_paid_back_of_a_line_is_not_shipped(shop, channel):
    order = shop.place([("SKU-1", 3), ("SKU-2", 1)], price=1_000)
    first, second = (one.ref for one in order.lines)
    channel._api.json("POST", f"orders/{order.ref}/refunds", body={"amount": "20.00", "line_items": [{"id": first, "quantity": 1}, {"id": second, "quantity": 1}]})
    (pulled,) = [one for page in channel.pull(0) for one in page.documents]
    for told in (pulled, channel.fetch(order.ref)):
        assert [(one.ref, one.quantity, one.price) for one in channel.understand(told).lines] == [(first, 2, 1_000)]


def test_an_item_without_a_number_of_the_sellers_is_called_by_the_products(shop, channel):
    lines = [line(sku=""), line(id=2, sku="", variation_id=815)]
    assert [one.item for one in channel.understand(paper(shop, line_items=lines)).lines] == ["93", "815"]


def test_what_only_holds_a_bundle_together_is_no_thing(shop, channel):
    lines = [line(sku="", bundled_items=[2, 3]), line(id=2, bundled_by="1"), line(id=3, sku="B", quantity=0)]
    assert [(one.ref, one.item) for one in channel.understand(paper(shop, line_items=lines)).lines] == [("2", "A")]


def test_the_price_of_one_is_what_was_paid_for_it_with_tax(shop, channel):
    (read,) = channel.understand(paper(shop, line_items=[line(total="10.00", total_tax="0.01")])).lines
    assert read.price == 334


def test_money_of_currencies_without_and_with_three_places(shop, channel):
    assert channel.understand(paper(shop, currency="JPY", total="1990", line_items=[line(total="1990", total_tax="0", quantity=1)])).total == 1990
    assert channel.understand(paper(shop, currency="KWD", total="1.250")).total == 1250


def test_without_a_second_address_it_goes_to_the_first(shop, channel):
    read = channel.understand(paper(shop, shipping={"first_name": "", "address_1": "", "city": "", "postcode": ""},
                                    billing={"first_name": "Bo", "company": "Bo & Co", "address_1": "Road 1", "address_2": "Flat 2", "city": "Ghent", "postcode": "9000", "country": "BE", "phone": "1"}))
    assert read.ship_to == {"name": "Bo, Bo & Co", "phone": "1", "country": "BE", "state": "", "city": "Ghent", "district": "", "street": "Road 1, Flat 2", "postcode": "9000"}


@pytest.mark.parametrize("changes, place", [
    ({"status": "shipped-by-plugin"}, "status"), ({"date_modified_gmt": "yesterday"}, "date_modified_gmt"), ({"date_modified_gmt": None}, "date_modified_gmt"),
    ({"total": "free"}, "total"), ({"line_items": {}}, "line_items"), ({"line_items": [7]}, "line_items[0]"), ({"currency": ["EUR"]}, "currency"),
    ({"line_items": [line(quantity="2.5")]}, "line_items[0].quantity"), ({"line_items": [line(sku="", product_id=0)]}, "line_items[0].sku"),
    ({"billing": "somewhere"}, "billing")])
def test_what_cannot_be_read_is_named_by_its_place(shop, channel, changes, place):
    document = paper(shop, **changes)
    with pytest.raises(Misunderstood) as wrong:
        channel.understand(document)
    assert (wrong.value.code, wrong.value.ref) == (place, str(document["id"] or ""))


def test_any_json_is_read_or_misunderstood(channel):
    for told in ({}, {"id": None}, {"id": True, "status": "processing"}):
        with pytest.raises(Misunderstood):
            channel.understand(told)


# --- telling

def parcel(order, **more):
    return Parcel(**{"ref": order.ref, "tracking": "SF1", "carrier": "SF Express", "lines": [(one.ref, one.quantity) for one in order.lines], **more})


def test_a_parcel_told_twice_is_one_and_completes_the_order(shop, channel):
    order = shop.place([("SKU-1", 2)])
    for _ in range(2):
        channel.ship(parcel(order))
    assert [(one.tracking, one.carrier) for one in shop.orders[order.ref].parcels] == [("SF1", "SF Express")]
    assert channel.fetch(order.ref)["status"] == "completed"
    assert channel.understand(channel.fetch(order.ref)).stage == Stage.SHIPPED


def test_what_was_told_and_not_answered_is_told_again_without_harm(shop, channel):
    shop.add_product("A")
    order, other = shop.place([("SKU-1", 2)], price=1_000), shop.place([("SKU-1", 2)])
    answer = shop.answer
    for tell in (lambda: channel.ship(parcel(order)), lambda: channel.refund(order.ref, 500, "EUR", "late"), lambda: channel.cancel(other.ref, "gone"),
                 lambda: channel.set_quantities([Quantity(item="A", quantity=4)])):
        for lost in range(3):
            calls = iter(range(99))
            shop.answer = lambda asked, lost=lost, calls=calls: (answer(asked), Reply(is_cut=True))[1] if next(calls) == lost else answer(asked)
            with contextlib.suppress(ChannelAway):
                tell()
        shop.answer = answer
        tell()
    assert len(shop.orders[order.ref].parcels) == 1 and [one["reason"] for one in shop.refunds[order.ref]] == ["late"]
    assert shop.orders[other.ref].is_cancelled and shop.quantities == {"A": 4}


def test_the_last_of_several_parcels_completes_the_order(shop, channel):
    order = shop.place([("SKU-1", 2), ("SKU-2", 1)])
    first, second = (one.ref for one in order.lines)
    channel.ship(parcel(order, lines=[(first, 1)], is_whole=False))
    assert channel.fetch(order.ref)["status"] == "processing"
    channel.ship(parcel(order, tracking="SF2", lines=[(first, 1), (second, 1)], is_whole=False))
    assert channel.fetch(order.ref)["status"] == "completed"
    assert [one.tracking for one in shop.orders[order.ref].parcels] == ["SF1", "SF2"]


@pytest.mark.parametrize("status", ["cancelled", "refunded", "trash"])
def test_a_parcel_of_an_order_that_is_over_revives_nothing(shop, channel, status):
    order = shop.place([("SKU-1", 2)])
    shop.set_status(order.ref, status)
    with pytest.raises(ChannelRefused) as refused:
        channel.ship(parcel(order))
    assert refused.value.code == status
    assert channel.fetch(order.ref)["status"] == status


def test_a_parcel_of_no_order_is_refused(channel):
    with pytest.raises(ChannelRefused) as refused:
        channel.ship(Parcel(ref="99", tracking="SF1", carrier="SF", lines=[]))
    assert refused.value.code == "woocommerce_rest_shop_order_invalid_id"


def test_a_cancelled_order_stays_so_when_told_again(shop, channel):
    (ref,) = placed(shop, 1)
    channel.cancel(ref, "缺货")
    changed = shop.orders[ref].changed_at
    channel.cancel(ref, "缺货")
    assert shop.orders[ref].is_cancelled and shop.orders[ref].changed_at == changed
    assert shop.meta[ref] == {"aisle_cancelled_because": "缺货"}


def test_what_was_completed_is_not_cancelled(shop, channel):
    order = shop.place([("SKU-1", 2)])
    channel.ship(parcel(order))
    with pytest.raises(ChannelRefused):
        channel.cancel(order.ref, "too late")
    assert channel.fetch(order.ref)["status"] == "completed"


def test_a_refund_told_again_for_the_same_reason_is_paid_once(shop, channel):
    order = shop.place([("SKU-1", 2)], price=1_000)
    for reason in ("return 7", "return 7", "return 8"):
        channel.refund(order.ref, 550, "EUR", reason)
    assert [(one["amount"], one["reason"], one["refunded_payment"]) for one in shop.refunds[order.ref]] == [("5.50", "return 7", True), ("5.50", "return 8", True)]


def test_more_than_was_paid_is_not_paid_back(shop, channel):
    order = shop.place([("SKU-1", 1)], price=1_000)
    with pytest.raises(ChannelAway):  # the shop says 500 to this, as the real one does
        channel.refund(order.ref, 5_000, "EUR", "much")
    assert order.ref not in shop.refunds


def test_quantities_of_products_and_variations_are_set(shop, channel):
    shirt = shop.add_product("SHIRT")
    for sku in ("SHIRT-M", "SHIRT-L"):
        shop.add_product(sku, parent=shirt)
    shop.add_product("尺子")
    wanted = {"SHIRT-M": 3, "SHIRT-L": 0, "尺子": 70_000}
    assert list(channel.set_quantities([Quantity(item=sku, quantity=number) for sku, number in wanted.items()])) == []
    assert shop.quantities == {"SHIRT": 0, **wanted}


def test_an_item_that_the_shop_has_not_stops_no_other(shop, channel):
    shop.add_product("A")
    shop.add_product("B")
    asked = [Quantity(item=sku, quantity=5) for sku in ("A", "GONE", "B")]
    ((refused, why),) = channel.set_quantities(asked)
    assert (refused.item, why.code, shop.quantities) == ("GONE", "sku", {"A": 5, "B": 5})


def test_an_item_that_is_refused_alone_stops_no_other(shop, channel):
    first = shop.add_product("A")
    shop.add_product("B")
    found = shop.shelf.found

    def vanishes(skus):
        papers = found(skus)
        del shop.shelf.products[first]
        return papers

    shop.shelf.found = vanishes
    ((refused, why),) = channel.set_quantities([Quantity(item=sku, quantity=5) for sku in ("A", "B")])
    assert (refused.item, why.code, shop.quantities["B"]) == ("A", "woocommerce_rest_product_invalid_id", 5)


def test_many_quantities_go_in_few_calls(shop, channel):
    skus = [f"SKU-{number}" for number in range(95)]
    for sku in skus:
        shop.add_product(sku)
    assert list(channel.set_quantities([Quantity(item=sku, quantity=9) for sku in skus])) == []
    assert set(shop.quantities.values()) == {9}
    assert shop.asked.total() == 6


# --- being told

def test_the_signature_of_a_call_is_that_of_the_official_client():
    query = [("status", "any"), ("modified_after", "2026-11-25T08:00:00"), ("search", "中文 a&b"), ("oauth_consumer_key", "ck_1"), ("oauth_nonce", "n0nce"),
             ("oauth_signature_method", "HMAC-SHA256"), ("oauth_timestamp", "1790000000")]
    assert signature("GET", "http://shop.example/wp-json/wc/v3/orders", query, "cs_1") == "JxEOsqWchBSwWBU09it3P8N4FMIon2XzQsGJeaekYX8="


def test_the_shop_takes_both_hashes_and_no_signature_twice():
    given = {"oauth_consumer_key": "ck_1", "oauth_nonce": "n0nce", "oauth_timestamp": "1790000000"}
    for method, told in (("HMAC-SHA1", "5QneElm/BLSq7g2z2s2COIprg14="), ("HMAC-SHA256", "5QneElm/BLSq7g2z2s2COIprg14=")):
        keys = Keys("ck_1", "cs_1")
        query = [*given.items(), ("oauth_signature_method", method), ("oauth_signature", told)]
        asked = Asked("GET", "/wp-json/wc/v3/orders", query, {}, b"", "http://shop.example/wp-json/wc/v3/orders")
        assert keys.complaint(asked, 1_790_000_000_000, is_tls=False) == ("" if method == "HMAC-SHA1" else "Invalid signature - provided signature does not match.")
        assert keys.complaint(asked, 1_790_000_000_000, is_tls=False) != ""


def test_a_head_is_answered_without_a_body(shop):
    placed(shop, 1)
    url = f"{shop.address}/wp-json/wc/v3/orders"
    query = signed("HEAD", url, [("per_page", "1")], key="ck_seller", secret="cs_secret", now=shop.now(), nonce="n1")
    answer = Caller().call("HEAD", url, query=query)
    assert (answer.status, answer.headers["x-wp-total"], answer.body) == (200, "1", b"")


BODY = '{"id":7,"note":"请放门口 – café"}'.encode()
SIGNED = "jcVz3GPU6Rmp/qKz0pvaHpCqLF5wfz417tTzV/KZUoU="


def test_the_signature_of_a_delivery_is_over_the_bytes_as_they_came(channel):
    headers = {"x-wc-webhook-signature": SIGNED, "x-wc-webhook-topic": "order.updated", "x-wc-webhook-delivery-id": "d1"}
    assert list(channel.hear(Call(headers, {}, BODY)).refs) == ["7"]


def test_a_new_and_a_changed_order_are_heard(shop, channel):
    with listening(shop) as ear:
        order = shop.place([("SKU-1", 1)], note="请放门口 – café", address=ADDRESS)
        shop.cancel_order(order.ref)
    heard = [channel.hear(call) for call in ear.calls]
    assert [call.headers["x-wc-webhook-topic"] for call in ear.calls] == ["order.created", "order.updated"]
    assert [channel.understand(one.documents[0]).stage for one in heard] == [Stage.PAID, Stage.CANCELLED]
    assert channel.understand(heard[0].documents[0]).note == "请放门口 – café"


def test_a_delivery_that_comes_again_has_the_same_name_and_two_of_one_second_have_two(shop, channel):
    with listening(shop) as ear:
        shop.fail("duplicated")
        shop.place([("SKU-1", 1)])
        shop.place([("SKU-1", 1)])
        ear.calls[3].headers["x-wc-webhook-delivery-id"] = ear.calls[0].headers["x-wc-webhook-delivery-id"]
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
    del unsigned.headers["x-wc-webhook-signature"]
    for call in (bad, unsigned, altered(good, body=good.body.replace(b"SKU-1", b"SKU-2")), altered(good, x_wc_webhook_signature="é"),
                 altered(good, body=b"webhook_id=7")):
        with pytest.raises(NotFromChannel):
            channel.hear(call)
    nobodys = base64.b64encode(hmac.digest(b"", good.body, "sha256")).decode()
    with pytest.raises(NotFromChannel):
        connected(shop, webhook_secret="").hear(altered(good, x_wc_webhook_signature=nobodys))
    with pytest.raises(NotFromChannel):
        connected(shop, webhook_secret="other").hear(good)


def test_deliveries_that_come_late_are_heard_in_any_order(shop, channel):
    with listening(shop) as ear:
        shop.fail("out_of_order")
        order = shop.place([("SKU-1", 1)], is_paid=False)
        shop.pay(order.ref)
    late = [channel.understand(channel.hear(call).documents[0]) for call in ear.calls]
    assert [one.stage for one in late] == [Stage.PAID, Stage.UNPAID]
    assert late[0].version > late[1].version


def test_an_order_with_something_paid_back_is_fetched_to_know_of_what(shop, channel):
    order = shop.place([("SKU-1", 3)], price=1_000)
    with listening(shop) as ear:
        channel._api.json("POST", f"orders/{order.ref}/refunds", body={"amount": "10.00", "line_items": [{"id": order.lines[0].ref, "quantity": 1}]})
    heard = channel.hear(ear.calls[0])
    assert (list(heard.refs), list(heard.documents)) == ([order.ref], [])


def test_the_ping_of_a_new_webhook_is_answered_and_says_nothing(shop, channel):
    with listening(shop) as ear:
        shop.hooks.clear()
        made = channel._api.json("POST", "webhooks", body={"topic": "order.updated", "delivery_url": ear.address, "secret": "hook-secret"})
        (ping,) = ear.calls
        assert ping.body == f"webhook_id={made['id']}".encode() and "x-wc-webhook-signature" not in ping.headers
        heard = channel.hear(ping)
        assert (heard.event, list(heard.documents), list(heard.refs)) == ("", [], [])
        order = shop.place([("SKU-1", 1)])
        assert len(ear.calls) == 1  # it did not ask for new ones
        shop.cancel_order(order.ref)
        assert document(ear.calls[1])["id"] == int(order.ref) and channel.hear(ear.calls[1]).documents


def test_of_products_nothing_is_heard(shop, channel):
    with listening(shop) as ear:
        shop.place([("SKU-1", 1)])
    heard = channel.hear(altered(ear.calls[0], x_wc_webhook_topic="product.updated"))
    assert (heard.documents, heard.refs) == ((), ())


def test_a_webhook_that_fails_more_than_five_times_is_put_to_rest(shop, channel):
    with listening(shop) as ear:
        made = channel._api.json("POST", "webhooks", body={"topic": "order.created", "delivery_url": ear.address, "secret": "s"})
        ear.status = 500
        placed(shop, 7)
        assert channel._api.json("GET", f"webhooks/{made['id']}")["status"] == "disabled"
        heard = len(ear.calls)
        placed(shop, 1)
        assert len(ear.calls) == heard
        ear.status = 200
        channel._api.json("PUT", f"webhooks/{made['id']}", body={"status": "active"})
        placed(shop, 1)
        assert until(lambda: len(ear.calls) == heard + 1)


def test_whoever_hears_of_a_change_can_ask_the_shop_back(shop, channel):
    order = shop.place([("SKU-1", 1)])
    with listening(shop) as ear:
        asked = []
        ear.calls = type("Asking", (list,), {"append": lambda _self, _call: asked.append(connected(shop).fetch(order.ref)["status"])})()
        channel.ship(parcel(order))
    assert asked and asked[-1] == "completed" and shop.failed_hooks == []


def behind_tls(shop, folder, monkeypatch):
    """The shop's own socket speaks TLS from now on, with a certificate that this process trusts."""
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "shop")])
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
            .not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=2))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
            .sign(key, hashes.SHA256()))
    pem = folder / "shop.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server = shop._served._server
    server.socket = context.wrap_socket(server.socket, server_side=True)
    shop.is_behind_tls = True
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    return shop.address.replace("http:", "https:")
