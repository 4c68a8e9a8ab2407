"""Items, bins, people, handhelds and rules, kept on one page: each tab as somebody in the office uses it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import NOTHING_WRONG, Desk, Screen, show_whole, sql, wrong_with_whole
from tests.waiting import until

WORDS = {"en": {"carton": "New carton"}, "zh-CN": {"carton": "新建纸箱"}}
LOOKS = {"en": (((1280, 900), "light"), ((1920, 1080), "dark")), "zh-CN": (((360, 640), "light"), ((1280, 900), "dark"))}


class Office:
    """The page with one of its tabs open."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.page = desk, desk.page

    def tab(self, name: str) -> None:
        self.page.click(f"nav.tabs a[href='#{name}']")
        self.page.wait_for_selector(f"nav.tabs a[href='#{name}'][aria-current]")

    def open(self, words: str) -> None:
        self.page.click(f"button.open:text-is('{words}')")
        self.page.wait_for_selector("dialog form")

    def fill(self, **values: str) -> None:
        for name, value in values.items():
            self.page.fill(f"dialog [name={name}]", value)

    def save(self) -> None:
        self.page.click("dialog button[type=submit]")
        self.page.wait_for_selector("dialog", state="detached")

    def refused(self, field: str) -> str:
        """Saves, and what then stands beside the field."""
        self.page.click("dialog button[type=submit]")
        told = self.page.wait_for_selector(f"label:has([name={field}][aria-invalid=true]) .wrong")
        return str(told.inner_text())

    def looks(self, name: str) -> None:
        """All of the page and of its panel at once, held to the rules of every page."""
        self._looks(name)
        if self.desk.is_in_both:
            self.desk.swap()
            self._looks(name)
        self.page.set_viewport_size({"width": 1280, "height": 900})

    def _looks(self, name: str) -> None:
        language = self.desk.language
        for (width, height), theme in LOOKS[language]:
            self.page.emulate_media(color_scheme=theme)
            show_whole(self.page, width, height)
            Screen(self.page, [], language).keep(f"masterdata-{name}-{language}-{width}-{theme}")
            assert wrong_with_whole(self.page, width, height) == NOTHING_WRONG, (name, language, width, theme)


@pytest.fixture
def office(desk: Callable[..., Desk]) -> Office:
    return Office(desk("/masterdata", words=WORDS))


def test_an_item_is_made_found_as_one_types_and_changed(office, shop):
    code = "CUP-1"
    office.page.click(".toolbar button.main")
    office.fill(code=code, name="Cup", weight_g="300", length_mm="90", barcode=code, quantity="1")
    office.looks("item")
    office.save()
    office.page.fill("input[name=search]", "cup-")
    office.page.wait_for_function("() => [...document.querySelectorAll('button.open')].every((e) => e.innerText.startsWith('CUP'))")
    office.open(code)
    office.fill(name="Large cup")
    office.save()
    office.page.wait_for_selector("td:text-is('Large cup')")
    office.looks("items")
    kept = shop.office.call("GET", f"/api/v1/items/{code}")
    assert (kept["name"], kept["weight_g"], kept["length_mm"], [one["key"] for one in kept["barcodes"]]) == ("Large cup", 300, 90, [code])


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(office):
    office.page.click(".toolbar button.main")
    office.fill(code="BIG-1", name="Big thing", length_mm="999999")
    assert office.refused("length_mm")
    office.looks("refused")
    office.page.context.set_offline(offline=True)
    office.page.click("dialog button[type=submit]")
    office.page.wait_for_selector("dialog .notice.bad")
    office.page.context.set_offline(offline=False)
    office.page.reload()
    office.page.click(".toolbar button.main")
    assert [office.page.input_value(f"dialog [name={name}]") for name in ("name", "length_mm")] == ["Big thing", "999999"]


