"""What a scan is here, and what the slots of a form that takes anything open."""

import pytest

from labels.gs1 import check_digit
from server.floor.lookup import opening_value, understand
from server.masterdata.codes import card_codes
from server.masterdata.sites import add_site, location_by_code
from server.stock.lpns import make_lpn
from server.wms.inbound import NewInbound, NewInboundLine, put_inbound
from tests.warehouse import ITEMS, Warehouse

SSCC = "39506000111111111"
SSCC += check_digit(SSCC)
CARDS = card_codes(["HOLD-QUALITY"])


def begins_with(database):
    house = Warehouse(database).open()
    house.put("SOAP", 4, "W1-A-01-1")
    house.put("SOAP", 9, "W1-B-03-1")
    house.order("S-1", ("SOAP", 1))

    def work(tx):
        make_lpn(tx, location_by_code(tx, "W1-DOCK"), code=SSCC)
        make_lpn(tx, location_by_code(tx, "W1-DOCK"), code="Lpn-7", kind="case")
        put_inbound(tx, NewInbound(code="asn-1", kind="asn", site_id=house.site_id, lines=[NewInboundLine(item="TEA", quantity=3)]))
        other = add_site(tx, "W2", "Other")
        put_inbound(tx, NewInbound(code="ASN-2", kind="asn", site_id=other, lines=[NewInboundLine(item="TEA", quantity=3)]))

    database.write(work)


@pytest.fixture
def house(database):
    return Warehouse(database).open()


def opened(house, **slots):
    return house.database.read(lambda tx: opening_value(tx, house.site_id, slots, CARDS))


def read(house, scanned: str):
    return house.database.read(lambda tx: understand(tx, house.site_id, scanned, CARDS))


@pytest.mark.parametrize(("slots", "value"), [
    ({"item": "soap"}, {"type": "item", "key": "SOAP", "name": "Soap", "quantity": 1}),
    ({"item": "SOAP", "lot": "L1", "serial": "S1", "expiry": "2031-01-31", "weight": "9"},
     {"type": "item", "key": "SOAP", "lot": "L1", "serial": "S1", "expiry": "2031-01-31"}),
    ({"item": "SOAP", "lot": 7}, {"type": "item", "key": "SOAP"}),
    ({"item": "NOTHING"}, {"type": "item", "key": "NOTHING"}),
    ({"location": "w1-a-01-1"}, {"type": "location", "key": "W1-A-01-1", "kind": "bin", "zone": "A"}),
    ({"lpn": SSCC}, {"type": "lpn", "key": SSCC, "kind": "pallet"}),
    ({"lpn": "Lpn-7"}, {"type": "lpn", "key": "Lpn-7", "kind": "case"}),
    ({"lpn": "TOTE-5"}, {"type": "tote", "key": "TOTE-5", "kind": "tote"}),
    ({"lpn": "LPN-NONE"}, {"type": "lpn", "key": "LPN-NONE"}),
    ({"document": "ASN-1"}, {"type": "document", "key": "asn-1", "kind": "asn"}),
    ({"document": "asn-1"}, {"type": "document", "key": "asn-1", "kind": "asn"}),
    ({"document": "ASN-2"}, {"type": "document", "key": "ASN-2"}),
    ({"document": "HOLD-QUALITY"}, {"type": "document", "key": "HOLD-QUALITY", "kind": "card"}),
    ({"lpn": SSCC, "item": "SOAP"}, {"type": "lpn", "key": SSCC, "kind": "pallet"}),
    ({"location": "W1-A-01-1", "item": "SOAP"}, {"type": "location", "key": "W1-A-01-1"}),
    ({"item": "SOAP", "document": "ASN-1"}, {"type": "item", "key": "SOAP"}),
])
def test_what_a_form_that_takes_anything_opens(house, slots, value):
    found = opened(house, **slots)
    assert {name: found[name] for name in value} == value
    assert not any(name in found for name in ("lot", "serial", "expiry", "weight") if name not in value)


@pytest.mark.parametrize("slots", [{}, {"quantity": 3}, {"item": 3}, {"item": None, "lpn": ["x"]}])
def test_slots_without_a_name_open_nothing(house, slots):
    assert opened(house, **slots) is None


@pytest.mark.parametrize(("scanned", "value"), [
    (ITEMS["SOAP"], {"type": "item", "key": "SOAP", "quantity": 1, "location": "W1-B-03-1"}),
    ("soap", {"type": "item", "key": "SOAP", "location": "W1-B-03-1"}),
    (ITEMS["TEA"], {"type": "item", "key": "TEA", "location": None}),
    (f"(01){ITEMS['SOAP']}(10)L1", {"type": "item", "key": "SOAP", "location": "W1-B-03-1"}),
    (f"(00){SSCC}", {"type": "lpn", "key": SSCC, "kind": "pallet"}), (" tote-5 ", {"type": "tote", "key": "TOTE-5"}),
    ("w1-a-01-1", {"type": "location", "key": "W1-A-01-1"}), ("asn-1", {"type": "document", "key": "asn-1", "kind": "asn"}),
    ("HOLD-QUALITY", {"type": "document", "key": "HOLD-QUALITY", "kind": "card"}), ("ASN-2", {"type": "unknown", "key": "ASN-2"}),
    ("nonsense", {"type": "unknown"}),
])
def test_a_scan_is_what_this_warehouse_knows_it_as(house, scanned, value):
    first = read(house, scanned)["values"][0]
    assert {name: first.get(name) for name in value} == value


def test_the_digits_of_a_pallet_may_be_typed_as_they_are_shown(house):
    assert read(house, SSCC)["values"] == read(house, f"(00){SSCC}")["values"] == [{"type": "lpn", "key": SSCC, "kind": "pallet"}]


def test_an_order_is_known_by_its_paper(house):
    house.wave()
    code, wave = house.one("SELECT code FROM release"), house.one("SELECT code FROM wave")
    assert read(house, code.lower())["values"] == [{"type": "document", "key": code, "kind": "order"}]
    assert read(house, wave)["values"] == [{"type": "document", "key": wave, "kind": "wave"}]


def test_what_stands_in_another_warehouse_is_unknown_here(house):
    other = house.database.write(lambda tx: add_site(tx, "W3", "Third"))
    found = house.database.read(lambda tx: understand(tx, other, f"(00){SSCC}"))["values"][0]
    assert (found["type"], found.get("kind")) == ("lpn", None)
    assert house.database.read(lambda tx: understand(tx, other, ITEMS["SOAP"]))["values"][0]["location"] is None
