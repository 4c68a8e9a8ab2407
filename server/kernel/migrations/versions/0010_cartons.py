"""Sides of items, and the cartons that a warehouse packs into."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_SIDES = ("length_mm", "width_mm", "height_mm")


def upgrade() -> None:
    """Brings the tables up by one step. SQLite adds a constraint to a table only together with a column."""
    for name in _SIDES:
        op.execute(f"ALTER TABLE item ADD COLUMN {name} BIGINT DEFAULT 0 NOT NULL CONSTRAINT ck_item_{name} CHECK ({name} >= 0)")
    op.execute("ALTER TABLE item ADD COLUMN this_side_up INTEGER DEFAULT 0 NOT NULL "
               "CONSTRAINT ck_item_this_side_up CHECK (this_side_up IN (0, 1))")
    op.create_table(
        "carton_type",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("site_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _SIDES),
        *(sa.Column(name, sa.BigInteger(), server_default="0", nullable=False) for name in ("max_weight_g", "own_weight_g", "cost")),
        sa.Column("blocked", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("length_mm > 0 AND width_mm > 0 AND height_mm > 0", name=op.f("ck_carton_type_size")),
        sa.CheckConstraint("max_weight_g >= 0 AND own_weight_g >= 0 AND cost >= 0", name=op.f("ck_carton_type_weights")),
        sa.CheckConstraint("blocked IN (0, 1)", name=op.f("ck_carton_type_blocked")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_carton_type_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carton_type")),
        sa.UniqueConstraint("site_id", "code", name=op.f("uq_carton_type_site_id_code")),
    )


def downgrade() -> None:
    """Takes the step back; column by column, since a table that SQLite writes anew loses its indexes that are of an expression."""
    op.drop_table("carton_type")
    for name in ("this_side_up", *reversed(_SIDES)):
        op.execute(f"ALTER TABLE item DROP COLUMN {name}")
