"""What goes out to a printer is in the printer's own dots."""

from server.printing.queue import print_label, put_printer
from server.printing.spooler import Spooler
from tests.warehouse import Warehouse


def printed(database, tmp_path, language: str) -> str:
    house = Warehouse(database).open()

    def work(tx):
        put_printer(tx, "labels", house.site_id, tmp_path.as_uri(), language=language)
        print_label(tx, house.site_id, label="lpn", code="LPN1", payload="^XA^CI28^PW812^LL406^FO100,20^A0N,40,40^FH_^FDA^FS^XZ\n")

    database.write(work)
    assert Spooler(database).print_waiting() == 1
    return (tmp_path / "lpn-LPN1-0.zpl").read_text()


def test_a_printer_with_203_dpi_gets_the_label_as_it_is_kept(database, tmp_path):
    assert printed(database, tmp_path, "zpl") == "^XA^CI28^PW812^LL406^FO100,20^A0N,40,40^FH_^FDA^FS^XZ\n"


def test_a_printer_with_300_dpi_gets_the_same_label_in_its_own_dots(database, tmp_path):
    assert printed(database, tmp_path, "zpl300") == "^XA^CI28^PW1200^LL600^FO148,30^A0N,59,59^FH_^FDA^FS^XZ\n"
