from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from server.kernel.errors import Invalid
from server.masterdata.items import NewItem, put_item
from server.masterdata.locations import NewLocation, put_location
from server.wms.returning import put_return
from tests.warehouse import ITEMS, Warehouse
from tests.workflows.test_hold import statuses
from tests.workflows.test_move import exceptions, held, said, status

TODAY = datetime.now(UTC).date()


@pytest.fixture
def house(database):
    made = Warehouse(database).open()
    database.write(lambda tx: put_location(tx, made.site_id, NewLocation(code="W1-RETURNS", kind="returns")))
    return made


def ship(house, *lines: tuple[str, int], scans: list[str] | None = None) -> str:
    """An order of these lines goes from its bins to the road; its parcel's SSCC."""
    house.order("S-1", *lines)
    house.wave()
    pda = house.pda()
    items = scans or [ITEMS[item] for item, _ in lines]
    for scan in ("TOTE-5", *items, "TOTE-5", *items):
        pda.scan(scan)
        assert status(pda) == ("applied", "ok"), scan
    sscc = pda.results[-1]["data"]["sscc"]
    for scan in (f"(00){sscc}", "W1-DOOR", f"(00){sscc}", "CMD-DONE"):
        pda.scan(scan)
        assert status(pda) == ("applied", "ok"), scan
    house.settle()
    return sscc


def events(house, kind: str) -> list[str]:
    return [row[0] for row in house.all("SELECT payload FROM outbox WHERE kind = :k ORDER BY id", k=kind)]


def test_a_parcel_comes_back_and_its_pieces_are_graded_one_scan_each(house):
    house.put("SOAP", 6, "W1-A-01-1")
    sscc = ship(house, ("SOAP", 6))
    pda = house.pda()
    pda.scan(f"(00){sscc}")
    assert (pda.task["kind"], pda.task["document"], pda.task["forms"][0]["info"]["quantity"]) == ("return", "ORD-000001", 6)
    for scan in (ITEMS["SOAP"], ITEMS["SOAP"], "GRADE-RESTOCK"):
        pda.scan(scan)
    assert (status(pda), said(pda)) == (("applied", "ok"), "return.restocked")
    lpn = pda.results[-1]["data"]["lpn"]
    for scan, key in (("GRADE-QUARANTINE", "return.quarantined"), ("GRADE-SCRAP", "return.scrapped")):
        pda.scan(ITEMS["SOAP"])
        pda.scan(scan)
        assert said(pda) == key
    assert statuses(house) == {"available": 2, "hold": 1}
    assert (held(house, lpn), house.in_bin("W1-RETURNS")) == (2, 1)
    assert house.all("SELECT reason, document FROM stock_move WHERE to_id = (SELECT id FROM location WHERE code = 'W1~SCRAP')") == [
        ("destroying", "ORD-000001")]
    assert pda.task["forms"][0]["info"]["quantity"] == 2


def test_good_pieces_of_one_return_stand_on_one_lpn_and_are_put_away(house):
    house.put("SOAP", 6, "W1-A-01-1")
    house.put("TEA", 6, "W1-A-02-1")
    ship(house, ("SOAP", 2), ("TEA", 1))
    pda = house.pda()
    for scan in ("ORD-000001", ITEMS["SOAP"], "GRADE-RESTOCK", ITEMS["TEA"], "GRADE-RESTOCK", "CMD-DONE"):
        pda.scan(scan)
    lpns = house.all("SELECT p.code FROM put_away a JOIN lpn p ON p.id = a.lpn_id WHERE a.state = 'open'")
    assert len(lpns) == 1
    assert held(house, lpns[0][0]) == 2
    for scan in (lpns[0][0], "W1-B-04-1"):
        pda.scan(scan)
    assert (said(pda), house.one("SELECT SUM(on_hand) FROM availability")) == ("put_away.done", 11)


def test_the_label_of_the_returns_area_and_that_of_the_dock_say_the_grade_too(house):
    house.put("SOAP", 6, "W1-A-01-1")
    ship(house, ("SOAP", 2))
    pda = house.pda()
    for scan in ("ORD-000001", ITEMS["SOAP"], "W1-RETURNS", ITEMS["SOAP"], "W1-DOCK"):
        pda.scan(scan)
    assert statuses(house) == {"available": 5, "hold": 1}


