"""A line of an inbound paper may be held for inspection when it comes."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the tables up by one step."""
    op.execute("ALTER TABLE inbound_line ADD COLUMN hold INTEGER NOT NULL DEFAULT 0 CHECK (hold IN (0, 1))")


def downgrade() -> None:
    """Takes the step back."""
    op.execute("ALTER TABLE inbound_line DROP COLUMN hold")
