"""The page of all devices: what a printer needs and asks, a scale that is zeroed, a test read, labels as they look."""

import itertools
import re
import sqlite3
import time

import pytest

from simulators.devices.camera import Camera
from simulators.devices.light import Beacon
from simulators.devices.printer import LabelPrinter
from simulators.devices.scale import Scale
from simulators.devices.scanner import Dress, Scanner
from simulators.devices.wire import TcpPort
from simulators.rfid.field import Field, Tag
from simulators.rfid.llrp import LlrpDevice
from tests.browser.conftest import (
    DRAWN_HEIGHT,
    NOTHING_WRONG,
    PASSWORD,
    Desk,
    Screen,
    Shop,
    found_wrong,
    signed_in,
    spoken_in,
)
from tests.waiting import until, within

SIZES = [(360, 640), (1280, 900)]
SOON_MS = 30_000
"""It takes two seconds; four browsers on two processors take longer, and this is no measurement."""
NOT_THERE = {"en": "Is it plugged in and switched on?", "zh-CN": "请检查是否插好、是否已开机"}

WHY = {"en": "The printer took this label and nothing came out. Look at what the label says, and whether it is ZPL that this printer knows.",
       "zh-CN": "打印机已接收此标签，但没有打印出来。请检查标签内容，以及是否为此打印机支持的 ZPL。"}
NUMBERS = itertools.count(1)


class Room(Desk):
    """A printer, a scanner and a scale of its own that a server holds, and the page that shows them."""

    def __init__(self, shop, browser) -> None:
        number = next(NUMBERS)
        self.pack, self.station = f"pack-{number:02}", f"TABLE-{number:02}"
        self.printer, self.scale, self.scanner = LabelPrinter(label_seconds=0.01), Scale(), Scanner(dress=Dress(aim=True))
        self.ports = [TcpPort(one) for one in (self.printer, self.scale, self.scanner)]
        shop.office.call("PUT", f"/api/v1/printers/{self.pack}", {"site": "W1", "url": self.ports[0].url})
        shop.office.call("PUT", f"/api/v1/stations/{self.station}", {"site": "W1", "kind": "pack", "location": "W1-PACK-1", "peripherals": [
            {"name": "scale", "kind": "scale", "driver": "mt-sics", "url": self.ports[1].url, "settings": {"poll_seconds": 0.05}},
            {"name": "hand", "kind": "scanner", "driver": "text", "url": self.ports[2].url, "settings": {"suffix": "CR"}}]})
        super().__init__(browser, shop, "/devices", words=spoken_in(shop))
        self.page.wait_for_selector("header .good")

    @property
    def buttons(self):
        return BUTTONS[self.language]

    def card(self, name: str):
        return self.page.locator("article", has=self.page.locator(f"h3:has-text('{name}')"))

    def ask(self, state: str) -> None:
        """A label in the state that a lost line leaves, as tests/printing/test_owner.py shows."""
        with sqlite3.connect(self.shop.house.folder / "aisle.db", timeout=10) as database:
            database.execute("UPDATE print_job SET state = ?, sent_at = 1, error = ? WHERE id = (SELECT MAX(id) FROM print_job)", (state, WHY["en"]))

    def looks(self, name: str, *, sees=lambda _: ()) -> None:
        """In both languages; `sees` is given the words of each."""
        for is_last in (False, True):
            for text in sees(self.words):
                self.sees(text)
            for width, height in SIZES:
                self.page.set_viewport_size({"width": width, "height": height})
                whole = max(height, self.page.evaluate(DRAWN_HEIGHT) + 300)  # all of it at once, and room for what may be said meanwhile
                self.page.set_viewport_size({"width": width, "height": whole})
                assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
                Screen(self.page, [], self.language).keep(f"devices-{name}-{self.language}-{width}")
                assert found_wrong(self.page) == NOTHING_WRONG, (self.language, width)
            if not is_last:
                self.swap()
        self.page.set_viewport_size({"width": 1280, "height": 900})

    def close(self) -> None:
        try:
            super().close()
        finally:
            self.shop.office.call("DELETE", f"/api/v1/stations/{self.station}")
            for port in self.ports:
                port.close()


@pytest.fixture(scope="module")
def shop_of_devices(browser, new_shop, tmp_path_factory):
    shop = Shop(tmp_path_factory.mktemp("devices"), new_shop)
    yield shop
    shop.house.kill()


