"""Everything from one database into another, in one transaction that is undone when anything differs afterwards."""

from typing import Any

import click

from server.cli.verify import INVARIANTS
from server.kernel.database import Database, take_your_time
from server.kernel.errors import Refusal
from server.kernel.invariants import Finding
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

PROVED = ("I1", "I2", "I3")
"""The invariants that a backup is proved with. Whatever passes them can be restored, upgraded and moved."""


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
    """Fills `target` from `source`; the figures of both, and `warnings`. With `replace` what is there goes first.

    The source is looked at again when all is copied: a server that wrote to it meanwhile shows.
    """
    def work(tx: Tx) -> dict[str, Any]:
        take_your_time(tx)
        _make_room(tx, replace=replace)
        source.snapshot(lambda stored: _copy(stored, tx, tell))
        there, here = source.snapshot(figures), figures(tx)
        _compare(there, here)
        return {**here, "warnings": check_invariants(tx)}

    _same_version(source, "--db")
    _same_version(target, "--to")
    return target.write(work)


def check_proved(tx: Tx) -> None:
    """Unsound names the first of the invariants that a backup is proved with and that does not hold."""
    for finding in (one.check(tx) for one in INVARIANTS if one.id in PROVED):
        if finding.broken:
            raise Unsound(_broken(finding), what=finding.id)


def check_invariants(tx: Tx) -> list[str]:
    """Unsound like `check_proved`; a sentence for each of the other invariants that does not hold.

    Those may be broken while all goods are where they should be: refusing them would leave a house without its database.
    """
    check_proved(tx)
    findings = [one.check(tx) for one in INVARIANTS if one.id not in PROVED]
    return [f"{_broken(one)}. It was so before and stops nothing. `aisle verify` names every row: look at what is behind them."
            for one in findings if one.broken]


def tell_warnings(warnings: list[str]) -> None:
    """A line each, where it does not mix with the answer."""
    for words in warnings:
        click.echo(f"Warning: {words}", err=True)


def verdict(warnings: list[str]) -> str:
    """What the last words of a command say about the invariants."""
    return f"{len(warnings)} of the invariants do not hold, see the warnings" if warnings else "every invariant holds"


def tell_progress(table: str, rows: int) -> None:
    """One line for each table that has rows, where progress is told."""
    if rows:
        click.echo(f"  {table}: {rows} rows", err=True)


def _broken(finding: Finding) -> str:
    more = f" and {finding.broken - 1} more" if finding.broken > 1 else ""
    return f"{finding.id} ({finding.title}) does not hold: {finding.rows[0]}{more}"


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
