"""What an order of WooCommerce says."""

from collections import Counter
from collections.abc import Mapping

from server.oms.channels.base import ChannelLine, ChannelOrder, Document, Stage
from server.oms.channels.discounts import less, of_the_rest
from server.oms.channels.reading import Part, order_part

# "on-hold" waits for money (a bank transfer); a "failed" payment may be tried again; cash on delivery is "processing".
STAGES = {
    "checkout-draft": Stage.UNPAID, "pending": Stage.UNPAID, "on-hold": Stage.UNPAID, "failed": Stage.UNPAID,
    "processing": Stage.PAID, "completed": Stage.SHIPPED,
    "cancelled": Stage.CANCELLED, "refunded": Stage.CANCELLED, "trash": Stage.CANCELLED,
}
REFUNDED_ITEM = "_refunded_item_id"
_PICKUP = ("local_pickup", "pickup_location")
"""The customer collects: by the classic checkout's name and by that of blocks."""


def understood(document: Document, stages: Mapping[str, Stage] = STAGES) -> ChannelOrder:
    """The order in our words; dates without a zone are UTC because only those named _gmt are read."""
    order = order_part(document)
    status = order.text("status")
    if status not in stages:
        raise order.unknown("status")
    currency = order.text("currency")
    return ChannelOrder(
        ref=order.ref("id"), version=order.instant("date_modified_gmt"), stage=stages[status],
        placed_at=order.instant("date_created_gmt"), lines=less(_lines(order, currency), _order_discount(order, currency)), buyer=_name(order.part("billing")),
        ship_to=_ship_to(order), currency=currency, total=order.money("total", currency), carrier=_carrier(order),
        postage=max(order.money("shipping_total", currency, "0") + order.money("shipping_tax", currency, "0"), 0),
        note=order.text("customer_note", ""), is_collected=any(line.text("method_id", "") in _PICKUP for line in order.parts("shipping_lines")))


def _lines(order: Part, currency: str) -> list[ChannelLine]:
    taken = _refunded(order)
    lines = []
    for line in order.parts("line_items"):
        ref, ordered = line.ref("id"), line.whole("quantity")
        quantity = ordered - taken[ref]
        # A bundle's own line only holds its parts together; one with a number of its own may be a thing.
        if quantity > 0 and (line.text("sku", "") or not line.is_filled("bundled_items")):
            lines.append(ChannelLine(ref=ref, item=_item(line), quantity=quantity, name=line.text("name", ""),
                                     price=_price(line, ordered, currency), paid=of_the_rest(_with_tax(line, "total", currency), ordered, quantity)))
    return lines


def _refunded(order: Part) -> Counter[str]:
    """How much of each line was paid back: known where the refunds are told in full, as `pull` and `fetch` ask for them."""
    taken = Counter[str]()
    for refund in order.parts("refunds"):
        for line in refund.parts("line_items"):
            for note in line.parts("meta_data"):
                if note.text("key", "") == REFUNDED_ITEM:
                    taken[note.text("value")] += abs(line.whole("quantity"))
    return taken


def _item(line: Part) -> str:
    if sku := line.text("sku", "").strip():
        return sku
    number = line.text("variation_id", "0")
    number = line.text("product_id", "0") if number == "0" else number
    if number == "0":
        raise line.gone("sku")
    return number


def _price(line: Part, ordered: int, currency: str) -> int:
    """Of one before coupons, with tax."""
    whole = _with_tax(line, "subtotal" if line.has("subtotal") else "total", currency)
    return (2 * whole + ordered) // (2 * ordered)


def _with_tax(line: Part, name: str, currency: str) -> int:
    return line.money(name, currency) + line.money(f"{name}_tax", currency, "0")


def _order_discount(order: Part, currency: str) -> int:
    """Coupons are in the lines; what a shop takes off by hand is a fee below nothing."""
    return sum(max(-_with_tax(fee, "total", currency), 0) for fee in order.parts("fee_lines"))


def _ship_to(order: Part) -> dict[str, str]:
    """The shop leaves the second address empty when it is the first."""
    billing, shipping = order.part("billing"), order.part("shipping")
    told = shipping if any(shipping.text(name, "") for name in ("address_1", "city", "postcode")) else billing
    street = ", ".join(part for part in (told.text("address_1", ""), told.text("address_2", "")) if part)
    return {
        "name": _name(told) or _name(billing), "phone": told.text("phone", "") or billing.text("phone", ""),
        "country": told.text("country", ""), "state": told.text("state", ""), "city": told.text("city", ""), "district": "",
        "street": street, "postcode": told.text("postcode", "")}


def _name(address: Part) -> str:
    name = " ".join(part for part in (address.text("first_name", ""), address.text("last_name", "")) if part)
    return ", ".join(part for part in (name, address.text("company", "")) if part)


def _carrier(order: Part) -> str:
    return next((line.text("method_title", "") for line in order.parts("shipping_lines")), "")
