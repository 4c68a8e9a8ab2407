"""Returns on their pages: a customer announces one on a phone without signing in, staff settle it; both in both languages."""

from typing import Any

import pytest

from tests.browser.conftest import ITEMS, OTHER, Desk, Screen, Shop, listened, sql, violations
from tests.waiting import until

HOME = {"name": "Erika Mustermann", "street": "Heidestraße 17", "postcode": "51147", "city": "Köln", "country": "DE", "phone": "+49 170 1234567"}
PHONES = ((360, 640), (320, 533), (1280, 800))
WORDS = {"en": {"find": "Find my order", "send": "Get my label", "pay": "Pay back", "announced": "waiting for your parcel", "came": "We are looking", "paid": "paid back", "nobody": "no order with this number", "make": "Announce the return"},
         "zh-CN": {"find": "查找我的订单", "send": "获取退货标签", "pay": "退款", "announced": "等待您的包裹", "came": "正在检查", "paid": "已退款", "nobody": "没有与此编号", "make": "申请退货"}}


@pytest.fixture
def left(own_shop: Shop) -> tuple[Shop, str]:
    """A shop whose order of two soaps and a tea has left, with the prices that a channel would have told."""
    for item, bin_ in (("SOAP", "W1-A-01-1"), ("TEA", "W1-A-02-1")):
        own_shop.put(item, 20, bin_)
    number = str(own_shop.office.call("POST", "/api/v1/orders", {"site": "W1", "reference": "100045", "customer": "Erika Mustermann", "ship_to": HOME,
                                                                 "lines": [{"item": "SOAP", "quantity": 2}, {"item": "TEA", "quantity": 1}]})["number"])
    own_shop.until("/api/v1/dashboard", lambda rows: {"state": "waiting", "count": 1} in rows, name="orders")
    own_shop.office.call("POST", "/api/v1/waves", {"site": "W1", "picking": "single"})
    own_shop.until("/api/v1/tasks", lambda rows: any(row["kind"] == "pick" and row["state"] == "open" for row in rows))
    colleague = own_shop.helper
    colleague.scan("TOTE-8")
    for form in list(colleague.task["forms"]):
        colleague.scan(f"(01){ITEMS[form['info']['item']][1]}(30){form['info']['quantity']}")
    colleague.task = None
    for scan in ("TOTE-8", f"(01){ITEMS['SOAP'][1]}(30)2", ITEMS["TEA"][1]):
        colleague.scan(scan)
    parcel = colleague.last["message"]["args"]["sscc"]
    colleague.scan(f"(00){parcel}")
    colleague.task = None
    for scan in ("W1-DOOR-1", f"(00){parcel}", "CMD-DONE"):
        colleague.scan(scan)
    assert until(lambda: own_shop.office.call("GET", f"/api/v1/orders/{number}")["state"] == "shipped")
    sql(own_shop, "UPDATE sales_order_line SET price = 1990")
    sql(own_shop, "UPDATE sales_order SET currency = 'EUR'")
    own_shop.office.call("PATCH", "/api/v1/sites/W1", {"settings": {"return_address": "Dock Road 4, 21129 Hamburg"}})
    return own_shop, number


def graded(shop: Shop, number: str, *scans: str) -> None:
    colleague = shop.helper
    for scan in (number, *scans):
        colleague.scan(scan)


