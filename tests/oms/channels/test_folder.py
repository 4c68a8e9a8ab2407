"""A folder gives every order of the files that are dropped into it, once and whole, and says line and column of what it cannot read."""

import os
import time
from datetime import datetime

import openpyxl
import pytest
from pydantic import ValidationError

from server.oms.channels.base import Call, Parcel, Quantity, Stage
from server.oms.channels.caller import Caller
from server.oms.channels.errors import ChannelAway, ChannelShut, Misunderstood, NotFromChannel
from server.oms.channels.folder import Folder, FolderSettings
from tests.waiting import until

HEADER = "order,sku,qty,price,receiver,phone,country,city,address\n"
HOME = "Erika Muster,+49 30 123456,DE,Berlin,Heidestraße 17"
SOAP = f"A-1,SOAP,2,19.90,{HOME}\n"


class Drops:
    """A folder channel, and whoever drops files into its folder."""

    def __init__(self, top) -> None:
        self.top, self.folder = top, top / "erp"
        self.folder.mkdir()
        self.connector = self.connect()

    def connect(self, **settings):
        return Folder(FolderSettings(folder="erp", **settings), Caller(folder=self.top))

    def drop(self, name, content, *, age=100.0, encoding="utf-8"):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        os.utime(path, (time.time() - age,) * 2)
        return path

    def sheet(self, name, rows, *, merge=(), age=100.0):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        for cells in merge:
            book.active.merge_cells(cells)
        book.save(self.folder / name)
        os.utime(self.folder / name, (time.time() - age,) * 2)

    def documents(self):
        return [document for page in self.connector.pull(0) for document in page.documents]

    def orders(self):
        return {order.ref: order for order in map(self.connector.understand, self.documents())}

    def names(self, where="."):
        return sorted(one.name for one in (self.folder / where).iterdir() if one.is_file())

    def text(self, where):
        [name] = [one for one in self.names(where) if one.endswith(".txt")]
        return (self.folder / where / name).read_text(encoding="utf-8-sig")


@pytest.fixture
def drops(tmp_path):
    return Drops(tmp_path)


def lines(order):
    return [(line.ref, line.item, line.quantity, line.price) for line in order.lines]


def fault(drops, *rows, header=HEADER):
    """What is said of the one order of a file."""
    drops.drop("orders.csv", header + "".join(f"{row}\n" for row in rows))
    [document] = drops.documents()
    with pytest.raises(Misunderstood) as caught:
        drops.connector.understand(document)
    return caught.value


def test_an_order_is_of_all_its_lines_wherever_they_stand(drops):
    drops.drop("orders.csv", HEADER + SOAP + f"A-2,TEA,1,5,{HOME}\n" + "A-1,TEA,3,4.5,,,,,\n" + "A-1,SOAP,1,,,,,,\n")
    orders = drops.orders()
    assert lines(orders["A-1"]) == [("SOAP", "SOAP", 2, 1990), ("TEA", "TEA", 3, 450), ("SOAP#2", "SOAP", 1, 0)]
    assert lines(orders["A-2"]) == [("TEA", "TEA", 1, 500)]
    assert orders["A-1"].ship_to == {"name": "Erika Muster", "phone": "+49 30 123456", "country": "DE", "city": "Berlin", "street": "Heidestraße 17"}


CHINESE = "订单号,商品编码,数量,单价,收件人,手机,省份,城市,区县,详细地址,备注\n10001,SOAP,2,¥19.90,王小明,13800138000,浙江省,杭州市,西湖区,文三路1号,请尽快\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_encoding_and_separator_says_the_same(drops, encoding, separator):
    drops.drop("订单.csv", CHINESE.replace(",", separator), encoding=encoding)
    order = drops.orders()["10001"]
    assert lines(order) == [("SOAP", "SOAP", 2, 1990)]
    assert (order.note, order.buyer, order.stage) == ("请尽快", "王小明", Stage.PAID)
    assert order.ship_to == {"name": "王小明", "phone": "13800138000", "state": "浙江省", "city": "杭州市", "district": "西湖区", "street": "文三路1号"}


@pytest.mark.parametrize("header", ["Order No.,Item Code,Quantity (pcs)", "reference,item,quantity", "订单编号,货号,件数", "平台单号,商品条码,购买数量", "REF;SKU;Qty"])
def test_columns_are_known_by_their_usual_names(drops, header):
    drops.drop("a.csv", f"{header}\nA-1{';' if ';' in header else ','}SOAP{';' if ';' in header else ','}2\n")
    assert lines(drops.orders()["A-1"]) == [("SOAP", "SOAP", 2, 0)]


