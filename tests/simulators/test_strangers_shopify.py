"""What clients by others ask a Shopify shop in GraphQL that ours never do, and how it fails there by name."""

import pytest

from simulators.shops.shop import CHANGED_SCHEMA, DUPLICATED, ERROR, HALF_A_PAGE, OUT_OF_ORDER, TOO_MANY, ShopParcel
from simulators.shops.shopify import ShopifyShop
from simulators.shops.shopify_nodes import late_order, order_node
from tests.simulators.asking import graphql, shopify

PLACE = "gid://shopify/Location/655441491"


@pytest.fixture
def shop():
    shop = ShopifyShop(bucket=4_000)
    yield shop
    shop.close()


def data(shop, words, **variables):
    told = graphql(shop, words, **variables)
    assert "errors" not in told, told
    return told["data"]


def names(shop, query):
    found = data(shop, "query q($q: String) { orders(first: 50, query: $q, sortKey: ORDER_NUMBER) { nodes { name } } }", q=query)
    return [one["name"] for one in found["orders"]["nodes"]]


@pytest.mark.parametrize("query, found", [
    ("", "23456"), ("name:#3 OR name:4", "34"), ("(name:3 OR name:4) AND status:cancelled", "4"), ("-status:cancelled", "2356"), ("NOT (name:2 OR name:3)", "456"),
    ("status:open tag:vip", "5"), ("tag_not:vip status:open", "236"), ("#6", "6"), ("buyer@example.com", "23456"), ("'#6' OR \"#2\"", "26"), ("id:>=5", "56"),
    ("id:<3", "2"), ("id:>3 id:<=5", "45"), ("email:buyer*", "23456"), ("email:other*", ""), ("po_number:*", ""), ("financial_status:paid,pending", "23456"),
    ("fulfillment_status:unfulfilled created_at:>'2020-01-01T00:00:00Z'", "23456"), ("created_at:<2020-01-01", ""), ("confirmation_number:C4", "4")])
def test_orders_are_searched_as_the_search_syntax_says(shop, query, found):
    refs = [shop.place([("A", 1)]).ref for _ in range(5)]
    shop.cancel_order(refs[2])
    shop.kept[refs[3]] = {"tags": "vip, late"}
    assert "".join(name.strip("#") for name in names(shop, query)) == found


@pytest.mark.parametrize("query", ["(name:1", "name:1)", "OR", "NOT", "risk_level:high", "created_at:>soon"])
def test_a_search_that_is_none_says_so(shop, query):
    shop.place([("A", 1)])
    told = graphql(shop, "query q($q: String) { orders(first: 5, query: $q) { nodes { id } } }", q=query)
    assert told["errors"][0]["extensions"]["code"] == "notPlayed"


def test_things_are_counted_as_they_are_searched(shop):
    shop.add_product("TEA", 3)
    shop.add_product("SOAP")
    for _ in range(3):
        shop.place([("TEA", 1)])
    shop.cancel_order("2")
    told = data(shop, """{ all: ordersCount(limit: null) { count precision } open: ordersCount(query: "status:open") { count } productsCount(query: "sku:TEA") { count }
        every: productsCount { count } productVariantsCount { count } locationsCount { count } webhookSubscriptionsCount { count } }""")
    assert {name: one["count"] for name, one in told.items()} == {
        "all": 3, "open": 2, "productsCount": 1, "every": 2, "productVariantsCount": 2, "locationsCount": 1, "webhookSubscriptionsCount": 0}


def test_a_query_that_comes_too_often_is_throttled_with_what_it_would_cost(shop):
    shop.fail(TOO_MANY)
    answer = shopify(shop, "POST", "graphql", {"query": "{ shop { name } }"})
    cost, [error] = answer.json["extensions"]["cost"], answer.json["errors"]
    assert (answer.status, error["message"], error["extensions"]["code"]) == (200, "Throttled", "THROTTLED")
    assert cost["actualQueryCost"] is None and cost["requestedQueryCost"] > cost["throttleStatus"]["currentlyAvailable"]
    waits = (cost["requestedQueryCost"] - cost["throttleStatus"]["currentlyAvailable"]) / cost["throttleStatus"]["restoreRate"]
    assert 0 < waits <= 1
    assert data(shop, "{ shop { name } }") == {"shop": {"name": "A shop"}}


