"""What a Shopify shop says, played, to what cannot be asked of it in GraphQL: each error with its words, its code, and where it stands."""

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLUnionType,
    build_client_schema,
    get_introspection_query,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

from simulators.shops.shop import ShopParcel
from simulators.shops.shopify import ShopifyShop
from tests.simulators.asking import graphql, shopify

DEEP = 5


@pytest.fixture(scope="module")
def shop():
    shop = ShopifyShop(bucket=4_000)
    shop.add_product("A", 3)
    shop.place([("A", 1)])
    ref = shop.place([("A", 3)], discount=90, address={"name": "A B", "street": "C 1", "city": "D", "country": "DE"}).ref
    line = shop.orders[ref].lines[0].ref
    shop.told_shipped(ref, ShopParcel("1Z", "UPS", {line: 1}))
    shop.money.post_refund(None, {"refund": {"refund_line_items": [{"line_item_id": int(line), "quantity": 1}], "transactions": [
        {"parent_id": int(ref) * 7, "kind": "refund", "amount": "1.00"}]}}, int(ref))
    shop.cancel_order(shop.place([("A", 1)]).ref)
    yield shop
    shop.close()


@pytest.fixture(scope="module")
def schema(shop):
    return build_client_schema(graphql(shop, get_introspection_query(input_value_deprecation=True))["data"])


def refused(shop, words, **variables):
    told = graphql(shop, words, **variables)
    assert not told.get("data")
    (error,) = told["errors"]
    return error


def whole(kind, deep, above=()):
    """All fields of a type that need no argument, as deep as is said; of lists the first two."""
    told = ["__typename"]
    for name, field in getattr(kind, "fields", {}).items():
        of = get_named_type(field.type)
        if any(is_non_null_type(one.type) for one in field.args.values()) or of.name in above:
            continue
        pages = "(first: 3)" if "first" in field.args else ""
        if is_leaf_type(of):
            told.append(name)
        elif deep and not isinstance(of, (GraphQLInterfaceType, GraphQLUnionType)):
            told.append(f"{name}{pages} {{ {whole(of, deep - 1, (*above, kind.name))} }}")
    return " ".join(told)


def not_as_said(value, of, path=""):
    """Where a value is none of its type: an enum without the word, nothing where something must be."""
    if is_non_null_type(of):
        yield from [path] if value is None else not_as_said(value, of.of_type, path)
    elif value is None:
        return
    elif is_list_type(of):
        for one in value if isinstance(value, list) else [path]:
            yield from not_as_said(one, of.of_type, path) if isinstance(value, list) else [path]
    elif isinstance(of, GraphQLEnumType):
        yield from [] if value in of.values else [f"{path}={value}"]
    elif is_leaf_type(of):
        yield from [] if isinstance(value, {"Int": int, "Boolean": bool, "Float": (int, float)}.get(of.name, str)) else [f"{path}={value!r}"]
    else:
        for name, one in value.items():
            yield from not_as_said(one, of.fields[name].type, f"{path}.{name}") if name in getattr(of, "fields", {}) else ()


@pytest.mark.parametrize("start", ["orders(first: 3)", "products(first: 3)", "fulfillmentOrders(first: 3)", "inventoryItems(first: 3)", "webhookSubscriptions(first: 3)", "shop"])
def test_what_is_answered_is_what_the_schema_says(shop, schema, start):
    graphql(shop, 'mutation { webhookSubscriptionCreate(topic: ORDERS_CREATE, webhookSubscription: {uri: "http://127.0.0.1:9/"}) { userErrors { field } } }')
    of = schema.query_type.fields[start.partition("(")[0]].type
    told = graphql(shop, f"{{ {start} {{ {whole(get_named_type(of), DEEP)} }} }}")
    assert "errors" not in told, told["errors"]
    assert [*not_as_said(*told["data"].values(), of)] == []


def test_words_of_a_list_are_enums(schema):
    fields = schema.type_map["Order"].fields
    assert str(fields["displayFulfillmentStatus"].type) == "OrderDisplayFulfillmentStatus!" and "PARTIALLY_FULFILLED" in schema.type_map["OrderDisplayFulfillmentStatus"].values
    assert str(schema.type_map["MoneyV2"].fields["currencyCode"].type) == "CurrencyCode!" and "CNY" in schema.type_map["CurrencyCode"].values
    assert "ORDERS_PARTIALLY_FULFILLED" in schema.type_map["WebhookSubscriptionTopic"].values
    assert str(schema.type_map["BulkOperation"].fields["status"].type) == "BulkOperationStatus!"


