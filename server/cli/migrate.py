"""`aisle migrate-db`: a warehouse that has grown moves to PostgreSQL, or back."""

from typing import Any

import click
from sqlalchemy import create_engine, inspect
from sqlalchemy.exc import OperationalError

from server.cli.common import clear_errors, make_folder, say, with_database
from server.cli.keeping import guard_unused
from server.cli.transfer import tell_progress, tell_warnings, transfer, verdict
from server.kernel.database import Database
from server.kernel.errors import Unavailable
from server.kernel.migrations import upgrade


@click.command("migrate-db")
@click.option("--to", "target", required=True, help="The other database: sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: the rows of every table and the ledger's hash, on both sides; warnings.")
@click.pass_obj
def migrate_db(url: str, *, target: str, as_json: bool) -> None:
    """Copy everything into another database, SQLite to PostgreSQL or back.

    Stop the server first: nothing is copied while anybody else has the database open. The other database must be empty or only just made (aisle init would be too much). All of it
    is copied in one transaction; then the rows of every table and the ledger's hash are compared and the invariants are
    checked on the other side. When anything differs, or one does not hold that a backup is proved with, nothing is kept there
    and the command ends with 1. What else does not hold is warned of.
    """
    if target == url:
        raise click.ClickException("--to names the database that --db names. Give another one.")
    told = with_database(url, lambda source: _into(source, target))
    tell_warnings(told["warnings"])
    say(told, as_json, f"{sum(told['rows'].values())} rows are in {_shown(target)}, ledger hash {told['ledger_hash']} on "
                       f"both sides; {verdict(told['warnings'])}. Start the server with --db {_shown(target)} from now on.")


def has_tables(url: str) -> bool:
    """True when anything is in the database; Unavailable when it does not answer."""
    with clear_errors():
        engine = create_engine(url)
    try:
        return bool(inspect(engine).get_table_names())
    except OperationalError as error:
        raise Unavailable(str(error.orig).splitlines()[0]) from error
    finally:
        engine.dispose()


def _into(source: Database, target: str) -> dict[str, Any]:
    guard_unused(source)  # what is scanned after the copy would stay behind
    with clear_errors():
        make_folder(target)
    if not has_tables(target):
        upgrade(target)
    return with_database(target, lambda database: transfer(source, database, tell_progress))


def _shown(url: str) -> str:
    """The address without a password."""
    return url if url.startswith("sqlite") else create_engine(url).url.render_as_string(hide_password=True)
