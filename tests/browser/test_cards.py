"""Cards as a browser shows them: a scanner reads every one from the page."""

import pytest

from server import workflows
from server.floor.reading import COMMANDS
from server.floor.registry import discover
from tests.browser.conftest import PASSWORD

zxingcpp = pytest.importorskip("zxingcpp")
image = pytest.importorskip("PIL.Image")


def read_from(page, path) -> set[str]:
    page.screenshot(path=path, full_page=True)
    return {found.text for found in zxingcpp.read_barcodes(image.open(path).convert("L"))}


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_command_and_card_is_read_by_a_scanner_from_the_page(shop, browser, language, tmp_path):
    page = browser.new_page(viewport={"width": 900, "height": 1200}, locale=language)
    page.goto(f"{shop.house.address}/cards")
    wanted = {f"CMD-{command}" for command in COMMANDS} | discover(workflows).cards.keys()
    assert read_from(page, tmp_path / "cards.png") == wanted
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()


def test_badges_are_printed_by_a_supervisor_and_by_nobody_else(shop, browser, tmp_path):
    page = browser.new_page(viewport={"width": 900, "height": 1200}, locale="en")
    page.goto(f"{shop.house.address}/dashboard")
    assert page.goto(f"{shop.house.address}/cards/badges").status == 401
    page.goto(f"{shop.house.address}/dashboard")
    page.fill("input[name=badge]", "BOSS")
    page.fill("input[name=password]", PASSWORD)
    page.click("button.main")
    page.click("a:has-text('Cards')")
    page.click("a:has-text('Badges')")
    page.wait_for_selector("h3:has-text('Ann Lee')")
    assert {"BOSS", "ANN", "LI"} <= read_from(page, tmp_path / "badges.png")
    page.close()
