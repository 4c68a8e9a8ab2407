"""A house that sells on played platforms: its server, its goods, and what its own database says came of the orders."""

import secrets
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from simulators.goods import Good, gtin
from simulators.house import House
from simulators.http import Client
from simulators.pda import Pda
from simulators.shops.shop import Shop

PLENTY = 10_000_000
SITES = {"W1": "杭州市", "W2": "北京市", "W3": "广州市"}
"""Its warehouses and where they are; the first is the one that channels belong to."""
RULES = ("any costs 4.50 plus 1.20 per kg plus 0.80 per 100 km\nprefer low cost 1\nprefer few parcels 2\nW1 takes 1000000 orders a day\n"
         "prefer free capacity 0.1\nprefer on time 1\nprefer old stock 0.01\n")
_SITE = "W1"
_WAIT_SECONDS = 600.0
_CAME = ("SELECT p.ref, o.created_at, MIN(r.created_at), COUNT(DISTINCT r.id) FROM channel_paper p JOIN channel c ON c.id = p.channel_id "
         "LEFT JOIN sales_order o ON o.id = p.order_id LEFT JOIN release r ON r.order_number = o.number WHERE c.code = '{code}' "
         "GROUP BY p.ref, o.created_at")
_COUNTS = {
    "orders": "SELECT COUNT(*) FROM sales_order WHERE channel = '{code}'",
    "released": "SELECT COUNT(DISTINCT order_number) FROM release WHERE order_number IN (SELECT number FROM sales_order WHERE channel = '{code}')",
    "waiting": "SELECT COUNT(*) FROM outbox WHERE dispatched = 0",
}


class Market:
    """Sets a house up with goods in one bin of each of three warehouses, starts it, and connects channels whose orders are sourced. `office` is its administrator."""

    def __init__(self, house: House, items: int) -> None:
        self.house = house
        self.goods = [Good(f"M-{number:03d}", f"Item {number}", gtin(number)) for number in range(1, items + 1)]
        self._password = secrets.token_urlsafe(18)
        for site, city in SITES.items():
            house.command("init", "--site", site, "--set", "streams=0", "--set", "country=CN", "--set", f"city={city}", "--bins", f"{site}-{{A..B}}-{{01..10}}-{{1..2}}")
        house.command("user", "add", "MARKET", "--role", "admin", "--password", self._password, "--pin", "27182818")
        house.start()
        self.sign_in()
        self._put_items()
        for site in SITES:
            self._stock(site)
        rules = self.office.call("POST", "/api/v1/sourcing/rules", {"name": "the market's", "body": RULES})["id"]
        self.office.call("POST", f"/api/v1/sourcing/rules/{rules}/activate", {})

    def sign_in(self) -> None:
        """Again after the server was started anew at another port."""
        self.office = Client(self.house.address)
        self.office.call("POST", "/api/v1/sessions", {"badge": "MARKET", "password": self._password})
        self.office.headers.update({"Cookie": self.office.cookie, "X-Aisle-CSRF": "1"})

    def connect(self, code: str, kind: str, shop: Shop, settings: Mapping[str, Any], *, every_seconds: int = 1) -> None:
        """The house asks the shop from now on, and the shop knows where to call it; what changed before is asked for too."""
        self.office.call("POST", "/api/v1/channels", {"code": code, "kind": kind, "site": _SITE, "settings": {"address": shop.address, **settings}, "checks": "off", "sourcing": "on",
                                                      "every_seconds": every_seconds, "since": shop.now() - 3_600_000})
        shop.hooks.append(f"{self.house.address}/api/v1/hooks/{code}")

    def count(self, what: str, code: str) -> int:
        """How many orders of a channel are in, or released; or how many events wait."""
        return int(self._rows(_COUNTS[what].format(code=code))[0][0])

    def came(self, code: str) -> dict[str, tuple[int | None, int | None, int]]:
        """For each order of a channel by its reference: when it was taken in and handed to the floor (ms), and in how many parts."""
        return {row[0]: (row[1], row[2], int(row[3])) for row in self._rows(_CAME.format(code=code))}

    def sent(self, code: str) -> Sequence[Any]:
        """How many orders of a channel each warehouse was given."""
        return self._rows(f"SELECT s.code, COUNT(*) FROM sales_order o JOIN site s ON s.id = o.site_id WHERE o.channel = '{code}' GROUP BY s.code ORDER BY s.code")

    def until(self, holds: Callable[[], bool], seconds: float = _WAIT_SECONDS) -> bool:
        """Whether it came to be so."""
        ends = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > ends:
                return False
            time.sleep(0.2)
        return True

    def _put_items(self) -> None:
        for good in self.goods:
            self.office.call("PUT", f"/api/v1/items/{good.code}", {
                "name": good.name, "packs": [{"level": "each", "quantity": 1, "barcodes": [good.gtin]}]})

    def _stock(self, site: str) -> None:
        self.office.call("POST", "/api/v1/asns", {"code": f"MARKET-{site}", "site": site,
                                                  "lines": [{"item": good.code, "quantity": PLENTY} for good in self.goods]})
        code = self.office.call("POST", "/api/v1/devices/enrolment-codes", {"site": site})["code"]
        pda = Pda(self.house.address, code, f"PDA of {site}")
        pda.sign_in("MARKET", "27182818")
        for good in self.goods:
            pda.task = None
            pda.scan(f"MARKET-{site}")
            pda.scan(good.label(PLENTY))
            lpn = str(pda.last["message"]["args"]["lpn"])
            pda.task = None
            pda.scan(lpn)
            pda.scan(f"{site}-A-01-1")

    def _rows(self, query: str) -> Sequence[Any]:
        if self.house.url.startswith("sqlite:///"):
            connection = sqlite3.connect(self.house.url.removeprefix("sqlite:///"), timeout=60)
            try:
                return connection.execute(query).fetchall()
            finally:
                connection.close()
        import psycopg  # noqa: PLC0415 - users on SQLite do not have it

        with psycopg.connect(self.house.url.replace("postgresql+psycopg", "postgresql"), autocommit=True) as server:
            return server.execute(query).fetchall()
