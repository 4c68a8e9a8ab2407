from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from server.masterdata.items import NewItem, put_item
from server.masterdata.sites import account, location_by_code
from server.stock.goods import GoodsKey
from server.stock.ledger import Move, move
from server.stock.lpns import make_lpn
from tests.warehouse import ITEMS, Warehouse

TODAY = datetime.now(UTC).date()


@pytest.fixture
def house(database):
    return Warehouse(database).open()


def status(pda) -> tuple[str, str]:
    return pda.results[-1]["status"], pda.results[-1]["code"]


def said(pda) -> str:
    return pda.results[-1]["message"]["key"]


def pallet(house, code: str, bin_: str, **goods: int) -> None:
    def work(tx):
        lpn = make_lpn(tx, location_by_code(tx, bin_), code=code)
        for item, quantity in goods.items():
            key = GoodsKey(house.items[item], house.owner_id)
            move(tx, Move(key, quantity, account(tx, house.site_id, "SUPPLIER"), lpn, "receiving"))

    house.database.write(work)


def place_of(house, lpn: str) -> str:
    return house.one("SELECT l.code FROM lpn p JOIN location l ON l.id = p.location_id WHERE p.code = :c", c=lpn)


def held(house, lpn: str) -> int:
    return house.one("SELECT COALESCE(SUM(b.quantity), 0) FROM balance b JOIN lpn p ON p.id = b.holder_id WHERE p.code = :c", c=lpn)


def exceptions(house) -> list[tuple]:
    return house.all("SELECT code, state FROM floor_exception ORDER BY id")


def test_a_pallet_is_moved_by_its_label_and_the_bin_s(house):
    pallet(house, "LPN00000901", "W1-A-01-1", SOAP=10)
    pda = house.pda()
    pda.scan("LPN00000901")
    assert pda.task["kind"] == "move"
    assert pda.task["forms"][0]["prompt"] == {"key": "move.take_lpn", "args": {"lpn": "LPN00000901", "location": "W1-A-01-1"}}
    pda.scan("W1-B-02-1")
    assert (status(pda), said(pda)) == (("applied", "ok"), "move.lpn_done")
    assert place_of(house, "LPN00000901") == "W1-B-02-1"
    assert pda.task is None


def test_a_carton_is_put_on_a_pallet_and_goes_where_the_pallet_goes(house):
    pallet(house, "LPN00000901", "W1-A-01-1", SOAP=10)
    pallet(house, "LPN00000902", "W1-A-02-1", TEA=4)
    pda = house.pda()
    for scan in ("LPN00000902", "LPN00000901", "LPN00000901", "W1-B-02-1"):
        pda.scan(scan)
        assert status(pda) == ("applied", "ok"), scan
    assert place_of(house, "LPN00000902") == "W1-B-02-1"
    pda.scan("LPN00000901")
    pda.scan("LPN00000902")
    assert status(pda) == ("refused", "lpn_in_itself")


def test_a_bin_opens_its_content_and_an_item_of_it_is_moved_as_a_whole(house):
    house.put("SOAP", 12, "W1-A-01-1")
    pda = house.pda()
    pda.scan("W1-A-01-1")
    assert pda.task["kind"] == "enquire"
    assert [(row["title"], row["value"]) for row in pda.task["forms"][0]["info"]["rows"]] == [("Soap", 12)]
    pda.scan(ITEMS["SOAP"])
    assert pda.task["kind"] == "move"
    assert pda.task["forms"][0]["info"]["quantity"] == 12
    pda.scan("W1-B-02-1")
    assert pda.results[-1]["message"] == {"key": "move.done", "args": {"quantity": 12, "name": "Soap", "location": "W1-B-02-1"}}
    assert (house.in_bin("W1-A-01-1"), house.in_bin("W1-B-02-1")) == (0, 12)
    assert house.all("SELECT kind, state FROM task ORDER BY id") == [("enquire", "cancelled"), ("move", "done")]


