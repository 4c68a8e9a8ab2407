"""The page of inbound papers: what suppliers have announced, how much of it has come, and what is called off."""

import pytest

from tests.browser.shop import sql
from tests.browser.test_orders_page import looks_in_panel
from tests.waiting import until

LONG = "WERK-" + "一个非常长的供应商单号" * 5
DAY = 86_400_000
WORDS = {"en": {"none": "Nothing was announced yet.", "nothing": "No such paper.", "late": "late", "cancel": "Cancel it", "expected": "expected", "receiving": "being received", "cancelled": "cancelled"},
         "zh-CN": {"none": "还没有到货预告。", "nothing": "没有这样的单据。", "late": "已逾期", "cancel": "取消单据", "expected": "待到货", "receiving": "收货中", "cancelled": "已取消"}}


@pytest.fixture
def announced(own_shop):
    """One that is late, one of which some has come, one with a very long number on a pallet."""
    office, now = own_shop.office, int(own_shop.office.call("GET", "/api/v1/order-exceptions/counts?site=W1")["now"])
    office.call("POST", "/api/v1/asns", {"code": "ASN-LATE", "site": "W1", "expected_at": now - DAY, "lines": [{"item": "SOAP", "quantity": 1_000}]})
    begun = own_shop.asn(TEA=24, SOAP=10)
    own_shop.helper.scan(begun)
    sql(own_shop, "UPDATE inbound_line SET received = 24 WHERE quantity = 24")  # what is scanned for it is shown elsewhere
    office.call("POST", "/api/v1/purchase-orders", {"code": LONG, "site": "W1", "lines": [{"item": "MILK", "quantity": 5, "lot": "L7", "expiry": "2030-06-30", "sscc": "395060001111111110"}]})
    return begun


def codes(one):
    return list(one.page.locator("button.open").all_inner_texts())


def row(code: str) -> str:
    return f"tr:has(button:text-is('{code}'))"


def test_papers_are_listed_with_what_has_come_and_found_by_what_somebody_has_in_hand(announced, own_shop, desk):
    one = desk("/inbound", at=own_shop, words=WORDS)
    one.page.wait_for_selector("button.open")
    assert codes(one) == [LONG, announced, "ASN-LATE"]
    assert "24 / 34" in one.page.inner_text(row(announced))
    one.looks("inbound", says=("late", "receiving"))
    for typed, wanted in (("late", ["ASN-LATE"]), ("(00)395060001111111110", [LONG]), ("SOAP", [announced, "ASN-LATE"]), ("TEA", []), ("_", [])):
        one.page.fill("input[name=search]", typed)
        assert until(lambda wanted=wanted: codes(one) == wanted), typed
    one.says("nothing")
    one.page.fill("input[name=search]", "")
    one.page.select_option("select[name=kind]", "purchase_order")
    assert until(lambda: codes(one) == [LONG])


def test_what_will_not_come_is_called_off_with_its_reason_and_what_has_begun_is_not(announced, own_shop, desk):
    one = desk(f"/inbound#{announced}", at=own_shop, words=WORDS)
    one.page.wait_for_selector("dialog table")
    assert one.page.locator("dialog button.danger").count() == 0, "some of it has come"
    one.page.goto(f"{own_shop.house.address}/inbound#ASN-LATE")
    one.page.click(f"dialog button.danger:text-is('{one.words['cancel']}')")
    looks_in_panel(one, "inbound-cancel")
    one.page.fill("dialog input[name=reason]", "the supplier has called")
    one.page.click("dialog form button.danger")
    one.page.wait_for_selector("dialog", state="detached")
    assert until(lambda: "ASN-LATE" not in codes(one))
    assert own_shop.office.call("GET", "/api/v1/inbound/ASN-LATE")["state"] == "cancelled"
    one.page.select_option("select[name=state]", "cancelled")
    assert until(lambda: codes(one) == ["ASN-LATE"])


def test_what_somebody_else_called_off_meanwhile_is_said(announced, own_shop, desk):
    one = desk("/inbound#ASN-LATE", at=own_shop, words=WORDS)
    one.page.click("dialog button.danger")
    own_shop.office.call("POST", "/api/v1/inbound/ASN-LATE/cancel", {"reason": "by telephone"})
    one.page.fill("dialog input[name=reason]", "me too")
    one.page.click("dialog form button.danger")
    one.page.wait_for_selector("dialog .notice.bad")


def test_without_any_it_says_how_they_come(own_shop, desk):
    one = desk("/inbound", at=own_shop, words=WORDS)
    one.says("none")
