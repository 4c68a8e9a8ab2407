"""Items and locations say when the codes that devices keep of them last changed."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the tables up by one step."""
    for table in ("item", "location"):
        op.add_column(table, sa.Column("changed_no", sa.BigInteger(), server_default="0", nullable=False))
    op.create_index("ix_item_changed_no_id", "item", ["changed_no", "id"])
    op.create_index("ix_location_site_id_changed_no_id", "location", ["site_id", "changed_no", "id"])


def downgrade() -> None:
    """Takes the step back."""
    op.drop_index("ix_location_site_id_changed_no_id", table_name="location")
    op.drop_index("ix_item_changed_no_id", table_name="item")
    for table in ("item", "location"):
        op.drop_column(table, "changed_no")
