"""Each line of an order has its own place among those who wait, which goes with it wherever the line goes; till sales by when they were sold."""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the tables up by one step; lines that wait have the place of their order."""
    op.execute("ALTER TABLE sales_order_line ADD COLUMN waits_since BIGINT")
    op.execute("UPDATE sales_order_line SET waits_since = (SELECT o.waits_since FROM sales_order o WHERE o.id = sales_order_line.order_id) "
               "WHERE promised + short < quantity")
    op.execute("ALTER TABLE sales_order DROP COLUMN waits_since")
    op.create_index("ix_store_sale_sold_at", "store_sale", ["sold_at", "id"])


def downgrade() -> None:
    """Takes the step back: an order has the place of the line that waits longest."""
    op.drop_index("ix_store_sale_sold_at", table_name="store_sale")
    op.execute("ALTER TABLE sales_order ADD COLUMN waits_since BIGINT")
    op.execute("UPDATE sales_order SET waits_since = (SELECT MIN(l.waits_since) FROM sales_order_line l WHERE l.order_id = sales_order.id) "
               "WHERE id IN (SELECT order_id FROM sales_order_line WHERE promised + short < quantity)")
    op.execute("ALTER TABLE sales_order_line DROP COLUMN waits_since")
