"""The day's customers buy on played platforms, each of which the house is connected with; what leaves, the platforms are told."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from simulators.http import Client, Json
from simulators.shops.beijing import PLAYED
from simulators.shops.shop import DUPLICATED, ERROR, LOST_ANSWER, Shop
from simulators.shops.shopify import ShopifyShop
from simulators.shops.taobao import TaobaoShop

_WAIT_SECONDS = 120
_PLUS_BUCKET = 400  # calls that a Shopify Plus shop takes at once; twenty a second flow off
_PLATFORMS: Sequence[tuple[str, Callable[[], Shop], str, Mapping[str, str]]] = (
    ("taobao", TaobaoShop, "/router/rest", {"app_key": "23000001", "app_secret": PLAYED, "session": PLAYED}),
    ("shopify", lambda: ShopifyShop(bucket=_PLUS_BUCKET), "", {"token": "shpat_token", "secret": "app-secret"}),
)


class Shopfront:
    """A platform for each carrier of the day, as if each shop had its contract; `admin` connects them, `office` looks."""

    def __init__(self, admin: Client, office: Client, address: str, carriers: Sequence[str]) -> None:
        self._office = office
        self._shops: dict[str, tuple[str, Shop]] = {}
        for carrier, (kind, make, path, settings) in zip(carriers, _PLATFORMS, strict=False):
            shop = make()
            admin.call("POST", "/api/v1/channels", {
                "code": kind, "kind": kind, "site": "W1", "name": kind.title(), "carrier": carrier, "every_seconds": 1, "checks": "off",  # its customers live in a city called Demo

                "settings": {"address": f"{shop.address}{path}", **settings}, "since": shop.now() - 60_000})
            shop.hooks.append(f"{address}/api/v1/hooks/{kind}")
            self._shops[carrier] = (kind, shop)

    def sells(self, order: Json) -> bool:
        """A customer buys there what the plan says; False where no platform stands for its carrier."""
        if order["carrier"] not in self._shops:
            return False
        _, shop = self._shops[order["carrier"]]
        if len(shop.orders) % 20 == 7:
            shop.fail(DUPLICATED)
        if len(shop.orders) % 30 == 11:
            shop.fail(LOST_ANSWER if len(shop.orders) % 60 == 11 else ERROR)
        shop.place([(line["item"], line["quantity"]) for line in order["lines"]], buyer=order["customer"],
                   address={name: str(value) for name, value in order["ship_to"].items()})
        return True

    def taken(self) -> list[Json]:
        """All that was bought, once it has come in."""
        ends = time.monotonic() + _WAIT_SECONDS
        wanted = sum(len(shop.orders) for _, shop in self._shops.values())
        while True:
            orders = [one for kind, _ in self._shops.values() for one in self._all(f"/api/v1/orders?channel={kind}&limit=200")]
            if len(orders) >= wanted:
                return orders
            if time.monotonic() > ends:
                raise AssertionError(f"{wanted} orders were bought, {len(orders)} came in: {self._office.call('GET', '/api/v1/channels')}")
            time.sleep(0.2)

    def told(self) -> dict[str, tuple[int, int]]:
        """For each platform how many of its orders it knows to have left, of how many."""
        ends = time.monotonic() + _WAIT_SECONDS
        while any(not order.parcels for _, shop in self._shops.values() for order in shop.orders.values()) and time.monotonic() < ends:
            time.sleep(0.2)
        return {kind: (sum(bool(one.parcels) for one in shop.orders.values()), len(shop.orders)) for kind, shop in self._shops.values()}

    def _all(self, path: str) -> list[Json]:
        found: list[Any] = []
        cursor = ""
        while True:
            page = self._office.call("GET", f"{path}&cursor={cursor}")
            found += page["items"]
            if page["next"] is None:
                return found
            cursor = page["next"]
