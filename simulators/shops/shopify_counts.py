"""What is asked of a Shopify shop's lists in GraphQL besides their pages: how many, one by a name of its own, and the faults of a page."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from simulators.shops.graphql import Node
from simulators.shops.graphql_tokens import GraphQLError
from simulators.shops.shop import CHANGED_SCHEMA, DUPLICATED, HALF_A_PAGE, OUT_OF_ORDER
from simulators.shops.shopify_connections import connection, matching
from simulators.shops.shopify_more import count

if TYPE_CHECKING:
    from simulators.shops.shopify import ShopifyShop

Arguments = Mapping[str, Any]
_COUNTED = {"ordersCount": "Order", "productsCount": "Product", "productVariantsCount": "ProductVariant", "locationsCount": "Location",
            "webhookSubscriptionsCount": "WebhookSubscription"}
_NO_LISTS = {"customers": "Customer", "draftOrders": "DraftOrder", "returns": "Return", "collections": "Collection", "metafieldDefinitions": "MetafieldDefinition"}


def counts(shop: "ShopifyShop", kinds: Mapping[str, Callable[[], Sequence[Node]]]) -> dict[str, Any]:
    """By the field's name: of those that are searched. All orders are counted as they are: there may be very many."""
    def of(kind: str) -> Callable[[Arguments], dict[str, Any]]:
        def counted(arguments: Arguments) -> dict[str, Any]:
            is_all = kind == "Order" and not arguments.get("query")
            return count(len(shop.orders) if is_all else len(matching(kinds[kind](), arguments)))
        return counted
    return {name: of(kind) for name, kind in _COUNTED.items()}


def by_names(by_id: Callable[[Arguments], Any], kinds: Mapping[str, Callable[[], Sequence[Node]]]) -> dict[str, Any]:
    """One thing: by an identifier with its id, by a handle, by its number as a job that is done at once; the first location needs none."""
    def identified(arguments: Arguments) -> Any:
        return by_id({"id": arguments["identifier"].get("id")})

    def by_handle(arguments: Arguments) -> Any:
        handle = arguments.get("handle") or (arguments.get("identifier") or {}).get("handle")
        return next((one for one in kinds["Product"]() if one["handle"] == handle), None)

    def product(arguments: Arguments) -> Any:
        return identified(arguments) if arguments["identifier"].get("id") else by_handle(arguments)

    def location(arguments: Arguments) -> Any:
        return by_id(arguments) if arguments.get("id") else kinds["Location"]()[0]
    return {"orderByIdentifier": identified, "productByIdentifier": product, "productByHandle": by_handle, "location": location,
            "job": lambda arguments: {"__typename": "Job", "id": arguments["id"], "done": True},
            **{name: connection(kind, []) for name, kind in _NO_LISTS.items()}}


def faulty(shop: "ShopifyShop", some: Callable[[Arguments], dict[str, Any]]) -> Callable[[Arguments], dict[str, Any]]:
    """A list of orders with the faults that the shop was told to have; a field by another name is none that anybody knows."""
    def shown(arguments: Arguments) -> dict[str, Any]:
        told = some(arguments)
        if told["nodes"] and shop.fails(CHANGED_SCHEMA):
            raise GraphQLError("Field 'orders' doesn't exist on type 'QueryRoot'", "undefinedField", typeName="QueryRoot", fieldName="orders")
        edges = told["edges"]
        if edges and shop.fails(DUPLICATED):
            edges = [one for one in edges for _ in range(2)]
        if edges and shop.fails(OUT_OF_ORDER):
            edges = edges[::-1]
        if edges and shop.fails(HALF_A_PAGE):
            edges = edges[:len(edges) // 2]
        return {**told, "edges": edges, "nodes": [one["node"] for one in edges]}
    return shown
