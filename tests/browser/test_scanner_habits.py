"""Every habit that scanners were found to have, typed into the real page: the ledger has each scan once, on a quick processor and on a slow one."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import AHEAD_S, ITEMS, KEY_S, PAUSE_S, Shop, key_of, signed_in
from tests.browser.test_storm import booked, scan_of, without_websocket
from tests.waiting import PATIENCE, until

IS_LONG = bool(os.environ.get("AISLE_LONG"))
SCANS = 500 if IS_LONG else 12
BATCH = 40 if IS_LONG else 20
SLOW_S, BOUNCE_S = 0.08, 0.1
PIECES = 100_000_000
ALT, CTRL, SHIFT = 1, 2, 8
"""As DevTools number them."""
FRENCH = dict(zip("1234567890]-", "&é\"'(-èéçà$)", strict=True)) | {"7": "è", "8": "_"}
"""What an AZERTY keyboard's driver makes of the keys of an American one."""
TAKES_TEXTS = """() => { const at = document.activeElement, box = at.getBoundingClientRect(), look = getComputedStyle(at)
  return at.id === 'catcher' && at.type === 'text' && at.inputMode === 'none' && look.display !== 'none' && look.visibility === 'visible' && box.width > 0 }"""


def carried(number: int) -> str:
    """The same label as its symbol holds it: behind an AIM identifier, without brackets."""
    return f"]C101{ITEMS['SOAP'][1]}30{number}"


class Scanner:
    """A handheld that receives goods, and the scanner that types into it; each scan has a number of its own."""

    def __init__(self, browser: Any, shop: Shop) -> None:
        self.screen, self.shop, self.paper = signed_in(browser, shop, "usual", "en"), shop, shop.asn(SOAP=PIECES)
        self.page = self.screen.page
        without_websocket(self.page)
        self.page.reload()
        self.screen.home()
        self.screen.scan(self.paper)
        self.screen.sees(".title", "Soap")
        self.number, self.total = 0, list[int]()

    def next(self) -> int:
        self.number += 1
        return self.number

    def runs(self, slower: int) -> None:
        """So slow from here on; where many scans were typed faster than their keys say, the page begins anew with a clock that is right.

        It would wait for a silence as long as the difference.
        """
        if self.screen.clock > time.time() + 2 * AHEAD_S:
            self.page.reload()
            self.screen.sees(".title", "Soap")
            self.screen.clock = 0.0
        self.screen.keys.send("Emulation.setCPUThrottlingRate", {"rate": slower})

    def begins(self, pause: float = PAUSE_S) -> None:
        """No key comes late: the keys' clock runs before the page's."""
        self.screen.clock = max(time.time() + AHEAD_S, self.screen.clock + pause)

    def presses(self, kind: str, key: str, code: str, modifiers: int = 0, **more: Any) -> None:
        self.screen.keys.send("Input.dispatchKeyEvent", {
            "type": kind, "key": key, "code": code, "modifiers": modifiers, "timestamp": self.screen.clock, **more})

    def strikes(self, sign: str, *, held: int = 0, host: dict[str, str] | None = None, after: float = KEY_S, is_released: bool = True) -> None:
        """One key, down and up; some scanners only press."""
        self.screen.clock += after
        code, is_shifted = ("BracketRight", False) if sign == "]" else key_of(sign)
        modifiers, shown = held | (SHIFT if is_shifted else 0), (host or {}).get(sign, sign)
        self.presses("keyDown", shown, code, modifiers, **({} if held else {"text": "\r" if sign == "Enter" else shown}))
        if is_released:
            self.presses("keyUp", shown, code, modifiers)

    def types(self, text: str, *, end: str = "Enter", gap: float = KEY_S, **how: Any) -> None:
        for sign in text:
            self.strikes(sign, after=gap, **how)
        if end:
            self.screen.clock += gap
            self.presses("keyDown", end, end)
            self.presses("keyUp", end, end)

    def scans(self, how_many: int = 1, *, label: Callable[[int], str] = scan_of, pause: float = PAUSE_S, **how: Any) -> list[int]:
        """Some labels, one after the other."""
        numbers = [self.next() for _ in range(how_many)]
        for number in numbers:
            self.begins(pause)
            self.types(label(number), **how)
        return numbers

    def commits(self, text: str) -> None:
        """What a keyboard does that commits texts as a whole: no key goes down, only Enter comes up."""
        self.screen.keys.send("Input.insertText", {"text": text})
        self.screen.keys.send("Input.dispatchKeyEvent", {"type": "keyUp", "key": "Enter", "code": "Enter"})

    def hears(self, numbers: list[int]) -> list[int]:
        """What the ledger has got since the last time, when it has as many or will have no more."""
        before, ends = len(self.total), PATIENCE + len(numbers) / 4
        until(lambda: self.page.wait_for_timeout(50) or len(booked(self.shop, self.paper)) >= before + len(numbers), ends)
        until(lambda: self.page.wait_for_timeout(20) or self.page.locator(".unsent").count() == 0)
        self.total = booked(self.shop, self.paper)
        return self.total[before:]