def test_no_more_comes_back_than_was_shipped(house):
    house.put("SOAP", 6, "W1-A-01-1")
    ship(house, ("SOAP", 2))
    pda, other = house.pda(), house.pda()
    pda.scan("ORD-000001")
    form = pda.task["forms"][0]["id"]
    for _ in range(2):
        pda.scan(ITEMS["SOAP"])
    assert pda.scan(ITEMS["SOAP"])[-1]["code"] == "too_many"
    other.task = pda.task
    other.send("return", {"item": "SOAP", "quantity": 1, "grade": "GRADE-SCRAP"}, form)
    pda.scan("GRADE-RESTOCK")
    assert (status(pda), said(pda)) == (("applied", "over_return"), "return.too_many")
    pda.task = other.task
    pda.send("return", {"item": "SOAP", "quantity": 1, "grade": "GRADE-RESTOCK"}, form)
    assert status(pda) == ("refused", "over_return")
    assert house.all("SELECT shipped, returned FROM returned_line") == [(2, 2)]
    assert [code for code, _ in exceptions(house)] == ["over_return", "not_booked"]


def test_the_database_itself_lets_no_more_come_back_than_went_out(house):
    house.put("SOAP", 6, "W1-A-01-1")
    ship(house, ("SOAP", 2))
    pda = house.pda()
    for scan in ("ORD-000001", ITEMS["SOAP"], "GRADE-SCRAP"):
        pda.scan(scan)
    with pytest.raises(IntegrityError):
        house.database.write(lambda tx: tx.execute(text("UPDATE returned_line SET returned = 3")))


def test_a_return_that_is_complete_closes_itself_and_the_order_can_only_be_looked_at(house):
    house.put("SOAP", 6, "W1-A-01-1")
    ship(house, ("SOAP", 1))
    pda = house.pda()
    for scan in ("ORD-000001", ITEMS["SOAP"], "GRADE-SCRAP"):
        pda.scan(scan)
    assert pda.task is None
    pda.scan("ORD-000001")
    assert pda.task["kind"] == "enquire"


def test_an_announced_return_is_counted_on_its_paper(house):
    house.put("SOAP", 6, "W1-A-01-1")
    ship(house, ("SOAP", 3))
    house.database.write(lambda tx: put_return(tx, "RET-1", house.site_id, "ORD-000001", [("SOAP", 2)]))
    pda = house.pda()
    for scan in ("RET-1", ITEMS["SOAP"], "GRADE-RESTOCK", ITEMS["SOAP"], "GRADE-SCRAP"):
        pda.scan(scan)
        assert status(pda) == ("applied", "ok"), scan
    assert pda.task is None
    assert house.all("SELECT n.state, l.received FROM inbound n JOIN inbound_line l ON l.inbound_id = n.id") == [("received", 2)]
    pda.scan("RET-1")
    assert status(pda) == ("refused", "conflict")


def test_a_return_that_came_short_is_closed_by_done(house):
    house.put("SOAP", 6, "W1-A-01-1")
    ship(house, ("SOAP", 3))
    house.database.write(lambda tx: put_return(tx, "RET-1", house.site_id, "ORD-000001", [("SOAP", 2)]))
    pda = house.pda()
    for scan in ("RET-1", ITEMS["SOAP"], "GRADE-RESTOCK", "CMD-DONE"):
        pda.scan(scan)
    assert (said(pda), house.one("SELECT state FROM inbound")) == ("return.closed", "received")


@pytest.mark.parametrize("lines", [[("SOAP", 4)], [("TEA", 1)], [("SOAP", 1), ("SOAP", 1)]])
def test_a_paper_for_more_than_was_shipped_is_not_written(house, lines):
    house.put("SOAP", 6, "W1-A-01-1")
    ship(house, ("SOAP", 3))
    with pytest.raises(Invalid, match="RET-1"):
        house.database.write(lambda tx: put_return(tx, "RET-1", house.site_id, "ORD-000001", lines))
    assert house.one("SELECT COUNT(*) FROM inbound") == 0


def test_a_lot_comes_back_as_that_lot_and_as_expired_when_its_date_has_come(house):
    house.put("MILK", 6, "W1-A-01-1", lot="L1", expiry=TODAY + timedelta(days=9))
    ship(house, ("MILK", 2))
    pda = house.pda()
    for scan in ("ORD-000001", ITEMS["MILK"], "GRADE-RESTOCK"):
        pda.scan(scan)
    assert statuses(house) == {"available": 5}
    day = TODAY.isoformat() if house.database.is_sqlite else TODAY
    house.database.write(lambda tx: tx.execute(text("UPDATE lot SET expiry_on = :day"), {"day": day}))
    for scan in (ITEMS["MILK"], "GRADE-RESTOCK"):
        pda.scan(scan)
    assert (said(pda), statuses(house)) == ("return.quarantined", {"available": 5, "expired": 1})
    assert house.all("SELECT DISTINCT lot FROM goods WHERE lot <> ''") == [("L1",)]


