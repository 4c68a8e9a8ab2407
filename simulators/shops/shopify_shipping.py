"""How a Shopify shop has orders shipped: each is cut into fulfilment orders of one location, and fulfilments ship of them."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from simulators.shops.shop import ShopLine, ShopOrder


class Wrong(Exception):
    """The shop's no: status, and what stands under `errors`."""


class Shipping:
    """`location_of` a line is where it is shipped from; lines not in it go from the first."""

    def __init__(self, first_location: int) -> None:
        self._first_location = first_location
        self.location_of: dict[str, int] = {}
        self.removed = Counter[str]()
        self.on_hold: set[str] = set()
        self.made: dict[str, list[dict[str, Any]]] = defaultdict(list)
        """By order."""

    def sent(self, ref: str) -> Counter[str]:
        """How much of each line has been shipped."""
        sent = Counter[str]()
        for one in self.made[ref]:
            sent.update({str(line["id"]): line["quantity"] for line in one["line_items"] if one["status"] == "success"})
        return sent

    def status(self, order: ShopOrder) -> str | None:
        """As the order shows it."""
        sent = self.sent(order.ref)
        if not sent.total():
            return "restocked" if order.is_cancelled else None
        return "partial" if any(sent[line.ref] < line.quantity - self.removed[line.ref] for line in order.lines) else "fulfilled"

    def orders(self, order: ShopOrder) -> list[dict[str, Any]]:
        """The fulfilment orders of an order."""
        places: dict[int, list[ShopLine]] = defaultdict(list)
        for line in order.lines:
            places[self.location_of.get(line.ref, self._first_location)].append(line)
        return [self._order(order, number, place, lines) for number, (place, lines) in enumerate(sorted(places.items()), 1)]

    def _order(self, order: ShopOrder, number: int, place: int, lines: Sequence[ShopLine]) -> dict[str, Any]:
        sent = self.sent(order.ref)
        papers = [{"id": int(line.ref) * 10, "line_item_id": int(line.ref), "quantity": line.quantity - self.removed[line.ref],
                   "fulfillable_quantity": 0 if order.is_cancelled else line.quantity - self.removed[line.ref] - sent[line.ref]} for line in lines]
        is_open = any(one["fulfillable_quantity"] for one in papers)
        status = ("on_hold" if order.ref in self.on_hold else "open") if is_open else "cancelled" if order.is_cancelled else "closed"
        return {"id": int(order.ref) * 10 + number, "order_id": int(order.ref), "assigned_location_id": place, "status": status,
                "request_status": "unsubmitted", "line_items": papers}

    def ship(self, order: ShopOrder, asked: Mapping[str, Any], number: int) -> dict[str, Any]:
        """A fulfilment of fulfilment orders of this order, all of one location."""
        known = {one["id"]: one for one in self.orders(order)}
        wanted = [(known.get(int(one["fulfillment_order_id"])), one) for one in asked["line_items_by_fulfillment_order"]]
        lines: list[tuple[int, int]] = []
        for one, told in wanted:
            if one is None or one["status"] != "open":
                raise Wrong(422, ["Fulfillment order does not exist or is not open."])
            lines += _quantities(one, told.get("fulfillment_order_line_items"))
        if len({one["assigned_location_id"] for one, _ in wanted if one}) > 1:
            raise Wrong(422, ["All fulfillment orders must be assigned to the same location."])
        tracking = asked.get("tracking_info") or {}
        return self.note(order.ref, number, tracking.get("number") or "", tracking.get("company") or "", dict(lines))

    def note(self, ref: str, number: int, tracking: str, carrier: str, lines: Mapping[Any, int]) -> dict[str, Any]:
        """A fulfilment that has been made."""
        paper = {
            "id": number, "order_id": int(ref), "status": "success", "service": "manual", "tracking_number": tracking or None,
            "tracking_numbers": [tracking] if tracking else [], "tracking_company": carrier or None,
            "line_items": [{"id": int(line), "quantity": quantity} for line, quantity in lines.items()]}
        self.made[ref].append(paper)
        return paper


def _quantities(order: Mapping[str, Any], told: Sequence[Mapping[str, Any]] | None) -> list[tuple[int, int]]:
    """Without lines all that is left of it."""
    known = {one["id"]: one for one in order["line_items"]}
    wanted = [(int(one["id"]), int(one["quantity"])) for one in told] if told else [
        (one["id"], one["fulfillable_quantity"]) for one in order["line_items"] if one["fulfillable_quantity"]]
    if any(number not in known or not 0 < quantity <= known[number]["fulfillable_quantity"] for number, quantity in wanted):
        raise Wrong(422, ["Invalid fulfillment order line item quantity requested."])
    return [(known[number]["line_item_id"], quantity) for number, quantity in wanted]
