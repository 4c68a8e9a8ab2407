import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from server.kernel.database import Database
from server.masterdata.csv_files import guarded, unguarded
from server.masterdata.items import NewItem, NewPack, put_item
from server.masterdata.locations import NewLocation, put_location
from server.masterdata.sites import add_site
from server.wms.inbound import NewInbound, NewInboundLine, put_inbound
from tests.conftest import fresh_url
from tests.warehouse import ITEMS, Warehouse

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


@pytest.fixture
def catalogue(database):
    def work(tx):
        site = add_site(tx, "W1", "Main")
        put_item(tx, NewItem(code="SOAP", name='Soap, "fine"; 肥皂', weight_g=100, volume_ml=50, abc="A", zone="Z1", unit="bar",
                             length_mm=90, width_mm=60, height_mm=30, this_side_up=True,
                             packs=[NewPack("each", 1, ("09506000134352", "PLAIN 1")), NewPack("inner", 6, ("INNER-1",)),
                                    NewPack("case", 12, ("09506000134369", "CASE-2")), NewPack("pallet", 480)]))
        put_item(tx, NewItem(code="-RISKY", name="=HYPERLINK(1)", tracks_lot=True, tracks_expiry=True))
        put_item(tx, NewItem(code="LINES", name="two\nlines", tracks_serial=True, catch_weight=True, packs=[NewPack("each", 1)]))
        put_location(tx, site, NewLocation(code="W1-A-1", zone="A", rack="01", bin="1", level=2, aisle="A", x_mm=-500, y_mm=7,
                                           z_mm=900, max_weight_g=1_000, max_lpns=3, mixing="one_lot", abc="B"))
        put_location(tx, site, NewLocation(code="W1-DOCK", kind="dock"))

    database.write(work)
    return database


@pytest.fixture
def house(database):
    house = Warehouse(database).open()
    house.put("MILK", 10, "W1-A-01-1", lot="L1", expiry=date(2099, 1, 31))
    house.put("SOAP", 10, "W1-A-02-1")
    house.order("S-1", ("SOAP", 3), ("TEA", 1), customer="=cmd()", ship_to={"city": "Köln"})
    house.wave()
    pda = house.pda()
    for scan in ("TOTE-5", ITEMS["SOAP"]):
        pda.scan(scan)
    database.write(lambda tx: put_inbound(tx, NewInbound(code="ASN-1", kind="asn", site_id=house.site_id, lines=[
        NewInboundLine(item="MILK", quantity=5, lot="L2", expiry_on=date(2099, 2, 1))])))
    return house


def rows_of(told) -> list[dict[str, str]]:
    assert told.code == 0, told.errors
    return list(csv.DictReader(io.StringIO(told.text, newline="")))


@pytest.mark.parametrize("kind", ["items", "locations"])
def test_what_was_exported_can_be_imported_into_an_empty_warehouse_unchanged(catalogue, kind, request, tmp_path, aisle):
    (tmp_path / "other").mkdir()
    other = fresh_url(request, "sqlite", tmp_path / "other")
    database = Database(other)
    database.write(lambda tx: add_site(tx, "W1", "Main"))
    database.close()
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    assert aisle(catalogue.url, "export", kind, "--to", str(first)).code == 0
    brought = aisle(other, "import", kind, str(first))
    assert brought.code == 0, brought.text
    aisle(other, "export", kind, "--to", str(second))
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("kind", ["items", "locations"])
def test_what_was_exported_can_be_imported_where_it_came_from(catalogue, kind, tmp_path, aisle):
    def content():
        return catalogue.read(lambda tx: [sorted(map(repr, tx.rows(text(f"SELECT * FROM {table}"))))
                                          for table in ("item", "pack", "barcode", "location")])

    before = content()
    aisle(catalogue.url, "export", kind, "--to", str(tmp_path / "out.csv"))
    assert aisle(catalogue.url, "import", kind, str(tmp_path / "out.csv")).code == 0
    assert content() == before


def test_lines_end_as_rfc_4180_says(catalogue, tmp_path, aisle):
    aisle(catalogue.url, "export", "locations", "--to", str(tmp_path / "out.csv"))
    content = (tmp_path / "out.csv").read_bytes()
    assert content.count(b"\r\n") == content.count(b"\n") == 3


def test_no_cell_is_a_formula_and_numbers_stay_numbers(catalogue, aisle):
    assert [row["code"] for row in rows_of(aisle(catalogue.url, "export", "items"))][-2:] == ["'-RISKY", "LINES"]
    assert rows_of(aisle(catalogue.url, "export", "locations"))[0]["x_mm"] == "-500"


@given(st.text(st.sampled_from("'=+-@\t\r＝＋－＠a1 ")))
def test_a_guarded_cell_begins_like_no_formula_and_comes_back_as_it_was(cell):
    assert not str(guarded(cell)).startswith(FORMULA_SIGNS)
    assert unguarded(str(guarded(cell))) == cell


def test_stock_says_where_how_much_and_until_when(house, aisle):
    rows = [(row["location"], row["item"], row["lot"], row["expiry"], row["quantity"]) for row in rows_of(aisle(
        house.database.url, "export", "stock"))]
    assert ("W1-A-01-1", "MILK", "L1", "2099-01-31", "10") in rows
    assert ("W1-A-02-1", "SOAP", "", "", "7") in rows


def test_moves_say_from_where_to_where_and_by_whom(house, aisle):
    last = rows_of(aisle(house.database.url, "export", "moves"))[-1]
    assert (last["from"], last["to"], last["item"], last["quantity"], last["worker"]) == ("W1-A-02-1", "TOTE-5", "SOAP", "3", "BDG-1")
    assert last["at"].endswith("Z")


def test_orders_have_a_line_for_each_of_theirs(house, aisle):
    rows = rows_of(aisle(house.database.url, "export", "orders"))
    assert [(row["reference"], row["line"], row["item"], row["quantity"], row["promised"]) for row in rows] == [
        ("S-1", "1", "SOAP", "3", "3"), ("S-1", "2", "TEA", "1", "0")]
    assert (rows[0]["customer"], rows[0]["city"]) == ("'=cmd()", "Köln")


def test_asns_say_what_is_expected(house, aisle):
    assert [(row["code"], row["item"], row["expiry"], row["received"]) for row in rows_of(
        aisle(house.database.url, "export", "asns"))] == [("ASN-1", "MILK", "2099-02-01", "0")]


def test_operations_come_in_the_order_of_their_device(house, aisle):
    rows = rows_of(aisle(house.database.url, "export", "operations"))
    assert [row["seq"] for row in rows] == [str(number) for number in range(1, len(rows) + 1)]
    assert {row["worker"] for row in rows} == {"BDG-1"}


def test_a_file_that_cannot_be_written_is_told(sqlite_url, aisle):
    told = aisle(sqlite_url, "export", "items", "--to", "/nowhere/items.csv")
    assert told.code == 1
    assert "cannot be written" in told.errors
