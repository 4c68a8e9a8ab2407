"""The scanner of a packing table: what it reads is a scan of the handheld that packs there, once, and soon."""

import pytest
from sqlalchemy import text

from server.floor.handed import FRESH_MS, hand_on
from server.floor.operations import DeviceIdentity
from server.masterdata.stations import NewPeripheral, NewStation, put_station
from simulators.devices.light import Beacon
from simulators.devices.scanner import Dress, Scanner
from simulators.devices.wire import TcpPort
from tests.stations.quick import Stations
from tests.waiting import until
from tests.workflows.test_weighing import house, on_the_scale  # noqa: F401 - the same small warehouse


def put_table(house, scanner, light=None, **settings):  # noqa: F811
    bound = [NewPeripheral(name="scanner", kind="scanner", driver="text", url=scanner.url)]
    bound += [NewPeripheral(name="light", kind="light", driver="", url=light.url)] if light else []
    house.database.write(lambda tx: put_station(tx, house.site_id, NewStation(
        code="PACK-1", kind="pack", location="W1-PACK", settings=settings, peripherals=bound)))


@pytest.fixture
def table(house):  # noqa: F811
    scanner, light = Scanner(dress=Dress(aim=True)), Beacon()
    ports = [TcpPort(scanner), TcpPort(light)]
    put_table(house, *ports)
    stations = Stations(house.database, house.engine)
    stations.start()
    assert until(lambda: house.one("SELECT COUNT(*) FROM peripheral WHERE state = 'connected'") == 2)
    yield scanner, light
    stations.stop()
    for port in ports:
        port.close()


def handed(house, device, after=0):  # noqa: F811
    return house.engine.pull(device, None, after)


def test_what_the_table_scans_the_packing_handheld_takes_once_and_in_order(house, table):  # noqa: F811
    scanner, light = table
    pda = on_the_scale(house)
    assert handed(house, pda.device, None)["scans"] == []
    for code in ("]E09506000134352", "]C0TOTE-5"):
        scanner.scan(code)
    assert until(lambda: len(handed(house, pda.device)["scans"]) == 2)
    told = handed(house, pda.device)
    assert [one["text"] for one in told["scans"]] == ["]E09506000134352", "]C0TOTE-5"]
    assert handed(house, pda.device, told["scans_mark"]) == {**told, "scans": []}
    assert handed(house, pda.device, told["scans"][0]["id"])["scans"] == told["scans"][1:]
    assert light.times("GREEN") == light.times("RED") == 0
    assert house.one("SELECT COUNT(*) FROM operation WHERE kind = 'hand_on' AND status = 'applied'") == 2


def test_nobody_who_packs_makes_the_light_amber(house, table):  # noqa: F811
    scanner, light = table
    scanner.scan("]E09506000134352")
    assert until(lambda: light.times("AMBER") == 1)
    assert house.one("SELECT COUNT(*) FROM handed_scan") == 0


def test_a_scan_that_nobody_took_in_time_is_never_given(house):  # noqa: F811
    device = DeviceIdentity(house.pda().device.id, house.site_id)
    house.database.write(lambda tx: hand_on(tx, device.id, "old"))
    house.database.write(lambda tx: tx.execute(text("UPDATE handed_scan SET at = at - :ms"), {"ms": 5 * FRESH_MS}))
    assert handed(house, device)["scans"] == []
    house.database.write(lambda tx: hand_on(tx, device.id, "new"))
    told = handed(house, device)
    assert [(one["text"], one["id"]) for one in told["scans"]] == [("new", 2)]
    house.database.write(lambda tx: hand_on(tx, device.id, "newer"))
    assert house.one("SELECT COUNT(*) FROM handed_scan") == 2
