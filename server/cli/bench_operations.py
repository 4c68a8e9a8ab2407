"""`aisle bench operations`: what one operation of the floor costs, beside the plain driver doing the same."""

import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click

from server import workflows
from server.cli.bench_copies import Template
from server.cli.bench_house import BenchDevice, build_house
from server.cli.bench_plain import AT_ONCE, Sender, loaded, plain_rate, recorded
from server.cli.figures import Figure, report
from server.floor.engine import FloorEngine
from server.floor.registry import discover
from server.kernel.database import Database

STATEMENTS_MAX, CPU_MS_MAX = 12, 3.0
SHARE_LEAST = {"sqlite": 0.25, "postgresql": 0.40}


@click.command("operations")
@click.option("--devices", default=50, show_default=True, type=click.IntRange(min=20), help="Handhelds.")
@click.option("--rounds", default=5, show_default=True, type=click.IntRange(min=1),
              help="What each does: a pallet put away and an order of two lines picked, six operations.")
@click.option("--database", "server_url", default=None,
              help="A PostgreSQL server, by the address of any database on it: new ones are made there and dropped again. "
                   "If left out, SQLite in a temporary file.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def bench_operations(context: click.Context, *, devices: int, rounds: int, server_url: str | None, as_json: bool) -> None:
    """Put pallets away and pick through the floor's engine, without a network, and count what that asks of the database.

    The limit: the same statements by the plain driver, on SQLite twenty operations to a commit (what waits together is
    committed together), on PostgreSQL one by one over eight connections. Ends with 1 when a goal is missed.
    """
    with tempfile.TemporaryDirectory(prefix="aisle-bench-") as folder, Template(Path(folder), server_url) as template:
        built = template.filled(lambda database: build_house(database, devices, rounds))
        with template.copy() as url:
            trace = recorded(url, built)
        with template.copy() as url:
            plain = plain_rate(url, trace)
        with template.copy() as url:
            rate, cpu = _through_the_engine(url, built, template.kind)
    figures = [*(Figure(f"statements of a {name}", count, "count", STATEMENTS_MAX) for name, count in trace.statements.items()),
               Figure("processor time of an operation", cpu * 1000, "ms", CPU_MS_MAX),
               Figure("operations", rate, "1/s", SHARE_LEAST[template.kind] * plain, at_least=True, limit=plain),
               Figure("share of the plain driver's rate", rate / plain, "", SHARE_LEAST[template.kind], at_least=True)]
    report(context, figures, {"engine": template.kind, "devices": devices, "operations": len(trace.traces),
                              "at once": AT_ONCE[template.kind]}, as_json=as_json)


def _through_the_engine(url: str, devices: Sequence[BenchDevice], kind: str) -> tuple[float, float]:
    """Operations a second with many devices at once, and processor seconds of each."""
    database = Database(url)
    try:
        engine = FloorEngine(database, discover(workflows))
        senders = [Sender(engine, one, loaded("rounds")(one)) for one in devices]
        cpu, began = time.process_time(), time.perf_counter()
        with ThreadPoolExecutor(AT_ONCE[kind]) as pool:
            count = sum(pool.map(_all_of, senders))
        return count / (time.perf_counter() - began), (time.process_time() - cpu) / count
    finally:
        database.close()


def _all_of(sender: Sender) -> int:
    count = 0
    while (step := sender.next()) is not None:
        step[1]()
        count += 1
    return count

