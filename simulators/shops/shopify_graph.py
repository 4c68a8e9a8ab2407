"""What a Shopify shop can be asked in GraphQL: orders, products, variants, items and locations."""

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from simulators.shops.graphql import GraphQLError
from simulators.shops.shopify_goods import Goods

_FIRST_MAX = 250
_WORD = re.compile(r'(\w+):(>=|<=|>|<|=)?(?:"((?:\\.|[^"\\])*)"|\'((?:\\.|[^\'\\])*)\'|([^\s()]+))')


def root(order_papers: Sequence[Mapping[str, Any]], goods: Goods, currency: str) -> dict[str, Any]:
    """Where every query begins: of papers as REST writes them."""
    orders = [_order(one, currency) for one in order_papers]
    products = [_product(goods, one) for one in goods.product_papers()]
    variants = [_variant(goods, one) for paper in goods.product_papers() for one in paper["variants"]]
    items = [one["inventoryItem"] for one in variants]
    locations = [_location(one) for one in goods.location_papers()]
    return {
        "orders": _connection("Order", orders), "order": _by_id(orders), "products": _connection("Product", products),
        "product": _by_id(products), "productVariants": _connection("ProductVariant", variants), "productVariant": _by_id(variants),
        "inventoryItems": _connection("InventoryItem", items), "inventoryItem": _by_id(items),
        "locations": _connection("Location", locations), "location": _by_id(locations),
        "shop": {"__typename": "Shop", "name": "A shop", "currencyCode": currency}}


def _by_id(nodes: Sequence[Mapping[str, Any]]) -> Callable[[Mapping[str, Any]], Any]:
    return lambda arguments: next((one for one in nodes if one["id"] == arguments.get("id")), None)


def _connection(kind: str, nodes: Sequence[Mapping[str, Any]]) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    def some(arguments: Mapping[str, Any]) -> dict[str, Any]:
        first, after = arguments.get("first"), arguments.get("after")
        if not isinstance(first, int):
            raise GraphQLError("you must provide one of first or last (only first is played)", "argumentLiteralsIncompatible")
        if not 0 < first <= _FIRST_MAX:
            raise GraphQLError(f"first cannot exceed {_FIRST_MAX}", "BAD_REQUEST")
        found = [one for one in _sorted(nodes, arguments) if _matches(one, arguments.get("query") or "")]
        marks = [_mark(one["id"]) for one in found]
        start = marks.index(after) + 1 if after in marks else 0
        shown, shown_marks = found[start:start + first], marks[start:start + first]
        page = {"__typename": "PageInfo", "hasNextPage": start + first < len(found), "hasPreviousPage": start > 0,
                "startCursor": shown_marks[0] if shown else None, "endCursor": shown_marks[-1] if shown else None}
        edges = [{"__typename": f"{kind}Edge", "cursor": mark, "node": one} for mark, one in zip(shown_marks, shown, strict=True)]
        return {"__typename": f"{kind}Connection", "nodes": shown, "edges": edges, "pageInfo": page}
    return some


