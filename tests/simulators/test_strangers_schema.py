"""Clients of GraphQL that read the schema of a Shopify shop first, and check by it what they ask: with graphql-core, the reference for Python."""

import pytest
from graphql import build_client_schema, get_introspection_query, parse, validate, validate_schema

from simulators.shops.shopify import ShopifyShop
from tests.simulators.asking import graphql

QUERIES = [
    '{ productByHandle(handle: "a") { id } orderByIdentifier(identifier: {id: "gid://shopify/Order/2"}) { name } job(id: "gid://shopify/Job/1") { done } location { name } }',
    "{ __typename shop { __typename name plan { displayName } } }",
    ('{ orders(first: 2, reverse: true, sortKey: CREATED_AT, query: "status:open") { edges { cursor node { id name ...more } } pageInfo { hasNextPage endCursor } } }'
    " fragment more on Order { totalPriceSet { shopMoney { amount currencyCode } } lineItems(first: 5) { nodes { sku quantity variant { id } product { title } taxLines { rate } } }"
    " fulfillmentOrders(first: 2) { nodes { id status lineItems(first: 2) { nodes { id remainingQuantity } } } } fulfillments(first: 2) { trackingInfo(first: 1) { number url } }"
    " refunds { totalRefundedSet { shopMoney { amount } } } transactions { id kind amountSet { shopMoney { amount } } } paymentTerms { id } cancellation { staffNote } }"),
    'query one($id: ID!, $more: Boolean = false) { node(id: $id) { id ... on Order { name note @include(if: $more) } } order(id: $id) { metafield(namespace: "a", key: "b") { value } } }',
    '{ productVariants(first: 3, query: "sku:A") { nodes { sku inventoryItem { id inventoryLevels(first: 2) { nodes { location { id } quantities(names: ["available"]) { quantity } } } } } } }',
    '{ ordersCount(query: "status:any", limit: null) { count } productsCount { count } webhookSubscriptions(first: 5, topics: [ORDERS_CREATE]) { nodes { topic } } customers(first: 1) { nodes { email } } }',
    "mutation m($f: FulfillmentInput!) { fulfillmentCreate(fulfillment: $f) { fulfillment { id trackingInfo { number } } userErrors { field message } } }",
    'mutation m($i: InventorySetQuantitiesInput!) { inventorySetQuantities(input: $i) @idempotent(key: "a") { inventoryAdjustmentGroup { changes { delta } } userErrors { code } } }',
    "mutation m($o: ID!) { orderCancel(orderId: $o, reason: CUSTOMER, refund: false, restock: true) { job { id done } orderCancelUserErrors { message } } }",
    "mutation m($i: RefundInput!) { refundCreate(input: $i) { refund { id } order { displayFinancialStatus } userErrors { message } } }",
    ("mutation m($t: WebhookSubscriptionTopic!, $w: WebhookSubscriptionInput!) { webhookSubscriptionCreate(topic: $t, webhookSubscription: $w) { webhookSubscription { id"
    " endpoint { ... on WebhookHttpEndpoint { callbackUrl } } } userErrors { field } } }"),
    "mutation m($q: String!) { bulkOperationRunQuery(query: $q) { bulkOperation { id status url } userErrors { message } } }",
    "mutation m($m: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $m) { metafields { key value } userErrors { message } } }",
    "mutation m($e: FulfillmentEventInput!) { fulfillmentEventCreate(fulfillmentEvent: $e) { fulfillmentEvent { status } userErrors { field } } }",
    "mutation m($i: ID!, $l: ID!) { inventoryActivate(inventoryItemId: $i, locationId: $l, available: 3) { inventoryLevel { id } userErrors { message } } }"]


@pytest.fixture(scope="module")
def shop():
    shop = ShopifyShop(bucket=4_000)
    shop.add_product("A", 3)
    shop.place([("A", 1)])
    yield shop
    shop.close()


@pytest.fixture(scope="module")
def schema(shop):
    told = graphql(shop, get_introspection_query(input_value_deprecation=True, directive_is_repeatable=True))
    return build_client_schema(told["data"])


def test_the_schema_is_one(schema):
    assert validate_schema(schema) == []
    assert {"Order", "FulfillmentOrder", "ProductVariant", "RefundInput", "OrderCancelReason", "Money"} <= set(schema.type_map)


@pytest.mark.parametrize("words", QUERIES)
def test_what_clients_commonly_ask_is_in_it(schema, words):
    assert validate(schema, parse(words)) == []


@pytest.mark.parametrize("words", [words for words in QUERIES if not words.startswith("mutation")])
def test_what_is_in_it_is_answered(shop, words):
    told = graphql(shop, words, id="gid://shopify/Order/2")
    assert "errors" not in told, told


@pytest.mark.parametrize("words", ["{ orders(first: 1) { nodes { colour } } }", "{ colour }", "mutation { colourChange { id } }"])
def test_what_is_not_in_it_is_answered_by_nobody(shop, schema, words):
    assert validate(schema, parse(words)) != []
    assert graphql(shop, words)["errors"][0]["extensions"]["code"] == "undefinedField"


def test_every_mutation_says_what_it_takes(schema):
    takes = {name: {str(one.type) for one in field.args.values()} for name, field in schema.mutation_type.fields.items()}
    assert len(takes) >= 29 and all(takes.values()) and {"JSON"} not in takes.values()


def test_one_type_is_shown_by_itself(shop):
    told = graphql(shop, 'query t($n: String!) { __type(name: $n) { kind name fields { name } interfaces { name } } none: __type(name: "Colour") { name } }', n="Order")["data"]
    assert (told["__type"]["kind"], told["__type"]["interfaces"], told["none"]) == ("OBJECT", [{"name": one} for one in ("Node", "LegacyInteroperability", "HasMetafields", "HasEvents")], None)
    assert {"id", "name", "lineItems", "totalPriceSet"} <= {one["name"] for one in told["__type"]["fields"]}


def test_what_is_commonly_picked_of_refunds_payments_parcels_and_addresses_is_there(shop, schema):
    ref = shop.place([("A", 2)], address={"name": "A B", "street": "C 1", "city": "D", "postcode": "1", "country": "DE"}).ref
    shop.money.post_refund(None, {"refund": {"refund_line_items": [{"line_item_id": int(shop.orders[ref].lines[0].ref), "quantity": 1}]}}, int(ref))
    words = """query q($id: ID!) { order(id: $id) { shippingAddress { id formatted(withName: true) countryCodeV2 } customer { defaultEmailAddress { emailAddress } tags }
      transactions(first: 1) { test formattedGateway fees { id } paymentId totalUnsettledSet { shopMoney { amount } } order { name } }
      refunds { refundLineItems(first: 1) { nodes { quantity restocked lineItem { sku product { tags } } subtotalSet { shopMoney { amount } } } } order { name } }
      fulfillmentOrders(first: 1) { nodes { fulfillmentHolds { reason } fulfillments(first: 1) { nodes { id } } merchantRequests(first: 1) { nodes { message } } orderProcessedAt } } } }"""
    assert validate(schema, parse(words)) == []
    told = graphql(shop, words, id=f"gid://shopify/Order/{ref}")
    assert "errors" not in told, told
    order = told["data"]["order"]
    assert order["shippingAddress"]["formatted"] == ["A B", "C 1", "1 D", "DE"]
    assert order["refunds"][0]["refundLineItems"]["nodes"] == [
        {"quantity": 1, "restocked": False, "lineItem": {"sku": "A", "product": {"tags": []}}, "subtotalSet": {"shopMoney": {"amount": "19.90"}}}]
