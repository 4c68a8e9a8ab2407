"""What can be asked of and done at the played Shopify shop in GraphQL, as programmes of today do it."""

import pytest

from simulators.shops.shopify import ShopifyShop
from tests.oms.channels.ears import Ear
from tests.simulators.asking import graphql, shopify

SHIP = """mutation ship($f: FulfillmentInput!) { fulfillmentCreate(fulfillment: $f) {
  fulfillment { id status trackingInfo(first: 3) { number company } fulfillmentLineItems(first: 5) { nodes { quantity lineItem { sku } } } }
  userErrors { field message } } }"""
TO_SHIP = "query one($id: ID!) { order(id: $id) { displayFulfillmentStatus fulfillmentOrders(first: 5) { nodes { id status lineItems(first: 5) { nodes { id remainingQuantity } } } } } }"
SET = """mutation set($input: InventorySetQuantitiesInput!) { inventorySetQuantities(input: $input) @idempotent(key: "k") {
  inventoryAdjustmentGroup { reason changes { name delta quantityAfterChange } } userErrors { code field message } } }"""


@pytest.fixture
def shop():
    shop = ShopifyShop(bucket=4_000)
    yield shop
    shop.close()


def gid(kind, number):
    return f"gid://shopify/{kind}/{number}"


def data(shop, words, **variables):
    told = graphql(shop, words, **variables)
    assert "errors" not in told, told["errors"]
    return told["data"]


def refusal(shop, words, **variables):
    (error,) = graphql(shop, words, **variables)["errors"]
    return error["extensions"]["code"]


def test_fragments_directives_defaults_and_names_are_understood(shop):
    ref = shop.place([("A", 2)]).ref
    words = """
      fragment Lines on Order { lineItems(first: 5) { nodes { sku } } }
      query other { shop { name } orders(first: 1) { nodes { ...Lines } } }
      query wanted($n: Int = 1, $has: Boolean!) { orders(first: $n) { nodes {
        __typename id ...Lines note @include(if: $has) email @skip(if: $has) ... on LegacyInteroperability { legacyResourceId } } } }"""
    told = shopify(shop, "POST", "graphql", {"query": words, "variables": {"has": True}, "operationName": "wanted"}).json["data"]
    assert told["orders"]["nodes"] == [{"__typename": "Order", "id": gid("Order", ref), "lineItems": {"nodes": [{"sku": "A"}]}, "note": None, "legacyResourceId": ref}]


def test_what_is_wrong_with_a_document_is_said_before_anything_is_done(shop):
    shop.place([("A", 1)])
    assert refusal(shop, "query one($id: ID!) { order(id: $id) { id } }") == "INVALID_VARIABLE"
    assert refusal(shop, "query a { shop { name } } query b { shop { name } }") == "operationName"
    assert refusal(shop, "{ orders(first: 1) { nodes { ...none } } }") == "useAndDefineFragment"
    assert refusal(shop, "") == "parseError"
    assert refusal(shop, "mutation { colourChange { id } }") == "undefinedField"


def test_a_fragment_that_holds_itself_is_refused(shop):
    assert refusal(shop, "fragment A on QueryRoot { ...A } { ...A }") == "infiniteLoop"


def test_orders_are_searched_by_time_and_state(shop):
    now = shop.now() // 1000 * 1000
    old, new = shop.place([("A", 1)], at=now - 9 * 3_600_000), shop.place([("A", 1)], at=now - 3_600_000, is_paid=False)
    shop.cancel_order(shop.place([("A", 1)], at=now).ref)

    def found(query):
        return [one["legacyResourceId"] for one in data(shop, "query q($q: String) { orders(first: 9, query: $q, sortKey: CREATED_AT) { nodes { legacyResourceId } } }",
                                                        q=query)["orders"]["nodes"]]
    assert found("status:open") == [old.ref, new.ref]
    assert found("financial_status:pending") == [new.ref]
    assert found(f"created_at:<'{stamp(now - 5 * 3_600_000)}'") == [old.ref]
    assert found(f"created_at:>={stamp(now - 5 * 3_600_000)} AND status:open") == [new.ref]
    assert found(f"name:#{old.ref} OR id:{new.ref}") == [old.ref, new.ref]


def stamp(at):
    from simulators.shops.shopify_papers import stamp as written  # noqa: PLC0415
    return written(at)