def test_a_serial_that_was_shipped_comes_back_and_a_stranger_waits_for_the_supervisor(house):
    house.items["PHONE"] = house.database.write(lambda tx: put_item(tx, NewItem(code="PHONE", name="Phone", tracks_serial=True)))
    labels = ["]C121S1", "]C121S2"]
    for serial in ("S1", "S2"):
        house.put("PHONE", 1, "W1-A-01-1", serial=serial)
    house.order("S-1", ("PHONE", 2))
    house.wave()
    pda = house.pda()
    for scan in ("TOTE-5", "PHONE", labels[0], "PHONE", labels[1]):
        pda.scan(scan)
    assert said(pda) == "pick.round_done"
    pda.scan("TOTE-5")
    form = pda.task["forms"][0]["id"]
    pda.send("pack", {"counted": [{"item": "PHONE", "quantity": 1, "serial": serial} for serial in ("S1", "S2")]}, form)
    sscc = pda.results[-1]["data"]["sscc"]
    for scan in (f"(00){sscc}", "W1-DOOR", f"(00){sscc}", "CMD-DONE"):
        pda.scan(scan)
        assert status(pda) == ("applied", "ok"), scan
    house.settle()
    for scan in ("ORD-000001", "PHONE", labels[1], "GRADE-RESTOCK"):
        pda.scan(scan)
    assert said(pda) == "return.restocked"
    for scan in ("PHONE", "]C121S99", "GRADE-RESTOCK"):
        pda.scan(scan)
    assert (said(pda), statuses(house)) == ("return.quarantined", {"available": 1, "hold": 1})
    assert exceptions(house) == [("return_serial", "open")]


def test_a_return_is_undone_with_its_put_away_its_paper_and_its_event(house):
    house.put("SOAP", 6, "W1-A-01-1")
    ship(house, ("SOAP", 3))
    house.database.write(lambda tx: put_return(tx, "RET-1", house.site_id, "ORD-000001", [("SOAP", 1)]))
    pda = house.pda()
    for scan in ("RET-1", ITEMS["SOAP"], "GRADE-RESTOCK"):
        pda.scan(scan)
    assert pda.send("undo", {}, None)["status"] == "applied"
    assert statuses(house) == {"available": 3}
    assert house.all("SELECT state FROM put_away") == [("cancelled",)]
    assert house.all("SELECT n.state, l.received FROM inbound n JOIN inbound_line l ON l.inbound_id = n.id") == [("receiving", 0)]
    assert (len(events(house, "GoodsReturned")), len(events(house, "ReturnUndone"))) == (1, 1)
    for scan in (ITEMS["SOAP"], "GRADE-SCRAP"):
        pda.scan(scan)
    assert (said(pda), house.one("SELECT returned FROM returned_line")) == ("return.scrapped", 1)


def test_a_scrapped_piece_that_was_good_after_all_is_undone(house):
    house.put("SOAP", 6, "W1-A-01-1")
    ship(house, ("SOAP", 3))
    pda = house.pda()
    for scan in ("ORD-000001", ITEMS["SOAP"], "GRADE-SCRAP", "CMD-UNDO", ITEMS["SOAP"], "GRADE-RESTOCK"):
        pda.scan(scan)
    assert (said(pda), statuses(house), house.one("SELECT returned FROM returned_line")) == (
        "return.restocked", {"available": 4}, 1)


@pytest.mark.parametrize("change", [{"quantity": 0}, {"quantity": "two"}, {"grade": "GRADE-GIFT"}, {"grade": 7}, {"item": "TEA"},
                                    {"expiry": "soon"}, {"lot": "L" * 99}])
def test_what_a_return_may_not_say_is_refused_and_the_next_good_scan_works(house, change):
    house.put("SOAP", 6, "W1-A-01-1")
    ship(house, ("SOAP", 3))
    pda = house.pda()
    pda.scan("ORD-000001")
    form, slots = pda.task["forms"][0]["id"], {"item": "SOAP", "quantity": 1, "grade": "GRADE-RESTOCK"}
    assert pda.send("return", {**slots, **change}, form)["status"] == "refused"
    assert pda.send("return", slots, form)["status"] == "applied"
    assert house.one("SELECT returned FROM returned_line") == 1
