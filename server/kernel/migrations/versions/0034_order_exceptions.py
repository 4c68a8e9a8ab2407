"""Order exceptions with their owners and rules, expected prices, and what is waited for again after it was short."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KINDS = ("'oversold', 'address', 'check', 'price', 'item', 'unreadable', 'paper', 'too_late', 'payment', 'stuck', 'waiting', 'short', "
          "'not_told', 'quantity'")
_OPEN = sa.text("state = 'open'")
_DUE = sa.text("state IN ('accepted', 'released') AND promised_at IS NOT NULL")


def upgrade() -> None:
    """Brings the tables up by one step."""
    op.create_table(
        "order_exception",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("site_id", _KEY, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("about", sa.String(length=32), nullable=False),
        *(sa.Column(name, _KEY) for name in ("order_id", "channel_id", "paper_id", "notice_id", "listing_id")),
        sa.Column("code", sa.String(length=64), server_default="", nullable=False),
        sa.Column("words", sa.String(length=512), nullable=False),
        sa.Column("suggestion", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("owner_id", _KEY, nullable=False),
        sa.Column("owned_at", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=8), server_default="open", nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("ended_how", sa.String(length=8), server_default="", nullable=False),
        sa.Column("ended_by", sa.String(length=128), server_default="", nullable=False),
        sa.Column("step", sa.String(length=32), server_default="", nullable=False),
        sa.Column("note", sa.String(length=512), server_default="", nullable=False),
        sa.Column("wait_until", sa.BigInteger()),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tried_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(f"kind IN ({_KINDS})", name=op.f("ck_order_exception_kind")),
        sa.CheckConstraint("state IN ('open', 'done')", name=op.f("ck_order_exception_state")),
        sa.CheckConstraint("ended_how IN ('', 'solved', 'rule', 'hand')", name=op.f("ck_order_exception_ended_how")),
        sa.CheckConstraint("(state = 'done') = (ended_at IS NOT NULL) AND (state = 'done') = (ended_how <> '')", name=op.f("ck_order_exception_ended")),
        sa.CheckConstraint("tries >= 0 AND version > 0 AND about <> ''", name=op.f("ck_order_exception_counts")),
        *(sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_order_exception_{column}")) for column, table in (
            ("site_id", "site"), ("order_id", "sales_order"), ("channel_id", "channel"), ("paper_id", "channel_paper"),
            ("notice_id", "channel_notice"), ("listing_id", "listing"), ("owner_id", "worker"))),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_exception")),
    )
    op.create_index("uq_order_exception_open", "order_exception", ["about", "kind"], unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_index("ix_order_exception_about", "order_exception", ["about", "kind"])
    op.create_index("ix_order_exception_order_id", "order_exception", ["order_id"])
    op.create_index("ix_order_exception_open", "order_exception", ["id"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_index("ix_order_exception_owner_id", "order_exception", ["owner_id", "id"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_table(
        "exception_rule",
        sa.Column("site_id", _KEY, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("owner_id", _KEY),
        sa.Column("solve", sa.String(length=32), server_default="", nullable=False),
        sa.Column("solve_after_minutes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("opens_after_hours", sa.Integer()),
        sa.Column("pass_after_hours", sa.Integer()),
        sa.Column("pass_to_id", _KEY),
        sa.CheckConstraint(f"kind IN ('any', {_KINDS})", name=op.f("ck_exception_rule_kind")),
        sa.CheckConstraint("solve_after_minutes >= 0 AND opens_after_hours >= 0 AND pass_after_hours > 0", name=op.f("ck_exception_rule_times")),
        sa.CheckConstraint("(pass_after_hours IS NULL) = (pass_to_id IS NULL)", name=op.f("ck_exception_rule_pass")),
        *(sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_exception_rule_{column}")) for column, table in (
            ("site_id", "site"), ("owner_id", "worker"), ("pass_to_id", "worker"))),
        sa.PrimaryKeyConstraint("site_id", "kind", name=op.f("pk_exception_rule")),
    )
    op.create_index("ix_sales_order_due", "sales_order", ["promised_at"], sqlite_where=_DUE, postgresql_where=_DUE)
    op.execute("ALTER TABLE sales_order_line ADD COLUMN again BIGINT DEFAULT 0 NOT NULL CONSTRAINT ck_sales_order_line_again CHECK (again >= 0)")
    op.execute("ALTER TABLE listing ADD COLUMN price BIGINT CONSTRAINT ck_listing_price CHECK (price >= 0)")
    op.execute("ALTER TABLE channel ADD COLUMN price_tolerance INTEGER CONSTRAINT ck_channel_price_tolerance CHECK (price_tolerance BETWEEN 0 AND 100)")


def downgrade() -> None:
    """Takes the step back; exceptions, rules and expected prices are gone."""
    op.execute("ALTER TABLE channel DROP COLUMN price_tolerance")
    op.execute("ALTER TABLE listing DROP COLUMN price")
    op.execute("ALTER TABLE sales_order_line DROP COLUMN again")
    op.drop_index("ix_sales_order_due", table_name="sales_order")
    op.drop_table("exception_rule")
    op.drop_table("order_exception")
