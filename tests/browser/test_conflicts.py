"""What a worker is shown where the book and the goods in hand differ, and where the server speaks a newer version than the page."""

from tests.browser.asked import comes
from tests.browser.conftest import ITEMS, SIZES, signed_in
from tests.browser.test_away import DOUBLE_MS, KNOWS_CODES, back, cut, scan_of

BEHIND = "(ms) => { const now = Date.now; window.rightly = now; Date.now = () => now() - ms; }"
RIGHT = "() => { Date.now = window.rightly; }"
MINUTE_MS, HOUR_MS = 60_000, 3_600_000


def colleague_moves(shop, quantity: int, from_: str, to: str) -> None:
    assert shop.helper.send("move", {"from": from_, "item": "SOAP", "quantity": quantity, "to": to}, "m")["status"] == "applied"


def stopped(pda, sign: str, *said: str) -> None:
    for text in said:
        pda.sees(".stop", text)
    pda.sees(".stop .sign", sign)
    pda.settled()
    pda.fits()


def test_a_worker_is_asked_told_and_sent_on_where_the_book_and_the_goods_differ(browser, own_shop):
    pda = signed_in(browser, own_shop, "small", "en")
    short(own_shop, pda)
    blocked_and_late(own_shop, pda)
    stale(own_shop, pda)
    assert pda.errors == []
    pda.page.context.close()


def short(shop, pda) -> None:
    """Six taken without network, of which a colleague's move has left two in the book."""
    shop.put("SOAP", 6, "W1-A-01-1")
    shop.ordered({"SOAP": 6})
    pda.scan("TOTE-8")
    pda.sees(".where", "W1-A-01-1")
    cut(pda)
    pda.scan(scan_of("SOAP"))
    pda.page.wait_for_selector(".unsent")
    colleague_moves(shop, 4, "W1-A-01-1", "W1-B-01-1")
    back(pda)
    pda.page.unroute("**/api/v1/socket-tokens")  # a page whose socket is refused takes itself to be away now and then
    stopped(pda, "?", "Only 2 of 6 are booked here. Do you have 6?")
    pda.looks("short-asked", sees=("Yes, I have 6", "I took 2"))
    pda.page.set_viewport_size(dict(zip(("width", "height"), SIZES["small"], strict=True)))
    assert pda.page.eval_on_selector_all(".stop button", "all => all.map((one) => one.innerText)") == ["Yes, I have 6", "I took 2"]
    pda.page.click("button:has-text('Yes, I have 6')")
    pda.home()
    shop.until("/api/v1/exceptions", lambda rows: "picked_more" in {row["code"] for row in rows})
    shop.until("/api/v1/stock?item=SOAP", lambda rows: {(row["lpn"], row["quantity"]) for row in rows} >= {("TOTE-8", 6)})


def blocked_and_late(shop, pda) -> None:
    """A pallet that does not go into a blocked bin; then a clock that is days behind."""
    shop.office.call("PATCH", "/api/v1/locations/W1-B-02-1", {"blocked": True})
    pda.scan(shop.asn(TEA=5))
    pda.sees(".title", ITEMS["TEA"][0])
    pda.scan(scan_of("TEA", "(30)5"))
    pda.home()
    pda.scan(shop.pallet("TEA", 5))
    pda.sees(".ask", "Scan the bin")
    pda.scan("W1-B-02-1")
    stopped(pda, "✕", "W1-B-02-1 is blocked. Take", "W1-")
    assert pda.page.query_selector(".stop.question") is None
    pda.keep("blocked-en-small")
    pda.page.click(".stop button")
    pda.page.evaluate(BEHIND, 73 * HOUR_MS)
    pda.scan("W1-B-03-1")
    stopped(pda, "!", "73 hours ago")
    pda.keep("late-en-small")
    pda.page.click(".stop.question button")
    pda.page.evaluate(RIGHT)
    pda.page.wait_for_timeout(DOUBLE_MS)
    pda.scan("W1-B-03-1")
    pda.home()
    shop.until("/api/v1/exceptions", lambda rows: "late" in [row["code"] for row in rows])


def stale(shop, pda) -> None:
    """A bin is counted, and before the count arrives a colleague has moved goods in it."""
    shop.office.call("POST", "/api/v1/counts", {"site": "W1", "locations": ["W1-B-01-1"]})
    for asked in ("Scan the bin", "Scan everything"):
        pda.page.wait_for_timeout(DOUBLE_MS)
        pda.scan("W1-B-01-1")
        pda.sees(".ask", asked)
    pda.scan(scan_of("SOAP"))
    colleague_moves(shop, 2, "W1-B-01-1", "W1-A-02-1")
    pda.page.evaluate(BEHIND, MINUTE_MS)
    pda.scan("CMD-DONE")
    stopped(pda, "!", "Goods were moved in W1-B-01-1 after you counted. Count it again.")
    pda.keep("stale-en-small")
    pda.page.click(".stop.question button")
    pda.page.evaluate(RIGHT)


def newer(route) -> None:
    """As a server of the next version answers, which has another client too."""
    answer = route.fetch()
    told = answer.json()
    route.fulfill(response=answer, json={**told, "schema_max": told["schema_max"] + 1, "build": "feedfeedfeed"})


def test_a_page_older_than_the_server_says_in_grey_what_it_waits_for_and_then_offers_the_update(shop, screen):
    pda = screen("small", "zh-CN")
    comes(pda.page, KNOWS_CODES)
    pda.page.route("**/api/v1/socket-tokens", lambda route: route.abort())
    pda.page.route("**/api/v1/floor/hello", newer)
    pda.page.context.route("**/sw.js", lambda route: route.abort())
    pda.page.evaluate("async () => { for (const one of await navigator.serviceWorker.getRegistrations()) await one.unregister(); }")
    pda.page.reload()
    pda.page.wait_for_selector(".update")
    assert pda.page.query_selector(".outdated") is None
    pda.page.context.set_offline(True)
    pda.scan("W1-A-03-2")
    pda.sees(".ask", "离线")
    pda.scan(scan_of("SOAP"))
    pda.sees(".many", "1")
    pda.scan("W1-B-03-2")
    pda.sees(".outdated", "队列清空后更新")
    assert pda.page.query_selector(".update") is None
    pda.looks("outdated", sees=("队列清空后更新",))
    back(pda)
    stopped(pda, "?", f"W1-A-03-2 的 {ITEMS['SOAP'][0]}：账面只有 0 件，不足 1 件。您手上有 1 件吗？")
    pda.keep("short-asked-move-zh-CN")
    pda.page.click("button:has-text('我取了 0 件')")
    pda.page.wait_for_selector(".stop", state="detached")
    pda.page.wait_for_function("() => document.querySelector('.update') && !document.querySelector('.outdated')")
    pda.keep("outdated-offered-zh-CN")
