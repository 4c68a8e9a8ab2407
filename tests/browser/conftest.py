"""A real browser at the sizes of real handhelds, on a server of its own."""

import atexit
import base64
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property, partial
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from simulators.chromium import chromium_path
from simulators.house import House
from tests.browser.asked import Asked
from tests.browser.ready import made_ready
from tests.browser.shop import ITEMS, PASSWORD, PIN, Shop, furnish, office_of, spoken_in, sql
from tests.waiting import PATIENCE

__all__ = ["ITEMS", "sql"]
SIZES = {"usual": (360, 640), "long": (360, 720), "short": (360, 560), "small": (320, 533), "least": (320, 455)}
"""Of real handhelds, with and without the bars of their browser."""
KEPT = {"usual", "small"} if not os.environ.get("AISLE_LONG") else set(SIZES)
"""Whose pictures are kept: the others are held to the same rules."""
SPARED_FEATURES = ("HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "PaintHolding", "MediaRouter", "OptimizationHints", "ThirdPartyStoragePartitioning",
                   "DestroyProfileOnBrowserClose", "AvoidUnnecessaryBeforeUnloadCheckSync",
                   "WebUIOmniboxPopup", "WebUIOmniboxFullPopup", "WebUIOmniboxAimPopup", "PreloadTopChromeWebUI", "TabSearch")
"""What Playwright switches off, since a later list replaces its own, and the pages of the address bar's popups: two more beside
each window, which cost three times what the page itself does."""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", f"--disable-features={','.join(SPARED_FEATURES)}"]
LOOK = (Path(__file__).parent / "look.js").read_text()
NOTHING_WRONG: dict[str, list[str]] = {"scrolled": [], "small": [], "outside": [], "cut": [], "pale": []}
"""What LOOK finds on a page as it should be."""
AXE = Path(__file__).parents[2] / "handheld" / "node_modules" / "axe-core" / "axe.min.js"
AXE_RUN = ("async () => (await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations']}))"
           ".violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)")


def chromium() -> str:
    path = chromium_path()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("CI has to have a browser: .ci/run installs chromium")
        pytest.skip("no Chromium on this machine")
    return path


def shell() -> str:
    """The same Chromium without the window around its pages, where it is installed: that costs as much processor as the pages do.

    What a page can do is the same; what is about the browser itself (its camera, its certificates, its profile, its end) starts the whole one.
    """
    lean = None if {"CHROMIUM", "AISLE_LONG"} & set(os.environ) else shutil.which("chromium-headless-shell")
    return lean or chromium()


@cache
def the_browser(path: str) -> Any:
    """One for all tests of a process: a second one could not be started beside it."""
    running = pytest.importorskip("playwright.sync_api").sync_playwright().start()
    started = running.chromium.launch(executable_path=path, args=FLAGS)
    atexit.register(running.stop)
    return started


@pytest.fixture(scope="session")
def browser() -> Any:
    return the_browser(shell())


