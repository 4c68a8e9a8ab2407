"""Many devices ask for work at one moment: each task goes to one of them, and no narrow aisle has two people, on both databases."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy import text

from server.floor.choosing import Seeker
from server.floor.leases import NothingToDo, claim
from server.masterdata.locations import NewLocation, put_location
from server.masterdata.site_settings import set_site_settings
from server.masterdata.sites import location_by_code
from server.wms.tasks import NewTask, finish_task, make_task
from tests.warehouse import Warehouse

DEVICES, AISLES, TASKS_AN_AISLE = 10, 4, 4


@pytest.fixture
def house(database):
    house = Warehouse(database).open()

    def build(tx):
        set_site_settings(tx, house.site_id, narrow_aisles_mm=[10_000 + aisle * 2_000 for aisle in range(AISLES - 1)])
        for aisle in range(AISLES):
            for rack in range(TASKS_AN_AISLE):
                code, x_mm = f"W1-N{aisle}-{rack:02d}-1", 10_000 + aisle * 2_000
                put_location(tx, house.site_id, NewLocation(code=code, zone="N", x_mm=x_mm, y_mm=rack * 1_000))
                make_task(tx, NewTask(site_id=house.site_id, kind="count", begin_id=location_by_code(tx, code).id,
                                      narrow_mm=x_mm if aisle < AISLES - 1 else None))

    house.pdas = [house.pda() for _ in range(DEVICES)]
    house.database.write(build)
    return house


def test_each_task_goes_to_one_device_and_no_narrow_aisle_has_two_people(house):
    begin, done, lock = threading.Barrier(DEVICES), [], threading.Lock()
    workers = [row[0] for row in house.all("SELECT id FROM worker ORDER BY id")]

    def work(number):
        seeker = Seeker(house.site_id, workers[number], house.pdas[number].device.id)
        begin.wait()
        in_vain = 0
        while in_vain < 3 and len(done) < AISLES * TASKS_AN_AISLE:
            try:
                task, _ = house.database.write(lambda tx: claim(tx, seeker))
            except NothingToDo:
                in_vain += 1
                continue
            assert house.one("SELECT COALESCE(MAX(n), 0) FROM (SELECT COUNT(*) AS n FROM task WHERE state = 'leased' AND narrow_mm IS NOT NULL "
                             "GROUP BY site_id, narrow_mm) held") <= 1
            house.database.write(lambda tx, number=task.id: finish_task(tx, number))
            with lock:
                done.append(task.id)

    with ThreadPoolExecutor(DEVICES) as pool:
        for one in [pool.submit(work, number) for number in range(DEVICES)]:
            one.result()
    assert len(done) == len(set(done)) > AISLES * TASKS_AN_AISLE / 2
    assert house.one("SELECT COUNT(*) FROM task WHERE kind = 'count' AND state = 'leased'") == 0


def test_all_at_once_get_as_many_tasks_as_there_are_places_to_work(house):
    """Three narrow aisles with one person each, and four tasks in the wide one."""
    begin, got = threading.Barrier(DEVICES), []
    workers = [row[0] for row in house.all("SELECT id FROM worker ORDER BY id")]

    def work(number):
        begin.wait()
        with suppress(NothingToDo):
            got.append(house.database.write(lambda tx: claim(tx, Seeker(house.site_id, workers[number], house.pdas[number].device.id)))[0])

    with ThreadPoolExecutor(DEVICES) as pool:
        for one in [pool.submit(work, number) for number in range(DEVICES)]:
            one.result()
    narrow = [task.narrow_mm for task in got if task.narrow_mm is not None]
    assert len(narrow) == len(set(narrow)) == AISLES - 1
    assert len(got) - len(narrow) == TASKS_AN_AISLE
    assert house.all("SELECT COUNT(*) FROM task WHERE state = 'leased'") == [(len(got),)]


def test_the_claim_itself_is_what_decides(house):
    """A task that somebody takes while another looks at the list is not given twice."""
    taken = house.one("SELECT MIN(id) FROM task WHERE kind = 'count'")
    seekers = [Seeker(house.site_id, None, one.device.id) for one in house.pdas[:2]]
    first, _ = house.database.write(lambda tx: claim(tx, seekers[0]))
    house.database.write(lambda tx: tx.execute(text("UPDATE task SET priority = 0 WHERE id = :id"), {"id": first.id}))
    second, _ = house.database.write(lambda tx: claim(tx, seekers[1]))
    assert first.id == taken != second.id
