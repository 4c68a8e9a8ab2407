"""How a handheld does, as it tells it itself: what it scanned last, its errors of the last hour, and how soon it gets its answers."""

import pytest

from server.kernel.clock import HOUR
from server.kernel.database import Database
from server.kernel.hourly import with_errors_hour
from server.masterdata.devices import devices
from tests.warehouse import Warehouse

EPOCH = "epoch-0001"


@pytest.fixture
def house(database: Database) -> Warehouse:
    return Warehouse(database).open()


def tell(house: Warehouse, pda, **said) -> dict:
    """The page of devices after a hello."""
    pda.engine.hello(pda.device, {"epoch": EPOCH, **said}, "b1")

    def shown(tx) -> dict:
        row = next(one for one in devices(tx) if one.id == pda.device.id)
        return with_errors_hour(row, row.hour * HOUR + HOUR - 1)  # at the hour's end all of it counts, and nothing of the one before

    return house.database.read(shown)


def test_what_its_page_has_counted_is_added_once_however_often_it_is_told(house):
    pda = house.pda()
    counts = [tell(house, pda, errors=errors)["errors_hour"] for errors in (2, 2, 5, 5)]
    assert counts == [2, 2, 5, 5]


def test_a_page_that_was_opened_anew_begins_at_nought_and_nothing_is_lost(house):
    pda = house.pda()
    assert [tell(house, pda, errors=errors)["errors_hour"] for errors in (4, 0, 1, 3)] == [4, 4, 5, 7]


@pytest.mark.parametrize("strange", [{}, {"errors": None}, {"errors": -3}, {"errors": "7"}, {"errors": True}, {"errors": 10**6}])
def test_a_device_that_tells_nothing_or_something_strange_adds_none(house, strange):
    pda = house.pda()
    tell(house, pda, errors=3)
    assert tell(house, pda, **strange)["errors_hour"] == 3
    assert tell(house, pda, errors=4)["errors_hour"] == 4


@pytest.mark.parametrize(("said", "kept"), [(24, 24), (0, 0), (None, 31), (-1, 31), ("9", 31), (10**6, 31)])
def test_how_soon_it_was_answered_is_kept_until_it_tells_another(house, said, kept):
    pda = house.pda()
    tell(house, pda, latency_ms=31)
    assert tell(house, pda, latency_ms=said)["latency_ms"] == kept


@pytest.mark.parametrize(("said", "kept"), [("TOTE-7", "TOTE-7"), ("]C1010950\x1d10L", "]C1010950·10L"), ("", "TOTE-5"), (None, "TOTE-5"), (7, "TOTE-5"), ("x" * 600, "x" * 512)])
def test_what_it_understood_by_itself_is_its_last_scan_too(house, said, kept):
    pda = house.pda()
    tell(house, pda, last_scan="TOTE-5")
    assert tell(house, pda, last_scan=said)["last_scan"] == kept
