"""A whole gate: the simulated LLRP reader on a real port, the server's client and smoother, the ledger behind."""

import time

import pytest

from server.masterdata.stations import NewPeripheral, NewStation, put_station
from server.wms.inbound import NewInbound, NewInboundLine, put_inbound
from simulators.devices.wire import TcpPort
from simulators.rfid.field import Field, Tag
from simulators.rfid.llrp import LlrpDevice
from tests.stations.quick import Stations
from tests.stations.test_dock import Talker, sscc, states
from tests.waiting import until
from tests.warehouse import Warehouse
from tests.workflows.test_gate import item_tag, sscc_tag


@pytest.fixture
def house(database) -> Warehouse:
    house = Warehouse(database).open()

    def work(tx):
        put_inbound(tx, NewInbound(code="ASN-1", kind="asn", site_id=house.site_id, lines=[
            *(NewInboundLine(item="SOAP", quantity=10, sscc=sscc(number)) for number in range(1, 6)), NewInboundLine(item="TEA", quantity=20)]))

    database.write(work)
    return house


@pytest.fixture
def gate(house):
    field, light = Field([], 400.0), Talker()
    ports = [TcpPort(LlrpDevice(field, (), 4)), TcpPort(light)]
    house.database.write(lambda tx: put_station(tx, house.site_id, NewStation(
        code="GATE-1", kind="gate", location="W1-DOCK", settings={"window_ms": 400}, peripherals=[
            NewPeripheral(name="reader", kind="rfid", driver="llrp", url=ports[0].url, settings={"keepalive_seconds": 1}),
            NewPeripheral(name="light", kind="light", driver="", url=ports[1].url)])))
    stations = Stations(house.database, house.engine)
    stations.start()
    assert until(lambda: states(house).get("reader") == "connected")
    yield field, light, ports
    stations.stop()
    for port in ports:
        port.close()


def received(house) -> int:
    return house.one("SELECT SUM(received) FROM inbound_line")


def test_a_whole_delivery_passes_the_gate_and_is_booked_by_itself(house, gate):
    field, light, _ = gate
    for tag in (*(sscc_tag(number) for number in range(1, 6)), *(item_tag("TEA", serial) for serial in range(20))):
        field.add(Tag.of(tag))
    assert until(lambda: received(house) == 70)
    assert until(lambda: b"GREEN" in light.heard)
    assert house.one("SELECT state FROM inbound") == "received"
    assert house.one("SELECT COUNT(*) FROM floor_exception") == 0
    assert house.one("SELECT COUNT(*) FROM gate_tag") == 25
    assert until(lambda: house.one("SELECT reads FROM peripheral WHERE name = 'reader'") >= 50)


def test_a_stranger_makes_the_light_red(house, gate):
    field, light, _ = gate
    field.add(Tag.of(sscc_tag(1)))
    assert until(lambda: received(house) == 10)
    field.add(Tag.of("E28011606000020000000001"))
    assert until(lambda: b"RED" in light.heard)
    assert house.all("SELECT code FROM floor_exception") == [("stranger_tags",)]


def test_a_reader_that_is_cut_off_comes_back_and_nothing_counts_twice(house, gate):
    field, _, ports = gate
    field.add(Tag.of(sscc_tag(1)))
    assert until(lambda: received(house) == 10)
    ports[0].unplug()
    time.sleep(1.2)
    field.add(Tag.of(sscc_tag(2)))
    assert until(lambda: received(house) == 20)
    assert until(lambda: states(house)["reader"] == "connected")
    assert house.one("SELECT COUNT(*) FROM gate_tag") == 2
