"""`aisle bench floor`: what handhelds over websockets get from one server, beside what the plain driver could do."""

import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from server.cli.bench_copies import Template
from server.cli.bench_house import BenchDevice, build_house
from server.cli.bench_ledger import BINS, fill
from server.cli.bench_plain import Recorded, loaded, plain_rate, recorded
from server.cli.figures import Figure, percentile, report
from server.kernel.database import Database

SHARE_LEAST = {"sqlite": 0.25, "postgresql": 0.40}
P95_MS, STATEMENTS_MAX, CPU_MS_MAX, MEMORY_MB, START_SECONDS = 100.0, 12.0, 3.0, 150.0, 3.0
RETURN_SECONDS, RETURN_P95_MS, GROWTH_MAX, HISTORY_TIMES = 60.0, 200.0, 0.05, 1.5
_RETURNING, _QUEUED, _PACE_SECONDS = 20, 500, 2.0


@click.command("floor")
@click.option("--handhelds", default=50, show_default=True, type=click.IntRange(min=25), help="Handhelds that work.")
@click.option("--rounds", default=30, show_default=True, type=click.IntRange(min=1),
              help="What each does flat out: a pallet put away and an order of two lines picked, six operations.")
@click.option("--connected", default=200, show_default=True, type=click.IntRange(min=50), help="Handhelds connected while memory is read.")
@click.option("--minutes", default=1.0, show_default=True, type=click.FloatRange(min=0.1), help="How long people work at their pace.")
@click.option("--history", default="0", show_default=True, help="Moves that are in the ledger already, such as 10M; 100,000 bins from 1M on.")
@click.option("--database", "server_url", default=None,
              help="A PostgreSQL server, by the address of any database on it. If left out, SQLite in a temporary file.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def bench_floor(context: click.Context, *, handhelds: int, rounds: int, connected: int, minutes: float, history: str,
                server_url: str | None, as_json: bool) -> None:
    """Put away and pick flat out, then work at the pace of people, then come back from a time without network.

    The limit: the same statements by the plain driver before and after, on SQLite twenty operations to a commit, on
    PostgreSQL one by one over eight connections. With --history the same is measured on an empty database first.
    Needs Linux, whose /proc tells what the server used. Ends with 1 when a goal is missed.
    """
    moves = _count(history)
    kind = "sqlite" if server_url is None else "postgresql"
    with tempfile.TemporaryDirectory(prefix="aisle-bench-") as folder:
        sizes = _Sizes(handhelds, rounds, max(connected, handhelds), minutes)
        figures, rate = _measured(Path(folder) / "empty", server_url, sizes, 0, whole=not moves)
        if moves:
            more, old_rate = _measured(Path(folder) / "old", server_url, sizes, moves, whole=True)
            figures = [*more, Figure("time of an operation beside the empty database", rate / old_rate, "times", HISTORY_TIMES)]
    report(context, figures, {"engine": kind, "handhelds": handhelds, "operations": handhelds * rounds * 6, "history": moves},
           as_json=as_json)


class _Sizes:
    def __init__(self, handhelds: int, rounds: int, connected: int, minutes: float) -> None:
        self.handhelds, self.rounds, self.connected, self.minutes = handhelds, rounds, connected, minutes


def _measured(folder: Path, server_url: str | None, sizes: _Sizes, moves: int, *, whole: bool) -> tuple[list[Figure], float]:
    """The figures, and operations a second flat out."""
    folder.mkdir()
    with ExitStack() as stack:
        template = stack.enter_context(Template(folder, server_url))
        devices = _built(template, sizes, moves)
        _say("recording the statements")
        with template.copy() as url:
            trace = recorded(url, devices[:sizes.handhelds])
        plain = [_plain(template, trace)]
        url = stack.enter_context(template.copy())
        house = loaded("house")(folder, 0, database_url=url)
        stack.callback(house.stop)
        began = time.monotonic()
        house.start()
        started = time.monotonic() - began
        flat = _flat_out(house, devices[:sizes.handhelds])
        plain.append(_plain(template, trace))  # before and after, for a machine's speed changes
        processes = Figure("processes of the server", len(house.processes()), "count")
        figures, rate = _flat_figures(flat, sizes.handhelds, trace, sum(plain) / len(plain), template.kind)
        figures.append(processes)
        if whole:
            figures += [*_paced(house, devices, sizes), *_mass_return(house, devices), Figure("start of the server", started, "s", START_SECONDS)]
    return figures, rate


