"""What an order really cost is seen on its page, and a return shows how the money that goes back is reckoned; both in both languages."""

import pytest

from tests.browser.conftest import ITEMS, Desk, sql
from tests.browser.test_phone import opened, orders, stocked  # noqa: F401 - a fixture
from tests.browser.test_returns_pages import graded, left  # noqa: F401 - a fixture
from tests.waiting import until

SIZES = ((360, 640), (1280, 800))
WORDS = {"en": {"pay": "Pay back", "facts": ("Discount", "−€6.47", "Postage", "€4.90", "Total", "€58.13"), "line": ("€33.33", "2 × €19.90", "− €6.47"), "reckoned": "SOAP: 1 of 2 came, of €33.33 paid for all: €16.66",
                "postage": "€4.90", "both": "€21.56", "of_it": "with the postage, €4.90"},
         "zh-CN": {"pay": "退款", "facts": ("优惠", "-€6.47", "运费", "€4.90", "总额", "€58.13"), "line": ("€33.33", "2 × €19.90", "− €6.47"), "reckoned": "SOAP：订购 2 件实付 €33.33，到货 1 件：€16.66",
                   "postage": "€4.90", "both": "€21.56", "of_it": "含运费 €4.90"}}


@pytest.fixture
def cheaper(left):  # noqa: F811
    """The order was paid with a discount on its soap, and postage."""
    shop, order = left
    sql(shop, "UPDATE sales_order_line SET paid = 3333 WHERE number = 1")
    sql(shop, "UPDATE sales_order SET postage = 490, total = 5813")
    return shop, order


def test_an_orders_page_shows_price_discount_and_what_was_paid_with_postage_and_total(cheaper, desk, language):
    (shop, order), say = cheaper, WORDS[language]
    one: Desk = desk(f"/orders#{order}", language, shop)
    one.page.wait_for_selector(".story li")
    for words in (*say["facts"], *say["line"]):
        one.sees(words.replace("−€", "-€"))
    one.looks("paid-order", sizes=SIZES, themes=("light", "dark"))
    told = shop.office.call("GET", f"/api/v1/orders/{order}")
    assert (told["discount"], told["postage"], [(line["paid"], line["discount"]) for line in told["lines"]]) == (647, 490, [(3333, 647), (1990, 0)])


def test_a_return_shows_how_its_money_is_reckoned_and_pays_the_postage_where_somebody_says_so(cheaper, desk, language):
    (shop, order), say = cheaper, WORDS[language]
    shop.office.call("POST", "/api/v1/rmas", {"order": order, "reason": "damaged", "lines": [{"line": 1, "quantity": 1}]})
    graded(shop, "RMA-000001", ITEMS["SOAP"][1], "GRADE-SCRAP")
    assert until(lambda: shop.office.call("GET", "/api/v1/rmas/RMA-000001")["state"] == "received")
    one: Desk = desk("/returns#RMA-000001", language, shop)
    one.page.wait_for_selector(".of-return")
    one.sees(say["reckoned"])
    one.looks("paid-return", sizes=SIZES, themes=("light", "dark"))
    one.page.click(f".right button.main:text-is('{say['pay']}')")
    one.page.wait_for_selector("dialog input[name=amount]")
    assert one.page.input_value("dialog input[name=amount]") == "16.66"
    one.page.check("dialog input[name=postage]")
    one.page.wait_for_selector(f"dialog button.main:text-is('{say['pay']} {say['both']}')")
    one.looks("paid-pay", sizes=SIZES, themes=("light", "dark"))
    one.page.click("dialog button.main")
    one.page.wait_for_selector(".notice.good")
    told = shop.office.call("GET", "/api/v1/rmas/RMA-000001")
    assert (told["amount"], told["postage"], told["postage_left"]) == (2156, 490, 0)
    one.sees(say["of_it"])
    one.looks("paid-settled", sizes=SIZES, themes=("light",))


def test_who_rings_pays_postage_in_the_warehouses_currency(stocked, desk, language):  # noqa: F811
    stocked.office.call("PATCH", "/api/v1/sites/W1", {"settings": {"currency": "EUR"}})
    one, hands = opened(desk, stocked, language)
    one.page.wait_for_selector("input[name=postage]")
    for name, typed in (("phone", "+16175550199"), ("item", ITEMS["SOAP"][1])):
        hands.is_in(name)
        hands.types(typed)
        hands.press("Enter")
    hands.is_in("quantity-SOAP")
    hands.press("Enter")
    hands.is_in("item")
    one.page.fill("input[name=name]", "Cara Poe")
    one.page.fill("input[name=street]", "1 Main Street")
    one.page.fill("input[name=carrier]", "UPS")
    one.page.press("input[name=carrier]", "Enter")
    hands.is_in("postage")
    hands.types("free")
    hands.press("Control+Enter")
    one.page.wait_for_selector(".notice.bad")
    hands.is_in("postage")
    one.page.fill("input[name=postage]", "4,90")
    one.looks("paid-phone", sizes=SIZES, themes=("light",))
    hands.press("Control+Enter")
    hands.is_in("next")
    [order] = orders(stocked)
    told = stocked.office.call("GET", f"/api/v1/orders/{order['number']}")
    assert (told["currency"], told["postage"]) == ("EUR", 490)
