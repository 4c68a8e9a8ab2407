"""Scanners of stations are learnt over the API: real ports, what the host of the ports found comes through the database."""

import socket
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from server.masterdata.lessons import LESSON_MS
from server.scanners.fitness import GS1_CODE, PRINTED_CODES
from server.wms.inbound import NewInbound, NewInboundLine, put_inbound
from simulators.devices.scanner import Dress, Scanner
from simulators.devices.wire import TcpCaller, TcpPort
from simulators.goods import sscc
from tests.api.conftest import House
from tests.kept_port import KeptPort
from tests.stations.quick import Stations
from tests.waiting import until

DOOR = "/api/v1/stations/DOOR-3"
BETWEEN_SECONDS = 0.55


class Door:
    """A dock door with scanners on real ports, and the thread that holds them."""

    def __init__(self, house: House) -> None:
        self.house, self.scanners = house, dict[str, Scanner]()
        self.ports, self.kept = list[TcpPort](), list[KeptPort]()
        self.host = Stations(house.app.database, house.app.engine)
        self.host.start()
        self._headers = house.headers("manager")

        def work(tx):
            put_inbound(tx, NewInbound(code="ASN-1", kind="asn", site_id=house.site_id, lines=[
                NewInboundLine(item="SOAP", quantity=1, sscc=sscc(number)) for number in range(9)]))

        house.app.database.write(work)

    def bind(self, **scanners: Scanner) -> None:
        self.scanners = scanners
        self.kept = [KeptPort() for _ in scanners]
        self.ports = [TcpPort(one, port=kept.number) for one, kept in zip(scanners.values(), self.kept, strict=True)]
        self.put([{"name": name, "kind": "scanner", "driver": "text", "url": port.url, "settings": {"max_length": 500}}
                  for name, port in zip(scanners, self.ports, strict=True)])
        assert until(lambda: all(one["state"] == "connected" for one in self.peripherals().values()))

    def put(self, peripherals: list[dict]) -> None:
        answer = self.house.web.put(DOOR, headers=self._headers, json={
            "site": "W1", "kind": "dock", "location": "W1-DOCK", "settings": {"gather_ms": 40}, "peripherals": peripherals})
        assert answer.status_code == 200, answer.text

    def peripherals(self) -> dict[str, dict]:
        (station,) = self.house.web.get("/api/v1/stations", headers=self._headers).json["items"]
        return {one["name"]: one for one in station["peripherals"]}

    def lesson(self, name: str, method: str = "GET", more: str = ""):
        return self.house.web.open(f"{DOOR}/peripherals/{name}/lesson{more}", method=method, headers=self._headers, json={} if method == "POST" else None)

    def found(self, name: str):
        return self.lesson(name).json["found"]

    def begin(self, *names: str) -> None:
        for name in names:
            answer = self.lesson(name, "POST")
            assert answer.status_code == 200, answer.text
        assert until(lambda: all(self.found(name) is not None for name in names))

    def scan_codes(self, *names: str) -> None:
        """The three printed codes with all of these scanners at once; the next when the one before it was read, lest a busy machine read both in one go."""
        for count, code in enumerate(PRINTED_CODES, 1):
            for name in names:
                self.scanners[name].scan(code.aim + code.text)
            assert until(lambda: all(self.scanners[name].is_idle for name in names))
            assert until(lambda: all(len(self.found(name)["seen"]) == count for name in names)), {name: self.found(name) for name in names}  # noqa: B023
            time.sleep(BETWEEN_SECONDS)

    def received(self) -> int:
        return self.house.app.database.read(lambda tx: tx.scalar(text("SELECT COUNT(*) FROM inbound_line WHERE received = quantity")))

    def operations(self) -> int:
        return self.house.app.database.read(lambda tx: tx.scalar(text("SELECT COUNT(*) FROM operation")))

    def close(self) -> None:
        self.host.stop()
        for port in (*self.ports, *self.kept):
            port.close()


@pytest.fixture
def door(database_url, tmp_path) -> Iterator[Door]:
    house = House(database_url, tmp_path)
    door = Door(house)
    yield door
    door.close()
    house.app.database.close()


@pytest.fixture
def one_door(sqlite_url, tmp_path) -> Iterator[Door]:
    house = House(sqlite_url, tmp_path)
    door = Door(house)
    yield door
    door.close()
    house.app.database.close()


