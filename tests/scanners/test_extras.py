"""HID scanners need libraries that may be absent: the port says which extra to install, and goes on trying."""

import errno
import os
import sys
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from server.ports import Keeper, Line, PortBusy, PortError, PortLost, UnknownPort
from server.scanners.driver import driver_for
from server.scanners.scan import Scan
from server.scanners.urls.extra import MissingExtra
from simulators.devices.scanner_bytes import hid_reports, key_events
from tests.waiting import until

PORTS = [("hid://05e0:1200", "hid"), ("evdev:///dev/input/by-id/usb-scanner-event-kbd", "evdev")]


@pytest.mark.parametrize(("url", "name"), PORTS)
def test_a_missing_library_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch, url: str, name: str) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtra, match=rf"{name}.*pip install 'aisle\[hid\]'"):
        Line(url)


@pytest.mark.parametrize(("url", "name"), PORTS)
def test_the_condition_of_the_port_names_the_missing_extra(monkeypatch: pytest.MonkeyPatch, url: str, name: str) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    keeper = Keeper("dock 1", url, driver_for("keyboard", {}, print))
    keeper.start()
    assert until(lambda: keeper.condition.state == "lost")
    assert "aisle[hid]" in keeper.condition.error
    keeper.stop()


@pytest.mark.parametrize(("url", "error", "words"), [
    ("hid://05e0:1200", PortLost, "Is it plugged in and set to HID POS"), ("hid:///dev/hidraw77", PortLost, "may this user read"),
    ("hid://scanner", UnknownPort, "hid://VENDOR:PRODUCT"), ("evdev:///dev/input/no-such", PortLost, "group input"),
    ("evdev:///dev/null", PortLost, "cannot be opened"),
])
def test_a_scanner_that_is_not_there_says_what_to_look_at(url: str, error: type[PortError], words: str) -> None:
    pytest.importorskip("hid")
    pytest.importorskip("evdev")
    with pytest.raises(error, match=words):
        Line(url)


class FakeHid:
    """As hidapi's device behaves: a report at a time, [] in silence, an OSError once it is pulled out."""

    def __init__(self) -> None:
        self.reports: list[list[int] | OSError] = []
        self.timeouts: list[int] = []

    def open(self, vendor: int, product: int, serial_number: str | None) -> None:
        self.opened = (vendor, product, serial_number)

    def open_path(self, path: bytes) -> None:
        self.opened = path

    def read(self, size: int, timeout_ms: int) -> list[int]:
        found = self.reports.pop(0) if self.reports else []
        if isinstance(found, OSError):
            raise found
        self.timeouts.append(timeout_ms)
        return found[:size]

    def close(self) -> None:
        pass


@pytest.fixture
def hid(monkeypatch: pytest.MonkeyPatch) -> FakeHid:
    fake = FakeHid()
    monkeypatch.setitem(sys.modules, "hid", SimpleNamespace(device=lambda: fake))
    return fake


@pytest.mark.parametrize(("url", "opened"), [("hid://05e0:1200", (0x05E0, 0x1200, None)), ("hid://0c2e:0b61/21X9", (0x0C2E, 0x0B61, "21X9")),
                                             ("hid:///dev/hidraw3", b"/dev/hidraw3")])
def test_reports_of_hidapi_become_scans_and_its_end_an_outage(hid: FakeHid, url: str, opened: object) -> None:
    scanned = hid_reports("]C1", b"0109506000134352")
    hid.reports = [[4, 1, 1], [], list(scanned), list(scanned[:30]) + [0] * 34, OSError("read error")]
    scans: list[Scan] = []
    keeper = Keeper("dock 1", url, driver_for("hid-pos", {}, scans.append, device="dock 1"))
    keeper.start()
    assert until(lambda: keeper.condition.outages == 1)
    keeper.stop()
    assert hid.opened == opened
    assert [(scan.symbology, scan.text) for scan in scans[:1]] == [("]C1", "0109506000134352")]


def test_a_look_without_waiting_does_not_wait_for_ever(hid: FakeHid) -> None:
    assert Line("hid://05e0:1200").read(0) == b""
    assert min(hid.timeouts) > 0  # hidapi waits for ever with 0


class FakeEvdev:
    """A pipe in place of /dev/input: no input device can be made here."""

    def __init__(self, fault: OSError | None = None) -> None:
        self.fd, self.end = os.pipe()
        self.fault, self.is_grabbed = fault, False

    def grab(self) -> None:
        if self.fault:
            raise self.fault
        self.is_grabbed = True

    def close(self) -> None:
        self.is_grabbed = False


@pytest.fixture
def evdev(monkeypatch: pytest.MonkeyPatch) -> Iterator:
    fake = FakeEvdev()
    monkeypatch.setitem(sys.modules, "evdev", SimpleNamespace(InputDevice=lambda _: fake))
    yield fake
    os.close(fake.fd)
    os.close(fake.end)


def test_a_scanner_that_types_is_grabbed_and_given_back(evdev: FakeEvdev) -> None:
    scans: list[Scan] = []
    keeper = Keeper("dock 1", "evdev:///dev/input/by-id/x", driver_for("keyboard", {}, scans.append))
    keeper.start()
    assert until(lambda: evdev.is_grabbed)
    os.write(evdev.end, key_events("]E09506000134352\r"))
    assert until(lambda: [(scan.symbology, scan.text) for scan in scans] == [("]E0", "9506000134352")])
    keeper.stop()
    assert not evdev.is_grabbed


def test_a_scanner_that_another_has_grabbed_is_called_busy(evdev: FakeEvdev) -> None:
    evdev.fault = OSError(errno.EBUSY, "busy")
    with pytest.raises(PortBusy, match="grabbed by another program"):
        Line("evdev:///dev/input/by-id/x")
