"""A packing table with a simulated scale and a light: a weight fills the slot by itself; a wrong one stops the label."""

import pytest

from server.masterdata.stations import NewPeripheral, NewStation, put_station
from simulators.devices.light import Beacon
from simulators.devices.scale import Scale
from simulators.devices.wire import TcpPort
from tests.stations.quick import Stations
from tests.waiting import until
from tests.workflows.test_weighing import house, labels, on_the_scale  # noqa: F401 - the same small warehouse


@pytest.fixture
def table(house):  # noqa: F811
    scale, light = Scale(), Beacon()
    ports = [TcpPort(scale), TcpPort(light)]
    house.database.write(lambda tx: put_station(tx, house.site_id, NewStation(code="PACK-1", kind="pack", location="W1-PACK", peripherals=[
        NewPeripheral(name="scale", kind="scale", driver="mt-sics", url=ports[0].url, settings={"poll_seconds": 0.05, "rearm": "changed"}),
        NewPeripheral(name="light", kind="light", driver="", url=ports[1].url)])))
    stations = Stations(house.database, house.engine)
    stations.start()
    assert until(lambda: house.one("SELECT COUNT(*) FROM peripheral WHERE state = 'connected'") == 2)
    yield scale, light
    stations.stop()
    for port in ports:
        port.close()


def test_a_parcel_on_the_scale_gets_its_label_without_a_tap(house, table):  # noqa: F811
    scale, light = table
    on_the_scale(house)
    assert labels(house) == 0
    scale.put(405)
    assert until(lambda: labels(house) == 1)
    assert until(lambda: light.times("GREEN") == 1)
    assert house.one("SELECT measured_g FROM parcel_weight") == 405


def test_a_wrong_weight_is_red_and_prints_nothing_until_it_is_right(house, table):  # noqa: F811
    scale, light = table
    on_the_scale(house)
    scale.put(320)
    assert until(lambda: light.times("RED") == 1)
    assert labels(house) == 0
    scale.put(84)  # the tea that was missing
    assert until(lambda: labels(house) == 1)


def test_a_weight_that_nobody_waits_for_changes_nothing(house, table):  # noqa: F811
    scale, light = table
    scale.put(300)
    assert until(lambda: light.times("AMBER") == 1)
    assert house.one("SELECT COUNT(*) FROM floor_exception") == 0


def test_two_parcels_that_wait_are_not_mixed_up(house, table):  # noqa: F811
    scale, light = table
    on_the_scale(house)
    house.put("SOAP", 5, "W1-A-03-1")
    house.order("S-2", ("SOAP", 1))
    house.wave()
    other = house.pda()
    for scan in ("TOTE-6", "09506000134352"):
        other.scan(scan)
    for scan in ("TOTE-6", "09506000134352"):
        other.scan(scan)
    scale.put(405)
    assert until(lambda: light.times("AMBER") == 1)
    assert labels(house) == 0