def test_rest_that_comes_too_often_is_told_when_to_come_again(shop):
    shop.fail(TOO_MANY)
    answer = shopify(shop, "GET", "shop")
    assert (answer.status, answer.headers["retry-after"]) == (429, "2.0")


def test_a_query_fails_by_name_as_a_list_in_rest_does(shop):
    placed = [shop.place([("A", 1)]).ref for _ in range(4)]
    whole = [f"#{ref}" for ref in reversed(placed)]

    def listed(fault):
        shop.fail(fault)
        told = data(shop, "{ orders(first: 10) { nodes { name } edges { node { name } } } }")["orders"]
        assert [one["node"] for one in told["edges"]] == told["nodes"]
        return [one["name"] for one in told["nodes"]]
    assert listed(DUPLICATED) == [name for name in whole for _ in range(2)]
    assert (listed(OUT_OF_ORDER), listed(HALF_A_PAGE)) == (whole[::-1], whole[:2])
    shop.fail(CHANGED_SCHEMA)
    assert graphql(shop, "{ orders(first: 10) { nodes { name } } }")["errors"][0]["extensions"]["fieldName"] == "orders"
    shop.fail(ERROR)
    assert shopify(shop, "POST", "graphql", {"query": "{ shop { name } }"}).status == 500
    assert data(shop, "{ orders(first: 10) { nodes { name } } }")["orders"]["nodes"] == [{"name": name} for name in whole]


def test_an_order_tells_what_it_cost_now_and_then_and_what_is_still_to_be_paid(shop):
    shop.add_product("A", 3)
    ref = shop.place([("A", 2)], price=1_000, discount=300, postage=490, is_paid=False).ref
    order = data(shop, """query o($id: ID!) { order(id: $id) { number poNumber subtotalLineItemsQuantity fulfillable returnStatus canMarkAsPaid taxLines { title }
        discountCodes totalOutstandingSet { shopMoney { amount } } totalReceivedSet { shopMoney { amount } } netPaymentSet { shopMoney { amount } }
        shippingLines(first: 2) { nodes { title originalPriceSet { shopMoney { amount } } } } risk { recommendation } metafields(first: 3) { nodes { key } }
        lineItems(first: 2) { nodes { product { title } image { url } originalTotalSet { shopMoney { amount } } discountedTotalSet { shopMoney { amount } }
          discountAllocations { allocatedAmountSet { shopMoney { amount } } } } } } }""", id=f"gid://shopify/Order/{ref}")["order"]
    paid = {name: order[f"{name}Set"]["shopMoney"]["amount"] for name in ("totalOutstanding", "totalReceived", "netPayment")}
    assert paid == {"totalOutstanding": "21.90", "totalReceived": "0.00", "netPayment": "0.00"}
    assert order["shippingLines"]["nodes"] == [{"title": "Standard", "originalPriceSet": {"shopMoney": {"amount": "4.90"}}}]
    assert (order["canMarkAsPaid"], order["fulfillable"], order["discountCodes"], order["subtotalLineItemsQuantity"]) == (True, True, ["AUTUMN"], 2)
    [line] = order["lineItems"]["nodes"]
    assert line["product"] == {"title": "A of the shop"} and line["image"] is None
    assert (line["originalTotalSet"]["shopMoney"]["amount"], line["discountedTotalSet"]["shopMoney"]["amount"]) == ("20.00", "17.00")
    assert line["discountAllocations"] == [{"allocatedAmountSet": {"shopMoney": {"amount": "3.00"}}}]


