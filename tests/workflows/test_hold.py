from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from server.kernel.jobs import JobRunner, add_job
from server.reactions import JOBS
from tests.warehouse import ITEMS, Warehouse
from tests.workflows.test_move import exceptions, pallet, said, status

TODAY = datetime.now(UTC).date()


@pytest.fixture
def house(database):
    return Warehouse(database).open()


def statuses(house) -> dict[str, int]:
    return dict(house.all("SELECT g.status, SUM(b.quantity) FROM balance b JOIN goods g ON g.id = b.goods_id "
                          "WHERE b.quantity > 0 GROUP BY g.status"))


def allocated(house) -> list[tuple]:
    return house.all("SELECT l.code, a.quantity FROM allocation a JOIN location l ON l.id = a.holder_id "
                     "WHERE a.state = 'open' ORDER BY l.code")


def test_a_pallet_is_held_with_its_reason_and_what_stands_on_it(house):
    pallet(house, "LPN00000901", "W1-A-01-1", SOAP=10, TEA=2)
    pallet(house, "LPN00000902", "W1-A-01-1", SOAP=3)
    pda = house.pda()
    for scan in ("LPN00000902", "LPN00000901", "HOLD-QUALITY", "LPN00000901"):
        pda.scan(scan)
    assert pda.results[-1]["message"] == {"key": "hold.done", "args": {"quantity": 15, "what": "LPN00000901"}}
    assert statuses(house) == {"hold": 15}
    assert house.all("SELECT DISTINCT reason, document FROM stock_move WHERE document IS NOT NULL") == [("holding", "HOLD-QUALITY")]


def test_loose_goods_are_held_by_bin_and_item(house):
    house.put("SOAP", 5, "W1-A-01-1")
    house.put("SOAP", 7, "W1-A-02-1")
    pda = house.pda()
    for scan in ("HOLD-PACKAGING", "W1-A-01-1", ITEMS["SOAP"]):
        pda.scan(scan)
    assert (status(pda), statuses(house)) == (("applied", "ok"), {"available": 7, "hold": 5})


def test_fewer_than_all_are_held_when_the_number_is_said_before_the_item(house):
    house.put("SOAP", 5, "W1-A-01-1")
    pda = house.pda()
    for scan in ("HOLD-QUALITY", "W1-A-01-1", "QTY-2", ITEMS["SOAP"]):
        pda.scan(scan)
    assert statuses(house) == {"available": 3, "hold": 2}


def test_one_lot_of_a_bin_is_held_by_its_label(house):
    house.put("MILK", 5, "W1-A-01-1", lot="L1", expiry=TODAY + timedelta(days=20))
    house.put("MILK", 7, "W1-A-01-1", lot="L2", expiry=TODAY + timedelta(days=30))
    pda = house.pda()
    for scan in ("HOLD-CUSTOMS", "W1-A-01-1", f"]C101{ITEMS['MILK']}10L2"):
        pda.scan(scan)
    assert house.all("SELECT g.lot FROM balance b JOIN goods g ON g.id = b.goods_id WHERE g.status = 'hold' AND b.quantity > 0") == [("L2",)]


def test_damaged_goods_are_booked_as_damaged(house):
    house.put("SOAP", 5, "W1-A-01-1")
    pda = house.pda()
    for scan in ("HOLD-DAMAGED", "W1-A-01-1", "QTY-2", ITEMS["SOAP"]):
        pda.scan(scan)
    assert statuses(house) == {"available": 3, "damaged": 2}


def test_damaged_goods_found_while_moving_stay_behind(house):
    house.put("SOAP", 5, "W1-A-01-1")
    pda = house.pda()
    for scan in ("W1-A-01-1", ITEMS["SOAP"], "CMD-DAMAGED", "QTY-2"):
        pda.scan(scan)
    assert (said(pda), statuses(house)) == ("move.damaged", {"available": 3, "damaged": 2})


