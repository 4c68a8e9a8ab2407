"""Stations that people work at: a parcel, a label and a return from the first scan to the last without a touch, with simulated devices on real ports."""

import pytest

from simulators.devices.light import Beacon
from simulators.devices.printer import LabelPrinter
from simulators.devices.scale import Scale
from simulators.devices.scanner import Dress, Scanner
from simulators.devices.wire import TcpPort
from tests.browser.conftest import ITEMS, NOTHING_WRONG, PIN, Screen, Shop, found_wrong
from tests.browser.test_cartons import PackTable
from tests.kept_port import KeptPort
from tests.waiting import until

SIZES = {"hd": (1920, 1080, "dark"), "tablet": (1280, 800, "light"), "small": (360, 640, "dark")}
TOUCHES = "window.touches = 0; addEventListener('pointerdown', () => { window.touches += 1; }, true)"


class Hall:
    """A shop with a packing, a print and a returns station, each with devices on ports of their own."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.devices = {"printer": LabelPrinter(label_seconds=0.01), "scale": Scale(), "light": Beacon()}
        self.scanners = {code: Scanner(dress=Dress(aim=True)) for code in ("PACK-1", "PRINT-1", "RETURNS-1")}
        self.kept = KeptPort()
        self.ports = {name: TcpPort(device, port=self.kept.number if name == "scale" else 0)
                      for name, device in {**self.devices, **self.scanners}.items()}
        shop.house.command("site", "W1", "--set", "pack_weigh=yes", "--set", "pack_check=each")
        self.table = PackTable(shop)
        self.table.offer("S", "M")
        shop.office.call("PUT", "/api/v1/printers/table-printer", {"site": "W1", "url": self.ports["printer"].url})
        scale = {"name": "scale", "kind": "scale", "driver": "mt-sics", "url": self.ports["scale"].url, "settings": {"poll_seconds": 0.05, "rearm": "changed"}}
        light = {"name": "light", "kind": "light", "url": self.ports["light"].url}
        for code, kind, more in (("PACK-1", "pack", [scale, light]), ("PRINT-1", "print", []), ("RETURNS-1", "returns", [])):
            shop.office.call("PUT", f"/api/v1/stations/{code}", {
                "site": "W1", "kind": kind, "location": "W1-PACK-1", "settings": {"printer": "table-printer"},
                "peripherals": [{"name": "scanner", "kind": "scanner", "driver": "text", "url": self.ports[code].url, "settings": {"suffix": "CR"}}, *more]})

    def shipped(self) -> tuple[str, str]:
        """An order whose one parcel has left: what a customer may send back, and its label."""
        order, tote = self.table.picked(SOAP=2)
        pda = self.shop.helper
        for scan in (tote, ITEMS["SOAP"][1], ITEMS["SOAP"][1]):
            pda.scan(scan)
        pda.scan(f"QTY-{pda.task['forms'][0]['info']['expected_g']}")
        sscc = str(pda.last["data"]["sscc"])
        for scan in (f"(00){sscc}", "W1-DOOR-1", f"(00){sscc}", "CMD-DONE"):
            pda.scan(scan)
        return order, sscc

    def restart(self) -> None:
        self.shop.house.start()

    def close(self) -> None:
        for port in (*self.ports.values(), self.kept):
            port.close()


class Station(Screen):
    """The screen of a station: bound to it, somebody signed in, and from then on nobody touches it."""

    def __init__(self, browser, hall: Hall, code: str, language: str = "en") -> None:
        context = browser.new_context(viewport={"width": 1920, "height": 1080}, locale=language)
        context.add_cookies([hall.shop.cookie])
        page, errors = context.new_page(), list[str]()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if "Content Security Policy" in message.text else None)
        super().__init__(page, errors, language)
        self.hall, self.code, self.scanner = hall, code, hall.scanners[code]
        page.add_init_script(TOUCHES)
        page.goto(f"{hall.shop.house.address}/station#{code}")
        page.click("button.huge")
        page.wait_for_selector(".glyph")
        self.scan("LI" if language == "zh-CN" else "ANN")
        page.wait_for_selector("input.pin")
        page.keyboard.type(PIN)
        page.keyboard.press("Enter")
        page.wait_for_selector(".far-xl, .prints")
        page.evaluate("window.touches = 0")

    def reads(self, text: str, symbology: str = "]C0") -> None:
        """The station's own scanner, whose port the server holds."""
        self.scanner.scan(f"{symbology}{text}")

    def touches(self) -> int:
        return int(self.page.evaluate("window.touches"))

    def looked(self, name: str) -> None:
        for size, (width, height, theme) in SIZES.items():
            self.page.emulate_media(color_scheme=theme)
            self.page.set_viewport_size({"width": width, "height": height})
            self.keep(f"station-{name}-{self.language}-{size}")
            assert found_wrong(self.page) == NOTHING_WRONG, (name, size)
        self.page.set_viewport_size({"width": 1920, "height": 1080})


