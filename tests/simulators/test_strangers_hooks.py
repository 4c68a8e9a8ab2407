"""Who subscribes at a Shopify shop that is played: what each is told, under which topic and name, and what becomes of what nobody takes."""

import json

import pytest

from simulators.shops.shopify import ShopifyShop
from tests.oms.channels.ears import Ear
from tests.simulators.asking import ask, graphql, shopify


@pytest.fixture
def shop():
    shop = ShopifyShop(bucket=4_000)
    yield shop
    shop.close()


def data(shop, words, **variables):
    told = graphql(shop, words, **variables)
    assert "errors" not in told, told
    return told["data"]


def subscribed(shop, ear, *topics):
    words = "mutation w($t: WebhookSubscriptionTopic!, $w: WebhookSubscriptionInput!) { webhookSubscriptionCreate(topic: $t, webhookSubscription: $w) { userErrors { message } } }"
    for topic in topics:
        assert data(shop, words, t=topic, w={"uri": ear.address})["webhookSubscriptionCreate"]["userErrors"] == []


def told(ear):
    """Topics and what was told under them, since the last time."""
    calls, ear.calls = ear.calls, []
    return [(call.headers["x-shopify-topic"], json.loads(call.body)) for call in calls]


@pytest.fixture
def ear():
    ear = Ear()
    yield ear
    ear.close()


def test_each_subscription_hears_of_what_it_is_about(shop, ear):
    subscribed(shop, ear, "ORDERS_CREATE", "ORDERS_UPDATED", "ORDERS_PAID", "ORDERS_FULFILLED", "ORDERS_PARTIALLY_FULFILLED", "ORDERS_CANCELLED", "FULFILLMENTS_CREATE",
               "FULFILLMENTS_UPDATE", "REFUNDS_CREATE")
    ref = shop.place([("A", 2)], is_paid=False).ref
    assert [topic for topic, _ in told(ear)] == ["orders/create"]
    shop.pay(ref)
    assert [topic for topic, _ in told(ear)] == ["orders/updated", "orders/paid"]
    ship = {"line_items_by_fulfillment_order": [{"fulfillment_order_id": int(f"{ref}1"), "fulfillment_order_line_items": [{"id": int(shop.orders[ref].lines[0].ref) * 10, "quantity": 1}]}],
            "tracking_info": {"number": "1Z"}}
    made = shopify(shop, "POST", "fulfillments", {"fulfillment": ship}).json["fulfillment"]
    heard = told(ear)
    assert [topic for topic, _ in heard] == ["orders/updated", "orders/partially_fulfilled", "fulfillments/create"]
    assert (heard[-1][1]["id"], heard[-1][1]["order_id"], heard[-1][1]["tracking_number"]) == (made["id"], int(ref), "1Z")
    shopify(shop, "POST", f"fulfillments/{made['id']}/update_tracking", {"fulfillment": {"tracking_info": {"number": "2Z"}}})
    assert ("fulfillments/update", "2Z") in [(topic, one.get("tracking_number")) for topic, one in told(ear)]
    shopify(shop, "POST", f"orders/{ref}/refunds", {"refund": {"note": "sorry", "transactions": [{"parent_id": int(ref) * 7, "kind": "refund", "amount": "1.00"}]}})
    assert [(topic, one["note"]) for topic, one in told(ear)] == [("orders/updated", None), ("refunds/create", "sorry")]


def test_a_cancelled_order_is_told_to_both_of_its_subscriptions_by_one_event(shop, ear):
    subscribed(shop, ear, "ORDERS_UPDATED", "ORDERS_CANCELLED")
    shop.cancel_order(shop.place([("A", 1)]).ref)
    assert [call.headers["x-shopify-topic"] for call in ear.calls] == ["orders/updated", "orders/cancelled"]
    assert len({call.headers["x-shopify-event-id"] for call in ear.calls}) == 1 and len({call.headers["x-shopify-webhook-id"] for call in ear.calls}) == 2


def test_of_an_order_that_is_gone_its_number_is_told(shop, ear):
    subscribed(shop, ear, "ORDERS_DELETE")
    ref = shop.place([("A", 1)]).ref
    shopify(shop, "DELETE", f"orders/{ref}")
    assert told(ear) == [("orders/delete", {"id": int(ref)})]


def test_topics_of_several_words_are_the_same_in_both_interfaces(shop, ear):
    subscribed(shop, ear, "INVENTORY_LEVELS_UPDATE", "FULFILLMENT_ORDERS_PLACED_ON_HOLD", "BULK_OPERATIONS_FINISH", "ORDER_TRANSACTIONS_CREATE")
    assert [one["topic"] for one in shopify(shop, "GET", "webhooks").json["webhooks"]] == [
        "inventory_levels/update", "fulfillment_orders/placed_on_hold", "bulk_operations/finish", "order_transactions/create"]
    assert shopify(shop, "POST", "webhooks", {"webhook": {"topic": "orders/painted", "address": ear.address}}).status == 422


def test_what_is_not_taken_comes_again_by_the_same_name_and_eight_times_at_most(shop, ear):
    subscribed(shop, ear, "ORDERS_CREATE")
    ear.status = 503
    shop.place([("A", 1)])
    assert (shop.redeliver(), len({call.headers["x-shopify-webhook-id"] for call in ear.calls}), len(ear.calls)) == (0, 1, 2)
    ear.status = 200
    assert (shop.redeliver(), shop.redeliver(), len(ear.calls)) == (1, 0, 3)
    ear.status = 503
    shop.place([("A", 1)])
    for _ in range(9):
        shop.redeliver()
    assert len(ear.calls) == 3 + 1 + 8 and shop.subscriptions.papers() == []


def test_a_query_may_come_as_it_is_without_json_around_it(shop):
    answer = ask(shop, "POST", "/admin/api/2026-01/graphql.json", b"{ shop { name } }", {"Content-Type": "application/graphql", "X-Shopify-Access-Token": shop.token})
    assert answer.json["data"] == {"shop": {"name": "A shop"}}
