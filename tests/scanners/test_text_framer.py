"""Plain text cut into codes: however the stream is cut, whatever stands between, and never two codes glued to one."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.scanners.codes import Code, Found, Rubbish
from server.scanners.stored_settings import WrongSettings
from server.scanners.text import TextFramer, TextSettings

GS1 = "0109506000134352" + "10LOT-7" + "\x1d" + "21A1"


def codes(found: list[Found]) -> list[str]:
    return [one.text for one in found if isinstance(one, Code)]


def rubbish(found: list[Found]) -> list[str]:
    return [one.what for one in found if isinstance(one, Rubbish)]


def heard(*parts: tuple[int, bytes], until: int = 10_000, **settings: object) -> list[Found]:
    """What is found in bytes at their times, and in the silence after them."""
    framer = TextFramer(TextSettings.of(settings))
    found: list[Found] = []
    for at, data in parts:
        found += framer.feed(data, at)
    return found + framer.silence(until)


@pytest.mark.parametrize(("suffix", "sent"), [
    ("CR", b"ONE\rTWO\r"), ("LF", b"ONE\nTWO\n"), ("CRLF", b"ONE\r\nTWO\r\n"), ("TAB", b"ONE\tTWO\t"), ("ETX", b"ONE\x03TWO\x03"),
    ("line", b"ONE\rTWO\r\n"), ("line", b"ONE\nTWO\n"), ("##", b"ONE##TWO##"), ("cr", b"ONE\rTWO\r"), ("CR", b"ONE\r\nTWO\r\n"), ("CR", b"\r\rONE\rTWO\r\r"),
])
def test_a_suffix_ends_a_code(suffix: str, sent: bytes) -> None:
    assert heard((0, sent), suffix=suffix) == [Code(text="ONE"), Code(text="TWO")]


def test_a_code_without_suffix_ends_with_silence() -> None:
    assert codes(heard((0, b"ON"), (90, b"E"), (400, b"TWO"), suffix="none", gap_ms=100)) == ["ONE", "TWO"]


def test_a_line_end_within_a_code_stays_where_the_suffix_is_another() -> None:
    assert codes(heard((0, b"BEGIN:VCARD\r\nN:Li\r\nEND:VCARD\t"), suffix="TAB")) == ["BEGIN:VCARD\r\nN:Li\r\nEND:VCARD"]


def test_half_a_code_is_never_glued_to_the_next() -> None:
    found = heard((0, b"HALF"), (400, b"WHOLE\r"))
    assert codes(found) == ["WHOLE"]
    assert "without suffix" in rubbish(found)[0]


def test_a_slow_radio_scanner_is_read_whole() -> None:
    assert codes(heard(*((at * 100, bytes([byte])) for at, byte in enumerate(b"SLOW-1\r")))) == ["SLOW-1"]


def test_a_prefix_of_control_characters_ends_what_was_half_read_before_it() -> None:
    found = heard((0, b"\x02HALF\x02WHOLE\r"), prefix="\x02")
    assert codes(found) == ["WHOLE"]
    assert "HALF" in rubbish(found)[0]


@pytest.mark.parametrize(("sent", "settings"), [
    (b"ALF\r", {"prefix": "~"}), (b"ALF\r", {"prefix": "\x02"}), (b"0109506\r", {"aim": "sent"}), (b"1]C1\r", {"aim": "sent"}),
])
def test_a_code_that_lost_its_beginning_is_refused(sent: bytes, settings: dict) -> None:
    found = heard((0, sent), **settings)
    assert codes(found) == []
    assert "a part was lost, or the setting is wrong" in rubbish(found)[0]


@pytest.mark.parametrize(("aim", "sent", "want"), [
    ("seen", f"]C1{GS1}", ("]C1", GS1)), ("seen", GS1, ("", GS1)), ("sent", f"]d2{GS1}", ("]d2", GS1)), ("none", "]C1ABC", ("", "]C1ABC")),
    ("seen", "]W9ABC", ("", "]W9ABC")), ("seen", "]", ("", "]")),
])
def test_an_aim_identifier_is_split_off_as_the_setting_says(aim: str, sent: str, want: tuple[str, str]) -> None:
    [code] = heard((0, f"{sent}\r".encode()), aim=aim)
    assert (code.symbology, code.text) == want


@pytest.mark.parametrize("written", ["\x1d", "<GS>", "{GS}", "|", "\x1e"])
def test_gs_comes_back_however_it_was_sent(written: str) -> None:
    assert codes(heard((0, GS1.replace("\x1d", written).encode() + b"\r"), group_separators=["<GS>", "{GS}", "|", "\x1e"])) == [GS1]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_chinese_text_is_read_in_the_scanners_encoding(encoding: str) -> None:
    assert codes(heard((0, "库位甲-01\r".encode(encoding)), encoding=encoding)) == ["库位甲-01"]


@pytest.mark.parametrize("noise", [b"\xff\xfe\x80", b"\x00\x00AB", b"AB\x1b[2J", b"\x7f\x7f"])
def test_binary_rubbish_is_counted_and_the_next_code_is_read(noise: bytes) -> None:
    found = heard((0, noise + b"\rGOOD\r"))
    assert codes(found) == ["GOOD"]
    assert len(rubbish(found)) == 1


@pytest.mark.parametrize("pause", [0, 100, 5000])
def test_ten_thousand_bytes_without_suffix_are_told_once_and_the_next_code_is_read(pause: int) -> None:
    found = heard((0, b"7" * 10_000 + (b"\r" if not pause else b"")), (pause, b"GOOD\r"))
    assert codes(found) == ["GOOD"]
    assert len(rubbish(found)) == 1
    assert "is it the right suffix" in rubbish(found)[0]


def test_the_end_of_what_was_too_long_is_no_code() -> None:
    for parts in (((0, b"7" * 8_000), (10, b"TAIL\r\nGOOD\r"), (20, b"\n")), ((0, b"7" * 8_000), (10, b"TAIL\r"), (20, b"\nGOOD\r\n"))):
        found = heard(*parts, suffix="CRLF")
        assert codes(found) == ["GOOD"]
        assert len(rubbish(found)) == 1


def test_a_code_of_the_greatest_length_is_read_and_one_byte_more_is_not() -> None:
    assert codes(heard((0, b"A" * 10 + b"\r\n" + b"B" * 11 + b"\r\nC\r\n"), suffix="CRLF", max_length=10)) == ["A" * 10, "C"]


def test_codes_25_ms_apart_are_all_read() -> None:
    assert codes(heard(*((25 * number, f"CODE-{number}\r\n".encode()) for number in range(40)), suffix="CRLF")) == [
        f"CODE-{number}" for number in range(40)]


def test_what_is_read_is_acknowledged_and_rubbish_is_asked_for_again() -> None:
    assert [one.answer for one in heard((0, b"GOOD\r\xff\xff\rHALF"), ack=True)] == [b"\x06", b"\x15", b"\x15"]
    assert [one.answer for one in heard((0, b"GOOD\r\xff\xff\r"))] == [b"", b""]


def test_a_line_opened_anew_forgets_what_was_half_read() -> None:
    framer = TextFramer(TextSettings())
    framer.feed(b"HALF", 0)
    framer.restart()
    assert codes(framer.feed(b"WHOLE\r", 0)) == ["WHOLE"]
    framer.feed(b"7" * 10_000, 0)
    framer.restart()
    assert codes(framer.feed(b"WHOLE\r", 0)) == ["WHOLE"]


@pytest.mark.parametrize(("given", "words"), [
    ({"sufix": "CR"}, "no setting 'sufix'.*suffix"), ({"suffix": ""}, "suffix is ''"), ({"suffix": 13}, "must be a text"),
    ({"aim": "yes"}, "one of seen, sent, none"), ({"group_separators": "<GS>"}, "list of texts"), ({"group_separators": [""]}, "empty"),
    ({"encoding": "klingon"}, "utf-8, gb18030"), ({"encoding": "utf-16"}, "utf-8, gb18030"), ({"gap_ms": -1}, "0 to 60,000"),
    ({"gap_ms": True}, "whole number"), ({"max_length": 10**9}, "65,536"), ({"ack": "yes"}, "true or false"), ([], "JSON object"),
])
def test_wrong_settings_name_what_is_wrong_and_what_may_be_there(given: object, words: str) -> None:
    with pytest.raises(WrongSettings, match=words):
        TextSettings.of(given)


def test_settings_stand_the_way_through_json() -> None:
    stored = json.dumps({"prefix": "\x02", "suffix": "ETX", "aim": "sent", "group_separators": ["<GS>"], "gap_ms": 250, "ack": True})
    assert TextSettings.of(json.loads(stored)) == TextSettings(prefix="\x02", suffix="ETX", aim="sent", group_separators=("<GS>",),
                                                               gap_ms=250, ack=True)


def test_every_label_from_the_field_comes_through_as_it_stands(shared_data: Path) -> None:
    labels = [one["raw"] for one in json.loads((shared_data / "floor/barcodes_from_the_field.json").read_text(encoding="utf-8"))]
    plain = [raw for raw in labels if raw.strip("\r\n\t") == raw and "\r" not in raw and "\n" not in raw]
    assert len(plain) > 20
    assert codes(heard((0, "".join(f"{raw}\r" for raw in plain).encode()), aim="none")) == plain


TEXTS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E) | st.just("\x1d"), min_size=1, max_size=12)
STREAMS = st.lists(st.one_of(st.sampled_from([b"\r", b"\n", b"\r\n", b"\t", b"\x02", b"]C1", b"A1", b"7" * 15]), st.binary(max_size=6)), max_size=20)
SETTINGS = st.sampled_from([
    {}, {"suffix": "CRLF"}, {"suffix": "TAB", "max_length": 10}, {"suffix": "none"}, {"suffix": "##", "max_length": 5},
    {"prefix": "\x02"}, {"aim": "sent"}, {"suffix": "CRLF", "max_length": 20, "prefix": "\x02", "ack": True},
])


@given(STREAMS, SETTINGS, st.data())
def test_any_cutting_of_any_stream_gives_the_same(parts: list[bytes], settings: dict, data: st.DataObject) -> None:
    stream = b"".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=10)))
    pieces = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert heard(*((0, piece) for piece in pieces), **settings) == heard((0, stream), **settings)


@given(st.lists(st.binary(max_size=40), max_size=6), TEXTS, st.sampled_from(["CR", "CRLF", "TAB", "line", "none"]), st.sampled_from(["", "\x02"]))
def test_no_rubbish_stops_the_next_good_code(noise: list[bytes], text: str, suffix: str, prefix: str) -> None:
    framer = TextFramer(TextSettings.of({"suffix": suffix, "prefix": prefix, "aim": "none", "max_length": 64}))
    for at, data in enumerate(noise):
        framer.feed(data, at)
    framer.silence(1000)
    ending = {"CR": "\r", "CRLF": "\r\n", "TAB": "\t", "line": "\n", "none": ""}[suffix]
    found = framer.feed(f"{prefix}{text}{ending}".encode(), 2000) + framer.silence(3000)
    assert codes(found)[-1:] == [text]
