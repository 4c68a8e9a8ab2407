"""Stores: what their tills sold, and orders that customers collect there."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0032"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Brings the tables up by one step."""
    op.create_table(
        "store_sale",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("channel_id", _KEY, nullable=False),
        sa.Column("ref", sa.String(length=128), nullable=False),
        sa.Column("sold_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), server_default="sold", nullable=False),
        sa.Column("currency", sa.String(length=3), server_default="", nullable=False),
        sa.Column("total", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=False),
        sa.Column("voided_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('sold', 'voided')", name=op.f("ck_store_sale_state")),
        sa.CheckConstraint("(state = 'voided') = (voided_at IS NOT NULL)", name=op.f("ck_store_sale_voided_at")),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_store_sale_channel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_sale")),
        sa.UniqueConstraint("channel_id", "ref", name=op.f("uq_store_sale_channel_id_ref")),
    )
    op.create_table(
        "store_sale_line",
        sa.Column("sale_id", _KEY, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("item_id", _KEY, nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("units", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("missing", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("quantity <> 0 AND price >= 0", name=op.f("ck_store_sale_line_quantity")),
        sa.CheckConstraint("(item_id IS NULL) = (units = 0)", name=op.f("ck_store_sale_line_booked")),
        sa.CheckConstraint("missing >= 0 AND (missing = 0 OR missing <= units)", name=op.f("ck_store_sale_line_missing")),
        sa.ForeignKeyConstraint(["sale_id"], ["store_sale.id"], name=op.f("fk_store_sale_line_sale_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_store_sale_line_item_id")),
        sa.PrimaryKeyConstraint("sale_id", "number", name=op.f("pk_store_sale_line")),
    )


def downgrade() -> None:
    """Takes the step back; which sales were told is gone, what they moved stays in the ledger."""
    for table in ("store_sale_line", "store_sale"):
        op.drop_table(table)
