"""`aisle export`."""

import json
import sys
from pathlib import Path
from typing import IO

import click

from server.cli import exporting
from server.cli.common import with_database
from server.cli.exporting import KINDS
from server.kernel.database import Database


@click.command("export")
@click.argument("kind", type=click.Choice(sorted(KINDS)))
@click.option("--to", "file", type=click.Path(dir_okay=False, path_type=Path), default=None,
              help="Write this file; standard output if left out.")
@click.option("--json", "as_json", is_flag=True, help="With --to, print JSON: kind, file, lines.")
@click.pass_obj
def export(url: str, *, kind: str, file: Path | None, as_json: bool) -> None:
    """Write a CSV file: UTF-8, a header line, commas between cells, times in UTC.

    The files of items and locations can be brought in again with aisle import. Text that a spreadsheet would take for a
    formula begins with an apostrophe, which aisle import takes off again; numbers stay numbers.
    """
    if file is None:
        if as_json:
            raise click.UsageError("--json tells about a file: give --to as well.")
        sys.stdout.reconfigure(newline="", encoding="utf-8")  # type: ignore[union-attr]
        _write(url, kind, sys.stdout)
        return
    draft = file.with_name(f"{file.name}.draft")
    try:
        with draft.open("w", newline="", encoding="utf-8") as stream:
            lines = _write(url, kind, stream)
        draft.replace(file)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}.") from error
    finally:
        draft.unlink(missing_ok=True)
    click.echo(json.dumps({"kind": kind, "file": str(file), "lines": lines}) if as_json else f"{file}: {lines} lines of {kind}.")


def _write(url: str, kind: str, stream: IO[str]) -> int:
    def work(database: Database) -> int:
        return database.snapshot(lambda tx: exporting.export(tx, kind, stream))

    return with_database(url, work)
