"""Buyers' requests for money that cannot be read are kept; exceptions may be about one, or about a channel that does not answer."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KINDS = ("'oversold', 'address', 'check', 'price', 'item', 'unreadable', 'paper', 'too_late', 'payment', 'stuck', 'waiting', 'short', "
          "'not_told', 'quantity', 'refund_asked', 'refund_left'")
_MORE = f"{_KINDS}, 'channel'"
_TABLES = {"order_exception": "kind IN ({})", "exception_rule": "kind IN ('any', {})"}
_REFUSED = sa.text("state = 'refused'")


def upgrade() -> None:
    """Brings the tables up by one step."""
    op.create_table(
        "unread_request",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("channel_id", _KEY, nullable=False),
        sa.Column("ref", sa.String(length=128), nullable=False),
        sa.Column("order_ref", sa.String(length=128), server_default="", nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("words", sa.String(length=512), nullable=False),
        sa.Column("state", sa.String(length=8), server_default="refused", nullable=False),
        sa.Column("came_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('refused', 'taken', 'dropped')", name=op.f("ck_unread_request_state")),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_unread_request_channel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unread_request")),
        sa.UniqueConstraint("channel_id", "ref", name=op.f("uq_unread_request_channel_id_ref")),
    )
    op.create_index("ix_unread_request_refused", "unread_request", ["id"], sqlite_where=_REFUSED, postgresql_where=_REFUSED)
    op.execute("ALTER TABLE order_exception ADD COLUMN unread_id BIGINT CONSTRAINT fk_order_exception_unread_id REFERENCES unread_request (id)")
    for table in _TABLES:
        _kinds(table, _KINDS, _MORE)


def downgrade() -> None:
    """Takes the step back: what is about a request that cannot be read, or about a channel, is not told."""
    for table in _TABLES:
        op.execute(f"DELETE FROM {table} WHERE kind = 'channel'")  # noqa: S608 - our own names
        _kinds(table, _MORE, _KINDS)
    op.execute("DELETE FROM order_exception WHERE unread_id IS NOT NULL")
    op.execute("ALTER TABLE order_exception DROP COLUMN unread_id")
    op.drop_table("unread_request")


def _kinds(table: str, old: str, new: str) -> None:
    """Which kinds of exceptions there are. SQLite changes no CHECK in place: the table is written anew, as it was but for that."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f(f"ck_{table}_kind"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_kind"), table, _TABLES[table].format(new))
        return
    connection = op.get_bind()
    made = {kind: [str(row[0]) for row in connection.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE type = ? AND tbl_name = ? AND sql IS NOT NULL", (kind, table))] for kind in ("table", "index")}
    rebuilt = re.sub(rf'^CREATE TABLE "?{table}"?', f"CREATE TABLE {table}_rebuilt", made["table"][0]).replace(f"({old})", f"({new})").replace(f", {old})", f", {new})")
    for statement in (rebuilt, f"INSERT INTO {table}_rebuilt SELECT * FROM {table}", f"DROP TABLE {table}",  # noqa: S608 - our own names
                      f"ALTER TABLE {table}_rebuilt RENAME TO {table}", *made["index"]):
        connection.exec_driver_sql(statement)
