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
                removed: Mapping[str, int], sent: Mapping[str, int], variants: Mapping[str, int], fulfillments: list[Any], refunds: list[Any], changed: Mapping[str, Any]) -> dict[str, Any]:
    """An order."""
    total = amount(order.total, places)
    gone = sum(line.paid * removed.get(line.ref, 0) // line.quantity for line in order.lines)
    kept, goods, off, way = (amount(one, places) for one in (order.total - gone, order.goods, order.off, order.postage))
    first, _, last = (order.buyer or order.address.get("name", "")).partition(" ")
    return {
        "id": int(order.ref), "admin_graphql_api_id": f"gid://shopify/Order/{order.ref}", "name": f"#{order.ref}",
        "order_number": int(order.ref), "created_at": stamp(order.placed_at, hours), "updated_at": stamp(order.changed_at, hours),
        "processed_at": stamp(order.placed_at, hours), "closed_at": None, "test": False,
        "cancelled_at": stamp(order.changed_at, hours) if order.is_cancelled else None,
        "cancel_reason": "other" if order.is_cancelled else None, "currency": currency, "total_price": total, "current_total_price": kept,
        "subtotal_price": amount(order.goods - order.off, places), "total_tax": amount(0, places), "taxes_included": True, "financial_status": payment,
        "fulfillment_status": fulfilment, "payment_gateway_names": ["shopify_payments"], "email": "buyer@example.com", "phone": None,
        "note": order.note or None, "tags": "", "note_attributes": [], "source_name": "web", "presentment_currency": currency, "confirmed": True,
        "contact_email": "buyer@example.com", "total_discounts": off, "total_line_items_price": goods, "total_weight": 0,
        "discount_codes": [{"code": "AUTUMN", "amount": off, "type": "fixed_amount"}] if order.off else [], "tax_lines": [], "location_id": None, "customer_locale": "en", "number": int(order.ref) - 1_000,
        **{f"{name}_set": _set(told, currency) for name, told in (
            ("total_price", total), ("current_total_price", kept), ("subtotal_price", amount(order.goods - order.off, places)), ("total_tax", amount(0, places)),
            ("total_shipping_price", way), ("total_discounts", off))},
        "customer": {"id": 7, "first_name": first, "last_name": last},
        "line_items": [_line(line, places, removed.get(line.ref, 0), sent.get(line.ref, 0), variants.get(line.item), currency=currency) for line in order.lines],
        "shipping_address": _address(order.address) if order.address else None, "billing_address": _address(order.address),
        "shipping_lines": [{"id": 1, "title": "Standard", "code": "Standard", "source": "shopify", "price": way, "discounted_price": way, "discount_allocations": [],
                            "tax_lines": []}], "fulfillments": fulfillments, "refunds": refunds, **changed}


def _set(told: str, currency: str) -> dict[str, Any]:
    """In the shop's money and in the customer's, which are the same here."""
    money = {"amount": told, "currency_code": currency}
    return {"shop_money": money, "presentment_money": money}


def _line(line: ShopLine, places: int, removed: int, sent: int, variant: int | None, *, currency: str) -> dict[str, Any]:
    off = amount(line.off, places)
    return {
        "id": int(line.ref), "admin_graphql_api_id": f"gid://shopify/LineItem/{line.ref}", "variant_id": variant, "title": line.name,
        "name": line.name, "quantity": line.quantity, "current_quantity": line.quantity - removed, "sku": line.item,
        "price": amount(line.price, places), "total_discount": amount(0, places), "requires_shipping": True, "gift_card": False,
        "taxable": True, "properties": [], "tax_lines": [],
        "discount_allocations": [{"amount": off, "amount_set": _set(off, currency), "discount_application_index": 0}] if line.off else [], "grams": 0, "vendor": "A shop", "product_exists": variant is not None,
        "product_id": variant + 2 if variant else None, "fulfillment_service": "manual", "fulfillable_quantity": line.quantity - removed - sent,
        "fulfillment_status": "fulfilled" if sent >= line.quantity - removed else "partial" if sent else None}


def _address(told: Mapping[str, str]) -> dict[str, Any]:
    first, _, last = told.get("name", "").partition(" ")
    return {
        "first_name": first, "last_name": last, "name": told.get("name", ""), "company": None, "address1": told.get("street", ""),
        "address2": told.get("district") or None, "city": told.get("city", ""), "province": told.get("state", ""), "province_code": None,
        "zip": told.get("postcode", ""), "country": None, "country_code": told.get("country", ""), "phone": told.get("phone") or None}


def variant_paper(number: int, sku: str, quantity: int, at: str, changed: Mapping[str, Any]) -> dict[str, Any]:
    """A variant; the number of its inventory item lies beside its own."""
    return {"id": number, "product_id": number + 2, "title": "Default Title", "sku": sku, "price": "19.90", "compare_at_price": None, "barcode": None,
            "position": 1, "inventory_policy": "deny", "option1": "Default Title", "option2": None, "option3": None, "taxable": True, "grams": 0,
            "weight": 0.0, "weight_unit": "kg", "requires_shipping": True, "image_id": None, "inventory_item_id": number + 1, "fulfillment_service": "manual",
            "inventory_management": "shopify", "inventory_quantity": quantity, "old_inventory_quantity": quantity, "created_at": at, "updated_at": at,
            "admin_graphql_api_id": f"gid://shopify/ProductVariant/{number}", **changed}


def product_paper(number: int, variant: Mapping[str, Any], at: str, changed: Mapping[str, Any]) -> dict[str, Any]:
    """A product with its one variant."""
    sku = str(variant["sku"])
    return {"id": number + 2, "title": f"{sku} of the shop", "body_html": None, "vendor": "A shop", "product_type": "", "handle": sku.lower(),
            "status": "active", "published_scope": "global", "tags": "", "template_suffix": None, "created_at": at, "updated_at": at, "published_at": at,
            "admin_graphql_api_id": f"gid://shopify/Product/{number + 2}", "variants": [variant], "images": [], "image": None,
            "options": [{"id": number + 3, "product_id": number + 2, "name": "Title", "position": 1, "values": ["Default Title"]}], **changed}
