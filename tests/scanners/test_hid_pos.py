"""HID POS reports become codes with their identifiers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.scanners.codes import Code, Found, Rubbish
from server.scanners.hid_pos import HidPosFramer, HidPosSettings
from simulators.devices.scanner_bytes import hid_reports


def framer() -> HidPosFramer:
    return HidPosFramer(HidPosSettings.of({}))


def codes(found: list[Found]) -> list[Code]:
    return [one for one in found if isinstance(one, Code)]


def test_a_report_by_hand_is_read() -> None:
    report = bytes((2, 5)) + b"]C1" + b"10LOT" + bytes(51) + bytes(2) + bytes(1)
    assert len(report) == 64
    assert framer().feed(report, 0) == [Code(text="10LOT", symbology="]C1")]


def test_an_identifier_one_byte_later_is_read_as_well() -> None:
    report = bytes((2, 5, 0)) + b"]C1" + b"10LOT" + bytes(50) + bytes(2) + bytes(1)
    assert framer().feed(report, 0) == [Code(text="10LOT", symbology="]C1")]


@pytest.mark.parametrize("length", [1, 55, 56, 57, 112, 3000])
def test_a_long_code_comes_in_several_reports(length: int) -> None:
    text = "A" * (length - 1) + "Z"
    assert framer().feed(hid_reports("]Q1", text.encode()) * 2, 0) == [Code(text=text, symbology="]Q1")] * 2


def test_gs_is_kept() -> None:
    [code] = framer().feed(hid_reports("]d2", b"0109506000134352" + b"10A\x1d21B"), 0)
    assert code.text == "010950600013435210A\x1d21B"


def test_the_beginning_of_a_long_code_is_not_glued_to_the_next() -> None:
    one = framer()
    one.feed(hid_reports("]Q1", b"A" * 100)[:64], 0)
    found = one.feed(hid_reports("]C0", b"NEXT"), 2000)
    assert isinstance(found[0], Rubbish)
    assert codes(found) == [Code(text="NEXT", symbology="]C0")]


def test_a_keyboard_in_its_place_is_told_of_once() -> None:
    found = framer().feed(bytes((0, 0, 4, 0, 0, 0, 0, 0)) * 20, 0)
    assert [one for one in found if isinstance(one, Rubbish)][0].what.endswith("HID keyboard?")
    assert len(found) == 1


@given(st.lists(st.text("AB19\x1d", min_size=1, max_size=130), max_size=4), st.data())
def test_any_cutting_of_any_stream_gives_the_same(texts: list[str], data: st.DataObject) -> None:
    stream = b"".join(hid_reports("]C0", text.encode()) for text in texts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=10)))
    one = framer()
    found = [code for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True) for code in one.feed(stream[start:end], 0)]
    assert [code.text for code in codes(found)] == texts


@given(st.lists(st.binary(max_size=100), max_size=4))
def test_no_rubbish_stops_the_next_good_scan(noise: list[bytes]) -> None:
    one = framer()
    for data in noise:
        one.feed(data, 0)
    one.silence(6000)
    assert codes(one.feed(hid_reports("]C0", b"GOOD"), 7000)) == [Code(text="GOOD", symbology="]C0")]
