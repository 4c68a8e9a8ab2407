"""Indexes by which one order of a million is found by what somebody has in hand, and its story told."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_PHONES = {"sqlite": "json_extract(ship_to, '$.phone')", "postgresql": "SUBSTRING(CAST(ship_to AS TEXT) FROM '\"phone\": ?\"([-+0-9 ]*)\"')"}
"""As text on PostgreSQL: a shop may have sent halves of letters, and there no such JSON is read."""
_BYTES = {"sqlite": "", "postgresql": ' COLLATE "C"'}
"""PostgreSQL compares by the signs' numbers only where it is told to, and in no other order does a beginning stand in one piece."""
_NAMES = ("ix_sales_order_ref_in_capitals", "ix_sales_order_customer_in_capitals", "ix_sales_order_phone", "ix_sales_order_channel", "ix_sales_order_held")


def upgrade() -> None:
    """Brings the tables up by one step."""
    kind = op.get_bind().dialect.name
    for name, column in zip(_NAMES, ("channel_ref", "customer"), strict=False):
        op.create_index(name, "sales_order", [sa.text(f"UPPER({column}{_BYTES[kind]})")])
    op.execute("ALTER TABLE sales_order ADD COLUMN phone VARCHAR(64) DEFAULT '' NOT NULL")
    op.execute(f"UPDATE sales_order SET phone = COALESCE(SUBSTR(REPLACE(REPLACE({_PHONES[kind]}, ' ', ''), '-', ''), 1, 64), '')")
    op.create_index("ix_sales_order_phone", "sales_order", [sa.text(f"(phone{_BYTES[kind]})")])
    op.drop_index("ix_sales_order_state", table_name="sales_order")
    op.create_index("ix_sales_order_state", "sales_order", ["state", "id"])
    op.create_index("ix_sales_order_channel", "sales_order", ["channel", "id"])
    op.create_index("ix_sales_order_held", "sales_order", ["id"], sqlite_where=sa.text("hold <> ''"), postgresql_where=sa.text("hold <> ''"))
    op.create_index("ix_sales_order_line_item_id", "sales_order_line", ["item_id", "order_id"])
    op.create_index("ix_channel_notice_refused", "channel_notice", ["channel_id"], sqlite_where=sa.text("state = 'refused'"),
                    postgresql_where=sa.text("state = 'refused'"))
    op.create_index("ix_audit_subject", "audit", ["subject"])
    op.create_index("ix_stock_move_received", "stock_move", ["document"], sqlite_where=sa.text("reason = 'receiving'"),
                    postgresql_where=sa.text("reason = 'receiving'"))


def downgrade() -> None:
    """Takes the step back."""
    op.drop_index("ix_stock_move_received", table_name="stock_move")
    op.drop_index("ix_audit_subject", table_name="audit")
    op.drop_index("ix_channel_notice_refused", table_name="channel_notice")
    op.drop_index("ix_sales_order_line_item_id", table_name="sales_order_line")
    for name in reversed(_NAMES):
        op.drop_index(name, table_name="sales_order")
    op.execute("ALTER TABLE sales_order DROP COLUMN phone")
    op.drop_index("ix_sales_order_state", table_name="sales_order")
    op.create_index("ix_sales_order_state", "sales_order", ["state"])
