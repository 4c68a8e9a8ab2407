"""`aisle`: the command line. Every command has --help and --json, and ends with 1 when something is wrong."""

import json
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from labels.gs1.command import parse
from server.cli.importing import COLUMNS, import_file
from server.cli.serve import serve
from server.cli.verify import verify_report
from server.cli.walk import bench, walk
from server.kernel.database import Database, upgrade
from server.kernel.errors import Refusal, Unavailable
from server.masterdata.locations import Grid, NewLocation, locations_of_pattern, put_location
from server.masterdata.sites import add_site

DEFAULT_URL = "sqlite:///var/aisle.db"


class Commands(click.Group):
    """Says a refusal in one sentence instead of a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Runs a command; what is refused ends it with 1."""
        try:
            return super().invoke(ctx)
        except Unavailable as error:
            raise click.ClickException(f"The database does not answer: {error}. Is the address right?") from error
        except Refusal as error:
            raise click.ClickException(error.sentence) from error


@click.group(cls=Commands)
@click.option("--db", default=lambda: os.environ.get("AISLE_DB", DEFAULT_URL), show_default=DEFAULT_URL,
              help="Where the database is: sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME (also AISLE_DB).")
@click.pass_context
def main(context: click.Context, db: str) -> None:
    """Aisle runs a warehouse floor."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    context.obj = db


main.add_command(parse)
main.add_command(serve)
main.add_command(walk)
main.add_command(bench)


@main.command()
@click.option("--site", default="W1", show_default=True, help="Code of the first warehouse.")
@click.option("--name", default="Main warehouse", show_default=True)
@click.option("--bins", default="", help="Bins to make, as a pattern: W1-{A..D}-{01..20}-{1..4} (zone, rack, level).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def init(url: str, *, site: str, name: str, bins: str, as_json: bool) -> None:
    """Make the database, or bring it to this version's tables, with a first warehouse and its bins."""
    _make_folder(url)
    upgrade(url)
    made = _with_database(url, lambda database: _first_site(database, site, name, bins))
    _say(made, as_json, f"{url} is ready: warehouse {site}, {made['locations']} bins made.")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def verify(context: click.Context, *, as_json: bool) -> None:
    """Check that everything that must always be true is true; ends with 1 and names the rows when not."""
    findings = _with_database(context.obj, verify_report)
    if as_json:
        click.echo(json.dumps(findings, ensure_ascii=False))
    else:
        for one in findings:
            click.echo(f"{one['id']:<5} {'broken' if one['broken'] else 'holds ':<7} {one['checked']:>9} checked  {one['title']}")
            for row in one["rows"]:
                click.echo(f"        {row}")
    if any(one["broken"] for one in findings):
        context.exit(1)


@main.command("import")
@click.argument("kind", type=click.Choice(sorted(COLUMNS)))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def import_(context: click.Context, *, kind: str, file: Path, as_json: bool) -> None:
    """Bring in a CSV file with a header line.

    items: code, name; also gtin, case_quantity, case_gtin, weight_g, volume_ml, lot, expiry, serial (yes or no).
    locations: site, code; also kind, zone, aisle, level, x_mm, y_mm.

    A bad line is reported with its number and stops nothing but itself; the command then ends with 1.
    """
    report = _with_database(context.obj, lambda database: import_file(database, kind, file))
    _say(report, as_json, "\n".join([*(f"line {one['line']}: {one['what']}" for one in report["errors"]),
                                     f"{report['done']} {kind} brought in, {report['failed']} lines wrong."]))
    if report["failed"]:
        context.exit(1)


def _with_database(url: str, work: Callable[[Database], Any]) -> Any:
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
        raise click.ClickException(f"There is no database at {url}. Run `aisle init` first, or give another with --db.")
    database = Database(url)
    try:
        return work(database)
    finally:
        database.close()


def _first_site(database: Database, site: str, name: str, bins: str) -> dict[str, Any]:
    def work(tx: Any) -> dict[str, Any]:
        from sqlalchemy import text  # noqa: PLC0415 - parse and walk start without it

        number = tx.scalar(text("SELECT id FROM site WHERE code = :code"), code=site) or add_site(tx, site, name)
        new = locations_of_pattern(bins, Grid(), NewLocation(code="")) if bins else []
        for one in new:
            put_location(tx, number, one)
        return {"site": site, "locations": len(new)}

    return database.write(work)


def _make_folder(url: str) -> None:
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)


def _say(values: dict[str, Any], as_json: bool, sentence: str) -> None:
    click.echo(json.dumps(values, ensure_ascii=False) if as_json else sentence)
