"""The page that finds out what a scanner does: typed into with keys as real scanners press them, and with a station's scanner on a port."""

import io
import json
import os

import pytest
import zxingcpp
from PIL import Image

from server.scanners.fitness import PRINTED_CODES
from simulators.devices.scanner import Dress, Scanner
from simulators.devices.wire import TcpCaller, TcpPort
from tests.browser.conftest import KEY_S, NOTHING_WRONG, PASSWORD, SHIFT, Screen, found_wrong, key_of
from tests.kept_port import KeptPort

LONG = pytest.mark.skipif(not os.environ.get("AISLE_LONG"), reason="the same in the other language: set AISLE_LONG")
CTRL = 2


def types(screen: Screen, text: str) -> None:
    """Keys as an American scanner presses them at an American computer; GS as Ctrl and ]."""
    screen.clock = max(screen.clock + 1.0, screen.page.evaluate("Date.now()") / 1000)
    for sign in text:
        screen.clock += KEY_S
        key, code, held = {"\r": ("Enter", "Enter", 0), "\x1d": ("]", "BracketRight", CTRL)}.get(sign) or (sign, key_of(sign)[0], SHIFT * sign.isupper())
        stroke = {"key": key, "code": code, "modifiers": held, "timestamp": screen.clock}
        screen.keys.send("Input.dispatchKeyEvent", {"type": "keyDown", **stroke, "text": "\r" if key == "Enter" else "" if held == CTRL else key})
        screen.keys.send("Input.dispatchKeyEvent", {"type": "keyUp", **stroke})


class FitnessPage(Screen):
    """The page as a supervisor has it."""

    def __init__(self, browser, shop, language: str, *, dots: int = 2) -> None:
        context = browser.new_context(viewport={"width": 360, "height": 640}, locale=language, device_scale_factor=dots)
        context.add_cookies([shop.cookie])
        page = context.new_page()
        super().__init__(page, [], language)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: self.errors.append(message.text) if "Content Security Policy" in message.text else None)
        page.goto(f"{shop.house.address}/fitness")
        page.wait_for_selector(".choice button")
        self.words = shop.office.call("GET", f"/api/v1/messages/{language}")

    def types(self, text: str) -> None:
        types(self, text)

    def shows_code(self, done: int) -> tuple[str, str]:
        """What a scanner reads from the screen, once so many are read."""
        self.page.wait_for_function("(done) => document.querySelector('.scan b')?.innerText.includes(String(done)) && document.querySelector('img.code')?.complete", arg=done)
        read = zxingcpp.read_barcode(Image.open(io.BytesIO(self.page.screenshot())))
        return (read.symbology_identifier, read.bytes.decode()) if read else ("", "")

    def marks(self, part: str) -> list[tuple[str, str]]:
        """Rows of the advice or of the facts: the mark and the words."""
        return [(row.query_selector("b").text_content(), row.query_selector("span").text_content()) for row in self.page.query_selector_all(f".{part} li")]

    def fits(self, name: str) -> None:
        for width, height in ((360, 640), (1280, 800)):
            self.page.set_viewport_size({"width": width, "height": height})
            self.keep(f"fitness-{name}-{self.language}-{width}")
            assert found_wrong(self.page) == NOTHING_WRONG
        self.page.set_viewport_size({"width": 360, "height": 640})


@pytest.fixture
def page(browser, shop, language):
    page = FitnessPage(browser, shop, language)
    yield page
    assert page.errors == []
    page.page.context.close()


def test_three_codes_typed_tell_that_a_scanner_fits_and_its_settings_are_kept(page):
    page.fits("choice")
    page.page.click(".choice button.main")
    for done, code in enumerate(PRINTED_CODES):
        assert page.shows_code(done) == (code.aim, code.text)
        page.fits(f"scan-{code.key}")
        page.types(f"~S{code.aim}{code.text}\r")
    page.page.wait_for_selector(".verdict.good")
    assert [mark for mark, _ in page.marks("result section.facts")] == ["✓"] * 9
    page.fits("good")
    page.page.click("footer button.main")
    page.page.wait_for_selector(".end b.good")
    page.fits("used")
    kept = json.loads(page.page.evaluate("localStorage.getItem('aisle-scanner')"))
    assert kept == {"prefix": "~S", "suffix": "", "separators": [], "idleMs": 300, "layout": "auto"}


def test_a_scanner_that_must_be_set_up_is_told_how_in_the_readers_own_language(page):
    page.page.click(".choice button.main")
    page.types("4006381333931\r")
    page.page.wait_for_selector(".scan .bad")
    page.fits("strange")
    page.page.click("footer button:nth-of-type(2)")
    for code in PRINTED_CODES:
        page.types(code.text.replace("\x1d", "").swapcase())
    page.page.wait_for_selector(".verdict.bad")
    advice = {text: mark for mark, text in page.marks("result section.advice")}
    assert advice[page.words["scanner.gs_lost"]] == advice[page.words["scanner.caps_lock"]] == "✕"
    assert advice[page.words["scanner.no_aim"]] == "!"
    assert len(page.page.query_selector_all("footer button")) == 2  # no settings help
    page.fits("bad")
    page.page.click("nav button:last-child")
    page.fits("bad-facts")


def test_a_code_that_is_not_read_is_passed_over_and_said(page):
    page.page.click(".choice button.main")
    for code in PRINTED_CODES[:2]:
        page.types(f"{code.aim}{code.text}\r")
    page.shows_code(2)
    page.page.click("footer button:nth-of-type(3)")
    page.page.wait_for_selector(".verdict.bad")
    assert page.words["scanner.not_seen"].format(code="retail", symbology="ean13") in [text for _, text in page.marks("result section.advice")]


