"""Stock that two people change at one moment: neither gives away what the other has just taken, or counts on what has gone."""

import pytest

from server.kernel.database import Database
from server.masterdata.sites import account, location_by_code
from server.oms.orders import cancel_order, hold_order
from server.stock import allocations, availability
from server.stock.availability import order_reference, post_promise
from server.stock.goods import GoodsKey
from server.stock.ledger import Move, move
from server.wms.allocating import give_back
from server.wms.holding import Which, hold
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


def pending(house: Warehouse) -> object:
    """The statement by which a promise is held on this database."""
    return availability._PENDING if house.database.is_sqlite else availability._PENDING_HELD


def lose(house: Warehouse, quantity: int) -> None:
    """Soap is held: the newest promises are broken."""
    house.database.write(lambda tx: hold(tx, Which(site_id=house.site_id, place=location_by_code(tx, "W1-A-01-1"), item="SOAP",
                                                   quantity=quantity), "QUALITY"))


def promises(house: Warehouse) -> list[tuple]:
    return house.all("SELECT quantity, posted, state FROM promise ORDER BY id")


def test_a_promise_that_is_broken_while_its_order_is_cancelled_is_given_back_once(house):
    house.put("SOAP", 20, "W1-A-01-1")
    house.order("S-1", ("SOAP", 10))
    number = house.order("S-2", ("SOAP", 10)).number

    def cancel(tx):
        hold_order(tx, number)
        cancel_order(tx, number, "changed my mind")

    with meanwhile(pending(house), lambda: lose(house, 4)):
        house.database.write(cancel)
    assert promises(house) == [(10, 0, "pending"), (0, 0, "voided")]
    assert house.all("SELECT on_hand, promised FROM availability") == [(16, 10)]


def test_a_promise_that_is_broken_while_its_goods_leave_is_posted_as_far_as_it_is_kept(house):
    house.put("SOAP", 10, "W1-A-01-1")
    number = house.order("S-1", ("SOAP", 10)).number

    def leave(tx):
        goods, bin_ = GoodsKey(house.items["SOAP"], house.owner_id), location_by_code(tx, "W1-A-01-1")
        assert post_promise(tx, house.site_id, order_reference(number, 1), 8) == 8
        move(tx, Move(goods, 8, bin_, account(tx, house.site_id, "CUSTOMER"), "shipping"))

    with meanwhile(pending(house), lambda: lose(house, 4)):
        house.database.write(leave)
    assert promises(house) == [(8, 8, "posted")]