def test_a_field_that_is_not_there_is_told_with_its_place(shop):
    assert refused(shop, "query mine {\n  orders(first: 1) {\n    nodes { colour } } }") == {
        "message": "Field 'colour' doesn't exist on type 'Order'", "locations": [{"line": 3, "column": 13}], "path": ["query mine", "orders", "nodes", "colour"],
        "extensions": {"code": "undefinedField", "typeName": "Order", "fieldName": "colour"}}


def test_an_argument_that_is_not_taken_is_told_with_its_place(shop):
    assert refused(shop, "{ orders(first: 1, foo: 2) { nodes { id } } }") == {
        "message": "Field 'orders' doesn't accept argument 'foo'", "locations": [{"line": 1, "column": 20}], "path": ["query", "orders", "foo"],
        "extensions": {"code": "argumentNotAccepted", "name": "orders", "typeName": "Field", "argumentName": "foo"}}


def test_all_that_is_wrong_is_told_at_once(shop):
    told = graphql(shop, "{ orders(first: 1, foo: 2) { nodes { colour shape } } }")
    assert [one["extensions"]["code"] for one in told["errors"]] == ["argumentNotAccepted", "undefinedField", "undefinedField"]


@pytest.mark.parametrize("words, code, message", [
    ("{ order { name } }", "missingRequiredArguments", "Field 'order' is missing required arguments: id"),
    ('{ orders(first: "one") { nodes { id } } }', "argumentLiteralsIncompatible", "Argument 'first' on Field 'orders' has an invalid value (\"one\"). Expected type 'Int'."),
    ("{ orders(first: 1, sortKey: COLOUR) { nodes { id } } }", "argumentLiteralsIncompatible", "Argument 'sortKey' on Field 'orders' has an invalid value (COLOUR). Expected type 'OrderSortKeys'."),
    ("{ shop }", "selectionMismatch", "Field must have selections (field 'shop' returns Shop but has no selections. Did you mean 'shop { ... }'?)"),
    ("{ shop { name { a } } }", "selectionMismatch", "Selections can't be made on scalars (field 'name' returns String but has selections [\"a\"])"),
    ("{ shop { ... on Colour { a } } }", "undefinedType", "No such type Colour, so it can't be a fragment condition"),
    ("{ shop { ... on Order { id } } }", "cannotSpreadFragment", "Fragment on Order can't be spread inside Shop"),
    ("{ shop { name @wobble } }", "undefinedDirective", "Directive @wobble is not defined"),
    ("{ shop { name @include } }", "missingRequiredArguments", "Directive 'include' is missing required arguments: if"),
    ("query q($id: ID!) { shop { name } }", "variableNotUsed", "Variable $id is declared by q but not used"),
    ("query q { order(id: $id) { name } }", "variableNotDefined", "Variable $id is used by q but not declared"),
    ("query q($id: Colour) { order(id: $id) { name } }", "variableRequiresValidType", "Colour isn't a defined input type (on $id)"),
    ("query q($id: String!) { order(id: $id) { name } }", "variableMismatch", "Type mismatch on variable $id and argument id (String! / ID!)"),
    ("query q($id: ID) { order(id: $id) { name } }", "variableMismatch", "Nullability mismatch on variable $id and argument id (ID / ID!)"),
    ("query q($ids: ID!) { nodes(ids: $ids) { id } }", "variableMismatch", "List dimension mismatch on variable $ids and argument ids (ID! / [ID!]!)"),
    ("query q($ids: [ID]!) { nodes(ids: $ids) { id } }", "variableMismatch", "Nullability mismatch on variable $ids and argument ids ([ID]! / [ID!]!)"),
    ("fragment F on Order { id } { shop { name } }", "useAndDefineFragment", "Fragment F was defined, but not used"),
    ("{ a: shop { name } a: location { name } }", "fieldConflict", "Field 'a' has a field conflict: shop or location?"),
    ("mutation { orderClose(input: {colour: 1}) { order { id } } }", "argumentNotAccepted", "InputObject 'OrderCloseInput' doesn't accept argument 'colour'"),
    ("mutation { fulfillmentCreate(fulfillment: {}) { fulfillment { id } } }", "missingRequiredInputObjectAttribute",
     "Argument 'lineItemsByFulfillmentOrder' on InputObject 'FulfillmentInput' is required. Expected type [FulfillmentOrderLineItemsInput!]!"),
    ('mutation { tagsAdd(id: "gid://shopify/Order/2", tags: "a") { userErrors { code } } }', "undefinedField", "Field 'code' doesn't exist on type 'UserError'"),
    ('mutation { orderUpdate(input: {id: "gid://shopify/Order/2"}) { refund { id } } }', "undefinedField", "Field 'refund' doesn't exist on type 'OrderUpdatePayload'")])
