"""The packer is told which carton to take, sees how it is filled, and never waits for either."""

from itertools import count

import pytest

from simulators.good_pictures import picture_of
from simulators.goods import gtin
from tests.browser.conftest import ITEMS, SIZES, Shop, signed_in
from tests.browser.test_screens import code
from tests.waiting import until

SIDES = {"SOAP": (90, 60, 30), "TEA": (80, 80, 140)}
CARTONS = {"S": (200, 150, 100), "M": (300, 200, 150), "PALLET-BOX": (600, 400, 400)}

ALL_LINES = """(all) => { const list = document.querySelector('.list'), [, more] = list.innerText.split('+')
  const lines = list.querySelectorAll('.line').length
  return list.querySelectorAll('img').length === lines && list.scrollHeight <= list.clientHeight && lines + Number(more) === all }"""
"""Those that are shown, each with its picture, and those that are counted."""


class PackTable:
    """A shop whose items and cartons are measured; each order lies in a tote of its own."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.totes, self.bins = shop, count(20), count(1)
        for item, sides in SIDES.items():
            self.measure(item, sides)
            shop.put(item, 90, f"W1-A-0{next(self.bins)}-1")

    def offer(self, *wanted: str, max_weight_g: int = 15_000) -> None:
        """These cartons are in use, and no others."""
        for carton, sides in CARTONS.items():
            self.shop.office.call("PUT", f"/api/v1/carton-types/{carton}", {
                "site": "W1", "own_weight_g": 150, "max_weight_g": max_weight_g, "blocked": carton not in wanted, **named(sides)})

    def measure(self, item: str, sides: tuple[int, int, int]) -> None:
        self.shop.office.call("PUT", f"/api/v1/items/{item}", {"name": ITEMS[item][0], "weight_g": 120 if sides[0] else 0, **named(sides)})

    def picked(self, **lines: int) -> tuple[str, str]:
        """An order and the tote in which it waits to be packed."""
        order, tote, colleague = self.shop.ordered(lines)[0], f"TOTE-{next(self.totes)}", self.shop.helper
        self.shop.office.call("POST", "/api/v1/lpns", {"kind": "tote", "codes": [tote], "location": "W1-STAGE-1"})
        colleague.scan(tote)
        for form in list(colleague.task["forms"]):
            colleague.scan(f"{code(form['info']['item'])}(30){form['info']['quantity']}")
        return order, tote


def named(sides: tuple[int, int, int]) -> dict[str, int]:
    return dict(zip(("length_mm", "width_mm", "height_mm"), sides, strict=True))


@pytest.fixture(scope="module")
def table(browser, new_shop, tmp_path_factory):
    shop = Shop(tmp_path_factory.mktemp("cartons"), new_shop)
    yield PackTable(shop)
    shop.house.stop()


@pytest.fixture(scope="module")
def packers(browser, table):
    made = {language: signed_in(browser, table.shop, "small", language) for language in ("en", "zh-CN")}
    yield made
    for one in made.values():
        assert one.errors == []
        one.page.context.close()


@pytest.fixture(autouse=True)
def as_at_first(browser, table, packers):
    """Cartons and sides are those of the shop's beginning, and nobody is left where a failed test stood."""
    table.offer("S", "M")
    table.measure("TEA", SIDES["TEA"])
    for language, one in packers.items():
        if not one.page.locator(".type").count():
            one.page.context.close()
            packers[language] = signed_in(browser, table.shop, "small", language)


@pytest.fixture
def packer(packers):
    """Somebody who gives back what he packs, for the next test."""
    yield packers["en"]
    packers["en"].page.unroute_all(behavior="ignoreErrors")
    give_back(packers["en"])


def give_back(pda):
    pda.page.click(".buttons button >> nth=-1")
    pda.page.click(".more button >> nth=-1")
    pda.home()


def tap(pda, button: int) -> None:
    pda.page.click(f".steps .buttons button >> nth={button}")


def test_the_packer_sees_the_carton_and_step_by_step_how_it_is_filled(table, packers):
    order, tote = table.picked(SOAP=2, TEA=1)
    for language, pda in packers.items():
        pda.scan(tote)
        pda.sees(".carton b", "S")
        pda.looks("pack-carton", sees=(order, "Soap", "Green tea", "0 / 2", "0 / 1", "200 × 150 × 100"))
        pda.page.click("button.carton")
        pda.sees(".steps h1", "1 / 3" if language == "zh-CN" else "1 of 3")
        pda.page.wait_for_function("() => [...document.querySelectorAll('img')].every((one) => one.complete && one.naturalWidth > 0)")
        pda.looks("pack-step-1", sees=("Green tea",))
        tap(pda, 1)
        pda.sees(".steps .piece", "Soap")
        tap(pda, 1)
        pda.looks("pack-step-3", sees=("Soap",))
        pda.scan(code("SOAP"))
        pda.page.wait_for_selector(".steps", state="detached")  # who scans goes on packing
        pda.sees(".list", "2 / 2")
        pda.sees(".carton b", "S")
        give_back(pda)


