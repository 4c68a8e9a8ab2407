"""The store in town: a second site with a few goods, whose tills sell, and whose clerk sends what the web sold and hands over what is collected."""

import time
from collections import Counter
from collections.abc import Callable, Mapping

from simulators.cast import KEPT, Cast
from simulators.goods import Shelves
from simulators.http import Client
from simulators.shops.plain import PlainShop
from simulators.shops.pos import Sale, Till
from simulators.shops.shop import DUPLICATED, Shop
from simulators.waves import release_wave
from simulators.worker import Worker

STORE, TILL, ZONE = "S1", "till", "Asia/Shanghai"
WAIT_SECONDS = 60.0
_SECRET = "the tills of the store"  # noqa: S105 - played
_PAPER, _CART, _DOOR, _COLLECT = f"{STORE}-ASN-1", f"{STORE}-CART", f"{STORE}-DOOR-1", f"{STORE}-COLLECT-1"
_AISLE, _TOTES = "A", 12
_OFF = 150  # who takes more than one pays so much less, in fen


class StoreFailed(AssertionError):
    """Something in the store or at its tills did not come out as it must."""


def open_store(admin: Client) -> None:
    """The site with its bins, a place where orders wait for their customers, and a cart with totes."""
    admin.call("POST", "/api/v1/sites", {"code": STORE, "name": "Store in town", "timezone": ZONE, "pattern": f"{STORE}-{{{_AISLE}..{_AISLE}}}-{{01..10}}-{{1..2}}"})
    admin.call("PATCH", f"/api/v1/sites/{STORE}", {"streams": False, "settings": {"country": "CN", "city": "杭州市", "currency": "CNY"}})
    admin.call("POST", "/api/v1/locations", {"site": STORE, "pattern": _COLLECT, "kind": "stage"})
    admin.call("PATCH", f"/api/v1/locations/{_COLLECT}", {"zone": "COLLECT"})
    admin.call("POST", "/api/v1/lpns", {"kind": "trolley", "codes": [_CART], "location": f"{STORE}-STAGE-1"})
    admin.call("POST", "/api/v1/lpns", {"kind": "tote", "codes": [f"{_CART}-{place:02d}" for place in range(1, _TOTES + 1)],
                                        "location": f"{STORE}-STAGE-1", "inside": _CART})


