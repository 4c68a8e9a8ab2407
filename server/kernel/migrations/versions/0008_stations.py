"""Stations, the devices that are bound to them, and the tags that pass them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Brings the tables up by one step."""
    op.create_table(
        "station",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("site_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=False),
        sa.Column("device_id", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.String(64), server_default="", nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.CheckConstraint("kind IN ('dock', 'gate', 'pack', 'count')", name=op.f("ck_station_kind")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_station_site_id")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_station_location_id")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_station_device_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station")),
        sa.UniqueConstraint("site_id", "code", name=op.f("uq_station_site_id_code")),
        sa.UniqueConstraint("device_id", name=op.f("uq_station_device_id")),
    )
    op.create_table(
        "peripheral",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("station_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("driver", sa.String(32), nullable=False),
        sa.Column("url", sa.String(256), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(16), server_default="stopped", nullable=False),
        sa.Column("since", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("error", sa.String(500), server_default="", nullable=False),
        sa.Column("firmware", sa.String(64), server_default="", nullable=False),
        sa.Column("reads", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("errors", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("outages", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_read", sa.String(512), server_default="", nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=True),
        sa.Column("latency_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('scanner', 'rfid', 'camera', 'scale', 'light', 'printer')", name=op.f("ck_peripheral_kind")),
        sa.CheckConstraint("state IN ('opening', 'connected', 'lost', 'wrong', 'stopped')", name=op.f("ck_peripheral_state")),
        sa.CheckConstraint("reads >= 0 AND errors >= 0 AND outages >= 0", name=op.f("ck_peripheral_counts")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_peripheral_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peripheral")),
        sa.UniqueConstraint("station_id", "name", name=op.f("uq_peripheral_station_id_name")),
    )
    op.create_table(
        "gate_tag",
        sa.Column("document", sa.String(64), nullable=False),
        sa.Column("epc", sa.String(128), nullable=False),
        sa.Column("site_id", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("sscc", sa.String(18), server_default="", nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=True),
        sa.Column("units", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("booked", sa.Integer(), server_default="0", nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("verdict IN ('expected', 'surplus', 'stranger', 'seen_before')", name=op.f("ck_gate_tag_verdict")),
        sa.CheckConstraint("booked IN (0, 1) AND units >= 0", name=op.f("ck_gate_tag_booked")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_gate_tag_site_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_gate_tag_item_id")),
        sa.PrimaryKeyConstraint("document", "epc", name=op.f("pk_gate_tag")),
    )
    op.create_index("ix_gate_tag_epc", "gate_tag", ["epc"], unique=False)


def downgrade() -> None:
    """Takes the step back."""
    op.drop_index("ix_gate_tag_epc", table_name="gate_tag")
    op.drop_table("gate_tag")
    op.drop_table("peripheral")
    op.drop_table("station")
