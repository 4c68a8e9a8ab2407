"""Zebra's packets: put together, answered, and counted once however often they are sent."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.scanners.codes import Code, Found, Notice, Rubbish
from server.scanners.ssi import ACK, NAK, SsiFramer, SsiSettings, checksum, packet
from simulators.devices.scanner_bytes import ssi_again, ssi_packets

ACKED = bytes.fromhex("04d00400ff28")
RESEND = packet(NAK, b"\x01")


def framer(**settings: object) -> SsiFramer:
    return SsiFramer(SsiSettings.of(settings))


def codes(found: list[Found]) -> list[str]:
    return [one.text for one in found if isinstance(one, Code)]


def scan(text: str, symbology: str = "]C0") -> bytes:
    [only] = ssi_packets(symbology, text.encode())
    return only


def test_the_answer_is_the_one_of_the_manual() -> None:
    assert packet(ACK) == ACKED


def test_the_frames_that_others_computed_are_ours(shared_data: Path) -> None:
    frames = json.loads((shared_data / "devices/device_frames.json").read_text(encoding="utf-8"))["ssi"]
    assert packet(ACK).hex() == frames["ack"]


def test_a_packet_by_hand_is_read_and_answered() -> None:
    body = bytes((10, 0xF3, 0, 0, 0x0B)) + b"95060"  # Length 10: five of the head with the type, five of data
    assert framer().feed(body + checksum(body), 0) == [Code(text="95060", symbology="]E0", answer=ACKED)]


@pytest.mark.parametrize(("kind", "aim"), [(0x01, "]A0"), (0x03, "]C0"), (0x0F, "]C1"), (0x1B, "]d1"), (0x1C, "]Q1"), (0xC1, "]d2"), (0x08, ""), (0xEE, "")])
def test_the_type_of_the_code_becomes_its_identifier(kind: int, aim: str) -> None:
    body = bytes((6, 0xF3, 0, 0, kind, 0x37))
    assert framer().feed(body + checksum(body), 0)[0].symbology == aim


def test_an_identifier_of_the_scanners_own_wins() -> None:
    assert framer().feed(scan("]d2010950600013435221A", "]d1"), 0)[0].symbology == "]d2"


@pytest.mark.parametrize("length", [0, 1, 239, 240, 241, 480, 3000])
def test_a_long_code_comes_in_several_packets_and_each_is_answered(length: int) -> None:
    text = "".join(chr(33 + number % 90) for number in range(length))
    parts = ssi_packets("]Q1", text.encode())
    found = framer().feed(b"".join(parts), 0)
    assert codes(found) == ([text] if text else [])
    assert [one.answer for one in found] == [ACKED] * len(parts)


def test_what_is_sent_again_because_the_answer_was_lost_counts_once() -> None:
    one, sent = framer(), scan("PALLET-1")
    assert codes(one.feed(sent, 0)) == ["PALLET-1"]
    assert one.feed(ssi_again(sent), 500) == [Notice(answer=ACKED)]
    assert one.feed(ssi_again(sent), 1000) == [Notice(answer=ACKED)]


def test_what_is_sent_again_on_a_line_opened_anew_counts_once() -> None:
    one, sent = framer(), scan("PALLET-1")
    one.feed(sent, 0)
    one.restart()
    assert codes(one.feed(ssi_again(sent), 0)) == []


def test_the_same_label_scanned_twice_counts_twice() -> None:
    assert codes(framer().feed(scan("PALLET-1") * 2, 0)) == ["PALLET-1"] * 2


def test_a_part_of_a_long_code_sent_again_is_not_read_twice() -> None:
    one, text = framer(), "A" * 240 + "B" * 240 + "C"
    first, second, third = ssi_packets("]Q1", text.encode())
    assert codes(one.feed(first + ssi_again(first) + second + ssi_again(second) + third + ssi_again(third), 0)) == [text]


def test_the_last_part_of_a_long_code_is_no_repetition_of_the_same_part_before_it() -> None:
    one, text = framer(), "A" * 480
    first, last = ssi_packets("]Q1", text.encode())
    assert codes(one.feed(first + ssi_again(last), 0)) == [text]  # its first sending was lost on the way


def test_a_damaged_packet_is_asked_for_again_and_then_counts() -> None:
    one, sent = framer(), scan("PALLET-1")
    one.feed(sent, 0)
    damaged = sent[:6] + b"x" + sent[7:]
    found = one.feed(damaged, 1000) + one.silence(1500)
    assert [one.answer for one in found if isinstance(one, Rubbish)] == [RESEND]
    [code] = one.feed(ssi_again(sent), 2000)  # the second scan of the same label, of which only the repetition came whole
    assert (code.text, code.is_repeat) == ("PALLET-1", False)


def test_a_repetition_that_is_damaged_still_counts_once() -> None:
    one, sent = framer(), scan("PALLET-1")
    one.feed(sent, 0)
    again = ssi_again(sent)
    one.feed(again[:6] + b"x" + again[7:], 500)
    one.silence(800)
    assert codes(one.feed(again, 1000)) == []


def test_noise_between_a_scan_and_its_repetition_makes_no_second_scan_of_it() -> None:
    one, sent = framer(), scan("PALLET-1")
    one.feed(sent, 0)
    one.feed(b"\xff\x80\x13\x00\xfe\xfe", 300)
    one.silence(600)
    assert codes(one.feed(ssi_again(sent), 700)) == []


def test_a_repetition_of_what_never_came_is_delivered_and_says_so() -> None:
    [code] = framer().feed(ssi_again(scan("PALLET-1")), 0)
    assert (code.text, code.is_repeat) == ("PALLET-1", True)


def test_a_packet_behind_one_cut_in_the_middle_is_read() -> None:
    one = framer()
    found = one.feed(scan("HALF-OF-IT")[:9], 0) + one.feed(scan("WHOLE"), 10) + one.silence(500)
    assert codes(found) == ["WHOLE"]


def test_the_beginning_of_a_long_code_is_not_glued_to_the_next() -> None:
    one = framer()
    first, _ = ssi_packets("]Q1", b"A" * 300)
    one.feed(first, 0)
    assert "never came" in one.silence(5000)[0].what
    assert codes(one.feed(scan("NEXT", "]Q1"), 6000)) == ["NEXT"]


def test_what_is_no_scan_is_answered_and_answers_are_not() -> None:
    event = bytes((5, 0xF6, 0, 0, 1))
    assert framer().feed(event + checksum(event), 0) == [Notice(answer=ACKED)]
    answer = bytes((4, 0xD0, 0, 0))
    assert framer().feed(answer + checksum(answer), 0) == []


def test_a_scanner_that_sends_plain_text_is_told_of() -> None:
    one = framer()
    found = one.feed(b"4006381333931\r", 0) + one.silence(300)
    assert "is the scanner set to SSI" in found[0].what


@given(st.lists(st.one_of(st.binary(max_size=12), st.builds(scan, st.text("AB19", min_size=1, max_size=9)))), st.data())
def test_any_cutting_of_any_stream_gives_the_same(parts: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=10)))
    whole, cut = framer(), framer()
    found = [one for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True) for one in cut.feed(stream[start:end], 0)]
    assert found + cut.silence(9000) == whole.feed(stream, 0) + whole.silence(9000)


@given(st.lists(st.binary(max_size=300), max_size=4))
def test_no_rubbish_stops_the_next_good_scan(noise: list[bytes]) -> None:
    one = framer()
    for data in noise:
        one.feed(data, 0)
    one.silence(6000)
    assert codes(one.feed(scan("GOOD"), 7000))[-1:] == ["GOOD"]


@given(st.binary(max_size=40))
def test_a_good_scan_right_behind_rubbish_is_read_once_silence_shows_its_place(noise: bytes) -> None:
    one = framer()
    assert codes(one.feed(noise + scan("GOOD"), 0) + one.silence(6000))[-1:] == ["GOOD"]