class Phone:
    """A customer's own, on the page of their return: begun in English, looked at in both languages."""

    def __init__(self, browser: Any, shop: Shop, path: str = "/my-return") -> None:
        self.language = "en"
        self.context = browser.new_context(viewport={"width": 360, "height": 640}, locale="en", has_touch=True, accept_downloads=True)
        self.page, self.errors = self.context.new_page(), list[str]()
        listened(self.page, shop, self.errors)
        self.page.goto(f"{shop.house.address}{path}")

    def swap(self) -> None:
        name, self.language = OTHER[self.language]
        self.page.click(f"header button:text-is('{name}')")
        self.page.wait_for_function("(language) => document.documentElement.lang === language", arg=self.language)

    def sees(self, text: str) -> None:
        self.page.wait_for_function("(t) => document.body.innerText.includes(t)", arg=text, timeout=30_000)

    def looks(self, name: str, *keys: str) -> None:
        """It fits phones and desks and says the words of the keys, by the rules of every page; it may be scrolled downward."""
        for is_last in (False, True):
            for key in keys:
                self.sees(WORDS[self.language][key])
            self._looks(name)
            if not is_last:
                self.swap()

    def _looks(self, name: str) -> None:
        for width, height in PHONES:
            self.page.set_viewport_size({"width": width, "height": height})
            assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
            whole = max(height, int(self.page.evaluate("document.documentElement.scrollHeight")))
            self.page.set_viewport_size({"width": width, "height": whole})
            screen = Screen(self.page, [], self.language)
            screen.keep(f"{name}-{self.language}-{width}")
            screen.fits()
        for theme in ("dark", "light"):
            self.page.emulate_media(color_scheme=theme)
            assert violations(self.page) == []
        self.page.set_viewport_size({"width": 360, "height": 640})

    def find(self, reference: str, proof: str) -> None:
        self.page.fill("input[name=reference]", reference)
        self.page.fill("input[name=proof]", proof)
        self.page.click("button.main")


@pytest.fixture
def phone(browser: Any, left: tuple[Shop, str]) -> Any:
    made = Phone(browser, left[0])
    yield made
    assert made.errors == []
    made.context.close()


def test_a_customer_announces_a_return_on_a_phone_and_sees_it_through(left, phone):
    shop, order = left
    phone.looks("my-return-find", "find")
    for words in (WORDS["zh-CN"], WORDS["en"]):
        phone.find("100045", "9999")
        phone.sees(words["nobody"])
        phone.swap()
    phone.find("100045", "51147")
    phone.sees("Soap with olive oil")
    phone.page.click("button.main")
    phone.page.wait_for_selector(".notice.bad")  # nothing was chosen yet
    plus = phone.page.locator(".count button:last-child").first
    plus.click()
    plus.click()
    assert plus.is_disabled()
    phone.page.select_option("select[name=reason]", "damaged")
    phone.looks("my-return-choose", "send")
    phone.page.click("button.main")
    phone.sees("RMA-000001")
    phone.sees("Dock Road 4")
    phone.looks("my-return-done", "announced")
    with phone.page.expect_download() as download:
        phone.page.click("button.main")
    assert download.value.suggested_filename == "RMA-000001.pdf"
    graded(shop, "RMA-000001", f"(01){ITEMS['SOAP'][1]}(30)2", "GRADE-RESTOCK")
    assert until(lambda: shop.office.call("GET", "/api/v1/rmas/RMA-000001")["state"] == "received")
    phone.page.reload()
    phone.looks("my-return-came", "came")
    shop.office.call("POST", "/api/v1/rmas/RMA-000001/refund", {})
    phone.page.reload()
    phone.sees("39.80")
    phone.looks("my-return-paid", "paid")
    story = shop.office.call("GET", f"/api/v1/orders/{order}/story")["items"]
    assert [one["kind"] for one in story if one["kind"].startswith("return")] == ["return_announced", "returned", "return_refund"]


def test_a_shop_may_link_to_it_with_the_number(left, browser):
    made = Phone(browser, left[0], "/my-return?order=100045")
    assert made.page.input_value("input[name=reference]") == "100045"
    made.context.close()


def test_a_link_that_was_made_up_says_so_and_leads_back(left, browser):
    made = Phone(browser, left[0], "/my-return#" + "0" * 64)
    made.page.wait_for_selector(".notice.bad")
    made.looks("my-return-none")
    made.page.click("a.button")
    made.page.wait_for_selector("input[name=reference]")
    made.context.close()


