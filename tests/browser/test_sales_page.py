"""The page of till sales: what shops have sold, with what of it is not as it should be, and each with its lines and what was booked."""

import pytest

from simulators.shops.pos import Till
from tests.browser.test_orders_page import looks_in_panel
from tests.waiting import until

SECRET = "a secret of sixteen letters or more"
WORDS = {"en": {"none": "No till has told a sale yet", "unknown": "items not known: 1", "missing": "not in the book: 4", "voided": "voided", "late": "told late", "booked": "booked", "name": "Say which item it is", "customer": "customer",
                "short": "Not in the book 4", "back": "brought back", "nothing": "No such sale."},
         "zh-CN": {"none": "还没有收银台上传销售", "unknown": "未知商品：1", "missing": "账面不足：4", "voided": "已作废", "late": "延迟上传", "booked": "已入账", "name": "指定对应商品", "customer": "顾客", "short": "账面不足 4", "back": "退回", "nothing": "没有这笔销售。"}}


@pytest.fixture
def till(own_shop):
    """A till of a shop in which six pieces of soap lie, and somebody who has connected it."""
    own_shop.put("SOAP", 6, "W1-A-01-1")
    own_shop.office.call("POST", "/api/v1/channels", {"code": "till", "kind": "pos", "name": "Till by the door", "site": "W1", "settings": {"secret": SECRET}})
    till = Till(SECRET)
    till.hooks.append(f"{own_shop.house.address}/api/v1/hooks/till")
    yield till
    till.close()


@pytest.fixture
def rung_up(till, own_shop):
    """One sale of each kind: well, of what nobody knows, of more than there is, late, brought back, voided."""
    till.ring_up([("SOAP", 2)], receipt="000001")
    till.ring_up([("SOAP", 1), ("GIFT-6", 1)], receipt="000002", register="2")
    till.ring_up([("SOAP", 7)], receipt="000003")
    till.ring_up([("SOAP", -1)], receipt="000004", at=1_790_000_000_000)
    till.void(till.ring_up([("SOAP", 1)], receipt="000005"))
    own_shop.until("/api/v1/sales", lambda sales: [one["state"] for one in sales] == ["voided", "sold", "sold", "sold", "sold"])
    return till


def receipts(one):
    return list(one.page.locator("button.open").all_inner_texts())


def row(number: str) -> str:
    return f"tr:has(button:text-is('{number}'))"


def test_sales_are_listed_with_what_is_the_matter_and_found_by_their_receipt(rung_up, own_shop, desk):
    one = desk("/sales", at=own_shop, words=WORDS)
    one.page.wait_for_selector("button.open")
    assert receipts(one) == ["1/000005", "1/000003", "2/000002", "1/000001", "1/000004"]
    for number, said in (("1/000005", "voided"), ("1/000004", "late"), ("1/000003", "missing"), ("2/000002", "unknown"), ("1/000001", "booked")):
        one.page.wait_for_selector(f"{row(number)} .chip:text-is('{one.words[said]}')")
    one.looks("sales", says=("voided", "late", "missing", "unknown", "booked"))
    one.page.fill("input[name=search]", "2/000002")
    assert until(lambda: receipts(one) == ["2/000002"])
    one.page.fill("input[name=search]", "9/9")
    one.says("nothing")
    one.page.fill("input[name=search]", "")
    for only, wanted in (("missing", ["1/000003"]), ("voided", ["1/000005"]), ("unknown", ["2/000002"])):
        one.page.select_option("select[name=only]", only)
        assert until(lambda wanted=wanted: receipts(one) == wanted), only
    one.page.select_option("select[name=only]", "")
    one.page.fill("input[name=to]", "2026-09-22")
    assert until(lambda: receipts(one) == ["1/000004"])
    one.page.fill("input[name=from]", "2026-09-22")
    one.says("nothing")
    assert one.page.locator("select[name=channel] option").all_inner_texts()[1:] == ["Till by the door"]


def test_a_sale_shows_its_lines_what_was_booked_and_where_an_item_is_named(rung_up, own_shop, desk):
    lpn, = (one["code"] for one in own_shop.office.call("GET", "/api/v1/lpns")["items"] if one["kind"] == "pallet")
    one = desk("/sales", at=own_shop, words=WORDS)
    one.page.click("button.open:text-is('1/000003')")
    one.page.wait_for_selector(f"dialog td:has-text('{one.words['short']}')")
    one.page.wait_for_selector(f"dialog tr:has-text('3 × SOAP'):has-text('{lpn}'):has-text('{one.words['customer']}')")
    looks_in_panel(one, "sale-missing", "short", "customer")
    one.page.keyboard.press("Escape")
    one.page.click("button.open:text-is('1/000004')")
    one.page.wait_for_selector(f"dialog td:has-text('{one.words['back']}')")
    one.says("back")
    one.page.keyboard.press("Escape")
    one.page.click("button.open:text-is('2/000002')")
    one.page.wait_for_selector("dialog td:has-text('GIFT-6')")
    looks_in_panel(one, "sale-unknown", "name")
    assert {bad for bad in ("undefined", "{", "[object", "NaN") if bad in one.page.inner_text("dialog")} == set()
    one.page.click(f"dialog a.button:text-is('{one.words['name']}')")
    one.page.wait_for_selector("dialog .thing:has-text('GIFT-6')")
    assert one.page.url.endswith("/channels?refused=till")


def test_before_any_till_has_told_something_it_says_where_one_is_connected(own_shop, desk):
    one = desk("/sales", at=own_shop, words=WORDS)
    one.looks("sales-none", sizes=((360, 640),), themes=("light",), says=("none",))
