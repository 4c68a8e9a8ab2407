"""What a channel last said of an order's receiver, so that it is not made wrong again by the same word; and a customer's orders by their age."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_BYTES = {"sqlite": "", "postgresql": ' COLLATE "C"'}
"""PostgreSQL compares by the signs' numbers only where it is told to, and in no other order does a beginning stand in one piece."""
_NAMED = "ix_sales_order_customer_in_capitals"


def upgrade() -> None:
    """Brings the tables up by one step."""
    op.add_column("channel_paper", sa.Column("said_to", sa.String(length=64), server_default="", nullable=False))
    _index("id")


def downgrade() -> None:
    """Takes the step back."""
    _index()
    op.drop_column("channel_paper", "said_to")


def _index(*more: str) -> None:
    op.drop_index(_NAMED, table_name="sales_order")
    op.create_index(_NAMED, "sales_order", [sa.text(f"UPPER(customer{_BYTES[op.get_bind().dialect.name]})"), *more])
