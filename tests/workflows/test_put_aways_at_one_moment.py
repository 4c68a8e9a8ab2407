"""A round of put-aways of which one pallet is brought while another's is undone."""

import pytest

from server.stock.lpns import lpn_by_code
from server.wms import put_away
from server.wms.put_away import drop_put_away, end_put_away, reopen_put_away
from tests.moments import meanwhile
from tests.warehouse import Warehouse
from tests.workflows.test_put_away_forms import load, started


@pytest.fixture
def house(database):
    house = Warehouse(database).open()
    for pallet in ("P-1", "P-2"):
        load(house, pallet, ("SOAP", 4))
    started(house, "P-1").send("join", {"lpn": "P-2"}, "join")
    return house


def end(house, pallet: str) -> int:
    return house.database.write(lambda tx: end_put_away(tx, lpn_by_code(tx, pallet)))


def drop(house, pallet: str) -> None:
    house.database.write(lambda tx: drop_put_away(tx, lpn_by_code(tx, pallet)))


def reopen(house, number: int) -> None:
    house.database.write(lambda tx: reopen_put_away(tx, number))


def round_(house) -> tuple:
    states = house.all("SELECT a.state FROM put_away a ORDER BY a.id")
    return house.one("SELECT t.state FROM task t JOIN put_away a ON a.task_id = t.id ORDER BY a.id LIMIT 1"), [state for state, in states]


def test_a_round_ends_though_its_last_pallet_is_brought_while_the_others_receipt_is_undone(house):
    with meanwhile(put_away._END_TASK, lambda: drop(house, "P-1")):
        end(house, "P-2")
    assert round_(house) == ("done", ["cancelled", "done"])


def test_a_pallet_whose_put_away_is_undone_while_the_last_is_brought_waits_in_an_open_task(house):
    number = end(house, "P-1")
    with meanwhile(put_away._END_TASK, lambda: reopen(house, number)):
        end(house, "P-2")
    assert round_(house) == ("leased", ["open", "done"])


def test_a_put_away_undone_after_the_rest_of_its_round_was_dropped_waits_in_an_open_task(house):
    number = end(house, "P-2")
    drop(house, "P-1")
    assert round_(house) == ("done", ["cancelled", "done"])
    reopen(house, number)
    assert round_(house) == ("leased", ["cancelled", "open"])


def test_a_round_of_which_nothing_was_brought_is_cancelled_with_its_last_pallet(house):
    drop(house, "P-1")
    assert round_(house) == ("leased", ["cancelled", "open"])
    drop(house, "P-2")
    assert round_(house) == ("cancelled", ["cancelled", "cancelled"])
