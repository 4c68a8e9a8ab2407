"""What an order of Shopify says."""

from collections import Counter

from server.oms.channels.base import ChannelLine, ChannelOrder, Document, Stage
from server.oms.channels.discounts import of_the_rest
from server.oms.channels.reading import Part, order_part

_PAYMENTS = {
    "pending": Stage.UNPAID, "authorized": Stage.UNPAID, "partially_paid": Stage.UNPAID, "expired": Stage.UNPAID,
    "paid": Stage.PAID, "partially_refunded": Stage.PAID, "refunded": Stage.CANCELLED, "voided": Stage.CANCELLED,
}
_FULFILMENTS = ("", "unfulfilled", "partial", "fulfilled", "restocked")
_ON_DELIVERY = "cash on delivery"


def understood(document: Document, *, ships_authorized: bool = False) -> ChannelOrder:
    """The order in our words; `ships_authorized` is for shops that take the money when goods leave."""
    order = order_part(document)
    currency = order.text("currency")
    return ChannelOrder(
        ref=order.ref("id"), version=order.instant("updated_at"), stage=_stage(order, ships_authorized=ships_authorized),
        placed_at=order.instant("created_at"), lines=tuple(_lines(order, currency)), buyer=_buyer(order), ship_to=_ship_to(order),
        currency=currency, total=order.money("current_total_price" if order.has("current_total_price") else "total_price", currency),
        postage=_postage(order, currency),
        carrier=next((line.text("title", "") for line in order.parts("shipping_lines")), ""), note=order.text("note", ""))


def _stage(order: Part, *, ships_authorized: bool) -> Stage:
    """What has left has left, paid or not, unless all of it is called off."""
    payment, fulfilment = order.text("financial_status"), order.text("fulfillment_status", "")
    if payment not in _PAYMENTS:
        raise order.unknown("financial_status")
    if fulfilment not in _FULFILMENTS:
        raise order.unknown("fulfillment_status")
    if order.has("cancelled_at") or fulfilment == "restocked":
        return Stage.CANCELLED
    if fulfilment == "fulfilled":
        return Stage.SHIPPED
    is_as_good_as_paid = (payment == "authorized" and ships_authorized) or (payment == "pending" and _is_on_delivery(order))
    return Stage.PAID if is_as_good_as_paid else _PAYMENTS[payment]


def _is_on_delivery(order: Part) -> bool:
    return any(_ON_DELIVERY in name.lower().replace("_", " ") for name in order.texts("payment_gateway_names"))


def _lines(order: Part, currency: str) -> list[ChannelLine]:
    """A bundle comes as its parts; gift cards and files are not shipped; what was taken out again has no quantity left."""
    taken = _refunded(order)
    lines = []
    for line in order.parts("line_items"):
        ref = line.ref("id")
        quantity = line.whole("current_quantity") if line.has("current_quantity") else line.whole("quantity") - taken[ref]
        if quantity > 0 and line.flag("requires_shipping", default=True):
            lines.append(ChannelLine(ref=ref, item=_item(line), quantity=quantity, name=line.text("name", "") or line.text("title", ""),
                                     price=line.money("price", currency, "0"), paid=of_the_rest(_paid(order, line, currency), line.whole("quantity"), quantity)))
    return lines


def _paid(order: Part, line: Part, currency: str) -> int:
    """For all of a line as it was ordered: the discounts of the order are told of each line, as its own are."""
    return line.money("price", currency, "0") * line.whole("quantity") - _off(line, currency) + _tax(order, line, currency)


def _postage(order: Part, currency: str) -> int:
    """After its own discounts: the sum that the order tells is before them."""
    ways = [way for way in order.parts("shipping_lines") if not way.is_filled("is_removed")]
    if not ways:
        return max(order.part("total_shipping_price_set").part("shop_money").money("amount", currency, "0"), 0)
    return max(sum(way.money("price", currency, "0") - _off(way, currency) + _tax(order, way, currency) for way in ways), 0)


def _off(line: Part, currency: str) -> int:
    return sum(one.money("amount", currency, "0") for one in line.parts("discount_allocations"))


def _tax(order: Part, line: Part, currency: str) -> int:
    """What is to be paid beside the price, where prices are without tax."""
    return 0 if order.flag("taxes_included", default=True) else sum(one.money("price", currency, "0") for one in line.parts("tax_lines"))


def _refunded(order: Part) -> Counter[str]:
    taken = Counter[str]()
    for refund in order.parts("refunds"):
        for line in refund.parts("refund_line_items"):
            taken[line.text("line_item_id")] += line.whole("quantity")
    return taken


def _item(line: Part) -> str:
    item = line.text("sku", "").strip() or line.text("variant_id", "")
    if not item:
        raise line.gone("sku")
    return item


def _buyer(order: Part) -> str:
    customer = order.part("customer")
    name = " ".join(part for part in (customer.text("first_name", ""), customer.text("last_name", "")) if part)
    return name or order.text("email", "")


def _ship_to(order: Part) -> dict[str, str]:
    """Nothing when it is fetched, or not shipped at all."""
    if not order.has("shipping_address"):
        return {}
    told = order.part("shipping_address")
    name = told.text("name", "") or " ".join(part for part in (told.text("first_name", ""), told.text("last_name", "")) if part)
    return {
        "name": ", ".join(part for part in (name, told.text("company", "")) if part), "phone": told.text("phone", "") or order.text("phone", ""),
        "country": told.text("country_code", ""), "state": told.text("province", ""), "city": told.text("city", ""), "district": "",
        "street": ", ".join(part for part in (told.text("address1", ""), told.text("address2", "")) if part), "postcode": told.text("zip", "")}
