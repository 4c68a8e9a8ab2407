"""A customer comes to the store for an order: picked, set down, handed over against a code, or taken back when nobody came."""

import threading

import pytest
from sqlalchemy import text

from server.kernel.clock import DAY
from server.masterdata.collect_codes import collect_barcode, collect_code
from server.masterdata.locations import NewLocation, put_location
from server.oms.orders import cancel_order
from server.reactions import JOBS
from server.wms.withdrawing import withdraw
from server.workflows.texts import texts
from tests.warehouse import ITEMS, Warehouse


@pytest.fixture
def house(database):
    made = Warehouse(database).open()
    database.write(lambda tx: put_location(tx, made.site_id, NewLocation(code="W1-COLLECT", kind="stage", zone="COLLECT")))
    made.put("SOAP", 10, "W1-A-01-1")
    made.put("TEA", 10, "W1-A-02-1")
    return made


def picked(house, ref="1", *lines, tote="TOTE-5", **more):
    """A collect order that lies in a tote, its number and who has the tote in hand."""
    lines = lines or (("SOAP", 2), ("TEA", 1))
    number = house.order(ref, *lines, delivery="collect", customer="王小明", **more).number
    house.wave()
    pda = house.pda()
    pda.scan(tote)
    for item, _ in lines:
        pda.scan(ITEMS[item])
    return number, pda


def ready(house, ref="1", *lines, **more):
    number, pda = picked(house, ref, *lines, **more)
    pda.scan(more.get("tote", "TOTE-5"))
    pda.scan("W1-COLLECT")
    house.settle()
    return number


def ready_but_in_hand(house):
    return picked(house, "in hand", ("TEA", 1), tote="TOTE-6")


def code_of(house, number):
    return house.database.write(lambda tx: collect_code(tx, number))


def type_code(pda, code):
    """The keypad of the handheld."""
    return pda.scan(f"QTY-{int(code)}")


def last(pda):
    return pda.results[-1]["status"], pda.results[-1]["code"]


def said(pda, language="en"):
    message = pda.results[-1]["message"]
    return texts(language)[message["key"]].format(**message["args"])


def wrong(code):
    return f"{(int(code) + 1) % 10**6:06d}"


def order_state(house, number):
    return house.one("SELECT state FROM sales_order WHERE number = :n", n=number)


def release_state(house, number):
    return house.one("SELECT state FROM release WHERE order_number = :n", n=number)


def with_customer(house, item):
    return house.one("SELECT COALESCE(SUM(m.quantity), 0) FROM stock_move m JOIN location l ON l.id = m.to_id JOIN goods g ON g.id = m.goods_id "
                     "WHERE l.code = 'W1~CUSTOMER' AND m.reason = 'retail_selling' AND g.item_id = :i AND m.reverses_id IS NULL "
                     "AND NOT EXISTS (SELECT 1 FROM stock_move b WHERE b.reverses_id = m.id)", i=house.items[item])


def test_an_order_is_picked_set_down_and_handed_over_with_eight_scans(house):
    number, pda = picked(house)
    assert house.all("SELECT kind FROM task WHERE state = 'open'") == [("collect",)], "nothing is packed"
    pda.scan("TOTE-5")
    assert [one["info"]["contents"] for one in pda.task["forms"]] == [[{"item": "SOAP", "name": "Soap", "quantity": 2}, {"item": "TEA", "name": "Tea", "quantity": 1}]]
    pda.scan("W1-COLLECT")
    assert (last(pda), said(pda)) == (("applied", "ok"), f"{number} waits in W1-COLLECT for its customer")
    assert house.one("SELECT l.code FROM lpn p JOIN location l ON l.id = p.location_id WHERE p.code = 'TOTE-5'") == "W1-COLLECT"
    pda.scan(number)
    assert [(one["kind"], one["info"]) for one in pda.task["forms"]] == [("prove", {"order": number})], "who it is for is not told before the code is said"
    type_code(pda, code_of(house, number))
    [given] = pda.task["forms"]
    assert (given["kind"], given["info"]["name"], given["info"]["location"], given["info"]["contents"][0]["quantity"]) == ("hand_out", "王小明", "W1-COLLECT", 2)
    pda.scan("TOTE-5")
    assert (last(pda), said(pda), pda.task) == (("applied", "ok"), f"{number} is handed over", None)
    house.settle()
    assert (order_state(house, number), release_state(house, number), with_customer(house, "SOAP"), with_customer(house, "TEA")) == ("shipped", "shipped", 2, 1)
    assert house.one("SELECT SUM(promised) FROM availability") == 0
    assert len(pda.sent) == 8, "the tote and two items; the tote and its place; the order, its code and the tote"


