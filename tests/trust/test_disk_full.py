"""A full disk under the running server: it refuses to write, goes on reading, and recovers by itself."""

import os
import resource
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import text

from server.kernel.database import Database
from tests.realtime.server import RunningServer
from tests.trust.floor import PASSWORD, Floor, call, faults_of, fill, until
from tests.waiting import PATIENCE, within

DEVICES = 4


@pytest.fixture
def small_disk(tmp_path):
    if os.getuid() != 0:
        pytest.skip("only root may mount a small disk")
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip(f"this machine mounts no tmpfs: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def house(small_disk, sqlite_template):
    shutil.copy(sqlite_template, small_disk / "aisle.db")
    floor = Floor(f"sqlite:///{small_disk}/aisle.db", DEVICES)
    server = RunningServer(floor.url, small_disk)
    yield floor, server
    floor.end()
    server.stop()


def refused_writes(handhelds):
    return sum(one.statuses[503] for one in handhelds)


def test_a_full_disk_stops_writing_only_and_nothing_is_lost_or_doubled(house, small_disk):
    floor, server = house
    handhelds = floor.handhelds(server.address)
    floor.begin(handhelds)
    until(lambda: sum(len(one.acknowledged) for one in handhelds) > 20)
    fill(small_disk / "ballast")
    until(lambda: refused_writes(handhelds) > 40)
    device = {"Authorization": f"Bearer {floor.devices[0].token}"}
    reads = [call(server.address, "GET", path, **device).status for path in (
        "/api/v1/items", "/api/v1/stock", "/api/v1/floor/pull", "/healthz") for _ in range(5)]
    assert reads == [200] * 20
    scan = call(server.address, "POST", "/api/v1/floor/read", {"text": "W1-A-01-1"}, **device)
    assert (scan.status, scan.body["values"][0]["type"]) == (200, "location")
    ready = call(server.address, "GET", "/readyz")
    assert (ready.status, "retry-after" in ready.headers) == (503, True)
    (small_disk / "ballast").unlink()
    before = sum(len(one.acknowledged) for one in handhelds)
    assert until(lambda: sum(len(one.acknowledged) for one in handhelds) > before + 20, PATIENCE) < within(5)
    assert call(server.address, "GET", "/readyz").status == 200
    floor.end()
    assert {status for one in handhelds for status in one.statuses} == {200, 503}
    assert faults_of(floor.url, handhelds) == {}


def test_a_write_on_a_full_disk_is_answered_by_a_problem_that_says_when_to_come_back(house, small_disk):
    floor, server = house
    fill(small_disk / "ballast")
    handheld = floor.handhelds(server.address)[0]
    until(lambda: handheld.post().status == 503)
    answer = handheld.post()
    assert (answer.status, answer.headers["content-type"]) == (503, "application/problem+json")
    assert int(answer.headers["retry-after"]) >= 1
    assert (answer.body["code"], "Nothing was done" in answer.body["detail"]) == ("unavailable", True)
    assert "Traceback" not in server.log() and "met an error" not in server.log()


def workers_of(server):
    return [int(pid) for pid in Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()]


def test_a_process_that_takes_a_dead_ones_place_on_a_full_disk_answers_at_once(house, small_disk):
    floor, server = house
    handheld = floor.handhelds(server.address)[0]
    until(lambda: len(workers_of(server)) == 2)
    fill(small_disk / "ballast")
    until(lambda: handheld.post().status == 503)
    before = workers_of(server)
    os.kill(before[0], signal.SIGKILL)
    until(lambda: len(workers_of(server)) == 2 and before[0] not in workers_of(server))
    device = {"Authorization": f"Bearer {floor.devices[0].token}"}
    for _ in range(12):  # each comes to either process
        assert call(server.address, "GET", "/api/v1/items", timeout=PATIENCE, **device).status == 200
        assert call(server.address, "GET", "/readyz", timeout=PATIENCE).status == 503
    (small_disk / "ballast").unlink()
    until(lambda: all(call(server.address, "GET", "/readyz").status == 200 for _ in range(6)))


def test_somebody_who_was_quiet_for_a_while_reads_on_a_full_disk(house, small_disk):
    floor, server = house
    signed_in = call(server.address, "POST", "/api/v1/sessions", {"badge": "BOSS", "password": PASSWORD})
    cookie = {"Cookie": signed_in.headers["set-cookie"].partition(";")[0]}
    assert call(server.address, "GET", "/api/v1/tasks", **cookie).status == 200
    beside = Database(floor.url)
    beside.write(lambda tx: tx.execute(text("UPDATE worker_session SET last_used_at = last_used_at - 120000")))
    beside.close()
    fill(small_disk / "ballast")
    handheld = floor.handhelds(server.address)[0]
    until(lambda: handheld.post().status == 503)
    assert call(server.address, "GET", "/api/v1/tasks", **cookie).status == 200


def test_a_disk_that_is_nearly_full_is_warned_of_while_work_goes_on(house, small_disk):
    _, server = house
    free = shutil.disk_usage(small_disk).free
    (small_disk / "ballast").write_bytes(b"x" * (free - 24 * 2**20 * 7 // 100))
    answer = call(server.address, "GET", "/readyz")
    assert (answer.status, answer.body["reasons"]) == (200, [])
    assert any("make room" in warning for warning in answer.body["warnings"])


def test_a_file_that_may_not_grow_is_no_500_either(tmp_path, sqlite_template):
    """The same without root: the operating system refuses to let the server's files grow."""
    shutil.copy(sqlite_template, tmp_path / "aisle.db")
    floor = Floor(f"sqlite:///{tmp_path}/aisle.db", 2)
    server = RunningServer(floor.url, tmp_path)
    handhelds = floor.handhelds(server.address)
    floor.begin(handhelds)
    until(lambda: sum(len(one.acknowledged) for one in handhelds) > 10)
    workers = workers_of(server)
    soft, hard = resource.prlimit(workers[0], resource.RLIMIT_FSIZE)
    for one in workers:
        resource.prlimit(one, resource.RLIMIT_FSIZE, (4_096, hard))
    until(lambda: refused_writes(handhelds) > 20)
    assert call(server.address, "GET", "/api/v1/items", Authorization=f"Bearer {floor.devices[0].token}").status == 200
    for one in workers:
        resource.prlimit(one, resource.RLIMIT_FSIZE, (soft, hard))
    before = sum(len(one.acknowledged) for one in handhelds)
    until(lambda: sum(len(one.acknowledged) for one in handhelds) > before + 10)
    floor.end()
    server.stop()
    assert {status for one in handhelds for status in one.statuses} == {200, 503}
    assert faults_of(floor.url, handhelds) == {}
