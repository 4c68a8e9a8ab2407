"""The page of sourcing: rules written with their faults shown, tried on past orders, kept and put in force, by whom it is theirs to."""

import pytest

from simulators.shops.plain import PlainShop
from tests.browser.conftest import PASSWORD, sql
from tests.browser.test_orders_page import looks_in_panel, order
from tests.waiting import until

WORDS = {"en": {"check": "Rules that are understood: ", "fault": "Line 2, column 8:", "could": "is not understood. Here could stand:", "save": "Keep as a draft", "put": "Put in force", "force": "in force", "was": "was in force", "draft": "draft",
                "best": "best", "try": "Try the rules above", "elsewhere": "Orders that would be sent from elsewhere: ", "less": "They do not send equally much", "none": "There are no rules.", "role": "you have to be a manager", "one": "They are about every warehouse, and you see one", "open": "Open", "back": "Bring back what was typed", "waits": "Orders that wait to be sourced together: ", "hold": "waits to be sourced together", "now": "Source them now", "old": "were changed after this trial"},
         "zh-CN": {"check": "看懂的规则：", "fault": "第 2 行第 8 列：", "could": "这里可以写：", "save": "存为草稿", "put": "启用", "force": "现行", "was": "曾启用", "draft": "草稿",
                   "best": "最佳", "try": "试算上面的规则", "elsewhere": "将改由其他仓库发出的订单：", "less": "发出的件数不同", "none": "没有规则。", "role": "需要经理身份", "one": "而您只能看到一个", "open": "打开", "back": "恢复之前的输入", "waits": "等待统一寻源的订单：", "hold": "等待统一寻源", "now": "立即寻源", "old": "上面的规则已修改"}}
SECRET = "a secret of sixteen letters or more"
BODY = "textarea[name=body]"


@pytest.fixture
def firm(own_shop):
    """Two warehouses, of which only the first has stock."""
    own_shop.office.call("POST", "/api/v1/sites", {"code": "W2", "name": "Second", "pattern": "W2-A-{01..02}-1"})
    return own_shop


def read_as(one, count: int) -> None:
    one.sees(f"{one.words['check']}{count}")


def test_what_is_wrong_is_shown_at_its_line_and_the_cursor_put_there(firm, desk):
    one = desk("/sourcing", at=firm, words=WORDS)
    one.looks("sourcing-empty", sizes=((360, 640), (1280, 800)), themes=("light",), says=("none",))
    one.page.fill(BODY, "prefer nearest 1\nprefer neerest soon\n# why not\nonly from W9")
    one.sees(one.words["fault"])
    assert until(lambda: one.page.locator(".gutter .bad").all_inner_texts() == ["▸ 2"])
    assert one.page.locator(".keep button[type=submit]").is_disabled()
    one.looks("sourcing-wrong", sizes=((360, 640), (1280, 800)), says=("fault", "could", "save"))
    one.page.click(".faults button")
    assert until(lambda: one.page.evaluate("[document.activeElement.name, document.activeElement.selectionStart]") == ["body", len("prefer nearest 1\nprefer ")])
    one.page.fill(BODY, "prefer nearest 1\nonly from W9")
    one.page.wait_for_selector(".faults li:has-text('W9')")
    one.page.fill(BODY, "prefer nearest 1")
    read_as(one, 1)
    one.says("check")
    one.page.wait_for_selector(".faults li", state="detached")


def test_every_line_that_is_offered_is_understood(firm, desk):
    one = desk("/sourcing", at=firm, words=WORDS)
    for _ in WORDS:
        lines = one.page.locator("button.line")
        lines.first.wait_for()
        written = lines.all_inner_texts()
        for at in range(lines.count()):
            lines.nth(at).click()
        assert until(lambda written=written: one.page.input_value(BODY).split("\n") == [*written, ""])
        read_as(one, len(written))
        assert ("优先" in written[0]) == (one.language == "zh-CN")
        one.page.fill(BODY, "")
        one.swap()


def test_rules_are_kept_put_in_force_and_taken_up_again(firm, desk):
    one = desk("/sourcing", at=firm, words=WORDS)
    for name, body in (("Near", "prefer nearest 1"), ("少包裹", "优先 少包裹 3")):
        one.page.fill(BODY, body)
        read_as(one, 1)
        one.page.fill("input[name=name]", name)
        one.page.click(f"button:text-is('{one.words['save']}')")
        one.page.wait_for_selector(f".thing:has-text('{name}'):has-text('BOSS') .chip:text-is('{one.words['draft']}')")
        one.page.click(f".thing:has-text('{name}') button:text-is('{one.words['put']}')")
        one.page.wait_for_selector(f"dialog pre:text-is('{body}')")
        if name != "Near":
            looks_in_panel(one, "sourcing-force", "put")
        one.page.click(f"dialog button.main:text-is('{one.words['put']}')")
        one.page.wait_for_selector(f".thing:has-text('{name}') .chip:text-is('{one.words['force']}')")
    one.page.wait_for_selector(f".thing:has-text('Near') .chip:text-is('{one.words['was']}')")
    assert until(lambda: firm.office.call("GET", "/api/v1/sourcing/")["rules"]["name"] == "少包裹")
    one.page.click(f".thing:has-text('Near') button:text-is('{one.words['open']}')")
    assert until(lambda: one.page.input_value(BODY) == "prefer nearest 1")
    one.looks("sourcing-kept", says=("was", "force", "open", "back"))
    one.page.click(f"button:text-is('{one.words['back']}')")
    assert until(lambda: one.page.input_value(BODY) == "优先 少包裹 3"), "what was typed is not lost"


