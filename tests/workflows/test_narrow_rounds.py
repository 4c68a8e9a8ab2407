"""What a round would have to take in a narrow aisle that is not its own is a round by itself: nobody is sent to where somebody works."""

import pytest
from sqlalchemy import text

from server.masterdata.site_settings import set_site_settings
from server.wms.allocating import give_back
from server.wms.reallocating import reallocate
from server.wms.tasks import NewTask, make_task
from tests.warehouse import ITEMS, Warehouse

B = 3_000


@pytest.fixture
def house(database):
    house = Warehouse(database).open()
    house.database.write(lambda tx: set_site_settings(tx, house.site_id, narrow_aisles_mm=[B]))
    house.put("SOAP", 5, "W1-A-01-1")
    house.order("S-1", ("SOAP", 4))
    house.wave()
    house.put("SOAP", 5, "W1-B-05-1")
    return house


def somebody_in_the_aisle(house):
    """A round of counts in the narrow aisle, in the hands of a colleague."""
    number = house.database.write(lambda tx: make_task(tx, NewTask(site_id=house.site_id, kind="count", narrow_mm=B)))
    house.database.write(lambda tx: tx.execute(text("UPDATE task SET state = 'leased' WHERE id = :id"), {"id": number}))
    return number


def rounds(house):
    return house.all("SELECT t.state, t.narrow_mm, COUNT(a.id) FROM task t LEFT JOIN allocation a ON a.task_id = t.id AND a.state = 'open' "
                     "WHERE t.kind = 'pick' GROUP BY t.id, t.state, t.narrow_mm ORDER BY t.id")


def picks_one_of_four(house):
    pda = house.pda()
    for scan in ("TOTE-5", "CMD-SHORT", "QTY-1"):
        pda.scan(scan)
    return pda


def test_what_is_missing_is_fetched_from_a_narrow_aisle_by_whoever_is_let_in_there(house):
    colleague = somebody_in_the_aisle(house)
    pda = picks_one_of_four(house)
    assert (pda.results[-1]["data"]["elsewhere"], pda.results[-1]["data"]["reported"]) == ([], 0)
    assert rounds(house) == [("done", None, 0), ("open", B, 1)]
    assert house.all("SELECT state FROM release") == [("released",)]
    pda.task = None
    assert pda.send("claim", {"kind": "pick"}, None)["code"] == "nothing_to_do"
    house.database.write(lambda tx: tx.execute(text("UPDATE task SET state = 'done' WHERE id = :id"), {"id": colleague}))
    for scan in ("TOTE-6", ITEMS["SOAP"]):
        pda.scan(scan)
    assert pda.results[-1]["message"]["key"] == "pick.round_done"
    house.settle()
    assert house.all("SELECT state FROM release") == [("picked",)]
    assert house.one("SELECT SUM(picked) FROM release_line") == 4


def test_a_round_in_its_own_narrow_aisle_goes_on_there(house):
    house.database.write(lambda tx: tx.execute(text("UPDATE task SET narrow_mm = :b WHERE kind = 'pick'"), {"b": B}))
    pda = picks_one_of_four(house)
    assert pda.results[-1]["data"]["elsewhere"] == ["W1-B-05-1"]
    assert rounds(house) == [("leased", B, 1)]


def test_a_shortage_by_mistake_takes_the_other_round_back(house):
    somebody_in_the_aisle(house)
    pda = picks_one_of_four(house)
    pda.scan("CMD-UNDO")
    assert pda.results[-1]["status"] == "applied", pda.results[-1]
    assert [row[2] for row in rounds(house)] == [1, 0]
    assert rounds(house)[1][0] == "done"
    pda.scan(ITEMS["SOAP"])
    house.settle()
    assert house.all("SELECT state FROM release") == [("picked",)]


def test_what_a_count_took_from_a_round_is_fetched_there_by_another_too(house):
    somebody_in_the_aisle(house)
    house.put("SOAP", 5, "W1-B-04-1")
    pda = house.pda()
    pda.scan("TOTE-5")

    def lose(tx):
        [row] = tx.rows(text("SELECT a.id, a.release_line_id, a.task_id, a.quantity FROM allocation a WHERE a.state = 'open'"))
        give_back(tx, row.id)
        tx.execute(text("UPDATE location SET blocked = 1 WHERE code = 'W1-A-01-1'"))
        reallocate(tx, row.release_line_id, row.task_id)

    house.database.write(lose)
    assert [(state, aisle) for state, aisle, _ in rounds(house)] == [("done", None), ("open", B)]
    assert house.one("SELECT SUM(a.quantity) FROM allocation a JOIN task t ON t.id = a.task_id WHERE a.state = 'open' AND t.narrow_mm IS NOT NULL") == 4
