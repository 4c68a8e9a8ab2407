"""Labels that come out by themselves: of pallets when goods come, of parcels with their packing lists."""

import pytest
from sqlalchemy import text

from server.masterdata.sites import location_by_code
from server.printing.content import drawn
from server.printing.labels import print_lpn_label
from server.stock.lpns import lpn_by_code, move_lpn
from server.wms.counting import request_count
from server.wms.put_away import drop_put_away
from tests.warehouse import ITEMS, Warehouse
from tests.workflows.test_receiving import expect


@pytest.fixture
def house(database):
    return Warehouse(database).open()


def on_the_last(house, label: str) -> str:
    """What stands on the newest label of a kind, as it goes to the printer."""
    row = house.database.read(lambda tx: tx.row(text("SELECT * FROM print_job WHERE label = :label ORDER BY id DESC LIMIT 1"), label=label))
    return house.database.read(lambda tx: drawn(tx, row, 203))


def labels(house) -> list[tuple]:
    return house.all("SELECT label, code FROM print_job ORDER BY id")


def test_a_pallet_of_ours_gets_its_label_when_its_goods_come(house):
    pda = house.pda()
    pda.scan(expect(house, {"item": "MILK", "quantity": 48}))
    pda.scan(f"(01){ITEMS['MILK']}(17)300630(30)48(10)L7")
    house.settle()
    assert labels(house) == [("lpn", "LPN00000001")]
    assert all(part in on_the_last(house, "lpn") for part in ("^FDLPN00000001^FS", "Milk", "LOT L7", "EXP 2030-06-30", "^FD48^FS"))


def test_a_suppliers_pallet_brings_its_own_label(house):
    pda = house.pda()
    expect(house, {"item": "SOAP", "quantity": 10, "sscc": "395060001111111110"})
    pda.scan("]C100395060001111111110")
    pda.scan("]C100395060001111111110")
    house.settle()
    assert labels(house) == []


def test_reprint_on_the_way_to_the_bin_prints_the_pallets_label_again(house):
    pda = house.pda()
    pda.scan(expect(house, {"item": "SOAP", "quantity": 10}))
    pda.scan(f"(01){ITEMS['SOAP']}(30)10")
    house.settle()
    pda.task = None
    pda.scan("LPN00000001")
    pda.scan("CMD-REPRINT")
    assert pda.results[-1]["message"]["key"] == "put_away.reprinted"
    assert labels(house) == [("lpn", "LPN00000001")] * 2
    assert on_the_last(house, "lpn").count("REPRINT") == 1


def received(house) -> None:
    """A pallet of ours stands at the dock, its label waits at the printer."""
    pda = house.pda()
    pda.scan(expect(house, {"item": "SOAP", "quantity": 10}))
    pda.scan(f"(01){ITEMS['SOAP']}(30)10")
    house.settle()


def states(house) -> list[str]:
    return [state for (state,) in house.all("SELECT state FROM print_job ORDER BY id")]


def test_a_pallets_label_is_verified_when_it_is_scanned_for_its_put_away(house):
    received(house)
    assert states(house) == ["queued"]
    house.pda().scan("LPN00000001")
    assert states(house) == ["verified"]
    assert house.one("SELECT verified_at FROM print_job") > 0


def test_a_pallet_that_was_counted_proves_its_label_too(house):
    received(house)
    house.database.write(lambda tx: move_lpn(tx, lpn_by_code(tx, "LPN00000001"), location_by_code(tx, "W1-A-01-1"), "storing"))
    house.database.write(lambda tx: request_count(tx, location_by_code(tx, "W1-A-01-1").id, "manual"))
    pda = house.pda()
    pda.scan("W1-A-01-1")
    pda.scan("W1-A-01-1")
    pda.scan("LPN00000001")
    assert states(house) == ["queued"]
    pda.scan("CMD-DONE")
    assert states(house) == ["verified"]


def test_every_print_of_a_label_is_verified_by_the_one_that_was_read(house):
    received(house)
    house.database.write(lambda tx: print_lpn_label(tx, "LPN00000001", again=True))
    house.pda().scan("LPN00000001")
    assert states(house) == ["verified", "verified"]


def test_a_scan_that_was_refused_proves_nothing(house):
    received(house)
    house.database.write(lambda tx: drop_put_away(tx, lpn_by_code(tx, "LPN00000001")))
    pda = house.pda()
    pda.send("join", {"lpn": "LPN00000001"}, "join")
    assert pda.results[-1]["status"] == "refused"
    assert states(house) == ["queued"]


def test_a_parcel_gets_its_shipping_label_and_its_packing_list(house):
    house.put("SOAP", 20, "W1-A-01-1")
    house.put("TEA", 20, "W1-A-02-1")
    house.order("1", ("SOAP", 2), ("TEA", 1))
    house.wave("single")
    pda = house.pda()
    pda.scan("TOTE-5")
    for form in list(pda.task["forms"]):
        pda.scan(ITEMS[form["info"]["item"]][1:])
    pda.task = None
    pda.scan("TOTE-5")
    pda.scan(ITEMS["SOAP"][1:])
    pda.scan(ITEMS["TEA"][1:])
    assert [label for label, _ in labels(house)] == ["carton", "packing_list"]
    listed = on_the_last(house, "packing_list")
    assert "^FDSoap^FS" in listed
    assert "^FD2^FS" in listed
    shipped = on_the_last(house, "carton")
    assert all(part in shipped for part in ("(00) ", "^FD#1^FS", "^FDORD-000001^FS"))


def soap_packed(house):
    """The order that waits is picked into a tote and packed, both by one scan of the soap."""
    house.wave("single")
    pda = house.pda()
    for _ in ("picked", "packed"):
        pda.task = None
        pda.scan("TOTE-5")
        pda.scan(ITEMS["SOAP"][1:])
    return pda


def test_whatever_a_shop_sends_as_an_address_no_parcel_waits_for_its_label(house):
    house.put("SOAP", 20, "W1-A-01-1")
    house.order("1", ("SOAP", 2), customer="C" * 256, ship_to={"name": "N" * 900 + "\ud83d", "street": "^XZ~JR" * 90, "city": "\ud800", "postcode": "8" * 50})
    soap_packed(house)
    assert [label for label, _ in labels(house)] == ["carton", "packing_list"]
    shipped = on_the_last(house, "carton")
    assert shipped.count("^XZ") == 1 and "NNNN" in shipped and "~JR" not in shipped


def test_a_label_that_was_read_from_the_wrong_parcel_is_undone_and_read_again(house):
    house.put("SOAP", 20, "W1-A-01-1")
    house.order("1", ("SOAP", 2))
    pda = soap_packed(house)
    label = house.one("SELECT code FROM print_job WHERE label = 'carton'")
    pda.scan(f"]C100{label}")
    assert house.one("SELECT state FROM release") == "packed"
    pda.task = None
    assert pda.send("undo", {}, None)["status"] == "applied"
    assert house.all("SELECT c.state, r.state FROM carton c JOIN release r ON r.id = c.release_id") == [("closed", "picked")]
    pda.scan(f"]C100{label}")
    assert house.all("SELECT c.state, r.state FROM carton c JOIN release r ON r.id = c.release_id") == [("verified", "packed")]
