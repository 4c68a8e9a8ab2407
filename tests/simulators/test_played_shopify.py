"""The played Shopify shop's REST answers, as its documentation writes them and published clients of it read them."""

import base64
import hashlib
import hmac

import pytest

from simulators.shops.shopify import ShopifyShop
from tests.oms.channels.ears import Ear
from tests.simulators.asking import ask, link, shopify

HOUR = 3_600_000
HOME = {"name": "Ana García", "country": "ES", "city": "Madrid", "street": "Calle Mayor 1", "postcode": "28013"}


@pytest.fixture
def shop():
    shop = ShopifyShop(bucket=4_000)
    yield shop
    shop.close()


def ids(told):
    return [one["id"] for one in told.json["orders"]]


def stamped(shop, at):
    from simulators.shops.shopify_papers import stamp  # noqa: PLC0415
    return stamp(at, shop.hours)


def test_pages_can_be_turned_both_ways(shop):
    wanted = sorted((int(shop.place([("A", 1)]).ref) for _ in range(7)), reverse=True)
    first = shopify(shop, "GET", "orders", limit=3, status="any")
    assert (ids(first), set(link(first))) == (wanted[:3], {"next"})
    second = ask(shop, "GET", link(first)["next"], headers={"X-Shopify-Access-Token": shop.token})
    assert (ids(second), set(link(second))) == (wanted[3:6], {"previous", "next"})
    last = ask(shop, "GET", link(second)["next"], headers={"X-Shopify-Access-Token": shop.token})
    assert (ids(last), set(link(last))) == (wanted[6:], {"previous"})
    back = ask(shop, "GET", link(second)["previous"], headers={"X-Shopify-Access-Token": shop.token})
    assert ids(back) == wanted[:3]


def test_an_order_that_comes_meanwhile_moves_no_other_to_another_page(shop):
    wanted = sorted((int(shop.place([("A", 1)]).ref) for _ in range(4)), reverse=True)
    first = shopify(shop, "GET", "orders", limit=2, status="any")
    shop.place([("A", 1)])
    assert ids(ask(shop, "GET", link(first)["next"], headers={"X-Shopify-Access-Token": shop.token})) == wanted[2:]


def test_a_mark_goes_with_no_other_filter(shop):
    shop.place([("A", 1)])
    shop.place([("A", 1)])
    mark = link(shopify(shop, "GET", "orders", limit=1))["next"]
    assert ask(shop, "GET", f"{mark}&status=any", headers={"X-Shopify-Access-Token": shop.token}).status == 400


def test_orders_are_filtered_by_all_that_they_may_be_asked_with(shop):
    now = shop.now() // 1000 * 1000
    old, new = shop.place([("A", 1)], at=now - 9 * HOUR), shop.place([("A", 2)], at=now - HOUR, is_paid=False)
    gone, sent = shop.place([("A", 1)], at=now - HOUR), shop.place([("A", 1)], at=now - HOUR)
    shop.cancel_order(gone.ref)
    (to_ship,) = shopify(shop, "GET", f"orders/{sent.ref}/fulfillment_orders").json["fulfillment_orders"]
    shopify(shop, "POST", "fulfillments", {"fulfillment": {"line_items_by_fulfillment_order": [{"fulfillment_order_id": to_ship["id"]}]}})
    four = {int(one.ref): name for one, name in ((old, "old"), (new, "new"), (gone, "gone"), (sent, "sent"))}

    def found(**query):
        return {four[one] for one in ids(shopify(shop, "GET", "orders", **{"status": "any", **query}))}
    middle = stamped(shop, now - 5 * HOUR)
    assert found() == {"old", "new", "gone", "sent"}
    assert found(status="open") == {"old", "new", "sent"}
    assert (found(status="cancelled"), found(status="closed")) == ({"gone"}, set())
    assert (found(created_at_max=middle), found(created_at_min=middle)) == ({"old"}, {"new", "gone", "sent"})
    assert (found(updated_at_max=middle), found(processed_at_max=middle)) == ({"old"}, {"old"})
    assert (found(financial_status="pending"), found(financial_status="paid")) == ({"new"}, {"old", "gone", "sent"})
    assert (found(fulfillment_status="shipped"), found(fulfillment_status="unshipped", status="open")) == ({"sent"}, {"old", "new"})
    assert (found(ids=f"{old.ref},{new.ref}"), found(since_id=gone.ref)) == ({"old", "new"}, {"sent"})
    assert (found(name=f"#{new.ref}"), found(created_at_min=stamped(shop, now - HOUR))) == ({"new"}, {"new", "gone", "sent"})
    assert shopify(shop, "GET", "orders/count", status="cancelled").json == {"count": 1}


