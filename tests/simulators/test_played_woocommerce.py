"""The played WooCommerce shop's answers, as its documentation writes them and published clients of it read them."""

import base64
import hashlib
import hmac
import time
from urllib.parse import quote

import pytest

from simulators.shops.woocommerce import WooCommerceShop
from simulators.shops.woocommerce_papers import stamp
from tests.oms.channels.ears import Ear
from tests.simulators.asking import ask, link, woo

HOUR = 3_600_000
HOME = {"name": "Ana García", "country": "ES", "city": "Madrid", "street": "Calle Mayor 1", "postcode": "28013"}


@pytest.fixture
def shop():
    shop = WooCommerceShop()
    yield shop
    shop.close()


def test_orders_are_filtered_by_all_that_they_may_be_asked_with(shop):
    now = shop.now() // 1000 * 1000
    old, new = shop.place([("A", 1)], at=now - 9 * HOUR, address=HOME), shop.place([("B", 1)], at=now - HOUR, is_paid=False)
    number, done = shop.add_product("B"), shop.place([("A", 1)], at=now - HOUR)
    shop.set_status(done.ref, "completed")
    names = {int(one.ref): name for one, name in ((old, "old"), (new, "new"), (done, "done"))}

    def found(**query):
        return {names[one["id"]] for one in woo(shop, "GET", "orders", **query).json}
    middle = stamp(now - 5 * HOUR, shop.hours)
    assert found() == {"old", "new", "done"}
    assert (found(after=middle), found(before=middle)) == ({"new", "done"}, {"old"})
    assert (found(before=stamp(now - 5 * HOUR) + "Z"), found(before=stamp(now - 5 * HOUR), dates_are_gmt="true")) == ({"old"}, {"old"})
    assert (found(modified_after=middle), found(modified_before=middle)) == ({"new", "done"}, {"old"})
    assert (found(status="completed"), found(status="pending,completed")) == ({"done"}, {"new", "done"})
    assert (found(include=f"{old.ref},{new.ref}"), found(exclude=old.ref)) == ({"old", "new"}, {"new", "done"})
    assert (found(**{"include[0]": old.ref, "include[1]": done.ref}), found(**{"status[]": "pending"})) == ({"old", "done"}, {"new"})
    assert (found(product=number), found(search="garcía"), found(customer=7)) == ({"new"}, {"old"}, set())


@pytest.mark.parametrize("query, code", [
    ({"status": "sent"}, "rest_not_in_enum"), ({"orderby": "colour"}, "rest_not_in_enum"), ({"order": "x"}, "rest_not_in_enum"),
    ({"after": "yesterday"}, "rest_invalid_date"), ({"per_page": "many"}, "rest_invalid_type"), ({"per_page": "101"}, "rest_out_of_bounds"),
    ({"page": "0"}, "rest_out_of_bounds"), ({"include": "a"}, "rest_invalid_type")])
def test_what_cannot_be_asked_is_refused_not_ignored(shop, query, code):
    told = woo(shop, "GET", "orders", **query)
    (name,) = query
    assert (told.status, told.json["code"], told.json["message"]) == (400, "rest_invalid_param", f"Invalid parameter(s): {name}")
    assert (told.json["data"]["status"], list(told.json["data"]["params"]), told.json["data"]["details"][name]["code"]) == (400, [name], code)


def test_a_page_tells_how_much_there_is_and_where_its_neighbours_are(shop):
    for _ in range(5):
        shop.place([("A", 1)])
    told = woo(shop, "GET", "orders", per_page=2, page=2, status="any")
    assert (told.headers["x-wp-total"], told.headers["x-wp-totalpages"], set(link(told))) == ("5", "3", {"prev", "next"})
    assert "status=any" in link(told)["next"] and "page=3" in link(told)["next"]
    behind = woo(shop, "GET", "orders", per_page=2, page=9)
    assert (behind.json, behind.headers["x-wp-total"]) == ([], "5") and "page=3" in link(behind)["prev"]


def test_only_the_fields_that_were_asked_for_are_told(shop):
    ref = shop.place([("A", 1)]).ref
    assert woo(shop, "GET", "orders", _fields="id,total").json == [{"id": int(ref), "total": "19.90"}]
    assert set(woo(shop, "GET", f"orders/{ref}", _fields="status").json) == {"status"}


