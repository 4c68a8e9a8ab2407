"""A worker without network picks for a task that was given to a colleague meanwhile, or for an order that was cancelled."""

import pytest
from sqlalchemy import text

from server.floor.steering import send_to_worker
from server.oms.orders import cancel_order
from server.wms.withdrawing import withdraw
from tests.warehouse import ITEMS, Warehouse

BIN = "W1-A-01-1"


@pytest.fixture
def house(database):
    house = Warehouse(database).open()
    house.put("SOAP", 10, BIN)
    house.put("TEA", 10, "W1-A-02-1")
    house.number = house.order("S-1", ("SOAP", 3), ("TEA", 2)).number
    house.wave()
    return house


def given_to_li(house):
    """Who holds the round in a handheld without network, and the colleague that it was given to meanwhile."""
    first, li = house.pda(), house.pda()
    first.scan("TOTE-5")
    number = int(first.task["id"][1:])
    house.database.write(lambda tx: tx.execute(text("UPDATE worker SET name = 'Li' WHERE badge = 'BDG-2'")))
    house.database.write(lambda tx: send_to_worker(tx, number, "BDG-2"))
    return first, li


def takes_it(li):
    li.task = None
    li.send("claim", {"kind": "pick"}, None)


def press(pda, step: int) -> dict:
    button = pda.results[-1]["next"][step]
    return pda.send(button["kind"], button["slots"], None)


def in_tote(house) -> int:
    return house.one("SELECT COALESCE(SUM(b.quantity), 0) FROM balance b JOIN lpn p ON p.id = b.holder_id WHERE p.code = 'TOTE-5'")


def exceptions(house) -> list[tuple]:
    return house.all("SELECT code, state FROM floor_exception ORDER BY id")



def test_what_is_in_the_hand_is_booked_the_colleague_need_not_go_there_and_two_buttons_are_offered(house):
    first, li = given_to_li(house)
    first.scan(ITEMS["SOAP"])
    said = first.results[-1]
    assert (said["status"], said["code"]) == ("applied", "task_reassigned")
    assert said["message"] == {"key": "pick.given_away", "args": {"order": house.number, "worker": "Li", "item": "SOAP", "quantity": 3, "location": BIN}}
    assert [one["label"] for one in said["next"]] == [{"key": "pick.hand_to", "args": {"worker": "Li"}}, {"key": "pick.put_back", "args": {"location": BIN}}]
    assert (house.in_bin(BIN), in_tote(house), exceptions(house)) == (7, 3, [("task_reassigned", "open")])
    takes_it(li)
    assert li.task["progress"] == {"done": 1, "all": 2}


def test_goods_that_are_handed_over_stand_as_picked_and_the_colleague_ends_the_round(house):
    first, li = given_to_li(house)
    first.scan(ITEMS["SOAP"])
    assert press(first, 0)["message"] == {"key": "pick.handed", "args": {"worker": "Li"}}
    assert exceptions(house) == [("task_reassigned", "done")]
    takes_it(li)
    li.scan(ITEMS["TEA"])
    assert house.all("SELECT state FROM release") == [("picked",)]


def test_goods_that_are_put_back_lie_in_their_bin_and_are_the_colleagues_to_pick(house):
    first, li = given_to_li(house)
    takes_it(li)
    first.scan(ITEMS["SOAP"])
    assert press(first, 1)["task"]["kind"] == "put_back"
    first.scan("W1-A-02-1")
    assert in_tote(house) == 3
    first.scan(BIN)
    assert (first.results[-1]["message"]["key"], first.task) == ("put_back.done", None)
    assert (house.in_bin(BIN), in_tote(house), exceptions(house)) == (10, 0, [("task_reassigned", "done")])
    li.scan(ITEMS["SOAP"])
    li.scan(ITEMS["TEA"])
    assert (house.in_bin(BIN), house.all("SELECT state FROM release")) == (7, [("picked",)])


def test_what_the_colleague_had_picked_already_is_booked_beyond_the_order_and_put_back(house):
    first, li = given_to_li(house)
    takes_it(li)
    li.scan(ITEMS["SOAP"])
    first.scan(ITEMS["SOAP"])
    said = first.results[-1]
    assert (said["code"], said["message"]["key"], said["data"]["over"]) == ("task_reassigned", "pick.picked_by", 0)
    assert (house.in_bin(BIN), in_tote(house)) == (4, 6)
    press(first, 0)
    first.scan(BIN)
    assert (house.in_bin(BIN), in_tote(house), exceptions(house)) == (7, 3, [("task_reassigned", "done")])


def test_surplus_that_the_book_does_not_have_comes_from_the_account_for_differences(house):
    first, li = given_to_li(house)
    takes_it(li)
    li.scan(ITEMS["SOAP"])
    other = house.pda()
    for scan in (BIN, ITEMS["SOAP"], "W1-B-01-1"):
        other.scan(scan)
    assert house.in_bin(BIN) == 0
    first.scan(ITEMS["SOAP"])
    assert (first.results[-1]["data"]["over"], house.in_bin(BIN), in_tote(house)) == (3, 0, 6)


def test_surplus_undone_leaves_the_colleagues_round_as_it_was(house):
    first, li = given_to_li(house)
    takes_it(li)
    li.scan(ITEMS["SOAP"])
    li.scan(ITEMS["TEA"])
    first.scan(ITEMS["SOAP"])
    first.send("undo", {}, None)
    assert (house.in_bin(BIN), in_tote(house) - 2, house.all("SELECT state FROM release")) == (7, 3, [("picked",)])


def test_a_cancelled_orders_goods_in_the_hand_are_booked_and_put_back_line_by_line(house):
    pda = house.pda()
    pda.scan("TOTE-5")
    task = pda.task
    house.database.write(lambda tx: (withdraw(tx, house.number), cancel_order(tx, house.number, "changed his mind")))
    pda.scan(ITEMS["SOAP"])
    assert (pda.results[-1]["code"], pda.results[-1]["message"]["key"], pda.results[-1]["message"]["args"]["lines"]) == ("order_cancelled", "pick.cancelled", 1)
    assert (house.in_bin(BIN), in_tote(house), exceptions(house)) == (7, 3, [("order_cancelled", "open")])
    press(pda, 0)
    putting, pda.task = pda.task, task
    tea = next(one["id"] for one in task["forms"] if one["info"]["item"] == "TEA")
    pda.send("pick", {"item": "TEA", "quantity": 2, "to": "TOTE-5"}, tea)
    assert pda.results[-1]["message"]["args"]["lines"] == 2
    press(pda, 0)
    assert (pda.task["id"], pda.task["progress"]) == (putting["id"], {"done": 0, "all": 2})
    pda.scan(BIN)
    pda.scan("W1-A-02-1")
    assert (house.in_bin(BIN), house.in_bin("W1-A-02-1"), in_tote(house), pda.task) == (10, 10, 0, None)
    assert exceptions(house) == [("order_cancelled", "done")] * 2