GOOD = Dress(aim=True)
WANTED = {  # scanner: (facts, what must be set, what should be)
    "good": ({"suffix": "CR", "gs": "kept", "aim": "sent", "is_fit": True, "characters_per_second": None}, [], []),
    "lost": ({"gs": "lost", "is_fit": False}, ["scanner.gs_lost"], []),
    "replaced": ({"gs": "replaced", "gs_as": "<GS>", "is_fit": True}, [], []),
    "twice": ({"double_reads": 3, "is_fit": True}, [], ["scanner.double"]),
    "slow": ({"is_fit": True}, [], ["scanner.slow"]),
    "endless": ({"suffix": "none", "is_fit": True}, [], ["scanner.no_suffix"]),
    "nameless": ({"aim": "none", "suffix": "TAB", "is_fit": True}, [], ["scanner.no_aim"]),
}


def test_what_each_scanner_at_a_door_does_is_found_while_nothing_is_booked(one_door):
    slow = Scanner(dress=GOOD, faults=["slow"])
    slow.byte_seconds = 0.035
    one_door.bind(good=Scanner(dress=GOOD), lost=Scanner(dress=GOOD, faults=["lost-gs"]), replaced=Scanner(dress=GOOD, faults=["replaced-gs"]),
              twice=Scanner(dress=GOOD, faults=["double-read"]), slow=slow, endless=Scanner(dress=Dress(aim=True, suffix="none")),
              nameless=Scanner(dress=Dress(suffix="TAB")))
    one_door.begin(*WANTED)
    one_door.scan_codes(*WANTED)
    for name, (facts, must, should) in WANTED.items():
        found = one_door.found(name)
        assert {key: found[key] for key in facts} == facts, name
        told = {is_must: [one["key"] for one in found["advice"] if one["must"] is is_must] for is_must in (True, False)}
        assert told == {True: must, False: should}, name
    assert one_door.operations() == 0


def test_the_settings_found_are_the_drivers_and_read_the_codes_then(door):
    door.bind(scanner=Scanner(dress=Dress(prefix="~S", suffix="##", aim=True, gs_as="<GS>"), faults=["replaced-gs"]))
    door.begin("scanner")
    door.scan_codes("scanner")
    answer = door.lesson("scanner", "POST", "/settings")
    wanted = {"max_length": 500, "prefix": "~S", "suffix": "##", "aim": "sent", "group_separators": ["<GS>"], "gap_ms": 0}
    assert (answer.status_code, answer.json["settings"]) == (200, wanted)
    assert door.peripherals()["scanner"]["settings"] == wanted
    assert door.lesson("scanner").json["until"] is None
    assert until(lambda: door.scanners["scanner"].scan(f"]C100{sscc(1)}") or time.sleep(0.1) or door.received() == 1)
    door.scanners["scanner"].scan(GS1_CODE.aim + GS1_CODE.text)
    assert until(lambda: door.peripherals()["scanner"]["last_read"] == (GS1_CODE.aim + GS1_CODE.text).replace("\x1d", "·"))
    changes = door.house.app.database.read(lambda tx: [row.kind for row in tx.rows(text("SELECT action AS kind FROM audit ORDER BY id"))])
    assert changes[-2:] == ["station.lesson", "station.learnt"]


def test_only_the_scanner_that_is_learnt_is_not_booked_and_its_port_stays_open(one_door):
    one_door.bind(one=Scanner(dress=GOOD), two=Scanner(dress=GOOD))
    connected = {name: one["since"] for name, one in one_door.peripherals().items()}
    one_door.begin("one")
    one_door.scanners["one"].scan(f"]C100{sscc(1)}")
    one_door.scanners["two"].scan(f"]C100{sscc(2)}")
    assert until(lambda: one_door.received() == 1)
    assert until(lambda: any(one["key"] == "scanner.unknown" for one in one_door.found("one")["advice"]))
    assert one_door.lesson("one", "DELETE").status_code == 204
    assert until(lambda: one_door.scanners["one"].scan(f"]C100{sscc(3)}") or time.sleep(0.1) or one_door.received() == 2)
    assert {name: one["since"] for name, one in one_door.peripherals().items()} == connected
    assert all(one["outages"] == 0 for one in one_door.peripherals().values())


def test_after_five_minutes_the_scanner_works_by_itself(one_door):
    one_door.bind(one=Scanner(dress=GOOD))
    one_door.begin("one")
    one_door.house.clock.advance(LESSON_MS + 1)
    told = one_door.lesson("one").json
    assert (told["until"], told["found"]) == (None, None)
    assert one_door.lesson("one", "POST", "/settings").json["code"] == "no_lesson"
    assert until(lambda: one_door.scanners["one"].scan(f"]C100{sscc(1)}") or time.sleep(0.1) or one_door.received() == 1)


