"""The screen of a station: its scanner's scans, its scale and its printer are for it alone, and it is told what is expected and wrong."""

import pytest
from sqlalchemy import text

from server.floor.operations import DeviceIdentity
from server.masterdata.stations import NewPeripheral, NewStation, put_station, station, take_screen
from server.printing.queue import put_printer
from server.stations.showing import shown_at
from server.wms.inbound import NewInbound, NewInboundLine, put_inbound
from tests.warehouse import ITEMS
from tests.workflows.test_weighing import house, labels, on_the_scale, weigh  # noqa: F401 - the same small warehouse


def put(house, kind, code="TABLE-1", **settings):  # noqa: F811
    house.database.write(lambda tx: put_station(tx, house.site_id, NewStation(
        code=code, kind=kind, location="W1-PACK", settings=settings,
        peripherals=[NewPeripheral(name="scanner", kind="scanner", driver="text", url="socket://10.0.0.61:4001")])))


def bind(house, pda, code="TABLE-1"):  # noqa: F811
    house.database.write(lambda tx: take_screen(tx, station(tx, house.site_id, code), pda.device.id))
    return pda


def acts(house, kind, slots, code="TABLE-1"):  # noqa: F811
    """What the station's own devices send."""
    house.turns = getattr(house, "turns", 0) + 1
    device = DeviceIdentity(house.one("SELECT device_id FROM station WHERE code = :c", c=code), house.site_id)
    return house.engine.operations(device, {"epoch": "station-0001", "operations": [{
        "op": f"01940000-0000-7000-8000-{house.turns:012d}", "seq": house.turns, "kind": kind, "task": None, "form": None, "slots": slots, "schema": 1,
        "made_at": house.database.clock.now(), "session": ""}]})["results"][0]


@pytest.mark.parametrize("kind", ["pack", "print", "returns"])
def test_what_the_stations_scanner_reads_is_a_scan_of_its_screen_before_any_work_is_begun(house, kind):  # noqa: F811
    put(house, kind, handheld="PDA nobody")
    pda = bind(house, house.pda())
    assert acts(house, "hand_on", {"text": "TOTE-5"})["code"] == "handed_on"
    assert [one["text"] for one in house.engine.pull(pda.device, None, 0)["scans"]] == ["TOTE-5"]


def test_a_device_is_the_screen_of_one_station_and_the_one_before_it_is_none(house):  # noqa: F811
    put(house, "pack")
    put(house, "print", "TABLE-2")
    first, second = house.pda(), house.pda()
    bind(house, first)
    bind(house, second)
    bind(house, second, "TABLE-2")
    assert house.all("SELECT code, screen_id FROM station ORDER BY code") == [("TABLE-1", None), ("TABLE-2", second.device.id)]


def test_the_scale_weighs_the_parcel_of_its_own_screen_and_no_other(house):  # noqa: F811
    put(house, "pack")
    stranger = on_the_scale(house)
    bind(house, house.pda())
    assert acts(house, "on_scale", {"weight": 405})["code"] == "nothing_to_weigh"
    bind(house, stranger)
    assert acts(house, "on_scale", {"weight": 405})["message"]["key"] == "pack.closed"


def test_the_weigh_form_says_what_the_parcel_should_weigh(house):  # noqa: F811
    info = on_the_scale(house).task["forms"][0]["info"]
    assert (info["expected_g"], info["tolerance_g"]) == (400, 15)


def test_a_card_says_why_a_wrong_weight_is_right_and_the_label_comes(house):  # noqa: F811
    pda = on_the_scale(house)
    assert weigh(pda, 320)["code"] == "wrong_weight"
    pda.task = house.engine.pull(pda.device, None)["tasks"][0]
    pda.scan("WEIGHT-COUNTED")
    assert (pda.results[-1]["code"], labels(house)) == ("ok", 1)
    assert house.all("SELECT measured_g, reason FROM parcel_weight") == [(320, "counted")]


def test_a_wrong_parcel_can_be_weighed_again_after_it_was_told_wrong(house):  # noqa: F811
    pda = on_the_scale(house)
    weigh(pda, 320)
    pda.task = house.engine.pull(pda.device, None)["tasks"][0]
    assert weigh(pda, 402)["code"] == "ok"