@pytest.fixture(scope="module")
def scanner(browser: Any, new_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scanner]:
    shop = Shop(tmp_path_factory.mktemp("habits"), new_shop)
    made = Scanner(browser, shop)
    yield made
    assert made.screen.errors == []
    made.page.context.close()
    shop.house.stop()


def with_shift_keys(scanner: Scanner) -> list[int]:
    number = scanner.next()
    scanner.begins()
    for sign in carried(number) if number % 2 else scan_of(number):
        is_shifted = sign != "]" and key_of(sign)[1]
        if is_shifted:
            scanner.presses("rawKeyDown", "Shift", "ShiftLeft", SHIFT)
        scanner.strikes(sign)
        if is_shifted:
            scanner.presses("keyUp", "Shift", "ShiftLeft")
    scanner.types("")
    return [number]


def with_keys_that_are_none(scanner: Scanner) -> list[int]:
    """As typing aids, autofill and extensions send them, in the midst of a scan."""
    number = scanner.next()
    scanner.begins()
    for at, sign in enumerate(scan_of(number)):
        scanner.strikes(sign)
        if at % 5 == 0:
            scanner.page.evaluate("() => { for (const type of ['keydown', 'keyup']) document.body.dispatchEvent(new Event(type, { bubbles: true })) }")
            scanner.presses("rawKeyDown", "Unidentified", "")
    scanner.types("")
    return [number]


def committed(scanner: Scanner) -> list[int]:
    numbers = [scanner.next(), scanner.next()]
    for number in numbers:
        scanner.commits(scan_of(number))
    return numbers


def committed_after_a_tap(scanner: Scanner) -> list[int]:
    """The field that takes texts is never hidden, and has the focus again after a tap elsewhere."""
    scanner.page.click(".title")
    scanner.page.wait_for_function(TAKES_TEXTS)
    return committed(scanner)


def twice_at_one_pull(scanner: Scanner) -> list[int]:
    number = scanner.next()
    scanner.begins()
    scanner.types(scan_of(number))
    scanner.screen.clock += BOUNCE_S
    scanner.types(scan_of(number), gap=0.001)
    return [number]


def while_the_first_is_sent(scanner: Scanner) -> list[int]:
    waiting = list[Any]()
    scanner.page.route("**/api/v1/operations", lambda route: waiting.append(route), times=1)  # noqa: PLW0108 - a route's handler has to be a function
    numbers = scanner.scans()
    assert until(lambda: scanner.page.wait_for_timeout(10) or waiting)
    numbers += scanner.scans(2)
    waiting[0].continue_()
    return numbers


def with_a_separator(scanner: Scanner, send: Callable[[], None]) -> list[int]:
    number = scanner.next()
    scanner.begins()
    scanner.types(carried(number), end="")
    scanner.screen.clock += KEY_S
    send()
    scanner.types("240ABC")
    return [number]