@pytest.fixture(scope="module")
def hall(browser, new_shop, tmp_path_factory):
    hall = Hall(Shop(tmp_path_factory.mktemp("stations"), new_shop))
    yield hall
    hall.shop.house.stop()
    hall.close()


def test_a_parcel_is_packed_weighed_labelled_and_checked_without_a_touch_through_a_restart_and_a_pulled_plug(browser, hall):
    table, scale = Station(browser, hall, "PACK-1"), hall.devices["scale"]
    table.looked("pack-idle")
    order, tote = hall.table.picked(SOAP=2, TEA=1)
    table.reads(tote)
    table.sees(".order", order)
    table.reads(ITEMS["SOAP"][1][1:], "]E0")
    table.sees(".item .many", "1 / 2")
    table.page.wait_for_selector(".carton img")
    table.page.wait_for_function("() => document.querySelectorAll('.item img.photo').length === 2")
    table.looked("pack-items")
    hall.shop.house.stop()
    table.page.wait_for_selector(".band.warn")
    table.scan(ITEMS["SOAP"][1])  # the scanner at the browser works on without the server
    table.sees(".item.done .many", "2 / 2")
    table.looked("pack-away")
    hall.restart()
    table.page.wait_for_selector(".band.warn", state="detached")
    table.page.wait_for_function("() => document.querySelectorAll('.device.connected').length === 4")
    table.reads("NONSENSE")
    table.page.wait_for_selector(".refused.red")
    table.looked("pack-refused")
    table.reads(ITEMS["TEA"][1][1:], "]E0")
    table.page.wait_for_selector(".weighing")
    scale.put(390)
    table.sees(".grams-now", "390 g")
    table.page.wait_for_selector(".weighing .band.bad")
    table.looked("pack-wrong")
    hall.ports["scale"].close()
    table.sees(".flooded.red", "unplugged")
    table.looked("pack-unplugged")
    hall.ports["scale"] = TcpPort(scale, port=hall.kept.number)
    table.page.wait_for_selector(".weight.red")
    scale.put(120)
    table.page.wait_for_selector(".flooded.green")
    table.looked("pack-label")
    sscc = table.page.inner_text(".mono")
    table.reads(f"00{sscc}", "]C1")
    table.page.wait_for_selector(".glyph")
    parcels = f"/api/v1/releases/{order}/parcels"
    hall.shop.until(parcels, lambda rows: [(one["sscc"], one["weight_g"], one["state"]) for one in rows] == [(sscc, 510, "verified")])  # the screen is ahead
    assert until(lambda: [one for one in hall.devices["printer"].labels if sscc.encode() in one])
    assert (table.touches(), table.errors) == (0, [])
    table.page.context.close()


def test_a_return_is_graded_and_labelled_without_a_touch(browser, hall):
    order, sscc = hall.shipped()
    table = Station(browser, hall, "RETURNS-1", "zh-CN")
    table.looked("returns-idle")
    table.reads(f"00{sscc}", "]C1")
    table.sees(".order", order)
    table.page.wait_for_selector(".item img.photo")
    table.looked("returns-lines")
    table.reads(ITEMS["SOAP"][1][1:], "]E0")
    table.page.wait_for_selector(".grades")
    table.looked("returns-grade")
    table.scan("GRADE-RESTOCK")
    table.page.wait_for_selector(".band.good")
    table.sees(".band.good", "LPN")
    table.looked("returns-done")
    assert (table.touches(), table.errors) == (0, [])
    table.page.context.close()


def test_a_print_station_says_what_becomes_of_each_label_and_each_station_is_shown_with_its_devices(browser, hall):
    table, printer = Station(browser, hall, "PRINT-1"), hall.devices["printer"]
    table.reads("W1-A-01-1")
    table.sees(".job-row.good", "W1-A-01-1")
    printer.fail("media-out")
    before = len(printer.labels)
    table.scan("COPIES-5")
    table.sees(".asks", "5 ×")
    table.reads(ITEMS["TEA"][1][1:], "]E0")
    table.page.wait_for_selector(".job-row.bad")
    table.looked("print-waits")
    printer.heal("media-out")
    table.page.wait_for_selector(".job-row.bad", state="detached")
    assert until(lambda: len(printer.labels) == before + 5)
    table.looked("print-done")
    assert (table.touches(), table.errors) == (0, [])
    table.page.goto(f"{hall.shop.house.address}/station")  # which station: each with what it has
    table.page.wait_for_selector(".station-card >> nth=2")
    table.keep(f"station-choice-{table.language}")
    assert found_wrong(table.page) == NOTHING_WRONG
    table.page.wait_for_selector(".station-card >> nth=1 >> text=Scanner: ready")
    table.page.context.close()
