import json
from datetime import UTC, datetime, timedelta

import pytest

from server.masterdata.items import NewItem, put_item
from server.masterdata.site_settings import set_site_settings
from server.masterdata.sites import location_by_code
from server.stock.lpns import lpn_by_code, move_lpn
from server.wms.counting import accuracy, plan_counts, plan_due_counts, plan_item_counts
from tests.warehouse import ITEMS, Warehouse
from tests.workflows.test_move import exceptions, held, pallet, place_of, said, status

TODAY = datetime.now(UTC).date()
BIN = "W1-A-01-1"


@pytest.fixture
def house(database):
    return Warehouse(database).open()


def plan(house, *bins: str, cause: str = "planned") -> None:
    house.database.write(lambda tx: plan_counts(tx, [location_by_code(tx, one).id for one in bins], cause))


def count_of(pda, *scans: str) -> None:
    """Takes the next count and scans these; DONE ends it."""
    assert pda.send("claim", {"kind": "count"}, None)["status"] == "applied"
    for scan in (*scans, "CMD-DONE"):
        pda.scan(scan)


def counts(house) -> list[tuple]:
    return house.all("SELECT state, cause FROM cycle_count ORDER BY id")


def waits(pda) -> bool:
    return pda.send("claim", {"kind": "count"}, None)["status"] == "applied"


def test_a_count_that_finds_what_the_book_says_is_done_at_once(house):
    house.put("SOAP", 2, BIN)
    plan(house, BIN)
    pda = house.pda()
    count_of(pda, BIN, ITEMS["SOAP"], ITEMS["SOAP"])
    assert (status(pda), counts(house), house.in_bin(BIN)) == (("applied", "ok"), [("done", "planned")], 2)
    assert house.one("SELECT last_counted_on FROM location WHERE code = :c", c=BIN) is not None


def test_the_scan_of_the_next_bin_closes_this_one(house):
    for bin_ in (BIN, "W1-A-02-1"):
        house.put("SOAP", 1, bin_)
    plan(house, BIN, "W1-A-02-1")
    pda = house.pda()
    count_of(pda, BIN, ITEMS["SOAP"], "W1-A-02-1", ITEMS["SOAP"])
    assert counts(house) == [("done", "planned")] * 2


def test_a_worker_who_counts_is_shown_nothing_of_what_the_book_says(house):
    house.put("SOAP", 73107317, BIN)
    house.put("MILK", 94709477, BIN, lot="LOT-77", expiry=TODAY + timedelta(days=20))
    pallet(house, "LPN00000901", BIN, TEA=61306133)
    plan(house, BIN)
    pda = house.pda()
    pda.send("claim", {"kind": "count"}, None)
    shown = json.dumps(pda.results[-1]) + json.dumps(house.engine.pull(pda.device, None))
    for secret in ("73107317", "94709477", "61306133", "LOT-77", "SOAP", "Milk", "LPN00000901"):
        assert secret not in shown


def test_a_difference_is_counted_by_somebody_else_and_never_by_the_same(house):
    house.put("SOAP", 5, BIN)
    plan(house, BIN)
    first, second = house.pda(), house.pda()
    count_of(first, BIN, ITEMS["SOAP"])
    assert (counts(house), house.in_bin(BIN)) == ([("recount", "planned")], 5)
    assert not waits(first)
    first.scan(BIN)
    assert first.task["kind"] == "enquire"
    count_of(second, BIN, ITEMS["SOAP"])
    assert (counts(house), house.in_bin(BIN)) == ([("done", "planned")], 1)
    assert house.all("SELECT a.name, b.name FROM cycle_count c JOIN worker a ON a.id = c.first_worker_id "
                     "JOIN worker b ON b.id = c.second_worker_id") == [("BDG-1", "BDG-2")]
    assert exceptions(house) == [("count_adjusted", "open")]


