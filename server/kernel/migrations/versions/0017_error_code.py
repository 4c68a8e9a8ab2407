"""A device at a station says which sentence its error is, so that it can be told in any language."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the tables up by one step."""
    op.execute("ALTER TABLE peripheral ADD COLUMN error_code VARCHAR(32) DEFAULT '' NOT NULL")


def downgrade() -> None:
    """Takes the step back."""
    op.execute("ALTER TABLE peripheral DROP COLUMN error_code")
