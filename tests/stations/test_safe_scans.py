"""A scanner that waits for an answer hears that its scan is safe once it is written down, and each is booked once, whoever dies meanwhile."""

import contextlib
import select
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import JSON, bindparam, text

from server.kernel.database import Database
from server.kernel.ids import uuid7
from server.masterdata.stations import NewPeripheral, NewStation, put_station
from server.masterdata.waiting_scans import keep
from server.ports import Line, PortError
from server.scanners.driver import driver_for
from server.stations.worker import StationWorker
from server.wms.inbound import NewInbound, NewInboundLine, put_inbound
from simulators.devices.scanner import Dress, Scanner
from simulators.devices.wire import TcpPort
from tests.stations.quick import Stations
from tests.stations.test_dock import Talker, sscc
from tests.waiting import PATIENCE, until
from tests.warehouse import Warehouse

MODELS = {"honeywell": ("text", {"suffix": "CR", "ack": True}), "zebra-ssi": ("ssi", {})}


class Door:
    """A dock door with one scanner that waits for answers."""

    def __init__(self, database, model: str) -> None:
        self.house = Warehouse(database).open()
        self.database, self.model = database, model
        self.scanner = Scanner(model, Dress(aim=True))
        self.port = TcpPort(self.scanner)
        driver, settings = MODELS[model]

        def work(tx):
            put_inbound(tx, NewInbound(code="ASN-1", kind="asn", site_id=self.house.site_id, lines=[
                NewInboundLine(item="SOAP", quantity=10, sscc=sscc(number)) for number in range(1, 6)]))
            put_station(tx, self.house.site_id, NewStation(code="DOOR", kind="dock", location="W1-DOCK", settings={"gather_ms": 40}, peripherals=[
                NewPeripheral(name="scanner", kind="scanner", driver=driver, url=self.port.url, settings=settings)]))

        database.write(work)
        self.stations: Stations | None = None
        self.now = database.clock.now()

    def start(self) -> None:
        self.stations = Stations(self.database, self.house.engine)
        self.stations.start()
        assert until(lambda: self.house.one("SELECT state FROM peripheral") == "connected")

    def leave(self, scanned: str, age_ms: int = 0, op: str | None = None) -> str:
        """A scan that a process wrote down before it died."""
        number = self.house.one("SELECT id FROM peripheral")
        op = op or str(uuid7())
        self.database.write(lambda tx: keep(tx, number, op, scanned))
        self.database.write(lambda tx: tx.execute(text("UPDATE waiting_scan SET at = :at WHERE op = :op"), {"at": self.now - age_ms, "op": op}))
        return op

    def arrived(self) -> list[str]:
        return [op for (op,) in self.house.all("SELECT op FROM operation WHERE kind = 'arrive' ORDER BY at, op")]

    def is_done(self) -> bool:
        return self.house.one("SELECT COUNT(*) FROM waiting_scan") == 0

    def received(self) -> int:
        return self.house.one("SELECT COUNT(*) FROM inbound_line WHERE received > 0")

    def stop(self) -> None:
        if self.stations is not None:
            self.stations.stop()

    def close(self) -> None:
        self.stop()
        self.port.close()


@pytest.fixture
def sqlite(sqlite_url):
    database = Database(sqlite_url)
    yield database
    database.close()


@pytest.fixture(params=list(MODELS))
def door(sqlite, request):
    door = Door(sqlite, request.param)
    yield door
    door.close()


@pytest.fixture
def ssi_door(database):
    door = Door(database, "zebra-ssi")
    yield door
    door.close()


def test_a_scan_is_answered_and_booked_and_nothing_is_left_of_it(door):
    door.start()
    for number in (1, 2, 3):
        door.scanner.scan(f"]C100{sscc(number)}")
        assert until(lambda: door.received() == number)  # noqa: B023
    assert until(lambda: door.scanner.is_idle and door.is_done())
    assert (len(door.arrived()), door.scanner.unanswered) == (3, 0)


def test_while_nothing_can_be_written_no_scanner_hears_that_its_scan_is_safe_and_what_it_sends_again_counts_once(door):
    door.start()
    door.scanner.answer_seconds = 0.2
    held, free = threading.Event(), threading.Event()
    holding = threading.Thread(target=lambda: door.database.write(lambda _: (held.set(), free.wait(60))), daemon=True)
    holding.start()
    assert held.wait(PATIENCE)
    door.scanner.scan(f"]C100{sscc(1)}")
    assert until(lambda: door.scanner.unanswered == 1)
    assert door.scanner.answers == b""
    free.set()
    holding.join()
    assert until(lambda: door.received() == 1 and door.is_done())
    door.scanner.answer_seconds = 30
    door.scanner.scan(f"]C100{sscc(2)}")
    assert until(lambda: door.received() == 2 and door.is_done())
    assert len(door.arrived()) == 2