def test_an_order_can_be_written_and_found_by_its_identifier(shop):
    number = shop.add_product("A", 3)
    made = data(shop, "mutation m($o: OrderCreateOrderInput!) { orderCreate(order: $o) { order { id note lineItems(first: 2) { nodes { sku quantity } } } userErrors { field message } } }",
                o={"note": "door", "lineItems": [{"variantId": f"gid://shopify/ProductVariant/{number}", "quantity": 2}]})["orderCreate"]
    assert made["userErrors"] == [] and made["order"]["lineItems"]["nodes"] == [{"sku": "A", "quantity": 2}]
    found = data(shop, "query q($i: OrderIdentifierInput!) { orderByIdentifier(identifier: $i) { note } }", i={"id": made["order"]["id"]})
    assert found["orderByIdentifier"] == {"note": "door"}
    none = data(shop, "mutation { orderCreate(order: {lineItems: []}) { order { id } userErrors { field } } }")["orderCreate"]
    assert none["order"] is None and none["userErrors"]


def test_a_parcel_tells_where_it_is(shop):
    ref = shop.place([("A", 2)]).ref
    shipped = data(shop, "mutation m($f: FulfillmentInput!) { fulfillmentCreate(fulfillment: $f) { fulfillment { id } } }",
                   f={"lineItemsByFulfillmentOrder": [{"fulfillmentOrderId": f"gid://shopify/FulfillmentOrder/{ref}1"}], "trackingInfo": {"number": "1Z"}})
    gid = shipped["fulfillmentCreate"]["fulfillment"]["id"]
    words = "mutation m($e: FulfillmentEventInput!) { fulfillmentEventCreate(fulfillmentEvent: $e) { fulfillmentEvent { status } userErrors { field message } } }"
    assert data(shop, words, e={"fulfillmentId": gid, "status": "IN_TRANSIT"})["fulfillmentEventCreate"]["fulfillmentEvent"] == {"status": "IN_TRANSIT"}
    (refused,) = graphql(shop, words, e={"fulfillmentId": gid, "status": "LOST"})["errors"]
    assert refused["extensions"]["problems"][0]["path"] == ["status"]
    told = data(shop, "query q($id: ID!) { order(id: $id) { fulfillments { events(first: 5) { nodes { status } } } } }", id=f"gid://shopify/Order/{ref}")
    assert told["order"]["fulfillments"] == [{"events": {"nodes": [{"status": "IN_TRANSIT"}]}}]


def test_notes_are_kept_on_things(shop):
    gid = f"gid://shopify/Order/{shop.place([('A', 1)]).ref}"
    one = {"ownerId": gid, "namespace": "wms", "key": "wave", "type": "single_line_text_field", "value": "7"}
    words = "mutation m($m: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $m) { metafields { key value } userErrors { field message } } }"
    assert data(shop, words, m=[one])["metafieldsSet"] == {"metafields": [{"key": "wave", "value": "7"}], "userErrors": []}
    assert data(shop, words, m=[{**one, "value": ""}])["metafieldsSet"]["userErrors"][0]["field"] == ["metafields", "0", "value"]
    read = 'query q($id: ID!) { order(id: $id) { metafield(namespace: "wms", key: "wave") { value type } } }'
    assert data(shop, read, id=gid)["order"]["metafield"] == {"value": "7", "type": "single_line_text_field"}
    gone = {name: one[name] for name in ("ownerId", "namespace", "key")}
    data(shop, "mutation m($m: [MetafieldIdentifierInput!]!) { metafieldsDelete(metafields: $m) { deletedMetafields { key } userErrors { message } } }", m=[gone])
    assert data(shop, read, id=gid)["order"]["metafield"] is None