def test_it_is_held_for_its_customer_from_the_first_moment(house):
    house.order("1", ("SOAP", 9), delivery="collect")
    assert house.one("SELECT SUM(promised) FROM availability") == 9


def test_the_customers_own_barcode_holds_the_code(house):
    number = ready(house)
    pda = house.pda()
    pda.scan(collect_barcode(number, code_of(house, number)))
    assert [one["kind"] for one in pda.task["forms"]] == ["hand_out"]
    pda.scan("TOTE-5")
    assert release_state(house, number) == "shipped"


def test_a_wrong_barcode_opens_nothing_and_counts_as_a_try(house):
    number = ready(house)
    pda = house.pda()
    pda.scan(collect_barcode(number, wrong(code_of(house, number))))
    assert [one["prompt"]["key"] for one in pda.task["forms"]] == ["hand_out.wrong_barcode"]
    assert house.one("SELECT tries FROM collection") == 1


def test_of_wrong_codes_there_are_five_and_then_only_a_supervisor_tries(house):
    number = ready(house)
    code, pda, boss = code_of(house, number), house.pda(), house.pda("supervisor")
    pda.scan(number)
    for left in (4, 3, 2, 1, 0):
        type_code(pda, wrong(code))
        assert (last(pda), said(pda)) == (("applied", "wrong_collect_code"), f"Wrong code for {number}. Tries left: {left}. Let the customer read it out once more.")
    type_code(pda, code)
    assert last(pda) == ("applied", "no_more_tries")
    assert [one["kind"] for one in pda.task["forms"]] == ["prove"]
    pda.scan(collect_barcode(number, code))
    assert [one["kind"] for one in pda.task["forms"]] == ["prove"]
    boss.scan(number)
    type_code(boss, code)
    assert last(boss) == ("applied", "ok")
    assert house.one("SELECT tries FROM collection") == 0


@pytest.mark.parametrize("slots", [{}, {"code": True}, {"code": -1}, {"code": 10**6}, {"code": "1234567"}, {"code": [1]}])
def test_what_is_no_code_is_refused_and_no_try(house, slots):
    number = ready(house)
    pda = house.pda()
    pda.scan(number)
    pda.send("prove", slots, pda.task["forms"][0]["id"])
    assert (last(pda), house.one("SELECT tries FROM collection")) == (("refused", "invalid"), 0)


def test_nothing_is_handed_over_before_the_code_was_said_whatever_a_client_sends(house):
    number = ready(house)
    pda = house.pda()
    pda.scan(number)
    pda.send("hand_out", {"tote1": "TOTE-5"}, "h1")
    assert (last(pda), release_state(house, number)) == (("refused", "collect_code_unsaid"), "picked")


def test_who_was_told_a_code_does_not_pass_it_on_with_the_task(house):
    number = ready(house)
    pda, other = house.pda(), house.pda()
    pda.scan(collect_barcode(number, code_of(house, number)))
    house.database.write(lambda tx: tx.execute(text("UPDATE task SET state = 'open', worker_id = NULL, device_id = NULL WHERE kind = 'hand_out'")))
    other.send("claim", {"kind": "hand_out"}, None)
    other.scan("TOTE-5")
    assert last(other) == ("refused", "collect_code_unsaid")


