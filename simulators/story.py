"""A day in the warehouse: deliveries in, orders in, a wave, picks, parcels, trucks out, bins counted."""

import secrets
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from simulators.cast import WEBSHOP, Cast, cast
from simulators.docks import Docks
from simulators.good_pictures import picture_of
from simulators.goods import Shelves
from simulators.hiring import hired
from simulators.house import House
from simulators.http import Client, Json
from simulators.pack_table import PackTable
from simulators.pda import Pda
from simulators.plan import Plan
from simulators.printers import Printers
from simulators.service import Service
from simulators.shopfront import Shopfront
from simulators.shops.plain import PlainShop
from simulators.store import STORE, ZONE, Store, open_store
from simulators.tape import Tape
from simulators.waves import release_wave
from simulators.worker import Worker, in_folder

Say = Callable[[str], None]
_IDLE_WAVES = 300
_NEWS_SECONDS = 300
COUNTED_BINS = 12
DOCK_PALLETS = 8
CAMERA_PALLETS = 2
PAPER_OUT_AFTER = 20
GOOD_G, CARTON_G = 250, 200
CARTONS = {"S": (200, 150, 100), "M": (300, 200, 150), "L": (400, 300, 200), "XL": (600, 400, 300)}
SHAPES = ((100, 80, 50), (125, 80, 40), (160, 50, 50), (200, 50, 40))
"""Of 400 ml each, so that no capacity of the day depends on them."""
OFFICE = "DEMO-OFFICE"
SCOPES = ("items:write", "locations:write", "inbound:write", "orders:write", "orders:read", "waves:write", "waves:read",
          "counts:write", "counts:read", "tasks:read", "inbound:read", "stations:read")
_PAGE = 200


