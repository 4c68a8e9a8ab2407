"""An order's address is changed on its page, field by field, with the help of the address check, as long as the floor allows it."""

from tests.browser.conftest import ITEMS
from tests.browser.test_orders_page import HOME, looks_in_panel, walked  # noqa: F401 - a fixture
from tests.waiting import until

CHINA = {"name": "李伟", "phone": "13800138000", "country": "CN", "state": "浙江省", "city": "杭州市", "district": "西湖区", "street": "文三路 1 号"}
WORDS = {"en": {"open": "Change address …", "nothing": "Nothing of the address is different.", "fine": "Nothing is wrong", "province": "Province", "zip": "Postcode 2139 → 02139", "late": "A parcel carries the old address already.",
                "again": "opened again at the packing station", "refused": "is packed and labelled", "left": "ask its carrier", "secret": "keeps this secret"},
         "zh-CN": {"open": "修改地址…", "nothing": "地址没有变化。", "fine": "地址没有问题", "province": "省", "zip": "邮编 2139 → 02139", "late": "已有包裹贴上旧地址。",
                   "again": "打包台重新打开", "refused": "已有包裹装箱贴标", "left": "联系承运商", "secret": "渠道对此保密"}}


def order(shop, ref, ship_to, **more):
    return shop.office.call("POST", "/api/v1/orders", {"site": "W1", "reference": ref, "customer": ship_to["name"], "ship_to": ship_to, "carrier": "DHL",
                                                       "lines": [{"item": "SOAP", "quantity": 1}], **more})["number"]


def opened(one):
    one.page.click(f"button:text-is('{one.words['open']}')")
    one.page.wait_for_selector("dialog input[name=street]")


def sent(one, reason="because 因为"):
    one.page.fill("dialog input[name=reason]", reason)
    one.page.click("dialog button[type=submit]")


def shown(one):
    return one.page.eval_on_selector_all("dialog .fields input", "(all) => all.map((e) => e.name)")


def test_a_suggested_postcode_is_taken_with_one_click_and_the_story_says_what_changed(own_shop, desk):
    number = order(own_shop, "1", {"name": "Ann Lee", "phone": "6175550123", "street": "1 Main St", "postcode": "2139", "city": "Cambridge", "state": "MA", "country": "US"})
    one = desk(f"/orders#{number}", at=own_shop, words=WORDS)
    opened(one)
    one.page.wait_for_selector("dialog button[name=better]:has-text('02139')")
    looks_in_panel(one, "address", "open")
    sent(one)
    one.page.wait_for_selector(f"dialog .notice.bad:has-text('{one.words['nothing']}')")
    one.page.click("dialog button[name=better]")
    one.page.wait_for_selector(f"dialog .good:has-text('{one.words['fine']}')")
    one.page.fill("dialog input[name=name]", "Ann Bly")
    sent(one)
    one.page.wait_for_selector("dialog", state="detached")
    one.page.wait_for_selector(f".story li:has-text('{one.words['zip']}'):has-text('because 因为')")
    told = own_shop.office.call("GET", f"/api/v1/orders/{number}")
    assert (told["ship_to"]["postcode"], told["ship_to"]["state"], told["customer"]) == ("02139", "MA", "Ann Bly")
    one.looks("address-after", sizes=((360, 640), (1280, 800)), themes=("light",), says=("zip",))


def test_a_chinese_address_is_asked_as_it_is_written_there_and_its_district_is_found(own_shop, desk):
    number = order(own_shop, "1", {**CHINA, "district": "西胡区"})
    one = desk(f"/orders#{number}", at=own_shop, words=WORDS)
    opened(one)
    assert shown(one) == ["name", "phone", "country", "state", "city", "district", "street", "postcode"]
    one.page.wait_for_selector("dialog button[name=better]:has-text('西湖区')")
    looks_in_panel(one, "address-china", "province")
    one.page.click("dialog button[name=better]")
    sent(one)
    one.page.wait_for_selector("dialog", state="detached")
    assert own_shop.office.call("GET", f"/api/v1/orders/{number}")["ship_to"] == CHINA
    assert until(lambda: "".join([CHINA["state"], CHINA["city"], CHINA["district"]]) in one.page.inner_text("address")), "the large before the small"
    opened(one)
    one.page.fill("dialog input[name=country]", "de")
    assert until(lambda: shown(one) == ["name", "phone", "country", "street", "postcode", "city", "state", "district"])


def test_what_its_channel_keeps_secret_stays_as_it_is(own_shop, desk):
    number = order(own_shop, "1", {**CHINA, "name": "李**", "encrypted": "name"})
    one = desk(f"/orders#{number}", at=own_shop, words=WORDS)
    opened(one)
    assert one.page.is_disabled("dialog input[name=name]")
    one.says("secret")
    one.page.fill("dialog input[name=street]", "其他路 2 号")
    sent(one)
    one.page.wait_for_selector("dialog", state="detached")
    assert own_shop.office.call("GET", f"/api/v1/orders/{number}")["ship_to"] == {**CHINA, "name": "李**", "encrypted": "name", "street": "其他路 2 号"}


def test_where_a_parcel_carries_the_old_address_it_says_so_and_what_to_do(own_shop, desk):
    own_shop.put("SOAP", 20, "W1-A-01-1")
    number, = own_shop.ordered({"SOAP": 1})
    own_shop.office.call("POST", f"/api/v1/orders/{number}/change", {"reason": "at last", "ship_to": HOME})
    one = desk(f"/orders#{number}", at=own_shop, words=WORDS)
    opened(one)
    assert one.words["late"] not in one.page.inner_text("dialog")
    colleague = own_shop.helper  # who packs it while the form is open
    colleague.scan("TOTE-8")
    for form in list(colleague.task["forms"]):
        colleague.scan(ITEMS[form["info"]["item"]][1])
    colleague.task = None
    for scan in ("TOTE-8", ITEMS["SOAP"][1]):
        colleague.scan(scan)
    own_shop.until(f"/api/v1/orders/{number}/story", lambda told: any(entry["kind"] == "packed" for entry in told))
    one.page.fill("dialog input[name=street]", "Domkloster 4")
    sent(one)
    one.page.wait_for_selector(f"dialog .notice.bad:has-text('{one.words['refused']}')")
    one.page.wait_for_selector(f"dialog .notice.warn:has-text('{one.words['late']}'):has-text('{one.words['again']}')")
    assert one.page.input_value("dialog input[name=street]") == "Domkloster 4", "what was typed stays"
    looks_in_panel(one, "address-late", "late", "again")
    assert own_shop.office.call("GET", f"/api/v1/orders/{number}")["ship_to"] == HOME


def test_an_order_that_has_left_says_what_can_be_done_instead(walked, desk):  # noqa: F811
    shop, number, _, _ = walked
    one = desk(f"/orders#{number}", at=shop, words=WORDS)
    one.says("left")
    assert one.page.locator(f"button:text-is('{one.words['open']}')").count() == 0
