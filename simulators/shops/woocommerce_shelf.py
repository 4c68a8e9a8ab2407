"""The products of a WooCommerce shop: each changed at its own address, variations at their product's."""

from collections.abc import Callable, Mapping
from typing import Any

from simulators.shops.served import Asked
from simulators.shops.woocommerce_papers import product_paper

_BATCH_MAX = 100
_ELSEWHERE = "To manipulate product variations you should use the /products/&lt;product_id&gt;/variations/&lt;id&gt; endpoint."


class Wrong(Exception):
    """The shop's no: status, code, words."""


class Shelf:
    """`quantities` are the shop's, by sku."""

    def __init__(self, quantities: dict[str, int]) -> None:
        self._quantities = quantities
        self.products: dict[int, tuple[str, int]] = {}
        """(sku, number of the product of which it is a variation, or 0) by number."""

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
        return product_paper(number, sku, self._quantities[sku], parent)

    def put(self, _asked: Asked, body: Mapping[str, Any], number: int) -> dict[str, Any]:
        """How much there is of a product."""
        return self._stocked(0, number, body)

    def put_variation(self, _asked: Asked, body: Mapping[str, Any], parent: int, number: int) -> dict[str, Any]:
        """How much there is of a variation."""
        return self._stocked(parent, number, body)

    def batch(self, _asked: Asked, body: Mapping[str, Any]) -> dict[str, Any]:
        """Several products."""
        return batch(lambda one: self._stocked(0, int(one["id"]), one), body)

    def batch_variations(self, _asked: Asked, body: Mapping[str, Any], parent: int) -> dict[str, Any]:
        """Several variations of one product."""
        return batch(lambda one: self._stocked(parent, int(one["id"]), one), body)

    def _stocked(self, parent: int, number: int, body: Mapping[str, Any]) -> dict[str, Any]:
        if number not in self.products:
            raise Wrong(400, "woocommerce_rest_product_invalid_id", "Invalid ID.")
        if self.products[number][1] != parent:
            raise Wrong(404, "woocommerce_rest_invalid_product_id", _ELSEWHERE)
        if body.get("manage_stock", True) and "stock_quantity" in body:
            self._quantities[self.products[number][0]] = int(body["stock_quantity"])
        return self.paper(number)


def batch(change: Callable[[Mapping[str, Any]], Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """Each by itself: one that is refused stops no other."""
    if len(body.get("update", [])) > _BATCH_MAX:
        raise Wrong(413, "woocommerce_rest_request_entity_too_large", f"Unable to accept more than {_BATCH_MAX} items for this request.")
    return {"update": [_tried(change, one) for one in body.get("update", [])]}


def _tried(change: Callable[[Mapping[str, Any]], Any], one: Mapping[str, Any]) -> Any:
    try:
        return change(one)
    except Wrong as wrong:
        status, code, words = wrong.args
        return {"id": one["id"], "error": {"code": code, "message": words, "data": {"status": status}}}
