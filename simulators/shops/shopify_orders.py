"""The orders of a Shopify shop, as its REST interface shows and changes them."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from simulators.shops.served import Asked, Reply
from simulators.shops.shop import CHANGED_SCHEMA, DUPLICATED, HALF_A_PAGE, OUT_OF_ORDER, ShopOrder, packed
from simulators.shops.shopify_filters import meant
from simulators.shops.shopify_pages import only, page
from simulators.shops.shopify_shipping import Wrong

if TYPE_CHECKING:
    from simulators.shops.shopify import ShopifyShop

_REASONS = ("customer", "inventory", "fraud", "declined", "other", "staff")
_KEPT = ("tags", "email", "phone", "note_attributes")


class Orders:
    """What is asked and told of orders."""

    def __init__(self, shop: "ShopifyShop") -> None:
        self._shop = shop

    def known(self, number: Any) -> ShopOrder:
        """The order of this number."""
        if str(number) not in self._shop.orders:
            raise Wrong(404, "Not Found")
        return self._shop.orders[str(number)]

    def all(self, asked: Asked, _body: Any) -> Reply:
        """GET orders."""
        rows, headers = page(asked, self._found)
        papers = self._faulty([only(asked, self._shop.paper(one.order)) for one in rows])
        return Reply(200, packed({"order_list" if rows and self._shop.fails(CHANGED_SCHEMA) else "orders": papers}), headers=headers)

    def count(self, asked: Asked, _body: Any) -> Any:
        """GET orders/count."""
        return {"count": len(self._found(dict(asked.query)))}

    def one(self, asked: Asked, _body: Any, number: int) -> Any:
        """GET orders/<number>."""
        return {"data" if self._shop.fails(CHANGED_SCHEMA) else "order": only(asked, self._shop.paper(self.known(number)))}

    def post(self, _asked: Asked, body: Any) -> Reply:
        """POST orders: somebody at the shop writes an order."""
        told = body["order"]
        if not told.get("line_items"):
            raise Wrong(422, {"order": ["Line items must have at least one line item"]})
        skus = {number: sku for sku, number in self._shop.goods.variants.items()}
        lines = [(one.get("sku") or skus.get(one.get("variant_id")) or str(one.get("title", "")), int(one.get("quantity", 1))) for one in told["line_items"]]
        if any(not item or quantity < 1 for item, quantity in lines):
            raise Wrong(422, {"line_items": ["Title can't be blank"]})
        order = self._shop.place(lines, is_paid=told.get("financial_status", "paid") == "paid", note=told.get("note") or "")
        self._keep(order, told)
        return Reply(201, packed({"order": self._shop.paper(order)}))

    def put(self, _asked: Asked, body: Any, number: int) -> Any:
        """PUT orders/<number>."""
        order, told = self.known(number), body["order"]
        self._keep(order, told)
        return {"order": self._shop.paper(self._shop.change(order.ref, note=told["note"] or "" if "note" in told else order.note))}

    def delete(self, _asked: Asked, _body: Any, number: int) -> Any:
        """DELETE orders/<number>."""
        self._shop.delete(self.known(number).ref)
        return {}

    def close(self, _asked: Asked, _body: Any, number: int) -> Any:
        """POST orders/<number>/close: put away as done."""
        return {"order": self._shop.paper(self._shop.close_order(self.known(number).ref, is_closed=True))}

    def open(self, _asked: Asked, _body: Any, number: int) -> Any:
        """POST orders/<number>/open."""
        return {"order": self._shop.paper(self._shop.close_order(self.known(number).ref, is_closed=False))}

    def cancel(self, _asked: Asked, body: Any, number: int) -> Any:
        """POST orders/<number>/cancel: nothing of it may have left."""
        order, reason = self.known(number), body.get("reason") or "other"
        if reason not in _REASONS:
            raise Wrong(422, {"reason": ["is not included in the list"]})
        if order.is_cancelled or self._shop.shipping.sent(order.ref).total():
            raise Wrong(422, {"base": ["Cannot cancel an order that is cancelled or has fulfillments"]})
        self._shop.kept.setdefault(order.ref, {})["cancel_reason"] = reason
        return {"order": self._shop.paper(self._shop.change(order.ref, is_cancelled=True)), "notice": "Order has been canceled"}

    def _keep(self, order: ShopOrder, told: Mapping[str, Any]) -> None:
        self._shop.kept.setdefault(order.ref, {}).update({name: told[name] for name in _KEPT if name in told})

    def _found(self, query: Mapping[str, str]) -> "list[_Row]":
        is_meant = meant(query)
        return [row for row in (_Row(self._shop, one) for one in self._shop.orders.values()) if is_meant(row)]

    def _faulty(self, shown: list[Any]) -> list[Any]:
        if shown and self._shop.fails(DUPLICATED):
            shown = [one for one in shown for _ in range(2)]
        if shown and self._shop.fails(OUT_OF_ORDER):
            shown.reverse()
        return shown[:len(shown) // 2] if shown and self._shop.fails(HALF_A_PAGE) else shown


class _Row:
    """What an order is found by: nothing is worked out that is not asked, as there may be very many."""

    def __init__(self, shop: "ShopifyShop", order: ShopOrder) -> None:
        self._shop, self.order = shop, order

    def __getitem__(self, name: str) -> Any:
        return _READ[name](self._shop, self.order)


_READ: "Mapping[str, Callable[[ShopifyShop, ShopOrder], Any]]" = {
    "id": lambda _, one: int(one.ref), "name": lambda _, one: one.ref, "created_at": lambda _, one: one.placed_at // 1000,
    "processed_at": lambda _, one: one.placed_at // 1000, "updated_at": lambda _, one: one.changed_at // 1000,
    "cancelled_at": lambda _, one: one.is_cancelled, "closed_at": lambda shop, one: "closed_at" in shop.kept.get(one.ref, {}),
    "financial_status": lambda shop, one: shop.payment(one), "fulfillment_status": lambda shop, one: shop.shipping.status(one)}
