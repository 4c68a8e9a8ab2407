"""Hands-free: what the screen shows is spoken, what is said is a scan. The browser's speech is played, the rest is real."""

import json
from pathlib import Path

from tests.browser.conftest import ITEMS

SPEECH = (Path(__file__).parent / "speech.js").read_text()
DIGITS = {"en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"), "zh-CN": tuple("零幺二三四五六拐八九")}
WORDS = {"en": {"next": "next", "place": "A, 1, 1", "other": "B, 2, 2", "pieces": "two pieces"},
         "zh-CN": {"next": "下一个", "place": "A 一 一", "other": "B 二 二", "pieces": "两件"}}


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
        self.page.wait_for_function("() => window.listens()")
        self.page.evaluate("(found) => window.hear(found)", [{"transcript": text, "confidence": sure} for text, sure in alternatives])

    def says(self, *parts: str) -> None:
        """Something said since the last time holds all parts."""
        self.page.wait_for_function("(parts) => parts.every((part) => window.said.some((one) => one.text.includes(part)))", arg=list(parts))
        self.page.evaluate("() => { window.all = [...(window.all || []), ...window.said]; window.said = []; }")

    def digits(self, code: str) -> tuple[str, float]:
        return (" " if self.language == "en" else "").join(DIGITS[self.language][int(sign)] for sign in code), 0.87


def check_of(shop, code: str) -> str:
    return next(row["check_digit"] for row in shop.office.call("GET", "/api/v1/locations?site=W1")["items"] if row["code"] == code)


def test_a_pallet_is_put_away_and_an_order_picked_by_voice_without_a_tap(own_shop, pda, language):
    words, texts = WORDS[language], own_shop.office.call("GET", f"/api/v1/messages/{language}")
    voice = Spoken(pda)
    helper = own_shop.helper
    helper.scan(own_shop.asn(SOAP=20))
    helper.scan(f"(01){ITEMS['SOAP'][1]}(30)20")
    lpn = str(helper.last["message"]["args"]["lpn"])
    voice.hears((words["next"], 0.9))
    voice.says(texts["task.put_away"], "Soap with olive oil", texts["slot.lpn"])
    voice.hears(voice.digits(lpn[-3:]))
    voice.says("A, 1, 1" if language == "en" else "A 一 一")
    bin_ = pda.page.inner_text(".where")
    check = check_of(own_shop, bin_)
    voice.hears(voice.digits(f"{(int(check) + 1) % 100:02d}"))
    pda.page.wait_for_selector(".stop")
    voice.says(f"{(int(check) + 1) % 100:02d}")
    pda.looks("voice-wrong-digits")
    voice.hears(("mumble", 0.0), voice.digits(check))
    pda.home()
    own_shop.until(f"/api/v1/stock?lpn={lpn}", lambda rows: [row["location"] for row in rows] == [bin_])

    own_shop.put("TEA", 9, "W1-B-02-2")
    own_shop.ordered({"SOAP": 2, "TEA": 1})
    voice.hears((words["next"], 0.9))
    voice.says(texts["slot.tote"])
    pda.scan("TOTE-8")
    voice.says(words["place"])
    voice.hears(voice.digits(check_of(own_shop, "W1-A-01-1")))
    voice.says("Soap with olive oil", "2")
    pda.looks("voice-pick")
    voice.hears((words["pieces"], 0.9))
    voice.hears(voice.digits("352"))
    voice.says(words["other"])
    voice.hears(voice.digits(check_of(own_shop, "W1-B-02-2")))
    voice.says("Green tea")
    voice.hears(voice.digits("369"))
    pda.home()
    own_shop.until("/api/v1/tasks?kind=pick", lambda rows: [row["state"] for row in rows] == ["done"])
    said = pda.page.evaluate("[...(window.all || []), ...window.said]")
    assert {(one["lang"], one["voice"]) for one in said} == ({("en-US", "near")} if language == "en" else {("zh-CN", "近")})
    assert pda.page.evaluate("[window.taps, window.heardWhileSpeaking]") == [0, 0]


def test_where_the_browser_does_not_hear_there_are_large_digits(own_shop, pda, language):
    Spoken(pda, listens=False, has_recognition=False)
    lpn = own_shop.put("SOAP", 5, "W1-A-01-1")
    own_shop.ordered({"SOAP": 2})
    pda.page.click(".voice-open")
    pda.looks("voice-off", sees=(("This browser cannot listen" if language == "en" else "此浏览器不能识别语音"),))
    pda.page.click(".voice-switch")
    assert pda.page.is_disabled(".voice-switch >> nth=1")
    pda.page.click(".voice-sheet > .main")
    pda.scan("TOTE-9")
    pda.page.wait_for_selector(".voice-digits")
    pda.looks("voice-buttons")
    pda.page.click(".voice-digits")
    pda.page.wait_for_selector(".voice-keys")
    pda.looks("voice-pad")
    for digit in check_of(own_shop, "W1-A-01-1"):
        pda.page.click(f".voice-keys button:text-is('{digit}')")
    pda.sees(".have", "W1-A-01-1")
    pda.page.click(".voice-digits")
    for digit in "352":
        pda.page.click(f".voice-keys button:text-is('{digit}')")
    pda.home()
    own_shop.until(f"/api/v1/stock?lpn={lpn}", lambda rows: [row["quantity"] for row in rows] == [3])
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