def test_each_error_has_its_code_and_words(shop, words, code, message):
    told = [(one["extensions"]["code"], one["message"]) for one in graphql(shop, words)["errors"]]
    assert (code, message) in told


@pytest.mark.parametrize("words, value, problem", [
    ("query q($v: Int) { orders(first: $v) { nodes { id } } }", "one", {"path": [], "explanation": 'Could not coerce value "one" to Int'}),
    ("query q($v: ID!) { order(id: $v) { id } }", None, {"path": [], "explanation": "Expected value to not be null"}),
    ("query q($v: ID!) { order(id: $v) { id } }", "42", {"path": [], "explanation": "Invalid global id '42'"}),
    ("query q($v: [ID!]!) { nodes(ids: $v) { id } }", [None], {"path": [0], "explanation": "Expected value to not be null"}),
    ("mutation m($v: OrderInput!) { orderUpdate(input: $v) { order { id } } }", {"id": "gid://shopify/Order/2", "colour": 1}, {"path": ["colour"], "explanation": "Field is not defined on OrderInput"}),
    ("mutation m($v: OrderInput!) { orderUpdate(input: $v) { order { id } } }", 5, {"path": [], "explanation": "Expected 5 to be a key-value object."}),
    ("query q($v: WeightlessTopic) { shop { name } }", None, None)])
def test_a_variable_of_a_wrong_kind_is_told_with_its_problem(shop, words, value, problem):
    errors = graphql(shop, words, v=value)["errors"]
    assert errors[0]["locations"][0]["column"] == words.index("$") + 1 if problem else errors[0]["extensions"]["code"] == "variableRequiresValidType"
    assert problem is None or errors[0]["extensions"]["problems"] == [problem]


def test_a_topic_that_is_none_is_told_with_those_that_are(shop):
    words = 'mutation m($t: WebhookSubscriptionTopic!) { webhookSubscriptionCreate(topic: $t, webhookSubscription: {uri: "http://127.0.0.1:9/"}) { userErrors { message } } }'
    error = refused(shop, words, t="orders/create")
    assert error["extensions"]["problems"][0]["explanation"].startswith('Expected "orders/create" to be one of: APP_PURCHASES_ONE_TIME_UPDATE, APP_SCOPES_UPDATE, ')


def test_nothing_is_done_when_part_of_a_document_is_wrong(shop):
    ref = shop.place([("A", 1)]).ref
    graphql(shop, f'mutation {{ orderClose(input: {{id: "gid://shopify/Order/{ref}"}}) {{ order {{ colour }} }} }}')
    assert graphql(shop, f'{{ order(id: "gid://shopify/Order/{ref}") {{ closed }} }}')["data"]["order"] == {"closed": False}


def test_the_number_of_another_thing_is_found_by_nobody_but_leaves_the_rest(shop):
    told = graphql(shop, '{ shop { name } order(id: "gid://shopify/Product/7") { name } gone: order(id: "gid://shopify/Order/7") { name } }')
    assert told["data"] == {"shop": {"name": "A shop"}, "order": None, "gone": None}
    assert told["errors"] == [{"message": "Invalid id: gid://shopify/Product/7", "locations": [{"line": 1, "column": 17}], "path": ["order"],
                               "extensions": {"code": "RESOURCE_NOT_FOUND"}}]


def test_names_conditions_fragments_and_aliases_do_what_they_say(shop):
    words = """query other { shop { name } }
      query mine($yes: Boolean!, $no: Boolean = false) {
        __typename
        first: shop { __typename title: name email @include(if: $no) url @skip(if: $yes) ... @include(if: $yes) { id } ...More }
        first: shop { plan { displayName } } }
      fragment More on Shop { plan { __typename } }"""
    told = shopify(shop, "POST", "graphql", {"query": words, "variables": {"yes": True}, "operationName": "mine"}).json["data"]
    assert told == {"__typename": "QueryRoot", "first": {
        "__typename": "Shop", "title": "A shop", "id": "gid://shopify/Shop/1", "plan": {"__typename": "ShopPlan", "displayName": "Basic"}}}


def test_one_thing_is_a_list_of_one_where_several_may_be():
    shop = ShopifyShop(bucket=4_000)
    shop.subscriptions.add("orders/create", "http://127.0.0.1:9/")
    shop.subscriptions.add("orders/edited", "http://127.0.0.1:9/")
    told = graphql(shop, "query q($t: [WebhookSubscriptionTopic!]) { one: webhookSubscriptions(first: 9, topics: $t) { nodes { topic } } }", t="ORDERS_CREATE")
    assert told["data"] == {"one": {"nodes": [{"topic": "ORDERS_CREATE"}]}}


