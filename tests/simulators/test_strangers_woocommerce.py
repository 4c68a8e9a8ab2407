"""What clients by others ask a WooCommerce shop that ours never do."""

import pytest

from simulators.shops.woocommerce import WooCommerceShop
from tests.oms.channels.ears import Ear
from tests.simulators.asking import woo


@pytest.fixture
def shop():
    shop = WooCommerceShop()
    yield shop
    shop.close()


def test_fields_below_fields_are_picked(shop):
    ref = shop.place([("A", 2), ("B", 1)], address={"name": "Ana García", "city": "Madrid"}).ref
    told = woo(shop, "GET", f"orders/{ref}", _fields="id,billing.first_name,line_items.sku,nothing.at_all").json
    assert told == {"id": int(ref), "billing": {"first_name": "Ana"}, "line_items": [{"sku": "A"}, {"sku": "B"}]}


def test_each_thing_says_where_it_is_found(shop):
    ref = shop.place([("A", 1)]).ref
    at = f"{shop.address}/wp-json/wc/v3/orders"
    links = {"self": [{"href": f"{at}/{ref}"}], "collection": [{"href": at}]}
    assert woo(shop, "GET", f"orders/{ref}").json["_links"] == links
    assert [one["_links"] for one in woo(shop, "GET", "orders").json] == [links]


def test_an_envelope_has_the_status_and_the_headers_in_it(shop):
    for _ in range(3):
        shop.place([("A", 1)])
    answer = woo(shop, "GET", "orders", _envelope=1, per_page=2, _fields="id")
    assert (answer.status, answer.json["status"], len(answer.json["body"])) == (200, 200, 2)
    assert answer.json["headers"]["X-WP-Total"] == "3" and "page=2" in answer.json["headers"]["Link"]


@pytest.mark.parametrize("places, total", [("0", "20"), ("2", "19.90"), ("4", "19.9000")])
def test_money_has_as_many_places_as_are_asked_for(shop, places, total):
    ref = shop.place([("A", 1)]).ref
    told = woo(shop, "GET", f"orders/{ref}", dp=places).json
    assert (told["total"], told["line_items"][0]["total"]) == (total, total)
    assert woo(shop, "GET", f"orders/{ref}", dp="x").json["code"] == "rest_invalid_param"


def test_what_may_be_asked_where_is_told(shop):
    answer = woo(shop, "OPTIONS", "orders")
    assert (answer.status, answer.headers["allow"], answer.json["methods"]) == (200, "GET, POST", ["GET", "POST"])
    assert woo(shop, "OPTIONS", "nothing").json["code"] == "rest_no_route"


@pytest.mark.parametrize("name", ["coupons", "taxes", "products/categories", "products/tags", "products/attributes", "products/shipping_classes"])
def test_of_what_it_has_none_of_it_shows_an_empty_list(shop, name):
    answer = woo(shop, "GET", name)
    assert (answer.status, answer.json, answer.headers["x-wp-total"]) == (200, [], "0")
    assert woo(shop, "GET", f"{name}/7").status == 404


def test_short_lists_are_told(shop):
    ref = shop.place([("A", 1)], price=1_000).ref
    shop.place([("A", 1)], is_paid=False)
    totals = {one["slug"]: one["total"] for one in woo(shop, "GET", "reports/orders/totals").json}
    assert (totals["processing"], totals["pending"], totals["completed"]) == (1, 1, 0)
    assert [one["id"] for one in woo(shop, "GET", "payment_gateways").json] == ["stripe"]
    assert "local_pickup" in [one["id"] for one in woo(shop, "GET", "shipping_methods").json]
    assert woo(shop, "GET", "shipping/zones").json[0]["id"] == 0 and woo(shop, "GET", "data/currencies").json[0]["code"] == "EUR"
    made = woo(shop, "POST", f"orders/{ref}/refunds", {"amount": "1.00"}).json
    assert [(one["id"], one["parent_id"]) for one in woo(shop, "GET", "refunds").json] == [(made["id"], int(ref))]


def test_a_refund_that_names_lines_only_is_of_what_they_say(shop):
    order = shop.place([("A", 2)], price=1_000)
    answer = woo(shop, "POST", f"orders/{order.ref}/refunds", {"line_items": [{"id": int(order.lines[0].ref), "quantity": 1, "refund_total": 7.5}]})
    assert (answer.status, answer.json["amount"], shop.orders[order.ref].refunded) == (201, "7.50", 750)


def test_a_variation_can_be_made(shop):
    shirt = shop.add_product("SHIRT")
    answer = woo(shop, "POST", f"products/{shirt}/variations", {"sku": "SHIRT-M", "stock_quantity": 4})
    assert (answer.status, answer.json["parent_id"], shop.quantities["SHIRT-M"]) == (201, shirt, 4)
    assert [one["sku"] for one in woo(shop, "GET", f"products/{shirt}/variations").json] == ["SHIRT-M"]
    assert woo(shop, "POST", f"products/{shirt}/variations", {"sku": "SHIRT-M"}).json["code"] == "product_invalid_sku"
    assert woo(shop, "POST", "products/1/variations", {"sku": "X"}).status == 404


def test_of_an_order_that_was_thrown_away_its_number_is_told_once_and_not_again(shop):
    ear = Ear()
    try:
        woo(shop, "POST", "webhooks", {"topic": "order.deleted", "delivery_url": ear.address, "secret": "s"})
        ear.calls.clear()
        bin_, gone = shop.place([("A", 1)]).ref, shop.place([("A", 1)]).ref
        woo(shop, "DELETE", f"orders/{bin_}")
        ear.status = 500
        woo(shop, "DELETE", f"orders/{gone}", force="true")
        assert [call.body for call in ear.calls] == [f'{{"id":{one}}}'.encode() for one in (bin_, gone)]
        assert {call.headers["x-wc-webhook-topic"] for call in ear.calls} == {"order.deleted"}
        shop.redeliver()
        assert len(ear.calls) == 2
    finally:
        ear.close()
