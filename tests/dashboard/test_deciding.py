"""What a supervisor decides from the lists: counts that differ, orders held back, whose an exception is."""

import pytest
from sqlalchemy import text

from server.kernel.errors import Conflict
from server.masterdata.sites import account, location_by_code
from server.stock.goods import GoodsKey
from server.stock.ledger import Move, move
from server.wms.counting import CountGoesOn, plan_counts
from server.wms.holding_back import OrderOnFloor, hold_back
from server.wms.variances import accept_variance, lines_of_count, send_back
from tests.warehouse import ITEMS, Warehouse
from tests.workflows.test_undo_pick import do

TEA = ITEMS["TEA"]


@pytest.fixture
def house(database):
    return Warehouse(database).open()


def differing(house) -> int:
    """Nine in the book, two counted, and somebody else has to look."""
    house.put("TEA", 9, "W1-A-02-1")
    number, = house.database.write(lambda tx: plan_counts(tx, [location_by_code(tx, "W1-A-02-1").id], "planned"))
    pda = house.pda()
    do(pda, "W1-A-02-1", "W1-A-02-1", TEA, TEA)
    pda.scan("CMD-DONE")
    assert state(house) == "recount"
    return number


def state(house) -> str:
    return house.one("SELECT state FROM cycle_count ORDER BY id DESC LIMIT 1")


def test_a_variance_that_is_accepted_adjusts_the_book_and_ends_the_count_and_its_task(house):
    number = differing(house)
    assert house.database.write(lambda tx: accept_variance(tx, number)) == 7
    assert (house.in_bin("W1-A-02-1"), state(house)) == (2, "done")
    assert house.all("SELECT state FROM task WHERE kind = 'count' AND state = 'open'") == []
    assert house.one("SELECT COUNT(*) FROM outbox WHERE kind = 'CountDiffered'") == 1


def test_goods_that_were_moved_rightly_since_are_not_taken_for_missing(house):
    number = differing(house)
    goods = GoodsKey(house.items["TEA"], house.owner_id)
    house.database.write(lambda tx: move(tx, Move(goods, 5, account(tx, house.site_id, "SUPPLIER"), location_by_code(tx, "W1-A-02-1"), "receiving")))
    assert house.database.write(lambda tx: accept_variance(tx, number)) == 7
    assert house.in_bin("W1-A-02-1") == 7


def test_a_variance_that_is_sent_back_is_counted_from_the_beginning_by_somebody_else(house):
    number = differing(house)
    task = house.database.write(lambda tx: send_back(tx, number))
    assert (house.in_bin("W1-A-02-1"), state(house)) == (9, "open")
    assert house.database.read(lambda tx: lines_of_count(tx, number)) == []
    assert house.one("SELECT not_worker_id FROM task WHERE id = :t", t=task) == house.one("SELECT MAX(id) FROM worker")
    other = house.pda()
    do(other, "W1-A-02-1", "W1-A-02-1", *[TEA] * 2)
    other.scan("CMD-DONE")
    assert state(house) == "recount", "its first count is a first count again"


@pytest.mark.parametrize("decide", [accept_variance, send_back])
def test_while_somebody_counts_again_their_count_decides(house, decide):
    number = differing(house)
    do(house.pda(), "W1-A-02-1")
    with pytest.raises(CountGoesOn):
        house.database.write(lambda tx: decide(tx, number))
    assert (house.in_bin("W1-A-02-1"), state(house)) == (9, "recount")


@pytest.mark.parametrize("decide", [accept_variance, send_back])
def test_a_count_that_waits_for_nobody_cannot_be_decided(house, decide):
    number = differing(house)
    house.database.write(lambda tx: accept_variance(tx, number))
    with pytest.raises(Conflict):
        house.database.write(lambda tx: decide(tx, number))


def test_an_order_that_is_held_back_is_in_no_wave_until_it_is_let_go(house):
    house.put("TEA", 9, "W1-A-02-1")
    house.order("R-1", ("TEA", 1))
    assert house.database.write(lambda tx: hold_back(tx, "ORD-000001", on_hold=True))
    assert house.wave() is None
    assert not house.database.write(lambda tx: hold_back(tx, "ORD-000001", on_hold=True))
    assert house.database.write(lambda tx: hold_back(tx, "ORD-000001", on_hold=False))
    assert house.wave().orders == 1


def test_an_order_on_the_floor_is_not_held_back_any_more(house):
    house.put("TEA", 9, "W1-A-02-1")
    house.order("R-1", ("TEA", 1))
    house.wave()
    with pytest.raises(OrderOnFloor):
        house.database.write(lambda tx: hold_back(tx, "ORD-000001", on_hold=True))


def test_the_database_takes_nothing_between_held_and_not(house):
    house.order("R-1", ("TEA", 1))
    house.put("TEA", 9, "W1-A-02-1")
    house.settle()
    with pytest.raises(Exception, match="on_hold"):
        house.database.write(lambda tx: tx.execute(text("UPDATE release SET on_hold = 2")))
