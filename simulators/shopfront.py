"""The day's customers buy on two played platforms and at a shop's till; the house is connected with each, and tells it what has left."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from simulators.http import Client, Json
from simulators.shops.beijing import PLAYED
from simulators.shops.plain import PlainShop
from simulators.shops.shop import DUPLICATED, ERROR, LOST_ANSWER, Shop
from simulators.shops.shopify import ShopifyShop
from simulators.shops.taobao import TaobaoShop

_WAIT_SECONDS = 120
_PLUS_BUCKET = 400  # calls that a Shopify Plus shop takes at once; twenty a second flow off
_TILL_SECRET = "the till of the shop in town"  # noqa: S105 - played
_PLATFORMS: Sequence[tuple[str, str, Callable[[], Shop], str, Mapping[str, str]]] = (
    ("taobao", "taobao", TaobaoShop, "/router/rest", {"app_key": "23000001", "app_secret": PLAYED, "session": PLAYED}),
    ("shopify", "shopify", lambda: ShopifyShop(bucket=_PLUS_BUCKET), "", {"token": "shpat_token", "secret": "app-secret"}),
    ("till", "plain", lambda: PlainShop(_TILL_SECRET), "", {"secret": _TILL_SECRET}),  # what the shop has not got is sent to the customer's home
)
_SHARED = 3
"""Of the orders of the last carrier every third is made at the till."""


def _home(shop: Shop, name: str, number: int) -> dict[str, str]:
    """Where a customer lives: those of Shopify in Cologne, all others in Hangzhou."""
    if isinstance(shop, ShopifyShop):
        return {"name": name, "phone": f"+49221{number:07d}", "country": "DE", "city": "Köln", "street": f"Heidestraße {number}", "postcode": "51147"}
    return {"name": name, "phone": f"138{number:08d}", "country": "CN", "state": "浙江省", "city": "杭州市", "district": "西湖区", "street": f"文三路 {number} 号",
            "postcode": "310012"}


class Shopfront:
    """A platform for each carrier of the day, as if each shop had its contract; `admin` connects them, `office` looks."""

    def __init__(self, admin: Client, office: Client, address: str, carriers: Sequence[str]) -> None:
        self._office = office
        self._shops: dict[str, Shop] = {}
        self._of_carrier: dict[str, list[str]] = {}
        for at, (code, kind, make, path, settings) in enumerate(_PLATFORMS):
            carrier, shop = carriers[min(at, len(carriers) - 1)], make()
            admin.call("POST", "/api/v1/channels", {
                "code": code, "kind": kind, "site": "W1", "name": code.title(), "carrier": carrier, "every_seconds": 1,
                "settings": {"address": f"{shop.address}{path}", **settings}, "since": shop.now() - 60_000})
            shop.hooks.append(f"{address}/api/v1/hooks/{code}")
            self._shops[code] = shop
            self._of_carrier.setdefault(carrier, []).append(code)

    def sells(self, order: Json) -> bool:
        """A customer buys there what the plan says; False where no platform stands for its carrier."""
        codes = self._of_carrier.get(order["carrier"])
        if codes is None:
            return False
        bought = sum(len(self._shops[code].orders) for code in codes)
        shop = self._shops[codes[-1] if bought % _SHARED == 0 else codes[0]]
        if len(shop.orders) % 20 == 7:
            shop.fail(DUPLICATED)
        if len(shop.orders) % 30 == 11:
            shop.fail(LOST_ANSWER if len(shop.orders) % 60 == 11 else ERROR)
        shop.place([(line["item"], line["quantity"]) for line in order["lines"]], buyer=order["customer"],
                   address=_home(shop, order["ship_to"]["name"], len(shop.orders) + 1))
        return True

    def taken(self) -> list[Json]:
        """All that was bought, once it has come in."""
        ends = time.monotonic() + _WAIT_SECONDS
        wanted = sum(len(shop.orders) for shop in self._shops.values())
        while True:
            orders = [one for code in self._shops for one in self._all(f"/api/v1/orders?channel={code}&limit=200")]
            if len(orders) >= wanted:
                return orders
            if time.monotonic() > ends:
                raise AssertionError(f"{wanted} orders were bought, {len(orders)} came in: {self._office.call('GET', '/api/v1/channels')}")
            time.sleep(0.2)

    def told(self) -> dict[str, tuple[int, int]]:
        """For each platform how many of its orders it knows to have left, of how many."""
        ends = time.monotonic() + _WAIT_SECONDS
        while any(not order.parcels for shop in self._shops.values() for order in shop.orders.values()) and time.monotonic() < ends:
            time.sleep(0.2)
        return {code: (sum(bool(one.parcels) for one in shop.orders.values()), len(shop.orders)) for code, shop in self._shops.items()}

    def _all(self, path: str) -> list[Json]:
        found: list[Any] = []
        cursor = ""
        while True:
            page = self._office.call("GET", f"{path}&cursor={cursor}")
            found += page["items"]
            if page["next"] is None:
                return found
            cursor = page["next"]