class Store:
    """What its clerk and its customers do there; what really lies in it is on its own shelves."""

    def __init__(self, admin: Client, clerk: Worker, shelves: Shelves, part: Cast) -> None:
        self.office, self.clerk, self._shelves, self._cast = admin, clerk, shelves, part
        self.till = Till(_SECRET)
        self.sold = Counter[str]()
        self.parcels: list[str] = []
        self._tote_of_customer = ""

    def fill(self) -> str:
        """A delivery for the store is received and put away by its clerk."""
        self.office.call("POST", "/api/v1/asns", {"code": _PAPER, "site": STORE, "lines": [
            {"item": item, "quantity": quantity} for item, quantity in self._cast.stock.items()]})
        self.clerk.receive(_PAPER, [], dict(self._cast.stock))
        for lpn in list(self._shelves.pallets):
            self.clerk.put_away(lpn, lambda _: None)
        return f"{self._cast.stock.total()} pieces of {len(self._cast.stock)} goods on the shelves of the store"

    def open_tills(self, address: str) -> None:
        """The tills of the store are a channel: what they sell leaves its shelves."""
        self.office.call("POST", "/api/v1/channels", {
            "code": TILL, "kind": "pos", "name": "Tills of the store", "site": STORE, "every_seconds": 1,
            "settings": {"address": self.till.address, "secret": _SECRET, "shop_floor": _AISLE}})
        self.till.hooks.append(f"{address}/api/v1/hooks/{TILL}")

    def sells_and_web_shows_it(self, shops: Mapping[str, Shop], in_warehouse: Callable[[str], int]) -> str:
        """Customers buy at the till: every web shop has so much less to sell, however often the till tells of the sale."""
        item = self._cast.carried_home
        self._see(shops, item, in_warehouse, "before anything was sold")
        self._ring_up(item, 2)
        self._see(shops, item, in_warehouse, "after the till sold two")
        self.till.fail(DUPLICATED)
        sale = self._ring_up(item, 1)
        self.till.call([sale])
        self._see(shops, item, in_warehouse, "after the till told of one sale four times")
        return f"the tills sold {self.sold[item]} of {item}, one told four times: {', '.join(sorted(shops))} show {self.sold[item]} less"

    def sells_without_network(self) -> None:
        """The till's line is down: a customer pays all the same, and the house hears of it later."""
        self.till.has_network = False
        self._ring_up(self._cast.carried_home, 1)

    def fulfil(self, orders: int) -> None:
        """The clerk picks all that the store sends or hands over, packs it or sets it down for its customer."""
        client = Client(self.clerk.pda.address, dict(self.office.headers))
        released, ends = 0, time.monotonic() + WAIT_SECONDS
        while released < orders:
            wave = release_wave(client, STORE, _TOTES)
            if wave is None:
                _guard(time.monotonic() < ends, f"of {orders} orders of the store only {released} came to its floor")
                time.sleep(0.2)
                continue
            released += wave["orders"]
            while (totes := self.clerk.pick_round(_CART)) is not None:
                for tote in totes:
                    self._pack(tote)
        self.till.has_network = True

    def hand_over(self, number: str, ref: str, shop: PlainShop) -> str:
        """The customer was told by the web shop and comes: a wrong code gets nothing, the right one the tote's content."""
        _guard(_until(lambda: ref in shop.ready), f"{ref} waits for its customer, who was not told")
        code, pda = shop.ready[ref]["code"], self.clerk.pda
        pda.task = None
        pda.scan(number)
        pda.scan(f"QTY-{(int(code) + 1) % 10**6}")
        _guard(pda.last.get("code") == "wrong_collect_code", f"a wrong code for {number} was not seen: {pda.last}")
        pda.scan(f"QTY-{int(code)}")
        pda.scan(self._tote_of_customer)
        _guard(_until(lambda: bool(shop.orders[ref].parcels)), f"{ref} was handed over, and its shop does not know")
        return f"{ref} collected in the store: the customer was told, a wrong code was refused, the right one got it"

    def load(self) -> str:
        """What the store sends leaves by its own door."""
        if self.parcels:
            self.clerk.load(_DOOR, self.parcels)
        return f"{len(self.parcels)} parcels sent from the store"

    def check_book(self) -> None:
        """What the book has in the store is what lies on its shelves, after all that left it by the web, by hand and by the tills."""
        there = Counter[str]()
        for content in self._shelves.pallets.values():
            there.update(content)
        _guard(_until(lambda: self._book() == there), f"the store has {dict(there)}, the book {dict(self._book())}")

    def _pack(self, tote: str) -> None:
        parcels = self.clerk.pack(tote)
        self.parcels += parcels
        if not parcels:
            self._tote_of_customer = tote

    def _ring_up(self, item: str, quantity: int) -> Sale:
        pallet = next(lpn for lpn, content in self._shelves.pallets.items() if item in content)
        self._shelves.take(pallet, item, quantity)
        self.sold[item] += quantity
        return self.till.ring_up([(item, quantity)], off=_OFF if quantity > 1 else 0)

    def _see(self, shops: Mapping[str, Shop], item: str, in_warehouse: Callable[[str], int], when: str) -> None:
        there = sum(content.get(item, 0) for content in self._shelves.pallets.values())
        wanted = in_warehouse(item) + there - KEPT
        _guard(_until(lambda: all(shop.quantities.get(item) == wanted for shop in shops.values())),
               f"{when} there were {wanted} of {item} to sell, and the web shows { {code: shop.quantities.get(item) for code, shop in shops.items()} }")

    def _book(self) -> Counter[str]:
        found = Counter[str]()
        for item in self._cast.stock:
            rows = self.office.call("GET", f"/api/v1/stock/availability?item={item}")["items"]
            found[item] = sum(row["on_hand"] for row in rows if row["site"] == STORE)
        return found


def _until(holds: Callable[[], bool]) -> bool:
    ends = time.monotonic() + WAIT_SECONDS
    while not holds():
        if time.monotonic() > ends:
            return False
        time.sleep(0.1)
    return True


def _guard(holds: bool, complaint: str) -> None:
    if not holds:
        raise StoreFailed(complaint)
