"""An order is cancelled while somebody on the floor works on it."""

import pytest

from server.oms.orders import cancel_order
from server.wms.taking_back import PickedAlready
from server.wms.withdrawing import withdraw
from tests.warehouse import ITEMS, Warehouse

SOAP, TEA = "W1-A-01-1", "W1-A-02-1"


@pytest.fixture
def house(database):
    house = Warehouse(database).open()
    house.put("SOAP", 10, "W1-A-01-1")
    house.put("TEA", 10, "W1-A-02-1")
    return house


def cancel(house, number: str) -> None:
    house.database.write(lambda tx: (withdraw(tx, number), cancel_order(tx, number, "changed his mind")))


def bring_back(pda) -> None:
    """Whoever is offered the task, or takes it, scans each bin that it names."""
    pda.task = None
    pda.send("claim", {"kind": "put_back"}, None)
    for form in list(pda.task["forms"]):
        pda.scan(form["info"]["location"])


def broken(house) -> int:
    return house.one("SELECT COALESCE(SUM(b.quantity), 0) FROM balance b JOIN goods g ON g.id = b.goods_id WHERE g.status = 'damaged'")


def suspect(house) -> list[str]:
    return [row[0] for row in house.all("SELECT code FROM location WHERE suspect = 1")]


def lines(house) -> list[tuple]:
    return house.all("SELECT ordered, allocated, picked FROM release_line ORDER BY id")


def tasks(house) -> list[tuple]:
    return house.all("SELECT kind, state FROM task WHERE kind IN ('pick', 'pack', 'put_back') ORDER BY id")


def begun(house):
    number = house.order("S-1", ("SOAP", 3), ("TEA", 2)).number
    house.wave()
    pda = house.pda()
    pda.scan("TOTE-5")
    return number, pda


def test_an_order_of_which_a_part_is_picked_is_cancelled_and_its_goods_are_brought_back_by_who_has_them(house) -> None:
    number, pda = begun(house)
    pda.scan(ITEMS["SOAP"])
    cancel(house, number)
    assert (house.all("SELECT state FROM sales_order"), lines(house), tasks(house)) == (
        [("cancelled",)], [(3, 0, 0), (2, 0, 0)], [("pick", "done"), ("put_back", "open")])
    assert house.one("SELECT w.badge FROM task t JOIN worker w ON w.id = t.for_worker_id WHERE t.kind = 'put_back'") == "BDG-1"
    bring_back(pda)
    assert (pda.results[-1]["message"]["key"], house.in_bin(SOAP), tasks(house)[-1]) == ("put_back.done", 10, ("put_back", "done"))


def test_an_order_that_waits_to_be_packed_is_cancelled_and_somebody_brings_all_of_it_back(house) -> None:
    number, pda = begun(house)
    pda.scan(ITEMS["SOAP"])
    pda.scan(ITEMS["TEA"])
    cancel(house, number)
    assert tasks(house) == [("pick", "done"), ("pack", "cancelled"), ("put_back", "open")]
    bring_back(house.pda())
    assert (house.in_bin(SOAP), house.in_bin(TEA), house.all("SELECT state FROM release")) == (10, 10, [("cancelled",)])


@pytest.mark.parametrize(("kind", "quantity", "in_bin", "damaged"), [("short", 2, 8, 0), ("short", 0, 10, 0), ("damaged", 1, 10, 1)])
def test_what_was_short_or_damaged_is_booked_though_the_order_was_cancelled_meanwhile_and_is_undone(house, kind, quantity, in_bin, damaged) -> None:
    number, pda = begun(house)
    task, form = pda.task["id"], next(one["id"] for one in pda.task["forms"] if one["info"]["item"] == "SOAP")
    cancel(house, number)
    said = pda.send(kind, {"quantity": quantity, "to": "TOTE-5"}, form)
    assert (said["status"], said["code"], len(said["next"])) == ("applied", "order_cancelled", int(in_bin < 10))
    assert (house.in_bin(SOAP), broken(house), suspect(house)) == (in_bin, damaged, [SOAP] if kind == "short" else [])
    pda.task = {"id": task}
    assert pda.send("undo", {}, None)["status"] == "applied"
    assert (house.in_bin(SOAP), broken(house), suspect(house)) == (10, 0, [])


def test_an_order_that_somebody_packs_is_not_cancelled(house) -> None:
    number, pda = begun(house)
    pda.scan(ITEMS["SOAP"])
    pda.scan(ITEMS["TEA"])
    house.pda().send("claim", {"kind": "pack"}, None)
    with pytest.raises(PickedAlready):
        cancel(house, number)
    assert (lines(house), house.all("SELECT state FROM sales_order")) == ([(3, 3, 3), (2, 2, 2)], [("released",)])


def test_what_was_brought_back_by_mistake_is_undone_and_brought_back_again(house) -> None:
    number, pda = begun(house)
    pda.scan(ITEMS["SOAP"])
    cancel(house, number)
    bring_back(pda)
    assert pda.send("undo", {}, None)["status"] == "applied"
    assert (house.in_bin(SOAP), tasks(house)[-1]) == (7, ("put_back", "leased"))
    pda.scan(SOAP)
    assert (house.in_bin(SOAP), tasks(house)[-1]) == (10, ("put_back", "done"))


def test_a_pick_of_an_order_that_was_cancelled_is_not_undone_but_put_back(house) -> None:
    number, pda = begun(house)
    pda.scan(ITEMS["SOAP"])
    cancel(house, number)
    assert pda.send("undo", {}, None)["code"] == "order_gone_on"
    assert house.in_bin(SOAP) == 7


def test_goods_in_two_totes_are_brought_back_out_of_both(house) -> None:
    number, pda = begun(house)
    form = pda.task["current"]
    item = next(one["info"]["item"] for one in pda.task["forms"] if one["id"] == form)
    pda.send("pick", {"item": item, "quantity": 1, "to": "TOTE-5"}, form)
    pda.send("full", {"tote": "TOTE-5", "to": "TOTE-6"}, form)
    pda.send("pick", {"item": item, "quantity": 1, "to": "TOTE-6"}, form)
    cancel(house, number)
    bring_back(pda)
    assert (pda.results[-2]["status"], pda.results[-1]["status"]) == ("applied", "applied")
    assert (house.in_bin(SOAP), house.in_bin(TEA), tasks(house)[-1]) == (10, 10, ("put_back", "done"))


def test_an_order_waits_for_goods_that_are_to_be_put_back_rather_than_going_short(house) -> None:
    number, pda = begun(house)
    pda.scan(ITEMS["SOAP"])
    cancel(house, number)
    house.order("S-2", ("SOAP", 10))
    house.wave()
    assert house.all("SELECT state FROM release ORDER BY id") == [("cancelled",), ("waiting",)]
    bring_back(pda)
    house.wave()
    assert house.all("SELECT ordered, allocated, short FROM release_line ORDER BY id DESC")[0] == (10, 10, 0)


def test_whose_order_was_cancelled_is_told_where_to_put_the_goods_back_and_the_supervisor_hears_of_it(house) -> None:
    number, pda = begun(house)
    cancel(house, number)
    pda.scan(ITEMS["SOAP"])
    assert (pda.results[-1]["code"], pda.results[-1]["next"][0]["label"]) == (
        "order_cancelled", {"key": "pick.put_back", "args": {"location": "W1-A-01-1"}})
    assert (house.all("SELECT code, state FROM floor_exception"), house.in_bin("W1-A-01-1")) == ([("order_cancelled", "open")], 7)