@pytest.mark.parametrize("language", [pytest.param("en", marks=LONG), "zh-CN"])
def test_a_stations_scanner_is_found_out_and_set_from_the_page(browser, own_shop, language):
    scanner = Scanner(dress=Dress(aim=True, gs_as="<GS>"), faults=["replaced-gs"])
    port = TcpPort(scanner)
    own_shop.office.call("PUT", "/api/v1/stations/DOOR-3", {"site": "W1", "kind": "dock", "location": "W1-DOCK-1", "peripherals": [
        {"name": "scanner", "kind": "scanner", "driver": "text", "url": port.url, "settings": {"suffix": "CR"}}]})
    page = FitnessPage(browser, own_shop, language, dots=1)
    page.fits("choice-station")
    page.page.set_viewport_size({"width": 1280, "height": 800})
    page.page.click("button:has-text('DOOR-3 · scanner')")
    for done, code in enumerate(PRINTED_CODES):
        assert page.shows_code(done) == (code.aim, code.text)
        if code == PRINTED_CODES[-1]:
            page.fits("station")
        scanner.scan(code.aim + code.text)
    page.page.wait_for_selector(".verdict.good")
    page.fits("station-good")
    page.page.click("footer button.main")
    page.page.wait_for_selector(".end b.good")
    (station,) = own_shop.office.call("GET", "/api/v1/stations")["items"]
    assert station["peripherals"][0]["settings"]["group_separators"] == ["<GS>"]
    page.page.click("footer button")
    page.page.click("button:has-text('DOOR-3 · scanner')")
    page.page.wait_for_selector("img.code")
    page.page.click("footer button")
    own_shop.until("/api/v1/stations/DOOR-3/peripherals/scanner/lesson", lambda until: until is None, name="until")
    port.close()
    assert page.errors == []
    page.page.context.close()


def test_of_the_scanners_that_call_a_port_the_page_says_which_is_learnt(browser, own_shop, language):
    kept = KeptPort()
    port = kept.number
    own_shop.office.call("PUT", "/api/v1/stations/DOOR-3", {"site": "W1", "kind": "dock", "location": "W1-DOCK-1", "peripherals": [
        {"name": "calls", "kind": "scanner", "driver": "text", "url": f"listen://127.0.0.1:{port}", "settings": {"addresses": {"127.0.0.1": "DOOR LEFT"}}}]})
    scanner = Scanner(dress=Dress(aim=True))
    caller = TcpCaller(scanner, "127.0.0.1", port)
    page = FitnessPage(browser, own_shop, language, dots=1)
    page.page.click("button:has-text('DOOR-3 · calls')")
    page.page.wait_for_selector("img.code")
    page.fits("caller-not-known")
    page.page.set_viewport_size({"width": 1280, "height": 800})
    for done, code in enumerate(PRINTED_CODES):
        assert page.shows_code(done) == (code.aim, code.text)
        scanner.scan(code.aim + code.text)
        if not done:
            page.page.wait_for_selector("p.dim:has-text('DOOR LEFT')")
    page.page.wait_for_selector(".verdict.good")
    page.fits("caller")
    own_shop.office.call("PUT", "/api/v1/stations/DOOR-3", {"site": "W1", "kind": "dock", "location": "W1-DOCK-1", "peripherals": []})
    caller.close()
    kept.close()
    assert page.errors == []
    page.page.context.close()


def test_a_handheld_finds_out_its_own_scanner_and_reads_it_then(screen):
    made = screen()
    made.page.goto(made.page.url.partition("#")[0] + "fitness")
    made.page.click(".choice button.main")
    for code in PRINTED_CODES:
        types(made, f"~S{code.aim}{code.text}\r")
    made.page.wait_for_selector(".verdict.good")
    made.page.click("footer button.main")
    made.page.wait_for_selector(".end b.good")
    made.page.goto(made.page.url.replace("fitness", ""))
    made.home()
    types(made, "~S]E09506000134352\r")
    made.sees("body", "Soap")
    assert made.errors == []


def test_who_is_not_signed_in_is_told_where_and_the_dashboard_leads_here(browser, own_shop):
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    page.goto(f"{own_shop.house.address}/fitness")
    page.wait_for_selector("a[href='/dashboard']")
    own_shop.office.call("PUT", "/api/v1/stations/DOOR-3", {"site": "W1", "kind": "dock", "location": "W1-DOCK-1", "peripherals": []})
    page.goto(f"{own_shop.house.address}/dashboard")
    page.fill("input[name=badge]", "BOSS")
    page.fill("input[name=password]", PASSWORD)
    page.click("button.main")
    page.wait_for_selector("input[name=password]", state="detached")
    page.click("a[href='/fitness']")
    page.wait_for_selector(".choice button.main")
    context.close()


def test_the_codes_come_out_of_the_printer(browser, shop):
    page = FitnessPage(browser, shop, "en")
    page.page.emulate_media(media="print")
    page.page.set_viewport_size({"width": 800, "height": 1100})
    picture = page.page.screenshot()
    page.keep("fitness-paper")
    found = {(one.symbology_identifier, one.bytes.decode()) for one in zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))}
    assert found == {(code.aim, code.text) for code in PRINTED_CODES}
    page.page.context.close()