def test_fewer_than_all_are_said_with_short(house):
    house.put("SOAP", 12, "W1-A-01-1")
    pda = house.pda()
    for scan in ("W1-A-01-1", ITEMS["SOAP"], "CMD-SHORT", "QTY-5"):
        pda.scan(scan)
    assert pda.results[-1]["message"] == {"key": "move.fewer", "args": {"quantity": 5}}
    pda.scan(ITEMS["SOAP"])
    assert pda.scan(ITEMS["SOAP"])[-1]["code"] == "already_complete"
    pda.scan("W1-B-02-1")
    assert (house.in_bin("W1-A-01-1"), house.in_bin("W1-B-02-1")) == (7, 5)


def test_fewer_than_all_are_counted_piece_by_piece_after_short(house):
    house.put("SOAP", 12, "W1-A-01-1")
    pda = house.pda()
    for scan in ("W1-A-01-1", ITEMS["SOAP"], "CMD-SHORT", ITEMS["SOAP"], ITEMS["SOAP"], "CMD-DONE", "W1-B-02-1"):
        pda.scan(scan)
    assert house.in_bin("W1-B-02-1") == 2


def test_a_number_alone_says_how_many(house):
    house.put("SOAP", 12, "W1-A-01-1")
    pda = house.pda()
    for scan in ("W1-A-01-1", ITEMS["SOAP"], "QTY-3", "W1-B-02-1"):
        pda.scan(scan)
    assert house.in_bin("W1-B-02-1") == 3


def test_more_than_the_book_knows_is_moved_from_variance_and_told_to_the_supervisor(house):
    house.put("SOAP", 4, "W1-A-01-1")
    pda = house.pda()
    for scan in ("W1-A-01-1", ITEMS["SOAP"], "QTY-6", "W1-B-02-1"):
        pda.scan(scan)
    assert (status(pda), said(pda)) == (("applied", "short"), "move.more_than_booked")
    assert [step["label"]["args"] for step in pda.results[-1]["next"]] == [{"quantity": 6}, {"quantity": 4}]
    assert (house.in_bin("W1-A-01-1"), house.in_bin("W1-B-02-1")) == (0, 6)
    assert exceptions(house) == [("moved_more", "open")]
    assert house.all("SELECT cause, state FROM cycle_count") == [("variance", "open")]


def test_the_worker_takes_back_what_was_too_much(house):
    house.put("SOAP", 4, "W1-A-01-1")
    pda = house.pda()
    for scan in ("W1-A-01-1", ITEMS["SOAP"], "QTY-6", "W1-B-02-1"):
        pda.scan(scan)
    step = pda.results[-1]["next"][1]
    assert pda.send(step["kind"], step["slots"], None)["status"] == "applied"
    assert house.in_bin("W1-B-02-1") == 4
    assert exceptions(house) == [("moved_more", "done")]
    assert pda.send(step["kind"], step["slots"], None)["data"] == {"back": 0}


def test_the_worker_who_is_sure_says_so_to_the_supervisor(house):
    house.put("SOAP", 4, "W1-A-01-1")
    pda = house.pda()
    for scan in ("W1-A-01-1", ITEMS["SOAP"], "QTY-6", "W1-B-02-1"):
        pda.scan(scan)
    step = pda.results[-1]["next"][0]
    assert pda.send(step["kind"], step["slots"], None)["status"] == "applied"
    assert house.all("SELECT state, note FROM floor_exception") == [("open", "BDG-1 is sure")]
    other = house.pda()
    assert other.send("took", step["slots"], None)["code"] == "not_found"
    assert house.in_bin("W1-B-02-1") == 6


def test_what_is_kept_for_orders_stays_and_the_worker_is_told(house):
    house.put("SOAP", 10, "W1-A-01-1")
    house.order("S-1", ("SOAP", 4))
    house.wave()
    pda = house.pda()
    pda.scan("W1-A-01-1")
    pda.scan(ITEMS["SOAP"])
    assert pda.task["forms"][0]["info"]["quantity"] == 6
    pda.scan("QTY-10")
    pda.scan("W1-B-02-1")
    assert (status(pda), said(pda)) == (("applied", "kept_for_orders"), "move.kept")
    assert pda.results[-1]["message"]["args"]["kept"] == 4
    assert (house.in_bin("W1-A-01-1"), house.in_bin("W1-B-02-1")) == (4, 6)


