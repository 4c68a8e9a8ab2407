"""`aisle bench board`: how soon a supervisor sees what happened, and whether the page stutters, while a large house works."""

import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from simulators.chromium import FLAGS, driven
from simulators.crew import Crew
from simulators.figures import Figure, percentile, report
from simulators.house import House

_SEEN_GOAL_MS, _PAINT_GOAL_MS, _FRAME_GOAL_MS = 2_000.0, 200.0, 100.0
_EVERY_SECONDS = 2.0
_WARM_SECONDS = 5.0
_BINS = "W1-{A..Z}-{01..48}-{1..4}"
_ORDERS = ("""WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :orders)
    INSERT INTO release (code, order_number, site_id, ship_to, carrier, cutoff_at, state, created_at)
    SELECT 'B-' || i, 'B-' || i, (SELECT MIN(id) FROM site), '{}', 'CARRIER ' || (i % 8), :now + (i % 6) * 3600000,
           CASE WHEN i % 3 THEN 'waiting' ELSE 'released' END, :now - i * 4000 FROM n""",
           """WITH n (i) AS (VALUES (1), (2), (3))
    INSERT INTO release_line (release_id, number, item_id, owner_id, ordered, allocated, picked)
    SELECT r.id, n.i, (SELECT MIN(id) FROM item), (SELECT MIN(id) FROM party), 2, 2 * (r.id % 3 = 0), r.id % 3 = 0
    FROM release r JOIN n WHERE r.code LIKE 'B-%'""")
"""Taking so many orders in would take longer than the measurement, and the board asks only what stands."""
_WATCH = r"""() => {
  const made = window.bench = { seen: [], painted: [], frames: [], long: 0, wanted: null }
  const painted = (then) => requestAnimationFrame(() => setTimeout(then))
  new MutationObserver(() => { const { wanted } = made
    if (wanted && document.querySelector(wanted.tile)?.innerText.replace(/\s+/g, ' ').includes(wanted.text)) { made.wanted = null; painted(() => made.seen.push(Date.now())) }
  }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true })
  addEventListener('keydown', (e) => painted(() => made.painted.push(performance.now() - e.timeStamp)), true)
  new PerformanceObserver((list) => list.getEntries().forEach((one) => { made.long = Math.max(made.long, one.duration) })).observe({ type: 'longtask' })
  let last = performance.now()
  const frame = (now) => { made.frames.push(now - last); last = now; requestAnimationFrame(frame) }
  requestAnimationFrame(frame)
}"""


