"""The phone form: an order taken in by the keyboard alone, in under a minute; a lost answer takes none in twice."""

import time

import pytest

from tests.browser.conftest import ITEMS, PASSWORD, Desk
from tests.waiting import PATIENCE, until

HOME = {"name": "Ann Lee", "phone": "+16175550123", "country": "US", "state": "MA", "city": "Boston", "street": "1 Main Street", "postcode": "02108"}
PRICES = {"en": {"total": "Total CN¥48.70", "told": "Total CN¥47.00", "wrong": "A price is no amount.", "each": "CN¥19.90 each"},
          "zh-CN": {"total": "合计 ¥48.70", "told": "合计 ¥47.00", "wrong": "有价格不是有效金额。", "each": "单价 ¥19.90"}}
ANYWHERE = {"en": {"free": "0 free, 19 elsewhere", "rest": "0 free, the rest waits for stock"}, "zh-CN": {"free": "可用 0，其他仓库 19", "rest": "可用 0，其余等待到货"}}
WORDS = {"en": {"better": "Take it (F2): 02139", "waits": "the rest waits for stock", "next": "Next call"},
         "zh-CN": {"better": "采用（F2）：02139", "waits": "其余等待到货", "next": "下一个来电"}}


class Keyboard:
    """Somebody's two hands on the keys, with nothing else; how often they pressed."""

    def __init__(self, one: Desk) -> None:
        self.page, self.pressed = one.page, 0

    def types(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.pressed += len(text)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1

    def is_in(self, name: str) -> None:
        self.page.wait_for_function("(n) => document.activeElement?.name === n", arg=name)


@pytest.fixture
def stocked(own_shop):
    own_shop.put("SOAP", 20, "W1-A-01-1")
    own_shop.put("TEA", 3, "W1-A-02-1")
    return own_shop


def orders(shop):
    return [one for one in shop.office.call("GET", "/api/v1/orders")["items"] if one["channel"] == "phone"]


def known(shop):
    shop.office.call("POST", "/api/v1/orders", {"site": "W1", "channel": "shop", "reference": "1", "customer": "Ann Lee", "ship_to": HOME, "carrier": "UPS",
                                                "lines": [{"item": "SOAP", "quantity": 1}]})


def opened(desk, shop, language="en", words=None):
    one = desk("/phone", language, shop, words=words)
    one.page.wait_for_selector("input[name=phone]")
    return one, Keyboard(one)


def test_a_known_customer_orders_two_things_with_thirty_six_keys(stocked, desk):
    known(stocked)
    one, hands = opened(desk, stocked)
    began = time.monotonic()
    hands.is_in("phone")
    hands.types("+1 617 555 0123")
    one.page.wait_for_selector(".earlier button")
    hands.press("Enter")
    hands.is_in("item")
    hands.types("so")
    hands.press("Enter")
    hands.is_in("quantity-SOAP")
    hands.types("2")
    hands.press("Enter")
    hands.is_in("item")
    hands.types("green te")
    hands.press("Enter")
    hands.is_in("quantity-TEA")
    hands.types("12")
    hands.press("Backspace", "Enter")
    hands.is_in("item")
    hands.press("Enter")
    hands.is_in("submit")
    hands.press("Enter")
    hands.is_in("next")
    assert time.monotonic() - began < 4 * PATIENCE, "and nobody types slower than a busy machine does"
    assert hands.pressed == 36
    [order] = orders(stocked)
    whole = stocked.office.call("GET", f"/api/v1/orders/{order['number']}")
    assert [(line["item"], line["quantity"]) for line in whole["lines"]] == [("SOAP", 2), ("TEA", 1)]
    assert (whole["customer"], whole["ship_to"]["street"], whole["ship_to"]["phone"], whole["carrier"], whole["delivery"]) == (
        "Ann Lee", "1 Main Street", "+1 617 555 0123", "UPS", "ship")
    assert order["number"] in one.page.inner_text(".told")
    hands.press("Enter")
    hands.is_in("phone")
    assert one.page.input_value("input[name=phone]") == ""


def test_a_new_customers_address_is_looked_at_while_it_is_typed(stocked, desk):
    one, hands = opened(desk, stocked, words=WORDS)
    for name, typed in (("phone", "+16175550199"), ("item", ITEMS["SOAP"][1])):
        hands.is_in(name)
        hands.types(typed)
        hands.press("Enter")
    hands.is_in("quantity-SOAP")
    hands.types("25")
    one.sees(one.words["waits"])
    hands.press("Enter", "Enter")
    for name, typed in (("name", "Cara Poe"), ("country", "us"), ("postcode", "2139"), ("state", "MA"), ("city", "Cambridge"), ("district", ""), ("street", "1 Main Street")):
        hands.is_in(name)
        one.page.keyboard.press("Control+a")
        hands.types(typed)
        hands.press("Enter")
    hands.is_in("carrier")
    one.looks("phone", sizes=((360, 640), (1280, 800)), says=("waits", "better"))
    hands.press("F2")
    assert one.page.input_value("input[name=postcode]") == "02139"
    hands.types("UPS")
    hands.press("Enter")
    hands.is_in("note")
    hands.types("ring twice")
    hands.press("Control+Enter")
    hands.is_in("next")
    [order] = orders(stocked)
    whole = stocked.office.call("GET", f"/api/v1/orders/{order['number']}")
    assert (whole["ship_to"]["postcode"], whole["note"], whole["carrier"]) == ("02139", "ring twice", "UPS")
    assert "5 × SOAP" in one.page.inner_text(".told")
    one.looks("phone-taken", sizes=((360, 640), (1280, 800)))


def test_who_collects_gives_no_address_and_hears_a_code(stocked, desk):
    one, hands = opened(desk, stocked, words=WORDS)
    hands.types("13800138000")
    hands.press("Enter", "F4")
    hands.is_in("item")
    hands.types("soap")
    one.page.wait_for_selector("#found-0")
    one.looks("phone-found", sizes=((360, 640), (1280, 800)))
    one.page.focus("input[name=item]")
    hands.press("Enter")
    hands.is_in("quantity-SOAP")
    hands.press("Enter", "Enter")
    hands.is_in("name")
    hands.types("王小明")
    hands.press("Control+Enter")
    hands.is_in("next")
    [order] = orders(stocked)
    whole = stocked.office.call("GET", f"/api/v1/orders/{order['number']}")
    assert (whole["delivery"], whole["customer"]) == ("collect", "王小明")
    assert stocked.office.call("GET", f"/api/v1/orders/{order['number']}/collection")["code"] in one.page.inner_text(".told")
    one.looks("phone-code", sizes=((360, 640), (1280, 800)))


def whole_order(one, hands):
    """Everything but the last key."""
    hands.types("+16175550123")
    one.page.wait_for_selector(".earlier button")
    hands.press("Enter")
    hands.is_in("item")
    hands.types("soap")
    hands.press("Enter")
    hands.is_in("quantity-SOAP")


def test_a_lost_answer_does_not_double_an_order(stocked, desk):
    known(stocked)
    one, hands = opened(desk, stocked)
    whole_order(one, hands)

    def lose(route):
        route.fetch()
        route.abort()

    one.page.route("**/api/v1/orders", lose, times=1)
    hands.press("Control+Enter")
    one.sees("it is not taken in twice")
    assert len(orders(stocked)) == 1
    hands.press("Control+Enter")
    hands.is_in("next")
    assert len(orders(stocked)) == 1
    assert orders(stocked)[0]["number"] in one.page.inner_text(".told")


def test_what_is_changed_after_a_lost_answer_is_no_second_order(stocked, desk):
    known(stocked)
    one, hands = opened(desk, stocked)
    whole_order(one, hands)

    def lose(route):
        route.fetch()
        route.abort()

    one.page.route("**/api/v1/orders", lose, times=1)
    hands.press("Control+Enter")
    one.sees("it is not taken in twice")
    hands.types("5")
    for _ in range(2):
        hands.press("Control+Enter")
        one.sees("was taken in before you changed it")
    assert len(orders(stocked)) == 1


def test_what_is_missing_is_said_and_gone_to(stocked, desk):
    one, hands = opened(desk, stocked)
    hands.press("Control+Enter")
    hands.is_in("item")
    one.sees("Name the goods")
    hands.types("nothing like it")
    one.sees("No item is called")
    assert orders(stocked) == []


def test_what_is_free_changes_while_the_customer_talks(stocked, desk):
    one, hands = opened(desk, stocked)
    hands.press("Enter")
    hands.types("tea")
    hands.press("Enter")
    hands.is_in("quantity-TEA")
    one.sees("3 free")
    stocked.office.call("POST", "/api/v1/orders", {"site": "W1", "channel": "shop", "reference": "2", "lines": [{"item": "TEA", "quantity": 2}]})
    assert until(lambda: "1 free" in one.page.inner_text(".lines"))


@pytest.fixture
def priced(stocked):
    """Soap costs 19.90 yuan; tea has no price."""
    stocked.office.call("PATCH", "/api/v1/sites/W1", {"settings": {"currency": "CNY"}})
    stocked.office.call("PUT", "/api/v1/items/SOAP", {"name": ITEMS["SOAP"][0], "price": 1990})
    return stocked


def test_the_price_of_the_catalogue_is_shown_and_changed_and_the_total_said(priced, desk):
    known(priced)
    one, hands = opened(desk, priced, words=PRICES)
    whole_order(one, hands)
    hands.types("2")
    hands.press("Enter")
    hands.types("green te")
    hands.press("Enter")
    hands.is_in("quantity-TEA")
    hands.press("Tab")
    hands.is_in("price-TEA")
    hands.types("8,90")
    hands.press("Enter")
    hands.is_in("item")
    one.says("total")
    one.looks("phone-prices", sizes=((360, 640), (1280, 800)), says=("total",))
    one.page.fill("input[name=price-SOAP]", "x")
    hands.press("Control+Enter")
    hands.is_in("price-SOAP")
    one.says("wrong")
    one.page.fill("input[name=price-SOAP]", "19.05")
    one.says("told")
    hands.press("Control+Enter")
    hands.is_in("next")
    [order] = orders(priced)
    whole = priced.office.call("GET", f"/api/v1/orders/{order['number']}")
    assert [(line["item"], line["quantity"], line["price"], line["paid"]) for line in whole["lines"]] == [("SOAP", 2, 1905, 3810), ("TEA", 1, 890, 890)]
    assert (whole["currency"], whole["total"]) == ("CNY", 4700)


def test_who_may_not_change_prices_reads_them(priced, desk):
    priced.office.call("PUT", "/api/v1/workers/SUE", {"name": "Sue", "role": "supervisor", "password": PASSWORD})
    one = desk("/phone", at=priced, words=PRICES, signs_in=False)
    one.page.fill("input[name=badge]", "SUE")
    one.page.fill("input[name=password]", PASSWORD)
    one.page.click("button.main")
    one.page.wait_for_selector("input[name=phone]")
    one.page.focus("input[name=item]")
    hands = Keyboard(one)
    hands.types("soap")
    hands.press("Enter")
    hands.is_in("quantity-SOAP")
    one.says("each")
    assert one.page.locator("input[name=price-SOAP]").count() == 0


def test_what_another_warehouse_has_is_sold_and_sent_from_there_unless_that_is_not_wanted(stocked, desk):
    stocked.office.call("POST", "/api/v1/sites", {"code": "W2", "name": "Second"})
    known(stocked)
    one, hands = opened(desk, stocked, words=ANYWHERE)
    one.page.select_option("select[name=site]", "W2")
    one.page.focus("input[name=item]")
    hands.types("soap")
    hands.press("Enter")
    hands.is_in("quantity-SOAP")
    assert until(lambda: one.page.locator(".lines .good, .lines .warn").count())
    one.page.uncheck("input[name=sourced]")
    one.says("rest")
    one.page.check("input[name=sourced]")
    one.says("free")
    one.looks("phone-anywhere", sizes=((360, 640), (1280, 800)))
    one.page.fill("input[name=name]", "Ann Lee")
    one.page.fill("input[name=street]", "1 Main Street")
    hands.press("Control+Enter")
    hands.is_in("next")
    [order] = orders(stocked)
    parts = stocked.office.call("GET", f"/api/v1/orders/{order['number']}/parts")["parts"]
    assert [(part["site"], [line["promised"] for line in part["lines"]]) for part in parts] == [("W1", [1])]
