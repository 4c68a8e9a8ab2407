"""Hands-free: what the screen shows is spoken, what is said is a scan. The browser's speech is played, the rest is real."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import ITEMS, Screen, Shop, signed_in

SPEECH = (Path(__file__).parent / "speech.js").read_text()
DIGITS = {"en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"), "zh-CN": tuple("零幺二三四五六拐八九")}
NEXT, TWO_PIECES = {"en": "next", "zh-CN": "下一个"}, {"en": "two pieces", "zh-CN": "两件"}


@pytest.fixture(scope="module")
def hall(new_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A shop for this file, in which nobody else leaves work."""
    shop = Shop(tmp_path_factory.mktemp("hall"), new_shop)
    yield shop
    shop.house.stop()


@pytest.fixture
def pda(browser: Any, hall: Shop, language: str) -> Iterator[Screen]:
    made = signed_in(browser, hall, "small", language)
    yield made
    assert made.errors == []
    made.page.context.close()


class Spoken:
    """A handheld that speaks and hears, played by the test."""

    def __init__(self, pda, *, listens: bool = True, has_recognition: bool = True) -> None:
        self.pda, self.page, self.language = pda, pda.page, pda.language
        kept = json.dumps({"speaks": listens, "listens": listens, "rate": 1})
        absent = "" if has_recognition else "localStorage.setItem('no-recognition', '1');"
        self.page.add_init_script(f"localStorage.getItem('aisle-voice') || localStorage.setItem('aisle-voice', '{kept}'); {absent} {SPEECH}")
        self.page.reload()
        pda.home()

    def hears(self, *alternatives: tuple[str, float]) -> None:
        self.page.wait_for_function("(found) => window.listens() && (window.hear(found), true)", arg=[{"transcript": text, "confidence": sure} for text, sure in alternatives])

    def says(self, *parts: str) -> None:
        """Something said since the last time holds all parts."""
        self.page.wait_for_function("(parts) => parts.every((part) => window.said.some((one) => one.text.includes(part)))", arg=list(parts))
        self.page.evaluate("() => { window.all = [...(window.all || []), ...window.said]; window.said = []; }")

    def place(self) -> str:
        """The bin on the screen, which was said without its house and in the language's own numbers."""
        bin_ = str(self.page.inner_text(".where"))
        _, zone, *numbers = bin_.split("-")
        heard = [int(number) for number in numbers]
        self.says(f"{zone} " + " ".join("零一二三四五六七八九"[number] for number in heard) if self.language == "zh-CN" else ", ".join([zone, *map(str, heard)]))
        return bin_

    def digits(self, code: str) -> tuple[str, float]:
        return (" " if self.language == "en" else "").join(DIGITS[self.language][int(sign)] for sign in code), 0.87


def check_of(shop, code: str) -> str:
    return next(row["check_digit"] for row in shop.office.call("GET", "/api/v1/locations?site=W1")["items"] if row["code"] == code)


def test_a_pallet_is_put_away_and_an_order_picked_by_voice_without_a_tap(hall, pda, language):
    texts = hall.office.call("GET", f"/api/v1/messages/{language}")
    voice, helper = Spoken(pda), hall.helper
    helper.scan(hall.asn(SOAP=20))
    helper.scan(f"(01){ITEMS['SOAP'][1]}(30)20")
    lpn = str(helper.last["message"]["args"]["lpn"])
    voice.hears((NEXT[language], 0.9))
    voice.says(texts["task.put_away"], "Soap with olive oil", texts["slot.lpn"])
    voice.hears(voice.digits(lpn[-3:]))
    pda.page.wait_for_function("() => document.querySelector('.have').innerText")
    bin_ = voice.place()
    check = check_of(hall, bin_)
    other = f"{(int(check) + 1) % 100:02d}"
    voice.hears(voice.digits(other))
    pda.page.wait_for_selector(".stop")
    voice.says(other)
    pda.looks("voice-wrong-digits")
    voice.hears(("mumble", 0.0), voice.digits(check))
    pda.home()
    hall.until(f"/api/v1/stock?lpn={lpn}", lambda rows: [row["location"] for row in rows] == [bin_])

    hall.put("TEA", 9, "W1-B-02-2")
    hall.ordered({"SOAP": 2, "TEA": 1})
    tote = "TOTE-8" if language == "en" else "TOTE-9"
    pda.scan(tote)
    pda.sees(".title", "Soap")
    voice.hears(voice.digits(check_of(hall, voice.place())))
    voice.says("Soap with olive oil", "2")
    pda.looks("voice-pick")
    voice.hears((TWO_PIECES[language], 0.9))
    voice.hears(voice.digits("352"))
    pda.sees(".title", "Green tea")
    voice.hears(voice.digits(check_of(hall, voice.place())))
    voice.says("Green tea")
    voice.hears(voice.digits("369"))
    pda.home()
    hall.until(f"/api/v1/lpns?kind=tote&code={tote}", lambda rows: rows != [])
    said = pda.page.evaluate("[...(window.all || []), ...window.said]")
    assert {(one["lang"], one["voice"]) for one in said} == ({("en-US", "near")} if language == "en" else {("zh-CN", "近")})
    assert pda.page.evaluate("[window.taps, window.heardWhileSpeaking]") == [0, 0]


