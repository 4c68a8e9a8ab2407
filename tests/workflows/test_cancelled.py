"""An order is cancelled while somebody on the floor works on it."""

import pytest

from server.oms.orders import cancel_order
from server.wms.withdrawing import PickedAlready, withdraw
from tests.warehouse import ITEMS, Warehouse


@pytest.fixture
def house(database):
    house = Warehouse(database).open()
    house.put("SOAP", 10, "W1-A-01-1")
    house.put("TEA", 10, "W1-A-02-1")
    return house


def cancel(house, number: str) -> None:
    house.database.write(lambda tx: (withdraw(tx, number), cancel_order(tx, number, "changed his mind")))


def begun(house):
    number = house.order("S-1", ("SOAP", 3), ("TEA", 2)).number
    house.wave()
    pda = house.pda()
    pda.scan("TOTE-5")
    return number, pda


def test_an_order_of_which_a_part_is_picked_is_not_cancelled_and_is_picked_on(house) -> None:
    number, pda = begun(house)
    pda.scan(ITEMS["SOAP"])
    with pytest.raises(PickedAlready):
        cancel(house, number)
    pda.scan(ITEMS["TEA"])
    assert [result["status"] for result in pda.results] == ["applied"] * 3
    assert house.all("SELECT state FROM sales_order") == [("released",)]


def test_whose_order_was_cancelled_is_told_where_to_put_the_goods_back_and_the_supervisor_hears_of_it(house) -> None:
    number, pda = begun(house)
    cancel(house, number)
    pda.scan(ITEMS["SOAP"])
    assert (pda.results[-1]["code"], pda.results[-1]["next"][0]["label"]) == (
        "order_cancelled", {"key": "pick.put_back", "args": {"location": "W1-A-01-1"}})
    assert (house.all("SELECT code, state FROM floor_exception"), house.in_bin("W1-A-01-1")) == ([("order_cancelled", "open")], 7)
