"""What an order really cost: what was paid for each line and for the way, and how much of either was paid back for what came."""

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

_COLUMNS = (
    ("sales_order", "postage", "BIGINT DEFAULT 0 NOT NULL CONSTRAINT ck_sales_order_postage CHECK (postage >= 0)"),
    ("sales_order", "postage_refunded",
     "BIGINT DEFAULT 0 NOT NULL CONSTRAINT ck_sales_order_postage_refunded CHECK (postage_refunded >= 0 AND postage_refunded <= postage)"),
    ("sales_order_line", "paid", "BIGINT CONSTRAINT ck_sales_order_line_paid CHECK (paid >= 0)"),
    ("store_sale_line", "paid", "BIGINT CONSTRAINT ck_store_sale_line_paid CHECK (paid >= 0)"),
    ("channel", "discount_limit", "INTEGER CONSTRAINT ck_channel_discount_limit CHECK (discount_limit BETWEEN 0 AND 100)"),
    ("line_return", "kept", "BIGINT DEFAULT 0 NOT NULL CONSTRAINT ck_line_return_within_came CHECK (kept >= 0 AND refunded + kept <= paid)"),
    ("rma", "postage", "BIGINT DEFAULT 0 NOT NULL CONSTRAINT ck_rma_postage CHECK (postage >= 0 AND postage <= amount)"),
    ("rma", "postage_of_id", "BIGINT CONSTRAINT fk_rma_postage_of_id REFERENCES sales_order (id) "
     "CONSTRAINT ck_rma_postage_of CHECK ((postage = 0) = (postage_of_id IS NULL))"),
)


def upgrade() -> None:
    """Brings the tables up by one step; what a line cost so far is its price."""
    for table, name, kind in _COLUMNS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")
    op.create_index("uq_rma_postage_of_id", "rma", ["postage_of_id"], unique=True)


def downgrade() -> None:
    """Takes the step back: discounts and postage are not known any more."""
    op.drop_index("uq_rma_postage_of_id", table_name="rma")
    for table, name, _ in reversed(_COLUMNS):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
