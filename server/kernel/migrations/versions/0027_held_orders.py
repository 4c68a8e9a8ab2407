"""Orders that a supervisor holds back, and a quick way to the lines that fell short and the counts that differ."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_PARTIAL = {"ix_release_line_short": ("release_line", ["release_id"], "short > 0"),
            "ix_cycle_count_recount": ("cycle_count", ["site_id"], "state = 'recount'")}


def upgrade() -> None:
    """Brings the tables up by one step."""
    op.execute("ALTER TABLE release ADD COLUMN on_hold INTEGER DEFAULT 0 NOT NULL CONSTRAINT ck_release_on_hold CHECK (on_hold IN (0, 1))")
    for name, (table, columns, where) in _PARTIAL.items():
        op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    """Takes the step back; what was held back goes as the rules say."""
    for name, (table, _, _) in _PARTIAL.items():
        op.drop_index(name, table)
    op.execute("ALTER TABLE release DROP COLUMN on_hold")
