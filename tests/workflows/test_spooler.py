"""What goes out to a printer is in the printer's own dots; ZPL that somebody gave is sent as it is."""

import pytest

from labels.backends.zpl import zpl
from labels.template import template
from server.printing.queue import NewLabel, print_label, put_printer
from server.printing.spooler import Spooler
from simulators.devices.printer import LabelPrinter
from simulators.devices.wire import TcpPort
from tests.warehouse import Warehouse

GIVEN = "^XA^CI28^PW812^LL406^FO100,20^A0N,40,40^FH_^FDA^FS^XZ\n"
VALUES = {"code": "LPN1", "name": "Seife mit Oliven\u00f6l", "quantity": 3}


def printed(database, url: str, language: str, new: NewLabel) -> None:
    house = Warehouse(database).open()

    def work(tx):
        put_printer(tx, "labels", house.site_id, url, language=language)
        print_label(tx, house.site_id, new)

    database.write(work)
    spooler = Spooler(database)
    assert spooler.print_waiting() == 1
    spooler.stop()


@pytest.mark.parametrize(("language", "dpi"), [("zpl", 203), ("zpl300", 300), ("zpl600", 600)])
def test_a_label_is_drawn_in_the_dots_that_were_set_for_a_printer_that_does_not_tell(database, tmp_path, language, dpi):
    printed(database, tmp_path.as_uri(), language, NewLabel(label="lpn", code="LPN1", values=VALUES))
    assert (tmp_path / "lpn-LPN1-0.zpl").read_text() == zpl(template("lpn").drawings(VALUES), dpi)


def test_zpl_that_was_given_is_sent_as_it_is(database, tmp_path):
    printed(database, tmp_path.as_uri(), "zpl300", NewLabel(label="lpn", code="LPN1", zpl=GIVEN))
    assert (tmp_path / "lpn-LPN1-0.zpl").read_text() == GIVEN


@pytest.mark.parametrize(("model", "dpi"), [("ZD421", 203), ("ZT411-300", 300), ("ZT411-600", 600)])
def test_a_printer_that_tells_its_resolution_is_believed(sqlite_url, database, model, dpi):
    printer = LabelPrinter(model=model, label_seconds=0.01)
    port = TcpPort(printer)
    printed(database, port.url, "zpl", NewLabel(label="lpn", code="LPN1", values=VALUES))
    assert printer.labels == [zpl(template("lpn").drawings(VALUES), dpi).strip().encode()]
    port.close()
