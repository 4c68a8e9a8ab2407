"""The orders of a WooCommerce shop, as its REST interface shows and changes them."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from simulators.shops.served import UNASKED, Asked, Reply
from simulators.shops.shop import CHANGED_SCHEMA, DUPLICATED, HALF_A_PAGE, OUT_OF_ORDER, ShopOrder, ShopParcel
from simulators.shops.woocommerce_pages import Wrong, invalid, is_true, numbers, only, page, several, site_time
from simulators.shops.woocommerce_papers import stamp
from simulators.shops.woocommerce_shelf import batch

if TYPE_CHECKING:
    from simulators.shops.woocommerce import WooCommerceShop

STATUSES = ("pending", "processing", "on-hold", "completed", "cancelled", "refunded", "failed", "checkout-draft")
_ORDER_BY: Mapping[str, Callable[[ShopOrder], Any]] = {
    "date": lambda one: one.placed_at, "id": lambda _: 0, "include": lambda _: 0, "title": lambda _: 0, "slug": lambda _: 0,
    "modified": lambda one: one.changed_at}
_PLACES = {"address_1": "street", "address_2": "district", "city": "city", "state": "state", "postcode": "postcode", "country": "country", "phone": "phone"}


class Orders:
    """What is asked and told of orders."""

    def __init__(self, shop: "WooCommerceShop") -> None:
        self._shop = shop

    def known(self, number: int) -> ShopOrder:
        """The order of this number."""
        if str(number) not in self._shop.orders:
            raise Wrong(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")
        return self._shop.orders[str(number)]

    def all(self, asked: Asked, _body: Any) -> Reply:
        """GET orders."""
        key = _ORDER_BY.get(asked.get("orderby", "date"))
        if key is None:
            raise invalid("orderby", f"orderby is not one of {', '.join(_ORDER_BY)}.")
        if asked.get("order", "desc") not in ("asc", "desc"):
            raise invalid("order", "order is not one of asc and desc.")
        is_meant = self._filter(asked)
        found = sorted((one for one in self._shop.orders.values() if is_meant(one)), key=lambda one: (key(one), int(one.ref)),
                       reverse=asked.get("order", "desc") == "desc")
        return page(asked, found, self._shop.paper, self._faulty)

    def one(self, asked: Asked, _body: Any, number: int) -> Any:
        """GET orders/<number>."""
        paper = only(asked, self._shop.paper(self.known(number)))
        return {"order": paper} if self._shop.fails(CHANGED_SCHEMA) else paper

    def post(self, _asked: Asked, body: Mapping[str, Any]) -> Any:
        """POST orders: somebody at the shop writes an order."""
        status = self._status(body)
        skus = {number: sku for number, (sku, _) in self._shop.shelf.products.items()}
        lines = [(str(one.get("sku") or skus.get(one.get("variation_id") or one.get("product_id")) or one.get("name") or ""), int(one.get("quantity", 1)))
                 for one in body.get("line_items") or []]
        if any(not item for item, _ in lines):
            raise Wrong(400, "woocommerce_rest_required_product_reference", "Product ID or SKU is required.")
        order = self._shop.place(lines, is_paid=is_true(body.get("set_paid", "")) or status in ("processing", "completed"), note=str(body.get("customer_note", "")))
        return self.put(_asked, {**body, "status": status or ("processing" if order.is_paid else "pending")}, int(order.ref))

    def put(self, _asked: Asked, body: Mapping[str, Any], number: int) -> Any:
        """PUT orders/<number>."""
        ref, status = self.known(number).ref, self._status(body)
        if any(not isinstance(one, dict) or not one.get("key") for one in body.get("meta_data") or []):
            raise invalid("meta_data", "meta_data[0][key] is not of type string.", "rest_invalid_type")
        for note in body.get("meta_data") or []:
            self._shop.note(ref, note["key"], note.get("value"))
            self._note_parcel(ref, note.get("value"))
        if "customer_id" in body:
            self._shop.people.whose[ref] = self._customer(body["customer_id"])
        self._shop.billing.setdefault(ref, {}).update(body.get("billing") or {})
        if is_true(body.get("set_paid", "")) and not self._shop.orders[ref].is_paid:
            self._shop.pay(ref)
        if changes := self._changes(self._shop.orders[ref], body):
            self._shop.touch(ref, **changes)
        if status:
            self._shop.set_status(ref, status)
        elif body and not changes:
            self._shop.touch(ref)
        return self._shop.paper(self._shop.orders[ref])

    def delete(self, asked: Asked, _body: Any, number: int) -> Any:
        """DELETE orders/<number>: into the bin, or for good."""
        return self._thrown(number, is_forced=is_true(asked.get("force")))

    def batch(self, asked: Asked, body: Mapping[str, Any]) -> Any:
        """POST orders/batch."""
        return batch(body, create=lambda one: self.post(asked, one), update=lambda one: self.put(asked, one, int(one["id"])),
                     delete=lambda number: self._thrown(number, is_forced=True))

    def _thrown(self, number: int, *, is_forced: bool) -> Any:
        order = self.known(number)
        if is_forced:
            paper = self._shop.paper(order)
            self._shop.delete(order.ref)
            return paper
        if self._shop.status(order) == "trash":
            raise Wrong(410, "woocommerce_rest_already_trashed", "The order has already been deleted.")
        paper = self._shop.paper(self._shop.set_status(order.ref, "trash"))
        self._shop.gone(order.ref)
        return paper

    def _status(self, body: Mapping[str, Any]) -> str:
        status = body.get("status") or ""
        if status and status not in STATUSES:
            raise invalid("status", f"status is not one of {', '.join(STATUSES)}.")
        return str(status)

    def _customer(self, number: Any) -> int:
        """0 is a guest."""
        if number:
            try:
                self._shop.people.one(UNASKED, {}, int(number))
            except Wrong as wrong:
                raise Wrong(400, "woocommerce_rest_invalid_customer_id", "Customer ID is invalid.") from wrong
        return int(number or 0)

    def _changes(self, order: ShopOrder, body: Mapping[str, Any]) -> dict[str, Any]:
        told, changes = body.get("shipping") or {}, dict[str, Any]()
        if told:
            first, _, last = order.address.get("name", "").partition(" ")
            name = f"{told.get('first_name', first)} {told.get('last_name', last)}".strip()
            changes["address"] = {**order.address, "name": name, **{ours: str(told[theirs]) for theirs, ours in _PLACES.items() if theirs in told}}
        if "customer_note" in body:
            changes["note"] = str(body["customer_note"])
        return changes

    def _note_parcel(self, ref: str, value: Any) -> None:
        """As a plugin would that shows tracking numbers: the order's status does not follow from them."""
        if isinstance(value, dict) and value.get("tracking_number"):
            status = self._shop.status(self._shop.orders[ref])
            self._shop.told_shipped(ref, ShopParcel(value["tracking_number"], value.get("carrier", ""), value.get("lines", {})))
            self._shop.statuses[ref] = status

    def _filter(self, asked: Asked) -> Callable[[ShopOrder], bool]:
        """Whether an order is asked for."""
        statuses = several(asked, "status") or ["any"]
        if any(one not in (*STATUSES, "any", "trash") for one in statuses):
            raise invalid("status", f"status[0] is not one of any, trash, {', '.join(STATUSES)}.")
        include, exclude = numbers(asked, "include"), numbers(asked, "exclude")
        customer, product, search = asked.get("customer"), numbers(asked, "product"), asked.get("search").lower()
        hours = 0 if is_true(asked.get("dates_are_gmt")) else self._shop.hours
        edges = [(is_after, of, site_time(asked, name, self._shop.hours)) for name, is_after, of in (
            ("after", True, "placed_at"), ("before", False, "placed_at"), ("modified_after", True, "changed_at"), ("modified_before", False, "changed_at"))
            if asked.get(name)]

        def is_meant(order: ShopOrder) -> bool:
            status = self._shop.status(order)
            return ((status in statuses or ("any" in statuses and status != "trash"))
                    and (not include or int(order.ref) in include) and int(order.ref) not in exclude and customer in ("", str(self._shop.people.whose.get(order.ref, 0)))
                    and (not product or any(line.item == self._shop.shelf.products.get(one, ("",))[0] for one in product for line in order.lines))
                    and (not search or search in f"{order.ref} {order.address.get('name', '')} buyer@example.com".lower())
                    and all((stamp(getattr(order, of), hours) > told) if is_after else (stamp(getattr(order, of), hours) < told) for is_after, of, told in edges))
        return is_meant

    def _faulty(self, shown: list[Any]) -> Any:
        if shown and self._shop.fails(DUPLICATED):
            shown = [one for one in shown for _ in range(2)]
        if shown and self._shop.fails(OUT_OF_ORDER):
            shown.reverse()
        if shown and self._shop.fails(HALF_A_PAGE):
            shown = shown[:len(shown) // 2]
        return {"orders": shown} if shown and self._shop.fails(CHANGED_SCHEMA) else shown