def test_an_argument_whose_variable_is_not_given_is_as_if_it_were_not_there(shop):
    told = graphql(shop, "query q($after: String, $n: Int) { orders(first: 1, last: $n, after: $after) { nodes { __typename } } }")
    assert told["data"] == {"orders": {"nodes": [{"__typename": "Order"}]}}


def test_an_endpoint_may_be_of_several_kinds(shop):
    words = """{ webhookSubscriptions(first: 1) { nodes { endpoint { __typename ... on WebhookHttpEndpoint { callbackUrl } ... on WebhookEventBridgeEndpoint { arn }
      ... on WebhookPubSubEndpoint { pubSubProject pubSubTopic } } } } }"""
    assert "errors" not in graphql(shop, words)


def test_a_query_costs_what_it_asks_for_and_less_where_less_is_found():
    shop = ShopifyShop(bucket=4_000)
    try:
        for _ in range(3):
            shop.place([("A", 1)])
        cost = graphql(shop, "query q($n: Int!) { orders(first: $n) { nodes { id customer { id } } pageInfo { hasNextPage } } shop { name } }", n=50)["extensions"]["cost"]
        assert (cost["requestedQueryCost"], cost["actualQueryCost"]) == (54, 9)
        assert cost["throttleStatus"] == {"maximumAvailable": 2_000, "currentlyAvailable": 2_000 - 9, "restoreRate": 100}
        assert graphql(shop, 'mutation { orderClose(input: {id: "gid://shopify/Order/2"}) { order { id } } }')["extensions"]["cost"]["requestedQueryCost"] == 10
    finally:
        shop.close()


def test_a_query_that_costs_too_much_is_refused_however_much_is_left(shop):
    words = " ".join(f"a{place}: orders(first: 250) {{ nodes {{ id }} }}" for place in range(4))
    error = refused(shop, f"{{ {words} }}")
    assert error["message"].startswith("Query cost is 1008, which exceeds the single query max cost limit (1000).")
    assert (error["extensions"]["code"], error["extensions"]["cost"], error["extensions"]["maxCost"]) == ("MAX_COST_EXCEEDED", 1008, 1000)


def test_variables_that_are_no_object_are_a_request_that_cannot_be_read(shop):
    told = shopify(shop, "POST", "graphql", {"query": "{ shop { name } }", "variables": "{}"})
    assert (told.status, told.json) == (400, {"errors": {"variables": "expected String to be a Hash"}})


@pytest.mark.parametrize("words, field, message", [
    ('orderUpdate(input: {id: "gid://shopify/Order/77"}) { userErrors { field message } }', ["id"], "Order does not exist"),
    ('tagsAdd(id: "gid://shopify/Order/77", tags: ["a"]) { userErrors { field message } }', ["id"], "Order does not exist"),
    ('fulfillmentCancel(id: "gid://shopify/Fulfillment/77") { userErrors { field message } }', ["id"], "Fulfillment does not exist."),
    ('webhookSubscriptionDelete(id: "gid://shopify/WebhookSubscription/77") { userErrors { field message } }', ["id"], "Webhook subscription does not exist"),
    ('webhookSubscriptionCreate(topic: ORDERS_PAID, webhookSubscription: {uri: "ftp://a"}) { userErrors { field message } }', ["webhookSubscription", "callbackUrl"], "Address is invalid")])
def test_what_is_wrong_with_what_was_told_stands_with_its_field(shop, words, field, message):
    (answer,) = graphql(shop, f"mutation {{ {words} }}")["data"].values()
    assert answer["userErrors"] == [{"field": field, "message": message}]


def test_codes_of_what_was_told_wrongly_are_those_that_the_schema_knows(shop):
    told = graphql(shop, 'mutation { fulfillmentOrderHold(id: "gid://shopify/FulfillmentOrder/77", fulfillmentHold: {reason: OTHER}) { userErrors { code field } } '
                         'orderCancel(orderId: "gid://shopify/Order/77", reason: OTHER, restock: false) { orderCancelUserErrors { code } } }')["data"]
    assert told["fulfillmentOrderHold"]["userErrors"] == [{"code": "FULFILLMENT_ORDER_NOT_FOUND", "field": ["id"]}]
    assert told["orderCancel"]["orderCancelUserErrors"] == [{"code": "NOT_FOUND"}]


def test_the_same_name_for_two_lists_is_a_conflict(shop):
    error = refused(shop, "{ orders(first: 1) { nodes { id } } orders(first: 2) { nodes { id } } }")
    assert error["extensions"]["code"] == "fieldConflict" and "has an argument conflict" in error["message"]
