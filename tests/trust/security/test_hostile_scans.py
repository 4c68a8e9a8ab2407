"""S21: two hundred codes that no honest label carries, scanned in every process, over HTTP and over the socket."""

import itertools
import json

import pytest
from sqlalchemy import text

from server.app import App, Settings
from server.kernel.database import Database
from server.masterdata.devices import enrol, make_enrolment_code
from server.masterdata.people import put_worker, set_pin
from server.masterdata.sites import location_by_code
from server.stock.goods import GoodsKey
from server.stock.ledger import Move, account, move
from server.stock.lpns import make_lpn
from server.wms.counting import plan_counts
from server.wms.inbound import NewInbound, NewInboundLine, put_inbound
from server.wms.put_away import want_put_away
from tests.api.conftest import PIN
from tests.api.socket_client import SocketClient
from tests.invariants import broken_invariants
from tests.trust.security.hostile import CODES
from tests.trust.security.sharing import share
from tests.warehouse import ITEMS, Warehouse

STATIONS = {"arrive", "gate", "on_scale", "hand_on", "relabel", "shift", "put_back"}
"""What only stations do, tried in `test_hostile_stations.py`; shifts, which have no task to scan into; what a button begins."""
GOOD = "]C10109506000134352"


class Floor:
    """A warehouse where something of every process waits, and a server over it."""

    def __init__(self, url, folder):
        self.warehouse = Warehouse(Database(url)).open()
        self.opened_by = self._story()
        self.app = App(Settings(database_url=url, var_folder=folder, client_folder=folder, requests_a_second=1e6))
        self.web = self.app.web.test_client()

    def close(self):
        self.app.database.close()
        self.warehouse.database.close()

    def handheld(self, name):
        """A device of its own for a process, with a supervisor signed in: what one sends slows down no other."""
        def work(tx):
            badge = f"BOSS-{name}".upper().replace("_", "-")
            set_pin(tx, put_worker(tx, badge, "Boss", "supervisor"), PIN)
            return badge, enrol(tx, make_enrolment_code(tx, self.warehouse.site_id)[0], name).token

        badge, token = self.app.database.write(work)
        device = {"Authorization": f"Bearer {token}"}
        session = self.web.post("/api/v1/sessions", json={"badge": badge, "pin": PIN}, headers=device).json
        return Handheld(self, {**device, "X-Aisle-Session": session["session"]}, session["id"])

    def _story(self):
        house, pda = self.warehouse, self.warehouse.pda("supervisor")
        house.put("SOAP", 50, "W1-A-01-1")
        house.put("TEA", 20, "W1-B-02-1")
        number = self._picked("S-1", pda, "TOTE-5")
        self._shipped(pda, "TOTE-5")
        self._picked("S-2", pda, "TOTE-6")
        waiting = self._picked("S-4", pda, "TOTE-7", delivery="collect")
        pda.task = None
        for scan in ("TOTE-7", "W1-STAGE"):
            pda.scan(scan)
        self._picked("S-5", pda, "TOTE-8", delivery="collect")
        house.order("S-3", ("SOAP", 1))
        house.wave()
        house.database.write(self._things)
        return {"receive": "ASN-1", "blind": "W1-DOCK", "put_away": "LPN00000777", "pack": "TOTE-6", "load": "W1-DOOR", "return": number,
                "hold": "HOLD-QUALITY", "enquire": "W1-A-01-1", "move": "LPN00000888", "hand_out": waiting, "collect": "TOTE-8", "pick": None, "count": None}

    def _picked(self, reference, pda, tote, **more):
        answer = self.warehouse.order(reference, ("SOAP", 1), **more)
        self.warehouse.wave()
        pda.task = None
        for scan in (tote, ITEMS["SOAP"]):
            pda.scan(scan)
            assert pda.results[-1]["status"] == "applied", pda.results[-1]
        return answer.number

    def _shipped(self, pda, tote):
        pda.task = None
        for scan in (tote, ITEMS["SOAP"]):
            pda.scan(scan)
        sscc = pda.results[-1]["data"]["sscc"]
        pda.scan(f"(00){sscc}")
        pda.task = None
        for scan in ("W1-DOOR", f"(00){sscc}", "CMD-DONE"):
            pda.scan(scan)
            assert pda.results[-1]["status"] == "applied", (scan, pda.results[-1])
        self.warehouse.settle()

    def _things(self, tx):
        house = self.warehouse
        put_inbound(tx, NewInbound(code="ASN-1", kind="asn", site_id=house.site_id, lines=[NewInboundLine(item="SOAP", quantity=50)]))
        goods = GoodsKey(house.items["TEA"], house.owner_id, "", "", "available")
        for code, place in (("LPN00000777", "W1-DOCK"), ("LPN00000888", "W1-A-03-1")):
            lpn = make_lpn(tx, location_by_code(tx, place), code=code)
            move(tx, Move(goods, 5, account(tx, house.site_id, "SUPPLIER"), lpn, "receiving"))
            if place == "W1-DOCK":
                want_put_away(tx, lpn)
        plan_counts(tx, [location_by_code(tx, "W1-B-05-1").id], "planned")


