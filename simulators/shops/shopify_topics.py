"""What a Shopify shop tells of under which topic: one change of an order may be news of several kinds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simulators.shops.shop import ShopOrder
from simulators.shops.shopify_topic_words import TOPIC_WORDS

if TYPE_CHECKING:
    from simulators.shops.shopify import ShopifyShop

News = list[tuple[str, Mapping[str, Any]]]
"""Topics, each with what is told under it."""
TOPICS = frozenset(f"{noun}/{word}" for noun, words in TOPIC_WORDS.items() for word in words.split())
_IN_REST = {one.replace("/", "_").upper(): one for one in TOPICS}


def in_rest(word: str) -> str:
    """ORDERS_CREATE is orders/create; some nouns are of several words."""
    return _IN_REST.get(word, word)


@dataclass(frozen=True)
class _Known:
    """What was told of an order before."""

    is_paid: bool = False
    is_cancelled: bool = False
    shipped: str | None = None
    fulfillments: Mapping[int, tuple[Any, ...]] = field(default_factory=dict)
    refunds: int = 0


class Topics:
    """Of all orders of a shop."""

    def __init__(self, shop: "ShopifyShop") -> None:
        self._shop = shop
        self._known: dict[str, _Known] = {}

    def news(self, order: ShopOrder) -> News:
        """What is new of an order, the order itself first."""
        with self._shop.lock:
            if order.ref not in self._shop.orders:
                return []
            before, is_new = self._known.get(order.ref, _Known()), order.changed_at == order.placed_at
            now = _Known(order.is_paid) if is_new else self._now(order)
            self._known[order.ref] = now
            if not self._shop.subscriptions.papers():
                return []
            shipped = now.shipped if now.shipped != before.shipped else None
            wanted = {"orders/create": is_new, "orders/updated": not is_new, "orders/paid": now.is_paid and not before.is_paid,
                      "orders/cancelled": now.is_cancelled and not before.is_cancelled, "orders/partially_fulfilled": shipped == "partial", "orders/fulfilled": shipped == "fulfilled"}
            paper = self._shop.paper(order)
            told: News = [(topic, paper) for topic, is_so in wanted.items() if is_so]
            return told + self._parts(order, before, now)

    def _now(self, order: ShopOrder) -> _Known:
        made = {one["id"]: (one["status"], one["shipment_status"], *one["tracking_numbers"]) for one in self._shop.shipping.made[order.ref]}
        return _Known(order.is_paid, order.is_cancelled, self._shop.shipping.status(order), made, len(self._shop.refunds.get(order.ref, [])))

    def _parts(self, order: ShopOrder, before: _Known, now: _Known) -> News:
        """Of what belongs to it, each by itself."""
        papers = {one["id"]: one for one in self._shop.shipping.made[order.ref]} if now.fulfillments else {}
        told: News = [("fulfillments/update" if number in before.fulfillments else "fulfillments/create", papers[number])
                      for number, state in now.fulfillments.items() if before.fulfillments.get(number) != state]
        return told + [("refunds/create", one) for one in self._shop.refunds.get(order.ref, [])[before.refunds:now.refunds]]
