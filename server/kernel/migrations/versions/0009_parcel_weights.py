"""What a scale said of parcels, and what was learnt from it of items."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the tables up by one step."""
    op.create_table(
        "parcel_weight",
        sa.Column("lpn_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("measured_g", sa.BigInteger(), nullable=False),
        sa.Column("expected_g", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(16), server_default="", nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("measured_g > 0 AND expected_g >= 0", name=op.f("ck_parcel_weight_grams")),
        sa.CheckConstraint("reason IN ('', 'counted', 'packaging')", name=op.f("ck_parcel_weight_reason")),
        sa.ForeignKeyConstraint(["lpn_id"], ["carton.lpn_id"], name=op.f("fk_parcel_weight_lpn_id")),
        sa.PrimaryKeyConstraint("lpn_id", name=op.f("pk_parcel_weight")),
    )
    op.create_table(
        "item_weight",
        sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("parcels", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_weight_item_id")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_item_weight")),
    )


def downgrade() -> None:
    """Takes the step back."""
    op.drop_table("item_weight")
    op.drop_table("parcel_weight")