@pytest.mark.parametrize("query", [{"limit": "251"}, {"limit": "many"}, {"status": "sent"}, {"created_at_min": "yesterday"}, {"ids": "a"},
                                   {"financial_status": "x"}, {"fulfillment_status": "x"}, {"order": "colour"}, {"page_info": "x"}])
def test_what_cannot_be_asked_is_refused_not_ignored(shop, query):
    told = shopify(shop, "GET", "orders", **query)
    assert (told.status, list(told.json["errors"])) == (400, list(query))


def test_only_the_fields_that_were_asked_for_are_told(shop):
    ref = shop.place([("A", 1)]).ref
    assert set(shopify(shop, "GET", f"orders/{ref}", fields="id,name").json["order"]) == {"id", "name"}
    assert set(shopify(shop, "GET", "orders", fields="id,total_price").json["orders"][0]) == {"id", "total_price"}


def test_money_is_text_and_lines_say_what_is_left(shop):
    number = shop.add_product("A", 3)
    ref = shop.place([("A", 2)], price=1_990, address=HOME).ref
    order = shopify(shop, "GET", f"orders/{ref}").json["order"]
    assert order["total_price_set"]["shop_money"] == {"amount": "39.80", "currency_code": "EUR"}
    line = order["line_items"][0]
    assert (line["price"], line["variant_id"], line["fulfillable_quantity"], line["fulfillment_status"]) == ("19.90", number, 2, None)


def test_an_answer_names_its_version(shop):
    assert shopify(shop, "GET", "shop").headers["x-shopify-api-version"] == "2026-01"
    assert ask(shop, "GET", "/admin/shop.json", headers={"X-Shopify-Access-Token": shop.token}).headers["x-shopify-api-version"] == "2026-01"
    assert ask(shop, "GET", "/admin/api/2025-07/shop.json", headers={"X-Shopify-Access-Token": shop.token}).headers["x-shopify-api-version"] == "2025-07"
    assert ask(shop, "GET", "/admin/api/2025-08/shop.json", headers={"X-Shopify-Access-Token": shop.token}).status == 404


def test_a_token_is_also_taken_as_a_password(shop):
    def basic(told):
        return {"Authorization": f"Basic {base64.b64encode(told).decode()}"}
    assert ask(shop, "GET", "/admin/api/2026-01/shop.json", headers=basic(b"key:shpat_token")).status == 200
    assert ask(shop, "GET", "/admin/api/2026-01/shop.json", headers=basic(b"key:other")).status == 401
    assert ask(shop, "GET", "/admin/api/2026-01/shop.json", headers={"Authorization": "Basic %%%"}).status == 401


def test_a_token_is_given_for_the_secret_of_the_app_only(shop):
    given = ask(shop, "POST", "/admin/oauth/access_token", {"client_id": "a", "client_secret": "app-secret", "grant_type": "client_credentials"})
    assert (given.status, given.json["access_token"]) == (200, "shpat_token") and "read_orders" in given.json["scope"]
    assert ask(shop, "POST", "/admin/oauth/access_token", {"client_id": "a", "client_secret": "other"}).status == 400


def test_a_part_that_is_missing_is_named(shop):
    ref = shop.place([("A", 1)]).ref
    told = shopify(shop, "PUT", f"orders/{ref}", {"note": "x"})
    assert (told.status, told.json) == (400, {"errors": {"order": "Required parameter missing or invalid"}})


