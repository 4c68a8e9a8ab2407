"""Stations have a screen that people work with, two kinds more, and scales that show what lies on them now."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0021"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_BEFORE = "kind IN ('dock', 'gate', 'pack', 'count')"
_NOW = "kind IN ('dock', 'gate', 'pack', 'count', 'print', 'returns')"
_KEPT = "id, site_id, code, kind, location_id, device_id, document, settings"


def upgrade() -> None:
    """Brings the tables up by one step."""
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(_NOW, has_screen=True)
    else:
        op.drop_constraint(op.f("ck_station_kind"), "station", type_="check")
        op.create_check_constraint(op.f("ck_station_kind"), "station", _NOW)
        op.add_column("station", sa.Column("screen_id", sa.BigInteger(), nullable=True))
        op.create_foreign_key(op.f("fk_station_screen_id"), "station", "device", ["screen_id"], ["id"])
    op.create_index("uq_station_screen_id", "station", ["screen_id"], unique=True)
    op.execute("ALTER TABLE peripheral ADD COLUMN load VARCHAR(8) DEFAULT '' NOT NULL "
               "CONSTRAINT ck_peripheral_load CHECK (load IN ('', 'rest', 'moving', 'over', 'under'))")
    op.add_column("peripheral", sa.Column("load_g", sa.BigInteger(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Takes the step back; stations of the new kinds go with it."""
    op.drop_column("peripheral", "load_g")
    op.execute("ALTER TABLE peripheral DROP COLUMN load")
    op.execute("DELETE FROM waiting_scan WHERE peripheral_id IN (SELECT p.id FROM peripheral p JOIN station s ON s.id = p.station_id "
               "WHERE s.kind IN ('print', 'returns'))")
    op.execute("DELETE FROM peripheral WHERE station_id IN (SELECT id FROM station WHERE kind IN ('print', 'returns'))")
    op.execute("DELETE FROM station WHERE kind IN ('print', 'returns')")
    op.drop_index("uq_station_screen_id", table_name="station")
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(_BEFORE, has_screen=False)
        return
    op.drop_column("station", "screen_id")
    op.drop_constraint(op.f("ck_station_kind"), "station", type_="check")
    op.create_check_constraint(op.f("ck_station_kind"), "station", _BEFORE)


def _rebuild(kinds: str, *, has_screen: bool) -> None:
    """SQLite changes no CHECK in place. Alembic's own rebuilding would look into the tables that this one points at, and stumble over their indexes."""
    screen = [sa.Column("screen_id", _KEY, nullable=True), sa.ForeignKeyConstraint(["screen_id"], ["device.id"], name=op.f("fk_station_screen_id"))] if has_screen else []
    op.create_table(
        "station_rebuilt",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("site_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=False),
        sa.Column("device_id", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.String(64), server_default="", nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.CheckConstraint(kinds, name=op.f("ck_station_kind")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_station_site_id")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_station_location_id")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_station_device_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station")),
        sa.UniqueConstraint("site_id", "code", name=op.f("uq_station_site_id_code")),
        sa.UniqueConstraint("device_id", name=op.f("uq_station_device_id")),
        *screen,
    )
    op.execute(f"INSERT INTO station_rebuilt ({_KEPT}) SELECT {_KEPT} FROM station")  # noqa: S608 - our own words
    op.drop_table("station")
    op.rename_table("station_rebuilt", "station")
