import pytest
from sqlalchemy import text

from server.cli.papers import import_papers
from server.masterdata.importing import import_file
from server.masterdata.items import NewItem, NewPack, put_item
from server.masterdata.sites import add_site


@pytest.fixture
def shop(database):
    """A warehouse and three items."""
    def work(tx):
        add_site(tx, "W1", "Main")
        for code in ("SOAP", "TEA", "MILK"):
            put_item(tx, NewItem(code=code, name=code.title(), packs=[NewPack("each", 1)], tracks_lot=code == "MILK"))

    database.write(work)
    return database


@pytest.fixture
def write(tmp_path):
    def write(content, encoding="utf-8"):
        file = tmp_path / "file.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return file

    return write


def all_of(database, query):
    return database.read(lambda tx: [tuple(row) for row in tx.rows(text(query))])


def order_lines(database):
    return all_of(database, "SELECT o.channel_ref, l.number, i.code, l.quantity FROM sales_order o JOIN sales_order_line l ON "
                            "l.order_id = o.id JOIN item i ON i.id = l.item_id ORDER BY o.channel_ref, l.number")


def counted(report):
    return report["done"], report["repeated"], report["failed"]


def lines_of(report):
    return [one["line"] for one in report["errors"]]


ORDERS = "reference,site,item,quantity,customer\nA1,W1,SOAP,3,Ann\nB2,W1,TEA,1,Bob\nA1,W1,TEA,2,\n"


def test_a_bad_line_is_told_with_its_number_and_stops_nothing_else(database, write):
    report = import_file(database, "items", write(
        "code,name,gtin,weight_g\nA,Äpfel,9506000134352,5\nB,Bad,9506000134353,1\nC,Cups,,x\nD,Dates\nE,苹果,,7\n".encode()
        + b"F,\xff\xfe,,1\n"))
    assert counted(report) == (2, 0, 4)
    assert lines_of(report) == [3, 4, 5, 7]
    assert all_of(database, "SELECT code FROM item ORDER BY code") == [("A",), ("E",)]


def test_a_file_twice_changes_nothing(database, write):
    file = write("\ufeffcode,name,gtin\nA,Apples,9506000134352\n")
    assert [counted(import_file(database, "items", file)) for _ in range(2)] == [(1, 0, 0), (0, 1, 0)]
    assert all_of(database, "SELECT COUNT(*) FROM item") == [(1,)]


def test_columns_that_a_file_does_not_have_stay_as_they_are(database, write):
    import_file(database, "items", write("code,name,weight_g,abc,zone\nA,Apples,150,A,COLD\n"))
    import_file(database, "items", write("code,name\nA,Green apples\n"))
    assert all_of(database, "SELECT name, weight_g, abc, zone FROM item") == [("Green apples", 150, "A", "COLD")]


def test_a_location_again_is_known_and_a_changed_one_is_changed(shop, write):
    file = write("site,code,x_mm,zone\nW1,W1-A-1,-500,A\n")
    assert counted(import_file(shop, "locations", file)) == (1, 0, 0)
    assert counted(import_file(shop, "locations", file)) == (0, 1, 0)
    assert counted(import_file(shop, "locations", write("site,code,zone\nW1,W1-A-1,B\n"))) == (1, 0, 0)
    assert all_of(shop, "SELECT x_mm, zone FROM location WHERE code = 'W1-A-1'") == [(-500, "B")]


def test_a_location_does_not_become_another_kind_of_place(shop, write):
    import_file(shop, "locations", write("site,code,kind\nW1,W1-D,dock\n"))
    report = import_file(shop, "locations", write("site,code,kind\nW1,W1-D,bin\n"))
    assert "as a dock" in report["errors"][0]["what"]


@pytest.mark.parametrize("cells", ["zone-too-long-for-it,any,A", "A,sometimes,A", "A,any,Z"])
def test_a_location_that_the_database_would_refuse_is_told(shop, write, cells):
    report = import_file(shop, "locations", write(f"site,code,zone,mixing,abc\nW1,W1-A-1,{cells}\nW1,W1-A-2,A,any,A\n"))
    assert (counted(report), lines_of(report)) == ((1, 0, 1), [2])


def test_lines_with_one_reference_are_one_order(shop, write):
    assert counted(import_papers(shop, "orders", write(ORDERS))) == (2, 0, 0)
    assert order_lines(shop) == [("A1", 1, "SOAP", 3), ("A1", 2, "TEA", 2), ("B2", 1, "TEA", 1)]


def test_orders_twice_are_told_as_repeated_and_not_doubled(shop, write):
    assert [counted(import_papers(shop, "orders", write(ORDERS))) for _ in range(2)] == [(2, 0, 0), (0, 2, 0)]
    assert len(order_lines(shop)) == 3


def test_a_changed_order_under_the_same_reference_is_refused(shop, write):
    import_papers(shop, "orders", write(ORDERS))
    report = import_papers(shop, "orders", write(ORDERS.replace("SOAP,3", "SOAP,4")))
    assert (counted(report), lines_of(report)) == ((0, 1, 1), [2])


