"""What is paid back for the orders of a WooCommerce shop, and what is written on them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from simulators.shops.served import Asked, Reply
from simulators.shops.woocommerce_pages import Wrong, invalid, is_true, missing, page
from simulators.shops.woocommerce_papers import note_paper, refund_paper

if TYPE_CHECKING:
    from simulators.shops.woocommerce import WooCommerceShop


class Refunds:
    """Of each order."""

    def __init__(self, shop: "WooCommerceShop") -> None:
        self._shop = shop

    def all(self, asked: Asked, _body: Any, number: int) -> Reply:
        """GET orders/<number>/refunds."""
        return page(asked, self._shop.refunds.get(self._shop.desk.known(number).ref, []))

    def one(self, _asked: Asked, _body: Any, number: int, wanted: int) -> Any:
        """GET orders/<number>/refunds/<number>."""
        return _by_id(self._shop.refunds.get(self._shop.desk.known(number).ref, []), wanted, "woocommerce_rest_shop_order_refund_invalid_id", "Invalid order refund ID.")

    def post(self, _asked: Asked, body: Mapping[str, Any], number: int) -> Any:
        """POST orders/<number>/refunds."""
        order = self._shop.desk.known(number)
        lines = body.get("line_items") or []
        asked = body["amount"] if body.get("amount") else sum(float(one.get("refund_total") or 0) for one in lines)  # the lines say it where nobody else does
        cents = round(float(asked) * 100)
        if not 0 < cents <= order.total - order.refunded:
            raise Wrong(500, "woocommerce_rest_cannot_create_order_refund", "Invalid refund amount.")
        paper = {**refund_paper(self._shop.new_id(), body, self._shop.now(), self._shop.hours, cents), "parent_id": number}
        self._shop.refunds.setdefault(order.ref, []).append(paper)
        self._shop.touch(order.ref, refunded=order.refunded + cents)
        return paper

    def delete(self, asked: Asked, body: Any, number: int, wanted: int) -> Any:
        """DELETE orders/<number>/refunds/<number>: for good only."""
        paper, order = self.one(asked, body, number, wanted), self._shop.desk.known(number)
        _must_be_forced(asked, "The shop_order_refund does not support trashing.")
        self._shop.refunds[order.ref].remove(paper)
        self._shop.touch(order.ref, refunded=order.refunded - round(float(paper["amount"]) * 100))
        return paper


class Notes:
    """On each order."""

    def __init__(self, shop: "WooCommerceShop") -> None:
        self._shop = shop
        self._written: dict[str, list[dict[str, Any]]] = {}

    def all(self, asked: Asked, _body: Any, number: int) -> Any:
        """GET orders/<number>/notes: of one `type`, or any."""
        kind = asked.get("type", "any")
        if kind not in ("any", "customer", "internal"):
            raise invalid("type", "type is not one of any, customer, and internal.")
        return [one for one in self._written.get(self._shop.desk.known(number).ref, [])[::-1] if kind == "any" or one["customer_note"] == (kind == "customer")]

    def one(self, asked: Asked, body: Any, number: int, wanted: int) -> Any:
        """GET orders/<number>/notes/<number>."""
        return _by_id(self.all(asked, body, number), wanted, "woocommerce_rest_invalid_id", "Invalid resource ID.")

    def post(self, _asked: Asked, body: Mapping[str, Any], number: int) -> Any:
        """POST orders/<number>/notes."""
        order = self._shop.desk.known(number)
        if not body.get("note"):
            raise missing("note")
        paper = note_paper(self._shop.new_id(), str(body["note"]), self._shop.now(), hours=self._shop.hours, is_for_customer=is_true(body.get("customer_note", "")))
        self._written.setdefault(order.ref, []).append(paper)
        return paper

    def delete(self, asked: Asked, body: Any, number: int, wanted: int) -> Any:
        """DELETE orders/<number>/notes/<number>."""
        paper = self.one(asked, body, number, wanted)
        _must_be_forced(asked, "Webhooks do not support trashing.")
        self._written[str(number)].remove(paper)
        return paper


def _must_be_forced(asked: Asked, words: str) -> None:
    """In WooCommerce's own words: of notes as well it speaks as of webhooks."""
    if not is_true(asked.get("force")):
        raise Wrong(501, "woocommerce_rest_trash_not_supported", words)


def _by_id(papers: list[dict[str, Any]], number: int, code: str, words: str) -> dict[str, Any]:
    found = next((one for one in papers if one["id"] == number), None)
    if found is None:
        raise Wrong(404, code, words)
    return found