def test_a_file_is_tried_before_it_changes_anything(office, shop, tmp_path):
    code, file = "PEN-1", tmp_path / "pens.csv"
    file.write_bytes(f"code,name,weight_g\n{code},铅笔,5\nBAD,Bad,x\n".encode("gb18030"))
    office.page.click(".toolbar > button:not(.main)")
    office.page.set_input_files("dialog input[type=file]", file)
    office.page.wait_for_selector("dialog td:text-is('BAD')")
    assert office.page.locator("dialog tr:has(td:text-is('BAD')) td").first.inner_text() == "3"
    assert code not in [one["code"] for one in shop.office.call("GET", "/api/v1/items")["items"]]
    office.looks("file")
    office.page.click("dialog .card button.main")
    office.page.wait_for_selector("dialog .card button.main", state="detached")
    office.page.wait_for_selector("dialog .card .chip.good")
    assert shop.office.call("GET", f"/api/v1/items/{code}")["name"] == "铅笔"
    office.page.keyboard.press("Escape")
    with office.page.expect_download() as brought:
        office.page.click(".toolbar a[download]")
    assert f"{code},铅笔" in Path(brought.value.path()).read_text("utf-8-sig")


def test_bins_are_drawn_before_they_are_made_and_blocked_and_used_again(office, shop):
    zone = "X"
    office.tab("bins")
    office.page.click(".toolbar button.main")
    office.fill(pattern=f"W1-{{{zone}..{zone}}}-{{01..02}}-{{1..2}}")
    office.page.wait_for_function("() => document.querySelectorAll('.plan rect').length === 2 && document.querySelector('.count').innerText.startsWith('4 ')")
    office.looks("new-bins")
    office.save()
    office.page.fill("input[name=search]", f"-{zone}-")
    office.open(f"W1-{zone}-01-1")
    office.fill(max_lpns="2", max_weight_g="500000")
    office.looks("bin")
    office.save()
    office.open(f"W1-{zone}-01-1")
    office.page.click("dialog button.danger")
    office.page.wait_for_selector("dialog", state="detached")
    row = office.page.wait_for_selector(f"tr:has(button:text-is('W1-{zone}-01-1')) .chip.bad")
    assert row
    office.looks("bins")
    found = shop.office.call("GET", f"/api/v1/locations?search=-{zone}-01-1")["items"]
    assert [(one["max_lpns"], one["max_weight_g"], one["blocked"]) for one in found] == [(2, 500000, 1)]


def test_a_person_gets_a_pin_typed_twice_and_is_locked_out_and_let_in(office):
    badge = "B77-1"
    office.tab("people")
    office.page.click(".toolbar button.main")
    office.fill(badge=badge, name="Mo", pin="640917", pinAgain="640918")
    assert office.refused("pinAgain")
    office.fill(pinAgain="640917")
    office.looks("person")
    office.save()
    for state in ("bad", "good"):
        office.open(badge)
        office.page.click("dialog .row button[type=button]:not(.bare)")
        office.page.wait_for_selector(f"tr:has(button:text-is('{badge}')) .chip.{state}")
    office.looks("people")


def test_a_handheld_is_let_in_by_the_code_on_the_screen_called_otherwise_and_shut_out(office, browser):
    office.tab("devices")
    office.page.click(".toolbar button.main")
    address = office.page.get_attribute("dialog a[href^='/#enrol']", "href")
    office.looks("enrol")
    context = browser.new_context(locale="en")
    handheld = context.new_page()
    handheld.goto(f"{office.desk.shop.house.address}{address}")
    handheld.click("button.main")
    handheld.wait_for_function("() => document.querySelectorAll('input').length === 2")
    context.close()
    office.page.keyboard.press("Escape")
    newest = max(office.desk.shop.office.call("GET", "/api/v1/devices?limit=200")["items"], key=lambda one: one["id"])
    name = "PDA 77-1"
    office.page.locator(f"button.open:text-is('{newest['name']}')").last.click()
    office.fill(name=name)
    office.save()
    office.open(name)
    for _ in ("asked", "sure"):
        office.page.click("dialog button.danger")
    office.page.wait_for_selector(f"tr:has(button:text-is('{name}')) .chip.bad")


