"""`aisle bench verify`: how long `aisle verify` takes on a ledger of a million moves."""

import contextlib
import json
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import click
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from server.cli.bench_ledger import fill
from server.cli.common import clear_errors
from server.cli.verify import verify_report
from server.kernel.database import Database
from server.kernel.migrations import upgrade

T = TypeVar("T")

GOAL_SECONDS = {"sqlite": 20.0, "postgresql": 10.0}
"""For a million moves; other sizes in proportion."""


@click.command("verify")
@click.option("--moves", default=1_000_000, show_default=True, type=click.IntRange(min=100), help="Moves in the ledger.")
@click.option("--database", "server_url", default=None,
              help="A PostgreSQL server, by the address of any database on it: a new one is made there and dropped again. "
                   "If left out, SQLite in a temporary file.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def bench_verify(context: click.Context, *, moves: int, server_url: str | None, as_json: bool) -> None:
    """Build a sealed, consistent ledger by bulk load and check every invariant on it.

    The limit is measured in the same run: the plain driver reads every move once, which is the least that a check of the
    ledger can do. Ends with 1 when the goal is missed or an invariant does not hold.
    """
    with temporary_database(server_url) as database:
        report = _measured(database, moves)
    click.echo(json.dumps(report) if as_json else _sentences(report))
    if not report["met"]:
        context.exit(1)


def _measured(database: Database, moves: int) -> dict[str, Any]:
    built, build_seconds = _timed(lambda: fill(database, moves))
    _settle(database)
    cpu = time.process_time()
    findings, seconds = _timed(lambda: verify_report(database))
    cpu = time.process_time() - cpu
    scan, limit = _plain(database)
    kind = database.engine.dialect.name
    goal = GOAL_SECONDS[kind] * moves / 1_000_000
    broken = [f"{one['id']}: {one['rows'][0]}" for one in findings if one["broken"]]
    return {
        "engine": kind, "moves": moves, "operations": built.operations, "balances": built.balances, "lpns": built.lpns,
        "build_seconds": round(build_seconds, 2), "seconds": round(seconds, 3), "own_cpu_seconds": round(cpu, 3),
        "goal_seconds": goal,
        "scan_seconds": round(scan, 3), "limit_seconds": round(limit, 3), "times_the_limit": round(seconds / limit, 2),
        "each": {one["id"]: one["seconds"] for one in findings}, "broken": broken,
        "met": seconds <= goal and not broken,
    }


def _settle(database: Database) -> None:
    """What PostgreSQL does by itself in the minutes after so many rows."""
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("SET statement_timeout = 0")
            connection.exec_driver_sql("VACUUM ANALYZE")


def _plain(database: Database) -> tuple[float, float]:
    """Seconds that the plain driver needs to add the moves up, and to read every one of them."""
    connection = database.engine.raw_connection()
    try:
        cursor = connection.cursor()
        _, scan = _timed(lambda: cursor.execute("SELECT COUNT(*), SUM(quantity) FROM stock_move"))
        _, limit = _timed(lambda: _read_all(cursor))
    finally:
        connection.close()
    return scan, limit


def _read_all(cursor: Any) -> int:
    cursor.execute("SELECT * FROM stock_move ORDER BY id")
    count = 0
    while rows := cursor.fetchmany(10_000):
        count += len(rows)
    return count


@contextlib.contextmanager
def temporary_database(server_url: str | None) -> Iterator[Database]:
    """A database for one measurement, gone afterwards: SQLite, or a new one on a PostgreSQL server."""
    with contextlib.ExitStack() as stack:
        if server_url is None:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="aisle-bench-"))
            url = f"sqlite:///{Path(folder) / 'bench.db'}"
        else:
            url = stack.enter_context(made_on(server_url))
        upgrade(url)
        database = Database(url)
        stack.callback(database.close)
        yield database


@contextlib.contextmanager
def made_on(server_url: str, *, template: str | None = None) -> Iterator[str]:
    """A new database on a PostgreSQL server, a copy of another where one is named; gone afterwards.

    Copied as files, all on the disk when it is there: copied through the log, gigabytes of it would still be written out
    under what is measured.
    """
    with clear_errors():
        engine = create_engine(server_url, isolation_level="AUTOCOMMIT")
    name = f"aisle_bench_{secrets.token_hex(6)}"
    try:
        _run(engine, f"CREATE DATABASE {name}" + (f" TEMPLATE {template} STRATEGY FILE_COPY" if template else ""))
        try:
            yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
        finally:
            _run(engine, f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        engine.dispose()


def _run(engine: Engine, statement: str) -> None:
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
    except DBAPIError as error:
        what, why = statement.split(" aisle", maxsplit=1)[0], str(error.orig).splitlines()[0]
        raise click.ClickException(f"{what} did not work: {why}") from error


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    began = time.perf_counter()
    answer = work()
    return answer, time.perf_counter() - began


def _sentences(report: dict[str, Any]) -> str:
    each = ", ".join(f"{name} {seconds} s" for name, seconds in report["each"].items())
    ledger = (f"{report['engine']}: {report['moves']} moves, {report['operations']} operations, {report['balances']} balances, "
              f"{report['lpns']} LPNs; built in {report['build_seconds']} s.")
    told = (f"All invariants: {report['seconds']} s (goal {report['goal_seconds']} s; {report['own_cpu_seconds']} s of this "
            f"process's CPU), {report['times_the_limit']} times what "
            f"the plain driver takes to read every move ({report['limit_seconds']} s; adding them up: "
            f"{report['scan_seconds']} s).")
    return "\n".join([ledger, told, each, *report["broken"], "The goal is met." if report["met"] else "The goal is missed."])