def test_the_last_of_a_list_and_what_is_before_are_shown(shop):
    refs = [shop.place([("A", 1)]).ref for _ in range(5)]
    words = "query q($b: String) { orders(last: 2, before: $b, sortKey: ID) { edges { cursor node { legacyResourceId } } pageInfo { hasNextPage hasPreviousPage } } }"
    told = data(shop, words)["orders"]
    assert [one["node"]["legacyResourceId"] for one in told["edges"]] == refs[3:] and told["pageInfo"] == {"hasNextPage": False, "hasPreviousPage": True}
    before = data(shop, words, b=told["edges"][0]["cursor"])["orders"]
    assert [one["node"]["legacyResourceId"] for one in before["edges"]] == refs[1:3]


def test_an_order_is_shipped_tracked_and_taken_back(shop):
    ref = shop.place([("A", 2)]).ref
    (to_ship,) = data(shop, TO_SHIP, id=gid("Order", ref))["order"]["fulfillmentOrders"]["nodes"]
    line = to_ship["lineItems"]["nodes"][0]
    assert (to_ship["status"], line["remainingQuantity"]) == ("OPEN", 2)
    asked = {"lineItemsByFulfillmentOrder": [{"fulfillmentOrderId": to_ship["id"], "fulfillmentOrderLineItems": [{"id": line["id"], "quantity": 1}]}],
             "trackingInfo": {"number": "1Z", "company": "UPS"}}
    made = data(shop, SHIP, f=asked)["fulfillmentCreate"]
    assert made["userErrors"] == [] and made["fulfillment"]["status"] == "SUCCESS"
    assert made["fulfillment"]["trackingInfo"] == [{"number": "1Z", "company": "UPS"}]
    assert made["fulfillment"]["fulfillmentLineItems"]["nodes"] == [{"quantity": 1, "lineItem": {"sku": "A"}}]
    assert data(shop, TO_SHIP, id=gid("Order", ref))["order"]["displayFulfillmentStatus"] == "PARTIALLY_FULFILLED"
    data(shop, 'mutation t($i: ID!) { fulfillmentTrackingInfoUpdate(fulfillmentId: $i, trackingInfoInput: {number: "2Z"}) { userErrors { message } } }',
         i=made["fulfillment"]["id"])
    assert [one.tracking for one in shop.orders[ref].parcels] == ["2Z"]
    data(shop, "mutation c($i: ID!) { fulfillmentCancel(id: $i) { fulfillment { status } userErrors { message } } }", i=made["fulfillment"]["id"])
    assert shop.orders[ref].parcels == ()


def test_a_refusal_is_a_user_error(shop):
    ref = shop.place([("A", 1)]).ref
    (to_ship,) = data(shop, TO_SHIP, id=gid("Order", ref))["order"]["fulfillmentOrders"]["nodes"]
    asked = {"lineItemsByFulfillmentOrder": [{"fulfillmentOrderId": to_ship["id"]}]}
    data(shop, SHIP, f=asked)
    again = data(shop, SHIP, f=asked)["fulfillmentCreate"]
    assert again["fulfillment"] is None and again["userErrors"][0]["message"].startswith("Fulfillment order")


def test_an_argument_that_is_missing_is_an_error(shop):
    assert refusal(shop, "mutation { fulfillmentCancel { userErrors { message } } }") == "missingRequiredArguments"


def test_quantities_are_set_and_adjusted_unless_they_are_not_what_they_were(shop):
    number = shop.add_product("A", 3)
    (place,) = shop.goods.places
    one = {"inventoryItemId": gid("InventoryItem", number + 1), "locationId": gid("Location", place), "quantity": 8}
    asked = {"name": "available", "reason": "correction", "quantities": [{**one, "compareQuantity": 3}]}
    told = data(shop, SET, input=asked)["inventorySetQuantities"]
    assert told["inventoryAdjustmentGroup"]["changes"] == [{"name": "available", "delta": 5, "quantityAfterChange": 8}]
    assert data(shop, SET, input=asked)["inventorySetQuantities"]["userErrors"] and shop.quantities == {"A": 8}
    data(shop, SET, input={**asked, "ignoreCompareQuantity": True, "quantities": [{**one, "quantity": 5}]})
    data(shop, """mutation a($i: InventoryAdjustQuantitiesInput!) { inventoryAdjustQuantities(input: $i) { userErrors { message } } }""", i={
        "name": "available", "reason": "correction", "changes": [{"inventoryItemId": one["inventoryItemId"], "locationId": one["locationId"], "delta": -2}]})
    assert shop.quantities == {"A": 3}
    wrong = data(shop, SET, input={**asked, "quantities": [{**one, "inventoryItemId": gid("InventoryItem", 1)}]})
    assert wrong["inventorySetQuantities"]["inventoryAdjustmentGroup"] is None


