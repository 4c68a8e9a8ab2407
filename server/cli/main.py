"""`aisle`: the command line. Every command has --help and --json, and ends with 1 when something is wrong."""

import importlib
import json
import logging
import os
from importlib.metadata import entry_points
from keyword import iskeyword
from pathlib import Path
from typing import Any

import click
from sqlalchemy import text

from labels.gs1.command import parse
from server.cli.common import say, var_of, with_database
from server.cli.sites import change_site, ledger_summary
from server.cli.verify import verify_report
from server.kernel.audit import Head, record
from server.kernel.database import Database
from server.kernel.errors import Refusal, Unavailable
from server.masterdata.locations import Grid, NewLocation, locations_of_pattern, put_location
from server.masterdata.sites import add_site
from server.printing.queue import put_printer
from server.wms.release_rules import ReleaseRule, put_rule

DEFAULT_URL = "sqlite:///var/aisle.db"


_LATER = {"serve": "server.cli.serve", "user": "server.cli.people", "device": "server.cli.people", "key": "server.cli.people",
          "walk": "server.cli.walk", "batch": "server.cli.batch", "bench": "server.cli.walk", "backup": "server.cli.backups",
          "restore": "server.cli.backups", "migrate-db": "server.cli.migrate", "import": "server.cli.imports",
          "export": "server.cli.exports", "cards": "server.cli.cards", "upgrade": "server.cli.upgrading"}
"""Commands whose modules are slow to import: loaded when they are called."""


class Commands(click.Group):
    """Says a refusal in one sentence instead of a traceback; finds commands of other packages by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Our own commands and the installed ones."""
        installed = (entry.name for entry in entry_points(group="aisle.commands"))
        return sorted({*super().list_commands(ctx), *_LATER, *installed})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by its name."""
        own = super().get_command(ctx, cmd_name)
        if own is None and cmd_name in _LATER:
            name = cmd_name.replace("-", "_") + "_" * iskeyword(cmd_name)
            own = getattr(importlib.import_module(_LATER[cmd_name]), name)
        found = next(iter(entry_points(group="aisle.commands", name=cmd_name)), None)
        loaded: click.Command | None = own or (found.load() if found is not None else None)
        return loaded

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


@main.command()
@click.option("--site", default="W1", show_default=True, help="Code of the first warehouse.")
@click.option("--name", default="Main warehouse", show_default=True)
@click.option("--set", "changes", multiple=True, help="A setting of the warehouse; see aisle site --help.")
@click.option("--bins", default="", help="Bins to make, as a pattern: W1-{A..D}-{01..20}-{1..4} (zone, rack, level).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def init(url: str, *, site: str, name: str, changes: tuple[str, ...], bins: str, as_json: bool) -> None:
    """Make the database, or bring it to this version's tables, with a first warehouse and its bins."""
    _bring_up(url)
    made = with_database(url, lambda database: _first_site(database, var_of(url), site, name, bins))
    if changes:
        with_database(url, lambda database: database.write(lambda tx: change_site(tx, site, changes)))
    say(made, as_json, f"{url} is ready: warehouse {site}, {made['locations']} bins made.")


def _bring_up(url: str) -> None:
    """New tables at once; those of an earlier version after a backup."""
    from server.cli.upgrading import brought_up  # noqa: PLC0415 - as slow to import as the commands of `_LATER`

    brought_up(url, var_of(url))


@main.command()
@click.option("--audit-head", default=None, help="A head of the audit as the server's log has it (ROWS:HASH): it must still hold that.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def verify(context: click.Context, *, audit_head: str | None, as_json: bool) -> None:
    """Check that everything that must always be true is true; ends with 1 and names the rows when not."""
    noted = Head.of(audit_head) if audit_head is not None else None
    findings = with_database(context.obj, lambda database: verify_report(database, noted))
    if as_json:
        click.echo(json.dumps(findings, ensure_ascii=False))
    else:
        for one in findings:
            click.echo(f"{one['id']:<5} {'broken' if one['broken'] else 'holds ':<7} {one['checked']:>9} checked  {one['title']}")
            for row in one["rows"]:
                click.echo(f"        {row}")
    if any(one["broken"] for one in findings):
        context.exit(1)


def _stations(tx: Any, site: str) -> list[NewLocation]:
    """The places that every warehouse has besides bins; those that are there stay as they are."""
    wanted = [NewLocation(code=f"{site}-{kind.upper()}-1", kind=kind) for kind in ("dock", "stage", "pack", "door")]
    return [one for one in wanted if not tx.scalar(text("SELECT 1 FROM location WHERE code = :code"), code=one.code)]


def _first_site(database: Database, var: Path, site: str, name: str, bins: str) -> dict[str, Any]:
    def work(tx: Any) -> dict[str, Any]:
        number = tx.scalar(text("SELECT id FROM site WHERE code = :code"), code=site) or add_site(tx, site, name)
        new = locations_of_pattern(bins, Grid(), NewLocation(code="")) if bins else []
        for one in [*new, *_stations(tx, site)]:
            put_location(tx, number, one)
        record(tx, "location.made", bins, made=len(new))
        put_printer(tx, "labels", number, (var / "labels").resolve().as_uri())
        put_rule(tx, ReleaseRule(site_id=number, name="streaming", streaming=True, hold_seconds=120))
        return {"site": site, "locations": len(new)}

    return database.write(work)


@main.command()
@click.argument("code")
@click.option("--set", "changes", multiple=True, help="A setting: layout=cross_aisles_mm:0,27300;depot_mm:12000,0;"
                                                      "one_way_up_mm:3000;one_way_down_mm:6000, gcp=9521234, "
                                                      "pick_scan=bin_item, pack_check=each, cutoffs=11:00,16:00, streams=0 or 1, "
                                                      "catch_weight=28IIIIIWWWWWC,29IIIIXWWWWWC (I item, X not looked at, W grams, "
                                                      "P price, C check digit), group_separators=~.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def site(url: str, *, code: str, changes: tuple[str, ...], as_json: bool) -> None:
    """Show and change what a warehouse has chosen."""
    settings = with_database(url, lambda database: database.write(lambda tx: change_site(tx, code, changes)))
    say(settings, as_json, "\n".join(f"{name}: {value}" for name, value in settings.items()))


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def ledger(url: str, *, as_json: bool) -> None:
    """How long the ledger is, how much of it is sealed, and its hash."""
    told = with_database(url, lambda database: database.read(ledger_summary))
    say(told, as_json, f"{told['moves']} moves, {told['sealed']} sealed, hash {told['hash']}")


if __name__ == "__main__":
    main()
