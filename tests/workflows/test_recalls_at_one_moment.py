"""A recall finds what moves while it runs, where it moves to."""

from contextlib import suppress
from datetime import timedelta

import pytest

from server.masterdata.sites import location_by_code
from server.stock.errors import InsufficientStock
from server.stock.goods import GoodsKey
from server.stock.ledger import Move, move
from server.wms import holding
from server.wms.holding import Changed, Which, expire, hold
from tests.moments import meanwhile
from tests.warehouse import ITEMS, Warehouse
from tests.workflows.test_hold import TODAY, statuses


@pytest.fixture
def house(database):
    house = Warehouse(database).open()
    for bin_ in ("W1-A-01-1", "W1-A-02-1"):
        house.put("MILK", 5, bin_, lot="L7", expiry=TODAY)
    return house


def carry(house, origin: str, target: str) -> None:
    def work(tx):
        goods = GoodsKey(house.items["MILK"], house.owner_id, "L7")
        with suppress(InsufficientStock):  # it is held already
            move(tx, Move(goods, 5, location_by_code(tx, origin), location_by_code(tx, target), "storing"))

    house.database.write(work)


def recall(house) -> Changed:
    return house.database.write(lambda tx: hold(tx, Which(site_id=house.site_id, item="MILK", lot="L7"), "RECALL"))


@pytest.mark.parametrize("origin", ["W1-A-01-1", "W1-A-02-1"])
def test_goods_that_go_to_another_bin_while_their_lot_is_recalled_are_held_there(house, origin):
    with meanwhile(holding._EVERYWHERE, lambda: carry(house, origin, "W1-B-02-1")):
        done = recall(house)
    assert (done.quantity, statuses(house)) == (10, {"hold": 10})


def test_no_goods_move_once_the_recall_has_found_where_they_are(house):
    with meanwhile(holding._BOOKED, lambda: carry(house, "W1-A-02-1", "W1-B-02-1")):
        done = recall(house)
    assert (done.quantity, statuses(house), house.in_bin("W1-B-02-1")) == (10, {"hold": 10}, 0)


def test_goods_that_are_picked_while_their_lot_is_recalled_are_said_to_be_in_an_order(house):
    house.put("MILK", 4, "W1-B-01-1", lot="L8", expiry=TODAY + timedelta(days=700))
    house.order("S-1", ("MILK", 4))
    house.wave()
    pda = house.pda()
    pda.scan("TOTE-5")
    with meanwhile(holding._EVERYWHERE, lambda: pda.scan(ITEMS["MILK"])):
        done = house.database.write(lambda tx: hold(tx, Which(site_id=house.site_id, item="MILK", lot="L8"), "RECALL"))
    assert done.quantity + sum(quantity for _, quantity in done.in_orders) == 4
    assert statuses(house).get("hold", 0) == done.quantity


def test_goods_that_go_to_another_bin_while_they_expire_expire_there(house):
    with meanwhile(holding._EXPIRED, lambda: carry(house, "W1-A-02-1", "W1-B-02-1")):
        assert house.database.write(expire) == 10
    assert statuses(house) == {"expired": 10}
