"""What may be sold that is not there yet, by channel and listing; when what an order waits for comes, and since when it waits."""

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_RULES = "IN ('never', 'dated', 'always')"
_COLUMNS = (
    ("channel", "backorder", f"VARCHAR(8) DEFAULT 'never' NOT NULL CONSTRAINT ck_channel_backorder CHECK (backorder {_RULES})"),
    ("channel", "presell_days", "INTEGER DEFAULT 30 NOT NULL CONSTRAINT ck_channel_presell_days CHECK (presell_days BETWEEN 1 AND 730)"),
    ("listing", "backorder", f"VARCHAR(8) CONSTRAINT ck_listing_backorder CHECK (backorder {_RULES})"),
    ("listing", "presell_days", "INTEGER CONSTRAINT ck_listing_presell_days CHECK (presell_days BETWEEN 1 AND 730)"),
    ("sales_order", "first_promised_at", "BIGINT"),
    ("sales_order", "waits_since", "BIGINT"),
    ("sales_order_line", "backorder", f"VARCHAR(8) DEFAULT 'never' NOT NULL CONSTRAINT ck_sales_order_line_backorder CHECK (backorder {_RULES})"),
    ("sales_order_line", "expected_by",
     "BIGINT CONSTRAINT ck_sales_order_line_expected_by CHECK ((backorder = 'dated') = (expected_by IS NOT NULL))"),
    ("sales_order_line", "expected_at", "BIGINT"),
)


def upgrade() -> None:
    """Brings the tables up by one step; what is announced has a row that is held while it is promised."""
    for table, name, kind in _COLUMNS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")
    op.execute("INSERT INTO availability (site_id, item_id, owner_id, on_hand, promised) SELECT DISTINCT n.site_id, l.item_id, l.owner_id, 0, 0 FROM inbound n "
               "JOIN inbound_line l ON l.inbound_id = n.id WHERE n.state IN ('expected', 'receiving') AND n.kind IN ('asn', 'purchase_order') "
               "ON CONFLICT (site_id, item_id, owner_id) DO NOTHING")


def downgrade() -> None:
    """Takes the step back: nothing is sold before it is there."""
    for table, name, _ in reversed(_COLUMNS):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