def _built(template: Template, sizes: _Sizes, moves: int) -> list[BenchDevice]:
    def work(database: Database) -> list[BenchDevice]:
        if moves:
            _say(f"loading {moves} moves")
            fill(database, moves, bins=100_000 if moves >= 1_000_000 else BINS)
        _say("building the warehouse")
        return build_house(database, sizes.connected, sizes.rounds, working=sizes.handhelds)

    return template.filled(work)


def _plain(template: Template, trace: Recorded) -> float:
    _say("the same statements by the plain driver")
    with template.copy() as url:
        return plain_rate(url, trace)


def _flat_out(house: Any, devices: Sequence[BenchDevice]) -> tuple[Any, float]:
    """What the handhelds were answered, and the processor time of an operation in ms."""
    _say("flat out")
    cpu = house.cpu_seconds()
    told = loaded("flat_out")(house.address, _load_devices(devices))
    return told, (house.cpu_seconds() - cpu) / told.operations * 1000


def _flat_figures(flat: tuple[Any, float], handhelds: int, trace: Recorded, plain: float, kind: str) -> tuple[list[Figure], float]:
    """The figures, and operations a second. Of an answer's time the limit is the mean that the plain driver's rate allows."""
    told, cpu = flat
    rate = told.operations / told.seconds
    figures = [
        Figure("operations, flat out", rate, "1/s", SHARE_LEAST[kind] * plain, at_least=True, limit=plain),
        Figure("share of the plain driver's rate", rate / plain, "", SHARE_LEAST[kind], at_least=True),
        *(Figure(f"scan to answer, flat out, {percent} %", percentile(told.answered_ms, percent), "ms", P95_MS if percent == 95 else None,
                 limit=handhelds / plain * 1000) for percent in (50, 95, 99)),
        Figure("processor of the server, flat out", cpu, "ms each", CPU_MS_MAX),
        *(Figure(f"statements of a {name}", count, "count", STATEMENTS_MAX) for name, count in trace.statements.items()),
        Figure("statements of an operation, all kinds", trace.statements_each, "count", STATEMENTS_MAX),
        Figure("commits of an operation", trace.commits_each, "count", 1.0),
        Figure("refused", len(told.refused), "count", 0)]
    return figures, rate


def _paced(house: Any, devices: Sequence[BenchDevice], sizes: _Sizes) -> list[Figure]:
    _say(f"{len(devices)} connected, {sizes.handhelds} at the pace of people for {sizes.minutes:g} min")
    memory = list[float]()
    told = loaded("paced")(house.address, _load_devices(devices[:sizes.handhelds]), _load_devices(devices[sizes.handhelds:]),
                            pace=_PACE_SECONDS, seconds=sizes.minutes * 60, sample=lambda: memory.append(house.memory_mb()))
    settled = memory[len(memory) // 5:]
    return [*(Figure(f"scan to answer, pace of people, {percent} %", percentile(told.answered_ms, percent), "ms",
                     P95_MS if percent == 95 else None) for percent in (50, 95, 99)),
            Figure(f"memory with {len(devices)} connected", max(memory), "MB", MEMORY_MB),
            Figure("memory's growth after the first fifth", settled[-1] / settled[0] - 1, "share", GROWTH_MAX)]


def _mass_return(house: Any, devices: Sequence[BenchDevice]) -> list[Figure]:
    _say(f"{_RETURNING} come back with {_QUEUED} operations each")
    back, live = loaded("mass_return")(house.address, _load_devices(devices[:_RETURNING]), _load_devices(devices[_RETURNING:50]),
                                        queued=_QUEUED, pace=_PACE_SECONDS)
    return [Figure(f"{_RETURNING} times {_QUEUED} queued operations", back.seconds, "s", RETURN_SECONDS),
            Figure("scan to answer of others meanwhile, 95 %", percentile(live.answered_ms, 95), "ms", RETURN_P95_MS),
            Figure("queued operations refused", len(back.refused) + len(live.refused), "count", 0)]


def _load_devices(devices: Sequence[BenchDevice]) -> list[Any]:
    make = loaded("device")
    return [make(one.token, one.session, one.lpns, one.totes, one.bins, one.item) for one in devices]


def _count(written: str) -> int:
    digits, times = written.rstrip("kKmM"), {"k": 1_000, "m": 1_000_000}.get(written[-1:].lower(), 1)
    if not digits.isdigit():
        raise click.BadParameter(f"{written} is no number of moves. Write 10M, 500k or 0.", param_hint="--history")
    return int(digits) * times


def _say(what: str) -> None:
    click.echo(f"… {what}", err=True)

