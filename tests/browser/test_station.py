"""The screen at a dock door: what passes is shown in a colour, at every size, in both languages; a plug that is pulled is said."""

import pytest

from simulators.devices.light import Beacon
from simulators.devices.scanner import Dress, Scanner
from simulators.devices.wire import TcpPort
from simulators.goods import sscc
from tests.browser.conftest import LOOK, PASSWORD

SIZES = [(320, 533), (360, 640), (1280, 800)]


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


def screen_of(shop, browser, width: int, height: int, language: str):
    context = browser.new_context(viewport={"width": width, "height": height}, locale=language)
    page = context.new_page()
    page.goto(f"{shop.house.address}/dashboard")
    page.fill("input[name=badge]", "BOSS")
    page.fill("input[name=password]", PASSWORD)
    page.click("button.main")
    page.wait_for_selector("section")
    page.goto(f"{shop.house.address}/station")
    page.click("button:has-text('DOOR-3')")
    return page


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_what_passes_is_seen_from_a_forklift(door, browser, language):
    shop, scanner, ports = door
    page = screen_of(shop, browser, 360, 640, language)
    words = shop.office.call("GET", f"/api/v1/messages/{language}")
    page.wait_for_selector("footer .connected >> nth=1")
    scanner.scan(f"]C100{sscc(1)}")
    page.wait_for_selector(".big.green")
    assert page.inner_text(".big p") == words["arrive.done"].format(lpn=sscc(1), done=1, all=2, document="ASN-D")
    scanner.scan(f"]C100{sscc(9)}")
    page.wait_for_selector(".big.red")
    assert page.inner_text(".big p") == words["refused.unexpected_pallet"].format(lpn=sscc(9))
    assert page.get_attribute("progress", "value") == "1"
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate(LOOK) == {"scrolled": [], "small": [], "outside": [], "cut": [], "pale": []}
    ports[0].close()
    page.wait_for_selector(".broken")
    page.wait_for_selector("footer .lost")
    page.context.close()


def test_a_server_that_is_away_is_said(door, browser):
    shop, _, _ = door
    page = screen_of(shop, browser, 1280, 800, "en-US")
    page.wait_for_selector("footer .connected")
    page.route("**/api/v1/stations/**", lambda route: route.abort())
    page.wait_for_selector(".big.red:has-text('cannot be reached')")
    page.unroute("**/api/v1/stations/**")
    page.wait_for_selector(".big.calm")
    page.context.close()


def test_who_is_not_signed_in_is_told_where(own_shop, browser):
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    page.goto(f"{own_shop.house.address}/station#DOOR-3")
    page.wait_for_selector("a[href='/dashboard']")
    context.close()
