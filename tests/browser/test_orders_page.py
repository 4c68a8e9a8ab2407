"""The page of orders: found by what somebody has in hand, each with its whole story, held back, let go and cancelled."""

import pytest

from tests.browser.conftest import ITEMS, Desk, Shop
from tests.waiting import until

WORDS = {"en": {"cancel": "Cancel the order", "hold": "Hold back", "go": "Let ORD", "held": "held back", "more": "Type more"},
         "zh-CN": {"cancel": "取消订单", "hold": "暂缓", "go": "恢复 ORD", "held": "已暂缓", "more": "继续输入"}}
HOME = {"name": "Erika Mustermann", "street": "Heidestraße 17", "postcode": "51147", "city": "Köln", "country": "DE", "phone": "+49 170 1234567"}


def order(shop: Shop, ref: str, customer: str = "Erika Mustermann", item: str = "SOAP", quantity: int = 1) -> str:
    return str(shop.office.call("POST", "/api/v1/orders", {
        "site": "W1", "reference": ref, "customer": customer, "ship_to": HOME, "carrier": "DHL", "lines": [{"item": item, "quantity": quantity}]})["number"])


def numbers(one: Desk) -> list[str]:
    return list(one.page.locator("button.open").all_inner_texts())


def search(one: Desk, typed: str, wanted: list[str]) -> None:
    one.page.fill("input[name=search]", typed)
    assert until(lambda: numbers(one) == wanted), (typed, numbers(one), wanted)


def opened(one: Desk, number: str) -> None:
    one.page.click(f"button.open:text-is('{number}')")
    one.page.wait_for_selector(".story li")


def looks_in_panel(one: Desk, name: str, *says: str) -> None:
    """The page with its panel, all of it at once."""
    one.looks(name, shots=(((360, 640), "light"), ((1280, 640), "dark")), says=says)


@pytest.fixture
def walked(own_shop):
    """A shop whose first order has gone all the way to the road, with one that waits and one that was cancelled."""
    own_shop.put("SOAP", 20, "W1-A-01-1")
    own_shop.put("TEA", 20, "W1-A-02-1")
    number, = own_shop.ordered({"SOAP": 2, "TEA": 1})
    colleague = own_shop.helper
    colleague.scan("TOTE-8")
    for form in list(colleague.task["forms"]):
        colleague.scan(ITEMS[form["info"]["item"]][1])
    colleague.task = None
    for scan in ("TOTE-8", f"(01){ITEMS['SOAP'][1]}(30)2", ITEMS["TEA"][1]):
        colleague.scan(scan)
    parcel = colleague.last["message"]["args"]["sscc"]
    colleague.scan(f"(00){parcel}")
    colleague.task = None
    for scan in ("W1-DOOR-1", f"(00){parcel}", "CMD-DONE"):
        colleague.scan(scan)
    own_shop.until(f"/api/v1/orders/{number}/story", lambda told: any(one["kind"] == "left" for one in told))
    assert until(lambda: own_shop.office.call("GET", f"/api/v1/orders/{number}")["state"] == "shipped")
    own_shop.office.call("POST", f"/api/v1/orders/{order(own_shop, 'GONE-1')}/cancel", {"reason": "changed their mind"})
    waiting = order(own_shop, "WAITS-1")
    own_shop.until(f"/api/v1/orders/{waiting}/story", lambda told: told, name="releases")
    return own_shop, number, parcel, waiting


def test_an_orders_whole_story_is_told_in_both_languages_at_every_size_and_in_both_lights(walked, desk):
    shop, number, parcel, _ = walked
    one = desk("/orders", at=shop, words=WORDS)
    one.page.wait_for_selector("button.open")
    one.looks("orders")
    opened(one, number)
    kinds = shop.office.call("GET", f"/api/v1/orders/{number}/story")["items"]
    assert [kind["kind"] for kind in kinds if not kind["kind"].startswith("label")] == ["came", "promised", "handed", "wave", "picked", "packed", "loaded", "left"]
    assert until(lambda: one.page.locator(".story li").count() == len(kinds))
    for _ in WORDS:
        told = one.page.inner_text(".story")
        assert {words for words in (parcel, "2 × SOAP", "W1-A-01-1", "BOSS") if words not in told} == set()
        assert {words for words in ("{", "undefined", "[object") if words in told} == set()
        one.swap()
    one.looks("order")
    one.page.go_back()
    one.page.wait_for_selector("button.open:visible")


