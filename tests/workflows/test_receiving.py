"""Receiving as a dialogue: what was scanned or tapped, and what the worker was then shown."""

import pytest

from server.masterdata.locations import NewLocation, put_location
from server.wms.inbound import NewInbound, NewInboundLine, put_inbound
from tests.warehouse import ITEMS, Warehouse

SSCC = "395060001111111110"


@pytest.fixture
def house(database):
    return Warehouse(database).open()


def expect(house, *lines, code="ASN-1", kind="asn"):
    house.database.write(lambda tx: put_inbound(tx, NewInbound(code=code, kind=kind, site_id=house.site_id, lines=[
        NewInboundLine(**line) for line in lines])))
    return code


def said(pda) -> tuple[str, str, str]:
    last = pda.results[-1]
    return last["status"], last["code"], last["message"]["key"]


def received(house) -> list[tuple]:
    return house.all("SELECT i.code, l.received, l.damaged FROM inbound_line l JOIN item i ON i.id = l.item_id ORDER BY l.number")


def stock(house, status="available") -> int:
    return house.one("SELECT COALESCE(SUM(b.quantity), 0) FROM balance b JOIN goods g ON g.id = b.goods_id WHERE g.status = :s", s=status)


def test_a_purchase_order_is_received_like_an_asn(house):
    pda = house.pda()
    pda.scan(expect(house, {"item": "SOAP", "quantity": 12}, code="PO-7", kind="purchase_order"))
    pda.scan(f"(01){ITEMS['SOAP']}(30)12")
    assert said(pda) == ("applied", "ok", "receive.done")
    assert house.one("SELECT state FROM inbound") == "received"


def test_one_label_with_lot_date_and_count_receives_a_line(house):
    pda = house.pda()
    pda.scan(expect(house, {"item": "MILK", "quantity": 48}))
    pda.scan(f"(01){ITEMS['MILK']}(17)300630(30)48(10)L7")
    assert said(pda) == ("applied", "ok", "receive.done")


def test_more_than_the_paper_says_is_asked_about_and_nothing_is_lost(house):
    pda = house.pda()
    pda.scan(expect(house, {"item": "SOAP", "quantity": 10}, {"item": "TEA", "quantity": 5}))
    pda.scan(ITEMS["SOAP"][1:])
    pda.scan("QTY-13")
    assert said(pda) == ("applied", "over_receipt", "receive.more_than_expected")
    assert (stock(house), stock(house, "hold")) == (10, 0)
    yes = pda.results[-1]["next"][0]
    pda.send(yes["kind"], yes["slots"], None)
    assert said(pda) == ("applied", "ok", "receive.extra_done")
    assert (stock(house), stock(house, "hold")) == (10, 3)
    assert house.one("SELECT code FROM floor_exception") == "over_receipt"


def test_the_question_is_answered_after_the_paper_was_complete(house):
    pda = house.pda()
    pda.scan(expect(house, {"item": "SOAP", "quantity": 10}))
    pda.scan(f"(01){ITEMS['SOAP']}(30)12")
    assert pda.task is None
    yes = pda.results[-1]["next"][0]
    pda.send(yes["kind"], yes["slots"], None)
    assert said(pda) == ("applied", "ok", "receive.extra_done")
    assert stock(house, "hold") == 2


def test_within_the_tolerance_more_is_simply_received(house):
    pda = house.pda()
    pda.scan(expect(house, {"item": "SOAP", "quantity": 10, "over_percent": 20}))
    pda.scan(ITEMS["SOAP"][1:])
    pda.scan("QTY-12")
    assert said(pda) == ("applied", "ok", "receive.done")
    assert received(house) == [("SOAP", 12, 0)]


def test_less_than_the_paper_says_needs_a_reason(house):
    pda = house.pda()
    pda.scan(expect(house, {"item": "SOAP", "quantity": 10}))
    pda.scan(f"(01){ITEMS['SOAP']}(30)7")
    pda.scan("CMD-DONE")
    assert said(pda) == ("applied", "under_receipt", "receive.why_short")
    assert house.one("SELECT state FROM inbound") == "receiving"
    pda.send("finish", {"reason": "supplier_short"}, None)
    assert said(pda) == ("applied", "ok", "receive.closed")
    assert house.all("SELECT closed_reason FROM inbound_line") == [("supplier_short",)]


def test_what_comes_later_leaves_the_paper_open_for_anybody(house):
    pda, other = house.pda(), house.pda()
    pda.scan(expect(house, {"item": "SOAP", "quantity": 10}))
    pda.scan(f"(01){ITEMS['SOAP']}(30)7")
    pda.send("finish", {"reason": "later"}, None)
    other.scan("ASN-1")
    other.scan(f"(01){ITEMS['SOAP']}(30)3")
    assert said(other) == ("applied", "ok", "receive.done")
    assert house.one("SELECT state FROM inbound") == "received"