def test_two_who_differ_are_not_believed_until_a_third_agrees_with_one(house):
    house.put("SOAP", 5, BIN)
    plan(house, BIN)
    first, second, third = house.pda(), house.pda(), house.pda()
    count_of(first, BIN, ITEMS["SOAP"])
    count_of(second, BIN, ITEMS["SOAP"], ITEMS["SOAP"])
    assert (counts(house), house.in_bin(BIN)) == ([("recount", "planned")], 5)
    assert not waits(second)
    count_of(third, BIN, ITEMS["SOAP"])
    assert (counts(house), house.in_bin(BIN)) == ([("done", "planned")], 1)
    assert exceptions(house) == [("count_adjusted", "open")]


def test_three_who_differ_are_a_matter_for_the_supervisor(house):
    house.put("SOAP", 5, BIN)
    plan(house, BIN)
    for number in (1, 2, 3):
        count_of(house.pda(), BIN, *[ITEMS["SOAP"]] * number)
    assert house.in_bin(BIN) == 3
    assert exceptions(house) == [("count_adjusted", "open"), ("count_disputed", "open")]


def test_the_second_person_who_finds_the_book_right_after_all_goes_to_a_third(house):
    house.put("SOAP", 2, BIN)
    plan(house, BIN)
    count_of(house.pda(), BIN, ITEMS["SOAP"])
    count_of(house.pda(), BIN, ITEMS["SOAP"], ITEMS["SOAP"])
    count_of(house.pda(), BIN, ITEMS["SOAP"], ITEMS["SOAP"])
    assert (counts(house), house.in_bin(BIN), exceptions(house)) == ([("done", "planned")], 2, [])


def test_what_was_picked_between_two_counts_does_not_set_them_apart(house):
    house.put("SOAP", 6, BIN)
    plan(house, BIN)
    house.order("S-1", ("SOAP", 2))
    house.wave()
    count_of(house.pda(), BIN, *[ITEMS["SOAP"]] * 5)
    picker = house.pda()
    picker.scan("TOTE-5")
    picker.scan(ITEMS["SOAP"])
    count_of(house.pda(), BIN, *[ITEMS["SOAP"]] * 3)
    assert (counts(house), house.in_bin(BIN)) == ([("done", "planned")], 3)


def test_a_small_difference_within_the_site_s_tolerance_is_adjusted_at_once(house):
    house.put("SOAP", 5, BIN)
    house.database.write(lambda tx: set_site_settings(tx, house.site_id, count_tolerance_units=1))
    plan(house, BIN)
    count_of(house.pda(), BIN, *[ITEMS["SOAP"]] * 4)
    assert (counts(house), house.in_bin(BIN)) == ([("done", "planned")], 4)


def test_a_count_made_before_a_pick_is_refused_as_stale_and_can_be_made_again(house):
    house.put("SOAP", 5, BIN)
    plan(house, BIN)
    house.order("S-1", ("SOAP", 2))
    house.wave()
    counter, picker = house.pda(), house.pda()
    counter.send("claim", {"kind": "count"}, None)
    task, form = counter.task, counter.task["forms"][0]["id"]
    picker.scan("TOTE-5")
    picker.scan(ITEMS["SOAP"])
    early = {"from": BIN, "counted": [{"item": "SOAP", "quantity": 5}]}
    counter.made_before = 60_000
    counter.send("count", early, form)
    assert (status(counter), house.in_bin(BIN)) == (("refused", "count_stale"), 3)
    counter.made_before = 0
    counter.task = task
    counter.send("count", {"from": BIN, "counted": [{"item": "SOAP", "quantity": 3}]}, form)
    assert (status(counter), counts(house)) == (("applied", "ok"), [("done", "planned")])


def test_a_pallet_counts_as_a_whole_with_all_that_stands_on_it(house):
    pallet(house, "LPN00000901", BIN, SOAP=10)
    pallet(house, "LPN00000902", BIN, TEA=4)
    house.database.write(lambda tx: move_lpn(tx, lpn_by_code(tx, "LPN00000902"), lpn_by_code(tx, "LPN00000901"), "storing"))
    plan(house, BIN)
    count_of(house.pda(), BIN, "LPN00000901")
    assert counts(house) == [("done", "planned")]
    assert (held(house, "LPN00000901"), held(house, "LPN00000902")) == (10, 4)