def test_a_recall_holds_a_lot_wherever_it_lies_and_no_other(house):
    for bin_, lot in (("W1-A-01-1", "L1"), ("W1-B-05-1", "L1"), ("W1-A-02-1", "L2")):
        house.put("MILK", 5, bin_, lot=lot, expiry=TODAY + timedelta(days=20))
    pda = house.pda("supervisor")
    for scan in ("HOLD-RECALL", f"]C101{ITEMS['MILK']}10L1"):
        pda.scan(scan)
    assert (status(pda), statuses(house)) == (("applied", "ok"), {"available": 5, "hold": 10})


def test_a_recalled_lot_in_a_tote_of_an_order_is_told_to_the_supervisor(house):
    house.put("MILK", 5, "W1-A-01-1", lot="L1", expiry=TODAY + timedelta(days=20))
    house.order("S-1", ("MILK", 2))
    house.wave()
    pda = house.pda("supervisor")
    for scan in ("TOTE-5", ITEMS["MILK"], "HOLD-RECALL", f"]C101{ITEMS['MILK']}10L1"):
        pda.scan(scan)
    assert pda.results[-1]["message"] == {"key": "hold.some_in_orders", "args": {"quantity": 3, "what": "MILK", "stopped": 2}}
    assert exceptions(house) == [("held_in_order", "open")]


def test_a_worker_may_hold_and_may_neither_recall_nor_release(house):
    house.put("SOAP", 5, "W1-A-01-1", status="hold")
    pda = house.pda()
    for card in ("HOLD-RECALL", "HOLD-RELEASE"):
        pda.scan(card)
        assert status(pda) == ("refused", "not_allowed")
    pda.scan("HOLD-QUALITY")
    pda.send("unhold", {"from": "W1-A-01-1", "item": "SOAP"}, "b")
    assert status(pda) == ("refused", "not_allowed")
    assert statuses(house) == {"hold": 5}


def test_a_supervisor_releases_a_pallet_a_bin_and_a_lot(house):
    pallet(house, "LPN00000901", "W1-A-01-1", SOAP=10)
    house.put("TEA", 4, "W1-A-02-1")
    house.put("MILK", 3, "W1-B-01-1", lot="L1", expiry=TODAY + timedelta(days=20))
    pda = house.pda("supervisor")
    for scan in ("HOLD-QUALITY", "LPN00000901", "W1-A-02-1", ITEMS["TEA"], "W1-B-01-1", ITEMS["MILK"], "CMD-DONE"):
        pda.scan(scan)
    assert statuses(house) == {"hold": 17}
    for scan in ("HOLD-RELEASE", "LPN00000901", "W1-A-02-1", ITEMS["TEA"], "CMD-NEXT", f"]C101{ITEMS['MILK']}10L1"):
        pda.scan(scan)
    assert (said(pda), statuses(house)) == ("hold.released", {"available": 17})
    assert house.one("SELECT SUM(on_hand) FROM availability") == 17


def test_what_was_kept_of_held_goods_is_picked_elsewhere_in_the_same_round(house):
    house.put("SOAP", 4, "W1-A-01-1")
    house.put("SOAP", 9, "W1-B-05-1")
    house.order("S-1", ("SOAP", 4))
    house.wave()
    assert allocated(house) == [("W1-A-01-1", 4)]
    picker, pda = house.pda(), house.pda()
    picker.scan("TOTE-5")
    for scan in ("HOLD-QUALITY", "W1-A-01-1", ITEMS["SOAP"]):
        pda.scan(scan)
    house.dispatcher.drain()
    assert allocated(house) == [("W1-B-05-1", 4)]
    picker.task = house.engine.pull(picker.device, None)["tasks"][0]
    picker.scan(ITEMS["SOAP"])
    assert said(picker) == "pick.round_done"
    assert house.in_bin("W1-B-05-1") == 5


