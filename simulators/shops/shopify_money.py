"""What was paid for the orders of a Shopify shop, and what is paid back, as its REST interface shows it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from simulators.shops.served import Asked
from simulators.shops.shop import ShopOrder
from simulators.shops.shopify_papers import amount, stamp
from simulators.shops.shopify_shipping import Wrong

if TYPE_CHECKING:
    from simulators.shops.shopify import ShopifyShop

_GATEWAY = "shopify_payments"


class Money:
    """Each order was paid in one payment; its number follows from the order's."""

    def __init__(self, shop: "ShopifyShop") -> None:
        self._shop = shop

    def refunds(self, _asked: Asked, _body: Any, number: int) -> Any:
        """GET orders/<number>/refunds."""
        return {"refunds": self._shop.refunds.get(self._shop.desk.known(number).ref, [])}

    def refund(self, asked: Asked, body: Any, number: int, wanted: int) -> Any:
        """GET orders/<number>/refunds/<number>."""
        return {"refund": _by_id(self.refunds(asked, body, number)["refunds"], wanted)}

    def transactions(self, _asked: Asked, _body: Any, number: int) -> Any:
        """GET orders/<number>/transactions."""
        order = self._shop.desk.known(number)
        paid = [self._transaction(order, number * 7, self.written(order.total), order.placed_at)] if order.is_paid else []
        return {"transactions": paid + [one for refund in self._shop.refunds.get(order.ref, []) for one in refund["transactions"]]}

    def transaction(self, asked: Asked, body: Any, number: int, wanted: int) -> Any:
        """GET orders/<number>/transactions/<number>."""
        return {"transaction": _by_id(self.transactions(asked, body, number)["transactions"], wanted)}

    def count(self, asked: Asked, body: Any, number: int) -> Any:
        """GET orders/<number>/transactions/count."""
        return {"count": len(self.transactions(asked, body, number)["transactions"])}

    def calculate(self, _asked: Asked, body: Any, number: int) -> Any:
        """POST orders/<number>/refunds/calculate: what could be paid back, and what these lines cost."""
        order = self._shop.desk.known(number)
        lines = self._lines(order, (body.get("refund") or {}).get("refund_line_items") or [])
        left = (order.total if order.is_paid else 0) - order.refunded
        wanted = min(left, sum(one["quantity"] * self._price(order, one["line_item_id"]) for one in lines))
        return {"refund": {"currency": self._shop.currency, "shipping": {"amount": self.written(0), "tax": self.written(0), "maximum_refundable": self.written(0)},
                           "refund_line_items": lines, "transactions": [{
                               "order_id": number, "kind": "suggested_refund", "gateway": _GATEWAY, "parent_id": number * 7, "amount": self.written(wanted),
                               "currency": self._shop.currency, "maximum_refundable": self.written(left)}]}}

    def post_refund(self, _asked: Asked, body: Any, number: int) -> Any:
        """POST orders/<number>/refunds."""
        order, asked = self._shop.desk.known(number), body["refund"]
        paid_back = asked.get("transactions") or []
        paid = sum(round(float(one["amount"]) * 10**self._shop.places) for one in paid_back)
        if any(one["kind"] != "refund" or int(one["parent_id"]) != number * 7 for one in paid_back) or not 0 <= paid <= order.total - order.refunded:
            raise Wrong(422, {"base": ["Refund amount is invalid"]})
        lines = self._lines(order, asked.get("refund_line_items") or [])
        transactions = [self._transaction(order, self._shop.new_id(), str(one["amount"]), self._shop.now(), parent=number * 7) for one in paid_back]
        paper = {"id": self._shop.new_id(), "order_id": number, "note": asked.get("note"), "user_id": None, "restock": False, "duties": [],
                 "order_adjustments": [], "refund_line_items": lines, "transactions": transactions,
                 "created_at": stamp(self._shop.now(), self._shop.hours), "processed_at": stamp(self._shop.now(), self._shop.hours)}
        self._shop.refunds.setdefault(order.ref, []).append(paper)
        for one in lines:
            self._shop.shipping.removed[str(one["line_item_id"])] += one["quantity"]
        self._shop.change(order.ref, refunded=order.refunded + paid)
        return {"refund": paper}

    def written(self, minor: int) -> str:
        """As an amount of the shop's money."""
        return amount(minor, self._shop.places)

    def _lines(self, order: ShopOrder, asked: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
        known = {line.ref: line for line in order.lines}
        for one in asked:
            line = known.get(str(one["line_item_id"]))
            if line is None or not 0 < int(one["quantity"]) <= line.quantity - self._shop.shipping.removed[line.ref]:
                raise Wrong(422, {"base": ["Refund line items are invalid"]})
        return [{"id": self._shop.new_id(), "line_item_id": int(one["line_item_id"]), "quantity": int(one["quantity"]),
                 "restock_type": one.get("restock_type", "no_restock"), "location_id": one.get("location_id"), "total_tax": self.written(0),
                 "subtotal": self.written(int(one["quantity"]) * self._price(order, one["line_item_id"]))} for one in asked]

    def _transaction(self, order: ShopOrder, number: int, paid: str, at: int, *, parent: int | None = None) -> dict[str, Any]:
        return {"id": number, "admin_graphql_api_id": f"gid://shopify/OrderTransaction/{number}", "order_id": int(order.ref), "kind": "refund" if parent else "sale",
                "gateway": _GATEWAY, "status": "success", "message": None, "created_at": stamp(at, self._shop.hours), "test": False,
                "parent_id": parent, "amount": paid, "currency": self._shop.currency, "error_code": None}

    def _price(self, order: ShopOrder, line: Any) -> int:
        return next(one.paid // one.quantity for one in order.lines if one.ref == str(line))


def _by_id(papers: list[Any], number: int) -> Any:
    found = next((one for one in papers if one["id"] == number), None)
    if found is None:
        raise Wrong(404, "Not Found")
    return found