def test_a_carton_that_was_scanned_beside_its_pallet_stays_on_it(house):
    pallet(house, "LPN00000901", BIN, SOAP=10)
    pallet(house, "LPN00000902", BIN, TEA=4)
    house.database.write(lambda tx: move_lpn(tx, lpn_by_code(tx, "LPN00000902"), lpn_by_code(tx, "LPN00000901"), "storing"))
    plan(house, BIN)
    count_of(house.pda(), BIN, "LPN00000902", "LPN00000901")
    assert counts(house) == [("done", "planned")]
    assert house.one("SELECT o.code FROM lpn p JOIN lpn o ON o.id = p.parent_id WHERE p.code = 'LPN00000902'") == "LPN00000901"


def test_a_missing_pallet_is_emptied_with_what_stood_on_it(house):
    pallet(house, "LPN00000901", BIN, SOAP=10)
    pallet(house, "LPN00000902", BIN, TEA=4)
    house.database.write(lambda tx: move_lpn(tx, lpn_by_code(tx, "LPN00000902"), lpn_by_code(tx, "LPN00000901"), "storing"))
    plan(house, BIN)
    for _ in range(2):
        count_of(house.pda(), BIN)
    assert (held(house, "LPN00000901"), held(house, "LPN00000902")) == (0, 0)


def test_a_pallet_that_the_book_has_elsewhere_is_moved_to_where_it_was_counted(house):
    pallet(house, "LPN00000901", "W1-B-05-1", SOAP=10)
    plan(house, BIN)
    count_of(house.pda(), BIN, "LPN00000901")
    assert (place_of(house, "LPN00000901"), held(house, "LPN00000901")) == (BIN, 10)


def test_serials_are_counted_one_by_one(house):
    house.items["PHONE"] = house.database.write(lambda tx: put_item(tx, NewItem(code="PHONE", name="Phone", tracks_serial=True)))
    for serial in ("S1", "S2"):
        house.put("PHONE", 1, BIN, serial=serial)
    plan(house, BIN, cause="short")
    pda = house.pda()
    pda.send("claim", {"kind": "count"}, None)
    pda.send("count", {"from": BIN, "counted": [{"item": "PHONE", "serial": "S2", "quantity": 1}]}, pda.task["forms"][0]["id"])
    assert status(pda) == ("applied", "ok")
    assert house.all("SELECT g.serial FROM balance b JOIN goods g ON g.id = b.goods_id WHERE b.quantity > 0") == [("S2",)]


def test_a_pick_that_finds_nothing_has_the_bin_counted_as_empty(house):
    house.put("SOAP", 5, BIN)
    house.put("SOAP", 5, "W1-B-05-1")
    house.order("S-1", ("SOAP", 4))
    house.wave()
    pda, other = house.pda(), house.pda()
    for scan in ("TOTE-5", "CMD-SHORT", "QTY-0"):
        pda.scan(scan)
    assert (status(pda), counts(house)) == (("applied", "ok"), [("open", "empty")])
    count_of(other, BIN)
    assert (counts(house), house.in_bin(BIN)) == ([("done", "empty")], 0)


def test_a_bin_in_which_nothing_was_found_to_move_is_counted(house):
    house.put("SOAP", 5, BIN)
    pda = house.pda()
    for scan in (BIN, ITEMS["SOAP"], "CMD-SHORT", "QTY-0"):
        pda.scan(scan)
    assert (said(pda), counts(house), pda.task) == ("move.nothing", [("open", "empty")], None)
    assert not waits(pda)


def test_who_reports_a_bin_as_short_does_not_get_the_count_that_was_planned_before(house):
    house.put("SOAP", 5, BIN)
    house.put("TEA", 5, "W1-A-02-1")
    plan(house, BIN, "W1-A-02-1")
    house.order("S-1", ("SOAP", 4))
    house.wave()
    pda, other = house.pda(), house.pda()
    for scan in ("TOTE-5", "CMD-SHORT", "QTY-1"):
        pda.scan(scan)
    pda.task = None
    assert waits(pda)
    assert [form["info"]["location"] for form in pda.task["forms"]] == ["W1-A-02-1"]
    assert waits(other)
    assert [form["info"]["location"] for form in other.task["forms"]] == [BIN]


