"""Serial RFID readers: A0 frames and UHFReader18, on TCP and on a serial line, through rubbish, silence and unplugging."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.ports import Nonsense
from server.scanners import a0, uhf18
from server.scanners.a0 import A0Reader, A0Settings, UnknownA0Setting
from server.scanners.frames import Frames
from server.scanners.uhf18 import Uhf18Reader, Uhf18Settings, UnknownUhf18Setting
from simulators.devices.wire import PtyPort, TcpPort
from simulators.rfid.uhf import A0Device, Uhf18Device
from tests.scanners.readers import LONG, RAW, SGTIN, field, kept, plugged, talk
from tests.waiting import until

BOTH = [(A0Device, lambda deliver: A0Reader(deliver, A0Settings(antennas=(1, 2), power_dbm=20), device="gate")),
        (Uhf18Device, lambda deliver: Uhf18Reader(deliver, Uhf18Settings(power_dbm=20), device="gate"))]
EPCS = {SGTIN, LONG, RAW}


@pytest.fixture(params=BOTH, ids=["a0", "uhf18"])
def kind(request: pytest.FixtureRequest):
    return request.param


def epcs(one) -> set[str]:
    return {epc for epc, _ in one.seen()}


@pytest.mark.parametrize("where", ["tcp", "pty"])
def test_all_tags_are_read(kind, where: str, tmp_path: Path) -> None:
    device = kind[0](field())
    port = TcpPort(device) if where == "tcp" else PtyPort(device, tmp_path / "by-id")
    with kept(port, kind[1]) as one:
        assert until(lambda: epcs(one) == EPCS)
        assert one.condition.errors == 0
        assert device.power == 20
        assert one.reads[0].device == "gate"
    port.close()


def test_more_tags_than_one_answer_holds_are_all_read(kind) -> None:
    device = kind[0](field(*(f"{RAW[:-2]}{number:02X} antennas=1,2" for number in range(60)), speed=400))
    with plugged(device) as port, kept(port, kind[1]) as one:
        assert until(lambda: len(epcs(one)) == 60)
        assert one.condition.errors == 0


def test_the_a0_module_tells_antenna_and_strength() -> None:
    with plugged(A0Device(field())) as port, kept(port, BOTH[0][1]) as one:
        assert until(lambda: one.seen() == {(SGTIN, 1), (LONG, 2), (RAW, 1), (RAW, 2)})
        assert all(-80 < read.rssi_dbm < -40 for read in one.reads)
        assert one.condition.firmware == "A0 8.2"


def test_rubbish_before_every_answer_is_counted_and_all_tags_are_read(kind) -> None:
    device = kind[0](field(), ["rubbish"])
    with plugged(device) as port, kept(port, kind[1]) as one:
        assert until(lambda: epcs(one) == EPCS and one.condition.errors > 2)
        assert "belonged to no answer" in one.condition.error


def test_a_pulled_out_line_is_back_by_itself(kind, tmp_path: Path) -> None:
    port = PtyPort(kind[0](field()), tmp_path / "by-id")
    with kept(port, kind[1]) as one:
        assert until(lambda: one.reads)
        port.unplug()
        assert until(lambda: one.condition.outages == 1)
        one.reads.clear()
        port.plug_in()
        assert until(lambda: epcs(one) == EPCS)
    port.close()


@pytest.mark.parametrize("fault", ["silent", "drop"])
def test_a_reader_that_answers_nothing_whole_is_lost_and_comes_back(kind, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.scanners.serial_reader.ANSWER_SECONDS", 0.2)
    device = kind[0](field())
    with plugged(device) as port, kept(port, kind[1]) as one:
        assert until(lambda: one.reads)
        device.fail(fault)
        assert until(lambda: one.condition.outages)
        assert "does not answer any more" in next(told.error for told in one.told if told.state == "lost")
        device.heal(fault)
        one.reads.clear()
        assert until(lambda: epcs(one) == EPCS)


def test_a_reader_that_cannot_read_says_so_and_is_asked_on(kind) -> None:
    device = kind[0](field(), ["error-status"])
    with plugged(device) as port, kept(port, kind[1]) as one:
        assert until(lambda: "could not read" in one.condition.error)
        device.heal("error-status")
        assert until(lambda: epcs(one) == EPCS)
        assert one.condition.outages == 0


def test_one_antenna_without_its_cable_leaves_the_other() -> None:
    with plugged(A0Device(field(), ["antenna-off"])) as port, kept(port, BOTH[0][1]) as one:
        assert until(lambda: one.seen() == {(LONG, 2), (RAW, 2)})
        assert until(lambda: "no antenna there" in one.condition.error)


def test_the_other_kind_of_reader_is_called_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.scanners.serial_reader.ANSWER_SECONDS", 0.2)
    for device, driver, words in ((Uhf18Device, A0Reader, "no module with A0 frames"), (A0Device, Uhf18Reader, "no UHFReader18")):
        with plugged(device(field())) as port, pytest.raises(Nonsense, match=words):
            talk(driver([].extend), port.url)


def test_an_antenna_that_the_module_has_not_is_refused_in_words() -> None:
    with plugged(A0Device(field(), antennas=2)) as port, pytest.raises(Nonsense, match="refuses the antenna: invalid parameter"):
        talk(A0Reader([].extend, A0Settings(antennas=(3,))), port.url)


@pytest.mark.parametrize(("settings", "fault"), [
    (lambda: A0Settings(antennas=()), UnknownA0Setting), (lambda: A0Settings(antennas=(5,)), UnknownA0Setting),
    (lambda: A0Settings(power_dbm=34), UnknownA0Setting), (lambda: Uhf18Settings(power_dbm=31), UnknownUhf18Setting),
    (lambda: Uhf18Settings(address=256), UnknownUhf18Setting),
])
def test_settings_that_no_reader_has_are_refused(settings, fault: type[Exception]) -> None:
    with pytest.raises(fault, match=r"dBm|antennas"):
        settings()


def test_our_commands_are_those_that_are_documented(shared_data: Path) -> None:
    frames = json.loads((shared_data / "devices/device_frames.json").read_text())
    assert a0.frame(1, 0x89, b"\1").hex() == frames["r2000"]["cmd_realtime_inventory"]
    assert uhf18.frame(0, 0x01).hex() == frames["uhfreader18"]["cmd_inventory"]
    assert uhf18.frame(0, 0x21).hex() == frames["uhfreader18"]["cmd_info"]
    splitter = Frames(a0._size, a0._is_right)
    whole = [frames["r2000"][name] for name in ("tag", "end", "error_no_antenna")]
    assert [one.hex() for one in splitter.feed(bytes.fromhex("".join(whole)))] == whole
    reply = bytes.fromhex(frames["uhfreader18"]["reply"])
    assert list(Frames(uhf18._size, uhf18._is_right).feed(reply)) == [reply]
    assert list(uhf18._tags(reply[4:-2])) == [bytes.fromhex("3074257BF7194E4000001A85")]


FRAMES = [(a0.frame(1, 0x89, b"\x28\x30\x00" + bytes(12) + b"\x50"), a0._size, a0._is_right),
          (uhf18.frame(0, 0x01, b"\1\1\x0c" + bytes(12)), uhf18._size, uhf18._is_right)]


@pytest.mark.parametrize(("frame", "size", "is_right"), FRAMES, ids=["a0", "uhf18"])
@given(rubbish=st.lists(st.binary(max_size=12).map(lambda noise: bytes(one % 5 for one in noise))), cuts=st.lists(st.integers(0, 200)))
def test_every_frame_is_found_after_bytes_that_begin_none_however_it_is_cut(frame, size, is_right, rubbish, cuts) -> None:
    stream = b"".join(noise + frame for noise in rubbish)
    edges = [0, *sorted(one for one in cuts if one < len(stream)), len(stream)]
    splitter, got = Frames(size, is_right), []
    for begin, end in pairwise(edges):
        got += splitter.feed(stream[begin:end])
    assert got == [frame] * len(rubbish)
    assert splitter.skipped == sum(map(len, rubbish))


@pytest.mark.parametrize(("frame", "size", "is_right"), FRAMES, ids=["a0", "uhf18"])
@given(rubbish=st.binary(max_size=300))
def test_after_any_rubbish_and_silence_nothing_wrong_is_taken_for_a_frame_and_the_next_one_is_found(frame, size, is_right, rubbish) -> None:
    splitter = Frames(size, is_right)
    got = [*splitter.feed(rubbish), *splitter.silence()]
    assert all(is_right(one) for one in got)
    assert not splitter.has_begun
    assert list(splitter.feed(frame)) == [frame]
