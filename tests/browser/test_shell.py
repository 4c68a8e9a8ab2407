"""The page itself: kept for a reload without network, in one version, until another takes its place at the right moment."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.settings import CLIENT_FOLDER
from simulators.house import House
from tests.browser.asked import comes
from tests.browser.conftest import ITEMS, LOOK, Screen, Shop, office_of, signed_in
from tests.waiting import until

KEPT = """async () => {
  const kept = {};
  for (const name of await caches.keys()) kept[name] = (await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname).sort();
  return kept;
}"""
"""The paths in each cache by its name; to look into one that is being taken away would make it anew, so not while one may be."""
NAMES = "() => caches.keys()"
NEXT_BUILD = "feedfeedfeed"
NEXT_WAITS = "() => navigator.serviceWorker.getRegistration().then((one) => one.waiting !== null)"


class Served(Shop):
    """A shop whose client can be built anew under it, at the address it has."""

    def __init__(self, folder: Path, new: Path) -> None:
        self.client = folder / "client"
        shutil.copytree(CLIENT_FOLDER, self.client)
        super().__init__(folder, new)
        self.restart(AISLE_CLIENT=str(self.client))

    @property
    def build(self) -> str:
        return str(json.loads((self.client / "shell.json").read_text())["build"])

    def restart(self, **environment: str) -> None:
        self.house.stop()
        self.house = House(self.house.folder, self.house.port, environment={"AISLE_CLIENT": str(self.client), **environment})
        self.house.start()
        self.office = office_of(self.house)

    def upgrade(self) -> None:
        """Another build of the client, and a server that starts with it."""
        before = self.build
        for name in ("sw.js", "index.html", "shell.json"):
            path = self.client / name
            path.write_text(path.read_text().replace(before, NEXT_BUILD))
        self.restart()


@pytest.fixture
def served(browser: Any, new_shop: Path, tmp_path: Path) -> Iterator[Served]:
    shop = Served(tmp_path / "shop", new_shop)
    yield shop
    shop.house.stop()


def controlled(page: Any) -> None:
    page.wait_for_function("() => navigator.serviceWorker.controller")


def build_of(page: Any) -> str:
    return str(page.get_attribute("meta[name=build]", "content"))


def test_the_worker_keeps_one_shell_under_its_version_and_answers_for_no_other_page(shop, screen):
    pda = screen()
    controlled(pda.page)
    told = json.loads((CLIENT_FOLDER / "shell.json").read_text())
    assert pda.page.evaluate(KEPT) == {f"aisle-{told['build']}": sorted(["/", *told["files"]])}
    answers = []
    pda.page.on("response", lambda answer: answers.append((answer.url.rpartition("/")[2], answer.from_service_worker)))
    other = pda.page.context.new_page()
    other.on("response", lambda answer: answers.append((answer.url.rpartition("/")[2], answer.from_service_worker)))
    other.goto(f"{shop.house.address}/enrol")
    pda.page.reload()
    pda.home()
    assert ("enrol", False) in answers
    assert ("", True) in answers
    assert [name for name, kept in answers if kept and name not in ("", *(one.rpartition("/")[2] for one in told["files"]))] == []
    assert pda.errors == []


def test_the_worker_itself_is_asked_for_anew_each_time(shop, screen):
    pda = screen()
    headers = pda.page.evaluate("() => fetch('/sw.js').then((answer) => answer.headers.get('Cache-Control'))")
    assert headers == "no-cache"


def test_a_server_upgraded_underneath_gets_the_queue_and_then_its_page_once(browser, served):
    pda = signed_in(browser, served, "small", "en")
    controlled(pda.page)
    paper, first = served.asn(SOAP=30), served.build
    pda.scan(paper)
    pda.sees(".title", "Soap")
    served.house.stop()
    pda.scan(f"(01){ITEMS['SOAP'][1]}(30)7")
    pda.page.wait_for_selector(".unsent")
    loads: list[str] = []
    pda.page.on("load", lambda page: loads.append(page.url))
    served.upgrade()
    pda.page.wait_for_selector(".unsent", state="detached", timeout=60_000)
    assert [line["received"] for line in served.office.call("GET", f"/api/v1/inbound/{paper}")["lines"]] == [7]
    pda.page.evaluate("() => navigator.serviceWorker.getRegistration().then((one) => one.update())")
    comes(pda.page, NEXT_WAITS)
    assert (build_of(pda.page), loads) == (first, [])
    pda.page.wait_for_selector(".update")
    assert sorted(pda.page.evaluate(NAMES)) == sorted([f"aisle-{first}", f"aisle-{NEXT_BUILD}"])
    pda.fits()
    pda.keep("update-offered")
    pda.page.click(".update")
    assert until(lambda: pda.page.wait_for_timeout(100) or len(loads) > 0)
    pda.page.wait_for_selector(".title")
    assert (build_of(pda.page), len(loads)) == (NEXT_BUILD, 1)
    assert until(lambda: pda.page.wait_for_timeout(100) or pda.page.evaluate(NAMES) == [f"aisle-{NEXT_BUILD}"])
    assert [text for text in pda.errors if "Security Policy" in text] == []
    pda.page.context.close()


def test_no_update_is_offered_while_a_form_is_half_filled(browser, served):
    pda = signed_in(browser, served, "small", "zh-CN")
    controlled(pda.page)
    pda.scan(served.asn(MILK=5))
    pda.sees(".title", "Oat milk")
    pda.scan(f"(01){ITEMS['MILK'][1]}")
    served.upgrade()
    pda.page.evaluate("() => navigator.serviceWorker.getRegistration().then((one) => one.update())")
    comes(pda.page, NEXT_WAITS)
    pda.page.wait_for_timeout(200)
    assert pda.page.query_selector(".update") is None
    pda.scan("CMD-UNDO")
    pda.page.wait_for_selector(".update")
    pda.fits()
    pda.keep("update-offered-zh")
    pda.page.context.close()


def test_where_it_is_switched_off_the_worker_forgets_itself_and_the_page_goes_on(browser, served):
    pda = signed_in(browser, served, "usual", "en")
    controlled(pda.page)
    served.restart(AISLE_KEEPS_PAGES="0")
    pda.page.evaluate("() => navigator.serviceWorker.getRegistration().then((one) => one.update())")
    assert until(lambda: pda.page.wait_for_timeout(100) or pda.page.evaluate(NAMES) == [])
    pda.page.reload()
    pda.home()
    pda.scan(served.asn(SOAP=3))
    pda.sees(".title", "Soap")
    pda.page.context.close()


@pytest.mark.parametrize(("language", "act"), [("en", "Forget the kept page"), ("zh-CN", "清除保存的页面")])
def test_the_reset_page_empties_what_is_kept_and_never_the_queue(shop, screen, language, act):
    pda = screen("small", language)
    controlled(pda.page)
    paper = shop.asn(SOAP=9)
    pda.scan(paper)
    pda.sees(".title", "Soap")
    pda.page.route("**/api/v1/operations", lambda route: route.abort())
    pda.page.route("**/api/v1/socket-tokens", lambda route: route.abort())
    pda.page.reload()
    pda.page.wait_for_selector(".ask")
    pda.scan(f"(01){ITEMS['SOAP'][1]}(30)4")
    pda.page.wait_for_selector(".unsent")
    pda.page.goto(f"{shop.house.address}/reset")
    pda.page.click(f"button:has-text('{act}')")
    pda.page.wait_for_selector("a.main")
    assert "1" in pda.page.inner_text("main b")
    assert pda.page.evaluate(KEPT) == {}
    assert pda.page.evaluate(LOOK.replace("#app *", "body *"))["small"] == []
    pda.keep(f"reset-{language}")
    pda.page.unroute("**/api/v1/operations")
    pda.page.click("a.main")
    pda.page.wait_for_selector(".ask")
    pda.page.wait_for_selector(".unsent", state="detached")
    assert [line["received"] for line in shop.office.call("GET", f"/api/v1/inbound/{paper}")["lines"]] == [4]
    assert isinstance(pda, Screen)