@pytest.mark.parametrize("bad, line", [
    ("A1,W1,SOAP,none,", 3), ("A1,W1,SOAP,0,", 3), ("A1,W1,GONE,1,", 3), ("A1,W2,SOAP,1,", 3), ("A1,W1,SOAP,1,Zoe", 3),
    ("A1,W1,SOAP", 3), ("A1,W1,SOAP,1,\x00", 3), (f"A1,W1,SOAP,1,{'x' * 200_000}", 3), ("A1,W1,SOAP,99999999999,", 3),
])
def test_a_bad_line_stops_its_own_order_and_no_other(shop, write, bad, line):
    report = import_papers(shop, "orders", write(f"reference,site,item,quantity,customer\nA1,W1,TEA,1,Ann\n{bad}\nB2,W1,TEA,1,\n"))
    assert lines_of(report)[0] == line
    assert report["failed"] >= 1
    assert ("A1", 1, "TEA", 1) not in order_lines(shop)
    assert report["done"] == len({ref for ref, *_ in order_lines(shop)})


def test_a_missing_quotation_mark_takes_no_half_order(shop, write):
    report = import_papers(shop, "orders", write(
        'reference,site,item,quantity,customer\nA1,W1,TEA,1,"Ann\nB2,W1,SOAP,1,\nB2,W1,TEA,1,"x"\nB2,W1,MILK,1,\nC3,W1,TEA,1,\n'))
    assert order_lines(shop) == [("C3", 1, "TEA", 1)]
    assert counted(report) == (1, 0, 2)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_any_usual_separator_will_do(shop, write, separator):
    assert counted(import_papers(shop, "orders", write(ORDERS.replace(",", separator)))) == (2, 0, 0)


def test_a_chinese_excel_file_is_told_how_to_bring_it_in(shop, write):
    file = write("reference,site,item,quantity,customer\nA1,W1,TEA,1,王小明\n", "gb18030")
    refused = import_papers(shop, "orders", file)
    assert "--encoding gb18030" in refused["errors"][0]["what"]
    assert counted(import_papers(shop, "orders", file, "gb18030")) == (1, 0, 0)
    assert all_of(shop, "SELECT customer FROM sales_order") == [("王小明",)]


def test_the_answer_of_the_command_is_1_when_anything_was_refused(shop, write, aisle):
    told = aisle(shop.url, "import", "orders", str(write(ORDERS.replace("SOAP", "GONE"))), "--json")
    assert (told.code, told.json["done"], told.json["failed"]) == (1, 1, 1)
    assert told.json["errors"] == [{"line": 2, "what": "item: There is no item GONE. Create it, or correct the code."}]
    assert aisle(shop.url, "import", "orders", str(write(ORDERS)), "--json").code == 0


@pytest.mark.parametrize("content, said", [
    (b"", "names none"), (b"reference,site\n", "has no column item, quantity"), ("reference,site".encode("utf-16"), "UTF-16"),
    (b"PK\x03\x04rest", "workbook"), (b"reference,site,item,quantity,item\n", "item twice"), (b"\x00" * 300_000, "header line"),
])
def test_a_file_that_is_no_such_table_is_told(sqlite_url, write, aisle, content, said):
    told = aisle(sqlite_url, "import", "orders", str(write(content)))
    assert told.code == 1
    assert said in told.errors


ASNS = ("code,site,item,quantity,expected,lot,expiry,sscc\nASN-1,W1,SOAP,48,2026-12-01,,,\nASN-1,W1,MILK,10,,L1,2027-06-30,"
        "395060001111111110\nASN-2,W1,TEA,5,2026-12-01T08:00+08:00,,,\n")


def test_asns_come_in_with_lots_days_and_pallets(shop, write):
    assert counted(import_papers(shop, "asns", write(ASNS))) == (2, 0, 0)
    assert all_of(shop, "SELECT n.code, n.expected_at, l.quantity, l.lot, CAST(l.expiry_on AS TEXT) FROM inbound n "
                        "JOIN inbound_line l ON l.inbound_id = n.id ORDER BY l.id") == [
        ("ASN-1", 1796083200000, 48, "", None), ("ASN-1", 1796083200000, 10, "L1", "2027-06-30"),
        ("ASN-2", 1796083200000, 5, "", None)]


def test_asns_twice_double_nothing_and_changed_ones_are_refused(shop, write):
    import_papers(shop, "asns", write(ASNS))
    assert counted(import_papers(shop, "asns", write(ASNS))) == (0, 2, 0)
    report = import_papers(shop, "asns", write(ASNS.replace("TEA,5", "TEA,6")))
    assert (counted(report), lines_of(report)) == ((0, 1, 1), [4])


@pytest.mark.parametrize("right, wrong", [("2027-06-30", "30.06.2027"), ("MILK,10,,L1", "MILK,10,,"), ("MILK", "GONE"), ("10,,L1", "ten,,L1")])
def test_a_bad_line_of_an_asn_is_told_with_its_number(shop, write, right, wrong):
    report = import_papers(shop, "asns", write(ASNS.replace(right, wrong)))
    assert (counted(report), lines_of(report)) == ((1, 0, 1), [3])