def test_a_bin_that_waits_for_its_count_opens_it(house):
    house.put("SOAP", 1, BIN)
    plan(house, BIN)
    pda = house.pda()
    for scan in (BIN, BIN, ITEMS["SOAP"], "CMD-DONE"):
        pda.scan(scan)
    assert counts(house) == [("done", "planned")]


def test_a_supervisor_has_a_bin_counted_with_a_card_and_a_worker_who_saw_its_content_cannot(house):
    house.put("SOAP", 1, BIN)
    worker, supervisor = house.pda(), house.pda("supervisor")
    worker.scan(BIN)
    worker.scan("COUNT")
    assert status(worker) == ("refused", "not_allowed")
    for scan in (BIN, "COUNT", BIN, ITEMS["SOAP"], "CMD-DONE"):
        supervisor.scan(scan)
    assert counts(house) == [("done", "manual")]


def test_counts_are_planned_by_item_and_by_class_and_not_twice(house):
    for bin_ in (BIN, "W1-B-05-1"):
        house.put("SOAP", 1, bin_)
    house.put("TEA", 1, "W1-A-02-1")
    assert len(house.database.write(lambda tx: plan_item_counts(tx, house.site_id, "SOAP"))) == 2
    assert len(house.database.write(plan_due_counts)) == 1
    assert house.database.write(plan_due_counts) == []


def test_the_accuracy_of_the_book_is_that_of_first_counts(house):
    house.put("SOAP", 4, BIN)
    house.put("TEA", 4, "W1-A-02-1")
    plan(house, BIN)
    for _ in range(2):
        count_of(house.pda(), BIN, *[ITEMS["SOAP"]] * 3)
    plan(house, "W1-A-02-1")
    count_of(house.pda(), "W1-A-02-1", *[ITEMS["TEA"]] * 4)
    assert house.database.read(lambda tx: accuracy(tx, house.site_id, 0)) == {
        "lines": 2, "line_accuracy": 0.5, "unit_accuracy": 1 - 1 / 8}


def test_a_count_that_adjusted_the_book_is_undone_by_reversing_moves(house):
    house.put("SOAP", 5, BIN)
    plan(house, BIN)
    first, second = house.pda(), house.pda()
    count_of(first, BIN, ITEMS["SOAP"])
    count_of(second, BIN, ITEMS["SOAP"])
    assert house.in_bin(BIN) == 1
    assert second.send("undo", {}, None)["status"] == "applied"
    assert (house.in_bin(BIN), counts(house)) == (5, [("recount", "planned")])
    assert house.one("SELECT COUNT(*) FROM stock_move WHERE reverses_id IS NOT NULL") == 1
    count_again = house.pda()
    second.send("release", {}, None)
    count_of(count_again, BIN, *[ITEMS["SOAP"]] * 5)
    assert house.in_bin(BIN) in (1, 5)


def test_a_first_count_is_undone_while_nobody_counts_again(house):
    house.put("SOAP", 5, BIN)
    plan(house, BIN)
    pda = house.pda()
    count_of(pda, BIN, ITEMS["SOAP"])
    assert pda.send("undo", {}, None)["status"] == "applied"
    assert (counts(house), house.one("SELECT COUNT(*) FROM cycle_count_line")) == ([("open", "planned")], 0)
    for scan in (BIN, *[ITEMS["SOAP"]] * 5, "CMD-DONE"):
        pda.scan(scan)
    assert (counts(house), house.in_bin(BIN)) == ([("done", "planned")], 5)


def test_a_first_count_cannot_be_undone_once_somebody_counts_again(house):
    house.put("SOAP", 5, BIN)
    plan(house, BIN)
    first, second = house.pda(), house.pda()
    count_of(first, BIN, ITEMS["SOAP"])
    assert waits(second)
    first.task = None
    assert first.send("undo", {}, None)["code"] == "count_goes_on"
    assert counts(house) == [("recount", "planned")]
