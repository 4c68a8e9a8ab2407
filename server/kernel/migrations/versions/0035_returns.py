"""Returns as customers and shops know them: announced, counted as they come, paid back or exchanged."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OPEN = sa.text("state = 'announced' AND expires_at IS NOT NULL")


def upgrade() -> None:
    """Brings the tables up by one step."""
    op.create_table(
        "rma",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("order_id", _KEY, nullable=False),
        sa.Column("site_id", _KEY, nullable=False),
        sa.Column("state", sa.String(length=16), server_default="announced", nullable=False),
        sa.Column("made_by", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("note", sa.String(length=512), server_default="", nullable=False),
        sa.Column("wish", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=16), server_default="", nullable=False),
        sa.Column("why", sa.String(length=256), server_default="", nullable=False),
        sa.Column("currency", sa.String(length=3), server_default="", nullable=False),
        sa.Column("amount", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("exchange_order_id", _KEY, nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("salt", sa.String(length=64), server_default="", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('announced', 'received', 'settled', 'cancelled', 'expired')", name=op.f("ck_rma_state")),
        sa.CheckConstraint("made_by IN ('customer', 'staff', 'floor')", name=op.f("ck_rma_made_by")),
        sa.CheckConstraint("reason IN ('damaged', 'wrong_item', 'not_as_described', 'changed_mind', 'too_late', 'other')", name=op.f("ck_rma_reason")),
        sa.CheckConstraint("wish IN ('refund', 'exchange')", name=op.f("ck_rma_wish")),
        sa.CheckConstraint("outcome IN ('', 'refund', 'exchange', 'refused')", name=op.f("ck_rma_outcome")),
        sa.CheckConstraint("(state = 'settled') = (outcome <> '') AND (state = 'settled') = (settled_at IS NOT NULL)", name=op.f("ck_rma_settled")),
        sa.CheckConstraint("amount >= 0 AND (amount = 0 OR outcome = 'refund')", name=op.f("ck_rma_amount")),
        sa.CheckConstraint("outcome <> 'exchange' OR exchange_order_id IS NOT NULL", name=op.f("ck_rma_exchange")),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_rma_order_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_rma_site_id")),
        sa.ForeignKeyConstraint(["exchange_order_id"], ["sales_order.id"], name=op.f("fk_rma_exchange_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rma")),
        sa.UniqueConstraint("number", name=op.f("uq_rma_number")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_rma_token_hash")),
    )
    op.create_index("ix_rma_order_id", "rma", ["order_id"])
    op.create_index("ix_rma_state", "rma", ["state", "id"])
    op.create_index("ix_rma_site_id", "rma", ["site_id", "state", "id"])
    op.create_index("ix_rma_expires", "rma", ["expires_at"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_table(
        "rma_line",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("rma_id", _KEY, nullable=False),
        sa.Column("order_line_id", _KEY, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), server_default="0", nullable=False) for name in ("restocked", "quarantined", "scrapped", "refunded", "amount")),
        sa.CheckConstraint("restocked >= 0 AND quarantined >= 0 AND scrapped >= 0 AND restocked + quarantined + scrapped <= quantity",
                           name=op.f("ck_rma_line_came")),
        sa.CheckConstraint("refunded >= 0 AND refunded <= quantity AND amount >= 0", name=op.f("ck_rma_line_refunded")),
        sa.ForeignKeyConstraint(["rma_id"], ["rma.id"], name=op.f("fk_rma_line_rma_id")),
        sa.ForeignKeyConstraint(["order_line_id"], ["sales_order_line.id"], name=op.f("fk_rma_line_order_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rma_line")),
        sa.UniqueConstraint("rma_id", "order_line_id", name=op.f("uq_rma_line_rma_id_order_line_id")),
    )
    op.create_index("ix_rma_line_order_line_id", "rma_line", ["order_line_id"])
    op.create_index("ix_return_paper_release_id", "return_paper", ["release_id"])
    op.create_table(
        "line_return",
        sa.Column("order_line_id", _KEY, autoincrement=False, nullable=False),
        sa.Column("shipped", sa.BigInteger(), nullable=False),
        sa.Column("announced", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("refunded", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("announced >= 0 AND announced <= shipped", name=op.f("ck_line_return_within_shipped")),
        sa.CheckConstraint("refunded >= 0 AND refunded <= paid", name=op.f("ck_line_return_within_paid")),
        sa.ForeignKeyConstraint(["order_line_id"], ["sales_order_line.id"], name=op.f("fk_line_return_order_line_id")),
        sa.PrimaryKeyConstraint("order_line_id", name=op.f("pk_line_return")),
    )


def downgrade() -> None:
    """Takes the step back: the floor's return papers stay, who announced them is gone."""
    op.drop_index("ix_return_paper_release_id", table_name="return_paper")
    for table in ("line_return", "rma_line", "rma"):
        op.drop_table(table)
