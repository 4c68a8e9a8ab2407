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
        sent, own = self.sent(order.ref), int(order.ref) * 10 + number
        papers = [{"id": int(line.ref) * 10, "shop_id": 1, "fulfillment_order_id": own, "line_item_id": int(line.ref),
                   "quantity": line.quantity - self.removed[line.ref],
                   "fulfillable_quantity": 0 if order.is_cancelled else line.quantity - self.removed[line.ref] - sent[line.ref]} for line in lines]
        is_open = any(one["fulfillable_quantity"] for one in papers)
        status = ("on_hold" if order.ref in self.on_hold else "open") if is_open else "cancelled" if order.is_cancelled else "closed"
        actions = {"open": ["create_fulfillment", "move", "hold"], "on_hold": ["release_hold"]}.get(status, [])
        return {"id": own, "shop_id": 1, "order_id": int(order.ref), "assigned_location_id": place, "status": status,
                "request_status": "unsubmitted", "supported_actions": actions, "merchant_requests": [], "fulfillment_holds": [],
                "fulfill_at": None, "fulfill_by": None, "line_items": papers}

    def ship(self, order: ShopOrder, asked: Mapping[str, Any], number: int) -> dict[str, Any]:
        """A fulfilment of fulfilment orders of this order, all of one location."""
        known = {one["id"]: one for one in self.orders(order)}
        wanted = [(known.get(int(one["fulfillment_order_id"])), one) for one in asked["line_items_by_fulfillment_order"]]
        lines: list[tuple[int, int]] = []
        for one, told in wanted:
            if one is None or one["status"] != "open":
                raise Wrong(422, ["Fulfillment order does not exist or is not open."])
            lines += _quantities(one, told.get("fulfillment_order_line_items"))
        places = {one["assigned_location_id"] for one, _ in wanted if one}
        if len(places) > 1:
            raise Wrong(422, ["All fulfillment orders must be assigned to the same location."])
        paper = self.note(order.ref, number, "", "", {str(line): quantity for line, quantity in lines}, lines=order.lines)
        paper["location_id"] = places.pop()
        return _tracked(paper, asked.get("tracking_info") or {})

    def note(self, ref: str, number: int, tracking: str, carrier: str, quantities: Mapping[str, int], *,
             lines: Sequence[ShopLine]) -> dict[str, Any]:
        """A fulfilment that has been made."""
        known = {line.ref: line for line in lines}
        paper = {
            "id": number, "admin_graphql_api_id": f"gid://shopify/Fulfillment/{number}", "order_id": int(ref), "status": "success", "service": "manual",
            "name": f"#{ref}.{len(self.made[ref]) + 1}", "location_id": self._first_location, "shipment_status": None, "receipt": {},
            "line_items": [{"id": int(line), "sku": known[line].item, "name": known[line].name, "title": known[line].name,
                            "variant_id": None, "requires_shipping": True, "quantity": quantity} for line, quantity in quantities.items() if line in known]}
        self.made[ref].append(_tracked(paper, {"number": tracking, "company": carrier}))
        return paper

    def found(self, number: int) -> dict[str, Any]:
        """The fulfilment of this number."""
        paper = next((one for made in self.made.values() for one in made if one["id"] == number), None)
        if paper is None:
            raise Wrong(404, "Not Found")
        return paper

    def track(self, number: int, told: Mapping[str, Any]) -> dict[str, Any]:
        """Another tracking number for a fulfilment."""
        return _tracked(self.found(number), told)

    def cancel(self, number: int) -> dict[str, Any]:
        """As if it had not left."""
        paper = self.found(number)
        if paper["status"] != "success":
            raise Wrong(422, {"base": ["Fulfillment is already cancelled."]})
        paper["status"] = "cancelled"
        return paper


def _tracked(paper: dict[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    number, url = told.get("number") or None, told.get("url") or None
    paper.update(tracking_number=number, tracking_numbers=told.get("numbers") or ([number] if number else []), tracking_company=told.get("company") or None,
                 tracking_url=url, tracking_urls=told.get("urls") or ([url] if url else []))
    return paper


def _quantities(order: Mapping[str, Any], told: Sequence[Mapping[str, Any]] | None) -> list[tuple[int, int]]:
    """Without lines all that is left of it."""
    known = {one["id"]: one for one in order["line_items"]}
    wanted = [(int(one["id"]), int(one["quantity"])) for one in told] if told else [
        (one["id"], one["fulfillable_quantity"]) for one in order["line_items"] if one["fulfillable_quantity"]]
    if any(number not in known or not 0 < quantity <= known[number]["fulfillable_quantity"] for number, quantity in wanted):
        raise Wrong(422, ["Invalid fulfillment order line item quantity requested."])
    return [(known[number]["line_item_id"], quantity) for number, quantity in wanted]
