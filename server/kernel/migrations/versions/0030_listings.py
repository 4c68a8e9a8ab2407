"""What channels sell of ours: how much each may, was told and had; and a mark on what can be promised when that changes."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_CHANNEL = (("safety_stock", "BIGINT DEFAULT 0 NOT NULL CONSTRAINT ck_channel_safety_stock CHECK (safety_stock >= 0)"),
            ("reconcile_from", "BIGINT CONSTRAINT ck_channel_reconcile_from CHECK (reconcile_from >= 0)"), ("reconciled_at", "BIGINT"))
_PARTS = (("waiting", ["channel_id", "next_at", "id"], sa.text("told_version < version")), ("drifted", ["channel_id", "id"], sa.text("drift_at IS NOT NULL")),
          ("refused", ["channel_id", "id"], sa.text("attempts > 0")))


def upgrade() -> None:
    """Brings the tables up by one step."""
    op.execute("ALTER TABLE availability ADD COLUMN is_changed INTEGER DEFAULT 1 NOT NULL CONSTRAINT ck_availability_is_changed "
               "CHECK (is_changed IN (0, 1))")
    is_changed = sa.text("is_changed = 1")
    op.create_index("ix_availability_changed", "availability", ["site_id", "item_id", "owner_id"], sqlite_where=is_changed, postgresql_where=is_changed)
    for name, kind in _CHANNEL:
        op.execute(f"ALTER TABLE channel ADD COLUMN {name} {kind}")
    op.create_table(
        "listing",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("channel_id", _KEY, nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("item_id", _KEY, nullable=False),
        sa.Column("quantity", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("is_said", sa.Integer(), server_default="0", nullable=False),
        sa.Column("ref", sa.String(length=128), server_default="", nullable=False),
        sa.Column("safety_stock", sa.BigInteger(), nullable=True),
        sa.Column("is_on", sa.Integer(), server_default="1", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("told_version", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("told", sa.BigInteger(), nullable=True),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.Column("telling", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("error", sa.String(length=512), server_default="", nullable=False),
        sa.Column("error_code", sa.String(length=100), server_default="", nullable=False),
        sa.Column("drift_told", sa.BigInteger(), nullable=True),
        sa.Column("drift_there", sa.BigInteger(), nullable=True),
        sa.Column("drift_should", sa.BigInteger(), nullable=True),
        sa.Column("drift_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("quantity > 0 AND (safety_stock IS NULL OR safety_stock >= 0)", name=op.f("ck_listing_quantity")),
        sa.CheckConstraint("is_said IN (0, 1) AND is_on IN (0, 1)", name=op.f("ck_listing_is")),
        sa.CheckConstraint("told_version >= 0 AND told_version <= version", name=op.f("ck_listing_version")),
        sa.CheckConstraint("(told IS NULL) = (told_at IS NULL) AND told >= 0 AND telling >= 0", name=op.f("ck_listing_told")),
        sa.CheckConstraint("attempts >= 0 AND (attempts > 0) = (error <> '')", name=op.f("ck_listing_error")),
        sa.CheckConstraint("(drift_at IS NULL) = (drift_there IS NULL) AND (drift_at IS NULL) = (drift_should IS NULL)", name=op.f("ck_listing_drift")),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_listing_channel_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_listing_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing")),
        sa.UniqueConstraint("channel_id", "name", name=op.f("uq_listing_channel_id_name")),
    )
    op.create_index("ix_listing_item_id", "listing", ["item_id"])
    op.create_index("ix_listing_channel_id", "listing", ["channel_id", "id"])
    for name, columns, rule in _PARTS:
        op.create_index(f"ix_listing_{name}", "listing", columns, sqlite_where=rule, postgresql_where=rule)
    op.execute("INSERT INTO listing (channel_id, name, item_id, quantity, is_said) SELECT channel_id, name, item_id, quantity, 1 FROM channel_item "
               "ORDER BY channel_id, name")
    op.drop_table("channel_item")


def downgrade() -> None:
    """Takes the step back; what somebody said of names stays, what channels were told is gone."""
    op.create_table(
        "channel_item",
        sa.Column("channel_id", _KEY, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("item_id", _KEY, nullable=False),
        sa.Column("quantity", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_channel_item_quantity")),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_channel_item_channel_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_channel_item_item_id")),
        sa.PrimaryKeyConstraint("channel_id", "name", name=op.f("pk_channel_item")),
    )
    op.execute("INSERT INTO channel_item (channel_id, name, item_id, quantity) SELECT channel_id, name, item_id, quantity FROM listing WHERE is_said = 1")
    op.drop_table("listing")
    for name, _ in reversed(_CHANNEL):
        op.execute(f"ALTER TABLE channel DROP COLUMN {name}")
    op.drop_index("ix_availability_changed", table_name="availability")
    op.execute("ALTER TABLE availability DROP COLUMN is_changed")
