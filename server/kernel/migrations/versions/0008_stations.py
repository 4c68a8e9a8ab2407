"""Stations and the devices that are bound to them."""

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


def downgrade() -> None:
    """Takes the step back."""
    op.drop_table("peripheral")
    op.drop_table("station")
