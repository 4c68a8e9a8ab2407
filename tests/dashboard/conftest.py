"""A warehouse whose clock is moved by hand, and a small story in it whose figures can be reckoned in the head."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from server.dashboard.history_sums import sum_site
from server.dashboard.history_view import Asked, look_back
from server.kernel.clock import MINUTE, StillClock
from server.kernel.database import Database
from server.masterdata.site_settings import set_site_settings
from server.masterdata.sites import location_by_code
from server.wms.counting import plan_counts
from server.wms.inbound import NewInbound, NewInboundLine, put_inbound
from tests.conftest import fresh_url
from tests.invariants import broken_invariants
from tests.warehouse import ITEMS, Warehouse


def at(said: str) -> int:
    """An instant in UTC, as 2026-09-21 08:00."""
    return int(datetime.strptime(said, "%Y-%m-%d %H:%M").replace(tzinfo=UTC).timestamp() * 1000)


class Story:
    """`clock` stands still unless told to move; `tell` makes one order go out, goods come in and a bin be counted."""

    def __init__(self, database: Database, clock: StillClock) -> None:
        self.house, self.clock = Warehouse(database).open(), clock
        self.house.put("SOAP", 100, "W1-A-01-1")
        self.house.database.write(lambda tx: set_site_settings(tx, self.house.site_id, cost_per_hour_cents=3000, currency="EUR"))
        self.pda = self.house.pda("supervisor")  # who may call a vehicle back
        self.orders = 0

    def later(self, minutes: int) -> None:
        self.clock.advance(minutes * MINUTE)

    def scans(self, *codes: str) -> None:
        for code in codes:
            self.pda.scan(code)
            assert self.pda.results[-1]["status"] == "applied", (code, self.pda.results[-1])

    def ship(self, quantity: int, *, cutoff_in: int) -> None:
        """In half an hour: 10 minutes until it is released, 5 of picking, 5 of packing, 10 until it leaves."""
        self.orders += 1
        self.house.order(f"S-{self.orders}", ("SOAP", quantity), cutoff_at=self.clock.now() + cutoff_in * MINUTE)
        self.later(10)
        self.house.wave()
        self.later(5)
        self.scans("TOTE-5", ITEMS["SOAP"])
        self.later(5)
        self.pda.task = None
        self.scans("TOTE-5", ITEMS["SOAP"])
        sscc = self.pda.results[-1]["data"]["sscc"]
        self.scans(f"(00){sscc}")
        self.later(10)
        self.pda.task = None
        self.scans("W1-DOOR", f"(00){sscc}", "CMD-DONE")
        self.pda.task = None
        self.house.settle()

    def receive(self, quantity: int) -> None:
        """Goods come, and a quarter of an hour later they are in a bin."""
        self.orders += 1
        code = f"ASN-{self.orders}"
        self.house.database.write(lambda tx: put_inbound(tx, NewInbound(code=code, kind="asn", site_id=self.house.site_id, lines=[NewInboundLine(item="TEA", quantity=quantity)])))
        self.pda.task = None
        self.scans(code, ITEMS["TEA"], f"QTY-{quantity}")
        lpn = self.pda.results[-1]["message"]["args"].get("lpn")
        self.later(15)
        self.pda.task = None
        self.scans(lpn, "W1-B-03-1")
        self.pda.task = None

    def count(self, found: int) -> None:
        """The bin of the soap is counted, once and, where somebody found something else, by a second person."""
        self.house.database.write(lambda tx: plan_counts(tx, [location_by_code(tx, "W1-A-01-1").id], "planned"))
        for pda in (self.pda, self.house.pda()):
            pda.task = None
            if pda.send("claim", {"kind": "count"}, None)["status"] == "applied":
                for code in ("W1-A-01-1", ITEMS["SOAP"], f"QTY-{found}", "CMD-DONE"):
                    pda.scan(code)
        self.pda.task = None

    def sum(self) -> int:
        return sum_site(self.house.database, self.house.site_id)

    def look(self, **asked: str) -> dict[str, Any]:
        return self.house.database.read(lambda tx: look_back(tx, self.house.site_id, Asked(**asked)))

    def zone(self, name: str) -> None:
        self.house.database.write(lambda tx: tx.execute(text("UPDATE site SET timezone = :zone"), {"zone": name}))


@pytest.fixture(params=["sqlite", "postgresql"])
def story(request, tmp_path) -> Iterator[Story]:
    clock = StillClock(at("2026-09-21 08:00"))
    database = Database(fresh_url(request, request.param, tmp_path, has_warehouse=True), clock=clock)
    yield Story(database, clock)
    broken = broken_invariants(database)
    database.close()
    assert broken == []


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """With the warehouse in it that nearly all tests here open; those marked `empty` make another one."""
    return fresh_url(request, str(request.param), tmp_path, has_warehouse=request.node.get_closest_marker("empty") is None)
