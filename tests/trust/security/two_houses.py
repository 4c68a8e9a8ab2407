"""Two warehouses in one database, each with one thing of every kind; the first one's are marked SECRET where nobody sends it."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import inspect, text

from server.api.rma_routes import announced
from server.kernel.jobs import LongJobRunner
from server.masterdata.api_keys import SCOPES, make_api_key
from server.masterdata.carton_types import NewCartonType, put_carton_type
from server.masterdata.devices import enrol, make_enrolment_code
from server.masterdata.found_ports import note_found
from server.masterdata.items import NewItem, NewPack, put_item
from server.masterdata.locations import NewLocation, put_location
from server.masterdata.parties import own_stock
from server.masterdata.people import put_worker, set_password, set_pin
from server.masterdata.shifts import open_shift
from server.masterdata.sites import account, location_by_code
from server.masterdata.stations import NewPeripheral, NewStation, put_station
from server.oms.blocking import put_block
from server.oms.connecting import add_channel, channel_by_code
from server.oms.listings import name_item
from server.oms.orders import NewOrder, NewOrderLine, accept_order
from server.oms.papers import settle, store
from server.oms.returns import NewReturn
from server.oms.settling import exchange
from server.printing.labels import print_lpn_label
from server.printing.queue import put_printer
from server.reactions import LONG_JOBS
from server.stock.goods import GoodsKey
from server.stock.ledger import Move, move
from server.stock.lpns import make_lpn
from server.wms.counting import plan_counts
from server.wms.inbound import NewInbound, NewInboundLine, put_inbound
from server.wms.loading import load_at
from server.wms.put_away import want_put_away
from server.wms.release_rules import ReleaseRule, put_rule
from server.wms.waves import open_wave
from tests.api.conftest import PASSWORD, PIN, House
from tests.api.shipped import came_back, shipped

ROLES = ("worker", "supervisor", "manager", "admin")
_GOODS = {"W1": "SECRET-THING", "W2": "TEA"}
_EXCEPTION = text("INSERT INTO floor_exception (site_id, at, code, args) VALUES (:site, 0, 'late', '{}') RETURNING id")
_ASKED = text("INSERT INTO print_job (unique_key, printer_id, label, code, payload, state, created_at, sent_at) "
              "VALUES (:key, :printer, 'lpn', :key, '^XA^XZ', 'unknown', 0, 0)")
_ON_HOLD = text("UPDATE release SET on_hold = 1 WHERE order_number IN (SELECT number FROM sales_order WHERE channel_ref LIKE 'held-%')")
_DIFFERS = text("UPDATE cycle_count SET state = 'recount' WHERE id = :id")
_COUNTED = text("INSERT INTO cycle_count_line (cycle_count_id, round, holder_id, goods_id, book, counted) "
                "VALUES (:id, 1, :place, (SELECT MIN(id) FROM goods), 3, 2)")
_SALE = text("INSERT INTO store_sale (channel_id, ref, sold_at, taken_at) SELECT id, :ref, 0, 0 FROM channel WHERE code = :channel RETURNING id")
_SALE_LINE = text("INSERT INTO store_sale_line (sale_id, number, name, quantity) VALUES (:id, 1, :name, 1)")
_DEAD = text("INSERT INTO job (kind, payload, state, run_at, error) VALUES ('ship_load', '{}', 'dead', 0, 'gone')")
_NUMBERS = {
    "listing": "SELECT l.id FROM listing l JOIN channel c ON c.id = l.channel_id WHERE c.site_id = :site",
    "matter": "SELECT MIN(id) FROM order_exception WHERE site_id = :site",
    "block": "SELECT id FROM order_block WHERE site_id = :site",
    "paper": "SELECT p.id FROM channel_paper p JOIN channel c ON c.id = p.channel_id WHERE c.site_id = :site",
    "sale": "SELECT s.id FROM store_sale s JOIN channel c ON c.id = s.channel_id WHERE c.site_id = :site",
    "wave": "SELECT MIN(id) FROM wave WHERE site_id = :site", "device": "SELECT MIN(id) FROM device WHERE site_id = :site",
    "pick": "SELECT MIN(id) FROM task WHERE site_id = :site AND kind = 'pick'",
    "job": "SELECT MIN(j.id) FROM print_job j JOIN printer p ON p.id = j.printer_id WHERE p.site_id = :site",
    "asked": "SELECT MIN(j.id) FROM print_job j JOIN printer p ON p.id = j.printer_id WHERE p.site_id = :site AND j.state = 'unknown'",
    "key": "SELECT MIN(id) FROM api_key WHERE site_id = :site", "rule": "SELECT MIN(id) FROM release_rule WHERE site_id = :site",
    "recount": "SELECT MIN(id) FROM cycle_count WHERE site_id = :site AND state = 'recount'",
    "other_recount": "SELECT MAX(id) FROM cycle_count WHERE site_id = :site AND state = 'recount'",
    "count": "SELECT MIN(id) FROM task WHERE site_id = :site AND kind = 'count'",
    "shift": "SELECT MIN(id) FROM shift WHERE site_id = :site",
    "put_away": "SELECT MIN(id) FROM task WHERE site_id = :site AND kind = 'put_away'",
}


class TwoHouses(House):
    """`names[site]` holds what the things of a site are called, `numbers[site]` their row numbers, `returns[site]` what customers send back."""

    def __init__(self, url: str, folder: Any) -> None:
        super().__init__(url, folder)
        self.sites = self.app.database.read(lambda tx: {code: tx.scalar(text("SELECT id FROM site WHERE code = :c"), c=code) for code in _GOODS})
        self.tokens: dict[str, str] = {}
        self.returns: dict[str, dict[str, str]] = {}
        self.site_keys: dict[str, str] = {}
        self.sessions: dict[tuple[str, str], str] = {}
        self.names = {site: self.app.database.write(lambda tx, site=site: self._fill(tx, site)) for site in _GOODS}
        self.app.dispatcher.drain()
        for site_id in self.sites.values():
            self.app.database.write(lambda tx, site_id=site_id: open_wave(tx, ReleaseRule(site_id=site_id, name="by hand", picking="single")))
        LongJobRunner(self.app.database, LONG_JOBS).run_due()
        for site in _GOODS:
            self.app.database.write(lambda tx, site=site: self._leave_undone(tx, site))
        self.app.dispatcher.drain()
        self.app.database.write(lambda tx: tx.execute(_ON_HOLD))
        self.numbers = {site: self.app.database.read(lambda tx, site=site: {
            name: tx.scalar(text(query), site=self.sites[site]) for name, query in _NUMBERS.items()}) for site in _GOODS}
        for site in _GOODS:
            self.numbers[site]["other_exception"] = self.app.database.write(lambda tx, site=site: tx.scalar(_EXCEPTION, site=self.sites[site]))
            self.numbers[site]["exception"] = self.app.database.write(lambda tx, site=site: tx.scalar(_EXCEPTION, site=self.sites[site]))
            assert None not in self.numbers[site].values(), self.numbers[site]

    def callers(self, site: str) -> Iterator[tuple[str, dict[str, str]]]:
        """Everybody of a site: the device, its people on it, a key with every scope."""
        device = {"Authorization": f"Bearer {self.tokens[site]}"}
        yield "device", device
        yield "key", {"Authorization": f"Bearer {self.site_keys[site]}"}
        for role in ROLES:
            yield role, self.person(site, role)

    def person(self, site: str, role: str) -> dict[str, str]:
        """Somebody of a site, who may not leave it, signed in on its device (the last who signs in is there)."""
        device = {"Authorization": f"Bearer {self.tokens[site]}"}
        answer = self.web.post("/api/v1/sessions", json={"badge": f"{role}-{site}", "pin": PIN}, headers=device)
        assert answer.status_code == 200, answer.text
        return {**device, "X-Aisle-Session": answer.json["session"]}

    def everything(self, without: frozenset[str]) -> dict[str, list[str]]:
        """All rows of all tables but those."""
        def work(tx: Any) -> dict[str, list[str]]:
            names = sorted({*inspect(tx.connection).get_table_names()} - without)
            return {name: sorted(str(tuple(row)) for row in tx.rows(text(f'SELECT * FROM "{name}"'))) for name in names}

        return self.app.database.read(work)

    def _leave_undone(self, tx: Any, site: str) -> None:
        """Orders that wait, one of them held back, counts that differ, and work that was given up."""
        for name in ("waiting", "held"):
            order = accept_order(tx, NewOrder(channel="test", channel_ref=f"{name}-{site}", site_id=self.sites[site], priority=9 if name == "waiting" else 5, lines=[
                NewOrderLine(item=_GOODS[site], quantity=1)]))
            self.names[site][name] = order.number
        for code in (self.names[site]["bin"], self.names[site]["dock"]):
            place = location_by_code(tx, code)
            number, = plan_counts(tx, [place.id], "planned")
            tx.execute(_DIFFERS, {"id": number})
            tx.execute(_COUNTED, {"id": number, "place": place.id})
        tx.execute(_DEAD)

    def _fill(self, tx: Any, site: str) -> dict[str, str]:
        site_id, goods = self.sites[site], _GOODS[site]
        for kind in ("dock", "stage", "pack", "door"):
            put_location(tx, site_id, NewLocation(code=f"{site}-{kind.upper()}-9", kind=kind))
        for number in (1, 2):
            put_location(tx, site_id, NewLocation(code=f"{site}-B-0{number}-1"))
        item = put_item(tx, NewItem(code=goods, name=goods, packs=[NewPack("each", 1, (f"{goods}-CODE",))]))
        printer = put_printer(tx, f"labels-{site}", site_id, "socket://127.0.0.1:9")
        put_rule(tx, ReleaseRule(site_id=site_id, name=f"rule-{site}"))
        for role in ROLES:
            number = put_worker(tx, f"{role}-{site}", f"{role} {'SECRET' if site == 'W1' else 'Lee'}", role, site_id=site_id)
            set_pin(tx, number, PIN)
            set_password(tx, number, PASSWORD)
            open_shift(tx, number, site_id, None)
        self.tokens[site] = enrol(tx, make_enrolment_code(tx, site_id)[0], f"PDA {'SECRET' if site == 'W1' else 'two'}").token
        self.site_keys[site] = make_api_key(tx, f"key {site}", list(SCOPES), site_id=site_id).key
        stage, dock = location_by_code(tx, f"{site}-STAGE-9"), location_by_code(tx, f"{site}-DOCK-9")
        lines = [NewInboundLine(item=goods, quantity=5, sscc="395060001111111110" if site == "W1" else None)]
        for code, kind in (("ASN", "asn"), ("PO", "purchase_order")):
            put_inbound(tx, NewInbound(code=f"{code}-{site}", kind=kind, site_id=site_id, lines=lines if kind == "asn" else [
                NewInboundLine(item=goods, quantity=7)]))
        key = GoodsKey(item, own_stock(tx), "", "", "available")
        move(tx, Move(key, 50, account(tx, site_id, "SUPPLIER"), location_by_code(tx, f"{site}-B-01-1"), "receiving"))
        pallet = make_lpn(tx, dock, code=f"LPN{site_id:08d}")
        move(tx, Move(key, 10, account(tx, site_id, "SUPPLIER"), pallet, "receiving"))
        want_put_away(tx, pallet)
        trolley = make_lpn(tx, stage, kind="trolley", code=f"TROLLEY-{site}")
        make_lpn(tx, trolley, kind="tote", code=f"TOTE-{site}-1")
        make_lpn(tx, stage, kind="tote", code=f"TOTE-{site}-2")
        order = accept_order(tx, NewOrder(channel="test", channel_ref=f"R-{site}", site_id=site_id, carrier="DHL",
                                          customer="SECRET" if site == "W1" else "Ann", lines=[NewOrderLine(item=goods, quantity=2)]))
        plan_counts(tx, [location_by_code(tx, f"{site}-B-02-1").id], "planned")
        print_lpn_label(tx, pallet.code)
        tx.execute(_ASKED, {"key": f"SECRET-{site}" if site == "W1" else "ASKED", "printer": printer})
        note_found(tx, ["/dev/serial/by-id/usb-1"])
        put_station(tx, site_id, NewStation(code=f"STATION-{site}", kind="dock", location=dock.code, peripherals=[
            NewPeripheral(name=f"STATION-{site}", kind="scale", driver="mt-sics", url="socket://127.0.0.1:9"),
            NewPeripheral(name="SECRET" if site == "W1" else "left", kind="scanner", driver="text", url="socket://127.0.0.1:9")]))
        put_carton_type(tx, site_id, NewCartonType(code=f"CARTON-{site}", length_mm=300, width_mm=200, height_mm=100))
        add_channel(tx, code=f"shop-{site}", kind="plain", name="SECRET" if site == "W1" else "Shop", site_id=site_id, settings={"secret": "0123456789abcdef"})
        paper = store(tx, channel_by_code(tx, f"shop-{site}").id, f"P-{site}", version=1, stage=1, document={"customer": "SECRET"}, is_fresh=True)
        settle(tx, paper.id, code="unreadable", words="SECRET" if site == "W1" else "no")
        name_item(tx, channel_by_code(tx, f"shop-{site}"), "SECRET" if site == "W1" else "THING", item)
        receipt = "SECRET" if site == "W1" else "000123"
        tx.execute(_SALE_LINE, {"id": tx.scalar(_SALE, ref=f"1/{receipt}", channel=f"shop-{site}"), "name": receipt})
        put_block(tx, site_id, "customer", "SECRET" if site == "W1" else "nobody", "SECRET" if site == "W1" else "no")
        self.returns[site] = returns = {"unannounced": shipped(tx, site_id, f"unannounced-{site}", [(goods, 1)], ship_to={}, customer="SECRET" if site == "W1" else "Ann")}
        for name in ("rma", "came_rma", "worn_rma", "called_off_rma", "sent_rma", "swapped_rma"):
            left = shipped(tx, site_id, f"{name}-{site}", [(goods, 1)], customer="SECRET" if site == "W1" else "Ann", ship_to={})
            returns[name] = announced(tx, NewReturn(order=left, lines=[(1, 1)], reason="other", note="SECRET" if site == "W1" else ""))["number"]
            returns["left"] = left
            if name == "sent_rma":
                exchange(tx, returns[name], at_once=True)
            if name in ("came_rma", "worn_rma", "sent_rma", "swapped_rma"):
                came_back(tx, left, returns[name], grade="SCRAP")
        load = load_at(tx, location_by_code(tx, f"{site}-DOOR-9"))
        return {"rma": returns["rma"], "bin": f"{site}-B-01-1", "other_bin": f"{site}-B-02-1", "dock": dock.code, "lpn": pallet.code, "trolley": trolley.code,
                "tote": f"TOTE-{site}-1", "loose_tote": f"TOTE-{site}-2", "asn": f"ASN-{site}", "po": f"PO-{site}", "order": order.number,
                "printer": f"labels-{site}", "station": f"STATION-{site}", "carton": f"CARTON-{site}", "channel": f"shop-{site}", "load": load.code, "door": f"{site}-DOOR-9", "stage": f"{site}-STAGE-9", "item": goods}
