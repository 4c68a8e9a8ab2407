"""`aisle bench gate`: a gate full of tags beside a floor at work, on the real server; handhelds must hardly notice."""

import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from labels.gs1.epc import encode
from simulators.crew import ITEM, Crew
from simulators.figures import Figure, percentile, report
from simulators.goods import sscc
from simulators.house import House

_PAPER, _GATE, _DOCK = "BENCH-GATE", "BENCH-GATE", "W1-DOCK-1"
_PASSES_SECONDS, _EVERY_SECONDS = 4.0, 24.0
_WARM_SECONDS = 5.0
_MOST_TIMES = 2.0
_GROWTH_PERCENT = 5.0
_COMPANY_DIGITS = 7


@click.command("gate")
@click.option("--minutes", default=0.5, show_default=True, type=click.FloatRange(min=0.05), help="How long without tags, and then with them.")
@click.option("--speed", default=1_000, show_default=True, type=click.IntRange(10, 5_000), help="Reads a second.")
@click.option("--tags", "count", default=200, show_default=True, type=click.IntRange(1, 2_000), help="Pallets with a tag; each passes every 24 seconds.")
@click.option("--handhelds", default=20, show_default=True, type=click.IntRange(min=1), help="Simulated handhelds.")
@click.option("--pace", default=1.0, show_default=True, type=click.FloatRange(min=0), help="Seconds between a handheld's scans.")
@click.option("--database", default=None,
              help="An empty PostgreSQL database: postgresql+psycopg://USER@HOST/NAME. If left out, SQLite in a temporary file.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def bench_gate(context: click.Context, *, minutes: float, speed: int, count: int, handhelds: int, pace: float, database: str | None,
               as_json: bool) -> None:
    """Work at the pace of people without and with a gate that reads tags all the time, and compare.

    Every pallet is announced: it is received when it passes first, and known when it passes again. Ends with 1 when a goal is missed.
    """
    with tempfile.TemporaryDirectory(prefix="aisle-bench-") as folder:
        house = House(Path(folder), 0, database_url=database)
        try:
            figures = _Beside(house, handhelds, pace, count).figures(minutes * 60, speed)
        finally:
            house.stop()
    report(context, figures, {"handhelds": handhelds, "pace": f"a scan every {pace:g} s", "tags": count, "minutes": f"{minutes:g} without, {minutes:g} with",
                              "reader": "LLRP, simulated, a process of its own"}, as_json=as_json)


class _Beside:
    """A house with a crew, and a gate."""

    def __init__(self, house: House, handhelds: int, pace: float, count: int) -> None:
        self._house, self._pallets = house, [sscc(number) for number in range(1, count + 1)]
        self._crew = Crew(house, pace)
        office = self._crew.office
        office.call("POST", "/api/v1/asns", {"code": _PAPER, "site": "W1", "lines": [
            {"item": ITEM, "quantity": 1, "sscc": one} for one in self._pallets]})
        self._crew.hire(handhelds)

    def figures(self, seconds: float, speed: int) -> list[Any]:
        """As long without tags as with them."""
        self._crew.start()
        time.sleep(_WARM_SECONDS)
        alone, spent = self._took(seconds)
        with _reader(self._house.folder / "tags", self._lines(), speed) as url:
            self._bind(url)
            self._crew.until(lambda: self._received() > 0, "the first pallet is received")
            time.sleep(_WARM_SECONDS)
            memory, reads = self._house.memory_mb(), self._reads()
            beside, spent_beside = self._took(seconds)
            reads = (self._reads() - reads) / seconds
            grown = (self._house.memory_mb() / memory - 1) * 100
            self._crew.until(lambda: self._received() == len(self._pallets), "all pallets are received")
        self._crew.end()
        broken = [one for one in self._house.command("verify", may_fail=True)["items"] if one["broken"]]
        p95 = percentile(alone, 95)
        return [Figure("scan to answer without tags, 95 %", p95, "ms"),
                Figure("scan to answer beside the gate, 95 %", percentile(beside, 95), "ms", _MOST_TIMES * p95, limit=p95),
                Figure("scan to answer without tags, 50 %", percentile(alone, 50), "ms"),
                Figure("scan to answer beside the gate, 50 %", percentile(beside, 50), "ms"),
                Figure("reads a second", reads, "", limit=speed), Figure("operations a second beside the gate", len(beside) / seconds, "", limit=len(alone) / seconds),
                Figure("the server's processor without tags", spent * 100, "%"), Figure("the server's processor beside the gate", spent_beside * 100, "%"),
                Figure("pallets received", self._received(), "", limit=len(self._pallets)),
                Figure("pallets received more than once", self._received_twice(), "", 0),
                Figure("memory beside the gate, grown by", grown, "%", _GROWTH_PERCENT), Figure("invariants that do not hold", len(broken), "", 0)]

    def _took(self, seconds: float) -> tuple[list[float], float]:
        """How long answers took, and the share of a processor that the server took."""
        began, cpu = time.monotonic(), self._house.cpu_seconds()
        time.sleep(seconds)
        return self._crew.took_ms(began), (self._house.cpu_seconds() - cpu) / seconds

    def _bind(self, url: str) -> None:
        self._crew.office.call("PUT", f"/api/v1/stations/{_GATE}", {"site": "W1", "kind": "gate", "location": _DOCK, "settings": {}, "peripherals": [
            {"name": "reader", "kind": "rfid", "driver": "llrp", "url": url, "settings": {"keepalive_seconds": 5}}]})

    def _lines(self) -> Iterator[str]:
        """As the simulated reader takes them: pallets come one after the other, and again."""
        step = (_EVERY_SECONDS - _PASSES_SECONDS) / len(self._pallets)
        for number, pallet in enumerate(self._pallets):
            company, reference = pallet[1:1 + _COMPANY_DIGITS], pallet[0] + pallet[1 + _COMPANY_DIGITS:17]
            tag = encode("sscc-96", company=company, reference=reference, filter_value=2).hex
            yield f"{tag} antennas=1,2,3,4 from={number * step:.3f} for={_PASSES_SECONDS} passages=100000 every={_EVERY_SECONDS}"

    def _reads(self) -> float:
        (gate,) = self._crew.office.call("GET", "/api/v1/stations")["items"]
        return float(gate["peripherals"][0]["reads"])

    def _received(self) -> int:
        return sum(line["received"] >= line["quantity"] for line in self._crew.office.call("GET", f"/api/v1/inbound/{_PAPER}")["lines"])

    def _received_twice(self) -> int:
        return sum(line["received"] > line["quantity"] for line in self._crew.office.call("GET", f"/api/v1/inbound/{_PAPER}")["lines"])


@contextlib.contextmanager
def _reader(file: Path, lines: Iterator[str], speed: int) -> Iterator[str]:
    file.write_text("\n".join(lines))
    command = [sys.executable, "-m", "server.cli.main", "simulate", "reader", "--listen", "127.0.0.1:0", "--tags", str(file),
               "--speed", str(speed), "--json"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield str(json.loads(process.stdout.readline() if process.stdout else "")["url"])
        except ValueError as error:
            raise click.ClickException(f"The simulated reader does not run: {error}") from error
        finally:
            process.kill()
