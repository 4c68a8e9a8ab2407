"""What devices did by themselves without network, as it arrives: without a task, and never refused for what the book thought."""

from datetime import UTC, datetime, timedelta

import pytest

from server.kernel.clock import SystemClock
from server.masterdata.items import NewItem, put_item
from server.masterdata.locations import change_location
from tests.warehouse import Warehouse
from tests.workflows.test_count import counts, plan
from tests.workflows.test_move import exceptions, held, pallet, place_of, said, status

TODAY = datetime.now(UTC).date()
A, B, C = "W1-A-01-1", "W1-B-02-1", "W1-B-03-1"


@pytest.fixture
def house(database):
    return Warehouse(database).open()


def moved(pda, number: int, **slots) -> dict:
    return pda.send("move", {"from": A, "item": "SOAP", "quantity": number, "to": B, **slots}, "m")


def counted(pda, bin_: str, *found: tuple[str, int], ago: int = 0) -> dict:
    pda.made_before = ago
    return pda.send("count", {"from": bin_, "counted": [{"item": item, "quantity": quantity} for item, quantity in found]}, "n")


def test_loose_goods_are_booked_where_the_worker_put_them(house):
    house.put("SOAP", 12, A)
    pda = house.pda()
    assert moved(pda, 5)["message"] == {"key": "move.done", "args": {"quantity": 5, "name": "Soap", "location": B}}
    assert (house.in_bin(A), house.in_bin(B), exceptions(house)) == (7, 5, [])


def test_the_same_operation_sent_again_moves_nothing_more(house):
    house.put("SOAP", 12, A)
    pda = house.pda()
    moved(pda, 5)
    assert pda.post(pda.sent[-1])["status"] == "replayed"
    assert (house.in_bin(A), house.in_bin(B)) == (7, 5)


def test_what_the_book_did_not_know_comes_from_variance_and_is_told_and_asked(house):
    house.put("SOAP", 4, A)
    pda = house.pda()
    result = moved(pda, 6)
    assert (status(pda), said(pda)) == (("applied", "short"), "move.more_than_booked")
    assert (house.in_bin(A), house.in_bin(B), exceptions(house)) == (0, 6, [("moved_more", "open")])
    step = result["next"][1]
    assert pda.send(step["kind"], step["slots"], None)["data"] == {"back": 2}
    assert (house.in_bin(B), exceptions(house)) == (4, [("moved_more", "done")])


def test_goods_out_of_a_bin_that_is_empty_by_the_book_are_booked_and_the_bin_is_to_be_counted(house):
    pda = house.pda()
    moved(pda, 3)
    assert (house.in_bin(B), exceptions(house), counts(house)) == (3, [("moved_more", "open")], [("open", "variance")])


def test_goods_of_the_scanned_lot_are_moved_and_no_other(house):
    for lot, days in (("L1", 10), ("L2", 20)):
        house.put("MILK", 8, A, lot=lot, expiry=TODAY + timedelta(days=days))
    pda = house.pda()
    moved(pda, 8, item="MILK", lot="L2", expiry=(TODAY + timedelta(days=20)).isoformat())
    assert house.all("SELECT g.lot, b.quantity FROM balance b JOIN goods g ON g.id = b.goods_id JOIN location l ON l.id = b.holder_id "
                     "WHERE l.code = :c AND b.quantity > 0", c=B) == [("L2", 8)]
    assert exceptions(house) == []


def test_goods_on_a_pallet_in_the_bin_can_be_meant(house):
    pallet(house, "LPN00000901", A, SOAP=10)
    moved(house.pda(), 4)
    assert (held(house, "LPN00000901"), house.in_bin(B), exceptions(house)) == (6, 4, [])


def test_goods_that_orders_waited_for_are_moved_and_the_orders_look_elsewhere(house):
    house.put("SOAP", 10, A)
    house.order("1", ("SOAP", 8))
    house.wave()
    pda = house.pda()
    moved(pda, 5)
    assert (house.in_bin(A), house.in_bin(B), exceptions(house)) == (5, 5, [("moved_kept", "open")])
    house.settle()
    assert house.one("SELECT SUM(quantity - picked) FROM allocation WHERE state = 'open'") == 8


def test_a_bin_that_does_not_take_the_goods_has_them_all_the_same(house):
    house.put("SOAP", 10, A)
    house.database.write(lambda tx: change_location(tx, B, blocked=True))
    pda = house.pda()
    moved(pda, 5)
    assert (status(pda), house.in_bin(B), exceptions(house)) == (("applied", "ok"), 5, [("moved_against", "open")])


def test_a_pallet_stands_where_it_was_put_although_the_bin_is_blocked(house):
    pallet(house, "LPN00000901", A, SOAP=10)
    house.database.write(lambda tx: change_location(tx, B, blocked=True))
    pda = house.pda()
    pda.send("move", {"lpn": "LPN00000901", "to": B}, "p")
    assert (status(pda), place_of(house, "LPN00000901"), exceptions(house)) == (("applied", "ok"), B, [("moved_against", "open")])


