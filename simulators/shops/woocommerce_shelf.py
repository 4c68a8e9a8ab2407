"""The products of a WooCommerce shop: each changed at its own address, variations at their product's."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from simulators.shops.served import Asked, Reply
from simulators.shops.woocommerce_pages import Wrong, invalid, is_true, numbers, only, page, several
from simulators.shops.woocommerce_papers import product_paper

_BATCH_MAX = 100
_ELSEWHERE = "To manipulate product variations you should use the /products/&lt;product_id&gt;/variations/&lt;id&gt; endpoint."
_KEPT = ("name", "regular_price", "description", "short_description", "status", "weight", "meta_data", "backorders")


class Shelf:
    """`quantities` are the shop's, by sku; `new_id` gives a number for a new product."""

    def __init__(self, quantities: dict[str, int], new_id: Callable[[], int]) -> None:
        self._quantities, self._new_id = quantities, new_id
        self.products: dict[int, tuple[str, int]] = {}
        """(sku, number of the product of which it is a variation, or 0) by number."""
        self._changed: dict[int, dict[str, Any]] = {}

    def add(self, number: int, sku: str, quantity: int, parent: int) -> int:
        """Its number."""
        self.products[number], self._quantities[sku] = (sku, parent), quantity
        return number

    def found(self, skus: str) -> list[dict[str, Any]]:
        """By sku, several with commas between them: also variations; without one only products."""
        wanted = {skus, *skus.split(",")}
        return [self.paper(number) for number, (sku, parent) in self.products.items() if (sku in wanted if skus else not parent)]

    def paper(self, number: int) -> dict[str, Any]:
        """A product as the shop writes it."""
        sku, parent = self.products[number]
        return product_paper(number, sku, self._quantities[sku], parent=parent, changed=self._changed.get(number, {}),
                             variations=[one for one, (_, of) in self.products.items() if of == number])

    def all(self, asked: Asked, _body: Any) -> Reply:
        """GET products."""
        include, exclude, search = numbers(asked, "include"), numbers(asked, "exclude"), asked.get("search").lower()
        found = [one for one in self.found(asked.get("sku")) if (not include or one["id"] in include) and one["id"] not in exclude
                 and search in f"{one['name']} {one['sku']}".lower() and all(one[name] in several(asked, name) for name in ("type", "status", "stock_status")
                                                                              if asked.get(name, "any") != "any")]
        return page(asked, found)

    def one(self, asked: Asked, _body: Any, number: int) -> Any:
        """GET products/<number>: a variation is shown there as well."""
        if number not in self.products:
            raise Wrong(404, "woocommerce_rest_product_invalid_id", "Invalid ID.")
        return only(asked, self.paper(number))

    def post(self, _asked: Asked, body: Mapping[str, Any]) -> dict[str, Any]:
        """POST products."""
        sku, number = str(body.get("sku") or ""), self._new_id()
        if sku in self._quantities:
            raise Wrong(400, "product_invalid_sku", "Invalid or duplicated SKU.", {"resource_id": number, "unique_sku": f"{sku}-1"})
        self.add(number, sku or f"no-{number}", int(body.get("stock_quantity") or 0), 0)
        return self._stocked(0, number, body)

    def delete(self, asked: Asked, body: Any, number: int) -> Any:
        """DELETE products/<number>."""
        paper = self.one(asked, body, number)
        if is_true(asked.get("force")):
            self._quantities.pop(self.products.pop(number)[0])
            return paper
        self._changed.setdefault(number, {})["status"] = "trash"
        return self.paper(number)

    def variations(self, asked: Asked, _body: Any, parent: int) -> Reply:
        """GET products/<number>/variations."""
        self.one(asked, {}, parent)
        return page(asked, [self.paper(number) for number, (_, of) in self.products.items() if of == parent])

    def delete_variation(self, asked: Asked, _body: Any, parent: int, number: int) -> Any:
        """DELETE products/<number>/variations/<number>: for good only."""
        if not is_true(asked.get("force")):
            raise Wrong(501, "woocommerce_rest_trash_not_supported", "The product_variation does not support trashing.")
        return self._gone(parent, number)

    def _gone(self, parent: int, number: int) -> Any:
        if self.products.get(number, ("", 0))[1] != parent:
            raise Wrong(404, "woocommerce_rest_product_variation_invalid_id", "Invalid ID.")
        paper = self.paper(number)
        self._quantities.pop(self.products.pop(number)[0])
        return paper

    def variation(self, asked: Asked, _body: Any, parent: int, number: int) -> Any:
        """GET products/<number>/variations/<number>."""
        if self.products.get(number, ("", 0))[1] != parent:
            raise Wrong(404, "woocommerce_rest_product_variation_invalid_id", "Invalid ID.")
        return only(asked, self.paper(number))

    def put(self, _asked: Asked, body: Mapping[str, Any], number: int) -> dict[str, Any]:
        """How much there is of a product, and what is written on it."""
        return self._stocked(0, number, body)

    def put_variation(self, _asked: Asked, body: Mapping[str, Any], parent: int, number: int) -> dict[str, Any]:
        """How much there is of a variation."""
        return self._stocked(parent, number, body)

    def post_variation(self, asked: Asked, body: Mapping[str, Any], parent: int) -> dict[str, Any]:
        """POST products/<number>/variations."""
        self.one(Asked("GET", asked.path, [], {}, b"", asked.address), {}, parent)
        sku, number = str(body.get("sku") or ""), self._new_id()
        if sku in self._quantities:
            raise Wrong(400, "product_invalid_sku", "Invalid or duplicated SKU.", {"resource_id": number, "unique_sku": f"{sku}-1"})
        self.add(number, sku or f"no-{number}", int(body.get("stock_quantity") or 0), parent)
        return self._stocked(parent, number, body)

    def batch(self, asked: Asked, body: Mapping[str, Any]) -> dict[str, Any]:
        """Several products."""
        forced = Asked(asked.method, asked.path, [("force", "true")], {}, b"", asked.address)
        return batch(body, create=lambda one: self.post(asked, one), update=lambda one: self._stocked(0, int(one["id"]), one),
                     delete=lambda number: self.delete(forced, {}, number))

    def batch_variations(self, asked: Asked, body: Mapping[str, Any], parent: int) -> dict[str, Any]:
        """Several variations of one product."""
        return batch(body, create=lambda one: self.post_variation(asked, one, parent), update=lambda one: self._stocked(parent, int(one["id"]), one),
                     delete=lambda number: self._gone(parent, number))

    def _stocked(self, parent: int, number: int, body: Mapping[str, Any]) -> dict[str, Any]:
        if number not in self.products:
            raise Wrong(400, "woocommerce_rest_product_invalid_id", "Invalid ID.")
        if self.products[number][1] != parent:
            raise Wrong(404, "woocommerce_rest_invalid_product_id", _ELSEWHERE)
        if body.get("manage_stock", True) and body.get("stock_quantity") is not None:
            try:
                self._quantities[self.products[number][0]] = int(body["stock_quantity"])
            except (TypeError, ValueError) as error:
                raise invalid("stock_quantity", "stock_quantity is not of type integer.", "rest_invalid_type") from error
        self._changed.setdefault(number, {}).update({name: body[name] for name in _KEPT if name in body})
        return self.paper(number)


def batch(body: Mapping[str, Any], *, update: Callable[[Mapping[str, Any]], Any], create: Callable[[Mapping[str, Any]], Any] | None = None,
          delete: Callable[[int], Any] | None = None) -> dict[str, Any]:
    """Each by itself: one that is refused stops no other."""
    if sum(len(body.get(name) or []) for name in ("create", "update", "delete")) > _BATCH_MAX:
        raise Wrong(413, "woocommerce_rest_request_entity_too_large", f"Unable to accept more than {_BATCH_MAX} items for this request.")
    ways: Iterator[tuple[str, Any]] = ((name, way) for name, way in (("create", create), ("update", update), ("delete", delete)) if way and name in body)
    return {name: [_tried(way, one) for one in body[name]] for name, way in ways}


def _tried(change: Callable[[Any], Any], one: Any) -> Any:
    try:
        return change(one)
    except Wrong as wrong:
        status, code, words, *more = wrong.args
        return {"id": one.get("id", 0) if isinstance(one, dict) else one,
                "error": {"code": code, "message": words, "data": {"status": status, **(more[0] if more else {})}}}