@pytest.fixture
def room(shop_of_devices, browser):
    room = Room(shop_of_devices, browser)
    yield room
    room.close()


BUTTONS = {"en": {"never": "It never answers", "blind": "Print blind", "test": "Test label", "zero": "Zero", "scan": "Test scan", "came": "It came out", "not": "It did not"},
           "zh-CN": {"never": "它从不应答", "blind": "不等应答直接打印", "test": "测试标签", "zero": "归零", "scan": "测试扫描", "came": "打印出来了", "not": "没有：重新打印"}}


def test_a_printer_that_runs_out_of_paper_says_so_and_is_back(room):
    room.sees(room.words["printer.ready"].format(printer=room.pack))
    room.printer.fail("media-out")
    asked = time.monotonic()
    room.card(room.pack).get_by_role("button", name=room.buttons["test"]).click()
    room.sees(room.words["printer.paper_out"].format(printer=room.pack))
    assert time.monotonic() - asked < within(2)
    room.page.wait_for_selector(".held")
    room.sees(room.words["label_state.held"])
    room.looks("paper-out", sees=lambda words: (words["printer.paper_out"].format(printer=room.pack), words["label_state.held"]))
    healed = time.monotonic()
    room.printer.heal("media-out")
    room.page.wait_for_selector(".held", state="detached")
    room.sees(room.words["printer.ready"].format(printer=room.pack))
    room.sees(room.words["label_state.printed"])
    assert time.monotonic() - healed < within(5)
    assert until(lambda: len(room.printer.labels) == 1)


def test_a_label_of_which_nobody_can_tell_is_asked_about_and_answered(room):
    before = len(room.shop.office.call("GET", "/api/v1/print-jobs")["items"])
    for came_out, answer in ((1, "came"), (2, "not")):
        room.card(room.pack).get_by_role("button", name=room.buttons["test"]).click()
        room.shop.until("/api/v1/print-jobs", lambda jobs, count=before + came_out: len(jobs) == count and jobs[-1]["state"] == "printed")
        room.ask("unknown")
        room.page.wait_for_selector(".question")
        if came_out == 1:
            room.looks("question", sees=lambda _: (WHY[room.language], room.buttons["came"], room.buttons["not"]))
        room.page.locator(".question").get_by_role("button", name=room.buttons[answer]).click()
        room.page.wait_for_selector(".question", state="detached")
    room.shop.until("/api/v1/print-jobs", lambda jobs: [job["state"] for job in jobs[before:]] == ["printed", "cancelled", "printed"])
    assert until(lambda: [b"REPRINT" in label for label in room.printer.labels] == [False, False, True])


def test_why_a_label_is_asked_about_is_said_anew_when_the_page_changes_its_language(room):
    room.card(room.pack).get_by_role("button", name=room.buttons["test"]).click()
    room.sees(room.words["label_state.printed"])
    room.ask("unknown")
    for _ in range(3):  # there, back, and there again
        room.sees(WHY[room.language])
        room.swap()
    room.sees(WHY[room.language])
    room.page.locator(".question").get_by_role("button", name=room.buttons["came"]).click()
    room.page.wait_for_selector(".question", state="detached")


def test_what_the_server_refuses_at_the_page_is_said_in_its_language(shop_of_devices, desk):
    one = desk("/devices", at=shop_of_devices, signs_in=False)
    for words in ("Badge or secret is wrong.", "工牌或密码不正确。"):
        one.page.fill("input[name=badge]", "BOSS")
        one.page.fill("input[name=password]", "wrong")
        one.page.click("button.main")
        one.sees(words)
        one.swap()


def test_a_printer_that_never_answers_is_set_so_after_a_warning_and_its_label_is_not_said_to_have_come_out(room):
    card = room.card(room.pack)
    room.printer.fail("silent")
    card.get_by_role("button", name=room.buttons["test"]).click()
    room.sees(room.words["printer.silent"].format(printer=room.pack))
    card.get_by_role("button", name=room.buttons["never"]).click()
    card.locator("[role=alert]").wait_for()
    room.looks("blind-warning", sees=lambda words: (words["printer.silent"].format(printer=room.pack), room.buttons["blind"]))
    card.get_by_role("button", name=room.buttons["blind"]).click()
    room.sees(room.words["printer.one_way"].format(printer=room.pack))
    room.shop.until("/api/v1/print-jobs", lambda jobs: jobs[-1]["settled_at"] is not None)
    card.locator(f"text={room.words['label_state.not_known']}").first.wait_for()
    assert until(lambda: len(room.printer.labels) == 1)
    room.looks("blind", sees=lambda words: (words["printer.one_way"].format(printer=room.pack), words["label_state.not_known"]))


