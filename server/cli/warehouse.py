"""`aisle init`, `site`, `ledger` and `verify`: a warehouse begins, says how it works, and is checked."""

import json
from pathlib import Path
from typing import Any

import click
from sqlalchemy import text

from server.cli.common import say, var_of, with_database
from server.cli.upgrading import brought_up
from server.cli.verify import verify_report
from server.kernel.audit import Head
from server.kernel.database import Database
from server.kernel.transaction import Tx
from server.masterdata.locations import Grid, NewLocation, locations_of_pattern
from server.new_warehouse import begin_warehouse
from server.stock.seals import ledger_hash
from server.wms.site_changes import change_site

_MOVES = text("SELECT COUNT(*) FROM stock_move")
_SEALED = text("SELECT COALESCE(SUM(moves), 0) FROM seal")


@click.command()
@click.option("--site", default="W1", show_default=True, help="Code of the first warehouse.")
@click.option("--name", default="Main warehouse", show_default=True)
@click.option("--set", "changes", multiple=True, help="A setting of the warehouse; see aisle site --help.")
@click.option("--bins", default="", help="Bins to make, as a pattern: W1-{A..D}-{01..20}-{1..4} (zone, rack, level).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def init(url: str, *, site: str, name: str, changes: tuple[str, ...], bins: str, as_json: bool) -> None:
    """Make the database, or bring it to this version's tables, with a first warehouse and its bins."""
    brought_up(url, var_of(url))  # new tables at once; those of an earlier version after a backup
    made = with_database(url, lambda database: _first_site(database, var_of(url), site, name, bins))
    if changes:
        with_database(url, lambda database: database.write(lambda tx: change_site(tx, site, changes)))
    say(made, as_json, f"{url} is ready: warehouse {site}, {made['locations']} bins made.")


@click.command()
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


def _first_site(database: Database, var: Path, site: str, name: str, bins: str) -> dict[str, Any]:
    new = locations_of_pattern(bins, Grid(), NewLocation(code="")) if bins else []
    database.write(lambda tx: begin_warehouse(tx, site, name, var, new, pattern=bins))
    return {"site": site, "locations": len(new)}


@click.command()
@click.argument("code")
@click.option("--set", "changes", multiple=True, help="A setting: layout=cross_aisles_mm:0,27300;depot_mm:12000,0;"
                                                      "one_way_up_mm:3000;one_way_down_mm:6000, gcp=9521234, "
                                                      "pick_scan=bin_item, pack_check=each, pack_weigh=yes, pack_carton_g=200, cutoffs=11:00,16:00, cost_per_hour_cents=2800, currency=EUR, streams=0 or 1, "
                                                      "catch_weight=28IIIIIWWWWWC,29IIIIXWWWWWC (I item, X not looked at, W grams, "
                                                      "P price, C check digit), group_separators=~.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def site(url: str, *, code: str, changes: tuple[str, ...], as_json: bool) -> None:
    """Show and change what a warehouse has chosen."""
    settings = with_database(url, lambda database: database.write(lambda tx: change_site(tx, code, changes)))
    say(settings, as_json, "\n".join(f"{name}: {value}" for name, value in settings.items()))


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def ledger(url: str, *, as_json: bool) -> None:
    """How long the ledger is, how much of it is sealed, and its hash."""
    told = with_database(url, lambda database: database.read(ledger_summary))
    say(told, as_json, f"{told['moves']} moves, {told['sealed']} sealed, hash {told['hash']}")


def ledger_summary(tx: Tx) -> dict[str, Any]:
    """Moves, sealed moves, and the hash over all of them."""
    return {"moves": int(tx.scalar(_MOVES)), "sealed": int(tx.scalar(_SEALED)), "hash": ledger_hash(tx)}
