"""Two vehicles, or two loaders, at one moment: an order's halves leave together, and a door has one vehicle."""

from typing import Any

import pytest

from server.masterdata.sites import location_by_code
from server.wms import calling_back, loading, packing
from server.wms.packing import close_packing, pack, verify_carton
from tests.moments import meanwhile
from tests.pda import Pda
from tests.warehouse import Warehouse
from tests.workflows.test_undo_dispatch import left, supervise
from tests.workflows.test_undo_pick import status, undo


@pytest.fixture
def house(database):
    return Warehouse(database).open()


def halves(house) -> list[tuple[int, Any]]:
    """An order in two parcels, each on a vehicle of its own that has left; nothing is booked out yet."""
    house.picked("S-1")
    release = house.one("SELECT id FROM release")
    write = house.database.write
    parcels = [write(lambda tx, item=item: pack(tx, release, [{"item": item, "quantity": 1}])).sscc for item in ("SOAP", "TEA")]
    for sscc in parcels:
        write(lambda tx, sscc=sscc: verify_carton(tx, sscc))
    write(lambda tx: close_packing(tx, release))
    vehicles = [write(lambda tx, sscc=sscc, code=code: vehicle(tx, sscc, code)) for sscc, code in zip(parcels, ("W1-DOOR", "W1-DOOR-2"), strict=True)]
    return [(number, house.database.read(lambda tx, number=number: loading.manifest(tx, number))[0]) for number in vehicles]


def vehicle(tx, sscc: str, code: str) -> int:
    door = location_by_code(tx, code)
    load = loading.load_at(tx, door)
    loading.load_carton(tx, load, sscc, door)
    loading.dispatch(tx, load.id)
    return int(load.id)


def ship(house, half: tuple[int, Any]) -> None:
    house.database.write(lambda tx: loading._ship_parcel(tx, *half))


def release(house) -> tuple:
    return house.all("SELECT state, shipped_at IS NOT NULL FROM release")[0]


def doors(house) -> list[tuple]:
    return house.all("SELECT l.code, d.state FROM load d JOIN location l ON l.id = d.door_id ORDER BY d.id")


def tasks(house) -> list[tuple]:
    return house.all("SELECT state, device_id FROM task WHERE kind = 'load' AND state IN ('open', 'leased')")


def scan_door(pda: Pda) -> tuple[str, str]:
    pda.task = None
    pda.scan("W1-DOOR")
    return status(pda)


def test_an_order_whose_halves_leave_on_two_vehicles_at_one_moment_has_left_the_floor(house):
    one, other = halves(house)
    with meanwhile(packing._CARTONS, lambda: ship(house, other)):
        ship(house, one)
    house.dispatcher.drain()
    assert (release(house), house.one("SELECT state FROM sales_order")) == (("shipped", True), "shipped")


def test_an_order_of_which_one_half_leaves_while_the_other_is_called_back_has_not_left_the_floor(house):
    one, other = halves(house)
    ship(house, other)

    def bring_back(tx):
        calling_back.call_back(tx, other[0], "", device_id=0)
        calling_back._unship_parcel(tx, *other)

    with meanwhile(packing._CARTONS, lambda: house.database.write(bring_back)):
        ship(house, one)
    house.dispatcher.drain()
    assert (release(house), house.one("SELECT state FROM sales_order")) == (("loaded", False), "partly_shipped")


def test_two_loaders_who_scan_a_free_door_at_one_moment_get_one_vehicle(house):
    one, other = house.pda(), house.pda()
    with meanwhile(loading._OPEN_AT, lambda: scan_door(other)):
        assert scan_door(one) == ("applied", "ok")
    assert (status(other), doors(house), len(tasks(house))) == (("refused", "task_taken"), [("W1-DOOR", "open")], 1)


def test_a_door_scanned_while_its_vehicle_is_called_back_has_that_one(house):
    pda, _ = left(house)
    house.settle()
    supervise(house, pda)
    other = house.pda()
    with meanwhile(calling_back._ANOTHER, lambda: scan_door(other)):
        assert undo(pda) == ("applied", "ok")
    assert (status(other), doors(house)) == (("refused", "task_taken"), [("W1-DOOR", "open")])


def test_a_vehicle_is_not_called_back_over_an_empty_one_that_somebody_just_takes(house):
    pda, _ = left(house)
    house.settle()
    supervise(house, pda)
    other = house.pda()
    assert scan_door(other) == ("applied", "ok")
    other.send("release", {}, None)
    with meanwhile(loading._OPEN_AT, lambda: undo(pda)):
        assert scan_door(other) == ("applied", "ok")
    assert (status(pda), doors(house)) == (("refused", "door_taken"), [("W1-DOOR", "dispatched"), ("W1-DOOR", "open")])
    assert tasks(house) == [("leased", other.device.id)]