def test_a_scale_is_zeroed_and_a_test_scan_is_shown(room):
    scale, hand = room.card(f"{room.station} · scale"), room.card(f"{room.station} · hand")
    scale.locator(".good").first.wait_for()
    room.scale.put(40)
    room.sees("40 g")
    scale.get_by_role("button", name=room.buttons["zero"]).click()
    scale.locator("[role=status]:not(:empty)").wait_for()
    assert until(lambda: not room.scale.shown().grams)
    hand.locator(".good").first.wait_for()
    hand.get_by_role("button", name=room.buttons["scan"]).click()
    hand.locator("[role=status]").wait_for()
    room.scanner.scan("TEST-4711")
    hand.locator(".read.good:has-text('TEST-4711')").wait_for(timeout=SOON_MS)
    pulled = time.monotonic()
    room.ports[2].close()
    hand.locator(".bad").first.wait_for(timeout=2 * SOON_MS)
    assert time.monotonic() - pulled < within(2)
    hand.locator(f".said:has-text('{NOT_THERE[room.language]}')").wait_for()
    room.looks("stations", sees=lambda _: (NOT_THERE[room.language],))


KNOWN = {"reader": {"固件", "最近读取", "读取次数", "近一小时错误", "错误总数", "断开次数", "响应", "地址"}, "camera": {"固件", "最近读取", "读取次数", "近一小时错误", "断开次数", "响应"},
         "scale": {"最近读取", "读取次数", "近一小时错误", "断开次数", "响应"}, "hand": {"最近读取", "读取次数", "近一小时错误", "断开次数", "响应"},
         "light": {"读取次数", "近一小时错误", "断开次数"}}


def test_every_kind_of_device_shows_all_that_is_known_of_it_and_can_be_tried(room):
    pytest.importorskip("cv2", reason="OpenCV belongs to the extra aisle[camera]")
    field, camera = Field([], 400.0), Camera(fps=15)
    ports = [TcpPort(one) for one in (LlrpDevice(field, (), 4), camera, Beacon())]
    gate = f"GATE-{room.station[-2:]}"
    room.shop.office.call("PUT", f"/api/v1/stations/{gate}", {"site": "W1", "kind": "gate", "location": "W1-PACK-1", "settings": {"window_ms": 400}, "peripherals": [
        {"name": "reader", "kind": "rfid", "driver": "llrp", "url": ports[0].url, "settings": {"keepalive_seconds": 1}},
        {"name": "camera", "kind": "camera", "url": f"http://127.0.0.1:{ports[1].port}/stream", "settings": {"frames_a_second": 10}},
        {"name": "light", "kind": "light", "url": ports[2].url}]})
    cards = {name: room.card(f"{gate if name in ('reader', 'camera', 'light') else room.station} · {name}") for name in KNOWN}
    for card in cards.values():
        card.locator(".good").first.wait_for(timeout=2 * SOON_MS)
    for name in ("reader", "camera", "hand", "scale"):
        cards[name].get_by_role("button", name=room.buttons["scan"]).click()
    field.add(Tag.of("3034257BF400B7800004CB2F"))
    camera.show("code128:TEST-1")
    room.scanner.scan("TEST-2")
    room.scale.put(40)
    for name in ("reader", "camera", "hand", "scale"):
        cards[name].locator(".read.good").wait_for(timeout=2 * SOON_MS)
    room.swap()
    for name, card in cards.items():
        for word in KNOWN[name]:
            card.locator(f"dt:text-is('{word}')").wait_for()
    room.looks("every-kind")
    room.shop.office.call("DELETE", f"/api/v1/stations/{gate}")
    for port in ports:
        port.close()


HANDHELD = {"en": {"errors": "errors in the last hour", "latency": "answer", "battery": "battery"},
            "zh-CN": {"errors": "近一小时错误", "latency": "响应", "battery": "电量"}}