def test_a_fulfilment_is_tracked_anew_and_taken_back(shop):
    ref = shop.place([("A", 2)], address=HOME).ref
    (to_ship,) = shopify(shop, "GET", f"orders/{ref}/fulfillment_orders").json["fulfillment_orders"]
    assert (to_ship["status"], to_ship["destination"]["city"], to_ship["supported_actions"]) == ("open", "Madrid", ["create_fulfillment", "move", "hold"])
    made = shopify(shop, "POST", "fulfillments", {"fulfillment": {
        "line_items_by_fulfillment_order": [{"fulfillment_order_id": to_ship["id"]}], "tracking_info": {"number": "1Z", "company": "UPS", "url": "https://x/1Z"}}})
    assert made.status == 201
    one = made.json["fulfillment"]
    assert (one["name"], one["tracking_urls"], one["line_items"][0]["sku"]) == (f"#{ref}.1", ["https://x/1Z"], "A")
    shopify(shop, "POST", f"fulfillments/{one['id']}/update_tracking", {"fulfillment": {"tracking_info": {"number": "2Z", "company": "UPS"}}})
    assert [parcel.tracking for parcel in shop.orders[ref].parcels] == ["2Z"]
    assert shopify(shop, "GET", f"orders/{ref}").json["order"]["fulfillment_status"] == "fulfilled"
    assert shopify(shop, "GET", f"orders/{ref}/fulfillments/{one['id']}").json["fulfillment"]["tracking_number"] == "2Z"
    assert shopify(shop, "POST", f"fulfillments/{one['id']}/cancel").json["fulfillment"]["status"] == "cancelled"
    assert (shop.orders[ref].parcels, shopify(shop, "GET", f"orders/{ref}").json["order"]["fulfillment_status"]) == ((), None)
    assert shopify(shop, "POST", f"fulfillments/{one['id']}/cancel").status == 422


def test_what_is_on_hold_cannot_be_shipped_until_it_is_released(shop):
    ref = shop.place([("A", 1)]).ref
    (to_ship,) = shopify(shop, "GET", f"orders/{ref}/fulfillment_orders").json["fulfillment_orders"]
    body = {"fulfillment": {"line_items_by_fulfillment_order": [{"fulfillment_order_id": to_ship["id"]}]}}
    held = shopify(shop, "POST", f"fulfillment_orders/{to_ship['id']}/hold", {"fulfillment_hold": {"reason": "other"}})
    assert held.json["fulfillment_order"]["status"] == "on_hold"
    assert shopify(shop, "POST", "fulfillments", body).status == 422
    shopify(shop, "POST", f"fulfillment_orders/{to_ship['id']}/release_hold")
    assert shopify(shop, "POST", "fulfillments", body).status == 201


def test_a_refund_of_a_line_is_calculated_and_shown_among_the_payments(shop):
    ref = shop.place([("A", 2)], price=1_000).ref
    line = shopify(shop, "GET", f"orders/{ref}").json["order"]["line_items"][0]["id"]
    lines = [{"line_item_id": line, "quantity": 1, "restock_type": "no_restock"}]
    (payment,) = shopify(shop, "POST", f"orders/{ref}/refunds/calculate", {"refund": {"refund_line_items": lines}}).json["refund"]["transactions"]
    assert (payment["amount"], payment["maximum_refundable"]) == ("10.00", "20.00")
    made = shopify(shop, "POST", f"orders/{ref}/refunds", {"refund": {"refund_line_items": lines, "transactions": [
        {"parent_id": payment["parent_id"], "kind": "refund", "amount": "10.00", "gateway": payment["gateway"]}]}})
    assert made.status == 201 and made.json["refund"]["refund_line_items"][0]["subtotal"] == "10.00"
    kinds = [(one["kind"], one["amount"]) for one in shopify(shop, "GET", f"orders/{ref}/transactions").json["transactions"]]
    assert kinds == [("sale", "20.00"), ("refund", "10.00")]
    order = shopify(shop, "GET", f"orders/{ref}").json["order"]
    assert (order["financial_status"], order["line_items"][0]["current_quantity"]) == ("partially_refunded", 1)
    assert shopify(shop, "POST", f"orders/{ref}/refunds", {"refund": {"transactions": [{"parent_id": 1, "kind": "refund", "amount": "1.00"}]}}).status == 422


