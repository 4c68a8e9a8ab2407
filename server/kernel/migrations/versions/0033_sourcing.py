"""Orders in several parts and merged ones; the rules by which they are sourced, what was decided, what was tried."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_BYTES = {"sqlite": "", "postgresql": ' COLLATE "C"'}
_BY_EXPRESSION = {"ix_sales_order_ref_in_capitals": "UPPER(channel_ref{})", "ix_sales_order_customer_in_capitals": "UPPER(customer{})",
                  "ix_sales_order_phone": "(phone{})"}
_STATES = "'accepted', 'released', 'partly_shipped', 'shipped', 'short', 'cancelled'"
_COLUMNS = ("part", "part_of", "merged_into", "is_sourced")


def upgrade() -> None:
    """Brings the tables up by one step."""
    _change_orders(upward=True)
    op.create_index("ix_sales_order_part_of", "sales_order", ["part_of"], sqlite_where=sa.text("part_of IS NOT NULL"), postgresql_where=sa.text("part_of IS NOT NULL"))
    op.create_index("ix_sales_order_merged_into", "sales_order", ["merged_into"], sqlite_where=sa.text("merged_into IS NOT NULL"),
                    postgresql_where=sa.text("merged_into IS NOT NULL"))
    op.execute("ALTER TABLE sales_order_line ADD COLUMN origin_id BIGINT CONSTRAINT fk_sales_order_line_origin_id REFERENCES sales_order (id)")
    op.execute("ALTER TABLE sales_order_line ADD COLUMN pack BIGINT DEFAULT 1 NOT NULL CONSTRAINT ck_sales_order_line_pack CHECK (pack > 0)")
    op.execute("ALTER TABLE channel ADD COLUMN sourcing VARCHAR(8) DEFAULT 'off' NOT NULL CONSTRAINT ck_channel_sourcing CHECK (sourcing IN ('off', 'on', 'together'))")
    op.execute("ALTER TABLE item ADD COLUMN handling VARCHAR(32) DEFAULT '' NOT NULL")
    op.create_table(
        "sourcing_rules",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), server_default="draft", nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.String(length=64), server_default="", nullable=False),
        sa.Column("active_from", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('draft', 'active', 'retired')", name=op.f("ck_sourcing_rules_state")),
        sa.CheckConstraint("state = 'draft' OR active_from IS NOT NULL", name=op.f("ck_sourcing_rules_active_from")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sourcing_rules")),
    )
    op.create_index("uq_sourcing_rules_active", "sourcing_rules", ["state"], unique=True, sqlite_where=sa.text("state = 'active'"),
                    postgresql_where=sa.text("state = 'active'"))
    op.create_table(
        "sourcing_decision",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("order_id", _KEY, nullable=False),
        sa.Column("rules_id", _KEY, nullable=True),
        sa.Column("how", sa.String(length=8), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.CheckConstraint("how IN ('rules', 'by_hand', 'together', 'stock')", name=op.f("ck_sourcing_decision_how")),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_sourcing_decision_order_id")),
        sa.ForeignKeyConstraint(["rules_id"], ["sourcing_rules.id"], name=op.f("fk_sourcing_decision_rules_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sourcing_decision")),
    )
    op.create_index("ix_sourcing_decision_order_id", "sourcing_decision", ["order_id"])
    op.create_table(
        "sourcing_trial",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), server_default="waiting", nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.String(length=64), server_default="", nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_sourcing_trial_state")),
        sa.CheckConstraint("days BETWEEN 1 AND 92 AND done >= 0 AND done <= total", name=op.f("ck_sourcing_trial_counts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sourcing_trial")),
    )
    op.create_table(
        "sourcing_site",
        sa.Column("site_id", _KEY, autoincrement=False, nullable=False),
        sa.Column("keeps", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("is_barred", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("keeps >= 0 AND is_barred IN (0, 1)", name=op.f("ck_sourcing_site_keeps")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_sourcing_site_site_id")),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_sourcing_site")),
    )
    op.create_table(
        "site_day",
        sa.Column("site_id", _KEY, autoincrement=False, nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.CheckConstraint("orders >= 0", name=op.f("ck_site_day_orders")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_day_site_id")),
        sa.PrimaryKeyConstraint("site_id", "day", name=op.f("pk_site_day")),
    )


def downgrade() -> None:
    """Takes the step back; parts of orders stay as orders of their own, what was merged stays so as cancelled."""
    for table in ("site_day", "sourcing_site", "sourcing_trial", "sourcing_decision", "sourcing_rules"):
        op.drop_table(table)
    op.execute("ALTER TABLE item DROP COLUMN handling")
    op.execute("ALTER TABLE channel DROP COLUMN sourcing")
    for name in ("origin_id", "pack"):
        op.execute(f"ALTER TABLE sales_order_line DROP COLUMN {name}")
    op.drop_index("ix_sales_order_merged_into", table_name="sales_order")
    op.drop_index("ix_sales_order_part_of", table_name="sales_order")
    op.execute("UPDATE sales_order SET channel_ref = SUBSTR(channel_ref, 1, 120) || '~' || part WHERE part > 0")
    op.execute("UPDATE sales_order SET state = 'cancelled' WHERE state = 'merged'")
    _change_orders(upward=False)


def _change_orders(*, upward: bool) -> None:
    """SQLite writes the table anew, and cannot read the indexes that are of an expression: they are made again."""
    for name in _BY_EXPRESSION:
        op.drop_index(name, table_name="sales_order")
    with op.batch_alter_table("sales_order") as batch:
        batch.drop_constraint(op.f("ck_sales_order_state"), type_="check")
        if upward:
            batch.add_column(sa.Column("part", sa.Integer(), server_default="0", nullable=False))
            for name in ("part_of", "merged_into"):
                batch.add_column(sa.Column(name, sa.BigInteger(), sa.ForeignKey("sales_order.id", name=f"fk_sales_order_{name}"), nullable=True))
            batch.add_column(sa.Column("is_sourced", sa.Integer(), server_default="0", nullable=False))
            batch.drop_constraint(op.f("uq_sales_order_channel_channel_ref"), type_="unique")
            batch.create_unique_constraint(op.f("uq_sales_order_channel_channel_ref_part"), ["channel", "channel_ref", "part"])
            batch.create_check_constraint(op.f("ck_sales_order_state"), f"state IN ({_STATES}, 'merged')")
            batch.create_check_constraint(op.f("ck_sales_order_part"), "(part = 0) = (part_of IS NULL) AND part >= 0 AND is_sourced IN (0, 1)")
            batch.create_check_constraint(op.f("ck_sales_order_merged"), "(state = 'merged') = (merged_into IS NOT NULL)")
        else:
            batch.drop_constraint(op.f("ck_sales_order_part"), type_="check")
            batch.drop_constraint(op.f("ck_sales_order_merged"), type_="check")
            batch.drop_constraint(op.f("uq_sales_order_channel_channel_ref_part"), type_="unique")
            batch.create_unique_constraint(op.f("uq_sales_order_channel_channel_ref"), ["channel", "channel_ref"])
            batch.create_check_constraint(op.f("ck_sales_order_state"), f"state IN ({_STATES})")
            for name in ("fk_sales_order_part_of", "fk_sales_order_merged_into"):
                batch.drop_constraint(op.f(name), type_="foreignkey")
            for name in _COLUMNS:
                batch.drop_column(name)
    for name, columns in _BY_EXPRESSION.items():
        op.create_index(name, "sales_order", [sa.text(columns.format(_BYTES[op.get_bind().dialect.name]))])
