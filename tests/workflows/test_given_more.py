"""A round is given goods from elsewhere in the moment of its last pick: it goes on, or they are not kept for it."""

import pytest

from server.kernel.transaction import Tx
from server.masterdata.sites import location_by_code
from server.wms import reallocating
from server.wms.holding import Which, hold
from server.wms.tasks import touch_task
from server.workflows import pick
from tests.warehouse import ITEMS, Warehouse
from tests.workflows.test_cancelled_in_a_round import beside, once, states, tasks


@pytest.fixture
def house(database):
    house = Warehouse(database).open()
    house.put("SOAP", 1, "W1-A-01-1")
    house.put("TEA", 1, "W1-A-02-1")
    house.order("S-1", ("SOAP", 1), ("TEA", 1))
    house.wave()
    return house


def begun(house: Warehouse):
    """Who has still the soap to pick; the tea was blocked, and there is more elsewhere, but nobody has looked yet."""
    pda = house.pda()
    pda.scan("TOTE-5")
    house.put("TEA", 5, "W1-B-03-1")
    house.dispatcher.drain()
    place = house.database.read(lambda tx: location_by_code(tx, "W1-A-02-1"))
    house.database.write(lambda tx: hold(tx, Which(site_id=house.site_id, place=place, item="TEA"), "QUALITY"))
    return pda


def test_a_round_that_is_given_goods_in_the_moment_of_its_last_pick_goes_on(house, monkeypatch):
    pda, waiting, scalar = begun(house), [], Tx.scalar

    def scalar_then_picked(tx, statement, **values):
        found = scalar(tx, statement, **values)
        if statement is reallocating._TOTE and not waiting:
            waiting.append(beside(lambda: pda.scan(ITEMS["SOAP"])))
        return found

    monkeypatch.setattr(Tx, "scalar", scalar_then_picked)
    house.dispatcher.drain()
    waiting[0].join()
    assert pda.results[-1]["message"]["key"] == "pick.done"
    assert (states(house), tasks(house)) == ([("released",)], [("pick", "leased")])
    (pda.task,) = house.engine.pull(pda.device, None)["tasks"]
    assert [(form["info"]["location"], form["info"]["tote"]) for form in pda.task["forms"] if form["state"] == "open"] == [("W1-B-03-1", "TOTE-5")]
    pda.scan(ITEMS["TEA"])
    assert (states(house), tasks(house)) == ([("picked",)], [("pick", "done"), ("pack", "open")])


def test_a_round_that_has_just_ended_is_given_nothing_more(house, monkeypatch):
    pda, waiting = begun(house), []
    once(monkeypatch, pick, "close_round", lambda: waiting.append(beside(house.dispatcher.drain)))
    pda.scan(ITEMS["SOAP"])
    waiting[0].join()
    house.dispatcher.drain()
    assert (states(house), tasks(house)) == ([("picked",)], [("pick", "done"), ("pack", "open")])
    assert house.all("SELECT allocated, short FROM release_line ORDER BY number") == [(1, 0), (0, 1)]
    assert house.one("SELECT COUNT(*) FROM allocation WHERE state = 'open'") == 0


def test_a_round_ends_though_its_picker_was_told_to_look_again_in_the_moment_of_its_last_pick(house, monkeypatch):
    pda, number, close = house.pda(), house.one("SELECT id FROM task"), pick.close_round
    pda.scan("TOTE-5")
    pda.scan(ITEMS["SOAP"])
    waiting = []

    def touched_then_closed(tx, task):
        waiting.append(beside(lambda: house.database.write(lambda tx: touch_task(tx, number))))
        return close(tx, task)

    monkeypatch.setattr(pick, "close_round", touched_then_closed)
    pda.scan(ITEMS["TEA"])
    waiting[0].join()
    assert (states(house), tasks(house)) == ([("picked",)], [("pick", "done"), ("pack", "open")])