def test_an_order_is_shipped_from_another_place_when_it_is_moved(shop):
    ref = shop.place([("A", 1)]).ref
    shop.goods.places[7] = "Second"
    words = """mutation m($id: ID!, $at: ID!) { fulfillmentOrderMove(id: $id, newLocationId: $at) { movedFulfillmentOrder { assignedLocation { name } }
        originalFulfillmentOrder { id } userErrors { field message } } }"""
    gid = f"gid://shopify/FulfillmentOrder/{ref}1"
    assert data(shop, words, id=gid, at="gid://shopify/Location/8")["fulfillmentOrderMove"]["userErrors"][0]["field"] == ["newLocationId"]
    assert data(shop, words, id=gid, at="gid://shopify/Location/7")["fulfillmentOrderMove"]["movedFulfillmentOrder"] == {"assignedLocation": {"name": "Second"}}


def test_stock_is_begun_at_a_place_and_a_stale_count_is_refused_by_its_code(shop):
    item = f"gid://shopify/InventoryItem/{shop.add_product('A', 0) + 1}"
    begun = data(shop, """mutation m($i: ID!, $l: ID!) { inventoryActivate(inventoryItemId: $i, locationId: $l, available: 5) { inventoryLevel {
        item { sku } location { name } quantities(names: ["available"]) { quantity } } userErrors { message } } }""", i=item, l=PLACE)["inventoryActivate"]
    assert begun["inventoryLevel"] == {"item": {"sku": "A"}, "location": {"name": "Shop location"}, "quantities": [{"quantity": 5}]}
    stale = data(shop, "mutation m($i: InventorySetQuantitiesInput!) { inventorySetQuantities(input: $i) { userErrors { code field } } }", i={
        "name": "available", "reason": "correction", "quantities": [{"inventoryItemId": item, "locationId": PLACE, "quantity": 9, "compareQuantity": 4}]})
    assert stale["inventorySetQuantities"]["userErrors"] == [{"code": "COMPARE_QUANTITY_STALE", "field": ["input", "quantities", "0", "compareQuantity"]}]
    assert shop.quantities == {"A": 5}


def test_what_a_cancellation_was_begun_by_is_found_done(shop):
    ref = shop.place([("A", 1)]).ref
    job = data(shop, "mutation m($id: ID!) { orderCancel(orderId: $id, reason: CUSTOMER, refund: true, restock: true) { job { id done } orderCancelUserErrors { message } } }",
               id=f"gid://shopify/Order/{ref}")["orderCancel"]["job"]
    assert data(shop, "query q($id: ID!) { job(id: $id) { done } }", id=job["id"]) == {"job": {"done": True}}
    assert shop.orders[ref].is_cancelled


def test_a_product_is_found_by_its_handle_and_the_first_place_without_a_number(shop):
    shop.add_product("TEA", 3)
    told = data(shop, """{ productByHandle(handle: "tea") { title options { name values } variants(first: 1) { nodes { availableForSale selectedOptions { name value }
        inventoryItem { measurement { weight { unit } } variant { sku } } } } } location { isPrimary } customers(first: 1) { nodes { id } } }""")
    assert told["productByHandle"]["variants"]["nodes"] == [{"availableForSale": True, "selectedOptions": [{"name": "Title", "value": "Default Title"}],
                                                             "inventoryItem": {"measurement": {"weight": {"unit": "KILOGRAMS"}}, "variant": {"sku": "TEA"}}}]
    assert told["location"] == {"isPrimary": True} and told["customers"] == {"nodes": []}


def test_what_orders_are_found_by_is_what_they_tell(shop):
    refs = [shop.place([("A", 2)], is_paid=number != 0).ref for number in range(6)]
    shop.cancel_order(refs[1])
    shop.close_order(refs[2], is_closed=True)
    shop.told_shipped(refs[3], ShopParcel("1Z", "UPS"))
    shop.told_shipped(refs[4], ShopParcel("1Z", "UPS", {shop.orders[refs[4]].lines[0].ref: 1}))
    shop.kept[refs[5]] = {"tags": ["a", "b"], "email": "x@example.com"}
    for ref in refs:
        late, whole = late_order(shop, shop.orders[ref]), order_node(shop, shop.paper(shop.orders[ref]))
        names = ("name", "createdAt", "processedAt", "updatedAt", "cancelledAt", "closed", "displayFinancialStatus", "displayFulfillmentStatus", "tags", "email",
                 "poNumber", "sourceName", "confirmationNumber")
        assert {name: late[name] for name in names} == {name: whole[name] for name in names}


