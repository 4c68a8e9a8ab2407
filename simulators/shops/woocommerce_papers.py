"""How WooCommerce writes orders, products and refunds."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from simulators.shops.shop import ShopOrder


def stamp(at: int, hours: int = 0) -> str:
    """A time as it writes it: whole seconds, no zone; in the site's own zone or as GMT."""
    return (datetime.fromtimestamp(at // 1000, UTC) + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%S")


def amount(cents: int) -> str:
    """An amount in the currency of the shop, with two places."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def order_paper(order: ShopOrder, status: str, *, hours: int, currency: str, meta: Mapping[str, Any],
                refunds: list[dict[str, Any]]) -> dict[str, Any]:
    """An order, in view context."""
    address = _address(order.address)
    return {
        "id": int(order.ref), "parent_id": 0, "number": order.ref, "order_key": f"wc_order_{order.ref}", "created_via": "checkout",
        "version": "9.8.5", "status": status, "currency": currency,
        "date_created": stamp(order.placed_at, hours), "date_created_gmt": stamp(order.placed_at),
        "date_modified": stamp(order.changed_at, hours), "date_modified_gmt": stamp(order.changed_at),
        "discount_total": "0.00", "shipping_total": "0.00", "total": amount(order.total), "total_tax": "0.00",
        "prices_include_tax": False, "customer_id": 0, "customer_note": order.note,
        "billing": {**address, "email": "buyer@example.com"}, "shipping": address,
        "payment_method": "stripe", "date_paid_gmt": stamp(order.placed_at) if order.is_paid else None,
        "meta_data": [{"id": number, "key": key, "value": value} for number, (key, value) in enumerate(meta.items(), 1)],
        "line_items": [_line(line) for line in order.lines],
        "tax_lines": [], "shipping_lines": [_shipping(order.delivery)],
        "fee_lines": [], "coupon_lines": [],
        "refunds": [{"id": one["id"], "reason": one["reason"], "total": f"-{one['amount']}"} for one in refunds]}


def _shipping(way: str) -> dict[str, Any]:
    """A pickup is a way of shipping like others, by the method's name: its older one, or that of the block checkout."""
    if way == "ship":
        return {"id": 1, "method_title": "Flat rate", "method_id": "flat_rate", "total": "0.00"}
    return {"id": 1, "method_title": "Local pickup", "method_id": way, "total": "0.00"}


def _line(line: Any) -> dict[str, Any]:
    return {
        "id": int(line.ref), "name": line.name, "product_id": 93, "variation_id": 0, "quantity": line.quantity, "tax_class": "",
        "subtotal": amount(line.price * line.quantity), "subtotal_tax": "0.00", "total": amount(line.price * line.quantity),
        "total_tax": "0.00", "taxes": [], "meta_data": [], "sku": line.item, "price": line.price / 100}


def _address(told: Mapping[str, str]) -> dict[str, str]:
    first, _, last = told.get("name", "").partition(" ")
    return {
        "first_name": first, "last_name": last, "company": "", "address_1": told.get("street", ""),
        "address_2": told.get("district", ""), "city": told.get("city", ""), "state": told.get("state", ""),
        "postcode": told.get("postcode", ""), "country": told.get("country", ""), "phone": told.get("phone", "")}


def product_paper(number: int, sku: str, quantity: int, parent: int) -> dict[str, Any]:
    """A product, or a variation of one."""
    return {
        "id": number, "name": sku, "type": "variation" if parent else "simple", "status": "publish", "sku": sku,
        "manage_stock": True, "stock_quantity": quantity, "stock_status": "instock" if quantity > 0 else "outofstock", "parent_id": parent}


def refund_paper(number: int, asked: Mapping[str, Any], at: int) -> dict[str, Any]:
    """What was paid back: of a line with its quantity below nothing, and whose it is in a note."""
    return {
        "id": number, "date_created_gmt": stamp(at), "amount": str(asked["amount"]), "reason": str(asked.get("reason", "")),
        "refunded_by": 1, "refunded_payment": bool(asked.get("api_refund", True)), "meta_data": [],
        "line_items": [{"id": number * 100 + place, "quantity": -int(line.get("quantity", 0)), "total": "0.00", "meta_data": [
            {"id": 1, "key": "_refunded_item_id", "value": str(line["id"])}]} for place, line in enumerate(asked.get("line_items", []), 1)]}
