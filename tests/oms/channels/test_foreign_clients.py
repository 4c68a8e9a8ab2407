"""Published clients, written by others for the real platforms, against those that we play: what they accept is no dialect of ours."""

import json
import time
from datetime import UTC, datetime

import pytest

from server.oms.channels.base import Call, Parcel
from server.oms.channels.caller import Caller
from server.oms.channels.errors import NotFromChannel
from server.oms.channels.plain import Plain, PlainSettings
from server.oms.channels.shopify_signs import query_signature
from simulators.shops.served import Reply, Served
from simulators.shops.shopify import ShopifyShop
from simulators.shops.woocommerce import WooCommerceShop
from simulators.shops.woocommerce_papers import stamp
from tests.oms.channels.test_woocommerce import behind_tls

# --- WooCommerce: woocommerce 3.0.0, by Automattic


@pytest.fixture
def woo():
    shop = WooCommerceShop()
    yield shop
    shop.close()


def woo_client(shop, **more):
    from woocommerce import API  # noqa: PLC0415 - costs time that only these tests shall pay
    return API(**{"url": shop.address, "consumer_key": "ck_seller", "consumer_secret": "cs_secret", "timeout": 30, **more})


def test_the_official_woocommerce_client_reads_all_pages(woo):
    wanted = [int(woo.place([("SKU-1", 1)]).ref) for _ in range(25)]
    client, given = woo_client(woo), []
    first = client.get("orders", params={"per_page": 10, "orderby": "id", "order": "asc"})
    assert (first.headers["X-WP-Total"], first.headers["X-WP-TotalPages"]) == ("25", "3")
    assert 'rel="next"' in first.headers["Link"] and "page=2" in first.headers["Link"]
    for page in (1, 2, 3):
        given += [one["id"] for one in client.get("orders", params={"per_page": 10, "page": page, "orderby": "id", "order": "asc"}).json()]
    assert given == wanted
    assert woo.refused == []


def test_the_official_woocommerce_client_asks_for_what_changed(woo):
    at = woo.now() - 3_600_000
    woo.place([("SKU-1", 1)], at=at - 3_600_000)
    late = woo.place([("SKU-1", 1)], at=at)
    answer = woo_client(woo).get("orders", params={"modified_after": stamp(at - 1_000), "dates_are_gmt": True, "status": "any"})
    assert answer.status_code == 200, answer.text
    assert [one["id"] for one in answer.json()] == [int(late.ref)]


def test_the_official_woocommerce_client_completes_an_order(woo):
    order = woo.place([("SKU-1", 1)], note="请放门口 – café")
    client = woo_client(woo)
    assert client.get(f"orders/{order.ref}").json()["customer_note"] == "请放门口 – café"
    answer = client.put(f"orders/{order.ref}", {"status": "completed", "meta_data": [{"key": "tracking", "value": "快递 1"}]})
    assert (answer.status_code, answer.json()["status"]) == (200, "completed")
    assert woo.orders[order.ref].is_shipped
    changed = client.post("orders/batch", {"update": [{"id": int(order.ref), "status": "cancelled"}, {"id": 99, "status": "cancelled"}]}).json()["update"]
    assert (changed[0]["status"], changed[1]["error"]["code"]) == ("cancelled", "woocommerce_rest_shop_order_invalid_id")


def test_the_official_woocommerce_client_sets_stock(woo):
    shirt = woo.add_product("SHIRT")
    medium = woo.add_product("SHIRT-M", parent=shirt)
    client = woo_client(woo)
    assert [one["id"] for one in client.get("products", params={"sku": "SHIRT-M"}).json()] == [medium]
    client.put(f"products/{shirt}", {"manage_stock": True, "stock_quantity": 4})
    client.post(f"products/{shirt}/variations/batch", {"update": [{"id": medium, "manage_stock": True, "stock_quantity": 9}]})
    assert woo.quantities == {"SHIRT": 4, "SHIRT-M": 9}


def test_the_official_woocommerce_client_makes_a_refund_and_a_webhook(woo):
    order = woo.place([("SKU-1", 1)], price=1_000)
    client = woo_client(woo)
    assert client.post(f"orders/{order.ref}/refunds", {"amount": "2.50", "reason": "late"}).status_code == 201
    assert client.get(f"orders/{order.ref}/refunds").json()[0]["amount"] == "2.50"
    made = client.post("webhooks", {"topic": "order.created", "delivery_url": "http://127.0.0.1:9/nobody", "secret": "s"})
    assert (made.status_code, made.json()["resource"]) == (201, "order")
    assert client.delete(f"webhooks/{made.json()['id']}", params={"force": True}).status_code == 200


def test_the_official_woocommerce_client_with_a_wrong_secret_is_shut_out(woo):
    answer = woo_client(woo, consumer_secret="cs_other").get("orders")
    assert (answer.status_code, answer.json()["code"]) == (401, "woocommerce_rest_authentication_error")


