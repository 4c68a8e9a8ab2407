"""Channels where customers order: what they gave, what it is here, and what they are to be told."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ORDER = (("hold", "VARCHAR(32) DEFAULT '' NOT NULL"), ("placed_at", "BIGINT"), ("currency", "VARCHAR(3) DEFAULT '' NOT NULL"),
          ("total", "BIGINT DEFAULT 0 NOT NULL"), ("note", "VARCHAR(512) DEFAULT '' NOT NULL"), ("last_line", "INTEGER DEFAULT 0 NOT NULL"))
_LINE = (("ref", "VARCHAR(64) DEFAULT '' NOT NULL"), ("price", "BIGINT DEFAULT 0 NOT NULL"))


def upgrade() -> None:
    """Brings the tables up by one step."""
    for table, columns in (("sales_order", _ORDER), ("sales_order_line", _LINE)):
        for name, kind in columns:
            op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")
    op.create_table(
        "channel",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("site_id", _KEY, nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("secrets", sa.JSON(), nullable=False),
        sa.Column("carrier", sa.String(length=64), server_default="", nullable=False),
        sa.Column("promises_unpaid", sa.Integer(), server_default="0", nullable=False),
        sa.Column("every_seconds", sa.Integer(), server_default="10", nullable=False),
        sa.Column("state", sa.String(length=16), server_default="running", nullable=False),
        sa.Column("watermark", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("next_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("pulled_at", sa.BigInteger(), nullable=True),
        sa.Column("heard_at", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.String(length=512), server_default="", nullable=False),
        sa.Column("error_code", sa.String(length=100), server_default="", nullable=False),
        sa.Column("error_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('running', 'paused')", name=op.f("ck_channel_state")),
        sa.CheckConstraint("every_seconds > 0 AND failures >= 0 AND watermark >= 0", name=op.f("ck_channel_counts")),
        sa.CheckConstraint("promises_unpaid IN (0, 1)", name=op.f("ck_channel_promises_unpaid")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_channel_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel")),
        sa.UniqueConstraint("code", name=op.f("uq_channel_code")),
    )
    op.create_table(
        "channel_item",
        sa.Column("channel_id", _KEY, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("item_id", _KEY, nullable=False),
        sa.Column("quantity", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_channel_item_quantity")),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_channel_item_channel_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_channel_item_item_id")),
        sa.PrimaryKeyConstraint("channel_id", "name", name=op.f("pk_channel_item")),
    )
    op.create_table(
        "channel_notice",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("channel_id", _KEY, nullable=False),
        sa.Column("order_id", _KEY, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("once", sa.String(length=128), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), server_default="waiting", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("error", sa.String(length=512), server_default="", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('ship', 'cancel', 'refund')", name=op.f("ck_channel_notice_kind")),
        sa.CheckConstraint("state IN ('waiting', 'told', 'refused')", name=op.f("ck_channel_notice_state")),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_channel_notice_channel_id")),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_channel_notice_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_notice")),
        sa.UniqueConstraint("channel_id", "once", name=op.f("uq_channel_notice_channel_id_once")),
    )
    op.create_index("ix_channel_notice_order_id", "channel_notice", ["order_id"], unique=False)
    op.create_index("ix_channel_notice_waiting", "channel_notice", ["channel_id", "id"], unique=False, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
    op.create_table(
        "channel_paper",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("channel_id", _KEY, nullable=False),
        sa.Column("ref", sa.String(length=128), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("stage", sa.Integer(), server_default="0", nullable=False),
        sa.Column("digest", sa.String(length=64), server_default="", nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("wanted", sa.Integer(), server_default="0", nullable=False),
        sa.Column("order_id", _KEY, nullable=True),
        sa.Column("code", sa.String(length=64), server_default="", nullable=False),
        sa.Column("words", sa.String(length=512), server_default="", nullable=False),
        sa.Column("came_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(state = 'refused') = (code <> '')", name=op.f("ck_channel_paper_code")),
        sa.CheckConstraint("state <> 'taken' OR order_id IS NOT NULL", name=op.f("ck_channel_paper_taken")),
        sa.CheckConstraint("state IN ('new', 'taken', 'refused', 'ended')", name=op.f("ck_channel_paper_state")),
        sa.CheckConstraint("stage BETWEEN 0 AND 3 AND wanted >= 0", name=op.f("ck_channel_paper_counts")),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_channel_paper_channel_id")),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_channel_paper_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_paper")),
        sa.UniqueConstraint("channel_id", "ref", name=op.f("uq_channel_paper_channel_id_ref")),
    )
    for name, rule in (("refused", sa.text("state = 'refused'")), ("wanted", sa.text("wanted > 0"))):
        op.create_index(f"ix_channel_paper_{name}", "channel_paper", ["channel_id", "id"], sqlite_where=rule, postgresql_where=rule)
    op.create_index("ix_channel_paper_order_id", "channel_paper", ["order_id"], unique=False)


def downgrade() -> None:
    """Takes the step back; what channels gave and are to be told is gone with their tables, the orders made of it stay."""
    for table in ("channel_paper", "channel_notice", "channel_item", "channel"):
        op.drop_table(table)
    for table, columns in (("sales_order_line", _LINE), ("sales_order", _ORDER)):
        for name, _ in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
