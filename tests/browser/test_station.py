"""The screen at a dock door: what is expected, what passes, what is wrong; read at five metres, at every size, in both languages."""

import pytest

from simulators.devices.light import Beacon
from simulators.devices.scanner import Dress, Scanner
from simulators.devices.wire import TcpPort
from simulators.goods import sscc
from tests.browser.conftest import NOTHING_WRONG, Screen, found_wrong
from tests.waiting import until

SIZES = [(360, 640), (1280, 800), (1920, 1080)]
FAR_PX, FAR_RATIO = 40, 7.0
"""What is read at five metres: letters of 40 px on a screen of 1080 lines, in a contrast of 7."""


@pytest.fixture
def door(own_shop):
    scanner, light = Scanner(dress=Dress(aim=True)), Beacon()
    ports = [TcpPort(scanner), TcpPort(light)]
    own_shop.office.call("POST", "/api/v1/asns", {"code": "ASN-D", "site": "W1", "lines": [
        {"item": "SOAP", "quantity": 5, "sscc": sscc(number)} for number in (1, 2)]})
    own_shop.office.call("PUT", "/api/v1/stations/DOOR-3", {"site": "W1", "kind": "dock", "location": "W1-DOCK-1", "peripherals": [
        {"name": "scanner", "kind": "scanner", "driver": "text", "url": ports[0].url, "settings": {"suffix": "CR"}},
        {"name": "light", "kind": "light", "driver": "", "url": ports[1].url}]})
    yield own_shop, scanner, ports
    for port in ports:
        port.close()


def shown(number):
    """A pallet's number as it is read from afar: in groups, which no line tears."""
    code = sscc(number)
    return f"{code[:9]} {code[9:14]} {code[14:]}"


SAYS = "(said) => document.querySelector('.flooded p')?.innerText === said"
SMALL_PX = 28
"""Of a screen of 1080 lines: everything else that is told at a door, as on the wall."""
SMALL = """(least) => [...document.querySelectorAll("main *, footer *")].filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
  .filter((e) => parseFloat(getComputedStyle(e).fontSize) < least).map((e) => e.innerText)"""
FAR = """() => {
  const e = document.querySelector(".flooded p"), s = getComputedStyle(e);
  const light = (colour) => { const [r, g, b] = colour.match(/[\\d.]+/g).map((n) => n / 255).map((n) => (n <= 0.03928 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4)); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const [one, other] = [light(s.color), light(getComputedStyle(e.closest(".flooded")).backgroundColor)];
  return [parseFloat(s.fontSize), (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)];
}"""


def screen_of(shop, browser, width: int, height: int, language: str):
    context = browser.new_context(viewport={"width": width, "height": height}, locale=language)
    context.add_cookies([shop.cookie])
    page = context.new_page()
    page.goto(f"{shop.house.address}/station")
    page.click("button:has-text('DOOR-3')")
    return page


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_what_passes_is_seen_from_a_forklift(door, browser, language):
    shop, scanner, ports = door
    page = screen_of(shop, browser, 360, 640, language)
    words = shop.office.call("GET", f"/api/v1/messages/{language}")
    page.wait_for_selector("footer .connected >> nth=1", state="attached")
    scanner.scan("]C0ASN-D")
    page.wait_for_selector(".hand")
    scanner.scan(f"]C100{sscc(1)}")
    page.wait_for_function(SAYS, arg=words["arrive.done"].format(lpn=shown(1), done=1, all=2, document="ASN-D"))
    scanner.scan(f"]C100{sscc(9)}")
    page.wait_for_function(SAYS, arg=words["refused.unexpected_pallet"].format(lpn=shown(9)))
    page.wait_for_selector(".flooded.red")
    page.wait_for_selector("progress[value='1']")
    assert until(lambda: page.locator(".wrongs .one b").nth(1).inner_text() == words["refused.unexpected_pallet"].format(lpn=sscc(9)))
    page.set_viewport_size({"width": 1920, "height": 1080})  # a small screen shows as many as it has room for
    page.wait_for_function("() => [...document.querySelectorAll('.due .one .n')].map((one) => one.innerText).join() === '0 / 5,5 / 5'")
    for theme, (width, height) in zip(("dark", "light", "dark"), SIZES, strict=True):
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": width, "height": height})
        Screen(page, []).keep(f"station-dock-{language}-{width}")
        assert found_wrong(page) == NOTHING_WRONG
    assert until(lambda: page.evaluate(SMALL, SMALL_PX) == [])
    size, ratio = page.evaluate(FAR)
    assert (size >= FAR_PX, ratio >= FAR_RATIO) == (True, True), (size, ratio)
    ports[0].close()
    page.wait_for_selector("footer .lost")
    page.wait_for_function("() => document.querySelectorAll('.wrongs .one').length === 2")
    Screen(page, []).keep(f"station-dock-{language}-unplugged")
    page.context.close()


def test_a_server_that_is_away_is_said(door, browser):
    shop, _, _ = door
    page = screen_of(shop, browser, 1280, 800, "en-US")
    page.wait_for_selector("footer .connected")
    page.route("**/api/v1/stations/**", lambda route: route.abort())
    page.wait_for_selector(".flooded.red:has-text('cannot be reached')")
    page.unroute("**/api/v1/stations/**")
    page.wait_for_selector(".flooded.calm")
    page.context.close()


def test_who_is_not_signed_in_is_told_where(own_shop, browser):
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    page.goto(f"{own_shop.house.address}/station#DOOR-3")
    page.wait_for_selector("a[href='/dashboard']")
    context.close()
