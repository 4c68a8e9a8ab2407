from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from server.masterdata.sites import location_by_code
from server.stock.lpns import make_lpn
from server.wms.counting import plan_counts
from server.wms.inbound import NewInbound, NewInboundLine, put_inbound
from tests.warehouse import ITEMS, Warehouse
from tests.workflows.test_move import pallet, said, status

TODAY = datetime.now(UTC).date()


@pytest.fixture
def house(database):
    return Warehouse(database).open()


def shown(pda) -> list[tuple]:
    return [(row["title"], row["sub"], row["value"]) for row in pda.task["forms"][0]["info"]["rows"]]


def notes(pda, row: int | None = None) -> list[str]:
    info = pda.task["forms"][0]["info"]
    return [note["key"] for note in (info["notes"] if row is None else info["rows"][row]["notes"])]


def test_a_bin_shows_what_is_in_it_and_on_the_pallets_there(house):
    house.put("MILK", 5, "W1-A-01-1", lot="L1", expiry=TODAY + timedelta(days=20))
    pallet(house, "LPN00000901", "W1-A-01-1", SOAP=10)
    house.database.write(lambda tx: make_lpn(tx, location_by_code(tx, "W1-A-01-1"), code="LPN00000902"))
    pda = house.pda()
    pda.scan("W1-A-01-1")
    assert shown(pda) == [("Milk", f"MILK · L1 · {TODAY + timedelta(days=20)}", 5), ("Soap", "SOAP · LPN00000901", 10),
                          ("LPN00000902", "", 0)]
    assert (notes(pda), pda.task["forms"][0]["info"]["quantity"]) == (["note.never_counted"], 15)


def test_a_blocked_bin_says_so_and_goods_say_what_is_the_matter_with_them(house):
    house.put("SOAP", 5, "W1-A-01-1", status="hold")
    house.put("MILK", 5, "W1-A-01-1", lot="OLD", expiry=TODAY)
    house.database.write(lambda tx: tx.execute(text("UPDATE location SET blocked = 1 WHERE code = 'W1-A-01-1'")))
    pda = house.pda()
    pda.scan("W1-A-01-1")
    assert notes(pda)[0] == "note.blocked"
    assert {row["title"]: row["notes"][0]["key"] for row in pda.task["forms"][0]["info"]["rows"]} == {
        "Milk": "goods.expired", "Soap": "goods.hold"}


def test_an_item_shows_its_bins_first_expired_first_and_what_is_still_to_come(house):
    house.put("MILK", 5, "W1-A-01-1", lot="LATE", expiry=TODAY + timedelta(days=60))
    house.put("MILK", 2, "W1-B-05-1", lot="SOON", expiry=TODAY + timedelta(days=20))
    house.database.write(lambda tx: put_inbound(tx, NewInbound(code="ASN-7", kind="asn", site_id=house.site_id, lines=[
        NewInboundLine(item="MILK", quantity=40)])))
    house.order("S-1", ("MILK", 3))
    pda = house.pda()
    pda.scan(ITEMS["MILK"])
    assert [(title, value) for title, _, value in shown(pda)] == [("W1-B-05-1", 2), ("W1-A-01-1", 5), ("ASN-7", 40)]
    assert notes(pda, 2) == ["note.expected"]
    assert pda.task["forms"][0]["info"]["notes"] == [{"key": "note.promised", "args": {"quantity": 3}}]


def test_a_pallet_in_hand_shows_its_content_and_its_last_moves(house):
    pallet(house, "LPN00000901", "W1-A-01-1", SOAP=10)
    pda = house.pda()
    pda.scan("LPN00000901")
    pda.scan("W1-B-02-1")
    pda.scan("LPN00000901")
    assert [(title, value) for title, _, value in shown(pda)] == [("Soap", 10), ("W1-B-02-1", None), ("W1-A-01-1", None)]
    assert [notes(pda, row) for row in (1, 2)] == [["step.storing"], ["step.commissioning"]]


def test_an_enquiry_is_never_in_the_way_of_the_next_scan(house):
    house.put("SOAP", 5, "W1-A-01-1")
    house.put("TEA", 5, "W1-A-02-1")
    house.order("S-1", ("SOAP", 1))
    house.wave()
    pda = house.pda()
    for scan, kind in (("W1-A-02-1", "enquire"), (ITEMS["SOAP"], "enquire"), ("W1-A-01-1", "enquire"), ("W1-DOOR", "load")):
        pda.scan(scan)
        assert pda.task["kind"] == kind, scan
    pda.task = None
    for scan, kind in (("W1-A-02-1", "enquire"), ("TOTE-5", "pick")):
        pda.scan(scan)
        assert pda.task["kind"] == kind, scan


