"""How often printers and handhelds err, and how soon a handheld gets its answers."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_BY_THE_HOUR = ("hour", "hour_errors", "before_errors")


def upgrade() -> None:
    """Brings the tables up by one step."""
    for name in _BY_THE_HOUR:
        op.add_column("printer_condition", _count(name))
        op.add_column("device", _count(name))
    op.add_column("device", _count("errors_told"))
    op.add_column("device", sa.Column("latency_ms", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Takes the step back; nothing but counts is lost."""
    for name in ("latency_ms", "errors_told", *_BY_THE_HOUR):
        op.drop_column("device", name)
    for name in _BY_THE_HOUR:
        op.drop_column("printer_condition", name)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")
