"""Who gets which task, for how long, and what the slower of two is told."""

import pytest
from sqlalchemy import text

from server.floor import leases
from server.floor.choosing import Seeker
from server.floor.leases import LEASE_MS, NothingToDo, TaskTaken, claim, give_back, held_tasks, lease, waiting_counts
from server.masterdata.sites import add_site
from server.wms.tasks import NewTask, make_task, task_by_id
from tests.warehouse import Warehouse


@pytest.fixture
def house(database):
    house = Warehouse(database).open()
    house.pda(), house.pda()
    return house


def make(house, **more) -> int:
    return house.database.write(lambda tx: make_task(tx, NewTask(**{"site_id": house.site_id, "kind": "count", **more})))


def claimed(house, worker: int = 1, device: int = 1, **more):
    people = [row[0] for row in house.all("SELECT id FROM worker ORDER BY id")]
    devices = [row[0] for row in house.all("SELECT id FROM device ORDER BY id")]
    seeker = Seeker(house.site_id, people[worker - 1] if worker else None, devices[device - 1], **more)
    return house.database.write(lambda tx: claim(tx, seeker))[0]


def test_tasks_go_out_by_priority_then_cut_off_then_age(house):
    numbers = [make(house, **more) for more in ({"priority": 5}, {"priority": 5, "cutoff_at": 900}, {"priority": 5, "cutoff_at": 800},
                                                {"priority": 4}, {"priority": 5, "cutoff_at": 800})]
    assert [numbers.index(claimed(house).id) for _ in numbers] == [3, 2, 4, 1, 0]
    with pytest.raises(NothingToDo) as refused:
        claimed(house)
    assert (refused.value.sentence, refused.value.args_) == ("Nothing is waiting. Scan anything to start something else.", {"kind": ""})


def test_only_the_kind_and_zone_that_were_asked_for(house):
    counts, packs = make(house, zone="A"), make(house, kind="pack", zone="B")
    with pytest.raises(NothingToDo) as refused:
        claimed(house, kind="count", zone="B")
    assert refused.value.args_ == {"kind": "count"}
    assert claimed(house, zone="B").id == packs
    assert claimed(house, kind="count").id == counts


def test_a_task_of_another_warehouse_is_not_handed_out(house):
    other = house.database.write(lambda tx: add_site(tx, "W2", "Other"))
    make(house, site_id=other)
    with pytest.raises(NothingToDo):
        claimed(house)
    assert house.database.read(lambda tx: waiting_counts(tx, house.site_id)) == {}
    assert house.database.read(lambda tx: waiting_counts(tx, other)) == {"count": 1}


@pytest.mark.parametrize("kind", ["", "count"])
def test_who_is_not_to_do_it_gets_the_next(house, kind):
    first = house.all("SELECT id FROM worker ORDER BY id")[0][0]
    barred, free = make(house, not_worker_id=first), make(house)
    assert claimed(house, 1, kind=kind).id == free
    with pytest.raises(NothingToDo):
        claimed(house, 1, kind=kind)
    assert claimed(house, 2, kind=kind).id == barred


def test_who_is_not_signed_in_may_get_what_another_may_not(house):
    first = house.all("SELECT id FROM worker ORDER BY id")[0][0]
    barred = make(house, not_worker_id=first)
    task = claimed(house, 0)
    assert (task.id, task.worker_id) == (barred, None)


def test_a_lease_says_who_and_until_when_and_counts_as_a_change(house):
    number = make(house, data={"a": 1})
    before = house.database.read(lambda tx: task_by_id(tx, number))
    task = claimed(house)
    assert (task.state, task.version, task.data) == ("leased", before.version + 1, {"a": 1})
    assert (task.worker_id, task.device_id) == (house.one("SELECT MIN(id) FROM worker"), house.one("SELECT MIN(id) FROM device"))
    assert task.leased_until == task.started_at + LEASE_MS
    assert task == house.database.read(lambda tx: task_by_id(tx, number))


def test_the_device_that_has_it_may_take_it_again_and_the_begin_stays(house):
    number = make(house)
    first = claimed(house)
    again = house.database.write(lambda tx: lease(tx, number, worker_id=first.worker_id, device_id=first.device_id, data={"in_hand": ["P-1"]}))
    assert (again.started_at, again.version, again.data) == (first.started_at, first.version + 1, {"in_hand": ["P-1"]})


def test_the_slower_one_is_told_who_has_it(house):
    number = make(house, data={"a": 1})
    first = claimed(house)
    other = house.all("SELECT id FROM device ORDER BY id")[1][0]
    with pytest.raises(TaskTaken) as refused:
        house.database.write(lambda tx: lease(tx, number, worker_id=None, device_id=other, data={"a": 2}))
    assert refused.value.args_ == {"task": f"t{number}", "worker": first.worker_id}
    assert refused.value.sentence == "Somebody else is working on this. Take another task, or ask the supervisor to hand it over."
    assert house.database.read(lambda tx: task_by_id(tx, number)) == first


def test_after_twelve_hours_anybody_may_have_it(house):
    number = make(house)
    claimed(house)
    other = house.all("SELECT id FROM device ORDER BY id")[1][0]
    house.database.write(lambda tx: tx.execute(text("UPDATE task SET leased_until = :at"), {"at": tx.now - 1}))
    assert house.database.write(lambda tx: lease(tx, number, worker_id=None, device_id=other)).device_id == other


@pytest.mark.parametrize("state", ["done", "cancelled"])
def test_what_has_ended_is_nobodys(house, state):
    number = make(house)
    house.database.write(lambda tx: tx.execute(text("UPDATE task SET state = :s, done_at = 1"), {"s": state}))
    with pytest.raises(TaskTaken):
        house.database.write(lambda tx: lease(tx, number, worker_id=None, device_id=house.one("SELECT MIN(id) FROM device")))


def test_only_who_holds_a_task_gives_it_back(house):
    number = make(house)
    device, other = (row[0] for row in house.all("SELECT id FROM device ORDER BY id"))
    claimed(house)
    assert not house.database.write(lambda tx: give_back(tx, number, other))
    assert [task.id for task in house.database.read(lambda tx: held_tasks(tx, device))] == [number]
    assert house.database.write(lambda tx: give_back(tx, number, device)) is True
    assert not house.database.write(lambda tx: give_back(tx, number, device))
    task = house.database.read(lambda tx: task_by_id(tx, number))
    assert (task.state, task.worker_id, task.device_id, task.leased_until) == ("open", None, None, None)


def test_what_somebody_took_at_this_moment_is_passed_over(house, monkeypatch):
    gone, next_ = make(house, priority=1), make(house)
    real = leases.lease

    def slower(tx, task_id, **more):
        if task_id == gone:
            raise TaskTaken("Somebody was quicker.", task=f"t{gone}")
        return real(tx, task_id, **more)

    monkeypatch.setattr(leases, "lease", slower)
    assert claimed(house).id == next_


def test_at_most_twenty_are_tried_and_once_more(house, monkeypatch):
    for _ in range(25):
        make(house)
    tried = []

    def slower(_tx, task_id, **_more):
        tried.append(task_id)
        raise TaskTaken("Somebody was quicker.", task=f"t{task_id}")

    monkeypatch.setattr(leases, "lease", slower)
    with pytest.raises(NothingToDo):
        claimed(house)
    assert (len(tried), len(set(tried))) == (40, 20)


def test_what_waits_is_counted_by_kind(house):
    make(house), make(house), make(house, kind="pack")
    claimed(house, kind="count")
    assert house.database.read(lambda tx: waiting_counts(tx, house.site_id)) == {"count": 1, "pack": 1}
