"""What one of an item costs in the firm's own catalogue."""

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the tables up by one step; no price is known yet."""
    op.execute("ALTER TABLE item ADD COLUMN price BIGINT CONSTRAINT ck_item_price CHECK (price >= 0)")


def downgrade() -> None:
    """Takes the step back: prices are not known any more."""
    op.execute("ALTER TABLE item DROP COLUMN price")
