"""The doorbell: at once what comes alone, together what comes thick and fast, and never back to whoever told it."""

import time
from types import SimpleNamespace

import pytest

from server.kernel.intercom import Intercom
from server.kernel.measures import Measures
from server.realtime.bell import _AGAIN_SECONDS, Bell
from server.realtime.socket import Peers
from tests.waiting import until, within


class Wire:
    """What would be told to devices, with the moment."""

    def __init__(self):
        self.peers, self.rung = Peers(), []

    def emit(self, event, rooms):
        self.rung += [(time.monotonic(), event, room) for room in rooms]

    def moments(self, room):
        return [moment for moment, _, told in self.rung if told == room]


class Hall:
    """Two processes of one server, as far as bells go: each its own database object, wire and bell."""

    def __init__(self, database):
        self.database = database
        ways = Intercom(2)._ways
        self.wires, self.bells = [], []
        for number in range(2):
            intercom, wire = Intercom(2), Wire()
            intercom._ways = ways
            intercom.enter(number)
            listened = database if number == 0 else SimpleNamespace(listen=lambda _: None, read=database.read)
            self.wires.append(wire)
            self.bells.append(Bell(listened, wire, Measures(), intercom))

    def change(self, *devices):
        self.database.write(lambda tx: tx.touched_devices.update(devices))

    def until(self, is_so):
        assert until(is_so)


@pytest.fixture
def hall(database):
    hall = Hall(database)
    for bell in hall.bells:
        bell.start()
    yield hall
    for bell in hall.bells:
        bell.stop()
        bell._thread.join(30)


def test_what_changes_alone_rings_at_once_here_and_at_the_other_process(hall):
    time.sleep(0.5)
    began = time.monotonic()
    hall.change(7)
    hall.until(lambda: all(wire.moments("device:7") for wire in hall.wires))
    assert time.monotonic() - began < within(2)
    time.sleep(1)
    assert [len(wire.moments("device:7")) for wire in hall.wires] == [1, 1]


def test_what_changes_thick_and_fast_rings_now_and_then_and_once_more_at_the_end(hall):
    began = changed_at = time.monotonic()
    for _ in range(60):
        changed_at = time.monotonic()
        hall.change(7)
        time.sleep(0.02)
    hall.until(lambda: all(wire.moments("device:7")[-1:] >= [changed_at] for wire in hall.wires))
    for wire in hall.wires:
        moments = wire.moments("device:7")
        assert len(moments) <= (moments[-1] - began) / _AGAIN_SECONDS + 1


def test_dashboards_of_both_processes_hear_of_what_touches_no_device(hall):
    hall.change()
    hall.until(lambda: all(wire.moments("dashboard") for wire in hall.wires))
    time.sleep(2.5)
    assert [len(wire.moments("dashboard")) for wire in hall.wires] == [1, 1]
