"""The products of a Shopify shop, and how much of each there is at which location."""

from collections.abc import Callable, Mapping
from typing import Any

from simulators.shops.served import Asked, Reply
from simulators.shops.shop import packed
from simulators.shops.shopify_pages import numbers, only, page
from simulators.shops.shopify_papers import product_paper, stamp, variant_paper
from simulators.shops.shopify_shipping import Wrong

_OF_PRODUCT = ("title", "body_html", "vendor", "product_type", "status", "tags")
_OF_VARIANT = ("price", "compare_at_price", "barcode", "title", "sku")


class Goods:
    """`quantities` are the shop's, by sku, over all locations; `now` is its clock, `new_id` gives a number for a new variant."""

    def __init__(self, quantities: dict[str, int], places: dict[int, str], now: Callable[[], int], new_id: Callable[[], int]) -> None:
        self._quantities, self._now, self._new_id, self._at = quantities, now, new_id, stamp(now())
        self.places = places
        """Names of locations by number; the first is where new products are."""
        self.variants: dict[str, int] = {}
        """By sku; the number of a variant's inventory item is the next, and that of its product the one after."""
        self.stocked: dict[tuple[int, int], int] = {}
        self._changed: dict[int, dict[str, Any]] = {}

    def add(self, number: int, sku: str, quantity: int) -> int:
        """A product with one variant: its number."""
        self.variants[sku] = number
        self.set(number + 1, next(iter(self.places)), quantity)
        return number

    def product_papers(self) -> list[dict[str, Any]]:
        """All products."""
        return [product_paper(number, self._variant(number), self._at, self._changed.get(number + 2, {})) for number in self.variants.values()]

    def location_papers(self) -> list[dict[str, Any]]:
        """All locations."""
        return [{"id": number, "name": name, "active": True, "address1": None, "address2": None, "city": None, "zip": None, "province": None, "phone": None,
                 "country": "DE", "country_code": "DE", "country_name": "Germany", "legacy": False, "created_at": self._at, "updated_at": self._at,
                 "admin_graphql_api_id": f"gid://shopify/Location/{number}"} for number, name in self.places.items()]

    def available(self, item: int, place: int) -> int:
        """How much of an item there is at a location."""
        return self.stocked.get((item, place), 0)

    def set(self, item: int, place: int, quantity: int) -> None:
        """So much there is of an item at a location."""
        if item - 1 not in self.variants.values() or place not in self.places:
            raise Wrong(404, "Not Found")
        self.stocked[item, place] = quantity
        sku = next(sku for sku, number in self.variants.items() if number + 1 == item)
        self._quantities[sku] = sum(each for (one, _), each in self.stocked.items() if one == item)

    def locations(self, _asked: Asked, _body: Any) -> Any:
        """GET locations."""
        return {"locations": self.location_papers()}

    def location(self, _asked: Asked, _body: Any, number: int) -> Any:
        """GET locations/<number>."""
        return {"location": _by_id(self.location_papers(), number)}

    def count_locations(self, _asked: Asked, _body: Any) -> Any:
        """GET locations/count."""
        return {"count": len(self.places)}

    def levels(self, asked: Asked, _body: Any) -> Any:
        """GET inventory_levels: of these items, at these locations, or both."""
        items, places = (numbers(asked.get(name), name) for name in ("inventory_item_ids", "location_ids"))
        if not items and not places:
            raise Wrong(422, {"base": ["At least one of inventory_item_ids and location_ids is needed"]})
        return {"inventory_levels": [self._level(item, place) for item, place in self.stocked
                                     if (not items or item in items) and (not places or place in places)]}

    def levels_at(self, _asked: Asked, _body: Any, number: int) -> Any:
        """GET locations/<number>/inventory_levels."""
        return {"inventory_levels": [self._level(item, place) for item, place in self.stocked if place == number]}

    def post_level(self, _asked: Asked, body: Any) -> Any:
        """POST inventory_levels/set, /adjust or /connect."""
        item, place = int(body["inventory_item_id"]), int(body["location_id"])
        before = self.available(item, place)
        self.set(item, place, int(body["available"]) if "available" in body else before + int(body.get("available_adjustment", 0)))
        return {"inventory_level": self._level(item, place)}

    def products(self, asked: Asked, _body: Any) -> Reply:
        """GET products."""
        shown, headers = page(asked, self._found, latest_first=False)
        return Reply(200, packed({"products": [only(asked, one) for one in shown]}), headers=headers)

    def count_products(self, asked: Asked, _body: Any) -> Any:
        """GET products/count."""
        return {"count": len(self._found(dict(asked.query)))}

    def product(self, asked: Asked, _body: Any, number: int) -> Any:
        """GET products/<number>."""
        return {"product": only(asked, _by_id(self.product_papers(), number))}

    def put_product(self, asked: Asked, body: Any, number: int) -> Any:
        """PUT products/<number>."""
        _by_id(self.product_papers(), number)
        self._keep(number, body["product"], _OF_PRODUCT)
        return self.product(asked, body, number)

    def post_product(self, asked: Asked, body: Any) -> Any:
        """POST products: with one variant, known by its sku."""
        told = body["product"]
        variant, *others = told.get("variants") or [{}]
        if not told.get("title"):
            raise Wrong(422, {"title": ["can't be blank"]})
        if others:
            raise Wrong(422, {"base": ["This shop is played and has one variant of each product."]})
        number = self._new_id()
        sku = str(variant.get("sku") or f"no-{number}")
        if sku in self.variants:
            raise Wrong(422, {"base": ["This shop is played and has each SKU once."]})
        self.add(number, sku, int(variant.get("inventory_quantity") or 0))
        self._keep(number, {**variant, "sku": sku}, _OF_VARIANT)
        self._keep(number + 2, told, _OF_PRODUCT)
        return self.product(asked, body, number + 2)

    def delete_product(self, _asked: Asked, _body: Any, number: int) -> Any:
        """DELETE products/<number>: with its variant, and what there is of it."""
        paper = _by_id(self.product_papers(), number)
        for one in paper["variants"]:
            sku = next(sku for sku, each in self.variants.items() if each == one["id"])
            del self.variants[sku]
            self._quantities.pop(sku, None)
            self.stocked = {key: quantity for key, quantity in self.stocked.items() if key[0] != one["inventory_item_id"]}
        return {}

    def of_product(self, asked: Asked, body: Any, number: int) -> Any:
        """GET products/<number>/variants."""
        return {"variants": self.product(asked, body, number)["product"]["variants"]}

    def count_of_product(self, asked: Asked, body: Any, number: int) -> Any:
        """GET products/<number>/variants/count."""
        return {"count": len(self.of_product(asked, body, number)["variants"])}

    def variant(self, asked: Asked, _body: Any, number: int) -> Any:
        """GET variants/<number>."""
        return {"variant": only(asked, self._known(number))}

    def put_variant(self, asked: Asked, body: Any, number: int) -> Any:
        """PUT variants/<number>; how much there is of it is set at a location only."""
        self._known(number)
        self._keep(number, body["variant"], _OF_VARIANT)
        return self.variant(asked, body, number)

    def items(self, asked: Asked, _body: Any) -> Any:
        """GET inventory_items."""
        wanted = numbers(asked.get("ids"), "ids")
        if not wanted:
            raise Wrong(422, {"ids": ["can't be blank"]})
        return {"inventory_items": [self._item(number) for number in self.variants.values() if number + 1 in wanted]}

    def item(self, _asked: Asked, _body: Any, number: int) -> Any:
        """GET inventory_items/<number>."""
        self._known(number - 1)
        return {"inventory_item": self._item(number - 1)}

    def _found(self, query: Mapping[str, str]) -> list[dict[str, Any]]:
        ids, statuses = numbers(query.get("ids", ""), "ids"), query.get("status", "").split(",") if query.get("status") else ()
        after = max(numbers(query.get("since_id", ""), "since_id"), default=0)
        return [one for one in self.product_papers() if (not ids or one["id"] in ids) and one["id"] > after and (not statuses or one["status"] in statuses)
                and all(one[name] == query[name] for name in ("title", "handle", "vendor", "product_type") if query.get(name))]

    def _variant(self, number: int) -> dict[str, Any]:
        sku = next(sku for sku, one in self.variants.items() if one == number)
        return variant_paper(number, sku, self._quantities[sku], self._at, self._changed.get(number, {}))

    def _known(self, number: int) -> dict[str, Any]:
        if number not in self.variants.values():
            raise Wrong(404, "Not Found")
        return self._variant(number)

    def _item(self, number: int) -> dict[str, Any]:
        return {"id": number + 1, "sku": self._variant(number)["sku"], "tracked": True, "cost": None, "requires_shipping": True, "country_code_of_origin": None,
                "created_at": self._at, "updated_at": self._at, "admin_graphql_api_id": f"gid://shopify/InventoryItem/{number + 1}"}

    def _keep(self, number: int, told: Mapping[str, Any], names: tuple[str, ...]) -> None:
        self._changed.setdefault(number, {}).update({name: told[name] for name in names if name in told})

    def _level(self, item: int, place: int) -> dict[str, Any]:
        return {"inventory_item_id": item, "location_id": place, "available": self.available(item, place), "updated_at": stamp(self._now()),
                "admin_graphql_api_id": f"gid://shopify/InventoryLevel/{place}?inventory_item_id={item}"}


def _by_id(papers: list[dict[str, Any]], number: int) -> dict[str, Any]:
    found = next((one for one in papers if one["id"] == number), None)
    if found is None:
        raise Wrong(404, "Not Found")
    return found