def test_staff_announce_a_return_from_the_orders_page_and_settle_it(left, desk):
    shop, order = left
    one: Desk = desk(f"/orders#{order}", at=shop, words=WORDS)
    one.page.click("a.button[href*=returns]")
    one.page.wait_for_selector("input[name=line-1]")
    one.page.fill("input[name=line-1]", "1")
    one.page.fill("input[name=line-2]", "1")
    one.looks("returns-new", says=("make",))
    one.page.click(f"button:text-is('{one.words['make']}')")
    one.page.wait_for_selector(".of-return")
    graded(shop, "RMA-000001", ITEMS["SOAP"][1], "GRADE-RESTOCK", ITEMS["TEA"][1], "GRADE-SCRAP")
    assert until(lambda: all(line["came"] for line in shop.office.call("GET", "/api/v1/rmas/RMA-000001")["lines"]))
    one.page.wait_for_selector(".right button.main:visible")
    one.looks("return", says=("pay",))
    one.page.click(f".right button.main:text-is('{one.words['pay']}')")
    one.page.wait_for_selector("dialog input[name=amount]")
    assert one.page.input_value("input[name=amount]") == "39.80"
    one.page.fill("input[name=amount]", "60")
    assert one.page.locator("dialog button.main").is_disabled(), "more than was paid"
    one.page.fill("input[name=amount]", "20,50")
    one.looks("return-pay", sizes=((360, 640), (1280, 800)), themes=("light",))
    one.page.click("dialog button.main")
    one.page.wait_for_selector(".notice.good")
    assert until(lambda: shop.office.call("GET", "/api/v1/rmas/RMA-000001")["amount"] == 2050)
    one.page.click("a.button[href='#']")
    one.page.wait_for_selector("button.open:visible")
    one.looks("returns")
    one.page.set_viewport_size({"width": 360, "height": 640})
    assert len({round(one.page.locator(place).bounding_box()["x"]) for place in (".looking input", ".looking .tabs > button >> nth=0", ".looking button.main")}) == 1, "all begin at one edge"
    one.page.set_viewport_size({"width": 1280, "height": 900})
    one.page.goto(f"{shop.house.address}/orders#{order}")
    one.page.wait_for_selector(".story li")
    for _ in WORDS:
        one.page.wait_for_selector(".story:has-text('RMA-000001'):has-text('20.50')")
        told = one.page.inner_text(".story")
        assert {words for words in ("{", "undefined", "[object", "return_") if words in told} == set()
        one.swap()


EXCHANGE = {"en": {"exchange": "Exchange"}, "zh-CN": {"exchange": "换货"}}


def test_other_goods_are_sent_at_once_and_a_return_is_called_off(left, desk):
    shop, order = left
    for _ in range(2):
        shop.office.call("POST", "/api/v1/rmas", {"order": order, "reason": "wrong_item", "wish": "exchange", "lines": [{"line": 1, "quantity": 1}]})
    one: Desk = desk("/returns#RMA-000001", at=shop, words=EXCHANGE)
    one.page.wait_for_selector(".of-return")
    one.says("exchange")
    one.page.locator("header button").filter(has_text=one.words["exchange"]).first.click()
    one.page.wait_for_selector("dialog .notice.warn")
    one.page.locator("dialog [aria-pressed=false]").click()
    one.page.fill("dialog input[name=item]", "tea")
    one.looks("return-exchange", sizes=((360, 640), (1280, 800)), themes=("dark",))
    one.page.click("dialog button.main")
    one.page.wait_for_selector(".notice.good")
    made = shop.office.call("GET", "/api/v1/rmas/RMA-000001")["exchange_order"]
    assert shop.office.call("GET", f"/api/v1/orders/{made}")["lines"][0]["item"] == "TEA"
    one.page.goto(f"{shop.house.address}/returns#RMA-000002")
    one.page.wait_for_selector("h1:text('RMA-000002')")
    one.page.click("button.danger")
    one.page.fill("dialog input[name=reason]", "kept it")
    one.page.click("dialog button.danger")
    assert until(lambda: shop.office.call("GET", "/api/v1/rmas/RMA-000002")["state"] == "cancelled")
