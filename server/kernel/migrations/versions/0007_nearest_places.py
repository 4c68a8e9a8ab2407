"""Indexes that lead to a code of any case, and from the nearest bin of a class to the next one, however many there are."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_USABLE_BIN = "kind = 'bin' AND blocked = 0"
_NEAREST = ["abc", "level", sa.text("(x_mm + y_mm)"), "code"]
_INDEXES: tuple[tuple[str, str, list[Any], str | None], ...] = (
    ("ix_item_code_in_capitals", "item", [sa.text("UPPER(code)")], None),
    ("ix_location_code_in_capitals", "location", [sa.text("UPPER(code)")], None),
    ("ix_location_in_aisle", "location", ["site_id", "x_mm", "y_mm"], "kind = 'bin'"),
    ("ix_location_nearest", "location", ["site_id", *_NEAREST], _USABLE_BIN),
    ("ix_location_nearest_in_zone", "location", ["site_id", "zone", *_NEAREST], _USABLE_BIN),
)


def upgrade() -> None:
    """Brings the tables up by one step."""
    for name, table, columns, where in _INDEXES:
        which = sa.text(where) if where else None
        op.create_index(name, table, columns, unique=False, sqlite_where=which, postgresql_where=which)


def downgrade() -> None:
    """Takes the step back."""
    for name, table, _columns, _where in reversed(_INDEXES):
        op.drop_index(name, table_name=table)
