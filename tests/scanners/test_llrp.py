"""The LLRP driver at a simulated reader: it reads, tells what is wrong, and is back after everything that cuts it off."""

import random
import socket
import threading
import time
from dataclasses import replace

import pytest

from server.ports import Line, Nonsense, PortBusy, PortError, PortLost
from server.scanners.llrp import LlrpReader, LlrpSettings, ReaderEvent, ReaderRefuses, UnknownSetting
from server.scanners.llrp.driver import _Clock
from simulators.devices.wire import Gone, TcpPort, Wire
from simulators.rfid.field import Field
from simulators.rfid.llrp import STRANGER, LlrpDevice
from tests.kept_port import KeptPort
from tests.scanners.readers import LONG, RAW, SGTIN, field, kept, plugged, talk
from tests.waiting import stays, until, within

CALM = LlrpSettings(keepalive_seconds=2)
"""A machine that stands still for some seconds lets no reader go."""
QUICK = LlrpSettings(keepalive_seconds=0.4)


def reader(settings: LlrpSettings = CALM, events: list[ReaderEvent] | None = None):
    return lambda deliver: LlrpReader(deliver, settings, device="gate", tell=(events if events is not None else []).append)


@pytest.mark.parametrize("version", [1, 2])
def test_it_reads_the_tags_of_all_antennas_in_both_versions(version: int) -> None:
    with plugged(LlrpDevice(field())) as port, kept(port, reader(LlrpSettings(version=version))) as one:
        assert until(lambda: one.seen() == {(SGTIN, 1), (LONG, 2), (RAW, 1), (RAW, 2)})
        assert one.condition.firmware == "aisle simulated 1 (65535/1)"
        read = one.reads[0]
        assert read.device == "gate" and -80 < read.rssi_dbm < -40
        assert abs(read.at - time.time() * 1000) < 60_000


def test_it_reads_with_the_antennas_and_the_power_that_are_set() -> None:
    device = LlrpDevice(field())
    settings = LlrpSettings(antennas=(2,), power_dbm=22.6, antenna_power_dbm={2: 17.99}, session=2, population=500, mode=1000, report_every=5)
    with plugged(device) as port, kept(port, reader(settings)) as one:
        assert until(lambda: len(one.reads) > 20)
        assert one.seen() == {(LONG, 2), (RAW, 2)}
        raw = device.specs[1].raw
    assert bytes.fromhex("0002 00E0000A 0001 0001 0020".replace(" ", "")) in raw  # 17.75 dBm is step 32 of 10.00, 10.25 ...
    assert bytes.fromhex("0150000B 80 01F4 00000000".replace(" ", "")) in raw
    assert bytes.fromhex("014F0008 03E8 0000".replace(" ", "")) in raw


@pytest.mark.parametrize(("settings", "words"), [
    (LlrpSettings(power_dbm=3), "offers 10 to 30 dBm"), (LlrpSettings(antennas=(9,)), "there is no antenna 9"),
    (LlrpSettings(mode=77), "no RF mode 77"),
])
def test_what_the_reader_cannot_is_said_and_what_it_can(settings: LlrpSettings, words: str) -> None:
    with plugged(LlrpDevice(field())) as port, pytest.raises(ReaderRefuses, match=words):
        talk(LlrpReader([].extend, settings), port.url)


@pytest.mark.parametrize("wrong", [
    {"session": 4}, {"population": 0}, {"report_every": 0}, {"keepalive_seconds": 0}, {"version": 3}, {"antennas": (0,)},
])
def test_settings_that_no_reader_has_are_refused(wrong: dict) -> None:
    with pytest.raises(UnknownSetting):
        LlrpSettings(**wrong)


def test_a_reader_that_another_program_holds_says_so_and_is_taken_when_it_is_free() -> None:
    with plugged(LlrpDevice(field())) as port, kept(port, reader()) as first:
        first.wait("connected")
        with kept(port, reader()) as second:
            second.wait("lost")
            assert "another program holds it" in second.told[0].error
            count = len(first.reads)
            assert until(lambda: len(first.reads) > count + 20)  # the one that holds it is not disturbed
            first.keeper.stop()
            second.wait("connected")
            assert until(lambda: second.reads)


