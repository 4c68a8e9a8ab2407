"""A port is kept open: what comes is read, an outage is seen at once and mended by itself, and nobody shares a port."""

import os
import socket
import threading
import time
from pathlib import Path

import pytest

from server.ports import Condition, Keeper, Line, Nonsense, PortBusy, PortLost, PortSettings, UnknownPort
from simulators.devices.wire import Device, Gone, PtyPort, TcpPort, Wire
from tests.waiting import PATIENCE, until, within

UNPLUGGED = 20 if os.environ.get("AISLE_LONG") else 5
"""Times; each is waited for."""


class Echo(Device):
    """Sends back what it gets, and what it is told to send."""

    def __init__(self) -> None:
        super().__init__()
        self.wires: list[Wire] = []

    def serve(self, wire: Wire) -> None:
        self.wires.append(wire)
        try:
            while True:
                data = wire.read(0.1)
                if data:
                    wire.write(data)
        except Gone:
            self.wires.remove(wire)
            raise


class Collect:
    """A driver that keeps what comes."""

    def __init__(self) -> None:
        self.data = b""

    def talk(self, line: Line) -> None:
        line.ready("echo 1")
        while True:
            self.data += line.read(0.1)


class Stranger:
    """A driver that finds another device than its own."""

    def talk(self, line: Line) -> None:
        line.read(0)
        raise Nonsense("This is no scale: it says HELLO.")


class Patient:
    """A driver that soon misses its device the first time, and then waits for it until `may_end`."""

    def __init__(self) -> None:
        self.tried, self.may_end = 0, threading.Event()

    def talk(self, _line: Line) -> None:
        self.tried += 1
        if self.tried > 1:
            self.may_end.wait(PATIENCE)
        raise PortLost("The scale says nothing. Is it switched on?")


@pytest.fixture(params=["socket", "pty"])
def port(request: pytest.FixtureRequest, tmp_path: Path):
    plugged = TcpPort(Echo()) if request.param == "socket" else PtyPort(Echo(), tmp_path / "by-id")
    yield plugged
    plugged.close()


@pytest.fixture
def kept(port):
    told: list[Condition] = []
    driver = Collect()
    keeper = Keeper("dock 1", port.url, driver, tell=told.append)
    keeper.start()
    yield keeper, driver, told
    keeper.stop()


def test_what_comes_is_read(port) -> None:
    line = Line(port.url)
    line.write(b"hello")
    got = b""
    while len(got) < 5:
        got += line.read(PATIENCE)
    assert got == b"hello"
    assert line.read(0.05) == b""
    line.close()


class Greets(Device):
    """Says a word to everybody who calls and hangs up."""

    def serve(self, wire: Wire) -> None:
        wire.write(b"busy, call again")


def test_what_is_said_before_the_port_is_read_and_before_it_is_hung_up_is_not_lost() -> None:
    port = TcpPort(Greets())
    for _ in range(20):
        line = Line(port.url)
        time.sleep(0.01)
        assert line.read(PATIENCE) == b"busy, call again"
        with pytest.raises(PortLost, match="not there"):
            line.read(PATIENCE)
        line.close()
    port.close()


def test_a_pty_is_nobody_elses(tmp_path: Path) -> None:
    port = PtyPort(Echo(), tmp_path / "by-id")
    line = Line(port.url)
    with pytest.raises(PortBusy, match="held by another program"):
        Line(port.url)
    line.close()
    Line(port.url).close()
    port.close()


def test_an_unplugged_port_is_seen_within_two_seconds_and_is_back_within_three(port, kept) -> None:
    keeper, _, told = kept
    assert until(lambda: keeper.condition.state == "connected" and port._device.wires)
    assert keeper.condition.firmware == "echo 1"
    for times in range(1, UNPLUGGED + 1):
        port.unplug()
        assert until(lambda: keeper.condition.outages == times, within(2))  # noqa: B023
        if isinstance(port, PtyPort):
            port.plug_in()
        assert until(lambda: keeper.condition.state == "connected" and port._device.wires)
    assert all("Is it plugged in" in one.error for one in told if one.state == "lost")


def test_a_network_cable_pulled_out_is_asked_for_every_second() -> None:
    port = TcpPort(Echo())
    line = Line(port.url)
    asked = [line._serial._socket.getsockopt(level, option) for level, option in (
        (socket.SOL_SOCKET, socket.SO_KEEPALIVE), (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE), (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL),
        (socket.IPPROTO_TCP, socket.TCP_KEEPCNT))]
    assert asked == [1, 1, 1, 1]
    line.close()
    port.close()


def test_a_host_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    driver = Collect()
    keeper = Keeper("late", str(tmp_path / "by-id"), driver)
    keeper.start()
    assert until(lambda: keeper.condition.state == "lost")
    port = PtyPort(Echo(), tmp_path / "by-id")
    assert until(lambda: keeper.condition.state == "connected")
    keeper.stop()
    assert keeper.condition.state == "stopped"
    port.close()


def test_what_answers_but_is_something_else_is_called_wrong(port) -> None:
    told: list[Condition] = []
    keeper = Keeper("scale", port.url, Stranger(), tell=told.append)
    keeper.start()
    assert until(lambda: keeper.condition.state == "wrong")
    time.sleep(0.5)
    keeper.stop()
    assert "no scale" in next(one.error for one in told if one.state == "wrong")
    assert [one.state for one in told] == ["wrong", "stopped"]  # said once, however often it was tried
    assert keeper.condition.outages == 1


def test_what_is_wrong_is_said_while_the_port_is_tried_again(port) -> None:
    driver = Patient()
    keeper = Keeper("scale", port.url, driver)
    keeper.start()
    assert until(lambda: driver.tried == 2)
    assert (keeper.condition.state, keeper.condition.error, keeper.condition.code) == ("lost", "The scale says nothing. Is it switched on?", PortLost.code)
    driver.may_end.set()
    keeper.stop()


@pytest.mark.parametrize(("url", "error", "words"), [
    ("socket://127.0.0.1:1", PortLost, "not there"),
    ("/dev/no-such-device", PortLost, "No such file"),
    ("gopher://somewhere", UnknownPort, "no port"),
    ("socket://nowhere", UnknownPort, "no port"),
    ("", UnknownPort, "no port"),
])
def test_a_wrong_address_says_what_to_use(url: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        Line(url)


def test_settings_that_no_line_has_are_refused() -> None:
    with pytest.raises(UnknownPort, match="Parity"):
        PortSettings(parity="sometimes")


def test_stopping_does_not_wait_for_a_silent_device(port, kept) -> None:
    keeper, _, _ = kept
    until(lambda: keeper.condition.state == "connected")
    began = time.monotonic()
    keeper.stop()
    assert time.monotonic() - began < within(2)
    assert not keeper._thread.is_alive()
