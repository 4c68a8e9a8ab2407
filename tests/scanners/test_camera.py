"""A camera over HTTP is a scanner: what it shows is delivered once, and whatever happens to it is told and mended."""

import os
import sys
import time

import numpy as np
import pytest

pytest.importorskip("cv2", reason="OpenCV belongs to the extra aisle[camera]")

from server.ports import Condition
from server.scanners import camera as module
from server.scanners.camera import Camera
from server.scanners.camera_settings import CameraSettings
from server.scanners.freeze import Freeze, Frozen
from simulators.devices.camera import Camera as Simulated
from simulators.devices.wire import TcpPort
from simulators.scene import Sight
from tests.waiting import until, within

LONG = pytest.mark.skipif("AISLE_LONG" not in os.environ, reason="the other faults of cameras take a second each; AISLE_LONG=1 asks for them")


class Gate:
    """A simulated camera and the driver at it."""

    def __init__(self, **settings):
        self.device = Simulated(fps=20)
        self.port = TcpPort(self.device)
        self.scans, self.told = [], list[Condition]()
        url = settings.pop("url", "http://{}/stream").format(f"127.0.0.1:{self.port.port}")
        document = {"url": url, "frames_a_second": 15, "gone_ms": 500, "silence_seconds": 5.0, **settings}
        self.camera = Camera("gate", CameraSettings.of(document), self.scans.append, tell=self.told.append)

    @property
    def texts(self):
        return [one.text for one in self.scans]

    def start(self):
        self.camera.start()
        assert until(lambda: self.state == "connected"), self.camera.condition
        return self

    @property
    def state(self):
        return self.camera.condition.state

    def close(self):
        self.camera.stop()
        self.port.close()


@pytest.fixture
def gate():
    made = []

    def make(**settings):
        made.append(Gate(**settings))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_labels_are_delivered_once_with_their_identifiers_left_to_right(gate):
    gate = gate(at_least=3).start()
    gate.device.show("gs1-128:(01)09506000134352", "ean13:9506000134352", "qr:收货")
    assert until(lambda: len(gate.scans) == 3)
    time.sleep(0.5)
    assert [(one.symbology, one.text, one.device) for one in gate.scans] == [
        ("]C1", "0109506000134352", "gate"), ("]E0", "9506000134352", "gate"), ("]Q1", "收货", "gate")]
    assert all(abs(one.at - time.time() * 1000) < 60_000 for one in gate.scans)


def test_a_camera_over_rtsp_is_one_like_any_other(gate):
    gate = gate(url="rtsp://user:word@{}/live", at_least=2).start()
    gate.device.show("code128:LPN-0001", "ean13:9506000134352")
    assert until(lambda: gate.texts == ["LPN-0001", "9506000134352"])
    gate.port.unplug()
    assert until(lambda: gate.camera.condition.outages == 1)
    assert until(lambda: gate.state == "connected")
    time.sleep(0.3)
    assert gate.texts == ["LPN-0001", "9506000134352"]
    assert not [one for one in gate.told if "word" in one.error]


@pytest.mark.parametrize("fault", [pytest.param(one, marks=LONG) for one in ("rubbish", "silent", "half-frame", "slow", "glare")])
def test_over_rtsp_too_a_fault_gives_no_wrong_scan_and_ends(gate, fault):
    gate = gate(url="rtsp://{}/live").start()
    gate.device.fail(fault)
    gate.device.show("ean13:9506000134352")
    time.sleep(2)
    gate.device.heal(fault)
    assert until(lambda: gate.texts[:1] == ["9506000134352"])
    assert set(gate.texts) == {"9506000134352"}


def test_a_label_that_went_and_came_again_is_scanned_again(gate):
    gate = gate().start()
    for times in (1, 2):
        gate.device.show("code128:LPN-0001")
        assert until(lambda: gate.texts == ["LPN-0001"] * times)  # noqa: B023
        gate.device.show()
        assert until(lambda: not gate.camera._visits._known)  # it is gone, however slowly the machine looks


def test_a_turned_label_is_read(gate):
    gate = gate()
    gate.device._sight = Sight(turn=40)
    gate.start().device.show("code128:LPN-0001")
    assert until(lambda: gate.texts == ["LPN-0001"])


def test_a_pulled_cable_is_told_and_a_label_that_stayed_is_not_scanned_twice(gate):
    gate = gate().start()
    gate.device.show("code128:LPN-0001")
    assert until(lambda: gate.texts == ["LPN-0001"])
    for times in (1, 2):
        gate.port.unplug()
        assert until(lambda: gate.camera.condition.outages == times)  # noqa: B023
        assert until(lambda: gate.state == "connected")
    time.sleep(0.5)
    assert gate.texts == ["LPN-0001"]
    assert any("Is it plugged in" in one.error for one in gate.told if one.state == "lost")


@pytest.mark.parametrize("fault", ["rubbish", pytest.param("silent", marks=LONG), pytest.param("hang-up", marks=LONG)])
def test_a_camera_that_fails_is_lost_and_is_back_when_it_works(gate, fault):
    gate = gate(silence_seconds=1.0).start()
    gate.device.fail(fault)
    assert until(lambda: gate.camera.condition.outages > 0)
    gate.device.heal(fault)
    assert until(lambda: gate.state == "connected")
    gate.device.show("code128:LPN-0001")
    assert until(lambda: "LPN-0001" in gate.texts)


