"""What is asked and told of shipping at a Shopify shop: fulfilment orders, and the fulfilments that are made of them."""

from typing import TYPE_CHECKING, Any

from simulators.shops.served import Asked
from simulators.shops.shop import ShopOrder, ShopParcel
from simulators.shops.shopify_papers import stamp
from simulators.shops.shopify_shipping import Wrong

if TYPE_CHECKING:
    from simulators.shops.shopify import ShopifyShop


class Dispatch:
    """Routes of REST; the rules are those of `Shipping`."""

    def __init__(self, shop: "ShopifyShop") -> None:
        self._shop = shop

    def orders(self, _asked: Asked, _body: Any, number: int) -> Any:
        """GET orders/<number>/fulfillment_orders."""
        return {"fulfillment_orders": [self.paper(one, number) for one in self._shop.shipping.orders(self._shop.desk.known(number))]}

    def order(self, _asked: Asked, _body: Any, number: int) -> Any:
        """GET fulfillment_orders/<number>."""
        return {"fulfillment_order": self.paper(self._order(number), number // 10)}

    def hold(self, _asked: Asked, body: Any, number: int) -> Any:
        """POST fulfillment_orders/<number>/hold: nothing may leave for now."""
        if not (body.get("fulfillment_hold") or {}).get("reason"):
            raise Wrong(422, ["Reason can't be blank"])
        return self._held(number, is_held=True)

    def release(self, _asked: Asked, _body: Any, number: int) -> Any:
        """POST fulfillment_orders/<number>/release_hold."""
        return self._held(number, is_held=False)

    def places(self, _asked: Asked, _body: Any, number: int) -> Any:
        """GET fulfillment_orders/<number>/locations_for_move: all but where it is."""
        own = self._order(number)["assigned_location_id"]
        return {"locations_for_move": [{"location": {"id": place, "name": name}, "message": "Already assigned to this location" if place == own else "",
                                        "movable": place != own} for place, name in self._shop.goods.places.items()]}

    def move(self, _asked: Asked, body: Any, number: int) -> Any:
        """POST fulfillment_orders/<number>/move: it is shipped from another place."""
        before, place = self._order(number), int((body.get("fulfillment_order") or {}).get("new_location_id") or 0)
        if place not in self._shop.goods.places:
            raise Wrong(422, {"newLocationId": ["The location could not be found."]})
        if before["status"] != "open":
            raise Wrong(422, {"id": ["The fulfillment order is not in a state in which it can be moved."]})
        for line in before["line_items"]:
            self._shop.shipping.location_of[str(line["line_item_id"])] = place
        order = self._shop.change(str(before["order_id"]))
        moved = next(one for one in self._shop.shipping.orders(order) if one["assigned_location_id"] == place)
        return {"original_fulfillment_order": self.paper(before, number // 10), "moved_fulfillment_order": self.paper(moved, number // 10),
                "remaining_fulfillment_order": None}

    def of_order(self, _asked: Asked, _body: Any, number: int) -> Any:
        """GET fulfillment_orders/<number>/fulfillments."""
        lines = {one["line_item_id"] for one in self._order(number)["line_items"]}
        made = self._shop.shipping.made[str(number // 10)]
        return {"fulfillments": [one for one in made if lines & {line["id"] for line in one["line_items"]}]}

    def all(self, _asked: Asked, _body: Any, number: int) -> Any:
        """GET orders/<number>/fulfillments."""
        return {"fulfillments": self._shop.shipping.made[self._shop.desk.known(number).ref]}

    def count(self, _asked: Asked, _body: Any, number: int) -> Any:
        """GET orders/<number>/fulfillments/count."""
        return {"count": len(self._shop.shipping.made[self._shop.desk.known(number).ref])}

    def one(self, _asked: Asked, _body: Any, number: int, wanted: int) -> Any:
        """GET orders/<number>/fulfillments/<number>."""
        paper = self._shop.shipping.found(wanted)
        if paper["order_id"] != number:
            raise Wrong(404, "Not Found")
        return {"fulfillment": paper}

    def post(self, _asked: Asked, body: Any) -> Any:
        """POST fulfillments."""
        asked = body["fulfillment"]
        if not asked.get("line_items_by_fulfillment_order"):
            raise Wrong(422, ["Line items by fulfillment order can't be blank"])
        order = self._shop.desk.known(int(asked["line_items_by_fulfillment_order"][0]["fulfillment_order_id"]) // 10)
        paper = self._shop.shipping.ship(order, asked, self._shop.new_id())
        paper["created_at"] = paper["updated_at"] = stamp(self._shop.now(), self._shop.hours)
        self._parcels(order)
        return {"fulfillment": paper}

    def track(self, _asked: Asked, body: Any, number: int) -> Any:
        """POST fulfillments/<number>/update_tracking."""
        paper = self._shop.shipping.track(number, body["fulfillment"].get("tracking_info") or {})
        paper["updated_at"] = stamp(self._shop.now(), self._shop.hours)
        self._parcels(self._shop.desk.known(paper["order_id"]))
        return {"fulfillment": paper}

    def cancel(self, _asked: Asked, _body: Any, number: int) -> Any:
        """POST fulfillments/<number>/cancel."""
        paper = self._shop.shipping.cancel(number)
        self._parcels(self._shop.desk.known(paper["order_id"]))
        return {"fulfillment": paper}

    def _parcels(self, order: ShopOrder) -> None:
        """What has left of an order is what its fulfilments say."""
        made = [one for one in self._shop.shipping.made[order.ref] if one["status"] == "success"]
        self._shop.change(order.ref, parcels=tuple(ShopParcel(
            one["tracking_number"] or "", one["tracking_company"] or "", {str(line["id"]): line["quantity"] for line in one["line_items"]}) for one in made))

    def _held(self, number: int, *, is_held: bool) -> Any:
        order = self._order(number)
        if order["status"] != ("open" if is_held else "on_hold"):
            raise Wrong(422, ["Fulfillment order is not in a state in which that can be done."])
        (self._shop.shipping.on_hold.add if is_held else self._shop.shipping.on_hold.discard)(str(order["order_id"]))
        return {"fulfillment_order": self.paper(self._order(number), number // 10)}

    def _order(self, number: int) -> dict[str, Any]:
        found = [one for one in self._shop.shipping.orders(self._shop.desk.known(number // 10)) if one["id"] == number]
        if not found:
            raise Wrong(404, "Not Found")
        return found[0]

    def paper(self, told: dict[str, Any], number: int) -> dict[str, Any]:
        """With where it is shipped from and to."""
        order, place = self._shop.desk.known(number), told.get("assigned_location_id", 0)
        address = self._shop.paper(order)["shipping_address"]
        return {**told, "created_at": stamp(order.placed_at, self._shop.hours), "updated_at": stamp(order.changed_at, self._shop.hours),
                "destination": None if address is None else {"id": told["id"], **address, "email": None},
                "assigned_location": {"location_id": place, "name": self._shop.goods.places.get(place, ""), "country_code": "DE"}}
