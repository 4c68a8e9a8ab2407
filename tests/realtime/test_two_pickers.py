"""Two pickers at one bin of a running server: each is told the truth at once, and nobody waits for the other."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from server.floor.fill import fill
from server.floor.reading import read
from server.kernel.database import Database
from server.kernel.ids import uuid7
from server.masterdata.devices import enrol, make_enrolment_code
from server.masterdata.people import put_worker, set_pin
from tests.conftest import fresh_url
from tests.realtime.server import RunningServer
from tests.warehouse import ITEMS, Warehouse

BIN, SPARE = "W1-A-01-1", "W1-A-02-1"


class Picker:
    """A handheld on the wire, with a worker of its own."""

    def __init__(self, house: Warehouse, server: RunningServer, badge: str) -> None:
        pin = "493817"
        house.database.write(lambda tx: set_pin(tx, put_worker(tx, badge, badge.title(), "worker"), pin))
        token = house.database.write(lambda tx: enrol(tx, make_enrolment_code(tx, house.site_id)[0], badge).token)
        status, session = server.ask("POST", "/api/v1/sessions", {"badge": badge, "pin": pin}, Authorization=f"Bearer {token}")
        assert status == 200, session
        self.session, self.socket, self.seq = session["id"], server.socket(token), 0
        self.task: dict[str, Any] | None = None
        self.result: dict[str, Any] = {}

    def send(self, kind: str, slots: dict[str, Any], form: str | None = None) -> dict[str, Any]:
        self.seq += 1
        operation = {"op": uuid7(), "seq": self.seq, "kind": kind, "task": self.task["id"] if self.task else None, "form": form,
                     "slots": slots, "schema": 1, "made_at": time.time_ns() // 1_000_000, "session": self.session}
        self.result = self.socket.ask("operations", {"epoch": "epoch-0001", "operations": [operation]})["results"][0]
        self.task = self.result.get("task") or self.task
        return self.result

    def scan(self, raw: str) -> None:
        reading = read(raw, self.task["codes"] if self.task else {})
        if any(value["type"] == "unknown" for value in reading["values"]):
            reading = self.socket.ask("read", {"text": raw})
        self.task, effects = fill(self.task, reading)
        for effect in effects:
            if effect["effect"] == "operation":
                self.send(effect["kind"], effect["slots"], effect["form"])

    def begin(self, tote: str) -> None:
        self.send("claim", {"kind": "pick"})
        self.scan(tote)
        assert self.task is not None and self.task["forms"][0]["kind"] == "pick", self.result

    def hears(self) -> None:
        """Waits for the doorbell, and looks again."""
        while self.socket.told()[0] != "changed":
            pass
        self.task = self.socket.ask("pull", {})["tasks"][0]


@pytest.fixture(params=["sqlite", "postgresql"])
def two(request: pytest.FixtureRequest, tmp_path: Path):
    url = fresh_url(request, request.param, tmp_path)
    house = Warehouse(Database(url)).open()
    house.put("SOAP", 20, BIN)
    house.put("SOAP", 20, SPARE)
    for number in range(2):
        house.order(f"R{number}", ("SOAP", 8))
    house.wave()
    server = RunningServer(url, tmp_path)
    pickers = [Picker(house, server, badge) for badge in ("ANNA", "BEN")]
    for picker, tote in zip(pickers, ("TOTE-5", "TOTE-6"), strict=True):
        picker.begin(tote)
    yield house, pickers
    for picker in pickers:
        picker.socket.close()
    server.stop()
    house.database.close()


def test_both_pick_at_the_same_moment_and_each_is_told_what_was_booked(two):
    house, pickers = two
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda picker: picker.scan(ITEMS["SOAP"]), pickers))
    assert [picker.result["message"]["key"] for picker in pickers] == ["pick.round_done"] * 2
    assert house.in_bin(BIN) + house.in_bin(SPARE) == 24
    assert house.one("SELECT SUM(b.quantity) FROM balance b JOIN lpn p ON p.id = b.holder_id WHERE p.code IN ('TOTE-5', 'TOTE-6')") == 16


def test_what_one_finds_missing_the_other_is_told_on_the_way(two, record_property):
    house, (anna, ben) = two
    began = time.monotonic()
    anna.scan("CMD-SHORT")
    anna.scan("QTY-3")
    ben.hears()
    record_property("told_after_ms", round((time.monotonic() - began) * 1000))  # held to a second by `aisle bench floor`
    assert anna.result["message"] == {"key": "pick.short_done", "args": {"location": BIN, "elsewhere": SPARE, "reported": 0}}
    assert ben.task["forms"][0]["info"]["notes"] == [{"key": "pick.suspect", "args": {}}]
    anna.scan("CMD-UNDO")
    ben.hears()
    assert "notes" not in ben.task["forms"][0]["info"]
    anna.scan("CMD-SHORT")
    anna.scan("QTY-3")
    ben.scan(ITEMS["SOAP"])  # the goods in the hand count, whatever the book is suspected of
    assert ben.result["status"] == "applied"
    anna.scan(ITEMS["SOAP"])
    assert anna.result["message"]["key"] == "pick.round_done"
    assert house.in_bin(BIN) == 20 - 3 - 8
