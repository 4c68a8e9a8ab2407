"""Goods in the hand of whom the task was taken from: a full amber screen says so, and its buttons lead on."""

from tests.browser.conftest import ITEMS
from tests.browser.test_away import back, cut, in_bin
from tests.waiting import until

BIN = "W1-A-02-1"


def begun(shop, pda, **lines: int) -> tuple[str, int]:
    """An order of which the first bin is in front of the worker, whose network is gone; its number and its task's."""
    for item in lines:
        shop.put(item, 9, BIN)
    order = shop.ordered(lines)[0]
    pda.scan("TOTE-8")
    pda.sees(".where", BIN)
    task = next(row for row in shop.office.call("GET", "/api/v1/tasks?state=leased")["items"] if row["kind"] == "pick")
    cut(pda)
    return order, int(task["id"])


def test_a_task_that_was_given_to_somebody_else_asks_what_becomes_of_the_goods_in_the_hand(own_shop, pda, language):
    order, task = begun(own_shop, pda, SOAP=3, TEA=2)
    own_shop.office.call("POST", f"/api/v1/tasks/{task}/send", {"worker": "BOSS"})
    first, second = ("SOAP", "TEA") if "Soap" in pda.page.inner_text(".what") else ("TEA", "SOAP")
    pda.scan(f"(01){ITEMS[first][1]}")
    pda.sees(".bar", "1")
    pda.scan(f"(01){ITEMS[second][1]}")
    pda.sees(".bar", "2")
    pda.page.unroute("**/api/v1/socket-tokens")
    back(pda)
    pda.sees(".question", order)
    assert pda.page.locator(".question .buttons button").count() == 2
    pda.looks("given-away")
    pda.page.click(".question .buttons button >> nth=0")
    pda.sees(".question", second)
    pda.page.click(f".question .buttons button:has-text('{BIN}')")
    pda.sees(".where", BIN)
    pda.looks("putting-back")
    pda.scan(BIN)
    pda.home()
    left = {"SOAP": 6, "TEA": 7, second: 9}
    assert until(lambda: {item: in_bin(own_shop, BIN, item) for item in left} == left)
    assert own_shop.office.call("GET", "/api/v1/exceptions?state=open")["items"] == []


def test_an_order_that_was_cancelled_asks_for_its_goods_back(own_shop, pda, language):
    picked_in_part(own_shop, pda)
    order, _ = begun(own_shop, pda, SOAP=3)
    own_shop.office.call("POST", f"/api/v1/orders/{order}/cancel", {"reason": "changed their mind"})
    pda.scan(f"(01){ITEMS['SOAP'][1]}")
    pda.sees(".bar", "1")
    pda.page.unroute("**/api/v1/socket-tokens")
    back(pda)
    pda.sees(".question", order)
    pda.looks("order-cancelled")
    pda.page.click(".question .buttons button")
    pda.sees(".where", BIN)
    pda.scan(BIN)
    pda.home()
    assert until(lambda: in_bin(own_shop, BIN, "SOAP") == 18)


def picked_in_part(shop, pda) -> None:
    """The order is cancelled when a part of it is in the tote: whoever has it is offered to put it back."""
    for item in ("SOAP", "TEA"):
        shop.put(item, 9, BIN)
    order = shop.ordered({"SOAP": 3, "TEA": 2})[0]
    pda.scan("TOTE-9")
    pda.sees(".where", BIN)
    first = "SOAP" if "Soap" in pda.page.inner_text(".what") else "TEA"
    pda.scan(f"(01){ITEMS[first][1]}")
    shop.until(f"/api/v1/stock?item={first}", lambda rows: any(row["lpn"] == "TOTE-9" for row in rows))
    shop.office.call("POST", f"/api/v1/orders/{order}/cancel", {"reason": "changed their mind"})
    pda.home()
    pda.page.wait_for_selector(".sent")
    pda.looks("put-back-offered")
    pda.page.click("button.main")
    pda.sees(".where", BIN)
    pda.sees("main", "TOTE-9")
    pda.looks("putting-back-from-tote")
    pda.scan(BIN)
    pda.home()
    assert until(lambda: in_bin(shop, BIN, first) == 9)