def test_an_order_is_cancelled_changed_tagged_and_paid_back(shop):
    kept, gone = shop.place([("A", 1)], price=1_000), shop.place([("A", 1)])
    data(shop, "mutation c($o: ID!) { orderCancel(orderId: $o, reason: CUSTOMER, refund: false, restock: true) { job { id done } orderCancelUserErrors { message } } }",
         o=gid("Order", gone.ref))
    assert shop.orders[gone.ref].is_cancelled
    data(shop, "mutation u($i: OrderInput!) { orderUpdate(input: $i) { order { id } userErrors { message } } }", i={"id": gid("Order", kept.ref), "note": "ring", "tags": ["a"]})
    data(shop, 'mutation t($i: ID!) { tagsAdd(id: $i, tags: ["b"]) { node { id } userErrors { message } } }', i=gid("Order", kept.ref))
    data(shop, 'mutation t($i: ID!) { tagsRemove(id: $i, tags: ["a"]) { node { id } userErrors { message } } }', i=gid("Order", kept.ref))
    (payment,) = data(shop, "query o($i: ID!) { order(id: $i) { transactions { id kind } } }", i=gid("Order", kept.ref))["order"]["transactions"]
    told = data(shop, """mutation r($i: RefundInput!) { refundCreate(input: $i) {
        refund { totalRefundedSet { shopMoney { amount } } } order { displayFinancialStatus tags note } userErrors { message } } }""", i={
        "orderId": gid("Order", kept.ref), "transactions": [{"orderId": gid("Order", kept.ref), "parentId": payment["id"], "kind": "REFUND", "amount": "2.50", "gateway": "shopify_payments"}]})["refundCreate"]
    assert told["refund"]["totalRefundedSet"]["shopMoney"]["amount"] == "2.50"
    assert told["order"] == {"displayFinancialStatus": "PARTIALLY_REFUNDED", "tags": ["b"], "note": "ring"}


def test_a_subscription_is_made_listed_called_and_ended(shop):
    ear = Ear()
    try:
        made = data(shop, """mutation w($t: WebhookSubscriptionTopic!, $w: WebhookSubscriptionInput!) { webhookSubscriptionCreate(topic: $t, webhookSubscription: $w) {
            webhookSubscription { id topic uri endpoint { ... on WebhookHttpEndpoint { callbackUrl } } } userErrors { message } } }""",
                    t="ORDERS_CREATE", w={"callbackUrl": ear.address, "format": "JSON"})["webhookSubscriptionCreate"]["webhookSubscription"]
        assert (made["topic"], made["uri"], made["endpoint"]) == ("ORDERS_CREATE", ear.address, {"callbackUrl": ear.address})
        listed = data(shop, "{ webhookSubscriptions(first: 5, topics: [ORDERS_UPDATED]) { nodes { id } } all: webhookSubscriptions(first: 5) { nodes { id } } }")
        assert (listed["webhookSubscriptions"]["nodes"], listed["all"]["nodes"]) == ([], [{"id": made["id"]}])
        shop.place([("A", 1)])
        assert [call.headers["x-shopify-topic"] for call in ear.calls] == ["orders/create"]
        data(shop, "mutation d($i: ID!) { webhookSubscriptionDelete(id: $i) { deletedWebhookSubscriptionId userErrors { message } } }", i=made["id"])
        shop.place([("A", 1)])
        assert len(ear.calls) == 1
    finally:
        ear.close()


@pytest.mark.parametrize("topic, name", [("FULFILLMENT_ORDERS_ORDER_ROUTING_COMPLETE", "fulfillment_orders/order_routing_complete"),
                                         ("INVENTORY_LEVELS_UPDATE", "inventory_levels/update"), ("ORDERS_PARTIALLY_FULFILLED", "orders/partially_fulfilled")])
def test_topics_have_the_same_name_in_rest(shop, topic, name):
    data(shop, 'mutation w($t: WebhookSubscriptionTopic!) { webhookSubscriptionCreate(topic: $t, webhookSubscription: {uri: "https://a.example/"}) { userErrors { message } } }', t=topic)
    assert [one["topic"] for one in shopify(shop, "GET", "webhooks").json["webhooks"]] == [name]


def test_things_are_found_by_their_number_alone(shop):
    number, ref = shop.add_product("A", 3), shop.place([("A", 1)]).ref
    told = data(shop, "query n($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on Order { name } ... on ProductVariant { sku } } }",
                ids=[gid("Order", ref), gid("ProductVariant", number), gid("Order", 1), gid("Nonsense", 1)])
    assert told["nodes"] == [{"__typename": "Order", "name": f"#{ref}"}, {"__typename": "ProductVariant", "sku": "A"}, None, None]
