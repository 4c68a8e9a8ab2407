"""`aisle bench next`: how far people walk for a task when the work finds them, and how soon a claim is answered."""

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

import click

from server.cli.bench_shift import FIRST_CAME, IN_ORDER, SHIFTS, Outcome, Work, run_shift
from server.cli.bench_shift_floor import Floor, build_floor, invented, retail_lines
from server.cli.figures import Figure, percentile, report
from server.floor.choosing import Seeker
from server.floor.leases import claim
from server.kernel.clock import StillClock
from server.kernel.database import Database
from server.kernel.migrations import upgrade
from server.kernel.transaction import Tx

SAVED_LEAST, CLAIM_MS, GROWTH_MAX = 0.15, 20.0, 3.0
_FEW, _MANY = 200, 20_000
_WARM = 20


@click.command("next")
@click.option("--tasks", default=2_000, show_default=True, type=click.IntRange(20, 100_000), help="Of one shift.")
@click.option("--workers", default=12, show_default=True, type=click.IntRange(2, 200), help="People at work.")
@click.option("--waiting", default=_MANY, show_default=True, type=click.IntRange(_FEW, 1_000_000), help="Tasks that wait while claims are timed.")
@click.option("--claims", default=300, show_default=True, type=click.IntRange(20, 10_000), help="Claims that are timed.")
@click.option("--orders", type=click.File(encoding="utf-8-sig"), help="CSV of order lines (InvoiceNo, StockCode); invented where left out.")
@click.option("--seed", default=1, show_default=True, help="Of the tasks.")
@click.option("--database", "server_url", default=None, help="An empty PostgreSQL database. If left out, SQLite in a temporary file.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def bench_next(context: click.Context, *, tasks: int, workers: int, waiting: int, claims: int, orders: TextIO | None, seed: int,
               server_url: str | None, as_json: bool) -> None:
    """Play one shift three times: first come first served, by priority and cut-off, and as the house chooses.

    The floor: 20 aisles 3 m apart and 48 m long with three cross aisles, a dock and a packing table. Of the tasks four in ten are
    picks of an order with a cut-off, three put-aways, the others moves and counts; so much comes that all are busy. Everybody walks
    1.2 m/s. The limit of a claim
    is the bare lease of the first task that waits, timed in turn with it. Ends with 1 when a goal is missed.
    """
    with tempfile.TemporaryDirectory(prefix="aisle-bench-") as folder:
        url = server_url or f"sqlite:///{Path(folder) / 'aisle.db'}"
        upgrade(url)
        clock = StillClock()
        database = Database(url, clock=clock)
        try:
            floor = build_floor(database, workers)
            lines = retail_lines(orders) if orders is not None else invented(seed)
            work = Work.drawn(floor, lines, tasks, seed, clock.now())
            outcomes = {name: run_shift(database, clock, floor, work, choose) for name, choose in SHIFTS.items()}
            figures = [*_walks(outcomes), *_claims(database, floor, work, waiting=waiting, claims=claims)]
        finally:
            database.close()
    report(context, figures, {"engine": "sqlite" if server_url is None else "postgresql", "tasks": tasks, "workers": workers,
                              "orders": "invented" if orders is None else "of a file", "waiting": waiting}, as_json=as_json)


def _walks(outcomes: dict[str, Outcome]) -> list[Figure]:
    ours, first, ordered = outcomes["chosen"], outcomes[FIRST_CAME], outcomes[IN_ORDER]
    saved = 1 - ours.walked_m / first.walked_m
    return [
        Figure("walked for a task, first come first served", first.a_task_m, "m"),
        Figure("walked for a task, by priority and cut-off", ordered.a_task_m, "m"),
        Figure("walked for a task, as the house chooses", ours.a_task_m, "m"),
        Figure("of it without a load, first come first served", first.empty_m / first.tasks, "m"),
        Figure("of it without a load, as the house chooses", ours.empty_m / ours.tasks, "m"),
        Figure("walked less than first come first served", saved, "part", SAVED_LEAST, at_least=True),
        Figure("walked less than by priority and cut-off", 1 - ours.walked_m / ordered.walked_m, "part"),
        Figure("cut-offs missed, by priority and cut-off", ordered.missed, "count"),
        Figure("cut-offs missed, no more than first come first served", ours.missed, "count", first.missed, limit=first.missed),
        Figure("all tasks done sooner than first come first served", (first.ended_ms - ours.ended_ms) / 60_000, "min"),
    ]


def _claims(database: Database, floor: Floor, work: Work, *, waiting: int, claims: int) -> list[Figure]:
    work.wait(database, floor, _FEW)
    few = _timed(database, floor, claims)
    work.wait(database, floor, waiting - _FEW)
    if not database.is_sqlite:
        with database.writing.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("ANALYZE task")
    many = _timed(database, floor, claims)
    return [
        Figure(f"claim among {waiting} waiting, 95 of 100 within, of this process", percentile(many.spent, 95), "CPU ms", CLAIM_MS,
               limit=percentile(many.bare_spent, 95)),
        Figure(f"claim among {waiting} waiting, 95 of 100 within", percentile(many.took, 95), "ms", limit=percentile(many.bare_took, 95)),
        Figure(f"claim, {waiting} waiting beside {_FEW} (medians)", statistics.median(many.spent) / statistics.median(few.spent), "times", GROWTH_MAX)]


@dataclass(slots=True)
class _Times:
    """Milliseconds of claims and of bare leases: on the clock, and of the processor."""

    took: list[float] = field(default_factory=list)
    spent: list[float] = field(default_factory=list)
    bare_took: list[float] = field(default_factory=list)
    bare_spent: list[float] = field(default_factory=list)


def _timed(database: Database, floor: Floor, claims: int) -> _Times:
    """Claims, and bare leases in turn with them; what was taken waits again afterwards."""
    times = _Times()
    for number in range(_WARM + claims):
        worker = floor.workers[number % len(floor.workers)]
        seeker = Seeker(floor.site_id, worker.id, worker.device_id)
        ours, bare = _ms(database, lambda tx, seeker=seeker: claim(tx, seeker)), _ms(database, lambda tx, seeker=seeker: SHIFTS[IN_ORDER](tx, seeker))  # type: ignore[misc]
        if number >= _WARM:
            for values, value in zip((times.took, times.spent, times.bare_took, times.bare_spent), (*ours, *bare), strict=True):
                values.append(value)
        database.write(floor.lay_down)
    return times


def _ms(database: Database, work: Callable[[Tx], object]) -> tuple[float, float]:
    began, spent = time.perf_counter(), time.process_time()
    database.write(work)
    return (time.perf_counter() - began) * 1000, (time.process_time() - spent) * 1000