def test_a_product_is_made_and_goes_in_rest(shop):
    made = shopify(shop, "POST", "products", {"product": {"title": "Cup", "vendor": "We", "variants": [{"sku": "CUP", "price": "3.00", "barcode": "40123"}]}})
    paper = made.json["product"]
    assert (made.status, paper["title"], paper["variants"][0]["sku"], paper["variants"][0]["price"], shop.quantities) == (201, "Cup", "CUP", "3.00", {"CUP": 0})
    assert shopify(shop, "POST", "products", {"product": {"variants": []}}).json == {"errors": {"title": ["can't be blank"]}}
    assert shopify(shop, "POST", "products", {"product": {"title": "Cup", "variants": [{"sku": "CUP"}]}}).status == 422
    assert shopify(shop, "DELETE", f"products/{paper['id']}").status == 200
    assert shopify(shop, "GET", f"products/{paper['id']}").status == 404 and shop.quantities == {}


def test_where_an_order_could_be_shipped_from_is_told_and_chosen_in_rest(shop):
    ref = shop.place([("A", 1)]).ref
    shop.goods.places[7] = "Second"
    told = shopify(shop, "GET", f"fulfillment_orders/{ref}1/locations_for_move").json["locations_for_move"]
    assert {one["location"]["name"]: one["movable"] for one in told} == {"Shop location": False, "Second": True}
    moved = shopify(shop, "POST", f"fulfillment_orders/{ref}1/move", {"fulfillment_order": {"new_location_id": 7}}).json["moved_fulfillment_order"]
    assert moved["assigned_location"]["name"] == "Second"
    assert shopify(shop, "POST", f"fulfillment_orders/{ref}1/move", {"fulfillment_order": {"new_location_id": 8}}).status == 422


def test_nobody_is_known_as_a_customer(shop):
    assert shopify(shop, "GET", "customers").json == {"customers": []} and shopify(shop, "GET", "customers/count").json == {"count": 0}


def test_notes_of_programmes_are_the_same_in_both_interfaces(shop):
    ref = shop.place([("A", 1)]).ref
    made = shopify(shop, "POST", f"orders/{ref}/metafields", {"metafield": {"namespace": "wms", "key": "wave", "value": 7, "type": "number_integer"}})
    note = made.json["metafield"]
    assert (made.status, note["value"], note["owner_resource"], note["owner_id"]) == (201, "7", "order", int(ref))
    told = data(shop, 'query q($id: ID!) { order(id: $id) { metafield(namespace: "wms", key: "wave") { legacyResourceId value type } } }', id=f"gid://shopify/Order/{ref}")
    assert told["order"]["metafield"] == {"legacyResourceId": str(note["id"]), "value": "7", "type": "number_integer"}
    assert [one["id"] for one in shopify(shop, "GET", f"orders/{ref}/metafields", namespace="wms").json["metafields"]] == [note["id"]]
    assert shopify(shop, "GET", f"orders/{ref}/metafields", namespace="crm").json == {"metafields": []}
    assert shopify(shop, "POST", f"orders/{ref}/metafields", {"metafield": {"namespace": "wms", "value": 7}}).json == {"errors": {"key": ["can't be blank"]}}
    assert shopify(shop, "GET", f"orders/{ref}/metafields/{note['id']}").json["metafield"] == note
    assert shopify(shop, "DELETE", f"orders/{ref}/metafields/{note['id']}").status == 200 and shopify(shop, "GET", f"orders/{ref}/metafields/{note['id']}").status == 404
