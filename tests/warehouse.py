"""A whole small warehouse for stories: bins along two aisles, totes, a station, a door, people with handhelds."""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import text

from server import workflows
from server.floor.engine import FloorEngine
from server.floor.operations import DeviceIdentity
from server.floor.registry import discover
from server.kernel.database import Database
from server.kernel.dispatcher import Dispatcher
from server.kernel.jobs import LongJobRunner
from server.masterdata.items import NewItem, NewPack, put_item
from server.masterdata.locations import NewLocation, put_location
from server.masterdata.parties import own_stock
from server.masterdata.site_settings import set_site_settings
from server.masterdata.sites import account, add_site, location_by_code
from server.oms.orders import NewOrder, NewOrderLine, OrderAnswer, accept_order
from server.printing.queue import put_printer
from server.reactions import CONSUMERS, LONG_JOBS
from server.stock.goods import GoodsKey, keep_lot
from server.stock.ledger import Move, move
from server.stock.lpns import make_lpn
from server.wms.release_rules import ReleaseRule
from server.wms.waves import WaveMade, release_wave
from tests.pda import Pda

ITEMS = {"SOAP": "09506000134352", "TEA": "09506000134369", "MILK": "09506000134376"}


@dataclass
class Warehouse:
    database: Database
    site_id: int = 0
    owner_id: int = 0
    items: dict[str, int] = field(default_factory=dict)
    devices: int = 0

    def open(self) -> "Warehouse":
        """Finds the warehouse in a database that was copied with it, else builds it."""
        if not self.database.read(self._found):
            self.database.write(self._build)
        self.engine = FloorEngine(self.database, discover(workflows))
        self.dispatcher = Dispatcher(self.database, CONSUMERS)
        self.long_jobs = LongJobRunner(self.database, LONG_JOBS)
        return self

    def settle(self) -> None:
        """All that follows from what was done, as the threads behind a server would do it."""
        self.long_jobs.run_due()
        self.dispatcher.drain()

    def pda(self, role: str = "worker") -> Pda:
        self.devices += 1
        number = self.devices

        def work(tx):
            device = tx.scalar(text("INSERT INTO device (name, site_id, token_hash, enrolled_at) VALUES (:n, :s, :n, 0) "
                                    "RETURNING id"), n=f"PDA {number}", s=self.site_id)
            worker = tx.scalar(text("INSERT INTO worker (badge, name, role) VALUES (:b, :b, :r) RETURNING id"),
                               b=f"BDG-{number}", r=role)
            tx.execute(text("INSERT INTO worker_session (id, token_hash, worker_id, device_id, created_at, last_used_at, "
                            "expires_at) VALUES (:id, :id, :w, :d, 0, 0, 99999999999999)"),
                       {"id": f"s{number}", "w": worker, "d": device})
            return DeviceIdentity(device, self.site_id), tx.now

        device, now = self.database.write(work)
        return Pda(self.engine, device, f"s{number}", now)

    def put(self, item: str, quantity: int, bin_: str, *, lot: str = "", expiry: date | None = None,
            status: str = "available", serial: str = "") -> None:
        def work(tx):
            if lot:
                keep_lot(tx, self.items[item], lot, expiry_on=expiry)
            goods = GoodsKey(self.items[item], self.owner_id, lot, serial, status)
            move(tx, Move(goods, quantity, account(tx, self.site_id, "SUPPLIER"), location_by_code(tx, bin_), "receiving"))

        self.database.write(work)

    def order(self, ref: str, *lines: tuple[str, int], **more) -> OrderAnswer:
        new = NewOrder(channel="test", channel_ref=ref, site_id=self.site_id,
                       lines=[NewOrderLine(item=item, quantity=quantity) for item, quantity in lines], **more)
        answer = self.database.write(lambda tx: accept_order(tx, new))
        self.dispatcher.drain()
        return answer

    def wave(self, picking: str = "single", orders: int = 4) -> WaveMade | None:
        made = release_wave(self.database, ReleaseRule(site_id=self.site_id, name="by hand", picking=picking,
                                                       trolley_orders=orders))
        self.dispatcher.drain()
        return made

    def picked(self, ref: str) -> Pda:
        """An order of soap and tea that lies in TOTE-5, and who picked it."""
        self.put("SOAP", 10, "W1-A-01-1")
        self.put("TEA", 10, "W1-A-02-1")
        self.order(ref, ("SOAP", 1), ("TEA", 1))
        self.wave()
        pda = self.pda()
        for scan in ("TOTE-5", ITEMS["SOAP"], ITEMS["TEA"]):
            pda.scan(scan)
        return pda

    def one(self, query: str, **values):
        return self.database.read(lambda tx: tx.scalar(text(query), **values))

    def all(self, query: str, **values) -> list[tuple]:
        return self.database.read(lambda tx: [tuple(row) for row in tx.rows(text(query), **values)])

    def in_bin(self, bin_: str) -> int:
        return self.one("SELECT COALESCE(SUM(b.quantity), 0) FROM balance b JOIN location l ON l.id = b.holder_id "
                        "WHERE l.code = :c", c=bin_)

    def _found(self, tx) -> bool:
        self.site_id = tx.scalar(text("SELECT MIN(id) FROM site")) or 0
        self.owner_id = tx.scalar(text("SELECT MIN(id) FROM party WHERE code = 'OWN'")) or 0
        self.items = {row.code: row.id for row in tx.rows(text("SELECT id, code FROM item ORDER BY id"))}
        return self.site_id > 0

    def _build(self, tx) -> None:
        self.site_id = add_site(tx, "W1", "Main")
        self.owner_id = own_stock(tx)
        set_site_settings(tx, self.site_id, gcp="9521234")
        for aisle, zone in enumerate("AB"):
            for rack in range(1, 6):
                put_location(tx, self.site_id, NewLocation(code=f"W1-{zone}-{rack:02d}-1", zone=zone, aisle=zone,
                                                           x_mm=aisle * 3000, y_mm=rack * 1000))
        for kind in ("dock", "stage", "pack", "door"):
            put_location(tx, self.site_id, NewLocation(code=f"W1-{kind.upper()}", kind=kind))
        put_location(tx, self.site_id, NewLocation(code="W1-DOOR-2", kind="door"))
        for code, gtin in ITEMS.items():
            self.items[code] = put_item(tx, NewItem(code=code, name=code.title(), packs=[NewPack("each", 1, (gtin,))],
                                                    weight_g=100, tracks_lot=code == "MILK", tracks_expiry=code == "MILK"))
        stage = location_by_code(tx, "W1-STAGE")
        trolley = make_lpn(tx, stage, kind="trolley", code="TROLLEY-1")
        for number in range(1, 5):
            make_lpn(tx, trolley, kind="tote", code=f"TOTE-{number}")
        for number in range(5, 12):
            make_lpn(tx, stage, kind="tote", code=f"TOTE-{number}")
        put_printer(tx, "labels", self.site_id, "file:///nowhere/labels")