def test_of_many_lines_as_many_are_shown_as_there_is_room_for_and_the_rest_is_counted(table, packer, monkeypatch):
    jars = {f"JAR-{number}": (f"Jar of honey, {number}00 g", gtin(910 + number)) for number in range(1, 10)}
    for item, (name, number) in jars.items():
        table.shop.office.call("PUT", f"/api/v1/items/{item}", {"name": name, "packs": [{"level": "each", "quantity": 1, "barcodes": [number]}]})
        table.shop.office.call("PUT", f"/api/v1/item-pictures/{item}", picture_of("Honey, large"))
        monkeypatch.setitem(ITEMS, item, (name, number))
        table.shop.put(item, 2, "W1-B-01-1")
    _, tote = table.picked(**dict.fromkeys(jars, 1))
    packer.scan(tote)
    packer.sees(".list", "0 / 1")
    packer.settled()
    for size, (width, height) in SIZES.items():
        packer.page.set_viewport_size({"width": width, "height": height})
        packer.page.wait_for_function(ALL_LINES, arg=len(jars))
        packer.keep(f"pack-many-lines-{size}")
        packer.fits()


def test_several_cartons_are_named(table, packer):
    table.offer("M", max_weight_g=400)  # two pieces of 120 g and the carton's 150 g
    _, tote = table.picked(SOAP=2, TEA=2)
    packer.scan(tote)
    packer.sees(".carton .then", "then 1\u00a0×\u00a0M")
    packer.looks("pack-two-cartons", sees=("Soap", "Green tea"))


def test_where_a_size_is_not_known_the_item_is_named_and_what_is_too_long_is_said(table, packer):
    _, tote = table.picked(SOAP=2, TEA=3)
    table.measure("TEA", (0, 0, 0))
    with packer.page.expect_response(lambda answer: "/cartons" in answer.url) as asked:
        packer.scan(tote)
    told = asked.value.json()
    assert (told["state"], told["lacking"]) == ("unmeasured", [{"item": "TEA", "lacks": ["size", "weight"]}])
    packer.sees(".list", "0 / 3")
    packer.sees(".lacks", "Not measured: Green tea")
    packer.sees(".carton b", "?")
    packer.looks("pack-unmeasured")
    give_back(packer)
    table.measure("TEA", (2_000, 80, 80))
    packer.scan(tote)
    packer.sees(".after", "No carton is large enough")
    packer.looks("pack-too-long")


def test_packing_goes_on_while_the_advice_does_not_come_and_its_code_may_be_long(table, packer):
    table.offer("PALLET-BOX")
    held, is_held = [], [True]
    packer.page.route("**/releases/*/cartons", lambda route: held.append(route) if is_held else route.continue_())
    _, tote = table.picked(SOAP=4, TEA=1)
    packer.scan(tote)
    packer.sees(".list", "0 / 4")
    packer.scan(code("SOAP"))
    packer.sees(".list", "4 / 4")
    assert packer.page.locator(".carton").count() == 0
    is_held.clear()  # what the handheld has given up by now it asks again
    held[0].continue_()
    packer.sees(".carton b", "PALLET-BOX")
    packer.sees(".list", "4 / 4")
    packer.looks("pack-long-carton")
    packer.page.click("button.carton")
    packer.page.wait_for_selector(".steps .piece")
    packer.looks("pack-layer")
    tap(packer, 0)


def test_a_carton_that_was_not_found_in_time_is_asked_for_again(table, packer):
    late, asked = {"state": "late", "cartons": [], "first": None, "split": [], "again_seconds": 0.2}, []
    packer.page.route("**/releases/*/cartons", lambda route: (asked.append(route), route.fulfill(json=late)))
    _, tote = table.picked(SOAP=2)
    packer.scan(tote)
    packer.sees(".carton b", "?")
    assert until(lambda: packer.page.wait_for_timeout(20) or len(asked) >= 2)
    packer.page.unroute("**/releases/*/cartons")
    packer.sees(".carton b", "S")


def test_the_carton_that_is_shown_counts_as_taken_and_another_one_by_a_tap_or_a_scan(table, packers):
    table.offer("S", "M", "PALLET-BOX")
    for language, pda, change, taken in (("en", packers["en"], None, "S"), ("zh-CN", packers["zh-CN"], "tap", "M"), ("en", packers["en"], "scan", "PALLET-BOX")):
        order, tote = table.picked(SOAP=1, TEA=1)
        pda.scan(tote)
        pda.sees(".carton b", "S")
        if change == "tap":
            pda.page.click("button.carton")
            pda.page.wait_for_selector(".choices button")
            pda.looks("pack-choices", sees=("PALLET-BOX",))
            pda.page.click(".choices button:has-text('M')")
            pda.page.wait_for_selector(".steps", state="detached")
        elif change == "scan":
            pda.scan("PALLET-BOX")
        pda.sees(".carton b", taken)
        pda.looks(f"pack-taken-{language}-{taken}")
        pda.scan(code("SOAP"))
        pda.scan(code("TEA"))
        table.shop.until(f"/api/v1/releases/{order}/parcels", lambda parcels, taken=taken: [one["carton"] for one in parcels] == [taken])
        pda.page.wait_for_selector(".carton", state="detached")
        give_back(pda)


def test_what_goes_into_which_of_several_cartons_is_shown(table, packers):
    table.offer("M", max_weight_g=400)
    _, tote = table.picked(SOAP=2, TEA=2)
    for pda in packers.values():
        pda.scan(tote)
        pda.sees(".carton b", "M")
        pda.page.click("button.carton")
        pda.sees(".splits", "1. M")
        pda.looks("pack-split", sees=("2. M", "Green tea"))
        tap(pda, 0)
        give_back(pda)