def test_an_order_is_written_changed_and_thrown_away(shop):
    number = shop.add_product("A", 3)
    made = woo(shop, "POST", "orders", {"line_items": [{"product_id": number, "quantity": 2}], "set_paid": True, "shipping": {"first_name": "Ana", "city": "Madrid"},
                                        "billing": {"email": "a@b.example"}, "customer_note": "ring"})
    order = made.json
    assert (made.status, made.headers["location"].endswith(f"/wp-json/wc/v3/orders/{order['id']}")) == (201, True)
    assert (order["status"], order["line_items"][0]["sku"], order["shipping"]["city"], order["billing"]["email"]) == ("processing", "A", "Madrid", "a@b.example")
    changed = woo(shop, "PUT", f"orders/{order['id']}", {"shipping": {"city": "Vigo"}, "meta_data": [{"key": "k", "value": 1}]}).json
    assert (changed["shipping"]["city"], changed["shipping"]["first_name"], changed["customer_note"], changed["meta_data"][0]["key"]) == ("Vigo", "Ana", "ring", "k")
    assert woo(shop, "PUT", f"orders/{order['id']}", {"meta_data": [{"key": "k", "value": None}]}).json["meta_data"] == []
    assert woo(shop, "PUT", f"orders/{order['id']}", {"status": "completed"}).json["date_completed_gmt"]
    assert woo(shop, "DELETE", f"orders/{order['id']}").json["status"] == "trash"
    assert woo(shop, "GET", "orders").json == []
    assert woo(shop, "DELETE", f"orders/{order['id']}").status == 410
    assert woo(shop, "DELETE", f"orders/{order['id']}", force="true").json["id"] == order["id"]
    assert woo(shop, "GET", f"orders/{order['id']}").json["code"] == "woocommerce_rest_shop_order_invalid_id"


def test_an_order_of_nothing_known_is_refused(shop):
    told = woo(shop, "POST", "orders", {"line_items": [{"product_id": 1}]})
    assert (told.status, told.json["code"]) == (400, "woocommerce_rest_required_product_reference")
    assert woo(shop, "POST", "orders", {"status": "sent"}).json["code"] == "rest_invalid_param"


def test_a_batch_makes_changes_and_throws_away_each_by_itself(shop):
    first, second = shop.place([("A", 1)]).ref, shop.place([("A", 1)]).ref
    told = woo(shop, "POST", "orders/batch", {"create": [{"status": "pending"}], "update": [{"id": int(first), "status": "on-hold"}, {"id": 99, "status": "on-hold"}],
                                              "delete": [int(second), 99]})
    assert told.status == 200
    assert [one["status"] for one in told.json["create"]] == ["pending"]
    assert (told.json["update"][0]["status"], told.json["update"][1]["error"]["data"]["status"]) == ("on-hold", 404)
    assert (told.json["delete"][0]["id"], told.json["delete"][1]["error"]["code"]) == (int(second), "woocommerce_rest_shop_order_invalid_id")


def test_notes_are_written_on_an_order(shop):
    ref = shop.place([("A", 1)]).ref
    made = woo(shop, "POST", f"orders/{ref}/notes", {"note": "sent", "customer_note": True})
    assert (made.status, made.json["note"], made.json["customer_note"]) == (201, "sent", True)
    assert [one["id"] for one in woo(shop, "GET", f"orders/{ref}/notes").json] == [made.json["id"]]
    assert woo(shop, "POST", f"orders/{ref}/notes", {}).json["code"] == "rest_missing_callback_param"
    assert woo(shop, "DELETE", f"orders/{ref}/notes/{made.json['id']}").status == 501
    assert woo(shop, "DELETE", f"orders/{ref}/notes/{made.json['id']}", force="true").status == 200


def test_a_refund_is_shown_alone_and_taken_back_for_good_only(shop):
    ref = shop.place([("A", 1)], price=1_000).ref
    made = woo(shop, "POST", f"orders/{ref}/refunds", {"amount": "2.5", "reason": "late"}).json
    assert made["amount"] == "2.50"
    assert woo(shop, "GET", f"orders/{ref}/refunds/{made['id']}").json["reason"] == "late"
    assert woo(shop, "DELETE", f"orders/{ref}/refunds/{made['id']}").json["code"] == "woocommerce_rest_trash_not_supported"
    assert woo(shop, "DELETE", f"orders/{ref}/refunds/{made['id']}", force="true").status == 200
    assert shop.orders[ref].refunded == 0