def test_a_handheld_is_shown_with_who_works_on_it_and_what_was_scanned_last(room):
    room.shop.helper.scan(room.shop.asn(TEA=1))
    card = room.card("PDA of a colleague")
    card.locator("dd:has-text('BOSS')").wait_for()
    card.locator(".good").wait_for()
    room.looks("handheld")


def test_a_handheld_tells_how_it_does_by_itself(room, browser):
    """What it understood without the server, its errors, how soon it was answered, and its battery, which this browser tells."""
    pda = signed_in(browser, room.shop, "usual", "en")
    battery = pda.page.evaluate("async () => (await navigator.getBattery?.())?.level ?? null")
    name = room.shop.office.call("GET", "/api/v1/devices")["items"][-1]["name"]
    pda.scan("NOBODY-KNOWS-THIS")
    pda.page.wait_for_selector(".stop")
    pda.page.evaluate("window.dispatchEvent(new Event('online'))")  # else it tells at its next beat, within fifteen seconds
    card = room.card(name)
    card.locator("dd:text-is('NOBODY-KNOWS-THIS')").wait_for(timeout=2 * SOON_MS)
    for said in HANDHELD.values():
        facts = {key: card.locator(f"dt:text-is('{word}') + dd") for key, word in said.items()}
        assert until(lambda facts=facts: int(facts["errors"].inner_text()) >= 1)  # the red screen; on a busy machine the server may seem lost beside it
        assert until(lambda facts=facts: re.fullmatch(r"\d+ ms", facts["latency"].inner_text()))
        assert battery is None or until(lambda facts=facts: facts["battery"].inner_text() == f"{battery * 100:.0f} %")
        room.swap()
    room.looks("handheld-itself")
    pda.page.context.close()


def test_a_port_that_was_pulled_out_meanwhile_is_not_bound_and_that_is_said(room):
    url = "/dev/serial/by-id/usb-Honeywell_1950-if00"  # no machine of ours has one: only what the page makes of it is shown here
    room.page.route("**/api/v1/ports", lambda route: route.fulfill(json={"items": [{"url": url}], "next": None}))
    room.page.wait_for_selector(".port select")
    room.looks("ports")
    room.page.click(".port button")
    room.page.wait_for_selector(f".port .bad:has-text('{url}')")
    room.page.unroute("**/api/v1/ports")
    room.page.wait_for_selector(".port", state="detached")


def test_labels_are_drawn_by_what_is_brought_only_then(room):
    brought = list[str]()
    room.page.on("request", lambda request: brought.append(request.url))
    room.page.set_viewport_size({"width": 360, "height": 640})
    room.card(room.pack).get_by_role("button", name=room.buttons["test"]).click()
    room.page.wait_for_selector(f"figcaption b:has-text('{room.pack}')")
    room.page.wait_for_timeout(300)
    assert [url for url in brought if url.endswith(("/payload", ".js"))] == []
    room.page.locator("figure").first.scroll_into_view_if_needed()
    room.page.wait_for_selector("figure img", timeout=30_000)
    room.page.wait_for_function("() => document.querySelector('figure img').naturalWidth === 812")
    assert room.page.locator("figcaption b").first.inner_text() == room.pack
    room.looks("labels")


def test_only_the_pages_that_draw_may_run_webassembly(shop_of_devices, browser):
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    module = "WebAssembly.instantiate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])).then(() => 'runs', () => 'refused')"
    for path, told in (("/devices", "runs"), ("/labels", "runs"), ("/dashboard", "refused"), ("/station", "refused")):
        page.goto(f"{shop_of_devices.house.address}{path}")
        assert page.evaluate(module) == told, path
    context.close()


def test_whoever_is_not_signed_in_signs_in_on_the_page_itself(shop_of_devices, desk):
    one = desk("/devices", at=shop_of_devices, signs_in=False)
    one.page.fill("input[name=badge]", "BOSS")
    one.page.fill("input[name=password]", PASSWORD)
    one.page.click("button.main")
    one.page.wait_for_selector("header .good")
    one.page.click("header button:text-is('Sign out')")
    one.page.wait_for_selector("input[name=password]")
    one.page.fill("input[name=badge]", "BOSS")
    one.page.fill("input[name=password]", "wrong wrong wrong")
    one.page.click("button.main")
    one.page.wait_for_selector(".notice.bad:has-text('wrong')")
    one.looks("signin")