@pytest.mark.parametrize("fault", ["half-frame", "glare", *(pytest.param(one, marks=LONG) for one in ("slow", "frozen", "blurred"))])
def test_bad_pictures_give_no_wrong_scan_and_the_next_good_one_is_read(gate, fault):
    gate = gate().start()
    gate.device.fail(fault)
    gate.device.show("ean13:9506000134352")
    time.sleep(0.6)
    gate.device.heal(fault)
    assert until(lambda: gate.texts[:1] == ["9506000134352"])
    assert set(gate.texts) == {"9506000134352"}


def test_the_dark_is_told_and_no_label_is_gone_in_it(gate):
    gate = gate().start()
    gate.device.show("code128:LPN-0001")
    assert until(lambda: gate.texts == ["LPN-0001"])
    gate.device.fail("dark")
    assert until(lambda: "dark" in gate.camera.condition.error)
    assert gate.state == "connected"
    time.sleep(0.8)
    gate.device.heal("dark")
    assert until(lambda: gate.camera.condition.error == "")
    time.sleep(0.4)
    assert gate.texts == ["LPN-0001"]


def test_a_picture_that_stands_still_is_told_however_often_the_camera_is_opened_and_ends_by_itself(gate):
    gate = gate(frozen_seconds=0.6).start()
    gate.device.fail("frozen")
    assert until(lambda: gate.state == "lost")
    assert "sends the same picture" in gate.camera.condition.error
    opened = gate.camera.frames
    assert until(lambda: gate.camera.frames >= opened + 3)
    assert ([one.state for one in gate.told][-1], gate.camera.condition.outages) == ("lost", 1)
    gate.device.heal("frozen")
    assert until(lambda: gate.state == "connected")
    gate.device.show("code128:LPN-0001")
    assert until(lambda: gate.texts == ["LPN-0001"])


def test_pictures_of_one_moment_after_the_other_are_frozen_after_their_time_and_never_where_that_is_0():
    picture, other = (np.full((4, 4), grey, dtype=np.uint8) for grey in (100, 101))
    freeze, patient = Freeze(60, "gate"), Freeze(0, "gate")
    for at, one in ((0, picture), (59, picture), (61, other), (120, other)):
        freeze.guard(one, at)
        patient.guard(one, 1000 * at)
    with pytest.raises(Frozen, match="for 60 seconds now"):
        freeze.guard(other, 121)
    freeze.guard(other[:2], 122)


def test_only_the_region_and_the_formats_that_are_wanted_are_read(gate):
    gate = gate(region=[0, 0, 0.4, 1], formats=["code128"]).start()
    gate.device.show("code128:LEFT-1", "qr:MIDDLE", "code128:RIGHT-1")
    assert until(lambda: gate.texts == ["LEFT-1"])
    time.sleep(0.4)
    assert gate.texts == ["LEFT-1"]


def test_a_scene_in_which_nothing_moves_is_hardly_decoded(gate):
    gate = gate().start()
    gate.device.show("code128:LPN-0001")
    assert until(lambda: gate.texts == ["LPN-0001"])

    def is_hardly_decoded():
        """After ten looks at it, however long they take."""
        before, began = gate.camera.decoded, gate.camera.frames
        assert until(lambda: gate.camera.frames - began >= 15)
        return gate.camera.decoded - before < (gate.camera.frames - began) / 2

    assert until(is_hardly_decoded)
    assert gate.texts == ["LPN-0001"]


def test_late_frames_are_dropped_and_the_newest_is_read(gate):
    gate = gate(frames_a_second=0.2).start()  # none is looked at for five seconds
    gate.device.show("code128:OLD-1")
    time.sleep(0.2)
    gate.device.show("code128:NEW-1")
    assert until(lambda: gate.texts == ["NEW-1"])
    assert gate.camera.decoded < gate.camera.frames / 2


def test_a_camera_that_is_not_there_is_waited_for(gate):
    gate = gate(url="http://127.0.0.1:1/stream")
    gate.camera.start()
    assert until(lambda: gate.state == "lost")
    assert "is not there" in gate.camera.condition.error
    assert gate.camera.condition.outages == 1


def test_a_usb_camera_that_is_not_there_is_waited_for(gate):
    gate = gate(url="/dev/video99")
    gate.camera.start()
    assert until(lambda: gate.state == "lost")
    assert "/dev/video99 is not there" in gate.camera.condition.error


def test_without_opencv_it_says_what_to_install(gate, monkeypatch):
    monkeypatch.delitem(sys.modules, "server.scanners.camera_frames", raising=False)
    monkeypatch.setitem(sys.modules, "cv2", None)
    gate = gate()
    gate.camera.start()
    assert until(lambda: gate.state == "wrong")
    assert "aisle[camera]" in gate.camera.condition.error


def test_it_stops_soon_and_leaves_no_thread(gate):
    gate = gate().start()
    began = time.monotonic()
    gate.camera.stop()
    assert time.monotonic() - began < within(3)
    assert [one.is_alive() for one in gate.camera._threads] == [False] * 2
    assert gate.state == "stopped"


def test_one_that_never_started_stops(gate):
    gate().camera.stop()


def test_a_frame_that_breaks_the_decoder_is_logged_and_the_next_is_read(gate, monkeypatch, caplog):
    real, broken = module._library, [True]

    def library(name):
        if name.endswith("decode") and broken:
            broken.clear()
            raise RuntimeError("a fault of the decoder")
        return real(name)

    monkeypatch.setattr(module, "_library", library)
    gate = gate().start()
    gate.device.show("code128:LPN-0001")
    assert until(lambda: gate.texts == ["LPN-0001"])
    assert "could not be decoded" in caplog.text