def test_damaged_goods_are_received_as_damaged_and_told_to_the_supervisor(house):
    pda = house.pda()
    pda.scan(expect(house, {"item": "SOAP", "quantity": 10}))
    pda.scan("CMD-DAMAGED")
    pda.scan("QTY-2")
    assert said(pda) == ("applied", "ok", "receive.damaged_done")
    pda.scan(f"(01){ITEMS['SOAP']}(30)8")
    assert received(house) == [("SOAP", 10, 2)]
    assert (stock(house), stock(house, "damaged")) == (8, 2)
    assert house.one("SELECT code FROM floor_exception") == "received_damaged"


def test_goods_to_be_inspected_are_held_from_the_first_moment(house):
    pda = house.pda()
    pda.scan(expect(house, {"item": "SOAP", "quantity": 10, "hold": True}))
    pda.scan(f"(01){ITEMS['SOAP']}(30)10")
    assert (stock(house), stock(house, "hold")) == (0, 10)


def test_without_a_paper_the_dock_is_scanned_and_then_whatever_came(house):
    pda = house.pda()
    pda.scan("W1-DOCK")
    assert pda.task["kind"] == "blind"
    pda.scan(f"(01){ITEMS['MILK']}(17)300630(30)6(10)L7")
    assert said(pda) == ("applied", "ok", "receive.done")
    pda.scan(ITEMS["SOAP"][1:])
    pda.scan("QTY-3")
    assert [(row["title"], row["value"]) for row in pda.task["forms"][0]["info"]["rows"]] == [("Soap", 3), ("Milk", 6)]
    pda.scan("CMD-DONE")
    assert said(pda) == ("applied", "ok", "blind.closed")
    assert received(house) == [("MILK", 6, 0), ("SOAP", 3, 0)]
    assert house.one("SELECT COUNT(*) FROM put_away WHERE state = 'open'") == 2


def test_blind_goods_without_their_lot_are_refused_and_told_to_nobody_as_stock(house):
    pda = house.pda()
    pda.scan("W1-DOCK")
    pda.scan(ITEMS["MILK"][1:])
    pda.scan("QTY-3")
    assert said(pda) == ("refused", "detail_missing", "refused.detail_missing")
    assert stock(house) == 0
    pda.scan(f"(01){ITEMS['MILK']}(17)300630(30)3(10)L7")
    assert stock(house) == 3


@pytest.mark.parametrize("scans", [
    [f"(01){ITEMS['SOAP']}(30)6"], [f"(01){ITEMS['SOAP']}(30)10"], ["CMD-DAMAGED", "QTY-4"],
])
def test_a_receipt_is_undone_with_its_line_its_paper_and_its_put_away(house, scans):
    pda = house.pda()
    pda.scan(expect(house, {"item": "SOAP", "quantity": 10}))
    for scan in scans:
        pda.scan(scan)
    pda.send("undo", {}, None)
    assert said(pda) == ("applied", "ok", "undo.done")
    assert received(house) == [("SOAP", 0, 0)]
    assert house.one("SELECT COALESCE(SUM(quantity), 0) FROM balance") == 0
    assert house.one("SELECT COUNT(*) FROM put_away WHERE state = 'open'") == 0
    pda.task = None
    pda.scan("ASN-1")
    pda.scan(f"(01){ITEMS['SOAP']}(30)10")
    assert received(house) == [("SOAP", 10, 0)]


def test_a_pallet_whose_receipt_was_undone_is_received_again(house):
    pda = house.pda()
    expect(house, {"item": "SOAP", "quantity": 10, "sscc": SSCC}, {"item": "TEA", "quantity": 3})
    pda.scan(f"]C100{SSCC}")
    pda.scan(f"]C100{SSCC}")
    assert stock(house) == 10
    pda.send("undo", {}, None)
    assert stock(house) == 0
    pda.scan(f"]C100{SSCC}")
    assert said(pda) == ("applied", "ok", "receive.pallet_done")
    assert stock(house) == 10


def test_an_extra_receipt_is_undone_with_the_line_that_was_made_for_it(house):
    pda = house.pda()
    pda.scan(expect(house, {"item": "SOAP", "quantity": 10}, {"item": "TEA", "quantity": 1}))
    pda.scan(ITEMS["SOAP"][1:])
    pda.scan("QTY-13")
    yes = pda.results[-1]["next"][0]
    pda.send(yes["kind"], yes["slots"], None)
    pda.send("undo", {}, None)
    assert said(pda) == ("applied", "ok", "undo.done")
    assert received(house) == [("SOAP", 10, 0), ("TEA", 0, 0)]
    assert stock(house, "hold") == 0