def test_a_pallet_in_hand_is_not_in_the_way_of_an_item_or_a_paper(house):
    pallet(house, "LPN00000901", "W1-A-01-1", SOAP=10)
    pda = house.pda()
    pda.scan("LPN00000901")
    pda.scan(ITEMS["TEA"])
    assert (pda.task["kind"], said(pda)) == ("enquire", "task.started")
    assert house.all("SELECT kind, state FROM task ORDER BY id") == [("move", "cancelled"), ("enquire", "leased")]


def test_looking_is_no_work_and_nothing_of_it_waits(house):
    house.put("SOAP", 5, "W1-A-01-1")
    pda, other = house.pda(), house.pda()
    for scan in ("W1-A-01-1", ITEMS["TEA"], "W1-B-01-1", "CMD-DONE"):
        pda.scan(scan)
    assert (status(pda), pda.task) == (("applied", "ok"), None)
    pda.scan("W1-A-01-1")
    pda.send("release", {}, None)
    assert house.all("SELECT DISTINCT state FROM task WHERE kind = 'enquire'") == [("cancelled",)]
    assert other.send("claim", {"kind": None}, None)["code"] == "nothing_to_do"


def test_looking_at_a_bin_is_not_undone_but_the_work_before_it(house):
    house.put("SOAP", 5, "W1-A-01-1")
    pda = house.pda()
    for scan in ("W1-A-01-1", ITEMS["SOAP"], "W1-B-01-1", "W1-A-01-1", "CMD-UNDO"):
        pda.scan(scan)
    assert pda.results[-1]["message"] == {"key": "undo.done", "args": {"kind": "move"}}
    assert house.in_bin("W1-A-01-1") == 5


def test_an_order_shows_how_far_it_is(house):
    house.put("SOAP", 3, "W1-A-01-1")
    house.order("S-1", ("SOAP", 3), carrier="DHL")
    house.wave()
    pda = house.pda()
    pda.scan("ORD-000001")
    assert pda.task["forms"][0]["prompt"]["args"] == {"order": "ORD-000001", "state": "order.released"}
    assert shown(pda) == [("Soap", "SOAP", 3)]
    assert pda.task["forms"][0]["info"]["rows"][0]["notes"][0]["args"] == {"allocated": 3, "picked": 0, "packed": 0, "shipped": 0}


def test_a_parcel_shows_its_order_and_where_it_stands(house):
    house.put("SOAP", 3, "W1-A-01-1")
    house.order("S-1", ("SOAP", 3), carrier="DHL")
    house.wave()
    pda = house.pda()
    for scan in ("TOTE-5", ITEMS["SOAP"], "TOTE-5", ITEMS["SOAP"]):
        pda.scan(scan)
    sscc = pda.results[-1]["data"]["sscc"]
    pda.scan(f"(00){sscc}")
    pda.scan(f"(00){sscc}")
    assert pda.task["forms"][0]["prompt"] == {"key": "enquire.parcel",
                                              "args": {"number": 1, "order": "ORD-000001", "location": "W1-PACK"}}
    assert notes(pda) == ["parcel.verified", "note.carrier"]


def test_a_bin_that_is_being_counted_hides_its_figures_from_workers_and_not_from_supervisors(house):
    house.put("SOAP", 5, "W1-A-01-1")
    house.database.write(lambda tx: plan_counts(tx, [location_by_code(tx, "W1-A-01-1").id], "planned"))
    worker, supervisor = house.pda(), house.pda("supervisor")
    worker.scan(ITEMS["SOAP"])
    supervisor.scan(ITEMS["SOAP"])
    assert (shown(worker)[0][2], notes(worker, 0)) == (None, ["note.being_counted"])
    assert shown(supervisor)[0][2] == 5


def test_what_nobody_knows_starts_nothing(house):
    pda = house.pda()
    assert pda.scan("GARBAGE")[-1]["code"] == "unknown_code"
    pda.send("start", {"item": "GHOST"}, "e1")
    assert status(pda)[0] == "refused"
    pda.send("start", {"lot": "L1"}, "e1")
    assert status(pda)[0] == "refused"
