"""A parcel remembers what the scale said of it while that is not what it should weigh."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the tables up by one step."""
    op.execute("ALTER TABLE carton ADD COLUMN scale_g BIGINT DEFAULT 0 NOT NULL")


def downgrade() -> None:
    """Takes the step back."""
    op.execute("ALTER TABLE carton DROP COLUMN scale_g")
