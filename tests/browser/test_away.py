"""Work without network, on the real page: it goes on, it is kept over a reload, and the book has it once when the network is back."""

import pytest

from tests.browser.asked import comes
from tests.browser.conftest import ITEMS, signed_in
from tests.waiting import until

KNOWS_CODES = """() => new Promise((told) => { const opened = indexedDB.open('aisle'); opened.onsuccess = () => {
  const asked = opened.result.transaction('meta').objectStore('meta').get('codes_mark');
  asked.onsuccess = () => { opened.result.close(); told(Boolean(asked.result)); }; }; })"""


NOT_FRESH = """() => { const { reach } = document.getElementById('app').__k.__k[0].props.handheld.server
  return reach.away || Date.now() - reach.heardAt >= 3_000 }"""
"""What was answered within three seconds is believed; on a slow machine the page hears late what it asked before."""
DOUBLE_MS = 800
"""The same code within this time is one scan of a trembling hand."""


def scan_of(item: str, more: str = "") -> str:
    return f"(01){ITEMS[item][1]}{more}"


def left_waiting(_route) -> None:
    """A server that takes the request and never answers."""


def refused(route) -> None:
    route.abort()


def kept(pda) -> None:
    """Waits until the device has all that it needs without network; a worker that begins its work during a reload would have no page."""
    comes(pda.page, KNOWS_CODES)
    comes(pda.page, "() => navigator.serviceWorker.ready.then(() => true)")


def cut(pda) -> None:
    """The network goes: after a reload, as an open socket does not feel the switch."""
    kept(pda)
    pda.page.route("**/api/v1/socket-tokens", lambda route: route.abort())
    pda.page.reload()
    pda.page.wait_for_selector(".type, .ask")
    pda.page.wait_for_function("() => navigator.serviceWorker.controller")
    pda.page.context.set_offline(True)


def reload(pda, selector: str) -> None:
    pda.page.reload()
    pda.page.wait_for_selector(selector)


def back(pda) -> None:
    pda.page.context.set_offline(False)
    pda.page.wait_for_selector(".unsent", state="detached", timeout=30_000)


def stocked(shop, pda, item: str, quantity: int, bin_: str) -> str:
    """Some goods on a pallet in a bin; the pallet's number."""
    pda.scan(shop.asn(**{item: quantity}))
    pda.sees(".title", ITEMS[item][0])
    pda.scan(scan_of(item, f"(30){quantity}"))
    pda.home()
    lpn = shop.pallet(item, quantity)
    pda.scan(lpn)
    pda.sees(".ask", "Scan the bin")
    pda.scan(bin_)
    pda.home()
    return lpn


def moved_to(shop, bin_: str) -> list[tuple[str, str, int]]:
    """All moves into a bin that the ledger has."""
    found = shop.office.call("GET", "/api/v1/moves?limit=200")["items"]
    return [(row["from_code"], row["item"], row["quantity"]) for row in found if row["to_code"] == bin_]


def in_bin(shop, bin_: str, item: str) -> int:
    return sum(row["quantity"] for row in shop.office.call("GET", f"/api/v1/stock?location={bin_}&item={item}")["items"])


def test_loose_goods_are_moved_without_network_and_booked_once(shop, screen):
    pda = screen("small")
    lpn = stocked(shop, pda, "SOAP", 17, "W1-A-01-1")
    cut(pda)
    pda.scan("W1-A-01-1")
    pda.sees(".ask", "No network")
    pda.fits()
    pda.scan(scan_of("SOAP"))
    pda.sees(".many", "1")
    pda.page.wait_for_timeout(DOUBLE_MS)
    pda.scan(scan_of("SOAP"))
    pda.sees(".many", "2")
    pda.fits()
    pda.scan("CMD-UNDO")
    pda.sees(".many", "1")
    pda.page.click("button:has-text('How many')")
    pda.fits()
    pda.type_in("5")
    pda.sees(".many", "5")
    reload(pda, ".many")
    pda.scan("W1-B-01-1")
    pda.sees(".bar", "1 not sent")
    reload(pda, ".unsent")
    back(pda)
    shop.until("/api/v1/stock?location=W1-B-01-1&item=SOAP", lambda rows: [row["quantity"] for row in rows] == [5])
    assert moved_to(shop, "W1-B-01-1") == [(lpn, "SOAP", 5)]
    assert until(lambda: in_bin(shop, "W1-A-01-1", "SOAP") == 12)
    assert pda.errors == []


def test_goods_with_a_lot_ask_for_it_without_network(shop, screen):
    pda = screen("usual", "zh-CN")
    cut(pda)
    pda.scan("W1-A-02-1")
    pda.sees(".ask", "离线")
    pda.fits()
    pda.scan(scan_of("MILK"))
    pda.sees(".ask", "批号")
    pda.fits()
    pda.scan("(10)L7(17)300630")
    pda.scan("W1-A-02-2")
    pda.sees(".bar", "1")
    back(pda)
    shop.until("/api/v1/stock?location=W1-A-02-2&item=MILK", lambda rows: [(row["lot"], row["quantity"]) for row in rows] == [("L7", 1)])


