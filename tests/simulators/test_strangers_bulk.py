"""A query over all that a Shopify shop has: done aside, and fetched as lines of a file."""

import json

import pytest

from simulators.shops.shopify import ShopifyShop
from tests.simulators.asking import ask, graphql

RUN = """mutation run($q: String!) { bulkOperationRunQuery(query: $q) { bulkOperation { id status url } userErrors { field message } } }"""
ORDERS = """{ orders { edges { node { id name totalPriceSet { shopMoney { amount } } lineItems { edges { node { id sku quantity } } } } } } }"""


@pytest.fixture
def shop():
    shop = ShopifyShop(bucket=4_000)
    yield shop
    shop.close()


def data(shop, words, **variables):
    told = graphql(shop, words, **variables)
    assert "errors" not in told, told
    return told["data"]


def test_all_orders_and_their_lines_are_written_down_however_many(shop):
    for number in range(300):
        shop.place([("A", 1)] * (1 + number % 2))
    begun = data(shop, RUN, q=ORDERS)["bulkOperationRunQuery"]
    assert begun["userErrors"] == [] and (begun["bulkOperation"]["status"], begun["bulkOperation"]["url"]) == ("CREATED", None)
    done = data(shop, "{ currentBulkOperation { id status errorCode objectCount rootObjectCount fileSize url } }")["currentBulkOperation"]
    assert (done["id"], done["status"], done["objectCount"], done["rootObjectCount"]) == (begun["bulkOperation"]["id"], "COMPLETED", "750", "300")
    answer = ask(shop, "GET", done["url"].removeprefix(shop.address))
    lines = [json.loads(line) for line in answer.body.decode().splitlines()]
    assert len(answer.body) == int(done["fileSize"]) and len(lines) == 750
    order, line = lines[:2]
    assert order["totalPriceSet"] == {"shopMoney": {"amount": "39.80"}} and "lineItems" not in order
    assert line == {"id": line["id"], "sku": "A", "quantity": 1, "__parentId": order["id"]}


def test_one_is_found_by_its_number_as_any_other_thing_and_by_its_own_query(shop):
    gid = data(shop, RUN, q="{ products { nodes { id } } }")["bulkOperationRunQuery"]["bulkOperation"]["id"]
    told = data(shop, "query q($i: ID!) { node(id: $i) { ... on BulkOperation { status url objectCount } } bulkOperation(id: $i) { status } }", i=gid)
    assert told == {"node": {"status": "COMPLETED", "url": None, "objectCount": "0"}, "bulkOperation": {"status": "COMPLETED"}}
    assert data(shop, "query q($i: ID!) { node(id: $i) { id } }", i="gid://shopify/BulkOperation/1") == {"node": None}


def test_none_was_ever_run_is_told(shop):
    assert data(shop, "{ currentBulkOperation { id } }") == {"currentBulkOperation": None}
    assert ask(shop, "GET", "/bulk/1.jsonl").status == 401


@pytest.mark.parametrize("query", ["{ shop { name } }", "{ orders { nodes { colour } } }", "mutation { x { nodes { id } } }", "{ orders {"])
def test_what_is_no_query_over_a_list_is_refused_as_a_user_error(shop, query):
    shop.place([("A", 1)])
    told = data(shop, RUN, q=query)["bulkOperationRunQuery"]
    assert told["bulkOperation"] is None and told["userErrors"][0]["field"] == ["query"]


def test_what_is_done_cannot_be_cancelled(shop):
    gid = data(shop, RUN, q=ORDERS)["bulkOperationRunQuery"]["bulkOperation"]["id"]
    words = "mutation c($i: ID!) { bulkOperationCancel(id: $i) { bulkOperation { id } userErrors { message } } }"
    assert data(shop, words, i=gid)["bulkOperationCancel"]["userErrors"]


def test_no_list_without_an_end_is_shown_otherwise(shop):
    assert graphql(shop, "{ orders(first: 2147483648) { nodes { id } } }")["errors"]
