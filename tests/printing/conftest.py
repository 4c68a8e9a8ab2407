"""A warehouse with simulated printers, and the spooler that serves them."""

import threading
from collections.abc import Iterator

import pytest

from server.kernel.database import Database
from server.kernel.hourly import with_errors_hour
from server.masterdata.sites import add_site
from server.printing.figures import PRINTERS
from server.printing.owner import Patience
from server.printing.queue import NewLabel, print_label, put_printer
from server.printing.spooler import Spooler
from simulators.devices.printer import LabelPrinter
from simulators.devices.wire import TcpPort
from tests.warehouse import Warehouse

QUICK = Patience(answer_seconds=0.8, quiet_seconds=0.2, again_seconds=0.1, untold_seconds=0.8, poll_seconds=0.02, blind_seconds=0.05)


class Room:
    """Printers P0, P1 ... of one warehouse, each a simulated one at a TCP port."""

    def __init__(self, database: Database, count: int = 1, **more) -> None:
        self.house = Warehouse(database)
        self.house.site_id = database.write(lambda tx: add_site(tx, "W1", "Main"))
        self.database = database
        self.printers = [LabelPrinter(label_seconds=0.01, **more) for _ in range(count)]
        self.ports = [TcpPort(printer) for printer in self.printers]
        self.spooler: Spooler | None = None
        for number, port in enumerate(self.ports):
            self.put(number, port.url)

    @property
    def printer(self) -> LabelPrinter:
        return self.printers[0]

    def put(self, number: int, url: str) -> None:
        self.database.write(lambda tx: put_printer(tx, f"P{number}", self.house.site_id, url, zone=f"Z{number}"))

    def ask(self, code: str, at: int = 0) -> int:
        number = self.database.write(lambda tx: print_label(tx, self.house.site_id, NewLabel(
            label="lpn", code=code, zpl=f"^XA^FO30,30^A0N,30,30^FD{code}^FS^XZ\n"), zone=f"Z{at}"))
        assert number is not None
        return number

    def once(self, patience: Patience = QUICK) -> int:
        spooler = Spooler(self.database, patience=patience)
        try:
            return spooler.print_waiting()
        finally:
            spooler.stop()

    def start(self) -> None:
        self.spooler = Spooler(self.database, pause_seconds=0.02, patience=QUICK)
        self.spooler.start()

    def stop(self) -> None:
        if self.spooler is not None:
            self.spooler.stop()
        self.spooler = None

    def close(self) -> None:
        self.stop()
        for port in self.ports:
            port.close()

    def state(self, code: str) -> str:
        return self.house.one("SELECT state FROM print_job WHERE code = :code ORDER BY id DESC LIMIT 1", code=code)

    def error(self, code: str) -> str:
        return self.house.one("SELECT error FROM print_job WHERE code = :code ORDER BY id DESC LIMIT 1", code=code) or ""

    def states(self) -> dict[str, int]:
        return dict(self.house.all("SELECT state, COUNT(*) FROM print_job GROUP BY state"))

    def condition(self, number: int = 0) -> tuple:
        rows = self.house.all("SELECT c.code, c.sentence, c.odometer, c.model FROM printer_condition c JOIN printer p ON p.id = c.printer_id "
                              "WHERE p.name = :name", name=f"P{number}")
        return rows[0] if rows else ("", "", None, "")

    def errors(self, number: int = 0) -> int:
        """Of this hour and the one before: a test may run while the clock strikes."""
        return self.house.one("SELECT c.hour_errors + c.before_errors FROM printer_condition c JOIN printer p ON p.id = c.printer_id "
                              "WHERE p.name = :name", name=f"P{number}")

    def told(self, number: int = 0) -> dict:
        """The printer as the page of devices and the command tell it."""
        return self.database.read(lambda tx: next(
            with_errors_hour(row, tx.now) for row in tx.rows(PRINTERS, after=0, site_id=None, most=100) if row.name == f"P{number}"))

    def came_out(self, number: int = 0) -> list[str]:
        return [label.decode().partition("^FD")[2].partition("^FS")[0] + (" REPRINT" if b"REPRINT" in label else "")
                for label in list(self.printers[number].labels)]


@pytest.fixture
def room(sqlite_url) -> Iterator[Room]:
    database = Database(sqlite_url)
    yield from opened(database)
    database.close()


@pytest.fixture
def room_on_each(database) -> Iterator[Room]:
    """The same on SQLite and on PostgreSQL."""
    yield from opened(database)


def opened(database: Database) -> Iterator[Room]:
    room = Room(database)
    yield room
    room.close()
    assert not [one for one in threading.enumerate() if one.name.startswith("printer ")]
