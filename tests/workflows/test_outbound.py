from datetime import UTC, datetime, timedelta

import pytest

from tests.warehouse import ITEMS, Warehouse

TODAY = datetime.now(UTC).date()


@pytest.fixture
def house(database):
    return Warehouse(database).open()


def states(house) -> list[str]:
    return [row[0] for row in house.all("SELECT state FROM sales_order ORDER BY id")]


def status(pda) -> tuple[str, str]:
    return pda.results[-1]["status"], pda.results[-1]["code"]


def pack_and_ship(house, pda, tote: str, scans: list[str], door: str = "W1-DOOR") -> None:
    pda.task = None
    for scan in (tote, *scans):
        pda.scan(scan)
        assert status(pda) == ("applied", "ok"), scan
    sscc = pda.results[-1]["data"]["sscc"]
    pda.scan(f"(00){sscc}")
    assert status(pda) == ("applied", "ok")
    pda.task = None
    for scan in (door, f"(00){sscc}"):
        pda.scan(scan)
        assert status(pda) == ("applied", "ok"), scan


def test_an_order_goes_from_the_shop_to_the_road(house):
    house.put("SOAP", 10, "W1-A-01-1")
    house.put("TEA", 5, "W1-B-03-1")
    answer = house.order("S-1", ("SOAP", 3), ("TEA", 1), carrier="DHL")
    assert [line.promised for line in answer.lines] == [3, 1]
    assert answer.promised_at is not None
    assert house.wave().orders == 1
    pda = house.pda()
    pda.scan("TOTE-5")
    assert pda.task["kind"] == "pick"
    assert [form["info"]["location"] for form in pda.task["forms"]] == ["W1-A-01-1", "W1-B-03-1"]
    pda.scan(ITEMS["SOAP"])
    pda.scan(ITEMS["TEA"])
    assert pda.results[-1]["message"]["key"] == "pick.round_done"
    pack_and_ship(house, pda, "TOTE-5", [ITEMS["SOAP"], ITEMS["TEA"]])
    pda.scan("CMD-DONE")
    house.settle()
    assert states(house) == ["shipped"]
    assert house.one("SELECT SUM(quantity) FROM balance") == 11
    assert house.one("SELECT SUM(promised) FROM availability") == 0
    assert house.one("SELECT state FROM print_job WHERE label = 'carton'") == "verified"


def test_a_trolley_picks_four_orders_with_two_scans_a_line(house):
    for number, item in enumerate(("SOAP", "TEA"), 1):
        house.put(item, 50, f"W1-A-0{number}-1")
    for number in range(4):
        house.order(f"S-{number}", ("SOAP", 2), ("TEA", 1))
    assert house.wave("cluster").orders == 4
    pda = house.pda()
    pda.scan("TROLLEY-1")
    scans = 0
    while pda.task is not None:
        form = next(one for one in pda.task["forms"] if one["state"] == "open")
        pda.scan(ITEMS[form["info"]["item"]])
        pda.scan(form["info"]["tote"])
        scans += 2
        assert status(pda) == ("applied", "ok")
    assert scans == 2 * 8
    assert house.one("SELECT SUM(picked) FROM release_line") == 12
    assert house.one("SELECT COUNT(*) FROM task WHERE kind = 'pack'") == 4


def test_a_batch_is_picked_once_and_sorted_at_packing(house):
    house.put("SOAP", 50, "W1-A-01-1")
    for number in range(3):
        house.order(f"S-{number}", ("SOAP", 2))
    house.wave("batch")
    pda = house.pda()
    pda.scan("TOTE-5")
    assert [form["info"]["quantity"] for form in pda.task["forms"]] == [6]
    pda.scan(ITEMS["SOAP"])
    for _ in range(3):
        pack_and_ship(house, pda, "TOTE-5", [ITEMS["SOAP"]])
    pda.scan("CMD-DONE")
    house.settle()
    assert states(house) == ["shipped"] * 3


def test_the_wrong_tote_of_a_trolley_is_refused_on_the_device(house):
    house.put("SOAP", 50, "W1-A-01-1")
    house.order("S-1", ("SOAP", 2))
    house.order("S-2", ("SOAP", 1))
    house.wave("cluster")
    pda = house.pda()
    pda.scan("TROLLEY-1")
    pda.scan(ITEMS["SOAP"])
    other = next(form["info"]["tote"] for form in pda.task["forms"][1:])
    sent = len(pda.sent)
    assert pda.scan(other)[-1]["code"] == "wrong_tote"
    assert len(pda.sent) == sent