def test_receivers_columns_are_known_with_their_prefix(drops):
    drops.drop("a.csv", "order,sku,qty,收货人姓名,收货人手机,收货人电话,收货省,收件人地址,Shipping City\nA-1,SOAP,1,王小明,,0571-1234567,浙江,文三路1号,杭州\n")
    assert drops.orders()["A-1"].ship_to == {"name": "王小明", "phone": "0571-1234567", "state": "浙江", "street": "文三路1号", "city": "杭州"}


def test_what_a_file_does_not_say_is_said_by_the_settings(drops):
    drops.connector = drops.connect(country="JP", currency="JPY", timezone="Asia/Tokyo")
    drops.drop("a.csv", "order,sku,qty,price,date\nA-1,SOAP,1,1980,2026-11-30 09:00\nA-2,SOAP,1,1980,\n")
    orders = drops.orders()
    assert (orders["A-1"].currency, orders["A-1"].lines[0].price, orders["A-1"].ship_to) == ("JPY", 1980, {"country": "JP"})
    assert orders["A-1"].placed_at == 1_795_996_800_000
    assert orders["A-2"].placed_at == orders["A-2"].version


@pytest.mark.parametrize("said,fen", [("19.9", 1990), ("¥1,234.50", 123450), ("1.234,50", 123450), ("19,90", 1990), ("1,234", 123400), ("0", 0)])
def test_money_is_read_as_people_write_it(drops, said, fen):
    drops.drop("a.csv", f'order;sku;qty;price\nA-1;SOAP;1;"{said}"\n')
    assert drops.orders()["A-1"].lines[0].price == fen


@pytest.mark.parametrize("word,stage", [("", Stage.PAID), ("待付款", Stage.UNPAID), ("Cancelled", Stage.CANCELLED), ("已发货", Stage.SHIPPED)])
def test_a_status_says_how_far_an_order_is(drops, word, stage):
    drops.drop("a.csv", f"order,sku,qty,status\nA-1,SOAP,1,{word}\n")
    assert drops.orders()["A-1"].stage is stage


@pytest.mark.parametrize("row,code,words", [
    (f"A-1,SOAP,two,1,{HOME}", "line 3: quantity", "Line 3, column qty: 'two' is no whole number of pieces."),
    (f"A-1,SOAP,0,1,{HOME}", "line 3: quantity", "column qty"),
    (f"A-1,SOAP,1.5,1,{HOME}", "line 3: quantity", "column qty"),
    (f"A-1,,1,1,{HOME}", "line 3: item", "Line 3, column sku: it is empty."),
    (f"A-1,SOAP,1,cheap,{HOME}", "line 3: price", "column price"),
    (f"A-1,SOAP,1,-2,{HOME}", "line 3: price", "column price"),
    (f"A-1,SOAP,1,1.999,{HOME}", "line 3: price", "column price"),
    ("A-1,SOAP,1,1,Somebody Else,,,,", "line 3: receiver", "'Somebody Else' is another than 'Erika Muster' in line 2"),
    (f",TEA,1,1,{HOME}", "line 3", "Line 3: There is no reference."),
    ("A-1,TEA,1", "line 3", "Line 3: The line has 3 cells, the header 9."),
    ("A-1,6.90123E+12,1,1,,,,,", "line 3: item", "was rounded by a spreadsheet"),
])
def test_a_bad_line_refuses_its_order_with_line_and_column(drops, row, code, words):
    error = fault(drops, SOAP.strip(), row)
    assert (error.code, error.ref) == (code, "A-1")
    assert words in error.words


def test_a_bad_line_stops_no_other_order_and_is_told_beside_the_file(drops):
    drops.drop("orders.csv", HEADER + SOAP + f"A-2,SOAP,x,1,{HOME}\nA-3,TEA,1,1,{HOME}\n")
    documents = drops.documents()
    assert [one["reference"] for one in documents] == ["A-1", "A-2", "A-3"]
    assert drops.connector.understand(documents[2]).lines[0].item == "TEA"
    assert drops.text("done") == "A-2: Line 3, column qty: 'x' is no whole number of pieces.\n第 3 行，列 qty：'x' 不是整件数。\n"


def test_an_unknown_status_is_not_taken_for_paid(drops):
    assert fault(drops, "A-1,SOAP,1,maybe", header="order,sku,qty,status\n").code == "line 2: status"


def test_a_line_before_the_first_reference_is_a_document_of_its_own(drops):
    drops.drop("orders.csv", HEADER + f",SOAP,1,1,{HOME}\n" + SOAP)
    nameless, named = drops.documents()
    assert drops.connector.understand(named).ref == "A-1"
    with pytest.raises(Misunderstood) as caught:
        drops.connector.understand(nameless)
    assert (caught.value.ref, caught.value.words) == ("", "Line 2: there is no reference.")


def test_long_numbers_that_a_spreadsheet_guards_stay_whole(drops):
    drops.drop("a.csv", 'order,sku,qty\n"=""4029384756102938475""",\'0012,1\n')
    assert lines(drops.orders()["4029384756102938475"]) == [("0012", "0012", 1, 0)]


