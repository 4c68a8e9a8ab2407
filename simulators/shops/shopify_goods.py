"""The products of a Shopify shop, and how much of each there is at which location."""

from typing import Any

from simulators.shops.served import Asked
from simulators.shops.shopify_papers import product_paper, variant_paper
from simulators.shops.shopify_shipping import Wrong


class Goods:
    """`quantities` are the shop's, by sku, over all locations."""

    def __init__(self, quantities: dict[str, int], places: dict[int, str]) -> None:
        self._quantities = quantities
        self.places = places
        """Names of locations by number; the first is where new products are."""
        self.variants: dict[str, int] = {}
        """By sku; the number of a variant's inventory item is the next."""
        self.stocked: dict[tuple[int, int], int] = {}

    def add(self, number: int, sku: str, quantity: int) -> int:
        """A product with one variant: its number."""
        self.variants[sku] = number
        self._set(number + 1, next(iter(self.places)), quantity)
        return number

    def product_papers(self) -> list[dict[str, Any]]:
        """All products."""
        return [product_paper(number, sku, self._quantities[sku]) for sku, number in self.variants.items()]

    def location_papers(self) -> list[dict[str, Any]]:
        """All locations."""
        return [{"id": number, "name": name, "active": True, "country_code": "DE"} for number, name in self.places.items()]

    def available(self, item: int, place: int) -> int:
        """How much of an item there is at a location."""
        return self.stocked.get((item, place), 0)

    def locations(self, _asked: Asked, _body: Any) -> Any:
        """GET locations."""
        return {"locations": self.location_papers()}

    def levels(self, asked: Asked, _body: Any) -> Any:
        """GET inventory_levels."""
        items, places = (asked.get(name).split(",") for name in ("inventory_item_ids", "location_ids"))
        return {"inventory_levels": [self._level(item, place) for item, place in self.stocked if str(item) in items or str(place) in places]}

    def post_level(self, _asked: Asked, body: Any) -> Any:
        """POST inventory_levels/set or /adjust."""
        item, place = int(body["inventory_item_id"]), int(body["location_id"])
        if item - 1 not in self.variants.values() or place not in self.places:
            raise Wrong(404, "Not Found")
        before = self.available(item, place)
        self._set(item, place, int(body["available"]) if "available" in body else before + int(body["available_adjustment"]))
        return {"inventory_level": self._level(item, place)}

    def products(self, _asked: Asked, _body: Any) -> Any:
        """GET products."""
        return {"products": self.product_papers()}

    def variant(self, _asked: Asked, _body: Any, number: int) -> Any:
        """GET variants/<number>."""
        sku = next((sku for sku, one in self.variants.items() if one == number), None)
        if sku is None:
            raise Wrong(404, "Not Found")
        return {"variant": variant_paper(number, sku, self._quantities[sku])}

    def _level(self, item: int, place: int) -> dict[str, Any]:
        return {"inventory_item_id": item, "location_id": place, "available": self.available(item, place)}

    def _set(self, item: int, place: int, quantity: int) -> None:
        self.stocked[item, place] = quantity
        sku = next(sku for sku, number in self.variants.items() if number + 1 == item)
        self._quantities[sku] = sum(each for (one, _), each in self.stocked.items() if one == item)
