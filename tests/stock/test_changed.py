"""Whatever changes how much can be promised leaves its mark, once, whichever statement writes it; and nobody waits for whoever looks."""

import threading

import pytest

from server.masterdata.sites import account, location_by_code
from server.stock.availability import (
    Wanted,
    changed_in_use,
    has_changed,
    post_promise,
    promise,
    promise_all,
    take_changed,
    take_changed_one,
    void_promise,
)
from server.stock.ledger import Move, change_status, move
from server.stock.restoring import unpost_promise
from tests.waiting import until
from tests.world import make_world, put

HERE = "W1-A-01-01"
LOTS = {"APPLE": ("L1",), "PHONE": ("", "S1")}


@pytest.fixture
def world(database):
    """Ten bolts, five of them promised, none of which is news."""
    world = make_world(database)
    database.write(lambda tx: (put(tx, world, world.goods("BOLT"), 10, HERE), promise(tx, world.site_id, world.goods("BOLT"), 5, reference="O/1")))
    assert taken(database) == [(world.site_id, world.items["BOLT"])]
    return world


def taken(database, most=100):
    return database.write(lambda tx: take_changed(tx, most))


def leave(tx, world, quantity):
    move(tx, Move(world.goods("BOLT"), quantity, location_by_code(tx, HERE), account(tx, world.site_id, "CUSTOMER"), "shipping"))


def hold(tx, world):
    here = location_by_code(tx, HERE)
    change_status(tx, Move(world.goods("BOLT"), 2, here, here, "inspecting"), "hold")


CHANGES = {
    "received": lambda tx, world: put(tx, world, world.goods("BOLT"), 1, HERE), "gone": lambda tx, world: leave(tx, world, 1), "held": hold,
    "promised": lambda tx, world: promise(tx, world.site_id, world.goods("BOLT"), 1, reference="P/1"),
    "promised_with_others": lambda tx, world: promise_all(tx, world.site_id, [Wanted("P/1", world.items["BOLT"], world.owner_id, 99)]),
    "given_back": lambda tx, world: void_promise(tx, world.site_id, "O/1"), "broken": lambda tx, world: leave(tx, world, 9),
    "posted": lambda tx, world: post_promise(tx, world.site_id, "O/1", 2),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_changes_what_can_be_promised_is_seen_once(database, world, change):
    database.write(lambda tx: change(tx, world))
    assert database.read(has_changed)
    assert taken(database) == [(world.site_id, world.items["BOLT"])]
    assert not database.read(has_changed)
    assert taken(database) == []


def test_what_is_promised_again_because_it_came_back_is_seen(database, world):
    database.write(lambda tx: (post_promise(tx, world.site_id, "O/1", 5), leave(tx, world, 5)))
    database.write(lambda tx: put(tx, world, world.goods("BOLT"), 5, HERE))
    taken(database)
    database.write(lambda tx: unpost_promise(tx, world.site_id, "O/1", 5))
    assert taken(database) == [(world.site_id, world.items["BOLT"])]


@pytest.mark.usefixtures("world")
def test_who_only_looks_changes_nothing(database):
    assert not database.read(has_changed)
    assert database.read(lambda tx: changed_in_use(tx, 100)) == []


def test_changes_are_taken_some_at_a_time(database, world):
    for item in ("APPLE", "PHONE"):
        database.write(lambda tx, item=item: put(tx, world, world.goods(item, *LOTS[item]), 1, HERE))
    assert [len(taken(database, 1)) for _ in range(3)] == [1, 1, 0]


def test_what_somebody_is_writing_is_left_until_he_has_written(database, world):
    """SQLite has one writer at a time: who looks comes after him."""
    if database.is_sqlite:
        pytest.skip("nobody writes beside another")
    database.write(lambda tx: promise(tx, world.site_id, world.goods("BOLT"), 1, reference="P/1"))
    held, done = threading.Event(), threading.Event()

    def promises(tx):
        promise(tx, world.site_id, world.goods("BOLT"), 1, reference="P/2")
        held.set()
        assert done.wait(30)

    writer = threading.Thread(target=database.write, args=(promises,))
    writer.start()
    assert held.wait(30)
    try:
        assert taken(database) == []
        row, = database.read(lambda tx: changed_in_use(tx, 100))
        after = []
        one = threading.Thread(target=lambda: after.append(database.write(lambda tx: take_changed_one(tx, row))))
        one.start()
        assert not until(lambda: after, 0.2)
    finally:
        done.set()
        writer.join()
    one.join()
    assert after == [[(world.site_id, world.items["BOLT"])]]
    assert database.write(lambda tx: take_changed_one(tx, row)) == []