def test_a_serial_number_is_moved_from_wherever_the_book_had_it(house):
    house.items["PHONE"] = house.database.write(lambda tx: put_item(tx, NewItem(code="PHONE", name="Phone", tracks_serial=True)))
    house.put("PHONE", 1, C, serial="S-1")
    moved(house.pda(), 1, item="PHONE", serial="S-1")
    assert (house.in_bin(C), house.in_bin(B), exceptions(house)) == (0, 1, [("serial_elsewhere", "open")])


def test_a_move_is_undone_when_its_device_says_so(house):
    house.put("SOAP", 12, A)
    pda = house.pda()
    moved(pda, 5)
    assert pda.send("undo", {}, None)["status"] == "applied"
    assert (house.in_bin(A), house.in_bin(B)) == (12, 0)


@pytest.mark.parametrize("slots", [{"to": "W1-NOWHERE"}, {"item": "GHOST"}, {"quantity": -1}, {"to": A}, {"from": "W1~VARIANCE"},
                                   {"serial": "S-1"}, {"expiry": "soon"}])
def test_what_cannot_be_booked_at_all_is_kept_for_the_supervisor(house, slots):
    house.put("SOAP", 12, A)
    pda = house.pda()
    moved(pda, 5, **slots)
    assert (status(pda)[0], exceptions(house), house.in_bin(A)) == ("refused", [("not_booked", "open")], 12)


def test_a_bin_counted_without_network_is_counted(house):
    house.put("SOAP", 2, A)
    pda = house.pda()
    counted(pda, A, ("SOAP", 2))
    assert (status(pda), said(pda), counts(house)) == (("applied", "ok"), "count.done", [("done", "manual")])
    assert house.all("SELECT kind, state FROM task") == [("count", "done")]


def test_a_difference_is_counted_by_somebody_else_before_the_book_follows(house):
    house.put("SOAP", 5, A)
    counted(house.pda(), A, ("SOAP", 2))
    assert (counts(house), house.in_bin(A)) == ([("recount", "manual")], 5)
    counted(house.pda(), A, ("SOAP", 2))
    assert (counts(house), house.in_bin(A)) == ([("done", "manual")], 2)


def test_a_count_made_without_network_is_undone_and_the_bin_waits_to_be_counted(house):
    house.put("SOAP", 5, A)
    counted(house.pda(), A, ("SOAP", 2))
    pda = house.pda()
    counted(pda, A, ("SOAP", 2))
    assert house.in_bin(A) == 2
    pda.task = None
    pda.send("undo", {}, None)
    assert (status(pda), counts(house), house.in_bin(A)) == (("applied", "ok"), [("recount", "manual")], 5)
    counted(house.pda(), A, ("SOAP", 2))
    assert (counts(house), house.in_bin(A)) == ([("done", "manual")], 2)


def test_the_count_that_waits_for_the_bin_is_the_one_that_was_made(house):
    house.put("SOAP", 2, A)
    plan(house, A, C)
    counted(house.pda(), A, ("SOAP", 2))
    assert counts(house) == [("done", "planned"), ("open", "planned")]


def test_a_bin_that_somebody_else_is_counting_is_left_to_them_and_told(house):
    house.put("SOAP", 2, A)
    plan(house, A)
    house.pda().send("claim", {"kind": "count"}, None)
    pda = house.pda()
    counted(pda, A, ("SOAP", 1))
    assert (status(pda), exceptions(house), counts(house)) == (("applied", "counted_besides"), [("counted_besides", "open")],
                                                              [("open", "planned")])


def test_goods_that_another_device_moved_since_let_the_bin_be_counted_again(house):
    house.put("SOAP", 4, A)
    moved(house.pda(), 1)
    pda = house.pda()
    counted(pda, A, ("SOAP", 4), ago=60_000)
    assert (status(pda), exceptions(house), counts(house)) == (("applied", "count_overtaken"), [("count_overtaken", "open")],
                                                              [("open", "manual")])


def test_what_the_same_device_moved_before_it_counted_does_not_make_the_count_stale(house):
    house.put("SOAP", 4, A)
    pda, clock = house.pda(), SystemClock()
    at = clock.now() + 1
    while clock.now() <= at:
        pass
    moved(pda, 1)
    counted(pda, A, ("SOAP", 3), ago=clock.now() - at)
    assert (status(pda), counts(house), exceptions(house)) == (("applied", "ok"), [("done", "manual")], [])


def test_a_place_that_is_no_bin_is_not_counted_and_the_supervisor_is_told(house):
    pda = house.pda()
    counted(pda, "W1-STAGE", ("SOAP", 1))
    assert (status(pda)[0], exceptions(house)) == ("refused", [("not_booked", "open")])
