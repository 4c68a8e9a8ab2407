"""Alembic's entry: runs the revisions against the URL it is given."""

from alembic import context
from sqlalchemy import create_engine

from server.kernel.models import Base

url = str(context.config.attributes["url"])
engine = create_engine(url)
with engine.connect() as connection:
    if engine.dialect.name == "sqlite":
        # Rebuilding a parent table with foreign keys on would delete the children.
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.commit()
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
engine.dispose()