@pytest.fixture(scope="session")
def new_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a shop that was just made, with a few goods, an administrator and two workers."""
    house = House(tmp_path_factory.mktemp("new"), 0)
    house.command("init", "--site", "W1", "--set", "streams=0", "--bins", "W1-{A..B}-{01..03}-{1..2}")
    house.command("user", "add", "BOSS", "--role", "admin", "--password", PASSWORD, "--pin", PIN)
    house.command("user", "add", "ANN", "--name", "Ann Lee", "--pin", PIN)
    house.command("user", "add", "LI", "--name", "李伟", "--pin", PIN, "--language", "zh-CN")
    house.start()
    furnish(office_of(house))
    house.stop()
    return house.folder


@pytest.fixture(scope="session")
def shop(browser: Any, new_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    shop = Shop(tmp_path_factory.mktemp("browser"), new_shop)
    yield shop
    shop.house.stop()
    report = shop.house.command("verify", may_fail=True)["items"]
    assert [one["id"] for one in report if one["broken"]] == []


KEY_S, PAUSE_S = 0.02, 0.5
"""A scanner's pause between two keys, a worker's between two scans."""
AHEAD_S = 20.0
"""How far the keys' clock runs before the page's, so that no key comes late."""
SHIFT = 8
"""As DevTools number it."""
SIGNS = {"(": ("Digit9", True), ")": ("Digit0", True), "-": ("Minus", False), "Enter": ("Enter", False)}


OTHER = {"en": ("中文", "zh-CN"), "zh-CN": ("English", "en")}
"""What the button says, and the language that it leads to."""
SPEAKS = "(language) => document.getElementById('app').__k.__k[0].props.handheld.setLanguage(language)"
"""The handheld is found where Preact keeps what it has drawn: its button for the language is on no screen of a task."""


def key_of(sign: str) -> tuple[str, bool]:
    """The key of an American keyboard that types the sign, and whether with Shift."""
    if sign in SIGNS:
        return SIGNS[sign]
    return f"{'Digit' if sign.isdigit() else 'Key'}{sign.upper()}", sign.isupper()


class Screen:
    """One handheld in a browser: scans as a keyboard wedge types, taps as a thumb does.

    With what the server says in both languages it is looked at in both; the story goes on in that of the last look.
    """

    def __init__(self, page: Any, errors: list[str], language: str = "en", spoken: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self.page, self.errors, self.language, self._spoken = page, errors, language, spoken
        self.clock = 0.0

    @cached_property
    def keys(self) -> Any:
        """What keys are pressed by, and pictures taken; most pages that are looked at need neither."""
        return self.page.context.new_cdp_session(self.page)

    def scan(self, text: str) -> None:
        """Types as a scanner does, each key with the time it has on a real one, so that a busy machine tears no scan apart."""
        self.clock = max(time.time() + AHEAD_S, self.clock + PAUSE_S)
        for sign in (*text, "Enter"):
            self.clock += KEY_S
            code, is_shifted = key_of(sign)
            stroke = {"key": sign, "code": code, "modifiers": SHIFT if is_shifted else 0, "timestamp": self.clock}
            self.keys.send("Input.dispatchKeyEvent", {"type": "keyDown", **stroke, "text": "\r" if sign == "Enter" else sign})
            self.keys.send("Input.dispatchKeyEvent", {"type": "keyUp", **stroke})

    @property
    def texts(self) -> Mapping[str, str]:
        """What the server says, in the language that is spoken now."""
        assert self._spoken is not None
        return self._spoken[self.language]

    def swap(self) -> None:
        """To the other language, on whatever screen; what was refused stays in that in which it was said."""
        self.language = OTHER[self.language][1]
        self.page.evaluate(SPEAKS, self.language)

    def type_in(self, digits: str) -> None:
        for digit in digits:
            self.page.click(f".keys button:text-is('{digit}')")
        self.page.click(".keys .ok")

    def home(self) -> None:
        """Waits until the task is over."""
        self.page.wait_for_selector(".type")

    def sees(self, selector: str, text: str) -> None:
        self.page.wait_for_function(
            "([s, t]) => [...document.querySelectorAll(s)].some((e) => e.innerText.includes(t))", arg=[selector, text], timeout=30_000)

    def fits(self) -> None:
        """Nothing has to be scrolled or is cut off, every button is a thumb wide, and all words can be read in poor light."""
        assert found_wrong(self.page) == NOTHING_WRONG

    def settled(self) -> None:
        """Waits until the colour of the last scan has faded."""
        self.page.wait_for_function("() => [...document.querySelectorAll('.flash')].every((e) => getComputedStyle(e).opacity === '0')")

    def looks(self, name: str, *, sees: tuple[str, ...] = (), says: tuple[str, ...] = (), swaps: bool = True) -> None:
        """What a worker must see is there and fits, on the smallest handheld and on the largest; `says` are keys of what the server says."""
        self.settled()
        self._looks(name, sees, says)
        if self._spoken is not None and swaps:
            self.swap()
            self._looks(name, sees, says)

    def _looks(self, name: str, sees: tuple[str, ...], says: tuple[str, ...]) -> None:
        for size, (width, height) in SIZES.items():
            self.page.set_viewport_size({"width": width, "height": height})
            for text in (*sees, *(self.texts[key] for key in says)):
                self.sees("body", text)
            if size in KEPT:
                self.keep(f"{name}-{self.language}-{size}")
            self.fits()

    def stopped(self, name: str, scan: str, *, sees: tuple[str, ...] = (), is_dressed: bool = False) -> None:
        """A scan that is refused: made in each language, since what is said stays in that in which it was said."""
        for is_last in (False, True):
            self.scan(scan)
            self.page.wait_for_selector(".stop")
            if is_dressed:
                self.dressed(name, swaps=False)
            self.looks(name, sees=sees, swaps=False)
            self.page.click(".stop .buttons button")
            self.page.wait_for_selector(".stop", state="detached")
            if not is_last:
                self.swap()

    def dressed(self, name: str, *, swaps: bool = True) -> None:
        """The same in the dark, in gloves, and with larger text, where a screen may be scrolled but nothing is lost."""
        self.settled()
        self._dressed(name)
        if self._spoken is not None and swaps:
            self.swap()
            self._dressed(name)

    def _dressed(self, name: str) -> None:
        self.page.set_viewport_size({"width": 320, "height": 533})
        assert violations(self.page) == []
        root = "document.documentElement"
        for worn, on, off in (("dark", "dataset.theme = 'dark'", "dataset.theme = 'light'"), ("gloves", "toggleAttribute('data-gloves', true)", "toggleAttribute('data-gloves', false)")):
            self.page.evaluate(f"{root}.{on}; dispatchEvent(new Event('resize'))")
            self.keep(f"{name}-{self.language}-{worn}")
            self.fits()
            self.page.evaluate(f"{root}.{off}; dispatchEvent(new Event('resize'))")
        for size in ("140", "200"):
            self.page.evaluate(f"{root}.dataset.text = '{size}'; dispatchEvent(new Event('resize'))")
            self.keep(f"{name}-{self.language}-text{size}")
            found = self.page.evaluate(LOOK)
            assert {kind: what for kind, what in found.items() if kind in ("small", "pale")} == {"small": [], "pale": []}
            assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), size
        self.page.evaluate(f"{root}.dataset.text = '100'; dispatchEvent(new Event('resize'))")

    def keep(self, name: str) -> None:
        """Keeps a picture for people to look at, where AISLE_PICTURES says."""
        if folder := os.environ.get("AISLE_PICTURES"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            taken = self.keys.send("Page.captureScreenshot", {"format": "png", "optimizeForSpeed": True})  # half the time of Playwright's own
            (Path(folder) / f"{name}.png").write_bytes(base64.b64decode(taken["data"]))


def found_wrong(page: Any, again: Callable[[], object] = lambda: None) -> dict[str, list[str]]:
    """What LOOK finds, once the page has come to rest: what fits itself to the screen does so a moment after it has changed.

    `again` shows all of it anew where an answer made it longer meanwhile.
    """
    ends = time.monotonic() + PATIENCE
    while (found := dict(page.evaluate(LOOK))) != NOTHING_WRONG and time.monotonic() < ends:
        page.wait_for_timeout(50)
        again()
    return found


def show_whole(page: Any, width: int, height: int) -> None:
    """All of the page at once: charts and what fits itself may grow with it, so until it stays."""
    shown, now = 0, height
    while shown != now and now < LONGEST:
        page.set_viewport_size({"width": width, "height": now})
        shown, now = now, max(height, int(page.evaluate(DRAWN_HEIGHT)))


def wrong_with_whole(page: Any, width: int, height: int) -> dict[str, list[str]]:
    """What LOOK finds on all of a page that may be scrolled downward, never sideways."""
    found = found_wrong(page, partial(show_whole, page, width, height))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
    return found


def violations(page: Any) -> list[str]:
    """What WCAG 2.2 AA forbids on the page as it is shown, found by axe-core."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    return list(page.evaluate(AXE_RUN))


