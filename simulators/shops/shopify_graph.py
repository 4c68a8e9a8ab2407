"""What a Shopify shop can be asked in GraphQL: orders, their shipping, products, variants, items, locations and subscriptions."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from simulators.shops.graphql import Node
from simulators.shops.served import UNASKED
from simulators.shops.shopify_connections import connection, lazily
from simulators.shops.shopify_counts import by_names, counts, faulty
from simulators.shops.shopify_more import count, money, notes_of
from simulators.shops.shopify_nodes import (
    fulfilment_node,
    late_order,
    location_node,
    node,
    order_node,
    subscription_node,
    to_ship_node,
    variant_node,
)

if TYPE_CHECKING:
    from simulators.shops.shopify import ShopifyShop


def root(shop: "ShopifyShop") -> dict[str, Any]:
    """Where every query begins: of papers as REST writes them, which are written only when they are asked for."""
    kinds: dict[str, Callable[[], Sequence[Node]]] = {
        "Order": lambda: [late_order(shop, one) for one in sorted(shop.orders.values(), key=lambda one: -int(one.ref))],
        "FulfillmentOrder": lambda: [to_ship_node(shop, one) for order in shop.orders.values() for one in shop.shipping.orders(order)],
        "Fulfillment": lambda: [fulfilment_node(shop, one) for made in shop.shipping.made.values() for one in made],
        "Product": lambda: [_product(shop, one) for one in shop.goods.product_papers()],
        "ProductVariant": lambda: [variant_node(shop.goods, one) for paper in shop.goods.product_papers() for one in paper["variants"]],
        "InventoryItem": lambda: [variant_node(shop.goods, one)["inventoryItem"] for paper in shop.goods.product_papers() for one in paper["variants"]],
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

    told: dict[str, Any] = {"node": by_id, "nodes": lambda arguments: [by_id({"id": one}) for one in arguments.get("ids") or []]}
    for kind, nodes in kinds.items():
        one = kind[0].lower() + kind[1:]
        told[one], told[f"{one}s"] = by_id, lazily(kind, nodes)
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


def _product(shop: "ShopifyShop", paper: Node) -> dict[str, Any]:
    variants = [variant_node(shop.goods, one) for one in paper["variants"]]
    return node("Product", paper["id"], title=paper["title"], handle=paper["handle"], status=paper["status"].upper(), vendor=paper["vendor"],
                productType=paper["product_type"], tags=[one for one in paper["tags"].split(", ") if one], descriptionHtml=paper["body_html"] or "",
                createdAt=paper["created_at"], updatedAt=paper["updated_at"], totalInventory=sum(one["inventoryQuantity"] for one in variants),
                variantsCount=count(len(variants)), description="", publishedAt=paper["published_at"], onlineStoreUrl=None, featuredMedia=None, category=None,
                tracksInventory=True, hasOnlyDefaultVariant=True, hasOutOfStockVariants=any(one["inventoryQuantity"] <= 0 for one in variants), isGiftCard=False,
                images=connection("Image", []), media=connection("Media", []), collections=connection("Collection", []), options=[
                    node("ProductOption", one["id"], name=one["name"], position=one["position"], values=one["values"]) for one in paper["options"]],
                **notes_of(shop, f"gid://shopify/Product/{paper['id']}"),
                variants=connection("ProductVariant", variants), priceRangeV2={
                    "__typename": "ProductPriceRangeV2", **dict.fromkeys(("minVariantPrice", "maxVariantPrice"), money(variants[0]["price"], shop.currency)["shopMoney"])})
