"""Which task comes next: by priority, cut-off, way, skill, equipment and zone, and never two people in a narrow aisle."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from server.floor.choosing import Seeker, options
from server.floor.leases import AisleTaken, NothingToDo, TaskHeld, claim, lease
from server.kernel.clock import MINUTE
from server.masterdata.people import set_skills
from server.masterdata.site_settings import set_site_settings
from server.masterdata.sites import account, location_by_code
from server.stock.goods import GoodsKey
from server.stock.ledger import Move, move
from server.stock.lpns import make_lpn
from server.wms.counting import plan_counts
from server.wms.put_away import want_put_away
from server.wms.tasks import NewTask, finish_task, make_task, reopen_task, task_by_id
from tests.warehouse import ITEMS, Warehouse

A, B = 0, 3_000
"""The x of the two aisles; the bins of each are at y 1000 to 5000."""


@pytest.fixture
def house(database):
    return Warehouse(database).open()


def make(house, bin_=None, **more) -> int:
    def work(tx):
        begin = location_by_code(tx, bin_).id if bin_ else None
        return make_task(tx, NewTask(**{"site_id": house.site_id, "kind": "hold", "begin_id": begin, "data": {"card": ""}, **more}))

    return house.database.write(work)


def standing_at(house, code, role="worker"):
    """Somebody who has just scanned a place."""
    pda = house.pda(role)
    pda.send("start", {"value": {"type": "location", "key": code, "kind": "bin"}}, None)
    pda.task = None
    return pda


def seeker(house, pda, **more) -> Seeker:
    worker = house.one("SELECT worker_id FROM worker_session WHERE id = :id", id=pda.session)
    return Seeker(house.site_id, worker, pda.device.id, **more)


def order_of(house, pda, **more) -> list[int]:
    return [one.id for one in house.database.read(lambda tx: options(tx, seeker(house, pda, **more)))]


def settings(house, **changes):
    house.database.write(lambda tx: set_site_settings(tx, house.site_id, **changes))


def soon(house, minutes: int) -> int:
    return house.database.read(lambda tx: tx.now) + minutes * MINUTE


def test_of_equals_the_nearest_to_the_last_scan_is_next(house):
    far, near, middle = make(house, "W1-B-05-1"), make(house, "W1-A-02-1"), make(house, "W1-A-04-1")
    assert order_of(house, standing_at(house, "W1-A-01-1")) == [near, middle, far]
    assert order_of(house, standing_at(house, "W1-B-05-1")) == [far, middle, near]


def test_who_was_seen_nowhere_gets_them_by_priority_cut_off_and_age(house):
    tasks = [make(house, "W1-B-05-1", priority=5), make(house, "W1-A-01-1", priority=6), make(house, "W1-A-01-1", cutoff_at=soon(house, 60))]
    assert order_of(house, house.pda()) == [tasks[2], tasks[0], tasks[1]]


def test_where_a_task_ended_is_where_the_next_begins(house):
    """Interleaving: a pallet put away deep in the hall, then the count beside it."""
    deep, front = make(house, "W1-B-04-1"), make(house, "W1-A-01-1")
    pda = standing_at(house, "W1-A-01-1")
    assert order_of(house, pda) == [front, deep]
    pda.send("start", {"value": {"type": "location", "key": "W1-B-05-1", "kind": "bin"}}, None)
    pda.task = None
    assert order_of(house, pda) == [deep, front]


def test_a_higher_priority_is_worth_a_way_and_the_site_says_how_long(house):
    near, urgent = make(house, "W1-A-02-1", priority=5), make(house, "W1-B-05-1", priority=4)
    pda = standing_at(house, "W1-A-01-1")
    assert order_of(house, pda) == [urgent, near]
    settings(house, next_priority_m=1)
    assert order_of(house, pda) == [near, urgent]


def test_a_cut_off_counts_more_the_nearer_it_is(house):
    near, due = make(house, "W1-A-01-1"), make(house, "W1-B-05-1", cutoff_at=soon(house, 30))
    pda = standing_at(house, "W1-A-01-1")
    assert order_of(house, pda) == [due, near]
    later = make(house, "W1-B-05-1", cutoff_at=soon(house, 600))
    assert order_of(house, pda) == [due, near, later]


def test_what_was_put_first_goes_before_every_cut_off_and_what_was_put_last_behind_all(house):
    last, due, first = make(house, "W1-A-01-1", priority=10), make(house, "W1-B-05-1", cutoff_at=soon(house, -30)), make(house, "W1-B-05-1", priority=0)
    assert order_of(house, standing_at(house, "W1-A-01-1")) == [first, due, last]


def test_only_what_somebody_may_do_is_offered(house):
    hold, count, other_zone = make(house, zone="A"), make(house, kind="count", zone="A"), make(house, zone="B")
    pda = house.pda()
    assert set(order_of(house, pda)) == {hold, count, other_zone}
    house.database.write(lambda tx: set_skills(tx, "BDG-1", skills=["hold"], zones=["A"]))
    assert order_of(house, pda) == [hold]
    assert order_of(house, pda, kind="count") == []


def test_what_is_near_is_offered_only_to_who_may_do_it(house):
    house.pda()
    standing_at(house, "W1-A-01-1")
    near, far = make(house, "W1-A-01-1", kind="count", zone="B"), make(house, "W1-B-05-1", zone="A")
    pda = standing_at(house, "W1-A-01-1")
    house.database.write(lambda tx: set_skills(tx, "BDG-3", zones=["A"]))
    assert order_of(house, pda) == [far]
    house.database.write(lambda tx: set_skills(tx, "BDG-3", skills=["count"], zones=[]))
    assert order_of(house, pda) == [near]


def test_what_needs_equipment_waits_for_who_has_it(house):
    plain, lifted, rolled = make(house), make(house, needs="forklift"), make(house, needs="trolley")
    pda = house.pda()
    assert order_of(house, pda) == [plain]
    for slots, offered in (({"vehicle": "forklift"}, {plain, lifted}), ({"trolley": "TROLLEY-1"}, {plain, rolled}), ({}, {plain})):
        pda.send("shift_start", slots, None)
        assert set(order_of(house, pda)) == offered


def test_it_is_said_why_it_is_this_one(house):
    make(house, "W1-B-05-1", cutoff_at=soon(house, 1))
    pda = standing_at(house, "W1-A-01-1")
    pda.send("claim", {"kind": ""}, None)
    message, why = pda.results[-1]["message"], pda.results[-1]["data"]["why"]
    assert (message["key"], message["args"]["kind"], message["args"]["metres"]) == ("next.away_until", "hold", 9)
    assert (why["reason"], why["metres"], why["from"]) == ("next", 9, "W1-A-01-1")
    assert len(message["args"]["time"].split(":")) == 2


@pytest.mark.parametrize(("more", "key"), [({"priority": 0}, "next.first"), ({"cutoff_at": 10**12}, "next.until"), ({}, "task.started")])
def test_it_is_said_why_without_a_way(house, more, key):
    make(house, **more)
    pda = house.pda()
    pda.send("claim", {"kind": ""}, None)
    assert pda.results[-1]["message"]["key"] == key


def test_a_count_knows_where_it_is_and_what_it_needs(house):
    settings(house, narrow_aisles_mm=[B], forklift_levels=[1])
    house.database.write(lambda tx: tx.execute(text("UPDATE location SET level = 1 WHERE code = 'W1-A-02-1'")))
    codes = ("W1-A-01-1", "W1-A-02-1", "W1-B-03-1")
    for code in codes:
        house.database.write(lambda tx, code=code: plan_counts(tx, [location_by_code(tx, code).id], "planned"))
    assert house.all("SELECT l.code, t.x_mm, t.y_mm, t.end_x_mm, t.end_y_mm, t.needs, t.narrow_mm FROM task t JOIN location l ON l.id = t.begin_id ORDER BY t.id") == [
        ("W1-A-01-1", A, 1_000, A, 1_000, "", None), ("W1-A-02-1", A, 2_000, A, 2_000, "forklift", None), ("W1-B-03-1", B, 3_000, B, 3_000, "", B)]


def test_a_round_of_counts_works_in_one_narrow_aisle_at_most(house):
    settings(house, narrow_aisles_mm=[A])
    ids = [house.one("SELECT id FROM location WHERE code = :c", c=code) for code in ("W1-A-01-1", "W1-B-01-1", "W1-A-02-1", "W1-B-02-1")]
    house.database.write(lambda tx: plan_counts(tx, ids, "planned"))
    assert sorted(house.all("SELECT t.narrow_mm, COUNT(*) FROM cycle_count c JOIN task t ON t.id = c.task_id GROUP BY t.id, t.narrow_mm"), key=str) == [
        (A, 2), (None, 2)]


def test_a_pick_begins_at_its_first_bin_and_ends_at_the_depot(house):
    house.put("SOAP", 5, "W1-B-02-1")
    house.order("S-1", ("SOAP", 1))
    house.wave()
    assert house.all("SELECT l.code, t.x_mm, t.y_mm, t.end_x_mm, t.end_y_mm, t.needs, t.narrow_mm FROM task t JOIN location l ON l.id = t.begin_id") == [
        ("W1-B-02-1", B, 2_000, A, 0, "", None)]


def test_a_round_is_parted_by_narrow_aisles_and_by_what_a_forklift_has_to_reach(house):
    house.put("SOAP", 5, "W1-A-02-1")
    house.put("TEA", 5, "W1-B-02-1")
    settings(house, narrow_aisles_mm=[B])
    house.order("S-1", ("SOAP", 1), ("TEA", 1))
    house.wave()
    assert sorted(house.all("SELECT x_mm, narrow_mm FROM task WHERE kind = 'pick'"), key=str) == [(A, None), (B, B)]
    pda = house.pda()
    for scan in ("TOTE-5", ITEMS["SOAP"], "TOTE-6", ITEMS["TEA"]):
        pda.scan(scan)
    assert house.all("SELECT state FROM release") == [("picked",)]


def pallet(house, code) -> int:
    def work(tx):
        lpn = make_lpn(tx, location_by_code(tx, "W1-DOCK"), code=code)
        move(tx, Move(GoodsKey(house.items["SOAP"], house.owner_id), 5, account(tx, house.site_id, "SUPPLIER"), lpn, "receiving"))
        return want_put_away(tx, lpn)

    return house.database.write(work)


def test_a_pallet_is_led_to_a_bin_within_reach(house):
    pallet(house, "P-1")
    settings(house, forklift_levels=[0])
    house.database.write(lambda tx: tx.execute(text("UPDATE location SET level = 1 WHERE code = 'W1-B-05-1'")))
    pda = house.pda()
    pda.send("claim", {"kind": "put_away"}, None)
    assert pda.task["forms"][0]["slots"][1]["suggested"] == ["W1-B-05-1"]
    assert house.all("SELECT end_x_mm, end_y_mm, needs FROM task WHERE kind = 'put_away'") == [(B, 5_000, "")]


def test_a_pallet_that_nobody_without_a_forklift_can_put_away_waits_for_one(house):
    pallet(house, "P-1")
    settings(house, forklift_levels=[0])
    pda = house.pda()
    pda.send("claim", {"kind": "put_away"}, None)
    assert pda.results[-1]["code"] == "nothing_to_do"
    pda.scan("P-1")
    assert pda.results[-1]["code"] == "out_of_reach"
    assert house.all("SELECT state, device_id FROM task") == [("open", None)]
    pda.send("shift_start", {"vehicle": "forklift"}, None)
    pda.send("claim", {"kind": "put_away"}, None)
    assert house.all("SELECT state, needs FROM task") == [("leased", "forklift")]


def test_two_pallets_are_not_led_into_one_narrow_aisle(house):
    pallet(house, "P-1"), pallet(house, "P-2")
    settings(house, narrow_aisles_mm=[A])
    first, second = house.pda(), house.pda()
    first.send("claim", {"kind": "put_away"}, None)
    second.scan("P-2")
    assert house.all("SELECT narrow_mm, end_x_mm FROM task ORDER BY id") == [(A, A), (None, B)]


def test_a_narrow_aisle_where_somebody_works_is_offered_to_nobody_else(house):
    first, second, free = make(house, "W1-A-01-1", narrow_mm=A), make(house, "W1-A-02-1", narrow_mm=A), make(house, "W1-B-05-1", priority=8)
    one, other = house.pda(), standing_at(house, "W1-A-01-1")
    assert house.database.write(lambda tx: claim(tx, seeker(house, one)))[0].id == first
    assert order_of(house, other) == [free]
    with pytest.raises(AisleTaken):
        house.database.write(lambda tx: lease(tx, second, worker_id=None, device_id=other.device.id))
    house.database.write(lambda tx: finish_task(tx, first))
    assert house.database.write(lambda tx: claim(tx, seeker(house, other)))[0].id == second


def test_the_database_too_lets_one_person_into_a_narrow_aisle(house):
    make(house, "W1-A-01-1", narrow_mm=A), make(house, "W1-A-02-1", narrow_mm=A)
    with pytest.raises(IntegrityError):
        house.database.write(lambda tx: tx.query(text("UPDATE task SET state = 'leased'")))


def test_a_task_that_is_taken_up_again_waits_while_somebody_is_in_its_aisle(house):
    first, second = make(house, "W1-A-01-1", narrow_mm=A), make(house, "W1-A-02-1", narrow_mm=A)
    one, other = house.pda(), house.pda()
    house.database.write(lambda tx: lease(tx, first, worker_id=None, device_id=one.device.id))
    house.database.write(lambda tx: finish_task(tx, first))
    house.database.write(lambda tx: lease(tx, second, worker_id=None, device_id=other.device.id))
    house.database.write(lambda tx: reopen_task(tx, task_by_id(tx, first)))
    assert house.all("SELECT state FROM task ORDER BY id") == [("open",), ("leased",)]


def test_what_a_supervisor_holds_back_is_neither_offered_nor_taken(house):
    held = make(house)
    house.database.write(lambda tx: tx.execute(text("UPDATE task SET held = 1")))
    pda = house.pda()
    with pytest.raises(NothingToDo):
        house.database.write(lambda tx: claim(tx, seeker(house, pda)))
    with pytest.raises(TaskHeld):
        house.database.write(lambda tx: lease(tx, held, worker_id=None, device_id=pda.device.id))
    with pytest.raises(IntegrityError):
        house.database.write(lambda tx: tx.query(text("UPDATE task SET state = 'leased'")))


def test_what_waits_for_one_device_is_offered_on_no_other(house):
    mine = make(house, priority=9)
    make(house)
    one, other = house.pda(), house.pda()
    house.database.write(lambda tx: tx.execute(text("UPDATE task SET for_device_id = :d WHERE id = :t"), {"d": one.device.id, "t": mine}))
    assert mine not in order_of(house, other)
    one.send("claim", {"kind": ""}, None)
    assert (one.task["id"], one.results[-1]["message"]["key"]) == (f"t{mine}", "next.sent")