def listened(page: Any, shop: Shop, errors: list[str]) -> None:
    """Notes what no page may do: fail, break its policy, or ask anybody but its own server."""
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if "Content Security Policy" in message.text else None)
    page.on("request", lambda request: None if request.url.startswith((shop.house.address, "data:", "blob:")) else errors.append(f"asked {request.url}"))


def open_page(browser: Any, shop: Shop, size: str, language: str) -> Screen:
    """A new handheld in front of its enrolment."""
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, locale=language, has_touch=True)
    page, errors = context.new_page(), list[str]()
    listened(page, shop, errors)
    page.goto(f"{shop.house.address}/#enrol={shop.enrolment_code()}")
    page.wait_for_selector("button.main")
    return Screen(page, errors, language)


def signed_in(browser: Any, shop: Shop, size: str, language: str, spoken: Mapping[str, Mapping[str, str]] | None = None) -> Screen:
    """A new handheld with somebody signed in; the way there is shown by test_screens."""
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, locale=language, has_touch=True)
    page, errors = context.new_page(), list[str]()
    listened(page, shop, errors)
    made_ready(page, shop.house.address, shop.enrolment_code(), "LI" if language == "zh-CN" else "ANN", PIN)
    page.goto(shop.house.address)
    made = Screen(page, errors, language, spoken)
    made.home()
    made.fits()
    return made


