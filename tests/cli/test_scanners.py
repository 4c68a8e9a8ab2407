"""`aisle scanners`: how the devices of stations are, and an end with 1 when one of them is away."""

from server.masterdata.stations import NewPeripheral, NewStation, Seen, note_seen, peripherals, put_station
from tests.warehouse import Warehouse


def test_devices_are_shown_and_one_that_is_unplugged_ends_it_with_1(aisle, database, database_url):
    house = Warehouse(database).open()
    assert aisle(database_url, "scanners").code == 0

    def work(tx):
        put_station(tx, house.site_id, NewStation(code="DOOR-3", kind="dock", location="W1-DOCK", peripherals=[
            NewPeripheral(name="left", kind="scanner", driver="text", url="/dev/ttyUSB0"),
            NewPeripheral(name="right", kind="scanner", driver="text", url="/dev/ttyUSB1")]))
        left, right = peripherals(tx)
        note_seen(tx, [Seen(id=left.id, state="connected", since=1, reads=3), Seen(id=right.id, state="lost", since=1, error="It is not there.")])

    database.write(work)
    told = aisle(database_url, "scanners", "--site", "W1")
    assert told.code == 1
    assert "UNPLUGGED" in told.text
    assert "It is not there." in told.text
    left, right = aisle(database_url, "scanners", "--json").json["devices"]
    assert (left["station"], left["state"], left["reads"], right["state"]) == ("DOOR-3", "connected", 3, "lost")
    assert aisle(database_url, "scanners", "--site", "W9").code == 1
