"""`aisle bench day`: a day of the story by fifty handhelds over websockets, and how soon one of two at a bin is told."""

import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import click

from simulators.figures import Figure, percentile, report
from simulators.house import House
from simulators.http import Json
from simulators.plan import Plan, invented_day
from simulators.socket import SocketPda
from simulators.story import Story, compact

_P95_MS, _CPU_MS, _MEMORY_MB, _TOLD_MS, _START_SECONDS = 100.0, 3.0, 150.0, 1000.0, 3.0
_TOLD_TIMES, _ORDERS_A_ROUND = 8, 2
_ITEM = "BENCH-SHORT"


@click.command("day")
@click.option("--handhelds", default=50, show_default=True, type=click.IntRange(min=2), help="Simulated handhelds.")
@click.option("--orders", default=200, show_default=True, type=click.IntRange(min=1), help="Orders of the day.")
@click.option("--pace", default=2.0, show_default=True, type=click.FloatRange(min=0), help="Seconds between a person's scans.")
@click.option("--database", default=None, help="An empty PostgreSQL database. If left out, SQLite in a temporary file.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def bench_day(context: click.Context, *, handhelds: int, orders: int, pace: float, database: str | None,
                as_json: bool) -> None:
    """Receive and put away as fast as the server answers, then pick and pack at the pace of people.

    Needs Linux, whose /proc tells what the server used. Ends with 1 when a goal is missed.
    """
    with tempfile.TemporaryDirectory(prefix="aisle-bench-") as folder:
        house, plan = House(Path(folder), 0, database_url=database), replace(invented_day(orders, seed=7), trolley_orders=_ORDERS_A_ROUND)
        try:
            figures = _played(house, plan, handhelds, pace)
        finally:
            house.stop()
    report(context, figures, {"engine": "postgresql" if database else "sqlite", "handhelds": handhelds, "orders": orders,
                              "pace": f"a scan every {pace:g} s"}, as_json=as_json)


def _played(house: House, plan: Plan, handhelds: int, pace: float) -> list[Any]:
    house.command("init", "--site", "W1", "--set", "streams=0", "--set", f"layout={compact(plan.layout)}")
    began = time.monotonic()
    house.start()
    start_seconds = time.monotonic() - began
    story = Story(house, plan, handhelds, lambda _: None, handheld=SocketPda)
    story.open()
    fast = _Span(story)
    story.receive()
    story.put_away()
    fast_figures = fast.figures("as fast as it goes", with_rate=True)
    story.take_orders()
    for worker in story.crew:
        worker.pda.pause_seconds = pace
    paced = _Span(story)
    story.fulfil()
    figures = [*fast_figures, *paced.figures("at the pace of people", with_rate=False)]
    told = _told(story)
    memory = house.memory_mb()
    return [*figures, Figure("two at one bin: told of the other's SHORT, slowest", max(told), "ms", _TOLD_MS),
            Figure("two at one bin: told of the other's SHORT, median", statistics.median(told), "ms", _TOLD_MS),
            Figure("memory of the server", memory, "MB", _MEMORY_MB), Figure("start of the server", start_seconds, "s", _START_SECONDS)]


class _Span:
    """What happened between two moments of a story."""

    def __init__(self, story: Story) -> None:
        self._story, self._began = story, time.monotonic()
        self._cpu = story.house.cpu_seconds()
        self._operations = self._count()
        self._answered = [len(worker.pda.counts.answered_ms) for worker in story.crew]

    def figures(self, how: str, *, with_rate: bool) -> list[Any]:
        """Rate, answer times and the server's processor time of each operation."""
        seconds, count = time.monotonic() - self._began, self._count() - self._operations
        answered = [ms for worker, before in zip(self._story.crew, self._answered, strict=True) for ms in worker.pda.counts.answered_ms[before:]]
        cpu = (self._story.house.cpu_seconds() - self._cpu) / count * 1000
        goal = None if with_rate else _P95_MS  # with everybody scanning without a pause, the queue is the answer time
        return [Figure(f"operations, {how}", count / seconds, "1/s"),
                *(Figure(f"scan to answer {how}, {percent} %", percentile(answered, percent), "ms", goal if percent == 95 else None)
                  for percent in (50, 95, 99)),
                Figure(f"processor of the server, {how}", cpu, "ms each", _CPU_MS if with_rate else None)]

    def _count(self) -> int:
        return sum(worker.pda.counts.operations for worker in self._story.crew)


def _told(story: Story) -> list[float]:
    """Milliseconds from one picker's SHORT to the other's handheld having heard of it."""
    one, other = (cast(SocketPda, worker.pda) for worker in story.crew[:2])
    one.pause_seconds = other.pause_seconds = 0
    spent = []
    for number in range(_TOLD_TIMES):
        _two_picks(story, number)
        for pda, tote in ((one, _tote(1, number)), (other, _tote(2, number))):
            pda.task = None
            pda.claim("pick")
            pda.scan(tote)
        other.forget_told()
        heard = _in_background(lambda: _until_changed(other))
        began = time.perf_counter()
        form = next(form for form in cast(Json, one.task)["forms"] if form["state"] == "open")
        one.send("short", {"from": form["info"]["location"], "item": form["info"]["item"], "quantity": 0}, form["id"])
        heard.join()
        spent.append((time.perf_counter() - began) * 1000)
        other.scan(form["info"]["item"])  # the round of the other is over too: the next two picks are for both again
    return spent


def _two_picks(story: Story, number: int) -> None:
    """An item of its own in one bin, and two orders that are picked one by one."""
    item, code = f"{_ITEM}-{number}", f"09999{number:08d}"
    gtin = code + str(-sum(int(sign) * (3 if at % 2 == 0 else 1) for at, sign in enumerate(code)) % 10)
    story.office.call("PUT", f"/api/v1/items/{item}", {"name": item, "packs": [{"level": "each", "quantity": 1, "barcodes": [gtin]}]})
    story.office.call("POST", "/api/v1/lpns", {"kind": "tote", "codes": [_tote(1, number), _tote(2, number)], "location": "W1-STAGE-1"})
    story.office.call("POST", "/api/v1/asns", {"code": f"ASN-{item}", "site": "W1", "lines": [{"item": item, "quantity": 20}]})
    worker = story.crew[0]
    worker.pda.task = None
    worker.pda.scan(f"ASN-{item}")
    worker.pda.scan(f"(01){gtin}(30)20")
    lpn = worker.pda.last["message"]["args"]["lpn"]
    worker.pda.task = None
    worker.pda.scan(lpn)
    worker.pda.scan(cast(Json, worker.pda.task)["forms"][0]["info"]["location"])
    for half in range(2):
        story.office.call("POST", "/api/v1/orders", {"channel": "bench", "reference": f"{item}-{half}", "site": "W1",
                                                     "lines": [{"item": item, "quantity": 2}]})
    ends = time.monotonic() + 20
    made = 0
    while made < 2 and time.monotonic() < ends:
        wave = story.office.call("POST", "/api/v1/waves", {"site": "W1", "picking": "single"})["wave"]
        if wave is None:
            time.sleep(0.1)
            continue
        while (released := story.office.call("GET", f"/api/v1/waves/{wave['id']}"))["state"] != "released":
            time.sleep(0.05)
        made += released["orders"]


def _tote(picker: int, number: int) -> str:
    return f"BENCH-TOTE-{picker}-{number}"


def _until_changed(pda: SocketPda) -> None:
    while pda.told() != "changed":
        pass


def _in_background(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread
