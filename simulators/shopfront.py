"""The day's customers buy on two played marketplaces and in the firm's own web shop; the house is connected with each, and tells it what has left."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from simulators.cast import KEPT, SHOPIFY, TAOBAO, WEBSHOP, Cast, shared_out
from simulators.http import Client, Json
from simulators.shops.beijing import PLAYED
from simulators.shops.plain import PlainShop
from simulators.shops.shop import DUPLICATED, ERROR, LOST_ANSWER, Shop
from simulators.shops.shopify import ShopifyShop
from simulators.shops.taobao import TaobaoShop
from simulators.store import STORE

WAIT_SECONDS = 120
_PLUS_BUCKET = 400  # calls that a Shopify Plus shop takes at once; twenty a second flow off
_OFF, _POSTAGE = 133, 600
"""What every third customer has taken off each piece, and pays for the way, in fen or cents."""
_WEB_SECRET = "the web shop of the firm"  # noqa: S105 - played
_FIRST_WEB_ORDER = 1001
_RULES = f"""# The nearest and cheapest sends. The store reaches its country,
# and keeps some of each good for whoever comes in.
{STORE} reaches CN
{STORE} keeps {KEPT}
any costs 4.50 plus 1.20 per kg plus 0.80 per 100 km
prefer low cost 1
prefer few parcels 2
"""
_PLATFORMS: Sequence[tuple[str, str, str, Callable[[], Shop], str, Mapping[str, str]]] = (
    (SHOPIFY, "shopify", "Shopify", lambda: ShopifyShop(bucket=_PLUS_BUCKET), "", {"token": "shpat_token", "secret": "app-secret"}),
    (TAOBAO, "taobao", "Taobao", TaobaoShop, "/router/rest", {"app_key": "23000001", "app_secret": PLAYED, "session": PLAYED}),
    (WEBSHOP, "plain", "Our web shop", lambda: PlainShop(_WEB_SECRET), "", {"secret": _WEB_SECRET}),
)
MISNAMED = "-GIFT"
"""What the web shop calls a good that nobody has told the house of."""


POSTCODE = "310012"


def _home(shop: Shop, name: str, number: int) -> dict[str, str]:
    """Where a customer lives: those of Shopify in Cologne, all others in Hangzhou."""
    if isinstance(shop, ShopifyShop):
        return {"name": name, "phone": f"+49221{number:07d}", "country": "DE", "city": "Köln", "street": f"Heidestraße {number}", "postcode": "51147"}
    return {"name": name, "phone": f"138{number:08d}", "country": "CN", "state": "浙江省", "city": "杭州市", "district": "西湖区", "street": f"文三路 {number} 号",
            "postcode": POSTCODE}


class Shopfront:
    """A platform for each carrier of the day, and the web shop beside; `admin` connects them. With a cast they are sourced between the warehouse and the store."""

    def __init__(self, admin: Client, address: str, orders: Sequence[Json], carriers: Sequence[str], cast: Cast | None) -> None:
        self._admin, self._cast = admin, cast
        self.shops: dict[str, Shop] = {}
        self.refs: dict[str, str] = {}
        """The platform's number of an order by the plan's."""
        self._code_of = {order["reference"]: code for code, bought in shared_out(orders, carriers).items() for order in bought}
        if cast is not None:
            self._put_rules()
        for code, kind, name, make, path, settings in _PLATFORMS:
            shop = make()
            if isinstance(shop, ShopifyShop):
                for item in sorted({line["item"] for order in orders for line in order["lines"]}):
                    shop.add_product(item)
            admin.call("POST", "/api/v1/channels", {
                "code": code, "kind": kind, "site": STORE if cast is not None and code == WEBSHOP else "W1", "name": name,
                "carrier": carriers[0] if code == SHOPIFY else carriers[min(1, len(carriers) - 1)], "every_seconds": 1,
                "settings": {"address": f"{shop.address}{path}", **settings}, "since": shop.now() - 60_000, "sourcing": "off" if cast is None else "on"})
            shop.hooks.append(f"{address}/api/v1/hooks/{code}")
            self.shops[code] = shop

    def offers(self, items: Sequence[str]) -> None:
        """Every platform sells these under our codes from now on, and is told how much there is of them."""
        for code, shop in self.shops.items():
            for item in items:
                shop.quantities.setdefault(item, 0)
                self._admin.call("POST", f"/api/v1/channels/{code}/items", {"name": item, "item": item})

    def sells(self, order: Json) -> bool:
        """A customer buys there what the plan says; False where no platform stands for its carrier."""
        code = self._code_of.get(order["reference"])
        if code is None:
            return False
        shop = self.shops[code]
        if len(shop.orders) % 20 == 7:
            shop.fail(DUPLICATED)
        if len(shop.orders) % 30 == 11:
            shop.fail(LOST_ANSWER if len(shop.orders) % 60 == 11 else ERROR)
        self.refs[order["reference"]] = shop.place(**self._bought(order, code, shop)).ref
        return True

    def _bought(self, order: Json, code: str, shop: Shop) -> Json:
        """As the customer types it, and the shop writes it."""
        number = len(shop.orders) + 1
        lines = [(line["item"], line["quantity"]) for line in order["lines"]]
        said: Json = {"lines": lines, "buyer": order["customer"], "address": _home(shop, order["ship_to"]["name"], number)}
        if number % 3 == 0:
            said |= {"discount": _OFF * sum(quantity for _, quantity in lines), "postage": _POSTAGE}
        if code == WEBSHOP:
            said["ref"] = f"WEB-{_FIRST_WEB_ORDER + len(shop.orders)}"
        if self._cast is not None and order is self._cast.collected:
            said["delivery"] = "collect"
        if self._cast is not None and order is self._cast.misspelt:
            said["address"] |= {"city": "杭洲市", "district": ""}
        if self._cast is not None and order is self._cast.misnamed:
            said["lines"] = [(f"{lines[0][0]}{MISNAMED}", lines[0][1]), *lines[1:]]
        return said

    def taken(self) -> list[Json]:
        """All that was bought, once it has come in."""
        ends = time.monotonic() + WAIT_SECONDS
        wanted = sum(len(shop.orders) for shop in self.shops.values())
        while True:
            orders = [one for code in self.shops for one in self._all(f"/api/v1/orders?channel={code}&limit=200")]
            if len(orders) >= wanted:
                self._guard_heard()
                return orders
            if time.monotonic() > ends:
                raise AssertionError(f"{wanted} orders were bought, {len(orders)} came in: {self._admin.call('GET', '/api/v1/channels')}")
            time.sleep(0.2)

    def sourced(self, came: Sequence[Json]) -> str:
        """How many the rules sent from the store; every order that they decided of has kept why."""
        if self._cast is None:
            return ""
        collected = self.refs[self._cast.collected["reference"]]
        by_rules = [order for order in came if order["channel_ref"] != collected]
        for order in by_rules:
            why = self._admin.call("GET", f"/api/v1/orders/{order['number']}/parts")["decisions"]
            if not (why and why[0]["why"]["chosen"]["parts"]):
                raise AssertionError(f"nobody kept why {order['number']} is sent by {order['site']}")
        from_store = sum(order["site"] == STORE for order in by_rules)
        if not from_store:
            raise AssertionError("the store was to send some orders, and sends none")
        return f"; the rules sent {from_store} of them from the store, and one is collected there"

    def told(self) -> dict[str, tuple[int, int]]:
        """For each platform how many of its orders it knows to have left, of how many."""
        ends = time.monotonic() + WAIT_SECONDS
        while any(not order.parcels for shop in self.shops.values() for order in shop.orders.values()) and time.monotonic() < ends:
            time.sleep(0.2)
        return {code: (sum(bool(one.parcels) for one in shop.orders.values()), len(shop.orders)) for code, shop in self.shops.items()}

    def _guard_heard(self) -> None:
        """No call of a platform was refused: its orders would be found by asking only, and later."""
        refused = {f"{code}: {why}" for code, shop in self.shops.items() for why in shop.failed_hooks if why.startswith("HTTP Error 4")}
        if refused:
            raise AssertionError(f"calls of platforms were refused: {', '.join(sorted(refused))}")

    def _put_rules(self) -> None:
        rules = self._admin.call("POST", "/api/v1/sourcing/rules", {"name": "The near store sends", "body": _RULES})["id"]
        self._admin.call("POST", f"/api/v1/sourcing/rules/{rules}/activate", {})

    def _all(self, path: str) -> list[Json]:
        found: list[Any] = []
        cursor = ""
        while True:
            page = self._admin.call("GET", f"{path}&cursor={cursor}")
            found += page["items"]
            if page["next"] is None:
                return found
            cursor = page["next"]
