"""An order is cancelled while its wave is made, or while its round waits or is under way with orders of others."""

import threading

import pytest

from server.kernel.transaction import Tx
from server.masterdata.sites import location_by_code
from server.oms.orders import cancel_order, hold_order
from server.wms import waves, withdrawing
from server.wms.holding import Which, hold
from server.wms.withdrawing import withdraw
from server.workflows import pick
from tests.warehouse import ITEMS, Warehouse
from tests.workflows.test_two_servers import Together


@pytest.fixture
def house(database):
    house = Warehouse(database).open()
    house.put("SOAP", 10, "W1-A-01-1")
    house.put("TEA", 10, "W1-A-02-1")
    return house


def cancel(house: Warehouse, number: str) -> None:
    """As the route does it."""
    house.database.write(lambda tx: (hold_order(tx, number), withdraw(tx, number), cancel_order(tx, number, "changed his mind")))


def block(house: Warehouse, bin_: str, item: str) -> None:
    place = house.database.read(lambda tx: location_by_code(tx, bin_))
    house.database.write(lambda tx: hold(tx, Which(site_id=house.site_id, place=place, item=item), "QUALITY"))


def on_a_trolley(house: Warehouse):
    """Soap for one order and tea for another; who picks them."""
    numbers = [house.order(ref, (item, 3)).number for ref, item in (("S-1", "SOAP"), ("S-2", "TEA"))]
    house.wave("cluster")
    pda = house.pda()
    pda.scan("TROLLEY-1")
    return pda, *numbers


def tasks(house: Warehouse) -> list[tuple]:
    return house.all("SELECT kind, state FROM task ORDER BY id")


def states(house: Warehouse) -> list[tuple]:
    return house.all("SELECT state FROM release ORDER BY id")


def kept(house: Warehouse) -> tuple[int, int]:
    return house.one("SELECT COUNT(*) FROM allocation WHERE state = 'open'"), house.one("SELECT SUM(allocated) FROM balance")


def once(monkeypatch, module, name: str, other) -> None:
    """`other` happens once, after this function came to something and before anybody goes on with it."""
    real = getattr(module, name)

    def called(*what):
        monkeypatch.setattr(module, name, real)
        found = real(*what)
        other()
        return found

    monkeypatch.setattr(module, name, called)


def beside(work) -> threading.Thread:
    """`work` by another thread, which gets a second before we go on."""
    thread = threading.Thread(target=work)
    thread.start()
    thread.join(1)
    return thread


def test_a_round_of_which_only_cancelled_orders_were_left_ends_and_the_others_are_packed(house):
    pda, _, tea = on_a_trolley(house)
    for scan in (ITEMS["SOAP"], "TOTE-1"):
        pda.scan(scan)
    cancel(house, tea)
    assert tasks(house) == [("pick", "done"), ("pack", "open")]
    assert states(house) == [("picked",), ("cancelled",)]


def test_a_round_goes_on_without_an_order_that_was_cancelled(house):
    pda, _, tea = on_a_trolley(house)
    version = house.one("SELECT version FROM task")
    cancel(house, tea)
    assert house.one("SELECT version FROM task") > version
    for scan in (ITEMS["SOAP"], "TOTE-1"):
        pda.scan(scan)
    assert tasks(house) == [("pick", "done"), ("pack", "open")]


def test_a_round_of_only_cancelled_orders_is_handed_to_nobody(house):
    number = house.order("S-1", ("SOAP", 3)).number
    house.wave()
    cancel(house, number)
    assert tasks(house) == [("pick", "done")]
    pda = house.pda()
    pda.send("claim", {"kind": "pick"}, None)
    assert pda.results[-1]["code"] == "nothing_to_do"


