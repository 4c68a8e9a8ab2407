"""Ports that are found on the machine that holds the devices: offered while nothing uses them, bound as scanners, forgotten when pulled out."""

import os
import pty

import pytest

from server.kernel.errors import Conflict, NotFound
from server.masterdata.found_ports import bind_found, found_ports, free_ports, note_found
from server.masterdata.stations import NewPeripheral, NewStation, peripherals, put_station
from tests.stations.quick import Stations
from tests.waiting import until
from tests.warehouse import Warehouse


@pytest.fixture
def house(database) -> Warehouse:
    house = Warehouse(database).open()
    house.database.write(lambda tx: put_station(tx, house.site_id, NewStation(code="DOOR-1", kind="dock", location="W1-DOCK", peripherals=[
        NewPeripheral(name="camera", kind="camera", driver="", url="rtsp://admin:secret@127.0.0.1:9/live", settings={})])))
    return house


@pytest.fixture
def folder(tmp_path):
    """What udev keeps: links named after what is plugged in."""
    (tmp_path / "by-id").mkdir()
    return tmp_path / "by-id"


def bound(house) -> dict[str, str]:
    return {one.name: one.url for one in house.database.read(peripherals)}


def test_a_scanner_that_is_plugged_in_is_found_bound_and_read(house, folder):
    master, slave = pty.openpty()
    stations = Stations(house.database, house.engine, ports=folder)
    stations.start()
    try:
        url = str(folder / "usb-scanner-if00")
        (folder / "usb-scanner-if00").symlink_to(os.ttyname(slave))
        assert until(lambda: house.database.read(free_ports) == [url])
        house.database.write(lambda tx: bind_found(tx, house.site_id, "DOOR-1", "hand", url))
        assert house.database.read(free_ports) == []
        assert bound(house) == {"camera": "rtsp://admin:secret@127.0.0.1:9/live", "hand": url}
        assert until(lambda: house.one("SELECT state FROM peripheral WHERE name = 'hand'") == "connected")
        os.write(master, b"HELLO-1\r")
        assert until(lambda: house.one("SELECT last_read FROM peripheral WHERE name = 'hand'").endswith("HELLO-1"))
        (folder / "usb-scanner-if00").unlink()
        assert until(lambda: house.database.read(found_ports) == [])
    finally:
        stations.stop()
        os.close(master)
        os.close(slave)


def test_only_what_was_found_is_bound_and_under_a_name_of_its_own(house, folder):
    house.database.write(lambda tx: note_found(tx, [str(folder / "usb-1")]))
    before = bound(house)
    for code, name, url, error in (("DOOR-1", "hand", "/etc/passwd", NotFound), ("DOOR-9", "hand", str(folder / "usb-1"), NotFound),
                                   ("DOOR-1", "camera", str(folder / "usb-1"), Conflict)):
        with pytest.raises(error):
            house.database.write(lambda tx, code=code, name=name, url=url: bind_found(tx, house.site_id, code, name, url))
    assert bound(house) == before


def test_a_machine_without_serial_ports_finds_none_and_forgets_what_was_there(house, tmp_path):
    house.database.write(lambda tx: note_found(tx, ["/dev/serial/by-id/usb-of-yesterday"]))
    stations = Stations(house.database, house.engine, ports=tmp_path / "not there")
    stations.look()
    assert house.database.read(found_ports) == []
    stations.stop()


def test_stations_that_were_only_looked_at_leave_no_camera_at_work_when_they_stop(house, tmp_path):
    stations = Stations(house.database, house.engine, ports=tmp_path / "not there")
    stations.look()
    (_, station), = stations._at_work.values()
    stations.stop()
    assert (stations._at_work, [one.state for one in station.seen(anew=True)]) == ({}, ["stopped"])
    other = Stations(house.database, house.engine, ports=tmp_path / "not there")
    other.look()
    assert len(other._at_work) == 1, "and let another take its place"
    other.stop()