@dataclass
class Story:
    """One day played by `workers` people with handhelds; `figures` are what happened."""

    house: House
    plan: Plan
    workers: int
    say: Say
    lost_answers: float = 0.02
    handheld: type[Pda] = Pda
    has_dock: bool = False
    has_shops: bool = False
    has_pictures: bool = False
    tape: Tape | None = None
    printers: Printers | None = None
    part: Cast | None = None
    web_order: str = ""
    """An order of the web shop that a visitor may send back."""
    shelves: Shelves = field(default_factory=Shelves)
    figures: Json = field(default_factory=dict)

    def play(self) -> Json:
        """The whole day; the figures."""
        began = time.monotonic()
        self.open()
        for title, act in (("Receiving", self.receive), ("Putting away", self.put_away), ("The store in town", self._fill_store), ("Orders", self.take_orders),
                           ("Picking and packing", self.fulfil), ("Loading", self._load), ("Counting", self._count), ("Service", self._serve)):
            if self.part is None and act in (self._fill_store, self._serve):
                continue
            started = time.monotonic()
            self.say(f"{title}: {act()} ({time.monotonic() - started:.1f} s)")
        self._sum_up(time.monotonic() - began)
        self.close_office()
        return self.figures

    def open(self) -> None:
        """The office signs in; bins, goods, doors, trolleys and people are made."""
        self._sign_in_office()
        if self.has_shops:
            self.admin.call("PATCH", "/api/v1/sites/W1", {"timezone": ZONE, "settings": {"currency": "CNY"}})
        self.office.call("POST", "/api/v1/locations", self.plan.bins)
        for carton, sides in CARTONS.items():
            self.office.call("PUT", f"/api/v1/carton-types/{carton}", {"site": "W1", "own_weight_g": CARTON_G, "max_weight_g": 31_500, **_sides(sides)})
        for at, good in enumerate(self.plan.goods.values()):
            self.office.call("PUT", f"/api/v1/items/{good.code}", {
                "name": good.name, "weight_g": GOOD_G, "volume_ml": 400, **_sides(SHAPES[at % len(SHAPES)]), "tracks_lot": bool(good.lot), "tracks_expiry": bool(good.expiry), "price": 990 + at % 20 * 500,
                "packs": [{"level": "each", "quantity": 1, "barcodes": [good.gtin]}]})
            if self.has_pictures and (picture := picture_of(good.name)) is not None:
                self.office.call("PUT", f"/api/v1/item-pictures/{good.code}", picture)
        for door in self._doors()[1:]:
            self.office.call("POST", "/api/v1/locations", {"site": "W1", "pattern": door, "kind": "door"})
        if self.has_dock:
            self.printers = Printers(self.admin, self.house.address, self.house.folder / "labels")
        self._make_trolleys()
        self.crew = [self._hire(number) for number in range(self.workers)]
        self.part = cast(self._ordered(), self._carriers()) if self.has_shops else None
        if self.part is not None:
            self.store = self._open_store(self.part)

    def _ordered(self) -> list[Json]:
        """What comes in by itself; a small order, which goes into one carton, is packed alone at last, on a scale."""
        alone = min(self.plan.orders, key=_pieces_from_two) if self.has_dock else None
        return [order for order in self.plan.orders if order is not alone]

    def _open_store(self, part: Cast) -> Store:
        open_store(self.admin)
        self.admin.call("PUT", "/api/v1/workers/SUPERVISOR", {"name": "Supervisor", "role": "supervisor"})  # whose the exceptions are
        self.admin.call("PATCH", "/api/v1/sites/W1", {"settings": {"country": "CN", "city": "上海市", "return_address": "上海市嘉定区仓储路 1 号"}})
        self.admin.call("POST", "/api/v1/locations", {"site": "W1", "pattern": "W1-RETURNS-1", "kind": "returns"})
        pda = hired(self.admin, self.house.address, self.handheld, site=STORE, badge="CLERK", name="Clerk of the store", handheld="PDA of the store",
                    lost_answers=self.lost_answers, seed=self.workers)
        shelves = Shelves()
        return Store(self.admin, Worker(pda, self.plan.goods, shelves, in_folder(self.house.folder / "labels")), shelves, part)

    @property
    def everybody(self) -> list[Worker]:
        """With the clerk of the store."""
        return [*self.crew, self.store.clerk] if self.part is not None else self.crew

    def _sign_in_office(self) -> None:
        """An administrator for the day, who makes the key that the office works with and is locked out in the end."""
        password = secrets.token_urlsafe(18)
        self.house.command("user", "add", OFFICE, "--role", "admin", "--password", password)
        self.admin = Client(self.house.address)
        self.admin.call("POST", "/api/v1/sessions", {"badge": OFFICE, "password": password})
        self.admin.headers.update({"Cookie": self.admin.cookie, "X-Aisle-CSRF": "1"})
        key = self.admin.call("POST", "/api/v1/api-keys", {"name": "demo office", "scopes": list(SCOPES), "site": "W1"})["key"]
        self.office = Client(self.house.address, {"Authorization": f"Bearer {key}"})

    def close_office(self) -> None:
        """Nobody administers the server any more: the set-up link is good for whoever looks at it next. In the store orders go to the floor by themselves now."""
        if self.part is not None:
            self.admin.call("PATCH", f"/api/v1/sites/{STORE}", {"streams": True})
        self.admin.call("DELETE", f"/api/v1/workers/{OFFICE}")

    def _doors(self) -> list[str]:
        return [f"W1-DOOR-{number}" for number in range(1, len(self._carriers()) + 1)]

    def _carriers(self) -> list[str]:
        return sorted({order["carrier"] for order in self.plan.orders})

    def _make_trolleys(self) -> None:
        for number in range(self.workers):
            trolley = f"TROLLEY-{number + 1}"
            self.office.call("POST", "/api/v1/lpns", {"kind": "trolley", "codes": [trolley], "location": "W1-STAGE-1"})
            totes = [f"TOTE-{number + 1}-{place:02d}" for place in range(1, self.plan.trolley_orders + 1)]
            self.office.call("POST", "/api/v1/lpns", {"kind": "tote", "codes": totes, "location": "W1-STAGE-1", "inside": trolley})

    def _hire(self, number: int) -> Worker:
        pda = hired(self.admin, self.house.address, self.handheld, site="W1", badge=f"DEMO-{number + 1}", name=f"Worker {number + 1}",
                    handheld=f"PDA {number + 1}", lost_answers=self.lost_answers, seed=number)
        return Worker(pda, self.plan.goods, self.shelves, self.printers.label if self.printers is not None else in_folder(self.house.folder / "labels"))

    def receive(self) -> str:
        """All papers are received."""
        for paper in self.plan.papers:
            lines = [{**self._announced(item, quantity), "sscc": pallet} for pallet, (item, quantity) in paper.pallets.items()]
            lines += [self._announced(item, quantity) for item, quantity in paper.loose.items()]
            self.office.call("POST", "/api/v1/asns", {"code": paper.code, "site": "W1", "lines": lines})
            for pallet, (item, quantity) in paper.pallets.items():
                self.shelves.deliver(pallet, {item: quantity})

        passed = self._pass_the_dock() if self.has_dock else {}

        def act(worker: Worker, paper: Any) -> None:
            worker.receive(paper.code, [pallet for pallet in paper.pallets if pallet not in passed.get(paper.code, ())], paper.loose)

        self._together(self.plan.papers, act)
        by_dock = sum(map(len, passed.values()))
        return f"{len(self.plan.papers)} ASNs, {len(self.shelves.pallets)} pallets" + (f", {by_dock} of them without a touch" if passed else "")

    def _pass_the_dock(self) -> dict[str, set[str]]:
        """Some pallets of each paper pass the door and the gate, where things go wrong too; the rest is received by hand."""
        self.docks = Docks(self.office, self.tape)
        self.docks.open(self.admin, "W1-DOCK-1")
        passed: dict[str, set[str]] = {}
        for paper in self.plan.papers:
            share = min(len(paper.pallets) // 3, DOCK_PALLETS)
            pallets = list(paper.pallets)[:2 * share + (CAMERA_PALLETS if share and self.docks.has_camera else 0)]
            gate = pallets[share:2 * share] if paper is self.plan.papers[0] else []  # one paper is at the gate until somebody scans the next there
            self.docks.pass_door(paper.code, pallets[:2 * share - len(gate)])
            self.docks.pass_gate(paper.code, gate)
            self.docks.pass_camera(paper.code, pallets[2 * share:])
            passed[paper.code] = set(pallets)
        self.mishaps = self.docks.mishaps()
        for told in self.mishaps:
            self.say(f"  {told}")
        return passed

    def _announced(self, item: str, quantity: int) -> Json:
        good = self.plan.goods[item]
        dates = {"lot": good.lot, "expiry": f"20{good.expiry[:2]}-{good.expiry[2:4]}-{good.expiry[4:]}"} if good.lot else {}
        return {"item": item, "quantity": quantity, **dates}

    def put_away(self) -> str:
        """Every pallet is brought to its bin."""
        waiting = sorted(self.shelves.pallets, key=self._nearest_first)

        def choose(pallet: str) -> str | None:
            return self.plan.best_bins.get(next(iter(self.shelves.pallets[pallet])))

        self._together(waiting, lambda worker, pallet: worker.put_away(pallet, choose))
        return f"{len(waiting)} pallets in their bins, the fast ones near the depot"

    def _nearest_first(self, pallet: str) -> str:
        return self.plan.best_bins.get(next(iter(self.shelves.pallets[pallet])), "")

    def take_orders(self) -> str:
        """The orders come in."""
        self.carrier_of: dict[str, str] = {}
        orders = self._ordered()
        self.later = [order for order in self.plan.orders if order not in orders]
        return self._sell(orders) if self.has_shops else self._take(orders)

    def _take(self, orders: Sequence[Json]) -> str:
        promised = 0
        for at, order in enumerate(orders):
            answer = self._take_order(order)
            promised += sum(line["promised"] for line in answer["lines"])
            did_not_hear = at % 50 == 7  # a shop that did not get the answer asks again
            if did_not_hear and not self.office.call("POST", "/api/v1/orders", order)["repeated"]:
                raise AssertionError("an order that was sent twice became two")
        return f"{len(self.carrier_of)} orders, {promised} units promised"

    def _sell(self, orders: Sequence[Json]) -> str:
        """On platforms that call and are asked; what no platform stands for is ordered by telephone."""
        self.shopfront = Shopfront(self.admin, self.house.address, orders, self._carriers(), self.part)
        if self.part is not None:
            self._open_tills(self.part)
        by_phone = [order for order in orders if not self.shopfront.sells(order)]
        for order in by_phone:
            self._take_order(order)
        if self.part is not None:
            self.service = Service(self.admin, self.shopfront, self.part)
            self.say(f"  {self.service.solve()}")
        came = self.shopfront.taken()
        self.carrier_of |= {one["number"]: one["carrier"] for one in came if one["site"] == "W1"}
        self.from_store = [one for one in came if one["site"] == STORE]
        if len(came) + len(by_phone) != len(orders):
            raise AssertionError(f"{len(orders)} orders were made, {len(came)} came from platforms and {len(by_phone)} by telephone")
        counts = Counter(one["channel"] for one in came)
        return ", ".join([*(f"{count} from {channel}" for channel, count in sorted(counts.items())), f"{len(by_phone)} by telephone"]) + self.shopfront.sourced(came)

    def _open_tills(self, part: Cast) -> None:
        self.shopfront.offers(sorted(part.stock))
        self.store.open_tills(self.house.address)
        self.say(f"  {self.store.sells_and_web_shows_it(self.shopfront.shops, self.shelves.of)}")

    def _fill_store(self) -> str:
        return self.store.fill()

    def _take_order(self, order: Json) -> Json:
        answer = self.office.call("POST", "/api/v1/orders", order)
        self.carrier_of[answer["number"]] = order["carrier"]
        return answer

    def fulfil(self) -> str:
        """Waves are released; everybody picks and packs."""
        self.parcels: dict[str, list[str]] = {carrier: [] for carrier in self._carriers()}
        self._released = threading.Event()
        releaser = threading.Thread(target=self._release, daemon=True)
        releaser.start()
        if self.printers is not None:
            self.printers.run_out_after(PAPER_OUT_AFTER)
        with ThreadPoolExecutor(1) as beside:
            in_store = beside.submit(self._work_in_store)
            self._together(range(self.workers), self._pick_and_pack)
            in_store.result()
        releaser.join()
        if self.printers is not None:
            self.printers.paper_is_back()
            self.say(f"  {self.printers.told}")
        for order in self.later:
            self._pack_on_the_scale(order)
        from_store = len(self.store.parcels) if self.part is not None else 0
        return (f"{sum(worker.lines for worker in self.everybody)} lines in {self.rounds} rounds, "
                f"{sum(map(len, self.parcels.values())) + from_store} parcels, labels read")

    def _work_in_store(self) -> None:
        """The clerk picks and packs while the warehouse does, customers go on buying at the till, and somebody comes for an order."""
        if self.part is None:
            return
        self.store.sells_without_network()
        self.store.fulfil(len(self.from_store))
        shop, ref = self.shopfront.shops[WEBSHOP], self.shopfront.refs[self.part.collected["reference"]]
        [collected] = [order["number"] for order in self.from_store if order["channel"] == WEBSHOP and order["channel_ref"] == ref]
        if isinstance(shop, PlainShop):
            self.say(f"  {self.store.hand_over(collected, ref, shop)}")

    def _pack_on_the_scale(self, order: Json) -> None:
        """One order more, alone: a piece is forgotten, the scale stops the label, the piece is put in."""
        worker, units = self.crew[0], sum(line["quantity"] for line in order["lines"])
        table = PackTable(self.admin, "W1-PACK-1", worker.pda.name)
        self.house.command("site", "W1", "--set", "pack_weigh=yes", "--set", f"pack_carton_g={CARTON_G}")
        self._take_order(order)
        worker.weigh = table.weighs(units * GOOD_G + CARTON_G, GOOD_G)
        self._released.clear()
        releaser = threading.Thread(target=self._release, daemon=True)
        releaser.start()
        self._pick_and_pack(worker, 0)
        releaser.join()
        self.house.command("site", "W1", "--set", "pack_weigh=no")
        self.say(f"  {table.told}")

    def _release(self) -> None:
        """Waves until nothing waits any more: orders reach the floor some moments after they were taken in."""
        client = Client(self.house.address, self.office.headers)
        idle = 0
        try:
            while idle < _IDLE_WAVES and sum(wave["orders"] for wave in self._all("/api/v1/waves", client)) < len(self.carrier_of):
                made = release_wave(client, "W1", self.plan.trolley_orders)
                if made is None:
                    idle += 1
                    time.sleep(0.2)
                    continue
                idle = 0
                self.say(f"  {made['code']}: {made['orders']} orders, {made['lines']} lines released")
        finally:
            self._released.set()

    def _pick_and_pack(self, worker: Worker, number: int) -> None:
        while True:
            is_last = self._released.is_set()
            totes = worker.pick_round(f"TROLLEY-{number + 1}")
            if totes is None:
                if is_last:
                    return
                time.sleep(0.2)
                continue
            with self.shelves.lock:
                self.rounds = getattr(self, "rounds", 0) + 1
            for tote in totes:
                parcels = worker.pack(tote)
                order = str(worker.pda.last["message"]["args"].get("order", ""))
                self._keep(order, parcels)

    def _keep(self, order: str, parcels: list[str]) -> None:
        """Parcels go to the lane of their carrier, as their label says."""
        with self.shelves.lock:
            self.parcels[self.carrier_of[order.partition("~")[0]]].extend(parcels)

    def _load(self) -> str:
        doors = dict(zip(self._carriers(), self._doors(), strict=True))
        self._together(self._carriers(), lambda worker, carrier: worker.load(doors[carrier], self.parcels[carrier]))
        told = f"{sum(map(len, self.parcels.values()))} parcels on {len(doors)} vehicles, all dispatched"
        if self.part is not None:
            told += f"; {self.store.load()}"
        if self.has_shops:
            self.told = self.shopfront.told()
            told += "".join(f"; {kind} knows of {known} of {bought}" for kind, (known, bought) in self.told.items())
        return told

    def _count(self) -> str:
        bins = sorted(self.shelves.in_bin)[:COUNTED_BINS]
        self.office.call("POST", "/api/v1/counts", {"site": "W1", "locations": bins})
        worker = self.crew[0]
        while worker.count_round():
            pass
        counts = self.office.call("GET", "/api/v1/counts?state=done&limit=200")["items"]
        self.counted = len(counts)
        return f"{self.counted} bins, blind"

    def _serve(self) -> str:
        """A return is paid back, another is awaited, and an exception is left: the visitor finds both."""
        self.store.check_book()
        left = self._all(f"/api/v1/orders?channel={WEBSHOP}&site=W1&state=shipped", self.admin)
        self.web_order = left[-1]["channel_ref"] if left else ""
        return f"{self.service.returns(left[:-1], self.crew[0], self.shelves)}left for you: {self.service.oversell()}"

    def _together(self, things: Iterable[Any], act: Callable[[Worker, Any], None]) -> None:
        """Everybody works through the things, each taking the next."""
        queue, lock = iter(list(things)), threading.Lock()

        def work(worker: Worker) -> None:
            while True:
                with lock:
                    thing = next(queue, None)
                if thing is None:
                    return
                act(worker, thing)

        with ThreadPoolExecutor(len(self.crew)) as pool:
            for done in [pool.submit(work, worker) for worker in self.crew]:
                done.result()

    def _sum_up(self, seconds: float) -> None:
        orders = self._settled_orders()
        waves = self._all("/api/v1/waves")
        counts = [worker.pda.counts for worker in self.everybody]
        answered = sorted(ms for one in counts for ms in one.answered_ms)
        cuts = statistics.quantiles(answered, n=100) if len(answered) > 1 else [0.0] * 99
        walk, s_shape, sequence = (sum(wave[name] for wave in waves) / 1000 for name in (
            "walk_mm", "walk_s_shape_mm", "walk_order_mm"))
        self.figures = {
            "orders_in": len(orders), "orders_shipped": sum(order["state"] == "shipped" for order in orders),
            **({"orders_from_platforms": sum(bought for _, bought in self.told.values()),
                "orders_told_to_platforms": sum(known for known, _ in self.told.values())} if self.has_shops else {}),
            **({"orders_sent_from_the_store": len(self.from_store) - 1, "orders_collected_in_the_store": 1, "sold_at_the_till": self.store.sold.total(),
                "exceptions_left_for_you": 1} if self.part is not None else {}),
            "orders_short": sum(order["state"] == "short" for order in orders),
            "lines": sum(worker.lines for worker in self.everybody), "lines_ordered": self.plan.lines,
            "units": sum(worker.units for worker in self.everybody), "units_ordered": self.plan.units,
            "scans": sum(one.scans for one in counts), "operations": sum(one.operations for one in counts),
            "answers_lost_and_given_again": sum(one.replayed for one in counts),
            "labels": sum(worker.labels_read for worker in self.everybody), "bins_counted": self.counted,
            "moves": int(self._last_move()), "units_left_on_shelves": self.shelves.left(),
            "walk_m": round(walk, 1), "walk_s_shape_m": round(s_shape, 1), "walk_order_sequence_m": round(sequence, 1),
            "scan_to_answer_ms": {"p50": round(cuts[49], 1), "p95": round(cuts[94], 1), "p99": round(cuts[98], 1)},
            "seconds": round(seconds, 1),
        }

    def _settled_orders(self) -> list[Json]:
        """The orders once the news of the trucks has reached them: that takes a moment, since it happens off the scan's path."""
        ends = time.monotonic() + _NEWS_SECONDS
        while True:
            orders = [order for order in self._all("/api/v1/orders", self.admin) if self.part is None or order["number"] != self.service.left_open]
            if all(order["state"] in ("shipped", "short", "cancelled") for order in orders) or time.monotonic() > ends:
                return orders
            time.sleep(0.5)

    def _last_move(self) -> int:
        return int(self.office.call("GET", "/api/v1/dashboard")["ledger"]["moves"])

    def _all(self, path: str, client: Client | None = None) -> list[Json]:
        found, cursor = [], ""
        while True:
            page = (client or self.office).call("GET", f"{path}{'&' if '?' in path else '?'}limit={_PAGE}&cursor={cursor}")
            found += page["items"]
            if page["next"] is None:
                return found
            cursor = page["next"]


def compact(layout: Json) -> str:
    return ";".join(f"{name}:{','.join(map(str, values))}" for name, values in layout.items())


def _sides(sides: tuple[int, int, int]) -> Json:
    return dict(zip(("length_mm", "width_mm", "height_mm"), sides, strict=True))


def _pieces_from_two(order: Json) -> tuple[bool, int]:
    """So that a piece may be missing of it."""
    pieces = sum(line["quantity"] for line in order["lines"])
    return pieces < 2, pieces