def test_labels_of_a_stations_work_come_out_at_its_own_printer(house):  # noqa: F811
    house.database.write(lambda tx: put_printer(tx, "at the table", house.site_id, "socket://10.0.0.9:9100"))
    put(house, "pack", printer="at the table")
    pda = on_the_scale(house)
    bind(house, pda)
    weigh(pda, 400)
    assert house.all("SELECT DISTINCT p.name FROM print_job j JOIN printer p ON p.id = j.printer_id WHERE j.label IN ('carton', 'packing_list')") == [("at the table",)]


def printed(house) -> list[tuple]:  # noqa: F811
    return house.all("SELECT label, code, copies FROM print_job ORDER BY id")


def test_at_a_print_station_whatever_is_scanned_gets_its_label_and_a_card_says_how_many(house):  # noqa: F811
    put(house, "print")
    before = len(printed(house))
    pda = bind(house, house.pda())
    for scan in ("W1-A-01-1", "COPIES-5", ITEMS["TEA"], "TOTE-5", "CMD-REPRINT"):
        pda.scan(scan)
    assert printed(house)[before:] == [("location", "W1-A-01-1", 1), ("item", "TEA", 5), ("lpn", "TOTE-5", 1), ("lpn", "TOTE-5", 1)]


def test_at_a_print_station_an_order_and_a_parcel_get_shipping_labels_marked_as_reprints(house):  # noqa: F811
    put(house, "print")
    packer = on_the_scale(house)
    sscc = weigh(packer, 400)["data"]["sscc"]
    before = len(printed(house))
    pda = bind(house, house.pda())
    pda.scan(f"(00){sscc}")
    pda.scan("ORD-000001")
    assert printed(house)[before:] == [("carton", sscc, 1), ("carton", sscc, 1)]
    assert house.one("SELECT COUNT(*) FROM print_job WHERE reprint_of_id IS NOT NULL") == 2


def test_what_has_no_label_is_refused_with_what_has_one(house):  # noqa: F811
    put(house, "print")
    house.put("SOAP", 5, "W1-A-01-1")
    house.order("S-1", ("SOAP", 1))
    house.wave()
    pda = bind(house, house.pda())
    pda.scan("ORD-000001")
    assert (pda.results[-1]["status"], pda.results[-1]["code"]) == ("refused", "no_label")


def test_away_from_a_print_station_the_same_scan_means_what_it_always_did(house):  # noqa: F811
    put(house, "print")
    house.put("SOAP", 5, "W1-A-01-1")
    pda = house.pda()
    pda.scan("W1-A-01-1")
    assert pda.task["kind"] != "relabel"


def test_a_door_is_told_what_is_expected_and_what_of_it_is_wrong(house):  # noqa: F811
    put(house, "dock")
    house.database.write(lambda tx: put_inbound(tx, NewInbound(code="ASN-9", kind="asn", site_id=house.site_id, lines=[
        NewInboundLine(item="SOAP", quantity=5), NewInboundLine(item="TEA", quantity=3)])))
    house.database.write(lambda tx: tx.execute(text("UPDATE station SET document = 'ASN-9'")))
    shown = house.database.read(lambda tx: shown_at(tx, station(tx, house.site_id, "TABLE-1")))
    assert [(one["document"], one["done"], one["all"], [(unit["item"], unit["received"]) for unit in one["lines"]]) for one in shown["expected"]] == [
        ("ASN-9", 0, 2, [("SOAP", 0), ("TEA", 0)])]
    assert shown["wrong"] == []
    house.database.write(lambda tx: tx.execute(text(
        "INSERT INTO floor_exception (site_id, at, code, args, state, note) VALUES (:s, 1, 'received_damaged', :a, 'open', '')"),
        {"s": house.site_id, "a": '{"document": "ASN-9", "item": "TEA", "quantity": 2}'}))
    shown = house.database.read(lambda tx: shown_at(tx, station(tx, house.site_id, "TABLE-1")))
    assert [(one["code"], one["to_do"]["key"]) for one in shown["wrong"]] == [("received_damaged", "station.do.received_damaged")]