def test_what_cannot_be_found_elsewhere_is_reported_to_its_order_once(house):
    house.put("SOAP", 4, "W1-A-01-1")
    house.order("S-1", ("SOAP", 4))
    house.wave()
    pda = house.pda()
    for scan in ("HOLD-QUALITY", "W1-A-01-1", ITEMS["SOAP"]):
        pda.scan(scan)
    house.dispatcher.drain()
    assert allocated(house) == []
    assert house.all("SELECT promised, short FROM sales_order_line") == [(0, 4)]


def test_a_part_that_is_free_is_held_before_an_order_loses_anything(house):
    house.put("SOAP", 10, "W1-A-01-1")
    house.order("S-1", ("SOAP", 4))
    house.wave()
    pda = house.pda()
    for scan in ("HOLD-QUALITY", "W1-A-01-1", "QTY-6", ITEMS["SOAP"]):
        pda.scan(scan)
    house.dispatcher.drain()
    assert (allocated(house), statuses(house)) == ([("W1-A-01-1", 4)], {"available": 4, "hold": 6})


@pytest.mark.parametrize("state", ["hold", "damaged", "expired"])
def test_goods_that_are_not_available_are_never_promised_nor_allocated(house, state):
    house.put("SOAP", 9, "W1-A-01-1", status=state)
    answer = house.order("S-1", ("SOAP", 1))
    assert answer.lines[0].promised == 0
    assert house.wave() is None
    assert allocated(house) == []


def test_a_hold_is_undone(house):
    house.put("SOAP", 5, "W1-A-01-1")
    pda = house.pda()
    for scan in ("HOLD-QUALITY", "W1-A-01-1", ITEMS["SOAP"], "CMD-UNDO"):
        pda.scan(scan)
    assert (said(pda), statuses(house)) == ("undo.done", {"available": 5})


def test_holding_what_is_not_there_is_refused(house):
    house.put("SOAP", 5, "W1-A-01-1", status="hold")
    pda = house.pda()
    for scan in ("HOLD-QUALITY", "W1-A-01-1", ITEMS["SOAP"]):
        pda.scan(scan)
    assert status(pda) == ("refused", "not_found")


def run_expiry(house) -> None:
    house.database.write(lambda tx: add_job(tx, "expire"))
    assert JobRunner(house.database, JOBS).run_due() == 1
    house.dispatcher.drain()


def test_goods_whose_date_has_come_are_booked_as_expired_and_others_are_not(house):
    today = datetime.now(UTC).date()  # not that of when the run began: midnight may have passed since
    house.put("MILK", 2, "W1-A-01-1", lot="OLD", expiry=today - timedelta(days=1))
    house.put("MILK", 3, "W1-A-01-1", lot="NOW", expiry=today)
    house.put("MILK", 4, "W1-A-01-1", lot="NEW", expiry=today + timedelta(days=1))
    house.put("SOAP", 5, "W1-A-02-1")
    run_expiry(house)
    assert statuses(house) == {"expired": 5, "available": 9}
    run_expiry(house)
    assert statuses(house) == {"expired": 5, "available": 9}


def test_goods_that_expire_while_they_are_kept_for_an_order_are_picked_elsewhere(house):
    house.put("MILK", 4, "W1-A-01-1", lot="OLD", expiry=TODAY + timedelta(days=5))
    house.put("MILK", 4, "W1-B-05-1", lot="NEW", expiry=TODAY + timedelta(days=60))
    house.order("S-1", ("MILK", 3))
    house.wave()
    assert allocated(house) == [("W1-A-01-1", 3)]
    house.database.write(lambda tx: tx.execute(text("UPDATE lot SET expiry_on = :today WHERE code = 'OLD'"), {"today": TODAY.isoformat()
                         if house.database.is_sqlite else TODAY}))
    run_expiry(house)
    assert allocated(house) == [("W1-B-05-1", 3)]
    assert statuses(house) == {"available": 4, "expired": 4}
