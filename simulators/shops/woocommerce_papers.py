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
                refunds: list[dict[str, Any]], billing: Mapping[str, str]) -> dict[str, Any]:
    """An order, in view context; what is left out of what a site writes is without meaning for whoever ships."""
    address, paid = _address(order.address), order.placed_at if order.is_paid else None
    done = order.changed_at if status == "completed" else None
    return {
        "id": int(order.ref), "parent_id": 0, "number": order.ref, "order_key": f"wc_order_{order.ref}", "created_via": "checkout",
        "version": "9.8.5", "status": status, "currency": currency,
        "date_created": stamp(order.placed_at, hours), "date_created_gmt": stamp(order.placed_at),
        "date_modified": stamp(order.changed_at, hours), "date_modified_gmt": stamp(order.changed_at),
        "discount_total": amount(order.off), "discount_tax": "0.00", "shipping_total": amount(order.postage), "shipping_tax": "0.00", "cart_tax": "0.00",
        "total": amount(order.total), "total_tax": "0.00", "currency_symbol": currency, "payment_url": "", "is_editable": status in ("pending", "on-hold"),
        "needs_payment": status in ("pending", "failed"), "needs_processing": True, "cart_hash": "", "transaction_id": "", "customer_ip_address": "",
        "customer_user_agent": "", "payment_method_title": "Card",
        "prices_include_tax": False, "customer_id": 0, "customer_note": order.note,
        "billing": {**address, "email": "buyer@example.com", **billing}, "shipping": address,
        "payment_method": "stripe", "date_paid": stamp(paid, hours) if paid else None, "date_paid_gmt": stamp(paid) if paid else None,
        "date_completed": stamp(done, hours) if done else None, "date_completed_gmt": stamp(done) if done else None,
        "meta_data": [{"id": number, "key": key, "value": value} for number, (key, value) in enumerate(meta.items(), 1)],
        "line_items": [_line(line) for line in order.lines],
        "tax_lines": [], "shipping_lines": [{**_shipping(order.delivery), "total": amount(order.postage)}],
        "fee_lines": [], "coupon_lines": [{"id": 2, "code": "autumn", "discount": amount(order.off), "discount_tax": "0.00", "meta_data": []}] if order.off else [],
        "refunds": [{"id": one["id"], "reason": one["reason"], "total": f"-{one['amount']}"} for one in refunds]}


_FREE: Mapping[str, Any] = {"instance_id": "1", "total": "0.00", "total_tax": "0.00", "taxes": [], "meta_data": []}


def _shipping(way: str) -> dict[str, Any]:
    """A pickup is a way of shipping like others, by the method's name: its older one, or that of the block checkout."""
    if way == "ship":
        return {"id": 1, "method_title": "Flat rate", "method_id": "flat_rate", **_FREE}
    return {"id": 1, "method_title": "Local pickup", "method_id": way, **_FREE}


def _line(line: Any) -> dict[str, Any]:
    return {
        "id": int(line.ref), "name": line.name, "product_id": 93, "variation_id": 0, "quantity": line.quantity, "tax_class": "",
        "subtotal": amount(line.price * line.quantity), "subtotal_tax": "0.00", "total": amount(line.paid),
        "total_tax": "0.00", "taxes": [], "meta_data": [], "sku": line.item, "price": line.paid / line.quantity / 100, "parent_name": None,
        "image": {"id": "", "src": ""}}


def _address(told: Mapping[str, str]) -> dict[str, str]:
    first, _, last = told.get("name", "").partition(" ")
    return {
        "first_name": first, "last_name": last, "company": "", "address_1": told.get("street", ""),
        "address_2": told.get("district", ""), "city": told.get("city", ""), "state": told.get("state", ""),
        "postcode": told.get("postcode", ""), "country": told.get("country", ""), "phone": told.get("phone", "")}


def product_paper(number: int, sku: str, quantity: int, *, parent: int, variations: list[int], changed: Mapping[str, Any]) -> dict[str, Any]:
    """A product, or a variation of one."""
    kind = "variation" if parent else "variable" if variations else "simple"
    price = str(changed.get("regular_price", "19.90"))
    return {
        "id": number, "name": sku, "slug": sku.lower(), "permalink": "", "type": kind, "status": "publish", "featured": False, "catalog_visibility": "visible",
        "description": "", "short_description": "", "sku": sku, "price": price, "regular_price": price, "sale_price": "", "on_sale": False, "purchasable": True,
        "virtual": False, "downloadable": False, "tax_status": "taxable", "tax_class": "", "manage_stock": True, "stock_quantity": quantity,
        "backorders": "no", "backorders_allowed": False, "backordered": False, "stock_status": "instock" if quantity > 0 else "outofstock", "weight": "",
        "dimensions": {"length": "", "width": "", "height": ""}, "parent_id": parent, "categories": [], "tags": [], "images": [], "attributes": [],
        "variations": variations, "meta_data": [], **changed}


def note_paper(number: int, words: str, at: int, *, hours: int, is_for_customer: bool) -> dict[str, Any]:
    """What somebody wrote on an order."""
    return {"id": number, "author": "system", "date_created": stamp(at, hours), "date_created_gmt": stamp(at), "note": words, "customer_note": is_for_customer}


def refund_paper(number: int, asked: Mapping[str, Any], at: int, hours: int, cents: int) -> dict[str, Any]:
    """What was paid back: of a line with its quantity below nothing, and whose it is in a note."""
    return {
        "id": number, "parent_id": 0, "date_created": stamp(at, hours), "date_created_gmt": stamp(at), "amount": amount(cents),
        "reason": str(asked.get("reason", "")), "refunded_by": 1, "refunded_payment": bool(asked.get("api_refund", True)), "meta_data": [],
        "shipping_lines": [], "tax_lines": [], "fee_lines": [],
        "line_items": [{"id": number * 100 + place, "quantity": -int(line.get("quantity", 0)), "total": "0.00", "meta_data": [
            {"id": 1, "key": "_refunded_item_id", "value": str(line["id"])}]} for place, line in enumerate(asked.get("line_items", []), 1)]}
