"""Scanners on real ports: what is scanned arrives once and whole, through every fault and every unplugging."""

import os
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from server.ports import Condition, Keeper
from server.scanners.codes import LISTEN_MS
from server.scanners.driver import driver_for
from server.scanners.fitness import PRINTED_CODES
from server.scanners.inbox import Inbox
from server.scanners.learn import Learner
from server.scanners.scan import Scan
from server.scanners.stored_settings import WrongSettings
from simulators.devices.scanner import Dress, Scanner
from simulators.devices.wire import PtyPort, TcpPort
from tests.waiting import PATIENCE, until, within

DRIVER_OF = {"plain": "text", "honeywell": "text", "zebra-ssi": "ssi", "hid-pos": "hid-pos", "keyboard": "keyboard"}
LONG = pytest.mark.skipif(not os.environ.get("AISLE_LONG"), reason="the long form runs where AISLE_LONG is set")
SETTINGS = {"honeywell": {"ack": True}}


class Dock:
    """A scanner, plugged in, and its driver."""

    def __init__(self, folder: Path, kind: str, scanner: Scanner, settings: dict) -> None:
        self.scanner, self.scans, self.told = scanner, list[Scan](), list[Condition]()
        self.port = TcpPort(scanner) if kind == "socket" else PtyPort(scanner, folder / "by-id")
        self.driver = driver_for(DRIVER_OF[scanner.model], settings, self.scans.append, device="dock 1")
        self.keeper = Keeper("dock 1", self.port.url, self.driver, tell=self.told.append)
        self.keeper.start()
        assert until(lambda: self.keeper.condition.state == "connected")

    @property
    def texts(self) -> list[str]:
        return [scan.text for scan in self.scans]

    def reads(self, *texts: str) -> bool:
        return until(lambda: self.texts == list(texts))

    def plug_in(self) -> None:
        if isinstance(self.port, PtyPort):
            self.port.plug_in()

    def close(self) -> None:
        self.keeper.stop()
        self.port.close()


@pytest.fixture
def dock(tmp_path: Path) -> Iterator:
    docks: list[Dock] = []

    def plugged(model: str = "plain", dress: Dress | None = None, settings: dict | None = None, kind: str = "pty") -> Dock:
        made = Scanner(model, dress)
        made.byte_seconds, made.noise_seconds, made.answer_seconds = 0.003, 0.12, 0.3
        docks.append(Dock(tmp_path, kind, made, SETTINGS.get(model, {}) if settings is None else settings))
        return docks[-1]

    yield plugged
    for one in docks:
        one.close()


@pytest.mark.parametrize(("model", "kind"), [*product(DRIVER_OF, ("pty",)), ("plain", "socket"), ("zebra-ssi", "socket")])
def test_what_is_scanned_arrives_with_its_identifier_gs_device_and_time(dock, model: str, kind: str) -> None:
    one = dock(model, Dress(aim=model not in {"zebra-ssi", "hid-pos"}), kind=kind)
    one.scanner.scan("]C1010950600013435210LOT-a\x1d21S1")
    one.scanner.scan("]E09506000134352")
    assert one.reads("010950600013435210LOT-a\x1d21S1", "9506000134352")
    assert [(scan.symbology, scan.device, scan.is_repeat) for scan in one.scans] == [("]C1", "dock 1", False), ("]E0", "dock 1", False)]
    assert abs(one.scans[0].at - time.time() * 1000) < 60_000
    assert one.keeper.condition.errors == 0


@pytest.mark.parametrize(("model", "settings", "kind"), [
    ("plain", {"gap_ms": 400}, "pty"), pytest.param("plain", {"gap_ms": 400, "suffix": "none"}, "socket", marks=LONG),
    pytest.param("honeywell", {"gap_ms": 400, "ack": True}, "socket", marks=LONG), ("zebra-ssi", {}, "pty"),
])
def test_after_every_fault_the_next_good_scan_is_read(dock, model: str, settings: dict, kind: str) -> None:
    one = dock(model, Dress(suffix="none" if settings.get("suffix") == "none" else "CRLF"), settings, kind)
    one.scanner.noise_seconds = 3 * settings.get("gap_ms", 0) / 1000 or one.scanner.noise_seconds
    for fault in ("slow", "rubbish", "no-terminator", "silent", "half"):
        one.scans.clear()
        one.scanner.fail(fault)
        one.scanner.scan("DURING-1")
        assert until(lambda: one.scanner.is_idle)
        time.sleep(0.3)
        assert until(lambda: one.driver._framer.wait_ms == LISTEN_MS)  # what was half read belongs to nothing any more
        errors = one.keeper.condition.errors
        one.scanner.heal(fault)
        one.scanner.scan("AFTER-1")
        assert until(lambda: "AFTER-1" in one.texts), fault
        if fault not in {"silent", "half"}:
            assert one.texts == ["DURING-1", "AFTER-1"], fault
        elif settings.get("suffix") != "none":  # without suffix nothing tells half a code from a whole one
            assert one.texts == ["AFTER-1"], fault
        assert one.keeper.condition.errors == errors
    assert errors > 0
    assert one.keeper.condition.outages == 0