def _sorted(nodes: Sequence[Mapping[str, Any]], arguments: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    names = {"UPDATED_AT": "updatedAt", "CREATED_AT": "createdAt", "ID": "legacyResourceId"}
    key = arguments.get("sortKey")
    if key is not None and key not in names:
        raise GraphQLError(f"This shop is played and sorts by {', '.join(names)} only.", "notPlayed")
    ordered = sorted(nodes, key=lambda one: one[names[key]]) if key else list(nodes)
    return ordered[::-1] if arguments.get("reverse") else ordered


def _matches(node: Mapping[str, Any], query: str) -> bool:
    """One of several (OR); each is a word, or several that must all hold."""
    return not query or any(all(_holds(node, found) for found in _words(part)) for part in query.split(" OR "))


def _words(part: str) -> list[tuple[str, str, str]]:
    found = [(one[1], one[2] or "=", re.sub(r"\\(.)", r"\1", one[3] or one[4] or one[5] or "")) for one in _WORD.finditer(part)]
    if not found or _WORD.sub("", part).replace(" AND ", " ").strip(" ()"):
        raise GraphQLError(f"This shop is played and searches by name and value only, not {part!r}.", "notPlayed")
    return found


def _holds(node: Mapping[str, Any], word: tuple[str, str, str]) -> bool:
    name, relation, value = word
    if name in ("id", "sku", "name"):
        return str(node.get("legacyResourceId" if name == "id" else name)).lower() == value.lower()
    if name == "status" and value in ("any", "open"):
        return value == "any" or node.get("cancelledAt") is None
    if name == "updated_at" and relation in (">=", ">"):
        return bool(node["updatedAt"] >= value if relation == ">=" else node["updatedAt"] > value)
    raise GraphQLError(f"This shop is played and cannot search by {name}.", "notPlayed")


def _mark(gid: str) -> str:
    return base64.b64encode(gid.encode()).decode()


def _node(kind: str, number: Any, **fields: Any) -> dict[str, Any]:
    return {"__typename": kind, "id": f"gid://shopify/{kind}/{number}", "legacyResourceId": str(number), **fields}


def _money(amount: str, currency: str) -> dict[str, Any]:
    money = {"__typename": "MoneyV2", "amount": amount, "currencyCode": currency}
    return {"__typename": "MoneyBag", "shopMoney": money, "presentmentMoney": money}


def _order(paper: Mapping[str, Any], currency: str) -> dict[str, Any]:
    lines = [_node("LineItem", one["id"], name=one["name"], title=one["title"], sku=one["sku"], quantity=one["quantity"],
                   currentQuantity=one["current_quantity"], originalUnitPriceSet=_money(one["price"], currency)) for one in paper["line_items"]]
    return _node(
        "Order", paper["id"], name=paper["name"], createdAt=_utc(paper["created_at"]), updatedAt=_utc(paper["updated_at"]),
        cancelledAt=paper["cancelled_at"] and _utc(paper["cancelled_at"]), currencyCode=currency, note=paper["note"], email=paper["email"],
        displayFinancialStatus=paper["financial_status"].upper(),
        displayFulfillmentStatus={None: "UNFULFILLED", "partial": "PARTIALLY_FULFILLED"}.get(
            paper["fulfillment_status"], str(paper["fulfillment_status"]).upper()),
        totalPriceSet=_money(paper["total_price"], currency), currentTotalPriceSet=_money(paper["current_total_price"], currency),
        lineItems=_connection("LineItem", lines), shippingAddress=_address(paper["shipping_address"]))


def _utc(told: str) -> str:
    return datetime.fromisoformat(told).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _address(paper: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if paper is None else {
        "__typename": "MailingAddress", "name": paper["name"], "firstName": paper["first_name"], "lastName": paper["last_name"],
        "address1": paper["address1"], "address2": paper["address2"], "city": paper["city"], "province": paper["province"],
        "zip": paper["zip"], "countryCodeV2": paper["country_code"], "phone": paper["phone"]}


def _location(paper: Mapping[str, Any]) -> dict[str, Any]:
    return _node("Location", paper["id"], name=paper["name"], isActive=paper["active"])


def _product(goods: Goods, paper: Mapping[str, Any]) -> dict[str, Any]:
    variants = [_variant(goods, one) for one in paper["variants"]]
    return _node("Product", paper["id"], title=paper["title"], handle=paper["handle"], status=paper["status"].upper(),
                 variants=_connection("ProductVariant", variants))


def _variant(goods: Goods, paper: Mapping[str, Any]) -> dict[str, Any]:
    levels = [_node("InventoryLevel", f"{paper['inventory_item_id']}-{one['id']}", location=_location(one),
                    quantities=_quantities(goods.available(paper["inventory_item_id"], one["id"]))) for one in goods.location_papers()]
    item = _node("InventoryItem", paper["inventory_item_id"], sku=paper["sku"], tracked=True,
                 inventoryLevels=_connection("InventoryLevel", levels))
    return _node("ProductVariant", paper["id"], title=paper["title"], sku=paper["sku"], price=paper["price"], barcode=paper["barcode"],
                 inventoryQuantity=paper["inventory_quantity"], inventoryItem=item)


def _quantities(number: int) -> Callable[[Mapping[str, Any]], list[dict[str, Any]]]:
    return lambda arguments: [{"__typename": "InventoryQuantity", "name": name, "quantity": number} for name in arguments.get("names", [])]
