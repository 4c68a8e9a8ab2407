"""A whole station: simulated scanners and a light on real ports, the server's thread between them, the ledger behind."""

import contextlib
import time
from collections.abc import Iterator

import pytest

from labels.gs1 import check_digit
from server.masterdata.stations import NewPeripheral, NewStation, drop_station, peripherals, put_station
from server.wms.inbound import NewInbound, NewInboundLine, put_inbound
from simulators.devices.wire import Device, Gone, TcpPort, Wire
from tests.kept_port import KeptPort
from tests.stations.quick import Stations
from tests.waiting import until, within
from tests.warehouse import Warehouse


def sscc(number: int) -> str:
    body = f"39506000{number:09d}"
    return body + check_digit(body)


class Talker(Device):
    """Sends what it is told, keeps what it is sent."""

    def __init__(self) -> None:
        super().__init__()
        self.heard = b""
        self._wires: list[Wire] = []

    def serve(self, wire: Wire) -> None:
        self._wires.append(wire)
        try:
            while True:
                self.heard += wire.read(0.1)
        except Gone:
            self._wires.remove(wire)
            raise

    @property
    def is_held(self) -> bool:
        return bool(self._wires)

    def say(self, data: bytes) -> None:
        for wire in list(self._wires):
            with contextlib.suppress(Gone):
                wire.write(data)


class Dock:
    def __init__(self, house: Warehouse, code: str = "DOOR-3", *, scanners: int = 1) -> None:
        self.house, self.code = house, code
        self.scanners = [Talker() for _ in range(scanners)]
        self.light = Talker()
        self.kept = [KeptPort() for _ in range(scanners + 1)]
        self.ports = [TcpPort(one, port=kept.number) for one, kept in zip((*self.scanners, self.light), self.kept, strict=True)]
        self.bind()

    def bind(self, **settings: object) -> None:
        bound = [NewPeripheral(name=f"scanner {number}", kind="scanner", driver="text", url=port.url, settings={"suffix": "CR"})
                 for number, port in enumerate(self.ports[:-1])]
        bound.append(NewPeripheral(name="light", kind="light", driver="", url=self.ports[-1].url))
        self.house.database.write(lambda tx: put_station(tx, self.house.site_id, NewStation(
            code=self.code, kind="dock", location="W1-DOCK", peripherals=bound, settings={"gather_ms": 60, **settings})))

    def wait(self) -> None:
        assert until(lambda: all(one.is_held for one in (*self.scanners, self.light)))

    def close(self) -> None:
        for port in (*self.ports, *self.kept):
            port.close()


@pytest.fixture
def house(database) -> Warehouse:
    house = Warehouse(database).open()

    def work(tx):
        put_inbound(tx, NewInbound(code="ASN-1", kind="asn", site_id=house.site_id, lines=[
            NewInboundLine(item="SOAP", quantity=10, sscc=sscc(number)) for number in range(100)]))

    database.write(work)
    return house


@pytest.fixture
def at_work(house) -> Iterator[Stations]:
    stations = Stations(house.database, house.engine)
    stations.start()
    yield stations
    stations.stop()


@pytest.fixture
def dock(house, at_work) -> Iterator[Dock]:
    dock = Dock(house)
    dock.wait()
    yield dock
    dock.close()


def received(house) -> int:
    return house.one("SELECT COUNT(*) FROM inbound_line WHERE received = quantity")


def states(house) -> dict[str, str]:
    return {row.name: row.state for row in house.database.read(peripherals)}


def test_a_pallet_passes_and_the_light_is_green(house, dock):
    dock.scanners[0].say(f"]C100{sscc(1)}\r".encode())
    assert until(lambda: received(house) == 1)
    assert until(lambda: b"GREEN" in dock.light.heard)
    assert until(lambda: dock.light.heard.endswith(b"OFF\r\n"))


def test_ten_pallets_a_second_are_received_every_one(house, dock):
    for number in range(60):
        dock.scanners[0].say(f"]C100{sscc(number)}\r".encode())
        time.sleep(0.1)
    assert until(lambda: received(house) == 60)
    assert house.one("SELECT COUNT(*) FROM floor_exception") == 0


def test_a_pallet_that_is_not_announced_makes_the_light_red_and_is_on_the_list(house, dock):
    dock.scanners[0].say(f"]C100{sscc(777)}\r".encode())
    assert until(lambda: b"RED" in dock.light.heard)
    assert house.all("SELECT code FROM floor_exception") == [("not_booked",)]