def test_first_expired_goes_first_and_expired_never(house):
    house.put("MILK", 5, "W1-A-01-1", lot="LATE", expiry=TODAY + timedelta(days=60))
    house.put("MILK", 2, "W1-B-05-1", lot="SOON", expiry=TODAY + timedelta(days=20))
    house.put("MILK", 9, "W1-A-02-1", lot="OLD", expiry=TODAY - timedelta(days=1))
    house.order("S-1", ("MILK", 4))
    house.wave()
    assert house.all("SELECT g.lot, a.quantity FROM allocation a JOIN goods g ON g.id = a.goods_id "
                     "WHERE a.state = 'open' ORDER BY a.id") == [("SOON", 2), ("LATE", 2)]


def test_a_short_pick_is_taken_elsewhere_and_the_bin_is_counted_by_somebody_else(house):
    house.put("SOAP", 5, "W1-A-01-1")
    house.put("SOAP", 5, "W1-B-05-1")
    house.order("S-1", ("SOAP", 4))
    house.wave()
    pda, other = house.pda(), house.pda()
    pda.scan("TOTE-5")
    pda.scan("CMD-SHORT")
    pda.scan("QTY-1")
    assert status(pda) == ("applied", "ok")
    assert (pda.results[-1]["data"]["elsewhere"], pda.results[-1]["data"]["reported"]) == (["W1-B-05-1"], 0)
    pda.scan(ITEMS["SOAP"])
    assert pda.results[-1]["message"]["key"] == "pick.round_done"
    assert house.one("SELECT suspect FROM location WHERE code = 'W1-A-01-1'") == 1
    assert pda.send("claim", {"kind": "count"}, None)["code"] == "nothing_to_do"
    assert other.send("claim", {"kind": "count"}, None)["status"] == "applied"
    other.scan("W1-A-01-1")
    other.scan(ITEMS["SOAP"])
    other.scan("CMD-DONE")
    assert status(other) == ("applied", "ok")
    assert house.in_bin("W1-A-01-1") == 1
    assert house.one("SELECT suspect FROM location WHERE code = 'W1-A-01-1'") == 0


def test_what_cannot_be_found_is_reported_to_the_order(house):
    house.put("SOAP", 4, "W1-A-01-1")
    house.order("S-1", ("SOAP", 4))
    house.wave()
    pda = house.pda()
    pda.scan("TOTE-5")
    pda.scan("CMD-SHORT")
    pda.scan("QTY-3")
    house.dispatcher.drain()
    assert house.all("SELECT short, promised FROM sales_order_line") == [(1, 3)]
    pack_and_ship(house, pda, "TOTE-5", [ITEMS["SOAP"]])
    pda.scan("CMD-DONE")
    house.settle()
    assert states(house) == ["shipped"]
    assert house.all("SELECT shipped, short FROM sales_order_line") == [(3, 1)]


def test_damaged_goods_stay_behind_and_others_are_taken(house):
    house.put("SOAP", 6, "W1-A-01-1")
    house.order("S-1", ("SOAP", 4))
    house.wave()
    pda = house.pda()
    pda.scan("TOTE-5")
    pda.scan("CMD-DAMAGED")
    pda.scan("QTY-2")
    assert status(pda) == ("applied", "ok")
    pda.scan(ITEMS["SOAP"])
    assert pda.results[-1]["message"]["key"] == "pick.round_done"
    assert house.one("SELECT SUM(b.quantity) FROM balance b JOIN goods g ON g.id = b.goods_id WHERE g.status = 'damaged'") == 2


def test_a_pick_is_undone_and_picked_again(house):
    house.put("SOAP", 6, "W1-A-01-1")
    house.order("S-1", ("SOAP", 4))
    house.wave()
    pda = house.pda()
    pda.scan("TOTE-5")
    pda.scan(ITEMS["SOAP"])
    assert house.in_bin("W1-A-01-1") == 2
    assert pda.send("undo", {}, None)["status"] == "applied"
    assert house.in_bin("W1-A-01-1") == 6
    assert house.one("SELECT COUNT(*) FROM task WHERE kind = 'pack' AND state = 'open'") == 0
    pda.scan(ITEMS["SOAP"])
    assert pda.results[-1]["message"]["key"] == "pick.round_done"
    assert house.one("SELECT COUNT(*) FROM task WHERE kind = 'pack' AND state = 'open'") == 1


def test_a_full_tote_is_changed_for_an_empty_one(house):
    house.put("SOAP", 6, "W1-A-01-1")
    house.put("TEA", 6, "W1-A-02-1")
    house.order("S-1", ("SOAP", 4), ("TEA", 1))
    house.wave()
    pda = house.pda()
    for scan in ("TOTE-5", ITEMS["SOAP"], "CMD-FULL", "TOTE-6", ITEMS["TEA"]):
        pda.scan(scan)
        assert status(pda) == ("applied", "ok"), scan
    held = house.all("SELECT p.code, SUM(b.quantity) FROM balance b JOIN lpn p ON p.id = b.holder_id WHERE b.quantity > 0 "
                     "GROUP BY p.code ORDER BY p.code")
    assert held == [("TOTE-5", 4), ("TOTE-6", 1)]


