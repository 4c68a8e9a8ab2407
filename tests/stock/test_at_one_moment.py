"""Stock that two people change at one moment: neither gives away what the other has just taken, or counts on what has gone."""

import pytest

from server.kernel.database import Database
from server.stock import allocations
from server.wms.allocating import give_back
from tests.meanwhile import meanwhile
from tests.warehouse import Warehouse


@pytest.fixture
def house(database: Database) -> Warehouse:
    return Warehouse(database).open()


def test_an_allocation_that_is_picked_while_it_is_given_back_takes_nothing_from_another_order(house):
    house.put("SOAP", 3, "W1-A-01-1")
    house.put("SOAP", 9, "W1-A-02-1")
    house.order("S-1", ("SOAP", 6))
    house.order("S-2", ("SOAP", 3))
    house.wave()
    pda = house.pda()
    pda.scan("TOTE-5")
    form = next(form for form in pda.task["forms"] if form["info"]["location"] == "W1-A-02-1")
    number = int(form["id"][1:])

    def pick():
        pda.send("pick", {"item": "SOAP", "quantity": 3, "to": "TOTE-5"}, form["id"])

    with meanwhile(allocations._OPEN, pick):
        back = house.database.write(lambda tx: give_back(tx, number))
    assert (back, pda.results[-1]["status"]) == (3, "refused")
    assert house.all("SELECT quantity, allocated FROM balance b JOIN location l ON l.id = b.holder_id WHERE l.code = 'W1-A-02-1'") == [(9, 3)]
