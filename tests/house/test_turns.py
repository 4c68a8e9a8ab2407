"""Who works goes before what handhelds bring that come back, on both databases."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from server.kernel.database import Database
from tests.conftest import fresh_url

WAIT = 30


@pytest.fixture
def threads():
    with ThreadPoolExecutor(16) as pool:
        yield pool


def until(wanted):
    ends = time.monotonic() + WAIT
    while not wanted():
        assert time.monotonic() < ends
        time.sleep(0.01)


def test_on_sqlite_the_living_are_written_first(request, tmp_path, threads):
    database = Database(fresh_url(request, "sqlite", tmp_path))
    begun, go, order = threading.Event(), threading.Event(), []
    held = threads.submit(database.write, lambda _: (begun.set(), go.wait(WAIT)))
    assert begun.wait(WAIT)
    for name in ("old 1", "old 2", "new 1", "new 2"):
        threads.submit(database.write, lambda _, name=name: order.append(name), backlog=name.startswith("old"))
    until(lambda: len(database._gate._queue) == 4)
    go.set()
    held.result(WAIT)
    until(lambda: len(order) == 4)
    assert set(order[:2]) == {"new 1", "new 2"}
    database.close()


@pytest.mark.parametrize("way", ["waiting", "not waiting"])
def test_on_postgresql_what_comes_back_leaves_the_database_to_the_living(request, tmp_path, threads, way):
    database = Database(fresh_url(request, "postgresql", tmp_path))
    go, running, most, lock = threading.Event(), [0], [0], threading.Lock()

    def batch(_tx):
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        go.wait(WAIT)
        with lock:
            running[0] -= 1

    async def all_together():
        backlog = [asyncio.create_task(database.write_soon(batch, backlog=True)) for _ in range(6)]
        await asyncio.wait_for(database.write_soon(lambda _: None), WAIT)
        await asyncio.to_thread(until, lambda: running[0] == 2)
        go.set()
        await asyncio.gather(*backlog)

    if way == "not waiting":
        threads.submit(asyncio.run, all_together()).result(3 * WAIT)  # browser tests keep a loop in this thread
    else:
        backlog = [threads.submit(database.write, batch, backlog=True) for _ in range(6)]
        until(lambda: running[0] == 2)
        threads.submit(database.write, lambda _: None).result(WAIT)
        go.set()
        for one in backlog:
            one.result(WAIT)
    assert most[0] == 2
    database.close()