def test_of_twenty_programs_one_gets_the_reader() -> None:
    busy = []

    def call(port: TcpPort) -> None:
        try:
            talk(LlrpReader([].extend, CALM), port.url)
        except PortBusy:
            busy.append(1)

    with plugged(LlrpDevice(field())) as port, kept(port, reader()) as one:
        one.wait("connected")
        threads = [threading.Thread(target=call, args=(port,)) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        assert len(busy) == 20
        assert one.condition.state == "connected" and one.condition.outages == 0


class Cut(LlrpDevice):
    """Hangs up after so many bytes, wherever that is."""

    def __init__(self, after: int) -> None:
        super().__init__(field(speed=2_000))
        self.after = after

    def serve(self, wire: Wire) -> None:
        super().serve(_CutWire(wire, self.after))


class _CutWire:
    def __init__(self, wire: Wire, left: int) -> None:
        self._wire, self._left = wire, left

    def read(self, seconds: float) -> bytes:
        return self._wire.read(seconds)

    def write(self, data: bytes) -> None:
        self._wire.write(data[:self._left])
        self._left -= len(data)
        if self._left <= 0:
            raise Gone

    def close(self) -> None:
        self._wire.close()


def test_a_connection_cut_in_the_middle_of_any_message_is_an_outage_and_what_came_before_is_delivered() -> None:
    luck = random.Random(20261128)
    for after in [5, 33, 40, *(luck.randrange(50, 6_000) for _ in range(17))]:
        reads = []
        device = Cut(after)
        with plugged(device) as port, pytest.raises((PortLost, Nonsense)):
            talk(LlrpReader(reads.extend, CALM), port.url)
        assert {one.epc.hex().upper() for one in reads} <= {SGTIN, LONG, RAW}
        assert len(reads) <= device.reads


def test_it_is_back_after_every_unplugging() -> None:
    with plugged(LlrpDevice(field())) as port, kept(port, reader()) as one:
        for times in range(1, 4):
            one.wait("connected")
            count = len(one.reads)
            assert until(lambda: len(one.reads) > count)  # noqa: B023
            port.unplug()
            assert until(lambda: one.condition.outages == times)  # noqa: B023
        one.wait("connected")


def test_a_reader_that_starts_again_is_set_up_again() -> None:
    with KeptPort() as number, plugged(LlrpDevice(field()), number) as port, kept(port, reader()) as one:
        one.wait("connected")
        port.close()
        assert until(lambda: one.condition.state == "lost")
        again = TcpPort(LlrpDevice(field(SGTIN)), port=number)
        one.wait("connected")
        one.reads.clear()
        assert until(lambda: one.seen() == {(SGTIN, 1)})
        again.close()


def test_a_silent_reader_is_lost_after_three_keepalives_and_one_that_only_keeps_alive_is_not() -> None:
    device = LlrpDevice(Field())
    with plugged(device) as port, kept(port, reader(QUICK)) as one:
        one.wait("connected")
        assert stays(lambda: one.condition.outages, 1.5)
        one.wait("connected")
        before = one.condition.outages
        device.fail("keepalive-lost")
        assert until(lambda: one.condition.outages > before, within(2.5))
        assert "no sign of life for 1.2 seconds" in next(told.error for told in one.told if told.state == "lost")
        device.heal("keepalive-lost")
        one.wait("connected")


def test_an_antenna_without_its_cable_is_told_and_the_others_read_on() -> None:
    device, events = LlrpDevice(field()), list[ReaderEvent]()
    with plugged(device) as port, kept(port, reader(events=events)) as one:
        assert until(lambda: (SGTIN, 1) in one.seen())
        device.fail("antenna-off")
        assert until(lambda: events)
        one.reads.clear()
        assert until(lambda: len(one.reads) > 20)
        assert {antenna for _, antenna in one.seen()} == {2}
        device.heal("antenna-off")
        assert until(lambda: (SGTIN, 1) in one.seen())
    assert [(event.kind, event.antenna) for event in events] == [("antenna-lost", 1), ("antenna-back", 1)]


def test_rubbish_ends_the_connection_with_words_and_it_begins_anew() -> None:
    device = LlrpDevice(field())
    with plugged(device) as port, kept(port, reader()) as one:
        one.wait("connected")
        device.fail("rubbish")
        assert until(lambda: one.condition.outages)
        device.heal("rubbish")
        one.wait("connected")
        assert one.condition.errors >= 1
    assert any("no LLRP" in told.error for told in one.told)


def test_a_refusal_is_passed_on_in_words() -> None:
    with plugged(LlrpDevice(field(), ["error-status"])) as port, pytest.raises(ReaderRefuses, match=r"GET_READER_CAPABILITIES: device error \(sim"):
        talk(LlrpReader([].extend, CALM), port.url)


@pytest.mark.parametrize("fault", ["busy", "drop"])
def test_a_fault_that_ends_is_over_for_the_driver_too(fault: str) -> None:
    device = LlrpDevice(field(), [fault])
    with plugged(device) as port, kept(port, reader()) as one:
        assert until(lambda: one.condition.outages)
        device.heal(fault)
        one.reads.clear()
        assert until(lambda: len(one.reads) > 20)


def test_a_stranger_is_read_like_all_others() -> None:
    device = LlrpDevice(field(), ["stranger"])
    with plugged(device) as port, kept(port, reader()) as one:
        assert until(lambda: (STRANGER.epc.hex().upper(), 1) in one.seen())


def test_what_does_not_greet_like_a_reader_is_called_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.scanners.llrp.driver._ANSWER_SECONDS", 0.3)
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"socket://127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(Nonsense, match="does not greet"):
        talk(LlrpReader([].extend, CALM), url)
    line = Line(url)
    listener.accept()
    listener.accept()[0].sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    with pytest.raises(Nonsense, match="no LLRP"):
        LlrpReader([].extend, CALM).talk(line)
    listener.close()


def test_a_program_that_ends_frees_the_reader_at_once() -> None:
    device = LlrpDevice(field())
    with plugged(device) as port:
        for _ in range(3):
            with kept(port, reader()) as one:
                one.wait("connected")
            assert until(lambda: not device.specs)  # it does not read on for nobody
    assert all(told.state != "lost" for told in one.told)


def test_what_a_program_left_behind_does_not_disturb_the_next_one() -> None:
    device = LlrpDevice(field())
    with plugged(device) as port:
        with kept(port, reader()) as one:
            one.wait("connected")
            left = device.specs[1]
        assert until(lambda: not device.specs)
        device.specs.update({1: left, 7: replace(left, ident=7)})
        with kept(port, reader()) as one:
            assert until(lambda: one.reads and list(device.specs) == [1])


def test_a_clock_that_is_years_off_does_not_matter_and_order_within_a_report_is_kept() -> None:
    clock = _Clock()
    at = [clock.ours(seen * 1000, now) for seen, now in ((1_000, 500_000), (1_100, 500_130), (1_200, 500_200), (1_150, 500_200))]
    assert at == [500_000, 500_100, 500_200, 500_150]
    assert clock.ours(0, 7) == 7
    assert clock.ours(900_000_000, 500_400) == 500_400  # it was set
    slow = _Clock()
    drifted = [(now, slow.ours(now * 999, now)) for now in range(1, 1_000_000, 1_000)]  # loses 1 ms a second
    assert max(now - ours for now, ours in drifted) <= 125


def test_an_error_while_talking_says_what_port_it_was() -> None:
    with pytest.raises(PortError, match="not there"):
        Line("socket://127.0.0.1:9")
