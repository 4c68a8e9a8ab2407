"""Everything from one database into another, in one transaction that is undone when anything differs afterwards."""

from typing import Any

import click

from server.cli.verify import INVARIANTS
from server.kernel.database import Database, take_your_time
from server.kernel.errors import Refusal
from server.kernel.tables import (
    Table,
    Tell,
    add_tables,
    empty_tables,
    is_empty,
    revision_of,
    row_counts,
    rows_of,
    tables_of,
)
from server.kernel.transaction import Tx
from server.kernel.version import head_revision
from server.stock.seals import ledger_hash


class TargetNotEmpty(Refusal):
    """Where everything should go there is something already."""

    code = "target_not_empty"


class Unsound(Refusal):
    """What was copied or kept does not add up."""

    code = "unsound"


def figures(tx: Tx) -> dict[str, Any]:
    """What has to be equal on both sides: the rows of every table, and the ledger's hash."""
    return {"rows": row_counts(tx), "ledger_hash": ledger_hash(tx)}


def transfer(source: Database, target: Database, tell: Tell, *, replace: bool = False) -> dict[str, Any]:
    """Fills `target` from `source`; the figures of both. With `replace` what is there goes first.

    The source is looked at again when all is copied: a server that wrote to it meanwhile shows.
    """
    def work(tx: Tx) -> dict[str, Any]:
        take_your_time(tx)
        _make_room(tx, replace=replace)
        source.snapshot(lambda stored: _copy(stored, tx, tell))
        there, here = source.snapshot(figures), figures(tx)
        _compare(there, here)
        check_invariants(tx)
        return here

    _same_version(source, "--db")
    _same_version(target, "--to")
    return target.write(work)


def check_invariants(tx: Tx, only: tuple[str, ...] = ()) -> None:
    """Unsound names the first thing that is not as it must always be."""
    for invariant in INVARIANTS:
        if only and invariant.id not in only:
            continue
        finding = invariant.check(tx)
        if finding.broken:
            raise Unsound(f"{finding.id} ({finding.title}) does not hold: {finding.rows[0]}", what=finding.id)


def tell_progress(table: str, rows: int) -> None:
    """One line for each table that has rows, where progress is told."""
    if rows:
        click.echo(f"  {table}: {rows} rows", err=True)


def _make_room(tx: Tx, *, replace: bool) -> None:
    if replace:
        empty_tables(tx)
    elif not is_empty(tx):
        raise TargetNotEmpty("The target holds data already. Give an empty database, or one that was only just made.")


def _copy(source: Tx, target: Tx, tell: Tell) -> None:
    tables: list[tuple[Table, Any]] = [(table, rows_of(source, table)) for table in tables_of(source)]
    add_tables(target, tables, tell)


def _compare(there: dict[str, Any], here: dict[str, Any]) -> None:
    for table, rows in there["rows"].items():
        if here["rows"].get(table) != rows:
            raise Unsound(f"Table {table} has {rows} rows there and {here['rows'].get(table)} here. Is a server still "
                          "writing to it? Stop it and begin again.", what=table)
    if there["ledger_hash"] != here["ledger_hash"]:
        raise Unsound("The ledger's hash differs. Nothing was kept.", what="ledger")


def _same_version(database: Database, name: str) -> None:
    found, wanted = database.read(revision_of), head_revision()
    if found != wanted:
        raise Unsound(f"The tables of {name} are of version {found or 'none'}, this program's are {wanted}. Run `aisle "
                      "init` on it first.", what=str(found))


