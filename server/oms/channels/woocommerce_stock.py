"""How much a WooCommerce shop may sell: found by the seller's number, told in batches."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from server.oms.channels.base import Quantity
from server.oms.channels.errors import ChannelError, ChannelRefused
from server.oms.channels.reading import as_written

_BATCH_MAX = 40  # they are named in an address, which has a length that servers bear


class Stock:
    """`ask` makes a call and gives its JSON."""

    def __init__(self, ask: Callable[..., Any]) -> None:
        self._ask = ask

    def set(self, quantities: Sequence[Quantity]) -> list[tuple[Quantity, ChannelError]]:
        """Which were refused, and why."""
        refused: list[tuple[Quantity, ChannelError]] = []
        for first in range(0, len(quantities), _BATCH_MAX):
            refused += self._some(quantities[first:first + _BATCH_MAX])
        return refused

    def _some(self, quantities: Sequence[Quantity]) -> list[tuple[Quantity, ChannelError]]:
        found = self._found([one.item for one in quantities])
        batches: dict[str, dict[str, Quantity]] = defaultdict(dict)
        refused: list[tuple[Quantity, ChannelError]] = []
        for one in quantities:
            if (product := found.get(one.item)) is None:
                refused.append((one, ChannelRefused("The shop has no product with this number (sku).", code="sku")))
            else:
                batches[product[0]][product[1]] = one
        for path, batch in batches.items():
            refused += self._batch(path, batch)
        return refused

    def _found(self, skus: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Where each is changed, and its number there: variations are changed at their product."""
        told = self._ask("GET", "products", query=[("sku", ",".join(skus)), ("status", "any"), ("per_page", str(_BATCH_MAX))])
        with as_written("products"):
            return {str(one["sku"]): (f"products/{one['parent_id']}/variations" if one["type"] == "variation" else "products",
                                      str(one["id"])) for one in told}

    def _batch(self, path: str, batch: dict[str, Quantity]) -> list[tuple[Quantity, ChannelError]]:
        told = self._ask("POST", f"{path}/batch", body={"update": [
            {"id": int(number), "manage_stock": True, "stock_quantity": one.quantity} for number, one in batch.items()]})
        with as_written("update"):
            return [(batch[str(one["id"])], ChannelRefused(str(one["error"]["message"]), code=str(one["error"]["code"])))
                    for one in told["update"] if "error" in one]