def test_a_round_ends_though_its_last_pick_and_the_cancelling_of_its_last_order_come_at_one_moment(house, monkeypatch):
    pda, _, tea = on_a_trolley(house)
    pda.scan(ITEMS["SOAP"])
    before, after, close = Together(), Together(), pick.close_round

    def close_together(tx, task):
        before.meet()
        ended = close(tx, task)
        after.meet()
        return ended

    monkeypatch.setattr(pick, "close_round", close_together)
    monkeypatch.setattr(withdrawing, "close_round", close_together)
    threads = [threading.Thread(target=work) for work in (lambda: pda.scan("TOTE-1"), lambda: cancel(house, tea))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tasks(house) == [("pick", "done"), ("pack", "open")]


def test_an_order_that_is_cancelled_before_its_turn_in_the_wave_keeps_no_goods(house, monkeypatch):
    house.order("S-1", ("SOAP", 3))
    number, rows, seen = house.order("S-2", ("TEA", 3)).number, Tx.rows, []

    def rows_then_cancelled(tx, statement, **values):
        found = rows(tx, statement, **values)
        if statement is waves._IN_WAVE and not seen:
            seen.append(number)
            cancel(house, number)
        return found

    monkeypatch.setattr(Tx, "rows", rows_then_cancelled)
    house.wave()
    assert (states(house), tasks(house)) == ([("released",), ("cancelled",)], [("pick", "open")])
    assert kept(house) == (1, 3)


def test_an_order_that_is_cancelled_while_its_round_is_put_together_stays_cancelled_and_leaves_no_wave(house, monkeypatch):
    number = house.order("S-1", ("SOAP", 3)).number
    once(monkeypatch, waves, "_groups", lambda: cancel(house, number))
    assert house.wave() is None
    assert (states(house), tasks(house), kept(house)) == ([("cancelled",)], [], (0, 0))
    assert house.all("SELECT id FROM wave") == []


def test_the_others_of_a_round_are_picked_without_an_order_that_was_cancelled_while_it_was_put_together(house, monkeypatch):
    house.order("S-1", ("SOAP", 3))
    number = house.order("S-2", ("TEA", 3)).number
    once(monkeypatch, waves, "_groups", lambda: cancel(house, number))
    made = house.wave("cluster")
    assert made is not None
    assert (made.orders, states(house)) == (1, [("released",), ("cancelled",)])
    assert house.all("SELECT l.release_id, a.state FROM allocation a JOIN release_line l ON l.id = a.release_line_id WHERE a.task_id IS NOT NULL"
                     ) == [(1, "open")]
    pda = house.pda()
    for scan in ("TROLLEY-1", ITEMS["SOAP"]):
        pda.scan(scan)
    assert tasks(house) == [("pick", "done"), ("pack", "open")]


def test_a_wave_whose_orders_are_all_cancelled_when_it_has_its_tasks_ends(house, monkeypatch):
    number = house.order("S-1", ("SOAP", 3)).number
    once(monkeypatch, waves, "_hand_out", lambda: cancel(house, number))
    assert house.wave() is None
    assert (house.all("SELECT state FROM wave"), tasks(house)) == ([("released",)], [("pick", "done")])


def test_an_order_that_loses_all_its_goods_while_its_round_is_put_together_goes_with_the_next_wave(house, monkeypatch):
    house.order("S-1", ("SOAP", 3))
    house.put("SOAP", 5, "W1-B-01-1")
    once(monkeypatch, waves, "_groups", lambda: block(house, "W1-A-01-1", "SOAP"))
    assert (house.wave(), states(house)) == (None, [("waiting",)])
    made = house.wave()
    assert made is not None
    assert (made.orders, states(house), tasks(house)) == (1, [("released",)], [("pick", "open")])
    assert house.all("SELECT task_id FROM allocation WHERE state = 'open'") == house.all("SELECT id FROM task")


def test_goods_that_are_lost_while_the_round_is_put_together_are_picked_elsewhere_in_it(house, monkeypatch):
    house.order("S-1", ("SOAP", 3), ("TEA", 3))
    house.put("SOAP", 5, "W1-B-01-1")
    once(monkeypatch, waves, "_groups", lambda: block(house, "W1-A-01-1", "SOAP"))
    house.wave()
    pda = house.pda()
    pda.scan("TOTE-5")
    assert sorted(form["info"]["location"] for form in pda.task["forms"]) == ["W1-A-02-1", "W1-B-01-1"]
    for scan in (ITEMS["SOAP"], ITEMS["TEA"]):
        pda.scan(scan)
    assert tasks(house) == [("pick", "done"), ("pack", "open")]


def test_an_order_that_lost_its_goods_and_was_cancelled_gets_no_others(house):
    number = house.order("S-1", ("SOAP", 3)).number
    house.wave()
    house.put("SOAP", 5, "W1-B-01-1")
    house.dispatcher.drain()
    block(house, "W1-A-01-1", "SOAP")
    cancel(house, number)
    house.dispatcher.drain()
    assert (states(house), tasks(house), kept(house)) == ([("cancelled",)], [("pick", "done")], (0, 0))


def test_an_order_that_ended_without_goods_is_told_so_though_they_were_lost_before(house):
    pda, _, tea = on_a_trolley(house)
    block(house, "W1-A-02-1", "TEA")
    for scan in (ITEMS["SOAP"], "TOTE-1"):
        pda.scan(scan)
    assert states(house) == [("picked",), ("cancelled",)]
    house.dispatcher.drain()
    assert house.one("SELECT state FROM sales_order WHERE number = :number", number=tea) == "short"


@pytest.mark.parametrize("kind", ["pick", "short", "damaged"])
def test_what_is_done_in_the_moment_in_which_its_order_is_cancelled_is_of_no_order(house, monkeypatch, kind):
    number, pda = begun(house)
    waiting, scalar = [], Tx.scalar
    slots = {"item": "SOAP", "quantity": {"pick": 3, "short": 0, "damaged": 1}[kind], "to": "TOTE-5"}
    form = next(form["id"] for form in pda.task["forms"] if form["info"]["item"] == "SOAP")

    def scalar_then_picked(tx, statement, **values):
        found = scalar(tx, statement, **values)
        if statement is withdrawing._PICKED and not waiting:
            waiting.append(beside(lambda: pda.send(kind, slots, form)))
        return found

    monkeypatch.setattr(Tx, "scalar", scalar_then_picked)
    cancel(house, number)
    waiting[0].join()
    in_hand = 3 if kind == "pick" else 0
    assert pda.results[-1]["code"] == "order_cancelled"
    assert (states(house), tasks(house)[0], kept(house)) == ([("cancelled",)], ("pick", "done"), (0, 0))
    assert (house.in_bin("W1-A-01-1"), house.in_bin("W1-A-02-1")) == (10 - in_hand, 10)


def test_what_was_picked_in_the_moment_in_which_its_order_is_cancelled_is_to_be_put_back(house, monkeypatch):
    number, pda = begun(house)
    waiting = []
    once(monkeypatch, pick, "close_round", lambda: waiting.append(beside(lambda: cancel(house, number))))
    pda.scan(ITEMS["SOAP"])
    waiting[0].join()
    assert (states(house), tasks(house)) == ([("cancelled",)], [("pick", "done"), ("put_back", "open")])
    assert house.all("SELECT allocated, picked FROM release_line") == [(0, 0), (0, 0)]


def begun(house: Warehouse):
    number = house.order("S-1", ("SOAP", 3), ("TEA", 2)).number
    house.wave()
    pda = house.pda()
    pda.scan("TOTE-5")
    return number, pda
