"""What an order's page says of how it is sent, and what can be changed of that: split, gathered, merged, sourced again, of other goods."""

import pytest

from tests.browser.test_orders_page import looks_in_panel, order
from tests.waiting import until

WORDS = {"en": {"split": "Split …", "gather": "Send together", "merge": "Merge …", "unmerge": "Let it leave by itself", "source": "Source again", "lines": "Change lines …", "merged": "leaves with another", "none": "Say of at least one line how many pieces.",
                "told_split": "Split in 2, sent by W1", "joined": "leaves with it"},
         "zh-CN": {"split": "拆分…", "gather": "合在一起发", "merge": "合并…", "unmerge": "单独发出", "source": "重新寻源", "lines": "修改商品…", "merged": "已合并", "none": "请至少填写一行的件数。",
                   "told_split": "拆为 2 部分，由 W1 发货", "joined": "与其一起发出"}}


@pytest.fixture
def stocked(own_shop):
    own_shop.put("SOAP", 20, "W1-A-01-1")
    return own_shop


def parts(shop, number):
    return [(part["number"], [(line["item"], line["quantity"]) for line in part["lines"]]) for part in shop.office.call("GET", f"/api/v1/orders/{number}/parts")["parts"]]


def opened(one, verb: str) -> None:
    one.page.click(f".card button:text-is('{one.words[verb]}')")
    one.page.wait_for_selector("dialog input[name=reason]")


def sent(one, reason: str = "because 因为") -> None:
    one.page.fill("dialog input[name=reason]", reason)
    one.page.click("dialog button[type=submit]")


def over(one) -> None:
    one.page.wait_for_selector("dialog", state="detached")
    one.page.wait_for_selector(".card .notice.good")


def test_an_order_is_split_and_sent_together_again(stocked, desk):
    number = order(stocked, "1", quantity=3)
    one = desk(f"/orders#{number}", at=stocked, words=WORDS)
    opened(one, "split")
    sent(one)
    one.page.wait_for_selector(f"dialog .notice.bad:has-text('{one.words['none']}')")
    one.page.fill("dialog input[name=pieces-1]", "2")
    looks_in_panel(one, "order-split", "split", "source", "lines")
    sent(one)
    over(one)
    assert parts(stocked, number) == [(number, [("SOAP", 1)]), (f"{number}-2", [("SOAP", 2)])]
    one.page.wait_for_selector(f".story li:has-text('{one.words['told_split']}'):has-text('because 因为')")
    one.page.wait_for_selector(f".card a[href='#{number}-2']")
    one.looks("order-parts", says=("told_split",))
    one.page.click(f".card a[href='#{number}-2']")
    one.page.wait_for_selector(f"h1:text-is('{number}-2')")
    one.page.wait_for_selector(f".story li:has-text('{one.words['told_split']}')")
    one.says("gather")
    opened(one, "gather")
    sent(one)
    one.page.wait_for_selector("dialog", state="detached")
    assert until(lambda: parts(stocked, number) == [(number, [("SOAP", 3)])])


def test_two_orders_are_merged_and_taken_apart(stocked, desk):
    first, second = order(stocked, "1", quantity=3), order(stocked, "2")
    one = desk(f"/orders#{second}", at=stocked, words=WORDS)
    opened(one, "merge")
    assert one.page.locator("dialog select[name=into] option").all_inner_texts() == [first]
    looks_in_panel(one, "order-merge", "merge")
    sent(one, "one parcel")
    over(one)
    one.page.wait_for_selector(f"header .chip:text-is('{one.words['merged']}')")
    one.page.wait_for_selector(f".card p a[href='#{first}']")
    one.looks("order-merged", says=("merged",))
    assert stocked.office.call("GET", f"/api/v1/orders/{second}")["state"] == "merged"
    one.page.goto(f"{stocked.house.address}/orders#{first}")
    one.page.wait_for_selector(f".story li:has-text('{second}'):has-text('{one.words['joined']}')")
    one.looks("order-joined", sizes=((360, 640), (1280, 800)), themes=("light",), says=("joined", "unmerge"))
    opened(one, "lines")
    assert one.page.locator("dialog input[name^=line-]").count() == 1, "the other order's lines are not its own"
    one.page.keyboard.press("Escape")
    opened(one, "unmerge")
    sent(one, "after all")
    over(one)
    assert parts(stocked, first) == [(first, [("SOAP", 3)])] and parts(stocked, second) == [(second, [("SOAP", 1)])]


def test_lines_are_changed_and_what_is_refused_is_said_where_it_was_asked(stocked, desk):
    number = order(stocked, "1", quantity=3)
    one = desk(f"/orders#{number}", at=stocked, words=WORDS)
    opened(one, "lines")
    one.page.fill("dialog input[name=line-1]", "5")
    one.page.fill("dialog input[name=item]", "NO-SUCH")
    one.page.fill("dialog input[name=quantity]", "1")
    sent(one)
    one.page.wait_for_selector("dialog .notice.bad:has-text('NO-SUCH')")
    looks_in_panel(one, "order-lines")
    one.page.fill("dialog input[name=item]", "TEA")
    sent(one)
    over(one)
    assert parts(stocked, number) == [(number, [("SOAP", 5), ("TEA", 1)])]


def test_it_is_sourced_again_and_says_why_it_is_sent_so(stocked, desk):
    stocked.office.call("POST", "/api/v1/sites", {"code": "W2", "name": "Second", "pattern": "W2-A-{01..02}-1"})
    rules = stocked.office.call("POST", "/api/v1/sourcing/rules", {"name": "Cheap", "body": "any costs 4.50\nprefer low cost 2\nnever from W2"})["id"]
    stocked.office.call("POST", f"/api/v1/sourcing/rules/{rules}/activate")
    number = order(stocked, "1", quantity=3)
    one = desk(f"/orders#{number}", at=stocked, words=WORDS)
    opened(one, "source")
    sent(one)
    over(one)
    one.page.wait_for_selector(".card:has-text('Cheap') td:has-text('W1')")
    told = one.page.inner_text("main")
    assert "4.50" in told and {bad for bad in ("undefined", "{", "[object", "NaN") if bad in told} == set()
    one.looks("order-why")
    opened(one, "split")
    one.page.fill("dialog input[name=pieces-1]", "1")
    one.page.select_option("dialog select[name=site]", "W2")
    sent(one)
    one.page.wait_for_selector(f"tr:has-text('{number}-2'):has-text('W2')")


def test_an_order_that_has_ended_offers_no_change(stocked, desk):
    number = order(stocked, "1")
    stocked.office.call("POST", f"/api/v1/orders/{number}/cancel", {"reason": "no"})
    one = desk(f"/orders#{number}", at=stocked, words=WORDS)
    one.page.wait_for_selector(".story li.bad")
    for _ in WORDS:
        one.swap()
        assert [verb for verb in ("split", "gather", "merge", "source", "lines") if one.page.locator(f"button:text-is('{one.words[verb]}')").count()] == []