def test_three_pallets_are_scanned_and_then_their_three_bins(house):
    pda = house.pda()
    lpns = []
    for item in ("SOAP", "TEA", "MILK"):
        code = expect(house, {"item": item, "quantity": 4, **({"lot": "L7"} if item == "MILK" else {})}, code=f"ASN-{item}")
        pda.task = None
        pda.scan(code)
        pda.scan(f"(01){ITEMS[item]}(17)300630(30)4(10)L7")
        lpns.append(pda.results[-1]["message"]["args"]["lpn"])
    pda.task = None
    before = len(pda.sent)
    for lpn in lpns:
        pda.scan(lpn)
    bins = [form["info"]["location"] for form in pda.task["forms"] if form["id"] != "join"]
    assert len(set(bins)) == 3
    for bin_ in reversed(bins):
        pda.scan(bin_)
        assert said(pda) == ("applied", "ok", "put_away.done")
    assert pda.task is None
    assert len(pda.sent) - before == 6
    assert [house.one("SELECT l.code FROM lpn p JOIN location l ON l.id = p.location_id WHERE p.code = :c", c=lpn) for lpn in lpns] == bins


def test_a_pallet_in_a_colleagues_hand_is_not_taken_along(house):
    pda, other = house.pda(), house.pda()
    for number in (1, 2):
        pda.task = None
        pda.scan(expect(house, {"item": "SOAP", "quantity": 4}, code=f"ASN-{number}"))
        pda.scan(f"(01){ITEMS['SOAP']}(30)4")
    pda.task = None
    other.scan("LPN00000001")
    pda.scan("LPN00000002")
    pda.scan("LPN00000001")
    assert said(pda)[:2] == ("refused", "task_taken")


def test_damaged_goods_are_sent_to_the_hold_area(house):
    pda = house.pda()
    house.database.write(lambda tx: put_location(tx, house.site_id, NewLocation(code="W1-HOLD", kind="hold")))
    pda.scan(expect(house, {"item": "SOAP", "quantity": 10}))
    pda.scan("CMD-DAMAGED")
    pda.scan("QTY-2")
    lpn = pda.results[-1]["message"]["args"]["lpn"]
    pda.task = None
    pda.scan(lpn)
    assert pda.task["forms"][0]["info"]["location"] == "W1-HOLD"
    pda.scan("W1-HOLD")
    assert said(pda) == ("applied", "ok", "put_away.done")


def test_goods_that_orders_wait_for_go_straight_to_the_lane_and_are_picked_there(house):
    house.order("1", ("SOAP", 4))
    pda = house.pda()
    pda.scan(expect(house, {"item": "SOAP", "quantity": 10}))
    pda.scan(f"(01){ITEMS['SOAP']}(30)10")
    house.settle()
    pda.task = None
    pda.scan("LPN00000001")
    assert pda.task["forms"][0]["info"]["location"] == "W1-STAGE"
    pda.scan("W1-STAGE")
    assert said(pda) == ("applied", "ok", "put_away.done")
    house.wave("single")
    pda.scan("TOTE-5")
    assert (pda.task["forms"][0]["info"]["location"], pda.task["forms"][0]["info"]["lpn"]) == ("W1-STAGE", "LPN00000001")
    pda.scan(ITEMS["SOAP"][1:])
    assert said(pda)[:2] == ("applied", "ok")


def test_what_nobody_waits_for_goes_to_a_bin(house):
    house.put("SOAP", 20, "W1-A-01-1")
    house.order("1", ("SOAP", 4))
    pda = house.pda()
    pda.scan(expect(house, {"item": "SOAP", "quantity": 10}))
    pda.scan(f"(01){ITEMS['SOAP']}(30)10")
    house.settle()
    pda.task = None
    pda.scan("LPN00000001")
    assert pda.task["forms"][0]["info"]["location"] == "W1-A-01-1"
    pda.scan("W1-STAGE")
    assert said(pda)[:2] == ("refused", "bin_does_not_fit")


def test_what_totes_hold_in_the_lane_is_nobody_elses(house):
    house.put("SOAP", 4, "W1-A-01-1")
    house.order("1", ("SOAP", 4))
    house.wave("single")
    pda = house.pda()
    pda.scan("TOTE-5")
    pda.scan(ITEMS["SOAP"][1:])
    house.order("2", ("SOAP", 1))
    assert house.wave("single") is None


def test_a_pallet_that_was_taken_along_is_left_behind_by_undo(house):
    pda, other = house.pda(), house.pda()
    for number in (1, 2):
        pda.task = None
        pda.scan(expect(house, {"item": "SOAP", "quantity": 4}, code=f"ASN-{number}"))
        pda.scan(f"(01){ITEMS['SOAP']}(30)4")
    pda.task = None
    pda.scan("LPN00000001")
    pda.scan("LPN00000002")
    assert said(pda) == ("applied", "ok", "put_away.joined")
    pda.send("undo", {}, None)
    assert said(pda) == ("applied", "ok", "undo.done")
    other.scan("LPN00000002")
    other.scan(other.task["forms"][0]["info"]["location"])
    assert said(other) == ("applied", "ok", "put_away.done")
    pda.scan(pda.task["forms"][0]["info"]["location"])
    assert said(pda) == ("applied", "ok", "put_away.done")
    assert pda.task is None
