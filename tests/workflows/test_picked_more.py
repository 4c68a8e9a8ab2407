"""Somebody else took goods out of a bin while a picker without network took them for an order: asked, and then found or given up."""

import pytest

from server.masterdata.locations import change_location
from server.masterdata.sites import location_by_code
from server.wms.holding import Which, hold
from server.wms.withdrawing import withdraw
from tests.warehouse import Warehouse
from tests.workflows.test_count import counts
from tests.workflows.test_move import exceptions, said, status

A, B, C = "W1-A-01-1", "W1-B-02-1", "W1-B-03-1"


@pytest.fixture
def house(database):
    return Warehouse(database).open()


def picking(house: Warehouse, *, picking: str = "single", orders: int = 1):
    """Six of soap in one bin for each order, and who was just about to take them."""
    house.put("SOAP", 6 * orders, A)
    for number in range(orders):
        house.order(f"S-{number}", ("SOAP", 6))
    house.wave(picking)
    pda = house.pda()
    pda.scan("TOTE-5")
    return pda, pda.task["current"]


def taken(house: Warehouse, quantity: int, to: str = B) -> None:
    """Somebody without network moves goods away; the order looks elsewhere."""
    house.pda().send("move", {"from": A, "item": "SOAP", "quantity": quantity, "to": to}, "m")
    house.settle()


def picks(pda, form: str, quantity: int = 6) -> dict:
    return pda.send("pick", {"item": "SOAP", "quantity": quantity, "to": "TOTE-5"}, form)


def answered(pda, result: dict, which: int) -> dict:
    """As the handheld does it: about the round that was asked about, whatever is at hand by then."""
    step, pda.task = result["next"][which], {"id": result["task"]["id"]}
    return pda.send(step["kind"], step["slots"], None)


def in_tote(house: Warehouse, code: str = "TOTE-5") -> int:
    return house.one("SELECT COALESCE(SUM(b.quantity), 0) FROM balance b JOIN lpn p ON p.id = b.holder_id WHERE p.code = :c", c=code)


def lines(house: Warehouse) -> list[tuple]:
    return house.all("SELECT ordered, allocated, picked, short FROM release_line ORDER BY id")


def tasks(house: Warehouse) -> list[tuple]:
    return house.all("SELECT kind, state FROM task WHERE kind IN ('pick', 'pack') ORDER BY id")


def of_round(house: Warehouse) -> list[tuple]:
    return [one for one in exceptions(house) if one[0] == "picked_more"]


def asking(booked: int, quantity: int = 6) -> dict:
    return {"name": "Soap", "location": A, "booked": booked, "quantity": quantity}


def asked(house: Warehouse, left: int = 2):
    """The picker took six, and only `left` of them are booked by then."""
    pda, form = picking(house)
    taken(house, 6 - left)
    return pda, picks(pda, form)


def test_a_picker_who_took_more_than_is_booked_is_asked_and_what_is_booked_is_picked(house):
    pda, result = asked(house)
    assert (status(pda), result["message"]) == (("applied", "short"), {"key": "pick.only_booked", "args": asking(2)})
    assert [step["label"] for step in result["next"]] == [
        {"key": "pick.have", "args": {"quantity": 6}}, {"key": "pick.took", "args": {"quantity": 2}}]
    assert (house.in_bin(A), in_tote(house), lines(house)) == (0, 2, [(6, 6, 2, 0)])
    assert (of_round(house), counts(house)) == ([("picked_more", "open")], [("open", "variance")])


def test_who_has_them_picks_them_out_of_variance_and_goes_nowhere_else_for_them(house):
    pda, result = asked(house)
    answer = answered(pda, result, 0)
    house.settle()
    assert (status(pda), said(pda)) == (("applied", "ok"), "pick.beyond")
    assert answer["message"]["args"]["quantity"] == 4
    assert (house.in_bin(A), house.in_bin(B), in_tote(house), lines(house)) == (0, 4, 6, [(6, 6, 6, 0)])
    assert house.all("SELECT b.allocated FROM balance b JOIN location l ON l.id = b.holder_id WHERE l.code = :c", c=B) == [(0,)]
    assert (tasks(house), of_round(house)) == ([("pick", "done"), ("pack", "open")], [("picked_more", "open")])
    assert house.one("SELECT note FROM floor_exception WHERE code = 'picked_more'") == "BDG-1 is sure"


def test_who_took_only_what_is_booked_gets_the_rest_elsewhere_and_the_bin_is_counted_before_it_is_trusted(house):
    pda, result = asked(house)
    answered(pda, result, 1)
    assert (status(pda), said(pda), of_round(house)) == (("applied", "ok"), "pick.only", [("picked_more", "done")])
    assert house.one("SELECT suspect FROM location WHERE code = :c", c=A) == 1
    assert [row[0] for row in counts(house)] == ["open"]
    pda.task = pda.engine.pull(pda.device, None)["tasks"][0]
    form = next(one for one in pda.task["forms"] if one["state"] == "open")
    assert (form["info"]["location"], form["info"]["quantity"]) == (B, 4)
    picks(pda, form["id"], 4)
    assert (lines(house), tasks(house)) == ([(6, 6, 6, 0)], [("pick", "done"), ("pack", "open")])


def test_where_nothing_is_booked_any_more_nothing_is_picked_before_the_answer(house):
    pda, result = asked(house, left=0)
    assert (result["message"]["args"], in_tote(house)) == (asking(0), 0)
    answered(pda, result, 0)
    assert (in_tote(house), lines(house), tasks(house)) == (6, [(6, 6, 6, 0)], [("pick", "done"), ("pack", "open")])