def test_another_tote_is_refused_and_the_right_one_named(house):
    number = ready(house)
    pda = house.pda()
    pda.scan(collect_barcode(number, code_of(house, number)))
    assert [one["code"] for one in pda.scan("TOTE-6")] == ["wrong_tote"]
    pda.send("hand_out", {"tote1": "TOTE-6"}, pda.task["forms"][0]["id"])
    assert (last(pda), said(pda)) == (("refused", "wrong_collect_tote"), f"Scanned: TOTE-6. {number} waits in TOTE-5: fetch and scan that.")
    assert said(pda, "zh-CN") == f"扫描了 TOTE-6。{number} 在 TOTE-5 中：请取来并扫描。"


def test_an_order_that_is_not_picked_yet_is_not_ready(house):
    number = house.order("1", ("SOAP", 1), delivery="collect").number
    pda = house.pda()
    pda.scan(number)
    assert (last(pda), pda.results[-1]["message"]["args"]["state"]) == (("refused", "not_ready"), "order.waiting")
    house.database.write(lambda tx: tx.execute(text("UPDATE release SET on_hold = 1")))
    second, _ = ready_but_in_hand(house)
    pda.scan(second)
    assert (last(pda), pda.results[-1]["message"]["args"]["state"]) == (("refused", "not_ready"), "order.picked")


def test_what_was_collected_is_not_handed_over_again(house):
    number = ready(house)
    pda = house.pda()
    for scan in (collect_barcode(number, code_of(house, number)), "TOTE-5", number):
        pda.scan(scan)
    assert last(pda) == ("refused", "collected_already")
    assert said(pda).startswith(f"{number} was collected already: ")


def test_an_operation_that_comes_twice_hands_over_once(house):
    number = ready(house)
    pda = house.pda()
    pda.scan(collect_barcode(number, code_of(house, number)))
    pda.scan("TOTE-5")
    assert pda.post(pda.sent[-1])["status"] == "replayed"
    assert with_customer(house, "SOAP") == 2


def test_two_workers_at_one_moment_hand_over_once(house):
    number = ready(house)
    pdas = [house.pda(), house.pda()]
    for pda in pdas:
        pda.scan(collect_barcode(number, code_of(house, number)))
    threads = [threading.Thread(target=pda.send, args=("hand_out", {"tote1": "TOTE-5"}, pda.task["forms"][0]["id"])) for pda in pdas]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(last(pda) for pda in pdas) == [("applied", "ok"), ("refused", "collected_already")]
    assert with_customer(house, "SOAP") == 2


def test_a_hand_over_is_undone_and_the_code_asked_for_again(house):
    number = ready(house)
    pda = house.pda()
    for scan in (collect_barcode(number, code_of(house, number)), "TOTE-5"):
        pda.scan(scan)
    house.settle()
    pda.scan("CMD-UNDO")
    house.settle()
    assert (last(pda), order_state(house, number), release_state(house, number), with_customer(house, "SOAP")) == (("applied", "ok"), "released", "picked", 0)
    assert house.one("SELECT SUM(promised) FROM availability") == 3
    pda.scan(number)
    assert [one["kind"] for one in pda.task["forms"]] == ["prove"]
    type_code(pda, code_of(house, number))
    pda.scan("TOTE-5")
    house.settle()
    assert (order_state(house, number), with_customer(house, "SOAP")) == ("shipped", 2)


def test_setting_down_is_undone(house):
    number, pda = picked(house)
    for scan in ("TOTE-5", "W1-COLLECT", "CMD-UNDO"):
        pda.scan(scan)
    assert (last(pda), house.one("SELECT COUNT(*) FROM collection")) == (("applied", "ok"), 0)
    asks = house.pda()
    asks.scan(number)
    assert last(asks) == ("refused", "not_ready")
    pda.scan("W1-COLLECT")
    assert house.one("SELECT state FROM collection") == "ready"


def test_a_pick_that_is_undone_is_not_set_down(house):
    _, pda = picked(house)
    pda.scan("CMD-UNDO")
    assert last(pda) == ("applied", "ok")
    assert house.all("SELECT kind FROM task WHERE state IN ('open', 'leased')") == [("pick",)]


