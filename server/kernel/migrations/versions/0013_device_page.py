"""Devices of a station count their errors by the hour, and are asked for something by way of their row; ports are found."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_COUNTS = ("hour", "hour_errors", "before_errors", "wanted_at")
_WORDS = {"wanted": "'', 'zero'", "answer": "'', 'sent', 'away', 'cannot', 'late'"}


def upgrade() -> None:
    """Brings the tables up by one step. What was counted before is in no hour."""
    for name in _COUNTS:
        op.execute(f"ALTER TABLE peripheral ADD COLUMN {name} BIGINT DEFAULT 0 NOT NULL")
    for name, words in _WORDS.items():
        op.execute(f"ALTER TABLE peripheral ADD COLUMN {name} VARCHAR(16) DEFAULT '' NOT NULL "
                   f"CONSTRAINT ck_peripheral_{name} CHECK ({name} IN ({words}))")
    op.create_table(
        "found_port",
        sa.Column("url", sa.String(256), nullable=False),
        sa.Column("found_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_found_port")),
    )


def downgrade() -> None:
    """Takes the step back."""
    op.drop_table("found_port")
    for name in (*_COUNTS, *_WORDS):
        op.execute(f"ALTER TABLE peripheral DROP COLUMN {name}")