@click.command("board")
@click.option("--handhelds", default=200, show_default=True, type=click.IntRange(min=1), help="Simulated handhelds at work.")
@click.option("--pace", default=10.0, show_default=True, type=click.FloatRange(min=0), help="Seconds between a handheld's scans.")
@click.option("--orders", default=20_000, show_default=True, type=click.IntRange(min=0), help="Orders on the floor.")
@click.option("--events", default=20, show_default=True, type=click.IntRange(min=2), help="So often something happens that a tile shows.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def bench_board(context: click.Context, *, handhelds: int, pace: float, orders: int, events: int, as_json: bool) -> None:
    """Watch the supervisor's page in Chromium while a house works: from an event to its tile, from a key to the next picture, frame by frame.

    The limit is the same page on the same house at rest. Ends with 1 when a goal is missed.
    """
    with tempfile.TemporaryDirectory(prefix="aisle-bench-") as folder:
        house = House(Path(folder), 0)
        try:
            crew = Crew(house, pace)
            crew.hire(handhelds)
            bins = _furnish(crew, house, orders)
            rest, work = _watched(house, crew, events)
        finally:
            house.stop()
    report(context, [
        Figure("event to tile, 50 %", percentile(work.seen, 50), "ms", limit=percentile(rest.seen, 50)),
        Figure("event to tile, 95 %", percentile(work.seen, 95), "ms", _SEEN_GOAL_MS, limit=percentile(rest.seen, 95)),
        Figure("event to tile, slowest", max(work.seen), "ms", _SEEN_GOAL_MS, limit=max(rest.seen)),
        Figure("key to the next picture, 95 %", percentile(work.painted, 95), "ms", _PAINT_GOAL_MS, limit=percentile(rest.painted, 95)),
        Figure("between two frames, 99 %", percentile(work.frames, 99), "ms", _FRAME_GOAL_MS, limit=percentile(rest.frames, 99)),
        Figure("longest piece of work of the page", work.long, "ms", _PAINT_GOAL_MS, limit=rest.long or None),
        Figure("scans a second beside it", work.scans, "")],
        {"handhelds": handhelds, "pace": f"a scan every {pace:g} s", "orders": orders, "bins": bins, "events": events}, as_json=as_json)


class _Seen:
    """What was measured: milliseconds, and scans a second."""

    def __init__(self, seen: list[float], told: dict[str, Any], scans: float) -> None:
        self.seen, self.painted, self.frames, self.long, self.scans = seen, list(map(float, told["painted"])), list(map(float, told["frames"])), float(told["long"]), scans


def _furnish(crew: Crew, house: House, orders: int) -> int:
    """Bins and orders; how many bins were made."""
    made = int(crew.office.call("POST", "/api/v1/locations", {"site": "W1", "pattern": _BINS})["made"])
    with closing(sqlite3.connect(house.folder / "aisle.db", timeout=30)) as connection, connection:
        for statement in _ORDERS:
            connection.execute(statement, {"orders": orders, "now": time.time_ns() // 1_000_000})
    return made


def _watched(house: House, crew: Crew, events: int) -> tuple[_Seen, _Seen]:
    """At rest, and at work."""
    with driven() as (chromium, path):
        browser = chromium.launch(executable_path=path, args=FLAGS)
        page = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="en").new_page()
        _open(page, house, crew)
        numbers = iter(range(1, 2 * events + 1))
        rest = _measured(page, crew, [next(numbers) for _ in range(events)])
        crew.start()
        try:
            time.sleep(_WARM_SECONDS)
            work = _measured(page, crew, list(numbers))
        finally:
            crew.end()
        browser.close()
    return rest, work


def _open(page: Any, house: House, crew: Crew) -> None:
    page.context.add_cookies([{"name": name, "value": value, "url": house.address} for name, value in (pair.split("=", 1) for pair in crew.office.cookie.split("; "))])
    page.goto(f"{house.address}/dashboard")
    page.wait_for_selector(".floor-map[data-draws]")
    page.evaluate(_WATCH)


def _measured(page: Any, crew: Crew, numbers: list[int]) -> _Seen:
    """In turn a bin is to be counted and a bin is held; what they are numbered is what the tile says."""
    page.evaluate("() => Object.assign(window.bench, { seen: [], painted: [], frames: [], long: 0 })")
    began, spent = time.monotonic(), list[float]()
    for at, number in enumerate(numbers):
        tile, text, act = _event(crew, number)
        page.evaluate("(wanted) => { window.bench.wanted = wanted }", {"tile": tile, "text": text})
        asked = time.time() * 1000
        act()
        page.keyboard.press("F2")
        page.wait_for_function("(n) => window.bench.seen.length > n", arg=at)
        spent.append(page.evaluate("() => window.bench.seen.at(-1)") - asked)
        time.sleep(max(0.0, began + (at + 1) * _EVERY_SECONDS - time.monotonic()))
    return _Seen(spent, page.evaluate("() => window.bench"), len(crew.took_ms(began)) / (time.monotonic() - began))


def _event(crew: Crew, number: int) -> tuple[str, str, Callable[[], object]]:
    """The tile, what it says then, and what is done for it."""
    bin_, turn = f"W1-B-{(number + 1) // 2:02d}-1", (number + 1) // 2
    if number % 2:
        return ".of-backlog", f"Count {turn}", lambda: crew.office.call("POST", "/api/v1/counts", {"site": "W1", "locations": [bin_]})
    return ".of-map", f"({turn})", lambda: crew.office.call("PATCH", f"/api/v1/locations/{bin_}", {"blocked": True})
