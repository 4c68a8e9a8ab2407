"""Alembic's entry: runs the revisions against the URL it is given, all of them in one transaction.

SQLite's driver would commit each change of a table by itself: a kill between two would leave tables of no version.
"""

from typing import Any

from alembic import context
from sqlalchemy import Connection, create_engine, event, text

from server.kernel.models import Base

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(4711)")


def _open(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    # Rebuilding a parent table with foreign keys on would delete the children.
    connection.execute("PRAGMA foreign_keys = OFF")


def _run(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(_ONE_AT_A_TIME)
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True, transactional_ddl=True)
    before = context.get_context().get_current_revision()
    context.run_migrations()
    if connection.dialect.name == "sqlite" and context.get_context().get_current_revision() != before:
        _guard_references(connection)


def _guard_references(connection: Connection) -> None:
    lost = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if lost is not None:
        raise AssertionError(f"after the migration {lost[0]} row {lost[1]} points at a missing {lost[2]}")


engine = create_engine(str(context.config.attributes["url"]))
if engine.dialect.name == "sqlite":
    event.listen(engine, "connect", _open)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
with engine.begin() as held:
    _run(held)
engine.dispose()