def test_goods_that_are_all_kept_for_orders_are_not_taken_up(house):
    house.put("SOAP", 4, "W1-A-01-1")
    house.order("S-1", ("SOAP", 4))
    house.wave()
    pda = house.pda()
    pda.scan("W1-A-01-1")
    pda.scan(ITEMS["SOAP"])
    assert status(pda) == ("refused", "kept_for_orders")


def test_allocations_go_with_their_pallet_and_the_picker_is_sent_there(house):
    pallet(house, "LPN00000901", "W1-A-01-1", SOAP=10)
    house.order("S-1", ("SOAP", 4))
    house.wave()
    picker, pda = house.pda(), house.pda()
    picker.scan("TOTE-5")
    before = picker.task["version"]
    pda.scan("LPN00000901")
    pda.scan("W1-B-02-1")
    task = house.engine.pull(picker.device, None)["tasks"][0]
    assert (task["forms"][0]["info"]["location"], task["version"] > before) == ("W1-B-02-1", True)
    picker.scan(ITEMS["SOAP"])
    assert said(picker) == "pick.round_done"


def test_a_blocked_bin_is_refused_with_others_that_take_the_goods(house):
    house.put("SOAP", 4, "W1-A-01-1")
    house.database.write(lambda tx: tx.execute(text("UPDATE location SET blocked = 1 WHERE code = 'W1-B-02-1'")))
    pda = house.pda()
    for scan in ("W1-A-01-1", ITEMS["SOAP"], "W1-B-02-1"):
        pda.scan(scan)
    assert status(pda) == ("refused", "bin_does_not_fit")
    others = pda.results[-1]["message"]["args"]["alternatives"]
    assert others.startswith("W1-") and "W1-B-02-1" not in others
    assert house.in_bin("W1-A-01-1") == 4


def test_a_bin_for_one_item_does_not_take_another(house):
    house.put("SOAP", 4, "W1-A-01-1")
    house.put("TEA", 4, "W1-B-02-1")
    house.database.write(lambda tx: tx.execute(text("UPDATE location SET mixing = 'one_item' WHERE code = 'W1-B-02-1'")))
    pda = house.pda()
    for scan in ("W1-A-01-1", ITEMS["SOAP"], "W1-B-02-1"):
        pda.scan(scan)
    assert pda.results[-1]["message"]["args"]["why"] == "bin.other_item"


def test_a_full_bin_takes_no_further_pallet_but_the_carton_on_one(house):
    for code, bin_ in (("LPN00000901", "W1-A-01-1"), ("LPN00000902", "W1-A-02-1")):
        pallet(house, code, bin_, SOAP=1)
    house.database.write(lambda tx: tx.execute(text("UPDATE location SET max_lpns = 1 WHERE code = 'W1-A-01-1'")))
    pda = house.pda()
    pda.scan("LPN00000902")
    pda.scan("W1-A-01-1")
    assert pda.results[-1]["message"]["args"]["why"] == "bin.full"
    pda.task = None
    for scan in ("LPN00000902", "LPN00000901"):
        pda.scan(scan)
    assert status(pda) == ("applied", "ok")


def test_goods_in_two_lots_are_told_apart_by_the_lot_s_label(house):
    house.put("MILK", 5, "W1-A-01-1", lot="L1", expiry=TODAY + timedelta(days=20))
    house.put("MILK", 7, "W1-A-01-1", lot="L2", expiry=TODAY + timedelta(days=30))
    pda = house.pda()
    pda.scan("W1-A-01-1")
    pda.scan(ITEMS["MILK"])
    assert [form["info"]["lot"] for form in pda.task["forms"]] == ["L1", "L2"]
    pda.scan("]C110L2")
    pda.scan("W1-B-02-1")
    assert house.all("SELECT g.lot, b.quantity FROM balance b JOIN goods g ON g.id = b.goods_id JOIN location l ON l.id = b.holder_id "
                     "WHERE l.code = 'W1-B-02-1' AND b.quantity > 0") == [("L2", 7)]