def test_rules_say_what_they_mean_and_change_how_the_warehouse_works(office, shop):
    office.tab("rules")
    office.page.wait_for_selector("[name=pick_scan]")
    office.page.fill("[name=cutoffs]", "25:00")
    office.page.click("main form button[type=submit]")
    office.page.wait_for_selector("label:has([name=cutoffs]) .wrong")
    office.page.fill("[name=cutoffs]", "11:00, 16:30")
    office.page.fill("[name=pack_tolerance_g]", "20")
    office.page.click("main form button[type=submit]")
    assert until(lambda: shop.office.call("GET", "/api/v1/sites/W1")["settings"]["cutoffs"] == ["11:00", "16:30"])
    told = shop.office.call("GET", "/api/v1/sites/W1")["settings"]
    assert (told["cutoffs"], told["pack_tolerance_g"]) == (["11:00", "16:30"], 20)
    office.looks("rules")


def test_twenty_thousand_items_are_listed_found_and_saved_a_page_at_a_time_and_the_list_never_holds_more_than_five_hundred(own_shop, desk):
    sql(own_shop, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) "
                  "INSERT INTO item (code, name) SELECT printf('T-%05d', i), 'Thing ' || i FROM n")
    one = desk("/masterdata", at=own_shop)
    page, answered = one.page, list[int]()
    page.on("response", lambda answer: answered.append(len(answer.json()["items"])) if "/api/v1/items?" in answer.url else None)
    rows = page.locator("button.open")
    page.reload()
    page.wait_for_selector("button.open")
    while rows.count() < 500:
        before = rows.count()
        page.mouse.wheel(0, 20_000)
        page.wait_for_function("(n) => document.querySelectorAll('button.open').length > n", arg=before)
    codes: list[Any] = rows.all_inner_texts()
    assert codes == sorted(codes)
    page.click("button:text-is('More')")
    page.wait_for_function("(last) => document.querySelector('button.open').innerText > last", arg=codes[-1])
    assert rows.count() <= 500
    assert set(answered) == {100}
    page.fill("input[name=search]", "hing 19876")
    page.wait_for_function("() => document.querySelectorAll('button.open').length === 1")
    assert (rows.inner_text(), answered[-1]) == ("T-19876", 1)
    office = Office(one)
    office.open("T-19876")
    office.fill(name="Thing 19876, blue")
    office.save()
    page.wait_for_selector("td:text-is('Thing 19876, blue')")
    assert (rows.count(), max(answered)) == (1, 100)
    assert page.evaluate("document.querySelectorAll('*').length") < 300


def test_a_carton_is_made_measured_and_shut_on_the_page_of_rules(office, shop):
    code = "BOX-1"
    office.tab("rules")
    office.desk.says("carton")
    office.page.click(f"button:text-is('{office.desk.words['carton']}')")
    office.fill(code=code, length_mm="310", width_mm="0", height_mm="120", max_weight_g="9000", own_weight_g="180", cost="45")
    assert "json" not in office.refused("width_mm")
    office.fill(width_mm="210")
    office.looks("carton")
    office.save()
    office.open(code)
    assert office.page.input_value("dialog [name=length_mm]") == "310"
    office.fill(own_weight_g="190")
    office.page.click("dialog label.check:has([name=blocked])")
    office.save()
    office.page.wait_for_selector(f"tr:has(button:text-is('{code}')) .chip.bad")
    kept, = [one for one in shop.office.call("GET", "/api/v1/carton-types")["items"] if one["code"] == code]
    wanted = {"length_mm": 310, "width_mm": 210, "height_mm": 120, "max_weight_g": 9000, "own_weight_g": 190, "cost": 45, "blocked": 1}
    assert {name: int(kept[name]) for name in wanted} == wanted