@pytest.mark.parametrize("in_query", [False, True])
def test_the_official_woocommerce_client_gives_its_key_over_tls(woo, tmp_path, monkeypatch, in_query):
    address = behind_tls(woo, tmp_path, monkeypatch)
    woo.place([("SKU-1", 1)])
    for secret, status in (("cs_secret", 200), ("cs_other", 401)):
        client = woo_client(woo, url=address, consumer_secret=secret, query_string_auth=in_query, verify_ssl=str(tmp_path / "shop.pem"))
        assert client.get("orders").status_code == status


# --- Shopify: ShopifyAPI 12.7.0, by Shopify


@pytest.fixture
def shop():
    shop = ShopifyShop(bucket=4_000)
    yield shop
    shop.close()


@pytest.fixture
def shopify(shop):
    """The client with a session of the shop: it makes an address of the first part of a name and a domain, so both are halves of ours."""
    import shopify  # noqa: PLC0415 - costs time that only these tests shall pay
    before = {name: getattr(shopify.Session, name) for name in ("protocol", "myshopify_domain", "port", "secret")}
    shopify.Session.setup(protocol="http", myshopify_domain="0.0.1", port=shop.port, secret="app-secret")
    shopify.ShopifyResource.activate_session(shopify.Session("127.x", "2024-10", "shpat_token"))
    yield shopify
    shopify.ShopifyResource.clear_session()
    shopify.Session.setup(**before)


def test_the_official_shopify_client_reads_all_pages(shop, shopify):
    wanted = {int(shop.place([("SKU-1", 1)]).ref) for _ in range(25)}
    page = shopify.Order.find(status="any", limit=10, updated_at_min="2020-01-01T00:00:00Z")
    given = [one.id for one in page]
    while page.has_next_page():
        page = page.next_page()
        given += [one.id for one in page]
    assert len(given) == 25 and set(given) == wanted
    assert shopify.Order.count(status="any") == 25


def test_the_official_shopify_client_reads_one_order(shop, shopify):
    order = shop.place([("SKU-1", 2)], price=1_990, note="请放门口 – café", address={"name": "Ana García", "country": "ES"})
    read = shopify.Order.find(int(order.ref))
    assert (read.note, read.total_price, read.line_items[0].sku, read.line_items[0].quantity) == ("请放门口 – café", "39.80", "SKU-1", 2)
    assert read.shipping_address.country_code == "ES"


def test_the_official_shopify_client_ships_and_cancels(shop, shopify):
    order, other = shop.place([("SKU-1", 2)]), shop.place([("SKU-1", 1)])
    (to_ship,) = shopify.FulfillmentOrders.find(order_id=int(order.ref))
    made = shopify.fulfillment.FulfillmentV2.create({
        "line_items_by_fulfillment_order": [{"fulfillment_order_id": to_ship.id}], "tracking_info": {"number": "1Z", "company": "UPS"}})
    assert made.tracking_number == "1Z" and shop.orders[order.ref].is_shipped
    assert [one.tracking_company for one in shopify.Fulfillment.find(order_id=int(order.ref))] == ["UPS"]
    shopify.Order.find(int(other.ref)).cancel()
    assert shop.orders[other.ref].is_cancelled


def test_the_official_shopify_client_sets_stock(shop, shopify):
    number = shop.add_product("A", 1)
    (place,) = shopify.Location.find()
    variant = shopify.Variant.find(number)
    shopify.InventoryLevel.set(place.id, variant.inventory_item_id, 12)
    assert shop.quantities == {"A": 12}
    shopify.InventoryLevel.adjust(place.id, variant.inventory_item_id, -2)
    assert [one.available for one in shopify.InventoryLevel.find(inventory_item_ids=variant.inventory_item_id, location_ids=place.id)] == [10]


def test_the_official_shopify_client_sees_how_full_the_bucket_is(shop, shopify):
    assert shopify.Shop.current().currency == "EUR"
    assert (shopify.Limits.credit_used(), shopify.Limits.credit_limit()) == (1, 4_000)


def test_the_official_shopify_client_makes_a_refund_and_a_webhook(shop, shopify):
    order = shop.place([("SKU-1", 2)], price=1_000)
    asked = shopify.Refund.calculate(order_id=int(order.ref))
    payment = asked.transactions[0]
    assert payment.maximum_refundable == "20.00"
    shopify.Refund.create({"order_id": int(order.ref), "note": "late", "transactions": [
        {"parent_id": payment.parent_id, "gateway": payment.gateway, "kind": "refund", "amount": "2.50"}]})
    assert shop.orders[order.ref].refunded == 250
    made = shopify.Webhook.create({"topic": "orders/create", "address": f"{shop.address}/nobody", "format": "json"})
    assert made.id and [one.topic for one in shopify.Webhook.find()] == ["orders/create"]


