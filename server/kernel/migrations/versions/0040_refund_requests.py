"""What buyers asked their platform to have back, up to when each channel was asked for that, and the kinds of exceptions that it is."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KINDS = ("'oversold', 'address', 'check', 'price', 'item', 'unreadable', 'paper', 'too_late', 'payment', 'stuck', 'waiting', 'short', "
          "'not_told', 'quantity'")
_MORE = f"{_KINDS}, 'refund_asked', 'refund_left'"
_TABLES = {"order_exception": "kind IN ({})", "exception_rule": "kind IN ('any', {})"}
_HOLDS = sa.text("holds = 1")


def upgrade() -> None:
    """Brings the tables up by one step."""
    op.create_table(
        "refund_request",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("channel_id", _KEY, nullable=False),
        sa.Column("ref", sa.String(length=128), nullable=False),
        sa.Column("order_ref", sa.String(length=128), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("is_return", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=256), server_default="", nullable=False),
        sa.Column("order_id", _KEY),
        sa.Column("decision", sa.String(length=8), server_default="", nullable=False),
        sa.Column("holds", sa.Integer(), server_default="0", nullable=False),
        sa.Column("notice_id", _KEY),
        sa.Column("rma_id", _KEY),
        sa.Column("came_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("stage BETWEEN 0 AND 3 AND amount >= 0", name=op.f("ck_refund_request_stage")),
        sa.CheckConstraint("decision IN ('', 'agreed', 'cancels', 'let_go')", name=op.f("ck_refund_request_decision")),
        sa.CheckConstraint("is_return IN (0, 1) AND holds IN (0, 1)", name=op.f("ck_refund_request_is")),
        sa.CheckConstraint("holds = 0 OR (order_id IS NOT NULL AND stage <> 2 AND decision <> 'let_go')", name=op.f("ck_refund_request_holds")),
        *(sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_refund_request_{column}")) for column, table in (
            ("channel_id", "channel"), ("order_id", "sales_order"), ("notice_id", "channel_notice"), ("rma_id", "rma"))),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_request")),
        sa.UniqueConstraint("rma_id", name=op.f("uq_refund_request_rma_id")),
        sa.UniqueConstraint("channel_id", "ref", name=op.f("uq_refund_request_channel_id_ref")),
    )
    op.create_index("ix_refund_request_order_ref", "refund_request", ["channel_id", "order_ref"])
    op.create_index("ix_refund_request_order_id", "refund_request", ["order_id"])
    op.create_index("ix_refund_request_holds", "refund_request", ["order_id"], sqlite_where=_HOLDS, postgresql_where=_HOLDS)
    op.execute("ALTER TABLE channel ADD COLUMN asked_until BIGINT DEFAULT 0 NOT NULL")
    op.execute("UPDATE channel SET asked_until = watermark")
    for table in _TABLES:
        _kinds(table, _KINDS, _MORE)


def downgrade() -> None:
    """Takes the step back; what buyers asked for is forgotten, and orders that wait for it are held by hand."""
    op.execute("UPDATE sales_order SET hold = 'by_hand' WHERE hold = 'refund_asked'")
    for table in _TABLES:
        op.execute(f"DELETE FROM {table} WHERE kind IN ('refund_asked', 'refund_left')")  # noqa: S608 - our own names
        _kinds(table, _MORE, _KINDS)
    op.execute("ALTER TABLE channel DROP COLUMN asked_until")
    op.drop_table("refund_request")


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