def separated_by_ctrl(scanner: Scanner) -> list[int]:
    return with_a_separator(scanner, lambda: scanner.strikes("]", held=CTRL))


def separated_by_alt(scanner: Scanner) -> list[int]:
    def send() -> None:
        scanner.presses("rawKeyDown", "Alt", "AltLeft", ALT)
        for digit in "029":
            scanner.presses("rawKeyDown", digit, f"Numpad{digit}", ALT, location=3, isKeypad=True)
            scanner.presses("keyUp", digit, f"Numpad{digit}", ALT, location=3, isKeypad=True)
        scanner.presses("keyUp", "Alt", "AltLeft")
    return with_a_separator(scanner, send)


def without_separator(scanner: Scanner) -> list[int]:
    """What runs together is refused in words, never guessed; the next scan is heard."""
    with_a_separator(scanner, lambda: None)
    scanner.page.wait_for_selector(".stop")
    return scanner.scans()


def pasted(scanner: Scanner) -> list[int]:
    number = scanner.next()
    scanner.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    scanner.page.evaluate("(text) => navigator.clipboard.writeText(text)", scan_of(number))
    scanner.page.keyboard.press("Control+V")
    return [number]


HABITS: dict[str, Callable[[Scanner], list[int]]] = {
    "wedge-enter": lambda scanner: scanner.scans(2),
    "wedge-tab": lambda scanner: scanner.scans(2, end="Tab"),
    "wedge-no-suffix": lambda scanner: scanner.scans(2, end="") + ([] if IS_LONG else scanner.scans()),  # the last one ends by silence, which lasts
    "wedge-alt": lambda scanner: scanner.scans(held=ALT),
    "wedge-shift-events": with_shift_keys,
    "key-undefined": with_keys_that_are_none,
    "ime-commit": committed,
    "ime-hidden-input": committed_after_a_tap,
    "slow-wedge": lambda scanner: scanner.scans(2, gap=SLOW_S),
    "burst-batch": lambda scanner: scanner.scans(BATCH, label=carried, pause=0.0, gap=0.005, is_released=False),
    "double-trigger": twice_at_one_pull,
    "busy": while_the_first_is_sent,
    "layout-fr-be": lambda scanner: scanner.scans(label=carried, host=FRENCH),
    "gs-as-ctrl-bracket": separated_by_ctrl,
    "gs-as-alt-029": separated_by_alt,
    "gs-dropped": without_separator,
    "paste": pasted,
}


def test_no_habit_of_the_file_is_left_out(shared_data: Path) -> None:
    patterns = json.loads((shared_data / "floor/scanner_input_patterns.json").read_text())["patterns"]
    assert {one["id"] for one in patterns} - HABITS.keys() == set()


@pytest.mark.parametrize("slower", [1, 6])
@pytest.mark.parametrize("habit", HABITS)
def test_what_a_scanner_types_in_its_way_is_booked_once(scanner, habit, slower):
    scanner.runs(slower)
    numbers = HABITS[habit](scanner)
    assert scanner.hears(numbers) == numbers, scanner.page.inner_text("body")


@pytest.mark.parametrize("slower", [1, 6])
@pytest.mark.parametrize("gap_ms", [25, 120])
def test_of_many_scans_none_is_lost_or_glued_or_doubled(scanner, gap_ms, slower):
    scanner.runs(slower)
    began = time.monotonic()
    numbers = scanner.scans(SCANS, label=carried, gap=gap_ms / 1000, is_released=False)
    heard = scanner.hears(numbers)
    sys.stdout.write(f"{SCANS} scans at {gap_ms} ms between keys, processor {slower} times slower, {time.monotonic() - began:.0f} s: "
                     f"{len(set(numbers) - set(heard))} lost, {len(set(heard) - set(numbers))} glued, {len(heard) - len(set(heard))} doubled\n")
    assert heard == numbers
