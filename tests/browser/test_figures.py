"""The page of figures: spans by a tap, beside those before, as charts, table, CSV and PDF; in both languages, light and dark."""

import csv
import io
import math
import shutil
import time

import pytest
from sqlalchemy import text

from server.dashboard.history_sums import _put
from server.dashboard.tally import Tally
from server.kernel.clock import DAY, HOUR, MINUTE
from server.kernel.database import Database
from tests.browser.conftest import Shop

DAYS = 62
"""Enough for thirty days and the thirty before."""


def _day(number: int, part: float = 1) -> Tally:
    """A day of a busy shop that gets better slowly."""
    wave, made = 1 + 0.2 * math.sin(number * 0.9), Tally()
    orders = round(part * (800 + 4 * number) * wave)
    made.counts.update({"orders_received": orders + round(9 * part), "orders_shipped": orders, "lines_shipped": round(orders * 2.6), "units_shipped": orders * 5, "lines_received": orders * 3,
                        "with_cutoff": orders, "on_time": round(orders * (0.93 + 0.001 * number)), "units_received": orders * 5, "exceptions": round(part * (14 - number / 10)),
                        "counted_lines": round(40 * part), "counted_right": round(39 * part), "counted_book": round(4000 * part), "counted_off": round(9 * part),
                        "walk_mm": round(orders * 22_000), "walk_order_mm": orders * 61_000, "walk_lines": round(orders * 2.6), "stock": 61_000, "stock_times": 1, "shorts": round(7 * part)})
    for kind, lines in (("pick", orders * 2.6), ("pack", orders * 2.6), ("receive", orders / 4), ("put_away", orders / 5), ("load", orders)):
        made.counts.update({f"done.{kind}": round(lines), f"sent.{kind}": round(lines * 1.02), f"refused.{kind}": round(lines * 0.012), f"scans.{kind}": round(lines * 1.9), f"quarters.{kind}": round(lines / 28) + 1})
    made.counts["quarters"] = sum(made.counts[f"quarters.{kind}"] for kind in ("pick", "pack", "receive", "put_away", "load"))
    for stage, minutes in (("cycle", 190), ("wait", 60), ("pick", 45), ("pack", 25), ("ship", 60), ("dock", 38), ("late", 12), ("close", 55)):
        for at in range(20):
            made.took(stage, round(minutes * MINUTE * (0.5 + at / 20) * (1 - number / 300)))
    return made


def _write(folder) -> None:
    database = Database(f"sqlite:///{folder / 'aisle.db'}")
    today = time.time_ns() // 1_000_000 // DAY * DAY
    now = time.time_ns() // 1_000_000 // HOUR * HOUR

    def work(tx):
        site, boss = tx.scalar(text("SELECT id FROM site")), tx.scalar(text("SELECT id FROM worker WHERE badge = 'LI'"))
        ann = tx.scalar(text("SELECT id FROM worker WHERE badge = 'ANN'"))
        for number in range(DAYS):
            at = today - (DAYS - number) * DAY
            people = {f"worker:{ann}": _day(number, 0.6), f"worker:{boss}": _day(number, 0.4), "zone:A": _day(number, 0.7), "zone:B": _day(number, 0.3)}
            _put(tx, site, "day", (at, at + DAY), {"": _day(number), **people})
        for at in range(min(today, now - HOUR), now, HOUR):
            _put(tx, site, "hour", (at, at + HOUR), {scope: _day(DAYS, 1 / 24) for scope in ("", *people)})

    database.write(work)
    database.close()


@pytest.fixture(scope="module")
def old_shop(browser, new_shop, tmp_path_factory):
    """A shop with two months behind it."""
    folder = tmp_path_factory.mktemp("figures")
    shutil.copytree(new_shop, folder / "new")
    _write(folder / "new")
    shop = Shop(folder / "shop", folder / "new")
    yield shop
    shop.house.stop()


def shown(one) -> None:
    one.page.wait_for_selector(".courses canvas")


WORDS = {"en": {"month": "30 days", "own": "Own days", "long": "days long"}, "zh-CN": {"month": "30 天", "own": "自选日期", "long": "天"}}