def test_it_is_found_by_whatever_is_in_hand_and_the_box_waits_for_it(walked, desk):
    shop, number, parcel, waiting = walked
    one = desk("/orders", at=shop, words=WORDS)
    one.page.wait_for_selector("button.open")
    one.page.wait_for_function("() => document.activeElement.name === 'search'")
    for typed in (number, number[-1], parcel, f"(00){parcel}", "ann l"):
        search(one, typed, [number])
    search(one, "waits", [waiting])
    search(one, "+49 170 123", [waiting, f"ORD-{int(waiting[-6:]) - 1:06d}"])
    search(one, "nobody", [])
    one.page.fill("input[name=search]", "")
    one.page.select_option("select[name=state]", "cancelled")
    assert until(lambda: len(numbers(one)) == 1)
    one.looks("orders-none", sizes=((360, 640),), themes=("light",))


def test_pages_keep_their_sequence_while_new_orders_come_in(own_shop, desk):
    for at in range(130):
        order(own_shop, f"R-{at}")
    one = desk("/orders", at=own_shop)
    one.page.wait_for_selector("button.open")
    before = numbers(one)
    for at in range(5):
        order(own_shop, f"LATER-{at}")
    if len(before) < 130:
        one.page.mouse.wheel(0, 50_000)
        assert until(lambda: len(numbers(one)) >= 130)
    shown = numbers(one)
    assert shown == sorted(set(shown), reverse=True)
    assert {f"ORD-{at:06d}" for at in range(1, 131)} <= set(shown)


def test_a_waiting_order_is_held_back_and_let_go_and_cancelled_with_a_reason(walked, desk):
    shop, _, _, waiting = walked
    one = desk("/orders", at=shop, words=WORDS)
    one.page.wait_for_selector("button.open")
    opened(one, waiting)
    one.page.click(f"button:has-text('{one.words['hold']}')")
    one.page.wait_for_selector(f"button:has-text('{one.words['go']}')")
    one.says("held", "go")
    one.page.click(f"button:has-text('{one.words['go']}')")
    one.page.wait_for_selector(f"button:has-text('{one.words['hold']}')")
    one.page.click(f"button.danger:has-text('{one.words['cancel']}')")
    one.page.wait_for_selector("dialog input[name=reason]")
    looks_in_panel(one, "order-cancel", "cancel", "hold")
    one.page.click("dialog button[type=submit]")
    assert shop.office.call("GET", f"/api/v1/orders/{waiting}")["state"] == "released", "a reason is asked for"
    one.page.fill("dialog input[name=reason]", "买错了")
    one.page.click("dialog button[type=submit]")
    one.page.wait_for_selector(".notice.good")
    one.page.wait_for_selector(".story li.bad:has-text('买错了')")
    assert shop.office.call("GET", f"/api/v1/orders/{waiting}")["state"] == "cancelled"
    assert one.page.locator(f"button.danger:has-text('{one.words['cancel']}')").count() == 0


def test_an_order_that_there_is_not_says_so_and_one_may_go_back(own_shop, desk):
    one = desk("/orders#ORD-999999", at=own_shop)
    one.page.wait_for_selector(".notice.bad:has-text('There is no order ORD-999999.')")
    one.page.click("a.button[href='#']")
    one.sees("There is no order yet")


def test_what_begins_as_too_many_others_do_is_said_so(own_shop, desk):
    order(own_shop, "R-1")
    one = desk("/orders", at=own_shop)
    one.page.wait_for_selector("button.open")
    one.page.route("**/api/v1/orders?*", lambda route: route.fulfill(json={"items": [], "next": None, "is_cut": True}))
    one.page.fill("input[name=search]", "e")
    one.page.wait_for_selector(f".notice.warn:has-text('{WORDS['en']['more']}')")