def test_a_workbook_says_what_a_csv_file_does(drops):
    drops.sheet("orders.xlsx", [
        ["订单导出 2026"], [], ["订单号", "商品编码", "数量", "单价", "收件人", "下单时间", ""],
        ["10001", "SOAP", 2, 19.9, "王小明", datetime(2026, 11, 30, 8, 0), "x"],  # noqa: DTZ001 - a workbook knows no zones
        ["10001", "TEA", 1.0, 5, None, None, None],
        [None] * 7, [10002, 6901234567892, 3, 0.1 + 0.2, "李四", None, None]])
    orders = drops.orders()
    assert lines(orders["10001"]) == [("SOAP", "SOAP", 2, 1990), ("TEA", "TEA", 1, 500)]
    assert lines(orders["10002"]) == [("6901234567892", "6901234567892", 3, 30)]
    assert orders["10001"].placed_at == 1_796_025_600_000


def test_lines_of_a_workbook_are_named_as_the_workbook_numbers_them(drops):
    drops.sheet("orders.xlsx", [[], ["Orders"], ["order", "sku", "qty"], ["A-1", "SOAP", "x"]])
    [document] = drops.documents()
    with pytest.raises(Misunderstood, match="Line 4, column qty"):
        drops.connector.understand(document)


def test_merged_cells_count_for_each_row_that_they_cover(drops):
    drops.sheet("orders.xlsx", [["order", "sku", "qty"], ["A-1", "SOAP", 1], [None, "TEA", 2], ["A-2", "SOAP", 1]], merge=["A2:A3"])
    assert [(ref, len(order.lines)) for ref, order in drops.orders().items()] == [("A-1", 2), ("A-2", 1)]


def test_an_order_number_that_excel_has_rounded_is_refused(drops):
    drops.sheet("orders.xlsx", [["order", "sku", "qty"], [4029384756102938475, "SOAP", 1]])
    [document] = drops.documents()
    with pytest.raises(Misunderstood, match="rounded by a spreadsheet"):
        drops.connector.understand(document)


@pytest.mark.parametrize("name,content,words", [
    ("a.pdf", b"%PDF-1.7", "neither CSV nor XLSX"),
    ("a.csv", b"name,colour\nx,red\n", "no column for reference, item, quantity"),
    ("a.csv", b'order,sku,qty\nA-1,"SO"AP,1\n', "Line 2"),
    ("a.csv", b'order,sku,qty\nA-1,"SOAP,1\nA-2,SOAP,1\n', "Line 2"),
    ("a.csv", b"order,sku,qty,qty\nA-1,SOAP,1,2\n", "twice"),
    ("a.csv", "order,sku,qty\nA-1,SOAP,1\n".encode("utf-16"), "UTF-16"),
    ("a.xlsx", b"no workbook at all", "cannot be opened as a workbook"),
    ("a.xlsx", b"PK\x05\x06" + bytes(18), "cannot be opened as a workbook"),
])
def test_a_file_that_cannot_be_read_is_put_aside_with_the_reason(drops, name, content, words):
    drops.drop(name, content)
    drops.drop("good.csv", HEADER + SOAP)
    assert list(drops.orders()) == ["A-1"]
    assert (len(drops.names("failed")), drops.names()) == (2, [])
    assert words in drops.text("failed")


def test_a_file_that_was_taken_lies_in_done_under_its_time(drops):
    path = drops.drop("orders.csv", HEADER + SOAP)
    os.utime(path, (1_700_000_000.25,) * 2)
    drops.documents()
    assert (drops.names(), drops.names("done")) == ([], ["20231114T221320.250Z-orders.csv"])
    again = drops.drop("orders.csv", HEADER + SOAP)
    os.utime(again, (1_700_000_000.25,) * 2)
    drops.documents()
    assert len(drops.names("done")) == 2


def test_a_file_with_no_orders_is_done_with(drops):
    drops.drop("orders.csv", HEADER)
    assert drops.documents() == []
    assert len(drops.names("done")) == 1


def test_a_file_that_is_not_finished_waits(drops):
    for name in ("orders.csv.part", ".orders.csv", "~$orders.xlsx"):
        drops.drop(name, HEADER + SOAP)
    fresh = drops.drop("fresh.csv", HEADER + SOAP, age=-3_600)
    assert drops.documents() == []
    (drops.folder / "orders.csv.part").rename(drops.folder / "orders.csv")
    assert [one["file"] for one in drops.documents()] == ["orders.csv"]
    assert fresh.exists()


def test_a_file_of_a_clock_that_is_ahead_is_taken_when_it_has_not_changed_for_a_while(drops):
    drops.drop("orders.csv", HEADER + SOAP, age=-3_600)
    assert drops.documents() == []
    assert until(lambda: drops.documents() != [])


