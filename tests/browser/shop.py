"""A shop for tests in a browser: a running server with a few goods, and somebody who calls its API."""

import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from simulators.good_pictures import picture_of
from simulators.house import House
from simulators.http import Client
from simulators.pda import Pda
from tests.kept_port import KeptPort
from tests.waiting import PATIENCE

PASSWORD, PIN = "a long sentence 1", "493817"
ITEMS = {"SOAP": ("Soap with olive oil, 100 g", "09506000134352"), "TEA": ("Green tea, loose", "09506000134369"),
         "MILK": ("Oat milk 1 l", "09506000134376")}


def office_of(house: House) -> Client:
    """Somebody who may do everything, signed in over the API."""
    office = Client(house.address)
    office.call("POST", "/api/v1/sessions", {"badge": "BOSS", "password": PASSWORD})
    office.headers.update({"Cookie": office.cookie, "X-Aisle-CSRF": "1"})
    return office


class Shop:
    """A running server on a copy of `new`; `office` calls its API."""

    def __init__(self, folder: Path, new: Path) -> None:
        shutil.copytree(new, folder, dirs_exist_ok=True)
        self.kept = KeptPort()  # some end the server and begin it again where its pages look for it
        self.house = House(folder, self.kept.number)
        self.house.start()
        self.papers = 0
        self._helper: Pda | None = None
        self._cookie = ""
        self.office = office_of(self.house)

    @property
    def cookie(self) -> dict[str, str]:
        """Of one sign-in for all pages of this shop; whoever signs out on a page signs in there, too."""
        if not self._cookie:
            self._cookie = office_of(self.house).cookie
        name, _, value = self._cookie.partition("=")
        return {"name": name, "value": value, "url": self.house.address}

    @property
    def helper(self) -> Pda:
        """A colleague with a simulated handheld, who brings a screen's story to where it begins."""
        if self._helper is None:
            self._helper = Pda(self.house.address, self.enrolment_code(), "PDA of a colleague")
            self._helper.sign_in("BOSS", PIN)
        self._helper.task = None
        return self._helper

    def enrolment_code(self) -> str:
        return str(self.office.call("POST", "/api/v1/devices/enrolment-codes", {"site": "W1"})["code"])

    def put(self, item: str, quantity: int, bin_: str) -> str:
        """Receives goods and puts them away; the pallet's number."""
        pda, paper = self.helper, self.asn(**{item: quantity})
        pda.scan(paper)
        pda.scan(f"(01){ITEMS[item][1]}(30){quantity}")
        lpn = str(pda.last["message"]["args"]["lpn"])
        pda.task = None
        pda.scan(lpn)
        pda.scan(bin_)
        return lpn

    def ordered(self, *orders: dict[str, int], picking: str = "single") -> list[str]:
        """Takes orders and releases them as one wave; their numbers."""
        codes = [self._order(lines) for lines in orders]
        self.until("/api/v1/dashboard", lambda rows: {"state": "waiting", "count": len(codes)} in rows, name="orders")
        self.office.call("POST", "/api/v1/waves", {"site": "W1", "picking": picking, "trolley_orders": 4})
        self.until("/api/v1/tasks", lambda rows: any(row["kind"] == "pick" and row["state"] == "open" for row in rows))
        return codes

    def _order(self, lines: dict[str, int]) -> str:
        self.papers += 1
        told = self.office.call("POST", "/api/v1/orders", {
            "site": "W1", "reference": f"R-{self.papers}", "carrier": "DHL", "customer": "Ann Lee",
            "lines": [{"item": item, "quantity": quantity} for item, quantity in lines.items()]})
        return str(told["number"])

    def until(self, path: str, wanted: Callable[[list[Any]], bool], name: str = "items") -> None:
        """Asks the API until it answers as wanted: what was tapped is sent a moment later."""
        ends = time.monotonic() + PATIENCE
        while not wanted(self.office.call("GET", path)[name]):
            assert time.monotonic() < ends, self.office.call("GET", path)[name]
            time.sleep(0.1)

    def pallet(self, item: str, quantity: int) -> str:
        """The number of the pallet with so many pieces at the dock, once the handheld's screen, which is ahead, has sent it."""
        path = f"/api/v1/stock?item={item}&location=W1-DOCK-1"
        self.until(path, lambda rows: any(row["quantity"] == quantity for row in rows))
        return next(str(row["lpn"]) for row in self.office.call("GET", path)["items"] if row["quantity"] == quantity)

    def asn(self, **lines: int) -> str:
        self.papers += 1
        code = f"ASN-{self.papers}"
        self.office.call("POST", "/api/v1/asns", {"code": code, "site": "W1", "lines": [
            {"item": item, "quantity": quantity, **({"lot": "L7", "expiry": "2030-06-30"} if item == "MILK" else {})}
            for item, quantity in lines.items()]})
        return code


def sql(shop: Shop, statement: str) -> None:
    """Something that the floor does only when a machine fails."""
    with closing(sqlite3.connect(next(shop.house.folder.glob("*.db")), timeout=30)) as connection, connection:
        connection.execute(statement)


def furnish(office: Client) -> None:
    for code, (name, gtin) in ITEMS.items():
        is_food = code == "MILK"
        office.call("PUT", f"/api/v1/items/{code}", {"name": name, "tracks_lot": is_food, "tracks_expiry": is_food,
                                                     "packs": [{"level": "each", "quantity": 1, "barcodes": [gtin]}]})
    for code, name in (("SOAP", "Soap, small"), ("TEA", "Green tea, large")):
        office.call("PUT", f"/api/v1/item-pictures/{code}", picture_of(name))
    office.call("POST", "/api/v1/lpns", {"kind": "trolley", "codes": ["TROLLEY-1"], "location": "W1-STAGE-1"})
    office.call("POST", "/api/v1/lpns", {"kind": "tote", "codes": ["TOTE-1", "TOTE-2"], "location": "W1-STAGE-1",
                                          "inside": "TROLLEY-1"})
    office.call("POST", "/api/v1/lpns", {"kind": "tote", "codes": ["TOTE-8", "TOTE-9"], "location": "W1-STAGE-1"})


def spoken_in(shop: Shop) -> dict[str, dict[str, str]]:
    """What the server says in each language."""
    return {language: shop.office.call("GET", f"/api/v1/messages/{language}") for language in ("en", "zh-CN")}
