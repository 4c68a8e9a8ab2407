"""`aisle printers` and `aisle print`: what they say, and that they end with 1 where labels are stuck."""

import json

import pytest

from server.kernel.database import Database
from server.masterdata.sites import add_site
from server.printing.queue import NewLabel, answer_unknown, print_label, put_printer
from server.printing.spooler import Spooler
from simulators.devices.printer import LabelPrinter
from simulators.devices.wire import TcpPort
from tests.waiting import until

TWO = "^XA^FO10,10^A0N,30,30^FDone^FS^PQ2,0,1,Y^XZ\n^XA^FO10,10^FDtwo^FS^XZ\n"


@pytest.fixture
def printer(sqlite_url):
    printer = LabelPrinter(label_seconds=0.01)
    port = TcpPort(printer)
    database = Database(sqlite_url)
    database.write(lambda tx: put_printer(tx, "dock", add_site(tx, "W1", "Main"), port.url))
    database.close()
    yield printer
    port.close()


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "two.zpl"
    file.write_text(TWO)
    return file


def test_a_file_comes_out_as_often_as_it_says(printer, file, aisle, sqlite_url):
    told = aisle(sqlite_url, "print", str(file), "--printer", "dock", "--json")
    assert told.code == 0
    assert (told.json["came_out"], [job["state"] for job in told.json["jobs"]]) == (3, ["printed", "printed"])
    assert [label.count(b"^FDone^FS") for label in printer.labels] == [1, 1, 0]
    assert aisle(sqlite_url, "print", str(file), "--printer", "dock", "--copies", "1").code == 0
    assert len(printer.labels) == 5


def test_a_test_label_comes_out(printer, aisle, sqlite_url):
    assert aisle(sqlite_url, "printers", "--test", "dock").code == 0
    assert b"^FDdock^FS" in printer.labels[0]


@pytest.mark.parametrize(("content", "arguments", "words"), [
    (TWO, ("--copies", "10000"), "10000 copies are asked for; 1 to 500"),
    (TWO, ("--copies", "0"), "1 to 500"),
    (TWO.replace("^PQ2", "^PQ9999"), (), "9999 copies"),
    ("hello", (), "holds 0 labels"),
    (TWO * 300, (), "holds 600 labels"),
    (b"\xff\xfe\x00", (), "no text in UTF-8"),
    (TWO, ("--printer", "nobody"), "no printer nobody"),
])
def test_what_cannot_be_printed_is_refused_and_not_half_printed(printer, file, aisle, sqlite_url, content, arguments, words):
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    told = aisle(sqlite_url, "print", str(file), "--printer", "dock", *arguments)
    assert (told.code, words in told.errors) == (1, True), told.errors
    assert printer.labels == []
    assert aisle(sqlite_url, "printers", "--json").json["printers"][0]["waiting"] == 0


def test_what_is_held_ends_with_1_says_why_and_comes_out_later(printer, file, aisle, sqlite_url):
    printer.fail("media-out")
    told = aisle(sqlite_url, "print", str(file), "--printer", "dock", "--json")
    assert (told.code, told.json["came_out"]) == (1, 0)
    assert "new roll" in told.errors
    listed = aisle(sqlite_url, "printers", "--json")
    assert listed.code == 1
    one = listed.json["printers"][0]
    assert (one["condition"], one["waiting"], one["held"], one["connected"], one["model"]) == ("paper_out", 2, 2, True, "")
    assert "new roll" in aisle(sqlite_url, "printers").text
    printer.heal("media-out")
    database = Database(sqlite_url)
    spooler = Spooler(database)
    assert spooler.print_waiting() == 2
    spooler.stop()
    database.close()
    listed = aisle(sqlite_url, "printers", "--json")
    assert (listed.code, listed.json["printers"][0]["odometer"]) == (0, 1003)


