"""What a WeChat shop sells: WeChat knows its items by numbers of its own, and only its list of products says which of our codes they are."""

import time
from collections.abc import Iterator, Mapping

from server.oms.channels.base import Document, Quantity
from server.oms.channels.errors import ChannelChanged, ChannelRefused
from server.oms.channels.fields import part, rows, text_at, whole
from server.oms.channels.mini_program_gate import WeChat

_PAGE = 30
_ON_SALE_OR_OFF = 1  # what buyers see, and not a draft of it
_SET = 3
_AGAIN_SECONDS = 600.0

Place = tuple[str, str]
"""A product and its variant, by WeChat's numbers."""


class Goods:
    """The products of a shop, read when a code is not known, and never more often than every ten minutes for that."""

    def __init__(self, wechat: WeChat) -> None:
        self._wechat = wechat
        self._places: dict[str, list[Place]] = {}
        self._read_at: float | None = None

    def tell(self, quantity: Quantity) -> None:
        """So much of it is there, wherever it is offered."""
        for product, variant in self._offers(quantity):
            self._wechat.ask("/channels/ec/product/stock/update", {
                "product_id": product, "sku_id": variant, "diff_type": _SET, "num": quantity.quantity})

    def quantities(self) -> Mapping[str, int]:
        """How much WeChat has of each code; of what is offered in several places, the most."""
        there: dict[str, int] = {}
        for code, _, variant in self._read():
            there[code] = max(there.get(code, 0), whole(variant, "stock_num", error=ChannelChanged))
        return there

    def _offers(self, quantity: Quantity) -> list[Place]:
        """Where an item is sold: by WeChat's own number ("product:sku"), else by the code that the seller gave it."""
        product, _, variant = quantity.ref.partition(":")
        if product and variant:
            return [(product, variant)]
        is_due = self._read_at is None or time.monotonic() - self._read_at > _AGAIN_SECONDS
        if quantity.item not in self._places and is_due:
            for _ in self._read():
                pass
        if quantity.item not in self._places:
            raise ChannelRefused(f"The shop offers no {quantity.item}.", code="sku_code")
        return self._places[quantity.item]

    def _read(self) -> Iterator[tuple[str, Place, Document]]:
        """All that is sold; noted once it has been read whole."""
        places: dict[str, list[Place]] = {}
        for product in self._products():
            said = part(self._wechat.ask("/channels/ec/product/get", {"product_id": product, "data_type": _ON_SALE_OR_OFF}), "product", error=ChannelChanged)
            for variant in rows(said, "skus", error=ChannelChanged):
                place = (product, text_at(variant, "sku_id", error=ChannelChanged))
                code = text_at(variant, "sku_code", "", error=ChannelChanged) or place[1]
                places.setdefault(code, []).append(place)
                yield code, place, variant
        self._places, self._read_at = places, time.monotonic()

    def _products(self) -> Iterator[str]:
        key, keys = "", {""}
        while True:
            said = self._wechat.ask("/channels/ec/product/list/get", {"page_size": _PAGE} | ({"next_key": key} if key else {}))
            found = said.get("product_ids") or []
            if not isinstance(found, list):
                raise ChannelChanged("product_ids is no list.", code="product_ids")
            yield from map(str, found)
            key = text_at(said, "next_key", "", error=ChannelChanged)
            if not found or not key or key in keys:
                return
            keys.add(key)
