"""One order, two zones: each picker has a part of it, and it is packed when both are done, even when they end at one moment."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from server.workflows import pick
from tests.pda import Pda
from tests.warehouse import ITEMS, Warehouse


@pytest.fixture
def house(database):
    house = Warehouse(database).open()
    house.put("SOAP", 10, "W1-A-01-1")
    house.put("TEA", 10, "W1-B-01-1")
    house.order("S-1", ("SOAP", 1), ("TEA", 1))
    house.wave("zone")
    return house


def begun(house: Warehouse, tote: str) -> tuple[Pda, str]:
    """A picker in one of the zones, and what is still to be scanned there."""
    pda = house.pda()
    pda.scan(tote)
    return pda, ITEMS[next(form["info"]["item"] for form in pda.task["forms"] if form["state"] == "open")]


def packs_of(house: Warehouse) -> tuple[str, int]:
    return house.one("SELECT state FROM release"), house.one("SELECT COUNT(*) FROM task WHERE kind = 'pack'")


def test_an_order_of_two_zones_is_packed_when_both_are_picked(house):
    (one, soap), (other, tea) = begun(house, "TOTE-5"), begun(house, "TOTE-6")
    assert {soap, tea} == {ITEMS["SOAP"], ITEMS["TEA"]}
    one.scan(soap)
    assert packs_of(house) == ("released", 0)
    other.scan(tea)
    assert packs_of(house) == ("picked", 1)


def test_it_is_packed_too_when_the_last_picks_of_both_zones_come_at_one_moment(house, monkeypatch):
    (one, soap), (other, tea) = begun(house, "TOTE-5"), begun(house, "TOTE-6")
    both = threading.Barrier(2)
    close = pick.close_round

    def close_together(tx, task):
        with suppress(threading.BrokenBarrierError):  # SQLite writes one after the other: there the first waits in vain
            both.wait(timeout=1)
        return close(tx, task)

    monkeypatch.setattr(pick, "close_round", close_together)
    with ThreadPoolExecutor() as threads:
        list(threads.map(lambda pair: pair[0].scan(pair[1]), ((one, soap), (other, tea))))
    assert [pda.results[-1]["status"] for pda in (one, other)] == ["applied"] * 2
    assert packs_of(house) == ("picked", 1)
