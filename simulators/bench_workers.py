"""`aisle bench workers`: server processes on one port, handhelds spread over them; one after the other is killed under load."""

import csv
import os
import signal
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import click

from simulators.crew import Crew
from simulators.figures import Figure, percentile, report
from simulators.house import House
from simulators.http import Client, Json
from simulators.steady import SteadyPda

_BACK_SECONDS, _REPLACED_SECONDS = 3.0, 5.0
_CALM_SECONDS = 2.0


@click.command("workers")
@click.option("--database", default=None,
              help="An empty PostgreSQL database: postgresql+psycopg://USER@HOST/NAME. If left out, SQLite in a temporary file.")
@click.option("--queue", default=None, help="Valkey or Redis, valkey://HOST:PORT/0. If left out, the processes tell each other.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(min=2), help="Server processes.")
@click.option("--handhelds", default=12, show_default=True, type=click.IntRange(min=2), help="Simulated handhelds.")
@click.option("--kills", default=5, show_default=True, type=click.IntRange(min=1), help="How many processes are killed, one at a time.")
@click.option("--pace", default=0.1, show_default=True, type=click.FloatRange(min=0), help="Seconds between a handheld's scans.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def bench_workers(context: click.Context, *, database: str | None, queue: str | None, workers: int, handhelds: int, kills: int, pace: float,
                  as_json: bool) -> None:
    """Kill server processes under load; nothing may be lost or doubled, and handhelds are back within 3 s.

    The limit is the longest wait of two seconds in which nobody is killed. Needs Linux, whose /proc names the processes. Ends with 1 when a goal is missed.
    """
    with tempfile.TemporaryDirectory(prefix="aisle-bench-") as folder:
        house = House(Path(folder), 0, database_url=database, serve=("--workers", str(workers)),
                      environment={"AISLE_MESSAGE_QUEUE": queue or ""})
        try:
            figures = _Killing(house, workers, handhelds, pace).figures(kills)
        finally:
            house.stop()
    report(context, figures, {"workers": workers, "handhelds": handhelds, "kills": kills,
                              "pace": f"a scan every {pace:g} s"}, as_json=as_json)


class _Killing:
    """A running house, handhelds that receive one piece after the other, and what became of it."""

    def __init__(self, house: House, workers: int, handhelds: int, pace: float) -> None:
        self._house, self._workers = house, workers
        self._crew = Crew(house, pace)
        self._crew.until(lambda: len(self._sockets()) == workers, "all processes answer")
        self._crew.hire(handhelds)

    def figures(self, kills: int) -> list[Any]:
        """Lets them work, kills, and compares what was acknowledged with what is in the books."""
        handhelds = self._crew.handhelds
        self._crew.start()
        self._crew.until(lambda: sum(self._sockets().values()) >= len(handhelds), "all handhelds are connected")
        spread, back, replaced = min(self._sockets().values()), list[float](), list[float]()
        began = time.monotonic()
        time.sleep(_CALM_SECONDS)
        calm = max(_back_after(one, began) for one in handhelds)
        for number in range(kills):
            killed_at = time.monotonic()
            replaced.append(self._kill(number))
            self._crew.until(lambda at=killed_at: all(_heard_since(one, at) for one in handhelds), "every handheld goes on")  # type: ignore[misc]
            back.append(max(_back_after(one, killed_at) for one in handhelds))
        self._crew.end()
        took = self._crew.took_ms()
        return [Figure("operations acknowledged", len(took), ""), Figure("handhelds at the process that has fewest", spread, "", 1, at_least=True),
                *self._faults(), Figure("killed: last handheld answered again, slowest", max(back), "s", _BACK_SECONDS, limit=calm),
                Figure("killed: another process in its place, slowest", max(replaced), "s", _REPLACED_SECONDS),
                *(Figure(f"scan to answer, {percent} %", percentile(took, percent), "ms") for percent in (50, 95, 99))]

    def _kill(self, number: int) -> float:
        """Seconds until as many processes answer as before."""
        before = self._house.processes()
        victim, began = before[number % len(before)], time.monotonic()
        os.kill(victim, signal.SIGKILL)
        self._crew.until(lambda: victim not in self._house.processes() and len(self._house.processes()) == self._workers
                    and len(self._sockets()) == self._workers, "another process is in its place")
        return time.monotonic() - began

    def _sockets(self) -> dict[str, int]:
        """Open websockets of handhelds, by process; a process that has not begun is not in it."""
        client = Client(self._house.address, dict(self._crew.monitor))
        try:
            told = client.text("/metrics")
        except OSError:
            return {}
        finally:
            client.close()
        rows = [line.rpartition(" ") for line in told.splitlines() if line.startswith("aisle_sockets_connected{") and 'who="device"' in line]
        return {name: int(float(value)) for name, _, value in rows}

    def _faults(self) -> list[Any]:
        operations, moves = (self._exported(kind) for kind in ("operations", "moves"))
        applied = Counter(row["op"] for row in operations if row["kind"] == "receive" and row["status"] == "applied")
        booked = Counter(row["op"] for row in moves if row["reason"] == "receiving" and int(row["quantity"]) == 1)
        heard = {one.op for handheld in self._crew.handhelds for one in handheld.acknowledged}
        broken = [one for one in self._house.command("verify", may_fail=True)["items"] if one["broken"]]
        return [Figure("acknowledged and not in the books", len([op for op in heard if applied[op] != 1 or booked[op] != 1]), "", 0),
                Figure("in the books twice", sum(count - 1 for count in booked.values()), "", 0),
                Figure("in the books and never sent", len(applied.keys() ^ heard) + len(booked.keys() ^ heard), "", 0),
                Figure("invariants that do not hold", len(broken), "", 0)]

    def _exported(self, kind: str) -> list[Json]:
        file = self._house.folder / f"{kind}.csv"
        self._house.command("export", kind, "--to", str(file))
        with file.open(newline="", encoding="utf-8") as stream:
            return list(csv.DictReader(stream))


def _heard_since(handheld: SteadyPda, moment: float) -> bool:
    return bool(handheld.acknowledged) and handheld.acknowledged[-1].asked_at > moment


def _back_after(handheld: SteadyPda, killed_at: float) -> float:
    """Seconds from the kill until what was asked around it, and whatever came next, was answered: the longest wait of a person."""
    waits = [one.answered_at - max(one.asked_at, killed_at) for one in handheld.acknowledged if one.answered_at > killed_at]
    return max(waits, default=0.0)
