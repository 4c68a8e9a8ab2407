"""The worst that a floor does to a handheld: an hour away, a killed browser. The ledger has each scan once."""

import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any

from tests.browser.asked import comes
from tests.browser.conftest import AHEAD_S, FLAGS, ITEMS, PIN, Screen, Shop, chromium, signed_in
from tests.browser.test_away import KNOWS_CODES
from tests.waiting import until

IS_LONG = bool(os.environ.get("AISLE_LONG"))
KILLS = 20 if IS_LONG else 2
HOUR_MS = 3_600_000
TEN_THOUSAND = 10_000


def all_of(shop: Shop, path: str) -> list[dict[str, Any]]:
    """All rows of a list that the API gives in pages."""
    found, cursor = list[dict[str, Any]](), ""
    while True:
        page = shop.office.call("GET", f"{path}&limit=200{cursor}")
        found += page["items"]
        if page.get("next") is None:
            return found
        cursor = f"&cursor={page['next']}"


def booked(shop: Shop, paper: str) -> list[int]:
    """The quantities that the ledger has received for a paper, in the order in which they were booked."""
    return [row["quantity"] for row in all_of(shop, f"/api/v1/moves?document={paper}") if row["reason"] == "receiving"]


def scan_of(quantity: int) -> str:
    return f"(01){ITEMS['SOAP'][1]}(30){quantity}"


def begun(browser: Any, shop: Shop, quantity: int) -> tuple[Screen, str]:
    """A handheld with a paper of so many pieces open, and the paper."""
    pda = signed_in(browser, shop, "usual", "en")
    paper = shop.asn(SOAP=quantity)
    pda.scan(paper)
    pda.sees(".title", "Soap")
    comes(pda.page, KNOWS_CODES)
    return pda, paper


def test_an_hour_without_network_and_back_loses_nothing(browser, own_shop):
    pda, paper = begun(browser, own_shop, TEN_THOUSAND)
    pda.page.route("**/api/v1/socket-tokens", lambda route: route.abort())
    pda.page.clock.install()
    pda.page.reload()
    pda.page.wait_for_selector(".ask")
    pda.page.context.set_offline(True)
    pda.scan(scan_of(3))
    pda.sees(".bar", "1 not sent")
    pda.page.clock.fast_forward(HOUR_MS)
    pda.clock = time.time() + HOUR_MS / 1000 + AHEAD_S  # the keys' clock goes with the page's
    pda.scan(scan_of(4))
    pda.sees(".bar", "2 not sent")
    pda.page.context.set_offline(False)
    pda.page.clock.fast_forward(20_000)
    assert until(lambda: pda.page.wait_for_timeout(50) or booked(own_shop, paper) == [3, 4])
    pda.page.context.close()


def open_at(browser: Any, folder: Path) -> Any:
    """A browser of its own that keeps its data in a folder."""
    return browser.browser_type.launch_persistent_context(
        str(folder), executable_path=chromium(), viewport={"width": 360, "height": 640}, locale="en", has_touch=True,
        args=FLAGS)


def kill(folder: Path) -> int:
    """Ends the browser of a folder as a crash would; how many processes it had."""
    ended = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if str(folder) in (process / "cmdline").read_bytes().decode(errors="replace"):
                os.kill(int(process.name), signal.SIGKILL)
                ended += 1
        except OSError:
            continue
    return ended


def test_a_browser_killed_right_after_green_has_the_scan_in_its_queue(browser, own_shop, tmp_path):
    folder = tmp_path / "profile"
    context = open_at(browser, folder)
    page = context.new_page()
    page.goto(f"{own_shop.house.address}/#enrol={own_shop.enrolment_code()}")
    page.click("button.main")
    page.wait_for_function("() => document.querySelectorAll('input').length === 2")
    pda = Screen(page, [])
    page.wait_for_timeout(300)
    pda.scan("ANN")
    page.wait_for_selector(".keys")
    pda.type_in(PIN)
    pda.home()
    paper = own_shop.asn(SOAP=TEN_THOUSAND)
    pda.scan(paper)
    pda.sees(".title", "Soap")
    for number in range(1, KILLS + 1):
        page.wait_for_selector(".ask")
        page.route("**/api/v1/operations", lambda route: route.abort())
        page.route("**/api/v1/socket-tokens", lambda route: route.abort())
        page.reload()
        page.wait_for_selector(".ask")
        pda.scan(scan_of(number))
        page.wait_for_selector(".flash.good.shown, .unsent")
        assert kill(folder) > 0
        context = open_at(browser, folder)
        page = context.new_page()
        page.goto(own_shop.house.address)
        pda = Screen(page, [])
        assert until(lambda: page.wait_for_timeout(50) or booked(own_shop, paper) == list(range(1, number + 1)))  # noqa: B023 - asked at once
    context.close()


SCANS = 500 if IS_LONG else 20
LOST = 0.3
EACH_S = 0.1
EMPTIED_S = 180.0


def without_websocket(page: Any) -> None:
    """A proxy lets no websockets through: the page is not away, and all goes by HTTP, where a test can lose it."""
    page.route_web_socket("**/socket.io/**", lambda socket: socket.close())


def test_ten_scans_a_second_with_a_third_of_the_answers_lost_count_once_each(browser, own_shop):
    """The server hears and answers; the handheld is not told, and sends again."""
    pda, chance, lost = signed_in(browser, own_shop, "usual", "en"), random.Random(7), []
    without_websocket(pda.page)
    pda.page.reload()
    pda.home()
    comes(pda.page, KNOWS_CODES)
    pda.scan("W1-DOCK-1")
    pda.sees(".head", "Receive without paper")

    def lose(route: Any) -> None:
        answer = route.fetch()
        if chance.random() < LOST:
            lost.append(1)
            route.abort()
        else:
            route.fulfill(response=answer)

    pda.page.route("**/api/v1/operations", lose)
    began = time.monotonic()
    for number in range(SCANS):
        pda.scan(scan_of(1))
        pda.page.wait_for_timeout(max(1.0, 1000 * (began + EACH_S * (number + 1) - time.monotonic())))
    spent = time.monotonic() - began
    is_empty = until(lambda: pda.page.wait_for_timeout(200) or pda.page.locator(".unsent").count() == 0, EMPTIED_S)
    held = all_of(own_shop, "/api/v1/stock?item=SOAP&location=W1-DOCK-1")
    sys.stdout.write(f"{SCANS} scans in {spent:.1f} s, {len(lost)} answers lost, {len(held)} pallets; not sent for {time.monotonic() - began - spent:.1f} s more\n")
    assert (is_empty, sum(row["quantity"] for row in held), bool(lost)) == (True, SCANS, True), pda.page.inner_text("body")
    pda.page.context.close()