def test_rules_are_tried_on_past_orders_and_compared_with_how_it_was_and_is(firm, desk):
    firm.put("SOAP", 20, "W1-A-01-1")
    numbers = [order(firm, f"R-{at}") for at in range(3)] + [order(firm, "BIG", item="TEA")]
    sql(firm, "INSERT INTO availability (site_id, item_id, owner_id, on_hand, promised) SELECT s.id, a.item_id, a.owner_id, 20, 0 FROM availability a, site s "
              "JOIN item i ON i.id = a.item_id WHERE i.code = 'SOAP' AND s.code = 'W2'")
    one = desk("/sourcing", at=firm, words=WORDS)
    one.page.fill(BODY, "W1 costs 4.50\nW2 costs 3\nprefer low cost 1")
    read_as(one, 3)
    one.page.select_option("select[name=days]", "7")
    one.page.click(f"button:text-is('{one.words['try']}')")
    one.page.wait_for_selector("table.bars")
    one.sees(f"{one.words['elsewhere']}3")
    assert [one.page.locator(".examples a").nth(at).get_attribute("href") for at in range(3)] == [f"/orders#{number}" for number in numbers[:3]]
    best = one.page.locator(f"tr:has(.chip:text-is('{one.words['best']}'))").all_inner_texts()
    assert len(best) == 1 and best[0].split()[-4:] == ["13.50", "13.50", one.words["best"], "9.00"], "cheaper, and nothing else differs"
    assert [cell.strip() for cell in one.page.locator("table.bars td.n").all_inner_texts()] == ["3", "3", "0", "0", "0", "3"]
    one.looks("sourcing-tried", says=("best", "elsewhere", "try"))
    one.page.reload()
    one.page.wait_for_selector("table.bars")
    one.page.fill(BODY, "never from W1 when item is SOAP\nnever from W2 when item is SOAP")
    one.says("old")
    read_as(one, 2)
    one.page.click(f"button:text-is('{one.words['try']}')")
    one.says("less")
    assert [row.count(one.words["best"]) for row in one.page.locator(f"tr:has(.chip:text-is('{one.words['best']}'))").all_inner_texts()] == [2], "of what is not sent nothing is the best"


@pytest.mark.parametrize("badge, role, site, why", [("SUE", "supervisor", None, "role"), ("MAX", "manager", "W1", "one")])
def test_who_may_not_change_rules_is_told_why_and_still_sees_what_is_wrong_with_a_text(firm, desk, badge, role, site, why):
    firm.office.call("PUT", f"/api/v1/workers/{badge}", {"name": badge.title(), "role": role, "password": PASSWORD, **({"site": site} if site else {})})
    one = desk("/sourcing", at=firm, words=WORDS, signs_in=False)
    one.page.fill("input[name=badge]", badge)
    one.page.fill("input[name=password]", PASSWORD)
    one.page.click("button.main")
    one.page.wait_for_selector(f".notice.warn:has-text('{one.words[why]}')")
    one.page.fill(BODY, "prefer nearest soon")
    one.page.wait_for_selector(".faults li")
    assert one.page.locator(f"button:text-is('{one.words['save']}'), button:text-is('{one.words['try']}')").count() == 0
    one.looks(f"sourcing-{role}", sizes=((360, 640),), themes=("light",), says=(why,))


@pytest.fixture
def net():
    net = PlainShop(SECRET)
    yield net
    net.close()


def test_how_many_orders_wait_to_be_sourced_together_is_told_and_they_are_sourced(firm, desk, net):
    sql(firm, "UPDATE job SET run_at = run_at + 86400000 WHERE kind = 'want_together'")  # the clock does not do it before the button
    firm.put("SOAP", 20, "W1-A-01-1")
    firm.office.call("POST", "/api/v1/channels", {"code": "net", "kind": "plain", "site": "W1", "every_seconds": 1, "since": 0, "sourcing": "together",
                                                  "settings": {"address": net.address, "secret": SECRET}})
    net.place([("SOAP", 1)])
    assert until(lambda: firm.office.call("GET", "/api/v1/sourcing/")["waiting"] == 1)
    one = desk("/sourcing", at=firm, words=WORDS)
    one.sees(one.words["waits"] + "1")
    one.says("waits", "now")
    one.page.click("a[href='/orders?hold=sourcing']")
    one.page.wait_for_selector(f"td .chip:text-is('{one.words['hold']}')")
    one.page.go_back()
    one.page.click(f"button:text-is('{one.words['now']}')")
    one.page.wait_for_selector(".notice.good:has-text('1')")
    assert until(lambda: firm.office.call("GET", "/api/v1/sourcing/")["waiting"] == 0)
    one.sees(one.words["waits"] + "0")
    [taken] = firm.office.call("GET", "/api/v1/orders?channel=net")["items"]
    assert taken["hold"] == ""
