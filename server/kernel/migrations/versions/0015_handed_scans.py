"""Scans of a packing table's scanner wait a few seconds for the handheld that they are meant for."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Brings the tables up by one step."""
    op.create_table(
        "handed_scan",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("device_id", _KEY, nullable=False),
        sa.Column("text", sa.String(length=512), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_handed_scan_device_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handed_scan")),
    )
    op.create_index("ix_handed_scan_device_id", "handed_scan", ["device_id", "id"])
    op.create_index("ix_handed_scan_at", "handed_scan", ["at"])


def downgrade() -> None:
    """Takes the step back."""
    op.drop_table("handed_scan")