def test_a_label_that_names_the_lot_needs_no_second_scan(house):
    house.put("MILK", 5, "W1-A-01-1", lot="L1", expiry=TODAY + timedelta(days=20))
    house.put("MILK", 7, "W1-A-01-1", lot="L2", expiry=TODAY + timedelta(days=30))
    pda = house.pda()
    for scan in ("W1-A-01-1", f"]C101{ITEMS['MILK']}10L2", "W1-B-02-1"):
        pda.scan(scan)
    assert (status(pda), house.in_bin("W1-B-02-1")) == (("applied", "ok"), 7)


def test_goods_on_two_pallets_of_a_bin_are_taken_from_the_one_that_is_scanned(house):
    pallet(house, "LPN00000901", "W1-A-01-1", SOAP=10)
    pallet(house, "LPN00000902", "W1-A-01-1", SOAP=4)
    pda = house.pda()
    for scan in ("W1-A-01-1", ITEMS["SOAP"], "LPN00000902", "W1-B-02-1"):
        pda.scan(scan)
    assert status(pda) == ("applied", "ok")
    assert (held(house, "LPN00000901"), held(house, "LPN00000902"), house.in_bin("W1-B-02-1")) == (10, 0, 4)


def test_a_serial_that_the_book_has_elsewhere_is_moved_from_there(house):
    house.items["PHONE"] = house.database.write(lambda tx: put_item(tx, NewItem(code="PHONE", name="Phone", tracks_serial=True)))
    house.put("PHONE", 1, "W1-A-01-1", serial="S1")
    house.put("PHONE", 1, "W1-A-05-1", serial="S9")
    pda = house.pda()
    for scan in ("W1-A-01-1", "PHONE", "]C121S9", "W1-B-02-1"):
        pda.scan(scan)
    assert status(pda) == ("applied", "ok")
    assert (house.in_bin("W1-A-01-1"), house.in_bin("W1-A-05-1"), house.in_bin("W1-B-02-1")) == (1, 0, 1)
    assert exceptions(house) == [("serial_elsewhere", "open")]


def test_a_move_is_undone_and_its_exception_closed(house):
    house.put("SOAP", 4, "W1-A-01-1")
    pda = house.pda()
    for scan in ("W1-A-01-1", ITEMS["SOAP"], "QTY-6", "W1-B-02-1"):
        pda.scan(scan)
    assert pda.send("undo", {}, None)["status"] == "applied"
    assert (house.in_bin("W1-A-01-1"), house.in_bin("W1-B-02-1")) == (4, 0)
    assert exceptions(house) == [("moved_more", "done")]


def test_the_move_of_a_pallet_is_undone(house):
    pallet(house, "LPN00000901", "W1-A-01-1", SOAP=10)
    pda = house.pda()
    pda.scan("LPN00000901")
    pda.scan("W1-B-02-1")
    assert pda.send("undo", {}, None)["status"] == "applied"
    assert place_of(house, "LPN00000901") == "W1-A-01-1"


def test_a_move_cannot_be_undone_after_the_goods_have_gone_on(house):
    house.put("SOAP", 4, "W1-A-01-1")
    pda = house.pda()
    for scan in ("W1-A-01-1", ITEMS["SOAP"], "W1-B-02-1"):
        pda.scan(scan)
    house.order("S-1", ("SOAP", 4))
    house.wave()
    assert pda.send("undo", {}, None)["code"] == "cannot_undo"
    assert house.in_bin("W1-B-02-1") == 4


def test_nothing_is_taken_out_of_a_tote_with_picked_goods(house):
    house.put("SOAP", 4, "W1-A-01-1")
    house.order("S-1", ("SOAP", 4))
    house.wave()
    pda = house.pda()
    pda.scan("TOTE-5")
    pda.scan(ITEMS["SOAP"])
    tote, form = house.one("SELECT id FROM lpn WHERE code = 'TOTE-5'"), None
    goods = house.one("SELECT goods_id FROM balance WHERE holder_id = :t AND quantity > 0", t=tote)
    form = f"g{tote}.{goods}"
    house.put("TEA", 1, "W1-A-02-1")
    for scan in ("W1-A-02-1", ITEMS["TEA"]):
        pda.scan(scan)
    pda.send("move", {"from": "TOTE-5", "item": "SOAP", "quantity": 1, "to": "W1-B-02-1"}, form)
    assert status(pda) == ("refused", "belongs_to_order")