def test_a_damaged_code_makes_the_light_red_and_the_good_one_beside_it_green(house, dock):
    dock.scanners[0].say(b"]C1003950600011111\r")
    assert until(lambda: b"RED" in dock.light.heard)
    dock.scanners[0].say(f"]C1003950600011\r]C100{sscc(2)}\r".encode())
    assert until(lambda: b"GREEN" in dock.light.heard)
    assert received(house) == 1


def test_a_scanner_that_is_pulled_out_is_seen_within_two_seconds_and_is_back_within_three(house, dock):
    assert until(lambda: states(house) == {"scanner 0": "connected", "light": "connected"})
    dock.ports[0].close()
    assert until(lambda: states(house)["scanner 0"] == "lost", within(2.5))
    assert states(house)["light"] == "connected"
    dock.ports[0] = TcpPort(dock.scanners[0], port=dock.kept[0].number)
    assert until(lambda: states(house)["scanner 0"] == "connected", within(3.5))
    assert until(lambda: dock.scanners[0].say(f"]C100{sscc(3)}\r".encode()) or received(house) == 1)


def test_what_is_seen_of_a_device_is_counted(house, dock):
    for number in (1, 2):
        dock.scanners[0].say(f"]C100{sscc(number)}\r".encode())
    assert until(lambda: house.one("SELECT reads FROM peripheral WHERE name = 'scanner 0'") == 2)
    last, latency = house.all("SELECT last_read, latency_ms FROM peripheral WHERE name = 'scanner 0'")[0]
    assert last == f"]C100{sscc(2)}"
    assert until(lambda: house.one("SELECT latency_ms FROM peripheral WHERE name = 'scanner 0'") is not None)
    assert latency is None or 0 <= latency < 1000 * within(5)


def test_a_device_that_makes_no_sense_is_named_and_the_others_work(house, dock):
    bound = [NewPeripheral(name="good", kind="scanner", driver="text", url=dock.ports[0].url, settings={"suffix": "CR"}),
             NewPeripheral(name="typo", kind="scanner", driver="tekst", url=dock.ports[0].url),
             NewPeripheral(name="baud", kind="scanner", driver="text", url="/dev/null", settings={"baudrate": 7}),
             NewPeripheral(name="key", kind="light", driver="", url="/dev/null", settings={"blue": "B"})]
    house.database.write(lambda tx: put_station(tx, house.site_id, NewStation(
        code="DOOR-3", kind="dock", location="W1-DOCK", peripherals=bound)))
    assert until(lambda: states(house) == {"good": "connected", "typo": "wrong", "baud": "wrong", "key": "wrong"})
    errors = dict(house.all("SELECT name, error FROM peripheral"))
    assert {name: code for name, code in house.all("SELECT name, error_code FROM peripheral") if code} == {
        "typo": "settings", "baud": "unknown_port", "key": "settings"}
    assert "There is no driver 'tekst'" in errors["typo"]
    assert "No serial line is spoken like this" in errors["baud"]
    assert "'blue' is no setting of a light" in errors["key"]
    assert until(lambda: dock.scanners[0].say(f"]C100{sscc(4)}\r".encode()) or received(house) == 1)  # the new connection, however soon


def test_a_station_that_is_taken_away_lets_its_ports_go(house, dock):
    house.database.write(lambda tx: drop_station(tx, house.site_id, "DOOR-3"))
    assert until(lambda: not dock.scanners[0].is_held)


def test_two_scanners_at_one_pallet_receive_it_once(house, at_work):
    dock = Dock(house, "DOOR-4", scanners=2)
    dock.wait()
    for _ in range(5):
        for one in dock.scanners:
            one.say(f"]C100{sscc(5)}\r".encode())
    assert until(lambda: received(house) == 1)
    time.sleep(0.3)
    assert house.one("SELECT COUNT(*) FROM operation WHERE kind = 'arrive'") == 1
    dock.close()


def test_twenty_stations_at_once(house, at_work):
    docks = [Dock(house, f"DOOR-{number}") for number in range(20)]
    for dock in docks:
        dock.wait()
    for at in range(5):
        for number, dock in enumerate(docks):
            dock.scanners[0].say(f"]C100{sscc(number * 5 + at)}\r".encode())
        time.sleep(0.05)
    assert until(lambda: received(house) == 100)
    assert house.one("SELECT state FROM inbound") == "received"
    for dock in docks:
        dock.close()


def test_another_process_does_not_hold_the_same_ports(house, dock):
    other = Stations(house.database, house.engine)
    other.look()
    other.look()
    assert other._at_work == {}
    other.stop()
