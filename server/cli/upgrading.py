"""`aisle upgrade`: the tables are brought to this version, after a backup that is kept, and everything is checked."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from server.cli.common import clear_errors, make_folder, say, var_of, with_database
from server.cli.keeping import keep_backup
from server.cli.transfer import check_invariants, tell_warnings, verdict
from server.kernel.errors import Refusal
from server.kernel.migrations import upgrade as migrate
from server.kernel.tables import revision_of
from server.kernel.version import head_revision, known_revisions


class NewerTables(Refusal):
    """A newer version of this program has been at the database."""

    code = "newer_tables"


class OlderTables(Refusal):
    """The database has the tables of an earlier version."""

    code = "older_tables"


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON: before, now, backup, warnings.")
@click.pass_obj
def upgrade(url: str, *, as_json: bool) -> None:
    """Bring the tables of an earlier version to this one's; does nothing when they are.

    First a backup is written into var/backups, where it stays, and the whole way is tried on it: restored beside, upgraded
    and checked. Then the database itself is changed in one transaction, so that it is always the old or the new one, whenever
    the machine goes off. What does not hold and is nothing that a backup is proved with is warned of. Stop the server first.
    """
    told = brought_up(url, var_of(url))
    say(told, as_json, f"The tables are of version {told['now']}." if told["before"] == told["now"] else
        f"The tables went from version {told['before'] or 'none'} to {told['now']}; {verdict(told['warnings'])}."
        + (f" What was there before is in {told['backup']}." if told["backup"] else ""))


def brought_up(url: str, var: Path) -> dict[str, Any]:
    """The version before and now, the backup that was made when there was something to lose, and what is warned of."""
    with clear_errors():
        make_folder(url)
    before, now, backup = version_of(url), head_revision(), None
    if before == now:
        return {"before": before, "now": now, "backup": None, "warnings": []}
    _guard_newer(before)
    with clear_errors():
        if before is not None:
            backup = _backup(url, var, before)
        migrate(url)
        warnings = with_database(url, lambda database: database.snapshot(check_invariants))
    tell_warnings(warnings)
    return {"before": before, "now": now, "backup": backup, "warnings": warnings}


def guard_version(url: str) -> None:
    """NewerTables or OlderTables unless the tables are this program's own."""
    found = version_of(url)
    _guard_newer(found)
    if found != head_revision():
        raise OlderTables(f"The database has the tables of an earlier version ({found or 'none'}). Run `aisle upgrade` first.")


def version_of(url: str) -> str | None:
    """The version of the tables; None where there are none."""
    with clear_errors():
        if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
            return None
    return with_database(url, lambda database: database.read(revision_of))


def _guard_newer(found: str | None) -> None:
    if found is not None and found not in known_revisions():
        raise NewerTables(f"A newer Aisle has been at this database (tables {found[:32]}). Start that version.")


def _backup(url: str, var: Path, before: str) -> str:
    """Its file, under a name that no clearing away knows."""
    name = f"before-upgrade-from-{before}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    made: str = with_database(url, lambda database: keep_backup(database, var, "before-upgrade", name))["file"]
    return made