def test_a_wrong_port_is_said_and_no_byte_of_a_label_goes_there(printer, file, aisle, sqlite_url):
    printer.fail("wrong-port")
    told = aisle(sqlite_url, "print", str(file), "--printer", "dock")
    assert told.code == 1
    assert "no label printer" in told.text and "HTTP/1.1 400" in told.text
    assert printer._partial == b""


def test_a_printer_is_set_with_its_neighbour(printer, aisle, sqlite_url, tmp_path):
    for arguments in (("--put", "usb", "--site", "W1", "--url", "/dev/usb/lp0"),
                      ("--put", "line", "--site", "W1", "--url", "/dev/ttyUSB0?baud=9600&flow=xonxoff", "--neighbour", "dock", "--after", "30"),
                      ("--put", "folder", "--site", "W1", "--url", tmp_path.as_uri(), "--json")):
        told = aisle(sqlite_url, "printers", *arguments)
        assert told.code == 0, told.errors
    rows = {row["name"]: row for row in aisle(sqlite_url, "printers", "--json").json["printers"]}
    assert set(rows) == {"dock", "usb", "line", "folder"}
    assert (rows["line"]["neighbour"], rows["line"]["after_seconds"]) == ("dock", 30)


def test_at_a_printer_that_never_answers_labels_are_sent_and_not_said_to_have_come_out(printer, file, aisle, sqlite_url):
    printer.fail("silent")
    where = aisle(sqlite_url, "printers", "--json").json["printers"][0]["url"]
    put = ("printers", "--put", "dock", "--site", "W1", "--url", where)
    assert aisle(sqlite_url, *put, "--answers", "no").code == 0
    told = aisle(sqlite_url, "print", str(file), "--printer", "dock", "--copies", "1", "--json")
    assert (told.code, told.json["came_out"], told.json["not_known"]) == (0, 0, 2)
    assert until(lambda: len(printer.labels) == 2)
    assert aisle(sqlite_url, *put).code == 0
    listed = aisle(sqlite_url, "printers", "--json")
    one = listed.json["printers"][0]
    assert (listed.code, one["answers"], one["condition"], one["waiting"], one["unknown"]) == (0, "no", "one_way", 0, 0)


@pytest.mark.parametrize(("arguments", "words"), [
    (("--put", "x"), "--site and --url"), (("--put", "x", "--site", "W1", "--url", "gopher://x"), "no printer port"),
    (("--put", "x", "--site", "W9", "--url", "socket://h:9100"), "W9"),
    (("--put", "x", "--site", "W1", "--url", "socket://h:9100", "--neighbour", "x"), "another one"),
    (("--put", "x", "--site", "W1", "--url", "/dev/ttyUSB0?flow=water"), "xonxoff"), (("--test", "nobody"), "no printer nobody"),
])
def test_a_printer_that_cannot_be_is_refused(printer, aisle, sqlite_url, arguments, words):
    told = aisle(sqlite_url, "printers", *arguments)
    assert (told.code, words in told.errors) == (1, True), told.errors
    assert len(aisle(sqlite_url, "printers", "--json").json["printers"]) == 1


def test_a_label_that_is_asked_about_ends_the_list_with_1_until_it_is_answered(printer, aisle, sqlite_url):
    database = Database(sqlite_url)
    number = database.write(lambda tx: print_label(tx, 1, NewLabel(label="lpn", code="LPN1", zpl="^XA^XZ")))
    spooler = Spooler(database)
    spooler.print_waiting()
    spooler.stop()
    told = aisle(sqlite_url, "printers", "--json")
    assert (told.code, told.json["printers"][0]["unknown"]) == (1, 1)
    database.write(lambda tx: answer_unknown(tx, number, came_out=True))
    assert aisle(sqlite_url, "printers").code == 0
    database.close()


def test_a_house_without_printers_says_how_to_make_one(sqlite_url, aisle):
    told = aisle(sqlite_url, "printers")
    assert (told.code, "--put NAME" in told.text) == (0, True)
    assert json.loads(aisle(sqlite_url, "printers", "--json").text) == {"printers": []}