def test_an_order_that_was_told_to_go_short_gets_what_the_picker_has_though_its_round_has_ended(house):
    pda, form = picking(house)
    taken(house, 4, "W1-DOCK")
    result = picks(pda, form)
    assert (lines(house), tasks(house)) == ([(6, 2, 2, 4)], [("pick", "done"), ("pack", "open")])
    answered(pda, result, 0)
    house.settle()
    assert (in_tote(house), lines(house)) == (6, [(6, 6, 6, 0)])
    assert tasks(house) == [("pick", "done"), ("pack", "cancelled"), ("pack", "open")]


def test_an_order_that_ended_because_nothing_was_left_of_it_gets_what_the_picker_has(house):
    pda, form = picking(house)
    taken(house, 6, "W1-DOCK")
    assert house.all("SELECT r.state, o.state FROM release r JOIN sales_order o ON o.number = r.order_number") == [("cancelled", "short")]
    answered(pda, picks(pda, form), 0)
    house.settle()
    assert (in_tote(house), lines(house), tasks(house)) == (6, [(6, 6, 6, 0)], [("pick", "done"), ("pack", "open")])
    assert house.all("SELECT r.state, o.state FROM release r JOIN sales_order o ON o.number = r.order_number") == [("picked", "released")]
    assert pda.send("undo", {}, None)["status"] == "applied"
    house.settle()
    assert (in_tote(house), lines(house), house.all("SELECT state FROM release")) == (0, [(6, 0, 0, 6)], [("cancelled",)])


def test_an_order_whose_other_line_was_all_that_was_left_to_pick_gets_this_one_too(house):
    house.put("SOAP", 6, A)
    house.put("TEA", 1, "W1-A-02-1")
    house.order("S-1", ("SOAP", 6), ("TEA", 1))
    house.wave()
    pda = house.pda()
    pda.scan("TOTE-5")
    forms = {one["info"]["item"]: one["id"] for one in pda.task["forms"]}
    pda.send("pick", {"item": "TEA", "quantity": 1, "to": "TOTE-5"}, forms["TEA"])
    taken(house, 6, "W1-DOCK")
    answered(pda, picks(pda, forms["SOAP"]), 0)
    assert (in_tote(house), [row[2] for row in lines(house)]) == (7, [6, 1])
    assert tasks(house) == [("pick", "done"), ("pack", "cancelled"), ("pack", "open")]


def test_an_order_that_its_customer_has_cancelled_meanwhile_is_not_picked_on(house):
    pda, result = asked(house, left=0)
    house.database.write(lambda tx: withdraw(tx, house.one("SELECT order_number FROM release")))
    assert answered(pda, result, 0)["code"] == "order_gone_on"
    assert in_tote(house) == 0


def test_what_is_being_packed_already_takes_nothing_more_and_the_worker_is_told(house):
    pda, form = picking(house)
    taken(house, 4, "W1-DOCK")
    result = picks(pda, form)
    house.pda().send("claim", {"kind": "pack"}, None)
    assert answered(pda, result, 0)["message"] == {
        "key": "refused.packed_without", "args": {"order": house.one("SELECT code FROM release"), "quantity": 4, "location": A}}
    assert (in_tote(house), of_round(house)) == (2, [("picked_more", "open")])


def test_a_question_is_answered_once_and_on_its_own_device_only(house):
    pda, result = asked(house)
    other = house.pda()
    other.task = pda.task
    assert answered(other, result, 0)["code"] == "not_found"
    answered(pda, result, 0)
    assert [answered(pda, result, which)["code"] for which in (0, 1)] == ["answered_already"] * 2
    assert in_tote(house) == 6


@pytest.mark.parametrize("which", [0, 1])
def test_an_answer_and_then_the_pick_are_undone_one_after_the_other(house, which):
    pda, result = asked(house)
    answered(pda, result, which)
    assert pda.send("undo", {}, None)["status"] == "applied"
    house.settle()
    assert (in_tote(house), house.in_bin(A), lines(house), of_round(house)) == (2, 0, [(6, 6, 2, 0)], [("picked_more", "open")])
    assert house.one("SELECT note FROM floor_exception WHERE code = 'picked_more'") == ""
    assert pda.send("undo", {}, None)["status"] == "applied"
    assert (in_tote(house), house.in_bin(A), lines(house), of_round(house)) == (0, 2, [(6, 6, 0, 0)], [("picked_more", "done")])


def test_goods_that_were_put_on_hold_or_stand_in_a_blocked_bin_are_not_asked_for_but_put_back(house):
    pda, form = picking(house)
    place = house.database.read(lambda tx: location_by_code(tx, A))
    house.database.write(lambda tx: hold(tx, Which(site_id=house.site_id, place=place, item="SOAP"), "QUALITY"))
    house.settle()
    assert picks(pda, form)["code"] == "order_cancelled"
    house.database.write(lambda tx: change_location(tx, A, blocked=True))
    assert picks(pda, form)["code"] == "order_cancelled"


def test_in_a_batch_each_order_gets_of_what_is_beyond_the_book_what_it_wants(house):
    pda, form = picking(house, picking="batch", orders=2)
    taken(house, 8)
    result = picks(pda, form, 12)
    assert result["message"]["args"] == asking(4, 12)
    answered(pda, result, 0)
    house.settle()
    assert (in_tote(house), sum(row[2] for row in lines(house))) == (12, 12)
