"""Keys of a grabbed scanner become text: shift, Caps Lock, control characters, Alt with digits, three countries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.scanners.codes import Code
from server.scanners.keyboard import EVENT, KeyboardFramer, KeyboardSettings, Keys
from server.scanners.layouts import LAYOUTS, typed
from simulators.devices.scanner_bytes import key_events

SHIFT, CTRL, ALT, ALTGR, CAPS, ENTER = 42, 29, 56, 100, 58, 28
DOWN, UP, HELD = 1, 0, 2
KEYPAD = {"0": 82, "1": 79, "2": 80, "3": 81, "4": 75, "5": 76, "6": 77, "7": 71, "8": 72, "9": 73}


def said(*strokes: tuple[int, int], layout: str = "us") -> str:
    keys = Keys(layout)
    return "".join(keys.press(key, value) for key, value in strokes)


def alt(digits: str) -> list[tuple[int, int]]:
    return [(ALT, DOWN), *((KEYPAD[digit], value) for digit in digits for value in (DOWN, UP)), (ALT, UP)]


def framer(**settings: object) -> KeyboardFramer:
    return KeyboardFramer(KeyboardSettings.of(settings))


@pytest.mark.parametrize(("strokes", "text"), [
    ([(30, DOWN), (30, UP)], "a"),
    ([(SHIFT, DOWN), (30, DOWN), (30, UP), (SHIFT, UP), (30, DOWN)], "Aa"),
    ([(54, DOWN), (3, DOWN), (54, UP)], "@"),
    ([(30, DOWN), (30, HELD), (30, HELD)], "a"),
    ([(CAPS, DOWN), (CAPS, UP), (30, DOWN), (2, DOWN), (SHIFT, DOWN), (48, DOWN), (SHIFT, UP), (CAPS, DOWN), (CAPS, UP), (46, DOWN)], "A1bc"),
    ([(CTRL, DOWN), (27, DOWN), (27, UP), (CTRL, UP), (2, DOWN)], "\x1d1"),
    ([(CTRL, DOWN), (50, DOWN), (CTRL, UP)], "\r"),
    ([(CTRL, DOWN), (SHIFT, DOWN), (7, DOWN), (CTRL, UP)], "\x1e"),
    ([(CTRL, DOWN), (12, DOWN)], "\x1f"),
    ([(79, DOWN), (96, DOWN)], "1\r"),
    ([(15, DOWN)], "\t"),
    ([(59, DOWN), (125, DOWN)], ""),
    (alt("029"), "\x1d"), (alt("065"), "A"), (alt("0228"), "ä"), (alt("132"), "ä"), (alt("999"), ""), ([(ALT, DOWN), (ALT, UP)], ""),
])
def test_keys_say(strokes: list[tuple[int, int]], text: str) -> None:
    assert said(*strokes) == text


@pytest.mark.parametrize(("layout", "strokes", "text"), [
    ("de", [(21, DOWN), (44, DOWN), (53, DOWN), (12, DOWN)], "zy-ß"),
    ("fr", [(16, DOWN), (50, DOWN), (2, DOWN), (SHIFT, DOWN), (2, DOWN)], "a,&1"),
    ("de", [(ALTGR, DOWN), (10, DOWN)], "]"), ("fr", [(ALTGR, DOWN), (12, DOWN)], "]"),
    ("de", [(CTRL, DOWN), (27, DOWN)], "\x1d"),
])
def test_keys_of_another_country_say(layout: str, strokes: list[tuple[int, int]], text: str) -> None:
    assert said(*strokes, layout=layout) == text


def test_a_code_is_read_from_events_and_ends_with_enter() -> None:
    found = framer().feed(key_events("]C10109506000134352" + "10aB-7" + "\x1d21X\r"), 0)
    assert found == [Code(text="010950600013435210aB-7\x1d21X", symbology="]C1")]


def test_a_code_without_enter_ends_with_silence() -> None:
    one = framer(suffix="none")
    one.feed(key_events("A1"), 0)
    assert one.silence(200) == [Code(text="A1")]


def test_half_a_code_and_a_key_still_held_are_forgotten_when_unplugged() -> None:
    one = framer()
    one.feed(key_events("HAL") + EVENT.pack(0, 0, 1, SHIFT, DOWN) + b"\0" * 5, 0)
    one.restart()
    assert one.feed(key_events("whole\r"), 0) == [Code(text="whole")]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_one_country_types_another_reads_as_its_own(layout: str) -> None:
    text = "".join(chr(sign) for sign in range(0x21, 0x7F))
    there = typed(text, "us", layout)
    assert len(there) == len(text)
    assert typed(there, layout, "us") == text


@given(st.text([chr(sign) for sign in range(0x20, 0x7F)] + ["\x1d"], min_size=1, max_size=30), st.data())
def test_any_cutting_of_any_typed_text_gives_the_same(text: str, data: st.DataObject) -> None:
    stream = key_events(f"{text}\r")
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=10)))
    one = framer(aim="none")
    found = [code for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True) for code in one.feed(stream[start:end], 0)]
    assert found == [Code(text=text)]
