"""What a Shopify shop can be asked in GraphQL: orders, their shipping, products, variants, items, locations and subscriptions."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from simulators.shops.graphql import Node
from simulators.shops.graphql_tokens import GraphQLError
from simulators.shops.served import UNASKED
from simulators.shops.shopify_connections import connection, lazily
from simulators.shops.shopify_counts import by_names, counts, faulty
from simulators.shops.shopify_goods_nodes import location_node, product_node, variant_node
from simulators.shops.shopify_node import node
from simulators.shops.shopify_nodes import fulfilment_node, late_order, order_node, subscription_node, to_ship_node

if TYPE_CHECKING:
    from simulators.shops.shopify import ShopifyShop


def root(shop: "ShopifyShop") -> dict[str, Any]:
    """Where every query begins: of papers as REST writes them, which are written only when they are asked for."""
    kinds: dict[str, Callable[[], Sequence[Node]]] = {
        "Order": lambda: [late_order(shop, one) for one in sorted(shop.orders.values(), key=lambda one: -int(one.ref))],
        "FulfillmentOrder": lambda: [to_ship_node(shop, one) for order in shop.orders.values() for one in shop.shipping.orders(order)],
        "Fulfillment": lambda: [fulfilment_node(shop, one) for made in shop.shipping.made.values() for one in made],
        "Product": lambda: [product_node(shop, one) for one in shop.goods.product_papers()],
        "ProductVariant": lambda: [variant_node(shop, one) for paper in shop.goods.product_papers() for one in paper["variants"]],
        "InventoryItem": lambda: [variant_node(shop, one)["inventoryItem"] for paper in shop.goods.product_papers() for one in paper["variants"]],
        "Location": lambda: [location_node(one) for one in shop.goods.location_papers()],
        "WebhookSubscription": lambda: [subscription_node(one) for one in shop.subscriptions.papers()],
    }

    def by_id(arguments: Mapping[str, Any]) -> Any:
        gid = str(arguments.get("id") or "")
        kind = gid.removeprefix("gid://shopify/").partition("/")[0]
        if kind == "BulkOperation":
            return shop.bulk.found(arguments)
        if kind == "Order":  # there may be very many
            number = gid.rpartition("/")[2]
            return order_node(shop, shop.paper(shop.orders[number])) if number in shop.orders else None
        return next((one for one in kinds[kind]() if one["id"] == gid), None) if kind in kinds else None

    def one_of(kind: str) -> Callable[[Mapping[str, Any]], Any]:
        """By its number, which must be that of such a thing."""
        def found(arguments: Mapping[str, Any]) -> Any:
            gid = str(arguments.get("id") or "")
            if not gid.startswith(f"gid://shopify/{kind}/"):
                raise GraphQLError(f"Invalid id: {gid}", "RESOURCE_NOT_FOUND")
            return by_id(arguments)
        return found

    told: dict[str, Any] = {"node": by_id, "nodes": lambda arguments: [by_id({"id": one}) for one in arguments.get("ids") or []]}
    for kind, nodes in kinds.items():
        one = kind[0].lower() + kind[1:]
        told[one], told[f"{one}s"] = one_of(kind), lazily(kind, nodes)
    told["webhookSubscriptions"] = lambda arguments: connection("WebhookSubscription", [
        one for one in kinds["WebhookSubscription"]() if one["topic"] in (arguments.get("topics") or [one["topic"]])])(arguments)
    told |= {"orders": faulty(shop, told["orders"]), "bulkOperation": shop.bulk.found, "currentBulkOperation": shop.bulk.current}
    return {**told, **counts(shop, kinds), **by_names(by_id, kinds), "shop": node(
        "Shop", 1, name="A shop", currencyCode=shop.currency, myshopifyDomain="a-shop.myshopify.com", email="owner@example.com",
        ianaTimezone="America/New_York", contactEmail="owner@example.com", plan={"__typename": "ShopPlan", "displayName": "Basic", "publicDisplayName": "Basic", "partnerDevelopment": False, "shopifyPlus": False},
        url="https://a-shop.myshopify.com", primaryDomain={"__typename": "Domain", "host": "a-shop.myshopify.com", "url": "https://a-shop.myshopify.com"},
        timezoneAbbreviation="EST", timezoneOffset="-0500", weightUnit="KILOGRAMS", unitSystem="METRIC_SYSTEM", taxesIncluded=True, enabledPresentmentCurrencies=[shop.currency]),
        "currentAppInstallation": {"__typename": "AppInstallation", "id": "gid://shopify/AppInstallation/1", "accessScopes": [
            {"__typename": "AccessScope", "handle": one["handle"]} for one in shop.front.scopes(UNASKED, {})["access_scopes"]]}}
