"""A real browser at the sizes of real handhelds, on a server of its own."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from simulators.house import House
from simulators.http import Client

PASSWORD, PIN = "a long sentence 1", "493817"
ITEMS = {"SOAP": ("Soap with olive oil, 100 g", "09506000134352"), "TEA": ("Green tea, loose", "09506000134369"),
         "MILK": ("Oat milk 1 l", "09506000134376")}
SIZES = {"small": (320, 533), "usual": (360, 640)}


def chromium() -> str:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("CI has to have a browser: .ci/run installs chromium")
        pytest.skip("no Chromium on this machine")
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    path = chromium()
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=path, args=[
            "--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        yield browser
        browser.close()


class Shop:
    """A running server with a few goods, an administrator and a worker; `office` calls its API."""

    def __init__(self, folder: Path) -> None:
        self.house = House(folder, 0)
        self.house.command("init", "--site", "W1", "--set", "streams=0", "--bins", "W1-{A..B}-{01..03}-{1..2}")
        self.house.start()
        self.house.command("user", "add", "BOSS", "--role", "admin", "--password", PASSWORD, "--pin", PIN)
        self.house.command("user", "add", "ANN", "--name", "Ann Lee", "--pin", PIN)
        self.house.command("user", "add", "LI", "--name", "李伟", "--pin", PIN, "--language", "zh-CN")
        self.office = Client(self.house.address)
        self.office.call("POST", "/api/v1/sessions", {"badge": "BOSS", "password": PASSWORD})
        self.office.headers.update({"Cookie": self.office.cookie, "X-Aisle-CSRF": "1"})
        for code, (name, gtin) in ITEMS.items():
            is_food = code == "MILK"
            self.office.call("PUT", f"/api/v1/items/{code}", {"name": name, "tracks_lot": is_food, "tracks_expiry": is_food,
                                                             "packs": [{"level": "each", "quantity": 1, "barcodes": [gtin]}]})
        self.office.call("POST", "/api/v1/lpns", {"kind": "trolley", "codes": ["TROLLEY-1"], "location": "W1-STAGE-1"})
        self.office.call("POST", "/api/v1/lpns", {"kind": "tote", "codes": ["TOTE-1", "TOTE-2"], "location": "W1-STAGE-1",
                                                  "inside": "TROLLEY-1"})
        self.office.call("POST", "/api/v1/lpns", {"kind": "tote", "codes": ["TOTE-8", "TOTE-9"], "location": "W1-STAGE-1"})
        self.papers = 0

    def until(self, path: str, wanted: Callable[[list[Any]], bool]) -> None:
        """Asks the API until it answers as wanted: what was tapped is sent a moment later."""
        ends = time.monotonic() + 15
        while not wanted(self.office.call("GET", path)["items"]):
            assert time.monotonic() < ends, self.office.call("GET", path)["items"]
            time.sleep(0.1)

    def asn(self, **lines: int) -> str:
        self.papers += 1
        code = f"ASN-{self.papers}"
        self.office.call("POST", "/api/v1/asns", {"code": code, "site": "W1", "lines": [
            {"item": item, "quantity": quantity, **({"lot": "L7", "expiry": "2030-06-30"} if item == "MILK" else {})}
            for item, quantity in lines.items()]})
        return code


@pytest.fixture(scope="session")
def shop(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    shop = Shop(tmp_path_factory.mktemp("browser"))
    yield shop
    shop.house.stop()
    report = shop.house.command("verify", may_fail=True)["items"]
    assert [one["id"] for one in report if one["broken"]] == []


class Screen:
    """One handheld in a browser: scans as a keyboard wedge types, taps as a thumb does."""

    def __init__(self, page: Any, errors: list[str]) -> None:
        self.page, self.errors = page, errors

    def scan(self, text: str) -> None:
        for sign in text:
            self.page.keyboard.press("Shift+Digit9" if sign == "(" else "Shift+Digit0" if sign == ")" else sign)
        self.page.keyboard.press("Enter")

    def type_in(self, digits: str) -> None:
        for digit in digits:
            self.page.click(f".keys button:text-is('{digit}')")
        self.page.click(".keys .ok")

    def home(self) -> None:
        """Waits until the task is over."""
        self.page.wait_for_selector(".type")

    def sees(self, selector: str, text: str) -> None:
        self.page.wait_for_function(
            "([s, t]) => [...document.querySelectorAll(s)].some((e) => e.innerText.includes(t))", arg=[selector, text], timeout=15_000)

    def fits(self) -> None:
        """Nothing has to be scrolled, and every button is a thumb wide."""
        over, small = self.page.evaluate(
            "[document.documentElement.scrollHeight > innerHeight + 1 || [...document.querySelectorAll('main')].some("
            "m => m.scrollHeight > m.clientHeight + 2), [...document.querySelectorAll('button')].filter(b => {"
            "const r = b.getBoundingClientRect(); return r.width && (r.width < 47.5 || r.height < 47.5)}).map(b => b.textContent)]")
        assert (over, small) == (False, [])


@pytest.fixture
def screen(browser: Any, shop: Shop) -> Iterator[Callable[..., Screen]]:
    contexts = []

    def make(size: str = "usual", language: str = "en") -> Screen:
        width, height = SIZES[size]
        context = browser.new_context(viewport={"width": width, "height": height}, locale=language, has_touch=True)
        contexts.append(context)
        page, errors = context.new_page(), list[str]()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if "Content Security Policy" in message.text else None)
        code = shop.office.call("POST", "/api/v1/devices/enrolment-codes", {"site": "W1"})["code"]
        page.goto(f"{shop.house.address}/#enrol={code}")
        made = Screen(page, errors)
        page.wait_for_selector("button.main")
        made.fits()
        page.click("button.main")
        page.wait_for_selector("input.typed")
        page.wait_for_function("() => document.querySelectorAll('input').length === 2")
        page.wait_for_timeout(300)
        made.scan("LI" if language == "zh-CN" else "ANN")
        page.wait_for_selector(".keys")
        made.fits()
        made.type_in(PIN)
        page.wait_for_selector(".type")
        made.fits()
        return made

    yield make
    for context in contexts:
        context.close()
