"""What a channel last said of an order's receiver, so that who was mended here is not made wrong again by the same word."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the tables up by one step."""
    op.add_column("channel_paper", sa.Column("said_to", sa.String(length=64), server_default="", nullable=False))


def downgrade() -> None:
    """Takes the step back."""
    op.drop_column("channel_paper", "said_to")