def test_the_figures_are_read_at_every_size_in_both_languages_and_both_lights(desk, old_shop):
    one = desk("/figures", at=old_shop, words=WORDS)
    shown(one)
    week = one.page.inner_text("main > p.dim")
    one.page.click(f"button:text-is('{one.words['month']}')")
    one.page.wait_for_function("(week) => document.querySelector('main > p.dim').innerText !== week", arg=week)
    assert one.page.locator(".bigs .figure").count() == 8
    one.looks("figures", says=("month", "own"))


def test_a_span_is_chosen_by_a_tap_and_stands_beside_the_days_before(desk, old_shop):
    one = desk("/figures", at=old_shop)
    shown(one)
    week = one.page.inner_text(".big .figure")
    one.page.click("button:text-is('30 days')")
    one.page.wait_for_function("(week) => document.querySelector('.big .figure').innerText !== week", arg=week)
    assert "▲" in one.page.inner_text(".big >> nth=0")
    assert "better" in one.page.inner_text(".big >> nth=0")


def test_what_a_figure_means_is_one_tap_away(desk, old_shop):
    one = desk("/figures", at=old_shop)
    shown(one)
    one.page.click(".big button:text-is('On time')")
    one.page.wait_for_selector("dialog[open] canvas")
    assert "÷ shipped orders that have a cut-off" in one.page.inner_text("dialog")


FAULTS = {"en": ("A day is missing", "outside of every history", "Exchange the two"), "zh-CN": ("缺少日期", "超出历史范围", "请对调")}


def test_days_that_make_no_sense_are_said_with_what_to_do_and_the_figures_stay(desk, old_shop):
    one = desk("/figures", at=old_shop, words=WORDS)
    shown(one)
    one.page.click(f"button:text-is('{one.words['own']}')")
    first, last = one.page.locator("input[type=date] >> nth=0"), one.page.locator("input[type=date] >> nth=1")
    usual = last.input_value()
    for _ in WORDS:
        missing, outside, wrong_way = FAULTS[one.language]
        for day, fault in (("", missing), ("0202-01-01", outside), ("9999-01-01", outside), ("1999-01-01", wrong_way)):
            last.fill(day)
            one.page.wait_for_selector(f".notice.bad:has-text('{fault}')")
            assert one.page.locator("a[href*='figures.csv']").count() == 0
            shown(one)
        last.fill(usual)
        one.page.wait_for_selector(".notice.bad", state="detached")
        one.swap()
    last.fill("1999-01-01")
    one.page.wait_for_selector(".notice.bad")
    one.looks("figures-fault", sizes=((1280, 900),), themes=("light",))
    last.fill(usual)
    one.page.wait_for_selector(".notice.bad", state="detached")
    first.fill("2001-01-01")  # longer than the server sums up
    one.page.wait_for_selector(f".notice.bad:has-text('{one.words['long']}')")
    first.fill(usual)
    one.page.wait_for_selector(".notice.bad", state="detached")


def test_a_slow_answer_never_replaces_that_to_a_later_question(desk, old_shop):
    one, held = desk("/figures", at=old_shop), []
    shown(one)
    days, week = one.page.locator("main > p.dim"), one.page.inner_text("main > p.dim")
    one.page.route("**/api/v1/figures?*", lambda route: held.append(route), times=1)  # noqa: PLW0108 - playwright marks what it is given
    with one.page.expect_request("**/api/v1/figures?*"):
        one.page.click("button:text-is('30 days')")
    one.page.click("button:text-is('Quarter')")
    one.page.wait_for_function("(week) => document.querySelector('main > p.dim').innerText !== week", arg=week)
    quarter = days.inner_text()
    with one.page.expect_response("**/api/v1/figures?*") as late:
        held[0].continue_()
    late.value.finished()
    one.page.wait_for_timeout(300)
    assert days.inner_text() == quarter


def test_the_file_holds_what_the_page_shows(desk, old_shop):
    one = desk("/figures", at=old_shop)
    shown(one)
    for ending in ("CSV", "PDF"):
        with one.page.expect_download() as taken:
            one.page.click(f"a:text-is('{ending}')")
        content = (taken.value.path()).read_bytes()
        if ending == "CSV":
            rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
            place = rows[0].index("Orders shipped (orders)")
            assert f"{int(rows[1][place]):,}" == one.page.inner_text(".big .figure").split()[0]
        else:
            assert content.startswith(b"%PDF")
