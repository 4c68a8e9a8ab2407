"""Every page that the server has, those not yet written too: open to everybody by WCAG 2.2 AA, never scrolled sideways, asking nobody but its own server."""

import ast
import inspect

import pytest

from server.api import page_routes
from tests.browser.asked import Asked
from tests.browser.conftest import LOOK, Desk, violations

NO_FRAME = {"/", "/station", "/fitness", "/setup", "/api/docs", "/reset", "/look", "/my-return"}
"""Pages of devices, and those that come before somebody can sign in: their own tests hold them to the same."""


def paths():
    """What `page_routes` serves at a fixed address."""
    tree = ast.parse(inspect.getsource(page_routes))
    marks = [mark for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) for mark in one.decorator_list]
    found = [str(mark.args[0].value) for mark in marks if isinstance(mark, ast.Call) and isinstance(mark.args[0], ast.Constant)]
    return sorted(path for path in found if "<" not in path and not path.endswith((".js", ".css")))


def test_the_pages_are_found():
    assert {"/dashboard", "/devices", "/labels", "/look"} <= set(paths())


@pytest.fixture(scope="module")
def office(shop, browser):
    """One that goes from page to page."""
    office = Desk(browser, shop, "/look", "en")
    yield office
    office.close()


@pytest.mark.parametrize("path", [path for path in paths() if path not in NO_FRAME])
def test_a_page_is_open_to_everybody_in_both_languages(office, path):
    desk = office
    desk.page.goto(f"{desk.shop.house.address}{path}")
    desk.page.wait_for_selector("nav.places")
    for theme, width in (("light", 1280), ("dark", 360)):
        desk.page.emulate_media(color_scheme=theme)
        desk.page.set_viewport_size({"width": width, "height": 900})
        desk.asked.answered()
        assert desk.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, theme)
        assert desk.page.evaluate(LOOK)["pale"] == []
        assert violations(desk.page) == []
        desk.swap()


@pytest.mark.parametrize("path", ["/", "/station", "/fitness", "/api/docs", "/my-return"])
def test_what_is_met_before_signing_in_is_open_to_everybody(shop, browser, path, language):
    context = browser.new_context(viewport={"width": 360, "height": 640}, locale=language)
    page = context.new_page()
    asked = Asked(page)
    page.goto(f"{shop.house.address}{path}")
    asked.answered()
    assert violations(page) == []
    context.close()
