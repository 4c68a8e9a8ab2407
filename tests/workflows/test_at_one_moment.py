"""Two act on the goods of one order or one bin at one moment: no order is told a shortage that is none, and no bin gains stock."""

from contextlib import suppress

import pytest

from server.kernel.database import Database
from server.masterdata.sites import account, location_by_code
from server.stock import allocations
from server.stock.errors import InsufficientStock
from server.stock.goods import GoodsKey
from server.stock.ledger import Move, move
from server.stock.lpns import lpn_by_code, make_lpn, move_lpn
from server.wms import allocating, counting
from server.wms.holding import Which, hold
from tests.moments import meanwhile
from tests.warehouse import Warehouse

LINE = "SELECT ordered, allocated, short FROM release_line"


@pytest.fixture
def house(database: Database) -> Warehouse:
    return Warehouse(database).open()


def carry(house: Warehouse, quantity: int, origin: str, target: str) -> None:
    """Somebody moves loose soap from one place to another."""
    def work(tx):
        goods = GoodsKey(house.items["SOAP"], house.owner_id)
        move(tx, Move(goods, quantity, location_by_code(tx, origin), location_by_code(tx, target), "storing"))

    house.database.write(work)


def test_of_a_line_in_two_bins_one_part_is_lost_and_the_other_said_short_at_one_moment(house):
    house.put("SOAP", 3, "W1-A-01-1")
    house.put("SOAP", 3, "W1-A-02-1")
    house.order("S-1", ("SOAP", 6))
    house.wave()
    pda = house.pda()
    pda.scan("TOTE-5")
    first, other = pda.task["forms"]
    house.put("SOAP", 20, "W1-B-03-1")
    house.dispatcher.drain()
    which = house.database.read(lambda tx: Which(site_id=house.site_id, place=location_by_code(tx, other["info"]["location"]), item="SOAP"))
    house.database.write(lambda tx: hold(tx, which, "QUALITY"))

    def say_short():
        pda.send("short", {"item": "SOAP", "quantity": 1, "to": "TOTE-5"}, first["id"])

    with meanwhile(allocating._LINE, say_short):
        house.dispatcher.drain()
    assert pda.results[-1]["status"] == "applied"
    assert house.all(LINE) == [(6, 6, 0)]
    assert house.one("SELECT SUM(quantity) FROM allocation WHERE state <> 'voided'") == 6


def test_what_of_a_line_cannot_be_had_is_reported_though_some_of_it_is_found_at_that_moment(house):
    house.put("SOAP", 6, "W1-A-01-1")
    house.order("S-1", ("SOAP", 6))
    number = house.one("SELECT id FROM release_line")

    def find():
        house.database.write(lambda tx: allocating.allocate_line(tx, allocating.line_by_id(tx, number), 2, lambda equal: equal[0]))

    with meanwhile(allocating._LINE, find):
        house.database.write(lambda tx: allocating.give_up(tx, number))
    ordered, allocated, short = house.all(LINE)[0]
    assert ordered == allocated + short


def test_a_bin_from_which_somebody_takes_some_at_that_moment_still_gives_the_rest(house):
    house.put("SOAP", 7, "W1-A-01-1")
    house.put("SOAP", 6, "W1-A-02-1")
    house.order("S-1", ("SOAP", 10))

    def take():
        with suppress(InsufficientStock):  # on SQLite the wave was first
            carry(house, 2, "W1-A-01-1", "W1-DOCK")

    with meanwhile(allocations._CANDIDATES, take):
        house.wave()
    assert house.all(LINE) == [(10, 10, 0)]


def test_an_order_is_not_told_that_goods_are_missing_which_go_from_the_dock_to_a_bin_at_that_moment(house):
    def receive(tx):
        pallet = make_lpn(tx, location_by_code(tx, "W1-DOCK"), code="P1")
        goods = GoodsKey(house.items["SOAP"], house.owner_id)
        move(tx, Move(goods, 5, account(tx, house.site_id, "SUPPLIER"), pallet, "receiving"))

    house.database.write(receive)
    house.order("S-1", ("SOAP", 5))

    def put_away():
        house.database.write(lambda tx: move_lpn(tx, lpn_by_code(tx, "P1"), location_by_code(tx, "W1-A-01-1"), "storing"))

    with meanwhile(allocations._CANDIDATES, put_away):
        house.wave()
    assert house.all(LINE) == [(5, 0, 0)]
    house.wave()
    assert house.all(LINE) == [(5, 5, 0)]


def test_a_bin_from_which_goods_are_taken_while_its_count_is_compared_with_the_book_gains_none(house):
    house.put("SOAP", 10, "W1-A-01-1")
    place = house.database.read(lambda tx: location_by_code(tx, "W1-A-01-1"))
    number = house.database.write(lambda tx: counting.request_count(tx, place.id, "short"))
    made_at = house.database.clock.now()

    def compare(tx):
        return counting.count(tx, number, [{"item": "SOAP", "quantity": 10}], made_at=made_at, worker_id=None)

    with meanwhile(counting._MOVED_SINCE, lambda: carry(house, 2, "W1-A-01-1", "W1-B-01-1")):
        outcome = house.database.write(compare)
    assert (outcome.adjusted, house.in_bin("W1-A-01-1"), house.in_bin("W1-B-01-1")) == (0, 8, 2)