def test_where_the_browser_does_not_hear_there_are_large_digits(hall, pda, language):
    texts = hall.office.call("GET", f"/api/v1/messages/{language}")
    Spoken(pda, listens=False, has_recognition=False)
    bin_ = "W1-A-03-1" if language == "en" else "W1-A-03-2"
    lpn = hall.put("TEA", 5, bin_)
    pda.page.click(".voice-open")
    pda.looks("voice-off", sees=(("This browser cannot listen" if language == "en" else "此浏览器不能识别语音"),))
    pda.page.click(".voice-switch")
    assert pda.page.is_disabled(".voice-switch >> nth=1")
    pda.page.click(".voice-sheet > .main")
    hall.office.call("POST", "/api/v1/counts", {"site": "W1", "locations": [bin_]})
    pda.page.reload()
    pda.page.click(f".counts button:has-text('{texts['task.count']}')")
    pda.page.wait_for_selector(".voice-digits")
    pda.looks("voice-buttons")
    pda.page.click(".voice-digits")
    pda.page.wait_for_selector(".voice-keys")
    pda.looks("voice-pad")
    for digit in check_of(hall, bin_):
        pda.page.click(f".voice-keys button:text-is('{digit}')")
    pda.sees(".have", bin_)
    pda.scan(lpn)
    pda.scan("CMD-DONE")
    pda.home()
    assert [row["lpn"] for row in hall.office.call("GET", f"/api/v1/stock?location={bin_}")["items"]] == [lpn]
    assert pda.page.evaluate("window.said.length") > 0


def test_listening_is_off_until_it_is_switched_on_and_says_where_what_is_heard_may_go(shop, screen):
    pda = screen("small")
    voice = Spoken(pda, listens=False)
    pda.page.click(".voice-open")
    pda.sees(".voice-note", "maker's server")
    assert [pda.page.get_attribute(f".voice-switch >> nth={at}", "aria-checked") for at in (0, 1)] == ["false", "false"]
    pda.page.click(".voice-switch")
    pda.page.click(".voice-switch >> nth=1")
    pda.page.wait_for_function("() => window.listens()")
    pda.looks("voice-on")
    pda.page.evaluate("() => { window.recognitionFails = 'not-allowed'; }")
    pda.page.click(".voice-speed button >> nth=1")
    pda.page.click(".voice-sheet > .main")
    pda.sees(".voice-line", "microphone is not allowed")
    pda.looks("voice-not-allowed")
    pda.page.evaluate("() => { window.recognitionFails = ''; }")
    pda.page.click(".voice-state")
    voice.hears(("stop", 0.9))
    pda.sees(".voice-line", "Paused")
    assert not pda.page.evaluate("window.listens()")
    assert pda.errors == []


def test_who_asks_for_no_more_hears_what_is_wrong_and_nothing_else(hall, pda, language):
    menu, settings, speak = {"en": ("Menu", "Settings", "Speak what is wrong"), "zh-CN": ("菜单", "设置", "朗读错误")}[language]
    voice, title = Spoken(pda, listens=False), ".stop h1"
    pda.page.click(f".buttons button:has-text('{menu}')")
    pda.page.click(f".sheet button:text-is('{settings}')")
    pda.page.click(f".sheet button:text-is('{speak}')")
    pda.looks("settings-speaks")
    pda.page.reload()  # what was chosen is kept
    pda.home()
    for code in ("NOPE", "NEVER"):
        pda.scan(code)
        pda.sees(title, code)
        voice.says(code)
        pda.page.click(".stop .buttons button")
    pda.scan("W1-A-01-2")
    pda.sees(".where", "W1-A-01-2")
    pda.scan("CMD-DONE")
    pda.home()
    said = pda.page.evaluate("[...window.all, ...window.said]")
    assert [one["voice"] for one in said] == 2 * [{"en": "near", "zh-CN": "近"}[language]]
    assert pda.page.locator(".voice-line").count() == 0
