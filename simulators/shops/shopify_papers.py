"""How Shopify writes orders and what belongs to them, in REST."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from simulators.shops.shop import ShopLine, ShopOrder


def stamp(at: int, hours: int = 0) -> str:
    """A time as it writes it: whole seconds, with the zone of the shop."""
    told = datetime.fromtimestamp(at // 1000, UTC).astimezone(timezone(timedelta(hours=hours)))
    return told.isoformat()


def amount(minor: int, places: int) -> str:
    """An amount with so many places."""
    whole, part = divmod(abs(minor), 10**places)
    return f"{'-' if minor < 0 else ''}{whole}" + (f".{part:0{places}d}" if places else "")


def order_paper(order: ShopOrder, *, payment: str, fulfilment: str | None, hours: int, currency: str, places: int,
                removed: Mapping[str, int], variants: Mapping[str, int], fulfillments: list[Any], refunds: list[Any]) -> dict[str, Any]:
    """An order."""
    total = amount(order.total, places)
    kept = amount(sum(line.price * (line.quantity - removed.get(line.ref, 0)) for line in order.lines), places)
    first, _, last = (order.buyer or order.address.get("name", "")).partition(" ")
    return {
        "id": int(order.ref), "admin_graphql_api_id": f"gid://shopify/Order/{order.ref}", "name": f"#{order.ref}",
        "order_number": int(order.ref), "created_at": stamp(order.placed_at, hours), "updated_at": stamp(order.changed_at, hours),
        "processed_at": stamp(order.placed_at, hours), "closed_at": None, "test": False,
        "cancelled_at": stamp(order.changed_at, hours) if order.is_cancelled else None,
        "cancel_reason": "other" if order.is_cancelled else None, "currency": currency, "total_price": total, "current_total_price": kept,
        "subtotal_price": total, "total_tax": amount(0, places), "taxes_included": True, "financial_status": payment,
        "fulfillment_status": fulfilment, "payment_gateway_names": ["shopify_payments"], "email": "buyer@example.com", "phone": None,
        "note": order.note or None, "tags": "",
        "customer": {"id": 7, "first_name": first, "last_name": last},
        "line_items": [_line(line, places, removed.get(line.ref, 0), variants.get(line.item)) for line in order.lines],
        "shipping_address": _address(order.address) if order.address else None, "billing_address": _address(order.address),
        "shipping_lines": [{"id": 1, "title": "Standard", "price": amount(0, places)}], "fulfillments": fulfillments, "refunds": refunds}


def _line(line: ShopLine, places: int, removed: int, variant: int | None) -> dict[str, Any]:
    return {
        "id": int(line.ref), "admin_graphql_api_id": f"gid://shopify/LineItem/{line.ref}", "variant_id": variant, "title": line.name,
        "name": line.name, "quantity": line.quantity, "current_quantity": line.quantity - removed, "sku": line.item,
        "price": amount(line.price, places), "total_discount": amount(0, places), "requires_shipping": True, "gift_card": False,
        "taxable": True, "properties": [], "tax_lines": []}


def _address(told: Mapping[str, str]) -> dict[str, Any]:
    first, _, last = told.get("name", "").partition(" ")
    return {
        "first_name": first, "last_name": last, "name": told.get("name", ""), "company": None, "address1": told.get("street", ""),
        "address2": told.get("district") or None, "city": told.get("city", ""), "province": told.get("state", ""), "province_code": None,
        "zip": told.get("postcode", ""), "country": None, "country_code": told.get("country", ""), "phone": told.get("phone") or None}


def variant_paper(number: int, sku: str, quantity: int) -> dict[str, Any]:
    """A variant; the number of its inventory item lies beside its own."""
    return {"id": number, "product_id": number + 2, "title": "Default Title", "sku": sku, "price": "19.90", "barcode": None,
            "inventory_item_id": number + 1, "inventory_management": "shopify", "inventory_quantity": quantity}


def product_paper(number: int, sku: str, quantity: int) -> dict[str, Any]:
    """A product with its one variant."""
    return {"id": number + 2, "title": f"{sku} of the shop", "handle": sku.lower(), "status": "active",
            "variants": [variant_paper(number, sku, quantity)]}
