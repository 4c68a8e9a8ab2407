"""The labels of a code by an index: every scan of a pallet asks for them."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the tables up by one step."""
    op.create_index("ix_print_job_code", "print_job", ["code"], unique=False)


def downgrade() -> None:
    """Takes the step back."""
    op.drop_index("ix_print_job_code", table_name="print_job")