def test_what_a_process_left_is_booked_by_the_next_once_under_its_own_operation(ssi_door):
    op = ssi_door.leave(f"]C100{sscc(1)}")
    ssi_door.start()
    assert until(ssi_door.is_done)
    assert (ssi_door.received(), ssi_door.arrived()) == (1, [op])
    ssi_door.stop()
    ssi_door.leave(f"]C100{sscc(1)}", op=op)  # it was booked, and the process died before it wrote that down
    ssi_door.start()
    assert until(ssi_door.is_done)
    assert (ssi_door.received(), ssi_door.arrived()) == (1, [op])


@pytest.mark.parametrize("slow_seconds", [0, 0.1])
def test_codes_of_one_label_that_a_process_left_are_joined_and_other_pallets_are_not_however_slowly_they_are_taken_up(sqlite, monkeypatch, slow_seconds):
    deliver = StationWorker._deliver
    monkeypatch.setattr(StationWorker, "_deliver", lambda worker, one: (deliver(worker, one), time.sleep(slow_seconds)))
    ssi_door = Door(sqlite, "zebra-ssi")
    first = ssi_door.leave(f"]C100{sscc(1)}", 9_000)
    ssi_door.leave("]E09506000134352", 8_990)
    second = ssi_door.leave(f"]C100{sscc(2)}", 5_000)
    ssi_door.start()
    assert until(ssi_door.is_done)
    assert sorted(ssi_door.arrived()) == sorted([first, second])
    assert ssi_door.received() == 2
    ssi_door.close()


def test_a_scanner_that_did_not_hear_it_before_the_process_died_sends_it_again_and_it_counts_once(door):
    scanned = f"]C100{sscc(1)}"
    op = door.leave(scanned)
    door.start()
    door.scanner.scan(scanned)
    assert until(lambda: door.scanner.is_idle and door.is_done())
    assert (door.arrived(), door.scanner.unanswered) == ([op], 0)
    assert door.scanner.answers != b""


DIES = """
import sys, time
from server.kernel.database import Database
from tests.stations.quick import Stations
from tests.warehouse import Warehouse
database = Database(sys.argv[1])
Stations(database, Warehouse(database).open().engine).start()
time.sleep(600)
"""


def test_a_process_that_is_killed_after_the_answer_and_before_the_booking_loses_no_scan(sqlite, sqlite_url):
    door = Door(sqlite, "honeywell")
    gather = text("UPDATE station SET settings = :settings").bindparams(bindparam("settings", type_=JSON))
    sqlite.write(lambda tx: tx.execute(gather, {"settings": {"gather_ms": 3_600_000}}))  # nothing is booked before it is killed
    process = subprocess.Popen([sys.executable, "-c", DIES, sqlite_url], cwd=Path(__file__).parents[2])
    try:
        door.scanner.answer_seconds = 60
        door.scanner.scan(f"]C100{sscc(1)}")
        assert until(lambda: door.scanner.answers == b"\x06")
    finally:
        process.kill()
        process.wait()
    assert (door.received(), door.is_done()) == (0, False)
    sqlite.write(lambda tx: tx.execute(gather, {"settings": {"gather_ms": 40}}))
    door.start()
    assert until(lambda: door.received() == 1 and door.is_done())
    assert len(door.arrived()) == 1
    door.close()


def test_half_of_a_code_that_is_sent_again_before_its_answer_is_the_same_scan():
    talker, scans = Talker(), list[str]()
    port = TcpPort(talker)
    line = Line(port.url)

    def deliver(scan) -> None:
        scans.append(scan.text)
        if len(scans) == 1:
            talker.say(b"AB")
            assert select.select([line._descriptor], [], [], 30)[0]

    def talk() -> None:
        with contextlib.suppress(PortError):
            driver_for("text", {"suffix": "CR", "ack": True, "gap_ms": 60_000}, deliver).talk(line)

    thread = threading.Thread(target=talk)
    thread.start()
    assert until(lambda: talker.is_held)
    talker.say(b"ABC\r")
    assert until(lambda: talker.heard == b"\x06")
    talker.say(b"C\r")
    assert until(lambda: talker.heard == b"\x06\x06")
    assert scans == ["ABC"]
    talker.say(b"ABC\r")
    assert until(lambda: scans == ["ABC", "ABC"])
    port.close()
    thread.join()
    line.close()


def test_a_scan_of_a_scanner_that_waits_for_no_answer_is_not_written_down_before_it_is_booked(sqlite):
    door = Door(sqlite, "honeywell")
    door.port.close()
    plain = Scanner(dress=Dress(aim=True))
    door.scanner, door.port = plain, TcpPort(plain)
    sqlite.write(lambda tx: put_station(tx, door.house.site_id, NewStation(code="DOOR", kind="dock", location="W1-DOCK", settings={"gather_ms": 3_000}, peripherals=[
        NewPeripheral(name="scanner", kind="scanner", driver="text", url=door.port.url)])))
    door.start()
    plain.scan(f"]C100{sscc(1)}")
    assert until(lambda: door.house.one("SELECT reads FROM peripheral") == 1)
    assert door.is_done()
    door.close()