def test_an_order_is_written_changed_closed_opened_and_cancelled(shop):
    number = shop.add_product("A", 3)
    made = shopify(shop, "POST", "orders", {"order": {"line_items": [{"variant_id": number, "quantity": 2}], "tags": "a, b"}})
    ref, order = made.json["order"]["id"], made.json["order"]
    assert (made.status, order["line_items"][0]["sku"], order["tags"], order["financial_status"]) == (201, "A", "a, b", "paid")
    changed = shopify(shop, "PUT", f"orders/{ref}", {"order": {"email": "a@b.example", "note": "ring"}}).json["order"]
    assert (changed["email"], changed["note"], changed["tags"]) == ("a@b.example", "ring", "a, b")
    assert shopify(shop, "POST", f"orders/{ref}/close").json["order"]["closed_at"]
    assert shopify(shop, "GET", "orders").json["orders"] == []
    assert shopify(shop, "POST", f"orders/{ref}/open").json["order"]["closed_at"] is None
    assert shopify(shop, "POST", f"orders/{ref}/cancel", {"reason": "boredom"}).status == 422
    assert shopify(shop, "POST", f"orders/{ref}/cancel", {"reason": "inventory"}).json["order"]["cancel_reason"] == "inventory"


def test_products_variants_items_and_levels_are_shown_and_changed(shop):
    number = shop.add_product("A", 3)
    (product,) = shopify(shop, "GET", "products").json["products"]
    assert shopify(shop, "GET", "products/count").json == {"count": 1}
    assert shopify(shop, "GET", f"products/{product['id']}").json["product"]["options"][0]["name"] == "Title"
    assert shopify(shop, "PUT", f"variants/{number}", {"variant": {"price": "21.00"}}).json["variant"]["price"] == "21.00"
    (place,) = shopify(shop, "GET", "locations").json["locations"]
    item = product["variants"][0]["inventory_item_id"]
    assert shopify(shop, "GET", f"inventory_items/{item}").json["inventory_item"]["sku"] == "A"
    assert [one["available"] for one in shopify(shop, "GET", f"locations/{place['id']}/inventory_levels").json["inventory_levels"]] == [3]
    shopify(shop, "POST", "inventory_levels/set", {"location_id": place["id"], "inventory_item_id": item, "available": 8})
    assert shopify(shop, "GET", "inventory_levels", inventory_item_ids=item, location_ids=1).json == {"inventory_levels": []}
    assert (shop.quantities, shopify(shop, "GET", "inventory_levels").status) == ({"A": 8}, 422)


def test_a_subscription_is_shown_moved_called_and_ended(shop):
    here, there = Ear(), Ear()
    try:
        made = shopify(shop, "POST", "webhooks", {"webhook": {"topic": "orders/create", "address": here.address, "format": "json"}}).json["webhook"]
        assert shopify(shop, "POST", "webhooks", {"webhook": {"topic": "orders/create", "address": here.address}}).status == 422
        assert shopify(shop, "POST", "webhooks", {"webhook": {"topic": "nonsense", "address": here.address}}).json == {"errors": {"topic": ["Invalid topic specified."]}}
        assert shopify(shop, "POST", "webhooks", {"webhook": {"topic": "orders/create"}}).json == {"errors": {"address": ["can't be blank"]}}
        shopify(shop, "PUT", f"webhooks/{made['id']}", {"webhook": {"address": there.address}})
        shop.place([("A", 1)])
        (call,) = there.calls
        right = base64.b64encode(hmac.new(b"app-secret", call.body, hashlib.sha256).digest()).decode()
        assert (call.headers["x-shopify-hmac-sha256"], here.calls) == (right, [])
        assert shopify(shop, "DELETE", f"webhooks/{made['id']}").status == 200
        assert shopify(shop, "DELETE", f"webhooks/{made['id']}").status == 404
        shop.place([("A", 1)])
        assert len(there.calls) == 1
    finally:
        here.close()
        there.close()


def test_too_many_calls_are_told_to_wait(shop):
    shop.bucket.size = 2
    told = [shopify(shop, "GET", "shop") for _ in range(4)]
    assert [one.status for one in told][:2] == [200, 200] and told[-1].status == 429
    assert told[-1].headers["retry-after"] == "2.0" and told[-1].headers["x-shopify-shop-api-call-limit"].endswith("/2")


@pytest.mark.parametrize("body", [b'{"order":{"note":"\\ud83d"}}', b'{"order":{"note":NaN}}'])
def test_what_no_answer_could_hold_is_refused_and_spoils_no_order(shop, body):
    ref = shop.place([("A", 1)], note="ring").ref
    assert shopify(shop, "PUT", f"orders/{ref}", body).status == 400
    assert shopify(shop, "GET", f"orders/{ref}").json["order"]["note"] == "ring"
