"""PostgreSQL crashes or freezes under the running server: refused in bounded time, and well again by itself."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from server.kernel.migrations import upgrade
from tests.databases.postgres import PostgresServer
from tests.realtime.server import RunningServer, Socket
from tests.trust.floor import Floor, call, faults_of, until
from tests.waiting import within

DEVICES, CRASHES, READERS = 6, 4, 30
FROZEN_SECONDS = 12


class House:
    """A durable PostgreSQL of its own, a server on it, handhelds at work."""

    def __init__(self, folder) -> None:
        self.postgres = PostgresServer(fsync=True)
        self.postgres.execute("CREATE DATABASE floor")
        upgrade(self.postgres.url("floor"))
        self.floor = Floor(self.postgres.url("floor"), DEVICES)
        self.server = RunningServer(self.floor.url, folder)
        self.handhelds = self.floor.handhelds(self.server.address)
        self.headers = {"Authorization": f"Bearer {self.floor.devices[0].token}"}

    def acknowledged(self) -> int:
        return sum(len(one.acknowledged) for one in self.handhelds)

    def goes_on(self, seconds: float = 30) -> float:
        """How long it takes until more work is acknowledged."""
        before = self.acknowledged()
        return until(lambda: self.acknowledged() > before + 5, seconds)

    def threads(self) -> int:
        own = self.server.process.pid
        worker = Path(f"/proc/{own}/task/{own}/children").read_text().split()[0]
        status = Path(f"/proc/{worker}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in status if line.startswith("Threads:"))

    def kept_every_promise(self) -> None:
        self.floor.end()
        assert faults_of(self.floor.url, self.handhelds) == {}
        assert {status for one in self.handhelds for status in one.statuses} == {200, 503}
        assert max(one.slowest for one in self.handhelds) < within(6)
        assert "met an error that nobody foresaw" not in self.server.log()

    def close(self) -> None:
        if self.postgres.process.poll() is None:
            self.postgres.thaw()
        self.floor.end()
        self.server.stop()
        self.postgres.stop()


@pytest.fixture
def house(tmp_path):
    house = House(tmp_path)
    house.floor.begin(house.handhelds)
    house.goes_on()
    yield house
    house.close()


def test_a_database_that_crashes_is_waited_for_and_work_goes_on_by_itself(house):
    for _ in range(CRASHES):
        house.postgres.crash()
        away = call(house.server.address, "GET", "/api/v1/items", **house.headers)
        assert (away.status, away.headers["content-type"]) == (503, "application/problem+json")
        assert call(house.server.address, "GET", "/healthz").status == 200
        house.postgres.start()
        assert house.goes_on() < within(5)
    house.kept_every_promise()


def test_a_socket_that_is_opened_while_the_database_is_away_is_refused_and_no_error_is_logged(house):
    token = house.server.token(house.floor.devices[0].token)
    house.postgres.crash()
    assert not Socket(house.server, {"token": token}).is_open
    house.postgres.start()
    assert house.goes_on() < within(5)
    assert "Traceback" not in house.server.log()


def test_a_frozen_database_makes_nobody_wait_for_long_and_holds_no_threads(house):
    before, refused, strange = house.threads(), [], []
    over = threading.Event()

    def look() -> list[tuple[int, float]]:
        seen = []
        while not over.is_set():
            answer = call(house.server.address, "GET", "/api/v1/items", **house.headers)
            seen.append((answer.status, answer.seconds))
            strange.extend([] if answer.status in (200, 503) else [(answer.status, answer.seconds, answer.body)])
            refused.append("retry-after" in answer.headers)
            time.sleep(0.2)
        return seen

    with ThreadPoolExecutor(READERS) as pool:
        readers = [pool.submit(look) for _ in range(READERS)]
        house.postgres.freeze()
        health, most, ends = [], 0, time.monotonic() + FROZEN_SECONDS
        while time.monotonic() < ends:
            answer = call(house.server.address, "GET", "/healthz")
            health.append((answer.status, answer.seconds))
            most = max(most, house.threads())
            time.sleep(0.25)
        over.set()
        answers = [one for reader in readers for one in reader.result()]
    ready = call(house.server.address, "GET", "/readyz")
    house.postgres.thaw()
    assert house.goes_on() < within(5)
    assert strange == [], house.server.log()[-2_000:]
    assert sum(refused) > READERS
    assert max(seconds for _, seconds in answers) < min(within(5), FROZEN_SECONDS)
    assert {status for status, _ in health} == {200} and max(seconds for _, seconds in health) < within(1)
    assert most - before <= READERS + DEVICES + 10
    assert (ready.status, "retry-after" in ready.headers) == (503, True)
    house.kept_every_promise()
