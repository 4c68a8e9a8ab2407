"""A shift on the handheld: equipment, a break, a task handed to a colleague by their badge, the end."""

import pytest

from tests.waiting import until

WORDS = {"en": {"menu": "Menu", "forklift": "Forklift", "break": "Break", "back": "Back at work", "end": "End of shift", "settings": "Settings"},
         "zh-CN": {"menu": "菜单", "forklift": "叉车", "break": "休息", "back": "回来工作", "end": "下班", "settings": "设置"}}


def at_work(shop):
    return {row["name"]: row for row in shop.office.call("GET", "/api/v1/shifts")["items"]}


@pytest.fixture
def pda(both):
    return both


def test_a_shift_has_equipment_a_break_and_an_end(own_shop, pda):
    name = "Ann Lee"
    pda.page.click(f".buttons button:has-text('{WORDS[pda.language]['menu']}')")
    pda.page.click(f".sheet button:has-text('{WORDS[pda.language]['forklift']}')")
    pda.page.wait_for_selector(f".sheet button[aria-pressed=true]:has-text('{WORDS[pda.language]['forklift']}')")
    assert until(lambda: at_work(own_shop)[name]["vehicle"] == "forklift")
    pda.dressed("menu")
    pda.looks("menu", sees=(name,))
    pda.page.click(f".sheet button:text-is('{WORDS[pda.language]['settings']}')")
    pda.dressed("settings")
    pda.looks("settings")
    pda.page.click(".sheet button.main")
    pda.page.click(f".sheet button:text-is('{WORDS[pda.language]['break']}')")
    pda.page.wait_for_selector(f".sheet button:has-text('{WORDS[pda.language]['back']}')")
    pda.looks("on-break")
    assert until(lambda: at_work(own_shop)[name]["break_since"] is not None)
    pda.page.click(f".sheet button:has-text('{WORDS[pda.language]['back']}')")
    pda.page.wait_for_selector(".sheet", state="detached")
    assert until(lambda: at_work(own_shop)[name]["break_since"] is None)
    pda.settled()
    pda.page.click(f".buttons button:has-text('{WORDS[pda.language]['menu']}')")
    pda.page.click(f".sheet button:text-is('{WORDS[pda.language]['end']}')")
    pda.page.wait_for_selector("input.typed")
    assert until(lambda: name not in at_work(own_shop))


def test_a_task_goes_to_a_colleague_by_their_badge(own_shop, pda):
    own_shop.office.call("POST", "/api/v1/counts", {"site": "W1", "locations": ["W1-A-01-1"]})
    assert own_shop.helper  # signed in on a handheld of their own
    pda.page.reload()
    pda.page.click(".counts button")
    pda.sees(".where", "W1-A-01-1")
    pda.looks("given")
    pda.scan("BOSS")
    pda.home()
    assert until(lambda: [row["worker"] for row in own_shop.office.call("GET", "/api/v1/tasks?state=leased")["items"]] == ["BOSS"])


def test_what_a_supervisor_sends_is_told_and_comes_next(own_shop, pda):
    own_shop.office.call("POST", "/api/v1/counts", {"site": "W1", "locations": ["W1-A-01-1"]})
    task = own_shop.office.call("GET", "/api/v1/tasks?state=open")["items"][0]
    own_shop.office.call("POST", f"/api/v1/tasks/{task['id']}/send", {"worker": "ANN"})
    pda.page.wait_for_selector(".sent")
    pda.looks("sent")
    pda.page.click("button.main")
    pda.sees(".where", "W1-A-01-1")
    assert pda.errors == []