def test_a_bin_is_counted_without_network_and_the_next_bin_closes_it(browser, own_shop):
    shop, pda = own_shop, signed_in(browser, own_shop, "small", "en")  # no other test's counts of these bins
    lpn = stocked(shop, pda, "TEA", 9, "W1-A-03-1")
    cut(pda)
    pda.page.wait_for_selector("button.wide:has-text('Count')")
    pda.fits()
    pda.page.click("button.wide:has-text('Count')")
    pda.sees(".ask", "Scan the bin")
    pda.scan("W1-A-03-1")
    pda.scan(lpn)
    pda.sees(".list", lpn)
    pda.sees(".where", "W1-A-03-1")
    pda.fits()
    reload(pda, ".list")
    pda.scan("W1-A-03-2")
    pda.sees(".bar", "1 not sent")
    pda.scan("CMD-DONE")
    pda.sees(".bar", "2 not sent")
    pda.page.wait_for_timeout(DOUBLE_MS)
    pda.scan("CMD-DONE")
    pda.home()
    back(pda)
    shop.until("/api/v1/counts", lambda rows: sorted(
        (row["location"], row["state"]) for row in rows if row["location"].startswith("W1-A-03")) == [("W1-A-03-1", "done"), ("W1-A-03-2", "done")])
    assert in_bin(shop, "W1-A-03-1", "TEA") == 9
    assert pda.errors == []
    pda.page.context.close()


def test_a_paper_is_received_to_its_end_without_network(shop, screen):
    pda = screen()
    paper, sscc = f"ASN-AWAY-{shop.papers}", "395212340000000014"
    shop.office.call("POST", "/api/v1/asns", {"code": paper, "site": "W1", "lines": [
        {"item": "SOAP", "quantity": 40, "sscc": sscc}, {"item": "TEA", "quantity": 10}, {"item": "MILK", "quantity": 6, "lot": "L7", "expiry": "2030-06-30"}]})
    pda.scan(paper)
    pda.page.wait_for_selector(".ask")
    cut(pda)
    pda.scan(f"(00){sscc}")
    pda.sees(".bar", "1 not sent")
    pda.scan(scan_of("MILK", "(17)300630(30)6(10)L7"))
    pda.sees(".bar", "2 not sent")
    reload(pda, ".ask")
    pda.scan(scan_of("TEA", "(30)8"))
    pda.sees(".bar", "3 not sent")
    pda.fits()
    pda.scan("CMD-DONE")
    pda.sees(".bar", "4 not sent")
    pda.home()
    pda.fits()
    back(pda)
    pda.sees(".question", "supplier")
    pda.fits()
    pda.page.click(".question .buttons button")
    ended = f"/api/v1/inbound/{paper}"
    pda.home()
    assert until(lambda: shop.office.call("GET", ended)["state"] == "received")
    assert [line["received"] for line in shop.office.call("GET", ended)["lines"]] == [40, 8, 6]
    assert pda.errors == []


def test_two_tasks_are_kept_and_a_scan_of_the_other_makes_it_the_one_at_hand(shop, screen):
    pda = screen("small")
    for bin_ in ("W1-B-03-1", "W1-B-02-1"):
        shop.office.call("POST", "/api/v1/counts", {"site": "W1", "locations": [bin_]})
    reload(pda, ".counts button")
    pda.page.click(".counts button:has-text('Count')")
    pda.page.wait_for_selector(".where")
    first = pda.page.inner_text(".where")
    pda.page.click("button:has-text('More')")
    pda.fits()
    pda.page.click("button:has-text('Take one more task')")
    pda.page.wait_for_function("(first) => document.querySelector('.where').innerText !== first", arg=first)
    second = pda.page.inner_text(".where")
    cut(pda)
    pda.sees(".where", second)
    pda.scan(first)
    pda.sees(".where", first)
    reload(pda, ".where")
    pda.scan("CMD-DONE")
    pda.sees(".where", second)
    pda.scan(second)
    pda.scan("CMD-DONE")
    pda.home()
    pda.sees(".bar", "2 not sent")
    back(pda)
    shop.until("/api/v1/counts?limit=200", lambda rows: {row["state"] for row in rows if row["location"] in (first, second)} <= {"done", "recount"})
    assert pda.errors == []


@pytest.mark.parametrize("silent", [False, True])
def test_a_server_that_is_gone_while_the_wifi_stands_is_no_reason_to_stop(shop, screen, silent):
    pda = screen()
    comes(pda.page, KNOWS_CODES)
    pda.page.route("**/api/v1/socket-tokens", lambda route: route.abort())
    pda.page.reload()
    pda.home()
    for path in ("**/api/**", "**/healthz"):
        pda.page.route(path, left_waiting if silent else refused)
    pda.page.wait_for_function(NOT_FRESH)
    pda.scan("W1-A-01-2")
    pda.sees(".ask", "No network")
    pda.scan("NEVER-SEEN")
    pda.sees(".stop", "not known on this device")
    pda.page.click(".stop .buttons button")
    pda.scan("CMD-UNDO")
    pda.home()
    pda.scan(scan_of("SOAP"))
    pda.sees(".stop", "scan the bin first")
    assert pda.page.evaluate("navigator.onLine")


def test_a_label_that_is_wanted_again_waits_for_the_network_and_says_so(shop, screen):
    pda = screen()
    pda.scan(shop.asn(SOAP=23))
    pda.sees(".title", "Soap")
    pda.scan(scan_of("SOAP", "(30)23"))
    pda.home()
    lpn = shop.pallet("SOAP", 23)
    pda.scan(lpn)
    pda.page.wait_for_selector("button:has-text('Print again')")
    cut(pda)
    pda.page.click("button:has-text('Print again')")
    pda.sees(".flash", "Kept here")
    pda.sees(".bar", "1 not sent")
    back(pda)
    shop.until("/api/v1/print-jobs?limit=200", lambda jobs: [job["code"] for job in jobs].count(lpn) == 2)