@pytest.mark.parametrize(("model", "kind"), [("plain", "pty"), ("zebra-ssi", "pty")])
def test_bursts_25_ms_apart_arrive_in_order(dock, model: str, kind: str) -> None:
    one = dock(model, kind=kind)
    one.scanner.fail("burst")
    one.scanner.scan("A")
    assert one.reads(*(f"A-{number}" for number in range(1, 11)))


@pytest.mark.parametrize(("model", "kind", "most"), [
    ("plain", "pty", 20), ("zebra-ssi", "socket", 1),
    pytest.param("plain", "socket", 200, marks=LONG), pytest.param("zebra-ssi", "pty", 200, marks=LONG)])
def test_unplugged_in_the_middle_of_a_code_many_times_in_a_row(dock, model: str, kind: str, most: int) -> None:
    one = dock(model, kind=kind)
    for times in range(1, most + 1):
        assert until(lambda: one.scanner.is_idle)
        one.scanner.fail("unplugged")
        one.scanner.scan(f"HALF-{times}")
        assert until(lambda: one.keeper.condition.outages == times, within(2))  # noqa: B023 - shown within two seconds
        one.scanner.heal("unplugged")
        one.plug_in()
        assert until(lambda: one.keeper.condition.state == "connected", within(3))
        one.scanner.scan(f"WHOLE-{times}")
        assert one.reads(*(f"WHOLE-{number}" for number in range(1, times + 1)))
    lost = [condition for condition in one.told if condition.state == "lost"]
    assert all("Is it plugged in" in condition.error for condition in lost)


def test_a_repeat_for_want_of_an_answer_counts_once(dock) -> None:
    one = dock("zebra-ssi")
    one.scanner.fail("no-ack")
    one.scanner.scan("PALLET-1")
    one.scanner.scan("]Q1" + "LONG" * 100)
    assert one.reads("PALLET-1", "LONG" * 100)
    assert until(lambda: one.scanner.answers.count(bytes.fromhex("04d00400ff28")) == 9)  # three packets, each sent three times and answered
    assert one.texts == ["PALLET-1", "LONG" * 100]


def test_an_answer_is_given_once_the_scan_is_in_good_hands(dock) -> None:
    one = dock("honeywell")
    one.scanner.scan("PALLET-1")
    assert one.reads("PALLET-1")
    assert until(lambda: one.scanner.answers == b"\x06")
    assert one.scanner.unanswered == 0


def test_a_damaged_code_is_asked_for_again(dock) -> None:
    one = dock("honeywell", Dress(suffix="LF"))
    one.scanner.fail("rubbish")
    one.scanner.scan("PALLET-1")
    assert one.reads("PALLET-1")
    assert until(lambda: b"\x15" in one.scanner.answers and b"\x06" in one.scanner.answers)


@pytest.mark.parametrize(("fault", "want"), [("lost-gs", "10A21B"), ("replaced-gs", "10A\x1d21B"), ("double-read", "10A\x1d21B")])
def test_gs_and_double_reads_come_as_the_scanner_sends_them(dock, fault: str, want: str) -> None:
    one = dock(settings={"group_separators": ["<GS>"]})
    one.scanner.fail(fault)
    one.scanner.scan("10A\x1d21B")
    assert one.reads(*[want] * (2 if fault == "double-read" else 1))


def test_a_full_inbox_holds_the_scanner_back_and_loses_no_scan(dock) -> None:
    inbox = Inbox(3)
    one = dock("honeywell")
    one.keeper.stop()
    keeper = Keeper("held", one.port.url, driver_for("text", {"ack": True}, inbox.put))
    keeper.start()
    assert until(lambda: keeper.condition.state == "connected")
    one.scanner.answer_seconds = 5
    for number in range(8):
        one.scanner.scan(str(number))
    assert until(lambda: inbox.condition.is_full)
    time.sleep(0.3)
    assert len(one.scanner.sent) == 4  # three in the inbox, and one that is not answered yet
    assert [scan.text for _ in range(8) if (scan := inbox.take(PATIENCE))] == [str(number) for number in range(8)]
    keeper.stop()


@LONG
@pytest.mark.parametrize("model", ["plain", "keyboard", "zebra-ssi"])
def test_a_scanner_is_learned_while_it_works(tmp_path: Path, model: str) -> None:
    scanner, scans = Scanner(model, Dress(aim=True, suffix="TAB")), list[Scan]()
    port = TcpPort(scanner)
    learner = Learner(DRIVER_OF[model], {"suffix": "TAB"} if model != "zebra-ssi" else {}, scans.append)
    keeper = Keeper("new", port.url, learner)
    keeper.start()
    for count, code in enumerate(PRINTED_CODES, 1):
        scanner.scan(code.aim + code.text)
        assert until(lambda: len(scans) == count)  # noqa: B023
        time.sleep(0.55)
    found = learner.fitness
    keeper.stop()
    port.close()
    assert found.is_fit, found.advice
    assert (found.suffix, found.aim, found.gs) == ("TAB" if model != "zebra-ssi" else "none", "sent", "kept")


def test_an_unknown_driver_names_those_there_are() -> None:
    with pytest.raises(WrongSettings, match="text, ssi, hid-pos, keyboard"):
        driver_for("laser", {}, print)