def test_products_and_variations_are_shown_made_and_changed(shop):
    shirt = shop.add_product("SHIRT")
    medium = shop.add_product("SHIRT-M", 2, parent=shirt)
    assert [(one["sku"], one["type"], one["variations"]) for one in woo(shop, "GET", "products").json] == [("SHIRT", "variable", [medium])]
    assert [one["id"] for one in woo(shop, "GET", f"products/{shirt}/variations").json] == [medium]
    assert woo(shop, "GET", f"products/{shirt}/variations/{medium}").json["stock_quantity"] == 2
    made = woo(shop, "POST", "products", {"name": "Cup", "sku": "CUP", "regular_price": "3.00", "stock_quantity": 5})
    assert (made.status, made.json["price"], shop.quantities["CUP"]) == (201, "3.00", 5)
    again = woo(shop, "POST", "products", {"sku": "CUP"})
    assert (again.status, again.json["code"]) == (400, "product_invalid_sku")
    assert [one["sku"] for one in woo(shop, "GET", "products", stock_status="instock").json] == ["CUP"]
    assert woo(shop, "PUT", f"products/{made.json['id']}", {"stock_quantity": "many"}).json["code"] == "rest_invalid_param"
    assert woo(shop, "DELETE", f"products/{made.json['id']}", force="true").status == 200
    assert woo(shop, "GET", f"products/{made.json['id']}").status == 404


def test_a_webhook_is_refused_made_moved_and_ended(shop):
    here, there = Ear(), Ear()
    try:
        assert woo(shop, "POST", "webhooks", {"topic": "order.updated"}).json["message"] == "Missing parameter(s): delivery_url"
        assert woo(shop, "POST", "webhooks", {"topic": "nonsense", "delivery_url": here.address}).json["code"] == "woocommerce_rest_shop_webhook_invalid_topic"
        assert woo(shop, "POST", "webhooks", {"topic": "order.updated", "delivery_url": "file:///"}).json["code"] == "woocommerce_rest_shop_webhook_invalid_delivery_url"
        made = woo(shop, "POST", "webhooks", {"name": "mine", "topic": "order.created", "delivery_url": here.address, "secret": "s"}).json
        assert (made["name"], "secret" in made, here.calls[0].body) == ("mine", False, f"webhook_id={made['id']}".encode())
        woo(shop, "PUT", f"webhooks/{made['id']}", {"delivery_url": there.address})
        shop.place([("A", 1)])
        (call,) = there.calls
        assert call.headers["x-wc-webhook-signature"] == base64.b64encode(hmac.new(b"s", call.body, hashlib.sha256).digest()).decode()
        assert len(here.calls) == 1
        assert woo(shop, "DELETE", f"webhooks/{made['id']}").json["message"] == "Webhooks do not support trashing."
        assert woo(shop, "DELETE", f"webhooks/{made['id']}", force="true").status == 200
        assert woo(shop, "GET", f"webhooks/{made['id']}").json["data"]["status"] == 400
        assert shop.hooks == []
    finally:
        here.close()
        there.close()


def test_a_body_that_is_no_json_is_named(shop):
    told = woo(shop, "POST", "orders", b"{")
    assert (told.status, told.json["code"], told.json["data"]["json_error_code"]) == (400, "rest_invalid_json", 4)


def test_a_verb_may_be_given_beside_a_post(shop):
    ref = shop.place([("A", 1)]).ref
    assert woo(shop, "POST", f"orders/{ref}", {}, _method="DELETE").json["status"] == "trash"


def test_a_signature_may_stand_in_a_header(shop):
    told = {"oauth_consumer_key": shop.keys.key, "oauth_timestamp": str(int(time.time())), "oauth_nonce": "n", "oauth_signature_method": "HMAC-SHA256"}

    def signed(secret):
        pairs = "&".join(f"{name}={quote(told[name], safe='')}" for name in sorted(told))
        text = f"GET&{quote(f'{shop.address}/wp-json/wc/v3/orders', safe='')}&{quote(pairs, safe='')}"
        sign = base64.b64encode(hmac.new(f"{secret}&".encode(), text.encode(), hashlib.sha256).digest()).decode()
        return {"Authorization": "OAuth " + ", ".join(f'{name}="{quote(value, safe="")}"' for name, value in {**told, "oauth_signature": sign}.items())}
    assert ask(shop, "GET", "/wp-json/wc/v3/orders", headers=signed("other")).status == 401
    assert ask(shop, "GET", "/wp-json/wc/v3/orders", headers=signed(shop.keys.secret)).status == 200


def test_a_site_without_rewritten_addresses_is_asked_by_a_route(shop):
    for _ in range(2):
        shop.place([("A", 1)])
    shop.is_behind_tls = True
    key = {"Authorization": "Basic " + base64.b64encode(f"{shop.keys.key}:{shop.keys.secret}".encode()).decode()}
    first = ask(shop, "GET", "/?rest_route=/wc/v3/orders&per_page=1", headers=key)
    assert (first.status, len(first.json)) == (200, 1)
    second = ask(shop, "GET", link(first)["next"], headers=key)
    assert second.json[0]["id"] < first.json[0]["id"]
    assert ask(shop, "GET", "/?rest_route=/wc/v3/nonsense", headers=key).status == 404