@pytest.fixture
def screen(browser: Any, shop: Shop) -> Iterator[Callable[..., Screen]]:
    made: list[Screen] = []

    def make(size: str = "usual", language: str = "en") -> Screen:
        made.append(signed_in(browser, shop, size, language))
        return made[-1]

    yield make
    for one in made:
        one.page.context.close()


@pytest.fixture
def own_shop(browser: Any, new_shop: Path, tmp_path: Path) -> Iterator[Shop]:
    """A shop of the test's own, so that no other test's goods and tasks are in it."""
    shop = Shop(tmp_path / "shop", new_shop)
    yield shop
    shop.house.kill()  # nobody looks at it any more, and an orderly end costs as much as the start


@pytest.fixture(params=["en", "zh-CN"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def pda(browser: Any, own_shop: Shop, language: str) -> Iterator[Screen]:
    """A small handheld in a shop of its own, its worker signed in."""
    made = signed_in(browser, own_shop, "small", language)
    yield made
    assert made.errors == []
    made.page.context.close()


@pytest.fixture
def both(browser: Any, own_shop: Shop) -> Iterator[Screen]:
    """The same, looked at in both languages."""
    made = signed_in(browser, own_shop, "small", "en", spoken_in(own_shop))
    yield made
    assert made.errors == []
    made.page.context.close()


PAGE_SIZES = ((360, 640), (1280, 900), (1920, 1080))
THEMES = ("light", "dark")
SPARED = {1, 2, 5}
"""Of sizes by themes, in the short form: each size and each theme is seen, not each in each."""
LONGEST = 20_000
DRAWN_HEIGHT = """() => new Promise((told) => requestAnimationFrame(() => requestAnimationFrame(() =>
  told(Math.max(document.documentElement.scrollHeight, document.querySelector('dialog')?.scrollHeight ?? 0)))))"""
"""Of the page, and of the panel in front of it, which is scrolled by itself."""


class Desk:
    """A supervisor's browser, signed in: `looks` holds what is shown to the rules of every page, at every size, light and dark.

    With `words` of both languages it begins in English and looks in both; the story goes on in that of the last look.
    """

    def __init__(self, browser: Any, shop: Shop, path: str, language: str = "en", *, words: Mapping[str, Mapping[str, Any]] | None = None, signs_in: bool = True) -> None:
        self.shop, self.language, self._words = shop, language, words
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale=language)
        if signs_in:
            context.add_cookies([shop.cookie])
        self.page, self.errors = context.new_page(), list[str]()
        self.asked = Asked(self.page)
        listened(self.page, shop, self.errors)
        self.page.goto(f"{shop.house.address}{path}")
        self.page.wait_for_selector("nav.places" if signs_in else "header h1")

    @property
    def is_in_both(self) -> bool:
        return self._words is not None

    @property
    def words(self) -> Mapping[str, Any]:
        """In the language that is spoken now."""
        assert self._words is not None
        return self._words[self.language]

    def swap(self) -> None:
        """To the other language by the page's own button, wherever that is folded away, until all is said in it."""
        name, self.language = OTHER[self.language]
        self.page.evaluate("(name) => [...document.querySelectorAll('header button')].find((one) => one.textContent === name).click()", name)
        self.page.wait_for_function("(language) => document.documentElement.lang === language", arg=self.language)
        self.asked.answered()

    def sees(self, text: str) -> None:
        self.page.wait_for_function("(t) => document.body.innerText.includes(t)", arg=text, timeout=30_000)

    def says(self, *keys: str) -> None:
        """The words of these keys are there, in the one language and in the other."""
        for is_last in (False, True):
            for key in keys:
                self.sees(self.words[key])
            if not is_last:
                self.swap()

    def looks(self, name: str, sizes: tuple[tuple[int, int], ...] = PAGE_SIZES, themes: tuple[str, ...] = THEMES, *,
              shots: tuple[tuple[tuple[int, int], str], ...] = (), says: tuple[str, ...] = ()) -> None:
        """A page may be scrolled downward, never sideways; every button is 48 px, nothing is cut off or pale. `shots` are sizes, each with its light."""
        is_short = (sizes, themes) == (PAGE_SIZES, THEMES) and not os.environ.get("AISLE_LONG")
        wanted = shots or tuple(shot for at, shot in enumerate(product(sizes, themes)) if not (is_short and at in SPARED))
        self._looks(name, wanted, says)
        if self.is_in_both:
            self.swap()
            self._looks(name, wanted[::-1], says)  # so that axe, too, sees both lights
        self.page.set_viewport_size({"width": 1280, "height": 900})

    def _looks(self, name: str, shots: tuple[tuple[tuple[int, int], str], ...], says: tuple[str, ...]) -> None:
        for (width, height), theme in shots:
            self.page.emulate_media(color_scheme=theme)
            self.whole(width, height)
            Screen(self.page, [], self.language).keep(f"{name}-{self.language}-{width}-{theme}")
            assert wrong_with_whole(self.page, width, height) == NOTHING_WRONG, (self.language, width, theme)
        for key in says:
            self.sees(self.words[key])
        assert violations(self.page) == []

    def in_bar(self, selector: str) -> None:
        """Clicks something of the bar, and first what it is folded in."""
        wanted = self.page.locator(f"header {selector}").first
        wanted.wait_for(state="attached")
        if not wanted.is_visible():
            self.page.locator("nav.places .group", has=self.page.locator(selector)).locator("> button").click()
        wanted.click()

    def whole(self, width: int, height: int) -> None:
        show_whole(self.page, width, height)

    def close(self) -> None:
        assert self.errors == []
        self.page.context.close()


@pytest.fixture
def desk(browser: Any, shop: Shop) -> Iterator[Callable[..., Desk]]:
    """Opens a supervisor's page on the shared shop."""
    made: list[Desk] = []

    def make(path: str, language: str = "en", at: Shop = shop, **more: Any) -> Desk:
        made.append(Desk(browser, at, path, language, **more))
        return made[-1]

    yield make
    for one in made:
        one.close()