def test_a_lesson_begun_again_forgets_what_came(one_door):
    one_door.bind(one=Scanner(dress=GOOD))
    one_door.begin("one")
    one_door.scanners["one"].scan("]E09506000117843")
    assert until(lambda: one_door.found("one")["seen"] == ["retail"])
    assert one_door.lesson("one", "POST", "/settings").json["code"] == "no_lesson"
    one_door.begin("one")
    assert one_door.found("one")["seen"] == []


def test_another_process_that_takes_the_ports_over_goes_on_with_the_lesson(one_door):
    one_door.bind(one=Scanner(dress=GOOD))
    one_door.begin("one")
    one_door.host.stop()
    one_door.host = Stations(one_door.house.app.database, one_door.house.app.engine)
    one_door.host.start()
    assert until(lambda: one_door.peripherals()["one"]["state"] == "connected")
    one_door.scanners["one"].scan("]E09506000117843")
    assert until(lambda: one_door.found("one")["seen"] == ["retail"])
    assert one_door.operations() == 0


def test_rubbish_and_an_unplugged_scanner_end_no_lesson(one_door):
    scanner = Scanner(dress=GOOD, faults=["rubbish"])
    scanner.noise_seconds = 0.6
    one_door.bind(one=scanner)
    one_door.begin("one")
    scanner.scan("]E09506000117843")
    assert until(lambda: one_door.found("one")["seen"] == ["retail"])
    scanner.heal("rubbish")
    one_door.ports[0].close()
    assert until(lambda: one_door.lesson("one").json["state"] == "lost")
    one_door.ports[0] = TcpPort(scanner, port=one_door.kept[0].number)
    assert until(lambda: one_door.lesson("one").json["state"] == "connected")
    time.sleep(BETWEEN_SECONDS)
    scanner.scan(GS1_CODE.aim + GS1_CODE.text)
    assert until(lambda: one_door.found("one")["seen"] == ["gs1", "retail"])
    assert one_door.operations() == 0


def test_what_cannot_be_learnt_is_said(one_door):
    one_door.put([{"name": "light", "kind": "light", "url": "socket://127.0.0.1:9"}, {"name": "calls", "kind": "scanner", "url": "listen://:0"}])
    assert "no barcode scanner" in one_door.lesson("light", "POST").json["detail"]
    assert one_door.lesson("nothing", "POST").status_code == 404
    for method, more in (("POST", "/settings"), ("DELETE", ""), ("GET", "")):
        assert one_door.lesson("nothing", method, more).status_code == 404
    assert one_door.lesson("calls", "POST", "/settings").json["code"] == "no_lesson"


def test_a_scanner_that_calls_is_learnt_and_the_other_one_at_its_port_works_on(door):
    kept = KeptPort()
    port = kept.number
    door.put([{"name": "calls", "kind": "scanner", "driver": "text", "url": f"listen://127.0.0.1:{port}", "settings": {"max_length": 500}}])
    taught = Scanner(dress=Dress(aim=True, suffix="LF"))
    caller = TcpCaller(taught, "127.0.0.1", port)
    assert until(lambda: door.peripherals()["calls"]["state"] == "connected")
    other = socket.create_connection(("127.0.0.1", port), source_address=("127.0.0.5", 0))
    door.scanners = {"calls": taught}
    door.begin("calls")
    assert door.found("calls")["caller"] == ""
    other.sendall(f"]C100{sscc(1)}\r".encode())
    door.scan_codes("calls")
    assert until(lambda: door.received() == 1)
    assert (door.found("calls")["caller"], door.found("calls")["suffix"], door.operations()) == ("127.0.0.1", "LF", 1)
    answer = door.lesson("calls", "POST", "/settings")
    assert (answer.status_code, answer.json["settings"]["suffix"]) == (200, "LF")
    assert until(lambda: taught.scan(f"]C100{sscc(2)}") or time.sleep(0.1) or door.received() == 2)
    other.close()
    caller.close()
    kept.close()


def test_a_device_finds_out_its_own_scanner_and_leaves_stations_alone(one_door):
    one_door.bind(one=Scanner(dress=GOOD))
    device = one_door.house.headers("device")
    assert one_door.house.web.get("/api/v1/scanner-fitness/codes", headers=device).status_code == 200
    for method, more in (("POST", ""), ("GET", ""), ("POST", "/settings"), ("DELETE", "")):
        answer = one_door.house.web.open(f"{DOOR}/peripherals/one/lesson{more}", method=method, headers=device, json={} if method == "POST" else None)
        assert answer.status_code == 403