class Handheld:
    """Reads and sends as a handheld does, over HTTP or over the socket."""

    def __init__(self, floor, headers, session):
        self.floor, self.headers, self.session, self.seq = floor, headers, session, 0
        token = floor.web.post("/api/v1/socket-tokens", headers=headers).json["token"]
        self.socket = SocketClient(floor.app, {"token": token})

    def read(self, code, way="http"):
        if way == "socket":
            return self.socket.emit("read", {"text": code}, callback=True)
        answer = self.floor.web.post("/api/v1/floor/read", json={"text": code}, headers=self.headers)
        if any("\ud800" <= sign <= "\udfff" for sign in code):  # half of a character is no JSON text: refused in words
            assert (answer.status_code, answer.json["code"]) == (422, "invalid"), answer.text
            return {"values": []}
        assert answer.status_code == 200, (code[:40], answer.status_code, answer.text)
        return answer.json

    def send(self, operations, way="http"):
        sent = []
        for kind, task, form, slots in operations:
            self.seq += 1
            sent.append({"op": f"01940000-0000-7000-8000-{self.seq:05d}{self.session[-7:]}", "seq": self.seq, "kind": kind, "task": task, "form": form,
                         "slots": slots, "made_at": self.floor.app.database.clock.now(), "session": self.session, "schema": 1})
        body = {"epoch": "epoch-0001", "operations": sent}
        if len(json.dumps(body)) > 60_000 and len(sent) > 1:
            self.seq -= len(sent)
            half = len(operations) // 2
            return self.send(operations[:half], way) + self.send(operations[half:], way)
        if way == "socket":
            return self.socket.emit("operations", body, callback=True)["results"]
        answer = self.floor.web.post("/api/v1/operations", json=body, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json["results"]

    def open(self, process, code):
        if code is None:
            result, = self.send([("claim", None, None, {"kind": process})])
        else:
            value = self.read(code)["values"][0]
            result, = self.send([("start", None, None, {"value": value})])
        assert result["status"] == "applied", (process, result)
        assert result["task"]["kind"] == process, (process, result["task"]["kind"])
        return result["task"]


@pytest.fixture
def floor(database_url, tmp_path):
    floor = Floor(database_url, tmp_path)
    yield floor
    assert broken_invariants(floor.app.database) == []
    floor.close()


def test_every_hostile_code_in_every_process_is_answered_and_the_next_good_scan_works(floor):
    registry = floor.app.engine.runner.registry
    assert set(floor.opened_by) | STATIONS == set(registry.by_kind)
    assert len(set(CODES)) >= 200
    for process, code in floor.opened_by.items():
        handheld = floor.handheld(process)
        task = handheld.open(process, code)
        kinds = itertools.cycle(sorted({form["kind"] for form in task["forms"]} | set(registry.by_kind[process].handlers) - {"finish"}))
        form = next(one for one in task["forms"] if one["state"] == "open")
        names = [slot["name"] for slot in form["slots"]]
        ways = itertools.cycle(("http", "socket"))
        sent = []
        for hostile, way in zip(share(CODES, floor.app.database), ways, strict=False):
            reading = handheld.read(hostile, way) if len(hostile) <= 4_096 else {"values": []}
            assert "values" in reading, (process, hostile[:40], reading)
            sent.append((next(kinds), task["id"], form["id"], dict.fromkeys(names, hostile[:512])))
        for at in range(0, len(sent), 20):
            for operation, result in zip(sent[at:at + 20], handheld.send(sent[at:at + 20], next(ways)), strict=True):
                assert result["status"] in ("applied", "refused") and result["code"] != "set_aside", (process, operation, result)
        assert handheld.read(GOOD)["values"][0]["key"] == "SOAP"
        again, = handheld.send([("start", None, None, {"value": {"type": "location", "key": "W1-A-05-1", "kind": "bin"}})])
        assert again["status"] == "applied", (process, again)
    aside = floor.app.database.read(lambda tx: tx.rows(text("SELECT args FROM floor_exception WHERE code = 'set_aside'")))
    assert [tuple(row) for row in aside] == []
