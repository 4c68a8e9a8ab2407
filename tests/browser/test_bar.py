"""The bar of the office pages: what one may open by what one does there, in one row, by mouse, by keys and on a phone."""

import pytest

from tests.browser.conftest import LOOK, PASSWORD, Screen, violations
from tests.browser.test_every_page import NO_FRAME, paths
from tests.waiting import until

WORDS = {"en": {"groups": ["Floor", "Orders", "Channels", "Set-up"], "menu": "Menu", "out": "Sign out"},
         "zh-CN": {"groups": ["现场", "订单", "渠道", "基础设置"], "menu": "菜单", "out": "退出"}}
OFFICE = [path for path in paths() if path not in NO_FRAME]
ROWS = """() => [...document.querySelectorAll('.page > header h1, .page > header .right > button, nav.places .group > button')].filter((e) => e.offsetParent !== null)
    .map((e) => { const r = e.getBoundingClientRect(); return Math.round((r.top + r.bottom) / 2); })"""
"""Where the middle of each thing of the bar is."""


def links(one):
    return one.page.eval_on_selector_all("nav.places a", "(all) => all.map((a) => a.getAttribute('href'))")


def signed_in_as(desk, shop, badge, role, path="/dashboard", **more):
    shop.office.call("PUT", f"/api/v1/workers/{badge}", {"name": badge.title(), "role": role, "password": PASSWORD, **more})
    one = desk(path, "en", shop, signs_in=False)
    signs_in(one, badge)
    return one


def signs_in(one, badge):
    """By the form: for who is to sign out again."""
    one.page.fill("input[name=badge]", badge)
    one.page.fill("input[name=password]", PASSWORD)
    one.page.click("button.main")


def resized(one, width, height):
    """Once the page has been drawn anew."""
    one.page.set_viewport_size({"width": width, "height": height})
    one.page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    is_phone = width <= 900
    assert until(lambda: (one.page.locator("nav.places .group > button:visible").count() == 1) is is_phone)


def in_one_row(one):
    middles = one.page.evaluate(ROWS)
    return max(middles) - min(middles) <= 2


def unfolded(one, wanted):
    """Whether just this group comes to be unfolded (None: none)."""
    wanted_now = ["true" if at == wanted else "false" for at in range(4)]
    return until(lambda: one.page.eval_on_selector_all("nav.places [aria-expanded]", "(all) => all.map((b) => b.getAttribute('aria-expanded'))") == wanted_now)


@pytest.mark.parametrize("badge, role, more", [("B-SUP", "supervisor", {}), ("B-MAN", "manager", {}), ("B-ADM", "admin", {})])
def test_every_page_is_in_the_bar_of_who_may_open_it(shop, desk, badge, role, more):
    one = signed_in_as(desk, shop, badge, role, **more)
    one.page.wait_for_selector("nav.places")
    assert sorted(links(one)) == OFFICE


def test_every_page_in_the_bar_opens_for_who_may_do_least_of_those_who_see_it(shop, desk):
    one = signed_in_as(desk, shop, "B-ONE", "supervisor", site="W1")
    one.page.wait_for_selector("nav.places")
    assert sorted(links(one)) == OFFICE
    for address in OFFICE:
        one.in_bar(f"a[href='{address}']")
        one.page.wait_for_url(f"**{address}*")
        one.asked.answered()
        assert one.page.locator("input[name=password]").count() == 0, address
        one.page.wait_for_selector("nav.places a[aria-current=page]", state="attached")
        assert one.page.eval_on_selector_all("nav.places a[aria-current=page]", "(all) => all.map((a) => a.getAttribute('href'))") == [address]
        assert one.page.locator("nav.places button[aria-current=true]").count() == 1, address


def test_a_worker_and_whoever_is_not_signed_in_are_offered_nothing(shop, desk):
    one = signed_in_as(desk, shop, "B-WORK", "worker")
    one.asked.answered()
    one.page.wait_for_selector("input[name=password]")
    assert links(one) == []
    other = desk("/orders", "en", shop, signs_in=False)
    signs_in(other, "BOSS")
    other.page.wait_for_selector("nav.places")
    assert links(other) != []
    other.in_bar("button:text-is('Sign out')")
    other.page.wait_for_selector("input[name=password]")
    assert links(other) == [] and other.page.locator("nav.places").count() == 0


def groups(one):
    return [label.removesuffix("▾").strip() for label in one.page.locator("nav.places .group > button").all_inner_texts()]


def is_one_row(one, address):
    for width in (1280, 1024):
        resized(one, width, 800)
        assert until(lambda: groups(one) == one.words["groups"])
        assert until(lambda: in_one_row(one)), (address, width)
        assert one.page.evaluate("document.querySelector('.page > header .right').offsetHeight") <= 64, (address, width)
    resized(one, 360, 640)
    assert [text.strip("☰▾ \n") for text in one.page.locator(".page > header button:visible").all_inner_texts()] == [one.words["menu"]]
    assert until(lambda: in_one_row(one)), address


def test_it_is_one_row_on_every_page_and_on_a_phone_with_a_button_that_unfolds_all_of_it(shop, desk):
    one = desk("/dashboard", at=shop, words=WORDS, signs_in=False)
    signs_in(one, "BOSS")
    one.page.wait_for_selector("nav.places")
    for address in OFFICE:
        one.page.goto(f"{shop.house.address}{address}")
        one.page.wait_for_selector("nav.places")
        one.asked.answered()
        for is_last in (False, True):
            is_one_row(one, address)
            if not is_last:
                one.swap()
    one.page.click("nav.places .group > button")
    assert one.page.locator("nav.places section").count() == len(one.words["groups"]) and one.page.locator("nav.places a:visible").count() == len(OFFICE)
    for _ in WORDS:
        one.swap()
        Screen(one.page, [], one.language).keep(f"bar-phone-{one.language}")
        assert {kind: found for kind, found in one.page.evaluate(LOOK).items() if kind in ("small", "cut", "pale") and found} == {} and violations(one.page) == []
        assert one.page.locator(f"header button:text-is('{one.words['out']}')").is_visible()
    one.in_bar(f"button:text-is('{one.words['out']}')")
    one.page.wait_for_selector("input[name=password]")


def test_it_is_unfolded_by_keys_and_folded_again_by_escape_elsewhere_and_going_on(shop, desk):
    one = desk("/returns", at=shop, words=WORDS)
    buttons = one.page.locator("nav.places .group > button")
    buttons.nth(0).hover()
    assert unfolded(one, None), "nothing unfolds because a mouse passes"
    buttons.nth(1).focus()
    one.page.keyboard.press("Enter")
    assert unfolded(one, 1)
    assert violations(one.page) == []
    one.looks("bar-unfolded", sizes=((1280, 800),))
    one.page.keyboard.press("Tab")
    assert one.page.evaluate("document.activeElement.getAttribute('href')") == "/orders"
    one.page.keyboard.press("Escape")
    assert unfolded(one, None) and one.page.evaluate("document.activeElement.getAttribute('aria-controls')") == buttons.nth(1).get_attribute("aria-controls")
    buttons.nth(2).click()
    buttons.nth(3).click()
    assert unfolded(one, 3), "one at a time"
    one.page.mouse.click(300, 500)
    assert unfolded(one, None)
    buttons.nth(3).click()
    assert unfolded(one, 3)
    for _ in range(5):
        one.page.keyboard.press("Tab")
    assert unfolded(one, None), "whoever goes on with the Tab key has left it"