@pytest.mark.parametrize("name,content", [("a.csv", (HEADER + SOAP).rstrip().encode()), ("a.xlsx", b"PK\x03\x04 the first half of a workbook")])
def test_what_looks_cut_is_left_for_a_minute(drops, name, content):
    path = drops.drop(name, content, age=30)
    drops.documents()
    assert path.exists()
    os.utime(path, (time.time() - 61,) * 2)
    drops.documents()
    assert not path.exists()


def test_a_link_to_elsewhere_is_not_followed(drops, tmp_path):
    (tmp_path / "secret.csv").write_text(HEADER + SOAP)
    (drops.folder / "orders.csv").symlink_to(tmp_path / "secret.csv")
    os.utime(drops.folder / "orders.csv", (1_700_000_000,) * 2, follow_symlinks=False)
    assert drops.documents() == []


def test_a_file_is_moved_only_when_its_orders_have_been_taken(drops):
    drops.drop("orders.csv", HEADER + SOAP)
    pages = drops.connector.pull(0)
    first = next(pages)
    assert drops.names() == ["orders.csv"]
    pages.close()
    assert drops.names() == ["orders.csv"]
    assert drops.documents() == list(first.documents)


def test_a_file_that_is_written_again_while_it_is_taken_stays(drops):
    drops.drop("orders.csv", HEADER + SOAP, age=200)
    pages = drops.connector.pull(0)
    next(pages)
    drops.drop("orders.csv", HEADER + SOAP.replace("A-1", "A-2"))
    assert [page.watermark is not None for page in pages] == [True]
    assert list(drops.orders()) == ["A-2"]


def test_a_later_file_is_a_later_version(drops):
    drops.drop("b.csv", HEADER + SOAP, age=300)
    drops.drop("a.csv", HEADER + SOAP.replace(",2,", ",5,"))
    first, second = map(drops.connector.understand, drops.documents())
    assert (first.lines[0].quantity, second.lines[0].quantity) == (2, 5)
    assert second.version - first.version == pytest.approx(200_000, abs=1_000)


@pytest.mark.parametrize("name", ["../erp", "a/b", "..", ".hidden", "", "a\\b", "a" * 65])
def test_a_name_does_not_leave_the_folder(name):
    with pytest.raises(ValidationError):
        FolderSettings(folder=name)


def test_a_time_zone_that_there_is_not_is_refused():
    with pytest.raises(ValidationError, match="no time zone"):
        FolderSettings(folder="erp", timezone="Mars/North")


def test_a_folder_that_cannot_be_made_is_an_outage(drops):
    drops.folder.rmdir()
    drops.folder.write_text("a file")
    with pytest.raises(ChannelAway):
        drops.documents()


def test_where_no_files_are_kept_nothing_is_pulled():
    with pytest.raises(ChannelShut):
        list(Folder(FolderSettings(folder="erp"), Caller()).pull(0))


def test_a_folder_is_called_by_nobody_and_cannot_be_asked(drops):
    with pytest.raises(NotFromChannel):
        drops.connector.hear(Call({}, {}, b""))
    assert drops.connector.fetch("A-1") is None


def out(drops):
    return {name.partition("-")[0]: (drops.folder / "out" / name).read_text(encoding="utf-8-sig").splitlines() for name in drops.names("out")}


def test_what_is_told_back_lies_in_out_once(drops):
    drops.drop("orders.csv", HEADER + SOAP)
    [document] = drops.documents()
    parcel = Parcel(ref="A-1", tracking="00123", carrier="DHL", lines=(("SOAP", 2),), document=document)
    for _ in range(2):
        drops.connector.ship(parcel)
        drops.connector.cancel("A-2", "=cmd|x")
    drops.connector.refund("A-3", 1990, "EUR", "broken")
    assert drops.connector.set_quantities([Quantity(item="SOAP", quantity=7)]) == ()
    told = out(drops)
    assert told.pop("quantities")[1].startswith("SOAP,7,")
    assert told == {
        "shipment": ["reference,line,item,quantity,tracking,carrier,complete", "A-1,SOAP,SOAP,2,00123,DHL,yes"],
        "cancellation": ["reference,reason", "A-2,'=cmd|x"], "refund": ["reference,amount,currency,reason", "A-3,1990,EUR,broken"]}
    assert len(drops.names("out")) == 4


def test_nothing_half_written_is_left_in_out(drops, monkeypatch):
    drops.documents()
    seen = []

    def full(_):
        seen.extend(name for name in drops.names("out") if not name.startswith("."))
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ChannelAway, match="No space left"):
        drops.connector.cancel("A-1", "gone")
    assert (drops.names("out"), seen) == ([], [])
