"""Which version the tables are of, asked by the driver alone: what changes tables takes long to load, and memory to keep."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

MIGRATIONS = Path(__file__).parent / "migrations"
_VERSION = "SELECT version_num FROM alembic_version"
_WAIT_SECONDS = 2


def known_revisions() -> set[str]:
    """Every version of the tables that this code knows, as its steps' files are named; an unknown one was made by newer code."""
    return {file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*.py")}


def head_revision() -> str:
    """The version of the tables that this code wants."""
    return max(known_revisions())


def is_current(url: str) -> bool:
    """Whether the tables are this program's own; False where that could not be learned as well."""
    try:
        return bool(_version(url) == head_revision())
    except _errors(url):
        return False


def _version(url: str) -> Any:
    if url.startswith("sqlite:///"):
        file = Path(url.removeprefix("sqlite:///")).absolute().as_uri()
        with closing(sqlite3.connect(f"{file}?mode=ro", uri=True, timeout=_WAIT_SECONDS)) as connection:
            return _only(connection.execute(_VERSION).fetchall())
    import psycopg  # noqa: PLC0415 - only servers on PostgreSQL have it

    with psycopg.connect(url.replace("+psycopg", "", 1), connect_timeout=_WAIT_SECONDS) as connection:
        return _only(connection.execute(_VERSION).fetchall())


def _only(rows: list[Any]) -> Any:
    return rows[0][0] if len(rows) == 1 else None


def _errors(url: str) -> tuple[type[Exception], ...]:
    if url.startswith("sqlite"):
        return (sqlite3.Error,)
    import psycopg  # noqa: PLC0415 - as above

    return (psycopg.Error,)
