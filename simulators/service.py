"""The service desk: what of orders does not go by itself is solved by one step each, and what a customer sends back is paid back."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from simulators.cast import SHOPIFY, WEBSHOP, Cast
from simulators.goods import Shelves
from simulators.http import Client, Json
from simulators.shopfront import MISNAMED, Shopfront
from simulators.shops.plain import PlainShop
from simulators.worker import Worker

WAIT_SECONDS = 60.0
_LACKING = 2


class ServiceFailed(AssertionError):
    """An exception or a return did not go as it must."""


class Service:
    """An administrator at the desk, `office`; the goods of a return are looked at by a worker with a handheld."""

    def __init__(self, office: Client, shopfront: Shopfront, part: Cast) -> None:
        self._office, self._shopfront, self._cast = office, shopfront, part
        self.left_open = ""
        """The order that is left for the visitor."""

    def solve(self) -> str:
        """A misspelt city is mended by the suggestion, an unknown item named and the order tried again: one step each."""
        address = self._opened("address")
        self._step(address, "take_suggestion")
        self._guard(lambda: self._order(address["order"])["hold"] == "", f"{address['order']} is held although its address was mended")
        item = self._opened("item")
        name = self._cast.misnamed["lines"][0]["item"]
        self._office.call("POST", f"/api/v1/channels/{WEBSHOP}/items", {"name": f"{name}{MISNAMED}", "item": name})
        tried = self._step(item, "try_again")
        if tried["result"] != "taken":
            raise ServiceFailed(f"the item was named, and its order is not taken: {tried}")
        return (f"a misspelt city held {address['order']}: the suggestion was taken with one step, and it goes. "
                f"{WEBSHOP} sold {name}{MISNAMED}, which nobody knew: named, tried again with one step, and it goes")

    def oversell(self) -> str:
        """Shopify sells more than there is: this is left for the visitor, on /exceptions."""
        rows: list[Any] = self._office.call("GET", "/api/v1/stock/availability?limit=200")["items"]
        scarce = min((row for row in rows if row["site"] == "W1"), key=lambda row: (int(row["available"]), str(row["item"])))
        there = sum(row["available"] for row in self._office.call("GET", f"/api/v1/stock/availability?item={scarce['item']}")["items"])
        shop = self._shopfront.shops[SHOPIFY]
        shop.place([(scarce["item"], there + _LACKING)], buyer="Customer in a hurry", address={
            "name": "Customer in a hurry", "phone": "+492211234567", "country": "DE", "city": "Köln", "street": "Heidestraße 1", "postcode": "51147"})
        found = self._opened("oversold")
        self.left_open = found["order"]
        others = unwanted(self._office.call("GET", "/api/v1/order-exceptions")["items"], self._office.call("GET", "/api/v1/channels")["items"], self.left_open)
        if others:
            raise ServiceFailed(f"something was left that nobody wanted: {', '.join(others)}")
        return str(found["words"])

    def returns(self, orders: Sequence[Json], worker: Worker, shelves: Shelves) -> str:
        """Of these orders of the web shop one comes back, and of another a return is on its way, for the visitor to find."""
        if len(orders) < 2:
            return ""
        self._announce(orders[1], reason="damaged")
        return f"{self._take_back(orders[0], worker, shelves)}; "

    def _take_back(self, order: Json, worker: Worker, shelves: Shelves) -> str:
        """A return is announced, its goods looked at on a handheld and put away, the money paid back, and the web shop told."""
        line = self._office.call("GET", f"/api/v1/orders/{order['number']}/returnable")["lines"][0]
        number = self._announce(order, reason="changed_mind")
        self._office.call("POST", f"/api/v1/rmas/{number}/label", {})
        lpn = worker.look_at_return(number, line["item"])
        shelves.deliver(lpn, {line["item"]: 1})
        worker.put_away(lpn, lambda _: None)
        self._guard(lambda: self._office.call("GET", f"/api/v1/rmas/{number}")["state"] == "received", f"{number} was looked at, and is not received")
        paid = self._office.call("POST", f"/api/v1/rmas/{number}/refund", {})["amount"]
        shop, ref = self._shopfront.shops[WEBSHOP], order["channel_ref"]
        self._guard(lambda: shop.orders[ref].refunded == paid > 0, f"{number} was paid back, and {WEBSHOP} does not know")
        if isinstance(shop, PlainShop) and len(shop.refunds) != 1:
            raise ServiceFailed(f"one return was paid back, the web shop heard of {shop.refunds}")
        return f"{number} came back, was looked at, put away and paid back: {paid / 100:.2f} CNY, and the web shop knows"

    def _announce(self, order: Json, *, reason: str) -> str:
        return str(self._office.call("POST", "/api/v1/rmas", {"order": order["number"], "lines": [{"line": 1, "quantity": 1}], "reason": reason})["number"])

    def _opened(self, kind: str) -> Json:
        """The exception of this kind, once it is there."""
        self._guard(lambda: bool(self._open(kind)), f"no exception of kind {kind} was opened")
        found = self._open(kind)
        if len(found) != 1:
            raise ServiceFailed(f"one exception of kind {kind} was to be opened, not {[one['words'] for one in found]}")
        return found[0]

    def _open(self, kind: str) -> list[Json]:
        found: list[Json] = self._office.call("GET", f"/api/v1/order-exceptions?kind={kind}")["items"]
        return found

    def _step(self, exception: Json, step: str) -> Json:
        done = self._office.call("POST", f"/api/v1/order-exceptions/{exception['id']}/steps/{step}", {"version": exception["version"]})
        self._guard(lambda: not self._open(exception["kind"]), f"{step} was done, and the exception is still open: {exception['words']}")
        return done

    def _order(self, number: str) -> Json:
        return self._office.call("GET", f"/api/v1/orders/{number}")

    def _guard(self, holds: Callable[[], bool], complaint: str) -> None:
        ends = time.monotonic() + WAIT_SECONDS
        while not holds():
            if time.monotonic() > ends:
                raise ServiceFailed(complaint)
            time.sleep(0.1)


def unwanted(exceptions: Sequence[Json], channels: Sequence[Json], left_open: str) -> list[str]:
    """What the visitor would find beside the one order: other exceptions, and what a platform or the house has refused."""
    others = [str(one["words"]) for one in exceptions if one["order"] != left_open]
    return others + [f"{one['code']} has {one[name]} {name}" for one in channels for name in ("refused", "listings_refused", "notices_refused") if one[name]]