@pytest.mark.parametrize("change", [{"quantity": 0}, {"quantity": "ten"}, {"quantity": True}, {"to": "W1~SCRAP"}, {"to": 7},
                                    {"from": "W1-A-02-1"}, {"item": "TEA"}, {"lot": "X"}, {"to": "NOWHERE"}])
def test_what_a_move_may_not_say_is_refused_and_the_next_good_scan_works(house, change):
    house.put("SOAP", 4, "W1-A-01-1")
    pda = house.pda()
    pda.scan("W1-A-01-1")
    pda.scan(ITEMS["SOAP"])
    form = pda.task["forms"][0]["id"]
    slots = {"from": "W1-A-01-1", "item": "SOAP", "quantity": 2, "to": "W1-B-02-1"}
    assert pda.send("move", {**slots, **change}, form)["status"] == "refused"
    assert pda.send("move", slots, form)["status"] == "applied"
    assert house.in_bin("W1-B-02-1") == 2


def test_an_empty_tote_with_no_round_waiting_says_that_nothing_waits(house):
    pda = house.pda()
    for code in ("TOTE-5", "TROLLEY-1"):
        pda.scan(code)
        assert status(pda) == ("refused", "nothing_to_do")
    pda.scan("W1-STAGE")
    pda.scan("TOTE-5")
    pda.scan("TROLLEY-1")
    assert (status(pda), said(pda)) == (("applied", "ok"), "move.lpn_done")


def test_five_who_empty_one_bin_at_once_move_all_of_it_once_and_the_rest_is_variance(house):
    house.put("SOAP", 10, "W1-A-01-1")
    pdas = [house.pda() for _ in range(5)]
    for pda in pdas:
        pda.scan("W1-A-01-1")
        pda.scan(ITEMS["SOAP"])
        pda.scan("QTY-4")
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda pda: pda.scan("W1-B-02-1"), pdas))
    assert {status(pda)[0] for pda in pdas} == {"applied"}
    assert (house.in_bin("W1-A-01-1"), house.in_bin("W1-B-02-1")) == (0, 20)
    assert sum(pda.results[-1]["data"]["over"] for pda in pdas) == 10


def test_a_pallet_that_was_moved_without_network_is_booked_when_the_device_is_back(house):
    pallet(house, "LPN00000901", "W1-A-01-1", SOAP=5)
    pda = house.pda()
    sent = pda.send("move", {"lpn": "LPN00000901", "to": "W1-B-02-1"}, None)
    assert (sent["status"], sent["message"]["key"], place_of(house, "LPN00000901")) == ("applied", "move.lpn_done", "W1-B-02-1")
    assert pda.send("undo", {}, None)["status"] == "applied"
    assert place_of(house, "LPN00000901") == "W1-A-01-1"


def test_a_pallet_that_was_moved_without_network_to_no_place_is_told_to_the_supervisor(house):
    pallet(house, "LPN00000901", "W1-A-01-1", SOAP=5)
    pda = house.pda()
    assert pda.send("move", {"lpn": "LPN00000901", "to": "GIBBERISH"}, None)["status"] == "refused"
    assert exceptions(house) == [("not_booked", "open")]
    assert place_of(house, "LPN00000901") == "W1-A-01-1"


def test_a_received_pallet_that_was_moved_to_a_bin_by_hand_waits_for_no_put_away(house):
    pda = house.pda()
    pda.scan("W1-DOCK")
    pda.scan(f"(01){ITEMS['SOAP']}(30)5")
    lpn = pda.results[-1]["message"]["args"]["lpn"]
    pda.scan("CMD-DONE")
    assert pda.send("move", {"lpn": lpn, "to": "W1-B-02-1"}, None)["status"] == "applied"
    assert house.all("SELECT p.state, t.state FROM put_away p JOIN task t ON t.id = p.task_id") == [("done", "done")]
    pda.send("undo", {}, None)
    assert house.all("SELECT p.state, t.state FROM put_away p JOIN task t ON t.id = p.task_id") == [("open", "open")]
