"""What is found in orders before they leave, whom nothing is sent to, and which orders are alike."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Brings the tables up by one step."""
    op.execute("ALTER TABLE channel ADD COLUMN checks VARCHAR(3) DEFAULT 'on' NOT NULL CONSTRAINT ck_channel_checks CHECK (checks IN ('on', 'off'))")
    op.create_table(
        "order_block",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("site_id", _KEY, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("value", sa.String(length=256), nullable=False),
        sa.Column("reason", sa.String(length=256), server_default="", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('customer', 'phone', 'region')", name=op.f("ck_order_block_kind")),
        sa.CheckConstraint("value <> ''", name=op.f("ck_order_block_value")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_order_block_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_block")),
        sa.UniqueConstraint("site_id", "value", "kind", name=op.f("uq_order_block_site_id_value_kind")),
    )
    op.create_table(
        "order_finding",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("order_id", _KEY, nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("field", sa.String(length=32), nullable=False),
        sa.Column("words", sa.String(length=512), nullable=False),
        sa.Column("severity", sa.String(length=8), nullable=False),
        sa.Column("suggestion", sa.JSON(), nullable=False),
        sa.Column("passed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("found_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("severity IN ('hold', 'hint')", name=op.f("ck_order_finding_severity")),
        sa.CheckConstraint("passed IN (0, 1)", name=op.f("ck_order_finding_passed")),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_order_finding_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_finding")),
        sa.UniqueConstraint("order_id", "code", "field", name=op.f("uq_order_finding_order_id_code_field")),
    )
    op.create_table(
        "order_mark",
        sa.Column("mark", sa.String(length=40), nullable=False),
        sa.Column("order_id", _KEY, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_order_mark_order_id")),
        sa.PrimaryKeyConstraint("mark", "order_id", name=op.f("pk_order_mark")),
    )
    op.create_index("ix_order_mark_order_id", "order_mark", ["order_id"], unique=False)


def downgrade() -> None:
    """Takes the step back; what was found and who is blocked is gone, orders on hold stay so."""
    for table in ("order_mark", "order_finding", "order_block"):
        op.drop_table(table)
    op.execute("ALTER TABLE channel DROP COLUMN checks")
