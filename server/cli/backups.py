"""`aisle backup` and `aisle restore`."""

import os
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.engine import make_url

from server.cli.common import clear_errors, make_folder, say, var_of, with_database
from server.cli.keeping import (
    DUMP_ENDING,
    SQLITE_ENDING,
    guard_unused,
    keep_backup,
    restore_into_file,
    restore_into_postgres,
    restored,
    scratch,
    sqlite_path,
    write_backup,
)
from server.cli.migrate import has_tables
from server.cli.rotation import name_at, rotate
from server.cli.transfer import check_invariants, figures, tell_progress, tell_warnings, verdict
from server.kernel.backup_note import note_backup
from server.kernel.database import Database
from server.kernel.errors import Unavailable
from server.kernel.migrations import upgrade
from server.kernel.tables import is_empty

_GENTLY = 19


@click.command()
@click.option("--to", "file", type=click.Path(dir_okay=False, path_type=Path), default=None,
              help="Write this file; if left out, a file in the backups folder, where old ones are cleared away.")
@click.option("--gently", is_flag=True, help="Let everything else on this machine go first; for the server, which notes the backup itself.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: file, bytes, rows, moves, ledger_hash, made_at, seconds, removed.")
@click.pass_obj
def backup(url: str, *, file: Path | None, gently: bool, as_json: bool) -> None:
    """Back the database up while the server runs, and prove the copy by restoring it beside.

    The copy is one consistent moment. It is restored into a file of its own, where SQLite's integrity, the invariants I1
    to I3 and the ledger's hash are checked; when they do not hold, the copy is kept with the ending .unsound in the place of
    the last such one, and the command ends with 1. Only its owner can read the file (mode 0600).

    Without --to it goes into var/backups, where all of the last hour stay, and the newest of each of the last 24 hours, 14
    days and 8 weeks that have one. When root makes it, it belongs to the owner of that folder.
    """
    var = var_of(url)
    if gently:
        _step_aside()
    with clear_errors():
        told = with_database(url, lambda database: _made(database, var, file, is_noted=file is None and not gently))
        removed = [] if file else rotate(var / "backups", (SQLITE_ENDING, DUMP_ENDING))
    say({**told, "removed": removed}, as_json,
        f"{told['file']}: {told['rows']} rows, {told['moves']} moves, {told['bytes']} bytes, restored and checked."
        + (f" {len(removed)} old backups removed." if removed else ""))


def _step_aside() -> None:
    """Whoever scans goes first, at once."""
    os.nice(_GENTLY)
    if hasattr(os, "SCHED_IDLE"):
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def _made(database: Database, var: Path, file: Path | None, *, is_noted: bool) -> dict[str, Any]:
    """One that lies where backups are looked for is noted; one that somebody carries away is their own.

    A gentle one is noted by the server that asked for it: a process that steps aside must not hold the one writer's lock.
    """
    began, made_at = time.monotonic(), database.clock.now()
    made = write_backup(database, file) if file else keep_backup(database, var, "aisle", name_at(datetime.now(UTC)))
    told = {**made, "made_at": made_at, "seconds": round(time.monotonic() - began, 3)}
    if is_noted:
        with suppress(Unavailable):  # the backup is good all the same
            database.write(lambda tx: note_backup(tx, told), backlog=True)
    return told


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Replace what is in the database without asking.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: rows, moves, ledger_hash, before, warnings.")
@click.pass_obj
def restore(url: str, *, file: Path, yes: bool, as_json: bool) -> None:
    """Bring a backup back into the database that --db names.

    A backup of SQLite can be restored into PostgreSQL and the other way round. Stop the server first. The backup is
    restored beside and checked like when it was made before the database is touched; then it takes the database's place in
    one step. What else does not hold is warned of. The SQLite
    file that was there before stays beside it, with the ending .before-restore- and the moment, and is never cleared away.
    """
    with clear_errors():
        make_folder(url)
    with clear_errors(), scratch(sqlite_path(url).parent if url.startswith("sqlite") else None) as folder:
        new = restored(file, folder)
        warnings = with_database(f"sqlite:///{new}", lambda database: database.read(check_invariants))
        before = (_into_sqlite if url.startswith("sqlite") else _into_postgres)(url, new, yes=yes)
    told = with_database(url, lambda database: database.snapshot(figures))
    values = {"rows": sum(told["rows"].values()), "moves": told["rows"]["stock_move"], "ledger_hash": told["ledger_hash"],
              "before": before and str(before), "warnings": warnings}
    tell_warnings(warnings)
    say(values, as_json, f"{values['rows']} rows, {values['moves']} moves are back; {verdict(warnings)}."
        + (f" What was there before is in {before}." if before else ""))


def _into_sqlite(url: str, new: Path, *, yes: bool) -> Path | None:
    target = sqlite_path(url)
    if target.exists():
        _confirm(target.name, yes=yes)
    return restore_into_file(new, target)


def _into_postgres(url: str, new: Path, *, yes: bool) -> Path | None:
    if not has_tables(url):
        upgrade(url)

    def work(database: Database) -> None:
        replace = not database.read(is_empty)
        if replace:
            _confirm(str(make_url(url).database), yes=yes)
            guard_unused(database)
        restore_into_postgres(new, database, tell_progress, replace=replace)

    with_database(url, work)
    return None


def _confirm(name: str, *, yes: bool) -> None:
    """What is there is lost: its name has to be typed."""
    typed: Any = name if yes else click.prompt(f"Everything in {name} will be replaced. Type {name} to go on", err=True)
    if typed != name:
        raise click.ClickException(f"{name} was not typed. Nothing was changed.")
