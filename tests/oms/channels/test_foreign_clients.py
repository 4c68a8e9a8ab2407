"""Published clients, written by others for the real platforms, against those that we play: what they accept is no dialect of ours."""

import pytest

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
    made = client.post("webhooks", {"topic": "order.created", "delivery_url": f"{woo.address}/nobody", "secret": "s"})
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
