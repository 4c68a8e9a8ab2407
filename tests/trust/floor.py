"""Handhelds at a running server under faults: each keeps what was not answered, sends it again, and remembers all of it."""

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import text

from server import workflows
from server.floor.engine import FloorEngine
from server.floor.operations import DeviceIdentity
from server.floor.registry import discover
from server.kernel.database import Database
from server.kernel.ids import uuid7
from server.masterdata.devices import enrol, make_enrolment_code
from server.masterdata.items import NewItem, NewPack, put_item
from server.masterdata.locations import NewLocation, put_location
from server.masterdata.people import put_worker, set_password, set_pin
from server.masterdata.sites import add_site
from server.wms.inbound import NewInbound, NewInboundLine, put_inbound
from tests.invariants import broken_invariants
from tests.pda import Pda
from tests.waiting import PATIENCE

PIN, PASSWORD = "493817", "correct horse battery"
PLENTY = 1_000_000


@dataclass
class Answer:
    """`status` is 0 when none came; `body` says then what came instead."""

    status: int = 0
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0


def call(address: str, method: str, path: str, body: Any = None, *, timeout: float = PATIENCE, **headers: str) -> Answer:
    began = time.monotonic()
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=timeout)
    try:
        connection.request(method, path, None if body is None else json.dumps(body), {
            "Content-Type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}})
        answer = connection.getresponse()
        content = answer.read()
        is_json = "json" in (answer.getheader("Content-Type") or "")
        return Answer(answer.status, json.loads(content) if content and is_json else content,
                      {name.lower(): value for name, value in answer.getheaders()}, time.monotonic() - began)
    except (OSError, http.client.HTTPException) as error:
        return Answer(body=repr(error), seconds=time.monotonic() - began)
    finally:
        connection.close()


class Handheld:
    """Receives one unit after another."""

    def __init__(self, address: str, device: "Device", task: str, form: str) -> None:
        self.address, self.device, self.task, self.form = address, device, task, form
        self.seq = 0
        self.waiting: dict[str, Any] | None = None
        self.acknowledged: list[dict[str, Any]] = []
        self.statuses: Counter[int] = Counter()
        self.slowest = 0.0
        self.without_retry_after = 0

    def post(self) -> Answer:
        """Sends the operation that waits, or a new one."""
        if self.waiting is None:
            self.seq += 1
            self.waiting = {"op": str(uuid7()), "seq": self.seq, "kind": "receive", "task": self.task, "form": self.form,
                            "slots": {"item": "SOAP", "quantity": 1}, "made_at": time.time_ns() // 1_000_000,
                            "session": self.device.session, "schema": 1}
        answer = call(self.address, "POST", "/api/v1/operations", {"epoch": "epoch-0002", "operations": [self.waiting]},
                      Authorization=f"Bearer {self.device.token}")
        self.statuses[answer.status] += 1
        self.slowest = max(self.slowest, answer.seconds)
        if answer.status == 200:
            self.acknowledged.append(answer.body["results"][0])
            self.waiting = None
        if answer.status == 503 and "retry-after" not in answer.headers:
            self.without_retry_after += 1
        return answer

    def work(self, is_over: Callable[[], bool], pause: float = 0.01) -> None:
        while not is_over():
            if self.post().status != 200:
                time.sleep(0.1)
            time.sleep(pause)
        ends = time.monotonic() + 60
        while self.waiting is not None and time.monotonic() < ends:
            if self.post().status != 200:
                time.sleep(0.2)


@dataclass
class Device:
    token: str
    session: str


class Floor:
    """A warehouse with one endless paper, devices with somebody signed in, and a supervisor with a password."""

    def __init__(self, url: str, devices: int) -> None:
        self.url, self._address = url, ""
        database = Database(url)
        self.devices = database.write(lambda tx: self._build(tx, devices))
        first = Pda(FloorEngine(database, discover(workflows)), DeviceIdentity(1, self.site_id), "s0", 0)
        first.scan("ASN-1")
        self.task, self.form = first.task["id"], first.task["forms"][0]["id"]
        database.close()
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []

    def handhelds(self, address: str) -> list[Handheld]:
        return [Handheld(address, device, self.task, self.form) for device in self.devices]

    def begin(self, handhelds: list[Handheld]) -> None:
        self._threads = [threading.Thread(target=one.work, args=(self._over.is_set,)) for one in handhelds]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Every handheld sends what it still holds and stops."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _build(self, tx: Any, devices: int) -> list[Device]:
        self.site_id = add_site(tx, "W1", "Main")
        put_location(tx, self.site_id, NewLocation(code="W1-DOCK", kind="dock"))
        put_location(tx, self.site_id, NewLocation(code="W1-A-01-1"))
        put_item(tx, NewItem(code="SOAP", name="Soap", packs=[NewPack("each", 1, ("09506000134352",))]))
        put_inbound(tx, NewInbound(code="ASN-1", kind="asn", site_id=self.site_id,
                                   lines=[NewInboundLine(item="SOAP", quantity=PLENTY)]))
        boss = put_worker(tx, "BOSS", "Boss", "supervisor")
        set_pin(tx, boss, PIN)
        set_password(tx, boss, PASSWORD)
        made = []
        for number in range(devices):
            device = enrol(tx, make_enrolment_code(tx, self.site_id)[0], f"PDA {number}")
            tx.execute(text("INSERT INTO worker_session (id, token_hash, worker_id, device_id, created_at, last_used_at, expires_at) "
                            "VALUES (:id, :id, :w, :d, 0, :now, 99999999999999)"),
                       {"id": f"s{number}", "w": boss, "d": device.id, "now": tx.now})
            made.append(Device(device.token, f"s{number}"))
        return made


def faults_of(url: str, handhelds: list[Handheld]) -> dict[str, Any]:
    """What is wrong afterwards, by name; empty when every promise was kept."""
    database = Database(url)
    rows = database.read(lambda tx: {row.op: row for row in tx.rows(text(
        "SELECT o.op, o.status, (SELECT COUNT(*) FROM stock_move m WHERE m.op = o.op AND m.reason = 'receiving') AS moves FROM operation o "
        "WHERE o.epoch = 'epoch-0002'"))})
    stock = database.read(lambda tx: tx.scalar(text("SELECT COALESCE(SUM(quantity), 0) FROM balance")))
    acknowledged = [result.get("first") or result for one in handhelds for result in one.acknowledged]
    found = {
        "lost": [one["op"] for one in acknowledged if one["op"] not in rows or rows[one["op"]].status != one["status"]],
        "not applied": [one for one in acknowledged if one["status"] != "applied"],
        "doubled": [row.op for row in rows.values() if row.moves != 1],
        "never sent": len(rows) - len(acknowledged),
        "drift": int(stock) - len(rows),
        "still waiting": [one.waiting["op"] for one in handhelds if one.waiting],
        "503 without Retry-After": sum(one.without_retry_after for one in handhelds),
        "invariants": broken_invariants(database),
    }
    database.close()
    return {name: value for name, value in found.items() if value}


def until(is_so: Callable[[], bool], seconds: float = 30) -> float:
    """Waits until something is so; how long it took."""
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < seconds, f"not so after {seconds} s"
        time.sleep(0.05)
    return time.monotonic() - began


def fill(ballast: Path) -> None:
    """Takes all the room of a disk but what a file system keeps for itself."""
    with ballast.open("ab", buffering=0) as file:
        for size in (65_536, 4_096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
