"""Stores: what their tills sold, and orders that customers collect there."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NOTICE = "id, channel_id, order_id, kind, once, payload, state, attempts, next_at, error, created_at, told_at"

_BYTES = {"sqlite": "", "postgresql": ' COLLATE "C"'}
"""PostgreSQL compares by the signs' numbers only where it is told to, and in no other order does a beginning stand in one piece."""


def upgrade() -> None:
    """Brings the tables up by one step."""
    for name in ("code", "name"):
        op.create_index(f"ix_item_{name}_begins", "item", [sa.text(f"UPPER({name}{_BYTES[op.get_bind().dialect.name]})")])
    op.create_table(
        "store_sale",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("channel_id", _KEY, nullable=False),
        sa.Column("ref", sa.String(length=128), nullable=False),
        sa.Column("sold_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), server_default="sold", nullable=False),
        sa.Column("currency", sa.String(length=3), server_default="", nullable=False),
        sa.Column("total", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=False),
        sa.Column("voided_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('sold', 'voided')", name=op.f("ck_store_sale_state")),
        sa.CheckConstraint("(state = 'voided') = (voided_at IS NOT NULL)", name=op.f("ck_store_sale_voided_at")),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_store_sale_channel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_sale")),
        sa.UniqueConstraint("channel_id", "ref", name=op.f("uq_store_sale_channel_id_ref")),
    )
    op.create_table(
        "store_sale_line",
        sa.Column("sale_id", _KEY, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("item_id", _KEY, nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("units", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("missing", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("quantity <> 0 AND price >= 0", name=op.f("ck_store_sale_line_quantity")),
        sa.CheckConstraint("(item_id IS NULL) = (units = 0)", name=op.f("ck_store_sale_line_booked")),
        sa.CheckConstraint("missing >= 0 AND (missing = 0 OR missing <= units)", name=op.f("ck_store_sale_line_missing")),
        sa.ForeignKeyConstraint(["sale_id"], ["store_sale.id"], name=op.f("fk_store_sale_line_sale_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_store_sale_line_item_id")),
        sa.PrimaryKeyConstraint("sale_id", "number", name=op.f("pk_store_sale_line")),
    )
    for table in ("sales_order", "release"):
        op.execute(f"ALTER TABLE {table} ADD COLUMN delivery VARCHAR(8) DEFAULT 'ship' NOT NULL CONSTRAINT ck_{table}_delivery "
                   "CHECK (delivery IN ('ship', 'collect'))")
    op.create_table(
        "collection",
        sa.Column("release_id", _KEY, autoincrement=False, nullable=False),
        sa.Column("location_id", _KEY, nullable=False),
        sa.Column("state", sa.String(length=16), server_default="ready", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("ready_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('ready', 'collected', 'withdrawn')", name=op.f("ck_collection_state")),
        sa.CheckConstraint("(state = 'ready') = (ended_at IS NULL)", name=op.f("ck_collection_ended_at")),
        sa.CheckConstraint("tries >= 0 AND expires_at >= ready_at", name=op.f("ck_collection_numbers")),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_collection_release_id")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_collection_location_id")),
        sa.PrimaryKeyConstraint("release_id", name=op.f("pk_collection")),
    )
    is_ready = sa.text("state = 'ready'")
    op.create_index("ix_collection_ready", "collection", ["expires_at"], sqlite_where=is_ready, postgresql_where=is_ready)
    _notices("'ship', 'cancel', 'refund', 'ready'")


def downgrade() -> None:
    """Takes the step back; which sales were told is gone, what they moved stays in the ledger."""
    op.execute("DELETE FROM channel_notice WHERE kind = 'ready'")
    _notices("'ship', 'cancel', 'refund'")
    for table in ("collection", "store_sale_line", "store_sale"):
        op.drop_table(table)
    for table in ("sales_order", "release"):
        op.execute(f"ALTER TABLE {table} DROP COLUMN delivery")
    op.execute("DELETE FROM setting WHERE name = 'collect_key'")
    for name in ("name", "code"):
        op.drop_index(f"ix_item_{name}_begins", table_name="item")


def _notices(kinds: str) -> None:
    """What channels may be told of."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_channel_notice_kind"), "channel_notice", type_="check")
        op.create_check_constraint(op.f("ck_channel_notice_kind"), "channel_notice", f"kind IN ({kinds})")
        return
    _rebuild(kinds)
    for state, columns in (("waiting", ["channel_id", "id"]), ("refused", ["channel_id"])):
        op.create_index(f"ix_channel_notice_{state}", "channel_notice", columns, sqlite_where=sa.text(f"state = '{state}'"))
    op.create_index("ix_channel_notice_order_id", "channel_notice", ["order_id"])


def _rebuild(kinds: str) -> None:
    """SQLite changes no CHECK in place, and Alembic's own rebuilding stumbles over the indexes of the tables that this one points at."""
    op.create_table(
        "channel_notice_rebuilt",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("channel_id", _KEY, nullable=False),
        sa.Column("order_id", _KEY, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("once", sa.String(length=128), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), server_default="waiting", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("error", sa.String(length=512), server_default="", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(f"kind IN ({kinds})", name=op.f("ck_channel_notice_kind")),
        sa.CheckConstraint("state IN ('waiting', 'told', 'refused')", name=op.f("ck_channel_notice_state")),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_channel_notice_channel_id")),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_channel_notice_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_notice")),
        sa.UniqueConstraint("channel_id", "once", name=op.f("uq_channel_notice_channel_id_once")),
    )
    op.execute(f"INSERT INTO channel_notice_rebuilt ({_NOTICE}) SELECT {_NOTICE} FROM channel_notice")  # noqa: S608 - our own words
    op.drop_table("channel_notice")
    op.rename_table("channel_notice_rebuilt", "channel_notice")
