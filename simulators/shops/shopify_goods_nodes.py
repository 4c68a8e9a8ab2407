"""How a Shopify shop shows its products, their variants, and what there is of each where, in GraphQL."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from simulators.shops.graphql import Node
from simulators.shops.shopify_connections import connection
from simulators.shops.shopify_more import count, money, notes_of
from simulators.shops.shopify_node import Late, node

if TYPE_CHECKING:
    from simulators.shops.shopify import ShopifyShop


def product_node(shop: "ShopifyShop", paper: Node) -> dict[str, Any]:
    """A product, with its variants."""
    variants = [variant_node(shop, one) for one in paper["variants"]]
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


def variant_node(shop: "ShopifyShop", paper: Node) -> dict[str, Any]:
    """A variant, and its item with how much there is of it where."""
    number, goods = paper["inventory_item_id"], shop.goods
    levels = [node("InventoryLevel", f"{one['id']}?inventory_item_id={number}", location=location_node(one), isActive=True, canDeactivate=False, createdAt=one["created_at"], updatedAt=one["updated_at"],
                   item=lambda _: item, quantities=_quantities(goods.available(number, one["id"]))) for one in goods.location_papers()]
    item: dict[str, Any] = node("InventoryItem", number, sku=paper["sku"], tracked=True, requiresShipping=True, unitCost=None, countryCodeOfOrigin=None, harmonizedSystemCode=None,
                createdAt=paper["created_at"], updatedAt=paper["updated_at"], locationsCount=count(len(levels)), measurement={
                    "__typename": "InventoryItemMeasurement", "weight": {"__typename": "Weight", "value": 0.0, "unit": "KILOGRAMS"}},
                variant=lambda _: variant_node(shop, paper), inventoryLevels=connection("InventoryLevel", levels),
                inventoryLevel=lambda arguments: next((one for one in levels if one["location"]["id"] == arguments.get("locationId")), None))
    return node("ProductVariant", paper["id"], title=paper["title"], displayName=paper["title"], sku=paper["sku"], price=paper["price"], barcode=paper["barcode"],
                inventoryQuantity=paper["inventory_quantity"], inventoryPolicy="DENY", inventoryItem=item, compareAtPrice=paper["compare_at_price"],
                position=1, sellableOnlineQuantity=paper["inventory_quantity"], **notes_of(shop, f"gid://shopify/ProductVariant/{paper['id']}"), taxable=True, availableForSale=paper["inventory_quantity"] > 0, image=None, selectedOptions=[
                    {"__typename": "SelectedOption", "name": "Title", "value": paper["option1"]}], createdAt=paper["created_at"], updatedAt=paper["updated_at"],
                product=late_product(shop, paper["product_id"], str(paper["sku"])))


def late_product(shop: "ShopifyShop", number: int, sku: str) -> Late:
    """A product that is told of by something else; one that is on the shelf no more is not all there."""
    def whole() -> Node:
        paper = next((one for one in shop.goods.product_papers() if one["id"] == number), None)
        return known if paper is None else product_node(shop, paper)
    known = node("Product", number, title=f"{sku} of the shop", handle=sku.lower(), status="ACTIVE", vendor="A shop")
    return Late(known, {}, whole)


def location_node(paper: Node) -> dict[str, Any]:
    """A place with stock."""
    return node("Location", paper["id"], name=paper["name"], isActive=paper["active"], isPrimary=True, shipsInventory=True, hasActiveInventory=True,
                isFulfillmentService=False, fulfillsOnlineOrders=True, address={
                    "__typename": "LocationAddress", "formatted": [one for one in (paper["address1"], paper["city"], paper["country_name"]) if one], "country": paper["country_name"], "countryCode": paper["country_code"], "city": paper["city"], "zip": paper["zip"],
                    "address1": paper["address1"], "address2": paper["address2"], "province": paper["province"], "provinceCode": None, "phone": paper["phone"]})


def _quantities(number: int) -> Callable[[Mapping[str, Any]], list[dict[str, Any]]]:
    return lambda arguments: [{"__typename": "InventoryQuantity", "name": name, "quantity": number} for name in arguments.get("names", [])]
