"""A handheld whose storage was cleared with a scan on it that had not been sent."""

from tests.browser.conftest import ITEMS, Screen, open_page

CLEAR = "Storage.clearDataForOrigin"
WORDS = {"en": "This device was wiped", "zh-CN": "本设备数据已清除"}


def let_in_as(pda: Screen, name: str) -> None:
    pda.page.wait_for_selector("button.main")
    pda.page.locator("input.typed").nth(1).fill(name)
    pda.page.click("button.main")
    pda.sees(".stop.question", WORDS[pda.language])
    pda.fits()
    pda.keep(f"wiped-{pda.language}")


def test_a_wiped_handheld_and_the_supervisor_are_told_what_may_be_missing(browser, shop, screen, desk):
    pda = screen("small")
    page, address = pda.page, shop.house.address
    name = shop.office.call("GET", "/api/v1/devices")["items"][-1]["name"]
    pda.scan(shop.asn(SOAP=4))
    pda.sees(".title", "Soap")
    page.route("**/api/v1/socket-tokens", lambda route: route.abort())
    page.route("**/api/v1/operations", lambda route: route.abort())
    page.reload()
    pda.sees(".title", "Soap")
    pda.scan(f"(01){ITEMS['SOAP'][1]}(30)4")
    page.wait_for_selector(".unsent")
    with page.expect_response(lambda answer: answer.url.endswith("/floor/hello") and answer.request.post_data_json["queued"] == 1):
        page.reload()
    page.goto("about:blank")
    page.context.new_cdp_session(page).send(CLEAR, {"origin": address, "storageTypes": "all"})
    page.unroute_all()
    page.goto(f"{address}/#enrol={shop.enrolment_code()}")
    let_in_as(pda, name)
    page.click(".stop button")
    page.wait_for_selector(".stop", state="detached")
    page.reload()
    page.wait_for_selector("input.typed")
    assert page.query_selector(".stop") is None

    chinese = open_page(browser, shop, "small", "zh-CN")
    let_in_as(chinese, name)
    chinese.page.context.close()

    told = [one for one in shop.office.call("GET", "/api/v1/exceptions?state=open")["items"] if one["code"] == "device_reset"]
    assert {(one["args"]["device"], one["args"]["queued"], one["args"]["worker"]) for one in told} == {(name, 1, "Ann Lee")}
    board = desk("/dashboard")
    board.page.click(".tile.of-troubles a:text-is('Conflicts with the book')")
    board.sees(f"{name} was wiped")
    Screen(board.page, [], "en").keep("wiped-exceptions")
    for one in told:
        shop.office.call("POST", f"/api/v1/exceptions/{one['id']}/close", {"note": "counted"})
