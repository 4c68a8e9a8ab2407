"""Scanners of stations can be learnt: until when, and what was found out."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the tables up by one step. SQLite adds a constraint to a table only together with a column."""
    op.execute("ALTER TABLE peripheral ADD COLUMN lesson_until BIGINT DEFAULT 0 NOT NULL CONSTRAINT ck_peripheral_lesson_until CHECK (lesson_until >= 0)")
    op.add_column("peripheral", sa.Column("lesson", sa.JSON(), server_default="{}", nullable=False))


def downgrade() -> None:
    """Takes the step back."""
    with op.batch_alter_table("peripheral") as batch:
        batch.drop_constraint(op.f("ck_peripheral_lesson_until"), type_="check")
        batch.drop_column("lesson")
        batch.drop_column("lesson_until")