def test_an_order_without_stock_waits_and_is_promised_when_stock_comes(house):
    answer = house.order("S-1", ("SOAP", 4))
    assert (answer.promised_at, answer.lines[0].promised) == (None, 0)
    house.put("SOAP", 3, "W1-A-01-1")
    house.dispatcher.drain()
    assert house.one("SELECT promised FROM sales_order_line") == 3
    house.put("SOAP", 3, "W1-A-01-1")
    house.dispatcher.drain()
    assert house.all("SELECT r.code, l.ordered FROM release r JOIN release_line l ON l.release_id = r.id ORDER BY r.id") == [
        ("ORD-000001", 3), ("ORD-000001~2", 1)]


def test_an_order_for_goods_on_the_dock_waits_for_their_put_away(house):
    house.put("SOAP", 3, "W1-DOCK")
    house.order("S-1", ("SOAP", 3))
    assert house.wave() is None
    assert house.all("SELECT state, wave_id FROM release") == [("waiting", None)]


def test_the_same_order_twice_is_one_order_and_another_under_its_reference_a_conflict(house):
    house.put("SOAP", 9, "W1-A-01-1")
    first, second = house.order("S-1", ("SOAP", 3)), house.order("S-1", ("SOAP", 3))
    assert (first.number, second.repeated) == (second.number, True)
    assert house.one("SELECT SUM(promised) FROM availability") == 3
    with pytest.raises(Exception, match="another order under S-1"):
        house.order("S-1", ("SOAP", 4))


def test_a_parcel_without_a_verified_label_is_not_loaded(house):
    house.put("SOAP", 9, "W1-A-01-1")
    house.order("S-1", ("SOAP", 3))
    house.wave()
    pda = house.pda()
    for scan in ("TOTE-5", ITEMS["SOAP"]):
        pda.scan(scan)
    pda.task = None
    for scan in ("TOTE-5", ITEMS["SOAP"]):
        pda.scan(scan)
    sscc = pda.results[-1]["data"]["sscc"]
    pda.task = None
    pda.scan("W1-DOOR")
    pda.scan(f"(00){sscc}")
    assert status(pda) == ("refused", "not_verified")


def test_parcels_of_another_carrier_are_refused_at_the_door(house):
    house.put("SOAP", 9, "W1-A-01-1")
    for number, carrier in enumerate(("DHL", "SF")):
        house.order(f"S-{number}", ("SOAP", 1), carrier=carrier)
    house.wave()
    pda = house.pda()
    for tote in ("TOTE-5", "TOTE-6"):
        pda.task = None
        pda.scan(tote)
        pda.scan(ITEMS["SOAP"])
    pack_and_ship(house, pda, "TOTE-5", [ITEMS["SOAP"]])
    pda.task = None
    pda.scan("TOTE-6")
    pda.scan(ITEMS["SOAP"])
    sscc = pda.results[-1]["data"]["sscc"]
    pda.scan(f"(00){sscc}")
    pda.task = None
    pda.scan("W1-DOOR")
    pda.scan(f"(00){sscc}")
    assert status(pda) == ("refused", "wrong_carrier")


def test_what_is_missing_at_packing_goes_to_variance_and_to_the_order(house):
    house.put("SOAP", 9, "W1-A-01-1")
    house.put("TEA", 9, "W1-A-02-1")
    house.order("S-1", ("SOAP", 3), ("TEA", 2))
    house.wave()
    pda = house.pda()
    for scan in ("TOTE-5", ITEMS["SOAP"], ITEMS["TEA"]):
        pda.scan(scan)
    pda.task = None
    pda.scan("TOTE-5")
    form = next(one["id"] for one in pda.task["forms"] if one["kind"] == "pack")
    pda.send("pack", {"counted": [{"item": "SOAP", "quantity": 3}]}, form)
    sscc = pda.results[-1]["data"]["sscc"]
    pda.scan(f"(00){sscc}")
    pda.scan("CMD-DONE")
    assert pda.results[-1]["message"] == {"key": "pack.finished", "args": {"order": "ORD-000001", "missing": 2}}
    house.dispatcher.drain()
    assert house.all("SELECT short FROM sales_order_line ORDER BY number") == [(0,), (2,)]
    assert house.one("SELECT SUM(promised) FROM availability") == 3