def test_the_official_shopify_client_asks_in_graphql(shop, shopify):
    for number in range(3):
        shop.place([(f"SKU-{number}", 1)], price=1_990)
    query = """
      query recent($n: Int!, $after: String) {
        orders(first: $n, after: $after, query: "status:any", sortKey: CREATED_AT) {
          edges { cursor node { id name displayFinancialStatus displayFulfillmentStatus
            totalPriceSet { shopMoney { amount currencyCode } }
            lineItems(first: 5) { nodes { sku quantity } } } }
          pageInfo { hasNextPage endCursor } } }"""
    given, after = [], None
    while True:
        told = json.loads(shopify.GraphQL().execute(query, {"n": 2, "after": after}))
        given += [edge["node"] for edge in told["data"]["orders"]["edges"]]
        if not told["data"]["orders"]["pageInfo"]["hasNextPage"]:
            break
        after = told["data"]["orders"]["pageInfo"]["endCursor"]
    assert [one["lineItems"]["nodes"] for one in sorted(given, key=lambda one: one["id"])] == [[{"sku": f"SKU-{number}", "quantity": 1}] for number in range(3)]
    assert given[0]["totalPriceSet"] == {"shopMoney": {"amount": "19.90", "currencyCode": "EUR"}}
    assert told["extensions"]["cost"]["throttleStatus"]["maximumAvailable"] == 2_000
    one = json.loads(shopify.GraphQL().execute("query one($id: ID!) { order(id: $id) { name } }", {"id": given[0]["id"]}))
    assert one["data"]["order"]["name"] == given[0]["name"]


def test_the_official_shopify_client_finds_stock_in_graphql(shop, shopify):
    shop.add_product("A", 3)
    query = """{ found: inventoryItems(first: 1, query: "sku:A") { nodes { sku tracked
        inventoryLevels(first: 2) { edges { node { location { name } quantities(names: ["available"]) { name quantity } } } } } }
      products(first: 5) { nodes { title variants(first: 5) { nodes { sku inventoryQuantity } } } } }"""
    told = json.loads(shopify.GraphQL().execute(query))["data"]
    level = told["found"]["nodes"][0]["inventoryLevels"]["edges"][0]["node"]
    assert level == {"location": {"name": "Shop location"}, "quantities": [{"name": "available", "quantity": 3}]}
    assert told["products"]["nodes"][0]["variants"]["nodes"] == [{"sku": "A", "inventoryQuantity": 3}]


@pytest.mark.parametrize("query, code", [
    ("{ orders(first: 1) { nodes { colour } } }", "undefinedField"), ("{ orders(first: 1) }", "selectionMismatch"), ("{ orders { nodes { id } } }", "BAD_REQUEST"),
    ("mutation { colourChange { id } }", "undefinedField"), ("{ ...all }", "useAndDefineFragment"), ("subscription { a }", "notPlayed"), ("{ orders(first: 1) { nodes { id }", "parseError"),
    ('{ orders(first: 1, query: "risk_level:x") { nodes { id } } }', "notPlayed"), ("{ orders(first: 1, sortKey: TOTAL_PRICE) { nodes { id } } }", "notPlayed")])
def test_what_is_not_played_in_graphql_says_so(shop, shopify, query, code):
    shop.place([("SKU-1", 1)])
    told = json.loads(shopify.GraphQL().execute(query))
    assert not told.get("data") and told["errors"][0]["extensions"]["code"] == code


def test_the_official_shopify_client_with_a_wrong_token_is_shut_out(shop, shopify):
    from pyactiveresource.connection import UnauthorizedAccess  # noqa: PLC0415
    shopify.ShopifyResource.activate_session(shopify.Session("127.x", "2024-10", "shpat_other"))
    with pytest.raises(UnauthorizedAccess):
        shopify.Order.find(status="any")


def test_the_official_shopify_client_signs_a_visit_as_we_do(shopify):
    query = {"shop": "a-shop.myshopify.com", "code": "a&b=c%", "state": "ü", "timestamp": "1790000000"}
    assert shopify.Session.calculate_hmac(query) == query_signature(query, "app-secret")


# --- Standard Webhooks: standardwebhooks 1.1.0, by the makers of the specification


@pytest.mark.parametrize("secret", ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "a secret of sixteen letters or more"])
def test_the_reference_library_of_standard_webhooks_takes_our_signature_and_we_take_its(secret):
    from standardwebhooks import Webhook, WebhookVerificationError  # noqa: PLC0415 - as above
    asked = []
    shop = Served(lambda one: asked.append(one) or Reply(), lambda: time.time_ns() // 1_000_000)
    theirs, channel = Webhook(secret if secret.startswith("whsec_") else secret.encode()), Plain(PlainSettings(secret=secret, address=shop.address), Caller())
    channel.ship(Parcel(ref="S-1", tracking="快递 1", carrier="SF", lines=[("L1", 2)], is_whole=True))
    shop.close()
    [told] = asked
    assert theirs.verify(told.body, dict(told.headers))["tracking"] == "快递 1"
    with pytest.raises(WebhookVerificationError):
        theirs.verify(told.body.replace(b"S-1", b"S-2"), dict(told.headers))

    body, at = json.dumps({"reference": "S-1", "note": "请放门口"}, ensure_ascii=False), datetime.now(UTC)
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": f"v1,{'A' * 43}= {theirs.sign('msg_1', at, body)}"}
    assert channel.hear(Call(headers, {}, body.encode())).documents == [{"reference": "S-1", "note": "请放门口"}]
    with pytest.raises(NotFromChannel):
        channel.hear(Call({**headers, "webhook-signature": Webhook(b"another secret").sign("msg_1", at, body)}, {}, body.encode()))
