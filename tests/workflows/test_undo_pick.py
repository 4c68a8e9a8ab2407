"""Picking taken back, as a dialogue: short or damaged by mistake, totes given by mistake."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from server.kernel.ids import uuid7
from server.oms.orders import cancel_order
from server.wms.counting import plan_counts
from server.wms.withdrawing import withdraw
from tests.pda import Pda
from tests.warehouse import ITEMS, Warehouse

BOOK = (
    "SELECT a.id, l.code, a.quantity, a.picked, a.state, a.position, t.code FROM allocation a "
    "JOIN location l ON l.id = a.holder_id LEFT JOIN lpn t ON t.id = a.tote_id WHERE a.state <> 'voided' ORDER BY a.id"
)


@pytest.fixture
def house(database):
    return Warehouse(database).open()


def status(pda) -> tuple[str, str]:
    return pda.results[-1]["status"], pda.results[-1]["code"]


def undo(pda) -> tuple[str, str]:
    pda.scan("CMD-UNDO")
    return status(pda)


def do(pda, *scans: str) -> None:
    for scan in scans:
        pda.scan(scan)
        assert status(pda) == ("applied", "ok"), scan


def say_short(pda, found: int) -> None:
    pda.scan("CMD-SHORT")
    do(pda, f"QTY-{found}")


def book(house) -> list[tuple]:
    return house.all(BOOK)


def suspected(house) -> list[str]:
    return [row[0] for row in house.all("SELECT code FROM location WHERE suspect = 1 ORDER BY code")]


def counts(house) -> list[tuple]:
    return house.all("SELECT l.code, c.state, c.cause, t.state FROM cycle_count c JOIN location l ON l.id = c.location_id "
                     "JOIN task t ON t.id = c.task_id ORDER BY c.id")


def events(house, kind: str) -> int:
    return house.one("SELECT COUNT(*) FROM outbox WHERE kind = :k", k=kind)


def one_order(house, *, elsewhere: int = 0, quantity: int = 4) -> Pda:
    house.put("SOAP", 5, "W1-A-01-1")
    if elsewhere:
        house.put("SOAP", elsewhere, "W1-B-05-1")
    house.put("TEA", 5, "W1-A-03-1")
    house.order("S-1", ("SOAP", quantity), ("TEA", 1))
    house.wave()
    pda = house.pda()
    pda.scan("TOTE-5")
    return pda


def test_a_short_by_mistake_is_undone_and_the_round_is_as_it_was(house):
    pda = one_order(house, elsewhere=5)
    before = book(house)
    say_short(pda, 1)
    assert (house.in_bin("W1-A-01-1"), suspected(house)) == (4, ["W1-A-01-1"])
    assert undo(pda) == ("applied", "ok")
    assert book(house) == before
    assert (house.in_bin("W1-A-01-1"), suspected(house)) == (5, [])
    assert counts(house) == [("W1-A-01-1", "cancelled", "short", "cancelled")]
    assert [form["info"]["quantity"] for form in pda.task["forms"] if form["state"] == "open"] == [4, 1]


def test_after_the_undo_the_goods_are_found_and_the_round_ends(house):
    pda = one_order(house, elsewhere=5)
    say_short(pda, 0)
    undo(pda)
    do(pda, ITEMS["SOAP"], ITEMS["TEA"])
    assert pda.results[-1]["message"]["key"] == "pick.round_done"
    assert house.in_bin("W1-B-05-1") == 5


def test_the_walk_of_a_longer_round_is_as_it_was_before_the_short(house):
    for number in range(1, 6):
        house.put("TEA", 1, f"W1-{'AB'[number % 2]}-0{number}-1")
    house.put("SOAP", 2, "W1-A-01-1")
    house.order("S-1", ("SOAP", 2), ("TEA", 5))
    house.wave()
    pda = house.pda()
    pda.scan("TOTE-5")
    before = book(house)
    house.put("SOAP", 2, "W1-B-05-1")
    form = next(one for one in pda.task["forms"] if one["info"]["item"] == "SOAP")
    pda.send("short", {"quantity": 0}, form["id"])
    moved = {row[0]: row[5] for row in book(house)}
    assert any(moved[row[0]] != row[5] for row in before if row[0] in moved)
    assert undo(pda) == ("applied", "ok")
    assert book(house) == before


def test_what_was_reported_to_the_order_is_taken_back(house):
    pda = one_order(house)
    say_short(pda, 1)
    assert house.one("SELECT short FROM release_line WHERE number = 1 ORDER BY id LIMIT 1") == 3
    assert undo(pda) == ("applied", "ok")
    house.dispatcher.drain()
    assert house.all("SELECT promised, short FROM sales_order_line ORDER BY number") == [(4, 0), (1, 0)]
    assert house.one("SELECT SUM(promised) FROM availability") == 5
    assert house.one("SELECT short FROM release_line WHERE number = 1 ORDER BY id LIMIT 1") == 0


def test_an_order_that_was_told_to_be_short_is_told_that_it_is_not(house):
    house.put("SOAP", 4, "W1-A-01-1")
    house.order("S-1", ("SOAP", 4))
    house.wave()
    pda = house.pda()
    pda.scan("TOTE-5")
    say_short(pda, 0)
    house.settle()
    assert house.all("SELECT a.state, b.state FROM sales_order a, release b") == [("short", "cancelled")]
    assert undo(pda) == ("applied", "ok")
    house.settle()
    assert house.all("SELECT a.state, b.state FROM sales_order a, release b") == [("released", "released")]
    assert house.all("SELECT promised, short FROM sales_order_line") == [(4, 0)]
    do(pda, ITEMS["SOAP"])
    assert house.one("SELECT state FROM release") == "picked"


def test_an_order_that_was_cancelled_before_it_heard_of_the_undo_is_taken_back_from_the_floor(house):
    house.put("SOAP", 4, "W1-A-01-1")
    answer = house.order("S-1", ("SOAP", 4))
    house.wave()
    pda = house.pda()
    pda.scan("TOTE-5")
    say_short(pda, 0)
    house.database.write(lambda tx: withdraw(tx, answer.number))
    house.database.write(lambda tx: cancel_order(tx, answer.number, "changed his mind"))
    undo(pda)
    house.settle()
    assert house.all("SELECT a.state, b.state FROM release a, allocation b") == [("cancelled", "voided")]
    assert house.one("SELECT SUM(promised) FROM availability") == 0


def test_a_replacement_that_was_picked_has_to_be_undone_first(house):
    pda = one_order(house, elsewhere=5)
    say_short(pda, 1)
    short = pda.sent[-1]["op"]
    do(pda, ITEMS["SOAP"])
    assert pda.send("undo", {"op": short}, None)["code"] == "picked_instead"
    assert undo(pda) == ("applied", "ok")
    assert undo(pda) == ("applied", "ok")
    assert (house.in_bin("W1-A-01-1"), house.in_bin("W1-B-05-1"), suspected(house)) == (5, 5, [])


def test_goods_that_another_order_was_promised_meanwhile_are_not_taken_from_it(house):
    pda = one_order(house)
    say_short(pda, 1)
    house.settle()
    house.order("S-2", ("SOAP", 3))
    assert undo(pda) == ("refused", "promised_away")
    assert (house.one("SELECT short FROM release_line WHERE number = 1 ORDER BY id LIMIT 1"), suspected(house)) == (3, ["W1-A-01-1"])


def test_goods_that_another_order_keeps_meanwhile_are_not_taken_from_it(house):
    pda = one_order(house, elsewhere=5)
    say_short(pda, 1)
    house.database.write(lambda tx: tx.execute(text("UPDATE location SET suspect = 0")))
    house.order("S-2", ("SOAP", 4))
    house.wave()
    assert ("W1-A-01-1", 4) in [row[1:3] for row in book(house)]
    assert undo(pda) == ("refused", "kept_by_others")


def test_once_the_bin_was_counted_the_count_decides(house):
    pda, other = one_order(house, elsewhere=5), house.pda()
    say_short(pda, 1)
    other.send("claim", {"kind": "count"}, None)
    do(other, "W1-A-01-1", *[ITEMS["SOAP"]] * 2, "CMD-DONE")
    assert undo(pda) == ("refused", "counted_since")
    assert house.in_bin("W1-A-01-1") == 2


def test_a_count_that_somebody_has_begun_goes_on_and_the_bin_stays_suspected(house):
    pda, other = one_order(house, elsewhere=5), house.pda()
    before = book(house)
    say_short(pda, 1)
    other.send("claim", {"kind": "count"}, None)
    assert undo(pda) == ("applied", "ok")
    assert (book(house), suspected(house)) == (before, ["W1-A-01-1"])
    do(other, "W1-A-01-1", *[ITEMS["SOAP"]] * 5, "CMD-DONE")
    assert (suspected(house), house.in_bin("W1-A-01-1")) == ([], 5)


def test_a_bin_that_two_pickers_suspect_stays_suspected_when_one_takes_it_back(house):
    house.put("SOAP", 5, "W1-A-01-1")
    for ref in ("S-1", "S-2"):
        house.order(ref, ("SOAP", 2))
    house.wave()
    one, two = house.pda(), house.pda()
    one.scan("TOTE-5")
    two.scan("TOTE-6")
    say_short(one, 0)
    say_short(two, 0)
    assert undo(one) == ("applied", "ok")
    assert (suspected(house), [row[3] for row in counts(house)]) == (["W1-A-01-1"], ["open"])
    assert undo(two) == ("applied", "ok")
    assert len([row for row in book(house) if row[4] == "open"]) == 2


def test_the_last_of_two_who_suspected_a_bin_takes_back_what_the_first_had_said(house):
    house.put("SOAP", 5, "W1-A-01-1")
    for ref in ("S-1", "S-2"):
        house.order(ref, ("SOAP", 2))
    house.wave()
    one, two = house.pda(), house.pda()
    one.scan("TOTE-5")
    two.scan("TOTE-6")
    say_short(one, 0)
    say_short(two, 0)
    assert undo(two) == ("applied", "ok")
    assert (suspected(house), [row[1] for row in counts(house)]) == (["W1-A-01-1"], ["open"])
    assert undo(one) == ("applied", "ok")
    assert (suspected(house), [row[1] for row in counts(house)]) == ([], ["cancelled"])


def test_a_count_that_waited_before_waits_as_before(house):
    pda = one_order(house, elsewhere=5)
    place = house.one("SELECT id FROM location WHERE code = 'W1-A-01-1'")
    house.database.write(lambda tx: plan_counts(tx, [place], "planned"))
    before = counts(house)
    say_short(pda, 1)
    assert counts(house)[0][2] == "short"
    undo(pda)
    assert (counts(house), suspected(house)) == (before, [])


def test_damaged_by_mistake_is_undone_with_its_status_and_promises(house):
    pda = one_order(house, elsewhere=5)
    before = book(house)
    pda.scan("CMD-DAMAGED")
    do(pda, "QTY-3")
    assert house.one("SELECT SUM(quantity) FROM balance b JOIN goods g ON g.id = b.goods_id WHERE g.status = 'damaged'") == 3
    assert undo(pda) == ("applied", "ok")
    house.settle()
    assert book(house) == before
    assert house.one("SELECT SUM(quantity) FROM balance b JOIN goods g ON g.id = b.goods_id WHERE g.status = 'damaged'") == 0
    assert house.all("SELECT promised, short FROM sales_order_line ORDER BY number") == [(4, 0), (1, 0)]


def test_damaged_that_broke_a_promise_is_undone_and_the_promise_stands_again(house):
    pda = one_order(house, quantity=5)
    pda.scan("CMD-DAMAGED")
    do(pda, "QTY-2")
    house.settle()
    assert house.one("SELECT short FROM sales_order_line WHERE number = 1") == 2
    assert undo(pda) == ("applied", "ok")
    house.settle()
    assert house.all("SELECT promised, short FROM sales_order_line ORDER BY number") == [(5, 0), (1, 0)]
    assert house.one("SELECT SUM(promised) FROM availability") == 6


def test_damaged_goods_that_have_gone_on_cannot_be_made_whole_again(house):
    pda = one_order(house, elsewhere=5)
    pda.scan("CMD-DAMAGED")
    do(pda, "QTY-3")
    other = house.pda("supervisor")
    do(other, "HOLD-RELEASE", "W1-A-01-1", ITEMS["SOAP"])
    assert undo(pda) == ("refused", "cannot_undo")


def test_a_short_that_ended_the_round_opens_it_again_and_takes_the_packing_back(house):
    pda = one_order(house)
    before = book(house)
    do(pda, ITEMS["SOAP"])
    say_short(pda, 0)
    assert house.one("SELECT COUNT(*) FROM task WHERE kind = 'pack' AND state = 'open'") == 1
    assert pda.task is None
    assert undo(pda) == ("applied", "ok")
    assert house.one("SELECT COUNT(*) FROM task WHERE kind = 'pack' AND state = 'open'") == 0
    assert (pda.task["kind"], house.one("SELECT state FROM release")) == ("pick", "released")
    assert undo(pda) == ("applied", "ok")
    assert book(house) == before


def test_an_order_that_is_being_packed_is_not_taken_from_the_packer(house):
    pda, packer = one_order(house), house.pda()
    do(pda, ITEMS["SOAP"])
    say_short(pda, 0)
    packer.scan("TOTE-5")
    assert packer.task["kind"] == "pack"
    assert undo(pda) == ("refused", "packing_begun")
    packer.send("release", {}, None)
    assert undo(pda) == ("applied", "ok")


def test_an_order_that_was_packed_is_not_picked_on(house):
    pda, packer = one_order(house), house.pda()
    do(pda, ITEMS["SOAP"])
    say_short(pda, 0)
    do(packer, "TOTE-5", *[ITEMS["SOAP"]] * 4)
    do(packer, f"(00){packer.results[-1]['data']['sscc']}")
    assert undo(pda) == ("refused", "order_gone_on")


def test_a_short_of_a_batch_is_undone_for_all_its_orders(house):
    house.put("SOAP", 6, "W1-A-01-1")
    for number in range(3):
        house.order(f"S-{number}", ("SOAP", 2))
    house.wave("batch")
    pda = house.pda()
    pda.scan("TOTE-5")
    before = book(house)
    say_short(pda, 3)
    assert house.one("SELECT SUM(short) FROM release_line") == 3
    assert undo(pda) == ("applied", "ok")
    house.settle()
    assert book(house) == before
    assert house.all("SELECT promised, short FROM sales_order_line") == [(2, 0)] * 3


def test_a_short_after_a_part_was_picked_gives_back_the_rest_only(house):
    pda = one_order(house, elsewhere=5)
    form = next(one["id"] for one in pda.task["forms"] if one["info"]["item"] == "SOAP")
    pda.send("pick", {"item": "SOAP", "quantity": 1, "to": "TOTE-5"}, form)
    before = book(house)
    pda.send("short", {"quantity": 0}, form)
    assert status(pda) == ("applied", "ok")
    assert undo(pda) == ("applied", "ok")
    assert (book(house), suspected(house)) == (before, [])
    assert undo(pda) == ("applied", "ok")
    assert [row[3] for row in book(house)] == [0, 0]


def test_totes_that_were_changed_since_are_changed_back_first(house):
    house.put("SOAP", 5, "W1-A-01-1")
    house.order("S-1", ("SOAP", 2))
    house.wave()
    pda = house.pda()
    pda.send("claim", {"kind": "pick"}, None)
    do(pda, "TOTE-5")
    assigned = pda.sent[-1]["op"]
    do(pda, "CMD-FULL", "TOTE-6")
    assert pda.send("undo", {"op": assigned}, None)["code"] == "cannot_undo"
    assert undo(pda) == ("applied", "ok")
    assert undo(pda) == ("applied", "ok")


def test_what_an_older_server_booked_is_refused_and_not_half_undone(house):
    pda = one_order(house, elsewhere=5)
    say_short(pda, 1)
    after = book(house)
    house.database.write(lambda tx: tx.execute(text(
        """UPDATE operation SET answer = '{"data": {"elsewhere": [], "reported": 0}}' WHERE kind = 'short'""")))
    assert undo(pda) == ("refused", "cannot_undo")
    assert (book(house), house.in_bin("W1-A-01-1")) == (after, 4)


def test_undone_twice_is_undone_once(house):
    pda = one_order(house, elsewhere=5)
    say_short(pda, 1)
    undo(pda)
    after = book(house)
    assert undo(pda) == ("refused", "nothing_to_undo")
    assert book(house) == after


def test_an_undo_whose_answer_was_lost_is_answered_again_and_done_once(house):
    pda = one_order(house, elsewhere=5)
    say_short(pda, 1)
    undo(pda)
    after = book(house)
    assert pda.post(pda.sent[-1])["status"] == "replayed"
    assert (book(house), events(house, "PickUndone")) == (after, 1)


def test_another_device_cannot_undo_it(house):
    pda, other = one_order(house, elsewhere=5), house.pda("supervisor")
    say_short(pda, 1)
    assert other.send("undo", {"op": pda.sent[-1]["op"]}, None)["code"] == "nothing_to_undo"
    assert suspected(house) == ["W1-A-01-1"]


def test_of_two_lives_of_a_device_that_undo_at_once_one_does_it(house):
    pda = one_order(house, elsewhere=5)
    say_short(pda, 1)
    short = pda.sent[-1]["op"]

    def work(epoch: str) -> str:
        operation = {"op": str(uuid7()), "seq": 1, "kind": "undo", "slots": {"op": short}, "form": None, "schema": 1,
                     "task": None, "made_at": pda.sent[-1]["made_at"], "session": pda.session}
        return pda.engine.operations(pda.device, {"epoch": epoch, "operations": [operation]})["results"][0]["code"]

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(work, ["epoch-000a", "epoch-000b"]))
    assert sorted(answers) == ["nothing_to_undo", "ok"]
    assert events(house, "PickUndone") == 1


def test_an_undo_and_the_pick_of_the_replacement_at_once_leave_the_order_just_what_it_wants(house):
    pda = one_order(house, elsewhere=5)
    say_short(pda, 1)
    short, task = pda.sent[-1]["op"], pda.task
    helper = house.pda()
    helper.task = task
    form = next(one for one in task["forms"] if one["state"] == "open" and one["info"]["location"] == "W1-B-05-1")
    with ThreadPoolExecutor(2) as pool:
        picked = pool.submit(helper.send, "pick", {"item": "SOAP", "quantity": 3, "to": "TOTE-5"}, form["id"])
        undone = pool.submit(pda.send, "undo", {"op": short}, None)
        codes = (picked.result()["code"], undone.result()["code"])
    assert codes in {("task_reassigned", "picked_instead"), ("pick_gone", "ok"), ("task_reassigned", "ok")}  # both: the goods are in hand, and the first bin keeps the rest
    assert house.all("SELECT allocated, short FROM release_line WHERE number = 1") == [(4, 0)]
    assert house.one("SELECT SUM(quantity) FROM allocation a JOIN release_line l ON l.id = a.release_line_id WHERE l.number = 1 "
                     "AND a.state <> 'voided'") == 4


def test_totes_are_taken_off_a_round_again(house):
    for number in range(2):
        house.put("SOAP", 5, f"W1-A-0{number + 1}-1")
        house.order(f"S-{number}", ("SOAP", 5))
    house.wave("cluster")
    pda = house.pda()
    pda.send("claim", {"kind": "pick"}, None)
    assert [form["kind"] for form in pda.task["forms"]] == ["assign", "assign"]
    do(pda, "TROLLEY-1")
    assert [form["kind"] for form in pda.task["forms"]] == ["pick", "pick"]
    assert undo(pda) == ("applied", "ok")
    assert [form["kind"] for form in pda.task["forms"]] == ["assign", "assign"]
    assert {row[6] for row in book(house)} == {None}
    do(pda, "TOTE-7")
    assert [form["kind"] for form in pda.task["forms"]] == ["assign"]


def test_totes_that_hold_goods_stay_with_their_round(house):
    house.put("SOAP", 5, "W1-A-01-1")
    house.put("TEA", 5, "W1-A-02-1")
    house.order("S-1", ("SOAP", 2), ("TEA", 1))
    house.wave()
    pda = house.pda()
    pda.send("claim", {"kind": "pick"}, None)
    do(pda, "TOTE-5")
    assigned = pda.sent[-1]["op"]
    do(pda, ITEMS["SOAP"])
    assert pda.send("undo", {"op": assigned}, None)["code"] == "tote_holds_goods"
    assert undo(pda) == ("applied", "ok")
    assert undo(pda) == ("applied", "ok")
    assert {row[6] for row in book(house)} == {None}


def test_a_full_tote_was_not_full_after_all(house):
    pda = one_order(house)
    before = book(house)
    do(pda, "CMD-FULL", "TOTE-6")
    assert {row[6] for row in book(house)} == {"TOTE-6"}
    assert undo(pda) == ("applied", "ok")
    assert book(house) == before


def test_a_new_tote_that_holds_goods_is_not_taken_off(house):
    pda = one_order(house)
    do(pda, "CMD-FULL", "TOTE-6")
    full = pda.sent[-1]["op"]
    do(pda, ITEMS["SOAP"])
    assert pda.send("undo", {"op": full}, None)["code"] == "tote_holds_goods"


def test_the_order_hears_of_an_undone_pick(house):
    pda = one_order(house)
    do(pda, ITEMS["SOAP"])
    undo(pda)
    assert (events(house, "PickConfirmed"), events(house, "PickUndone")) == (1, 1)