def test_it_is_set_down_nowhere_else(house):
    _, pda = picked(house)
    pda.scan("TOTE-5")
    assert [one["code"] for one in pda.scan("W1-DOCK")] == ["wrong_location"]
    pda.send("set_down", {"to": "W1-DOCK"}, pda.task["forms"][0]["id"])
    assert (last(pda), said(pda)) == (("refused", "no_collect_place"), "W1-DOCK is no place for customers' orders. Take it to W1-COLLECT.")


def test_of_a_batch_each_collected_order_has_a_tote_of_its_own(house):
    for ref in range(2):
        house.order(str(ref), ("SOAP", 1), delivery="collect")
    house.order("shipped", ("SOAP", 1))
    house.order("shipped too", ("TEA", 1))
    house.wave("batch")
    rounds = house.all("SELECT t.id, COUNT(DISTINCT l.release_id), MAX(r.delivery) FROM task t JOIN allocation a ON a.task_id = t.id "
                       "JOIN release_line l ON l.id = a.release_line_id JOIN release r ON r.id = l.release_id GROUP BY t.id")
    assert sorted((orders, delivery) for _, orders, delivery in rounds) == [(1, "collect"), (1, "collect"), (2, "ship")]


def age(house, days):
    house.database.write(lambda tx: tx.execute(text("UPDATE collection SET ready_at = ready_at - :ms, expires_at = expires_at - :ms"), {"ms": days * DAY}))


def end_collections(house):
    house.database.write(lambda tx: JOBS["end_collections"](tx, {}))
    house.settle()


def test_what_nobody_came_for_goes_back_to_its_bins_and_its_order_ends(house):
    number = ready(house)
    age(house, 6)
    end_collections(house)
    assert order_state(house, number) == "released"
    age(house, 1)
    end_collections(house)
    assert (order_state(house, number), house.one("SELECT state FROM collection"), house.one("SELECT SUM(promised) FROM availability")) == ("cancelled", "withdrawn", 0)
    assert house.all("SELECT kind FROM task WHERE state = 'open'") == [("put_back",)]
    pda = house.pda()
    pda.scan(number)
    assert last(pda) == ("refused", "collected_no_more")
    pda.send("claim", {}, None)
    for scan in ("W1-A-01-1", "W1-A-02-1"):
        pda.scan(scan)
    assert (house.in_bin("W1-A-01-1"), house.in_bin("W1-A-02-1")) == (10, 10)


def test_a_customer_who_comes_late_but_before_it_is_taken_back_gets_it(house):
    number = ready(house)
    age(house, 8)
    pda = house.pda()
    for scan in (collect_barcode(number, code_of(house, number)), "TOTE-5"):
        pda.scan(scan)
    end_collections(house)
    assert (order_state(house, number), release_state(house, number)) == ("shipped", "shipped")


def test_a_cancelled_order_waits_for_nobody(house):
    number = ready(house)
    house.database.write(lambda tx: (withdraw(tx, number), cancel_order(tx, number, "changed their mind")))
    pda = house.pda()
    pda.scan(number)
    assert last(pda) == ("refused", "collected_no_more")


def test_an_order_that_is_cancelled_in_the_tote_is_set_down_by_nobody(house):
    number, _ = picked(house)
    house.database.write(lambda tx: (withdraw(tx, number), cancel_order(tx, number, "changed their mind")))
    assert house.all("SELECT kind FROM task WHERE state IN ('open', 'leased')") == [("put_back",)]


def test_an_order_that_is_sent_is_packed_as_ever(house):
    house.order("1", ("SOAP", 1))
    house.wave()
    pda = house.pda()
    for scan in ("TOTE-5", ITEMS["SOAP"]):
        pda.scan(scan)
    assert house.all("SELECT kind FROM task WHERE state = 'open'") == [("pack",)]


def test_codes_differ_and_are_of_six_digits(house):
    codes = {code_of(house, f"ORD-{number:06d}") for number in range(50)}
    assert len(codes) > 45
    assert all(len(code) == 6 and code.isdigit() for code in codes)
