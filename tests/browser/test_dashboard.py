import pytest

from tests.browser.conftest import ITEMS, PASSWORD, Screen


def test_a_supervisor_signs_in_sees_the_floor_and_lets_a_device_in(shop, browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{shop.house.address}/dashboard")
    page.fill("input[name=badge]", "BOSS")
    page.fill("input[name=password]", "wrong wrong wrong")
    page.click("button.main")
    page.wait_for_selector("p.bad:has-text('wrong')")
    page.fill("input[name=password]", PASSWORD)
    page.click("button.main")
    page.wait_for_selector("h2:has-text('Devices')")
    page.wait_for_selector(".good:has-text('live')")
    page.click("section button.main")
    page.wait_for_selector(".qr img")
    assert page.evaluate("document.querySelector('.qr img').naturalWidth") > 50
    page.click("button:has-text('中文')")
    page.wait_for_selector("h2:has-text('设备')")
    assert errors == []
    context.close()


def test_hostile_names_are_text_on_every_screen(shop, browser):
    name = "<img src=x onerror=alert(1)>"
    shop.office.call("PUT", "/api/v1/items/EVIL", {"name": name, "packs": [{"level": "each", "quantity": 1, "barcodes": ["EVIL-1"]}]})
    shop.office.call("PUT", "/api/v1/workers/EVIL", {"name": name, "pin": "493817"})
    context = browser.new_context(locale="en-US")
    page, dialogs = context.new_page(), []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(f"{shop.house.address}/dashboard")
    page.fill("input[name=badge]", "BOSS")
    page.fill("input[name=password]", PASSWORD)
    page.click("button.main")
    page.wait_for_selector("h2:has-text('Devices')")
    page.goto(f"{shop.house.address}/api/docs")
    page.wait_for_selector("details")
    assert dialogs == []
    context.close()


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_supervisor_sees_work_people_and_exceptions_in_words(own_shop, browser, language):
    words = own_shop.office.call("GET", f"/api/v1/messages/{language}")
    own_shop.put("SOAP", 20, "W1-A-01-1")
    own_shop.ordered({"SOAP": 1}, {"SOAP": 2})
    own_shop.office.call("POST", "/api/v1/counts", {"site": "W1", "locations": ["W1-A-01-1"]})
    colleague = own_shop.helper
    colleague.scan(own_shop.asn(TEA=10))
    colleague.scan(f"(01){ITEMS['TEA'][1]}(30)12")
    colleague.send("receive_extra", {"quantity": 2, **colleague.last["next"][0]["slots"]}, None, may_be_refused=True)
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale=language)
    page = context.new_page()
    page.goto(f"{own_shop.house.address}/dashboard")
    page.fill("input[name=badge]", "BOSS")
    page.fill("input[name=password]", PASSWORD)
    page.click("button.main")
    page.wait_for_selector(".grid")
    page.wait_for_function(f"() => document.body.innerText.includes('{words['task.count']}')")
    page.wait_for_timeout(500)
    Screen(page, [], language).keep(f"dashboard-{language}")
    shown = page.evaluate("document.body.innerText")
    assert [words[key] for key in ("task.pick", "task.count", "kind.receive", "order.released") if words[key] not in shown] == [], shown
    assert page.evaluate("[document.documentElement, ...document.querySelectorAll('.scroll')].filter((e) => e.scrollWidth > e.clientWidth + 1).length") == 0
    context.close()
