"""`aisle bench screen`: how long a handheld's screen takes from the last key of a scan to its colour."""

import secrets
import tempfile
from pathlib import Path
from typing import Any

import click

from simulators.chromium import FLAGS, driven
from simulators.figures import Figure, percentile, report
from simulators.house import House
from simulators.http import Client

GOAL_MS, GOAL_PERCENT = 100.0, 95
"""So many scans of a hundred are shown within the goal; the slowest are told beside it."""
_GTIN = "09506000134352"
_LISTEN = """(() => {
  const made = { pressed: 0, spent: [], plain: [], saved: [] }; window.bench = made
  made.painted = (list, from) => requestAnimationFrame(() => scheduler.postTask(() => list.push(performance.now() - from), { priority: 'user-blocking' }))
  made.coloured = (list, from) => { made.mark.style.background = list.length % 2 ? 'red' : 'green'; made.painted(list, from) }
  const opened = indexedDB.open('bench'); opened.onupgradeneeded = () => opened.result.createObjectStore('kept', { autoIncrement: true })
  made.save = (from) => { const tx = opened.result.transaction('kept', 'readwrite', { durability: 'strict' })
    tx.objectStore('kept').put({ at: from }); tx.commit(); tx.oncomplete = () => made.coloured(made.saved, from) }
  window.addEventListener('keydown', (e) => { if (e.key === 'Enter') made.pressed = e.timeStamp
    if (e.key === 'F2') made.coloured(made.plain, e.timeStamp)
    if (e.key === 'F4') made.save(e.timeStamp) }, true)
})()"""
"""Before the page's own listeners: the colour may come between two of them. A frame counts when the page has handed it over, before
anything that the page has put off until then."""
_WATCH = """() => {
  const made = window.bench
  made.mark = document.body.appendChild(document.createElement('i')); made.mark.style = 'position:fixed;width:2px;height:2px'
  new MutationObserver(() => { if (made.pressed && document.querySelector('.flash.shown, .stop')) { made.painted(made.spent, made.pressed); made.pressed = 0 } })
    .observe(document.getElementById('app'), { subtree: true, childList: true, attributes: true })
}"""


@click.command("screen")
@click.option("--scans", default=60, show_default=True, type=click.IntRange(min=4), help="Good and wrong scans, in turn.")
@click.option("--slower", default=4.0, show_default=True, type=click.FloatRange(min=1),
              help="Makes the browser's processor so many times slower, as old handhelds are.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def bench_screen(context: click.Context, *, scans: int, slower: float, as_json: bool) -> None:
    """Scan on a handheld's page in Chromium, without network, and measure from the last key to the painted colour.

    The limit is what the same browser needs to paint a plain square after a key: for a good scan, which must be on the
    disk before it is green, after one small write to the disk. Ends with 1 when the goal is missed.
    """
    with tempfile.TemporaryDirectory(prefix="aisle-bench-") as folder:
        house = House(Path(folder), 0)
        try:
            link = _prepare(house)
            good, wrong, saved, plain = _measured(link, Path(folder) / "profile", scans, slower)
        finally:
            house.stop()
    report(context, [
        *(Figure(f"{name} scan to colour, {percent} %", percentile(values, percent), "ms", GOAL_MS if percent <= GOAL_PERCENT else None,
                  limit=percentile(limits, percent))
          for name, values, limits in (("good", good, saved), ("wrong", wrong, plain)) for percent in (50, 95, 99))],
        {"scans": len(good) + len(wrong), "processor": f"{slower:g} times slower"}, as_json=as_json)


def _prepare(house: House) -> str:
    """A warehouse with one paper to receive, and the link that enrols a handheld."""
    password = secrets.token_urlsafe(16)
    house.command("init", "--site", "W1", "--set", "streams=0")
    house.start()
    house.command("user", "add", "BOSS", "--role", "admin", "--password", password)
    house.command("user", "add", "ANN", "--pin", "493817")
    office = Client(house.address)
    office.call("POST", "/api/v1/sessions", {"badge": "BOSS", "password": password})
    office.headers.update({"Cookie": office.cookie, "X-Aisle-CSRF": "1"})
    office.call("PUT", "/api/v1/items/SOAP", {"name": "Soap", "packs": [{"level": "each", "quantity": 1, "barcodes": [_GTIN]}]})
    office.call("POST", "/api/v1/asns", {"code": "ASN-1", "site": "W1", "lines": [{"item": "SOAP", "quantity": 10_000}]})
    code = office.call("POST", "/api/v1/devices/enrolment-codes", {"site": "W1"})["code"]
    return f"{house.address}/#enrol={code}"


def _measured(link: str, profile: Path, scans: int, slower: float) -> tuple[list[float], list[float], list[float], list[float]]:
    """Milliseconds of good scans, of wrong ones, of the square after a write to the disk, and of the plain square."""
    with driven() as (chromium, path):
        browser = chromium.launch_persistent_context(  # one without a profile would keep its data in memory
            str(profile), executable_path=path, args=FLAGS, viewport={"width": 360, "height": 640}, locale="en", has_touch=True)
        page = browser.new_page()
        page.add_init_script(_LISTEN)
        _open_task(page, link)
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
        page.context.set_offline(True)
        page.evaluate(_WATCH)
        spent = {True: list[float](), False: list[float]()}
        for at in range(scans):
            spent[at % 2 == 0].append(_one(page, "CMD-SHORT" if at % 2 else f"(01){_GTIN}(30)4"))
            for key, name in (("F2", "plain"), ("F4", "saved")):
                page.keyboard.press(key)
                _painted(page, name, at)
        saved, plain = page.evaluate("[window.bench.saved, window.bench.plain]")
        browser.close()
    return spent[True], spent[False], saved, plain


def _open_task(page: Any, link: str) -> None:
    page.goto(link)
    page.click("button.main")
    page.wait_for_selector("input.typed")
    page.wait_for_function("() => document.querySelectorAll('input').length === 2")  # what is typed, and where scanners type
    page.wait_for_timeout(500)
    _scan(page, "ANN")
    page.wait_for_selector(".keys")
    for digit in "493817":
        page.click(f".keys button:text-is('{digit}')")
    page.click(".keys .ok")
    page.wait_for_selector(".type")
    _scan(page, "ASN-1")
    page.wait_for_selector(".many")


def _one(page: Any, scanned: str) -> float:
    page.wait_for_timeout(950)  # the colour of the scan before is gone
    before = page.evaluate("() => window.bench.spent.length")
    _scan(page, scanned)
    _painted(page, "spent", before)
    return float(page.evaluate("() => window.bench.spent.at(-1)"))


def _painted(page: Any, name: str, before: int) -> None:
    """Waits without a question to the page: what is asked while it works is work too, and a slow processor's at that."""
    for _ in range(100):
        page.wait_for_timeout(400)
        if page.evaluate("(name) => window.bench[name].length", name) > before:
            return
    raise click.ClickException("The page showed no colour within 40 seconds.")


def _scan(page: Any, scanned: str) -> None:
    for sign in scanned:
        page.keyboard.press({"(": "Shift+Digit9", ")": "Shift+Digit0"}.get(sign, sign))
    page.keyboard.press("Enter")
