"""Printers that never answer are set so, and their labels wait for nothing but their scan; scans are safe before they are booked."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_STATES = "state IN ('queued', 'sending', 'sent', 'held')"
_OPEN_BEFORE = sa.text(_STATES)
_OPEN = sa.text(f"{_STATES} AND settled_at IS NULL")


def upgrade() -> None:
    """Brings the tables up by one step. Every printer answers until somebody says that it does not."""
    op.execute("ALTER TABLE printer ADD COLUMN answers VARCHAR(3) DEFAULT 'yes' NOT NULL "
               "CONSTRAINT ck_printer_answers CHECK (answers IN ('yes', 'no'))")
    op.execute("ALTER TABLE print_job ADD COLUMN settled_at BIGINT "
               "CONSTRAINT ck_print_job_settled CHECK (settled_at IS NULL OR state IN ('sent', 'verified'))")
    op.drop_index("ix_print_job_open", table_name="print_job")
    _index(_OPEN)
    op.create_table(
        "waiting_scan",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("peripheral_id", _KEY, nullable=False),
        sa.Column("op", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["peripheral_id"], ["peripheral.id"], name=op.f("fk_waiting_scan_peripheral_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_scan")),
        sa.UniqueConstraint("op", name=op.f("uq_waiting_scan_op")),
    )
    op.create_index("ix_waiting_scan_peripheral_id", "waiting_scan", ["peripheral_id"])


def downgrade() -> None:
    """Takes the step back; labels that were sent blind are asked about, as all of which nobody can tell."""
    op.drop_table("waiting_scan")
    op.drop_index("ix_print_job_open", table_name="print_job")
    op.execute("UPDATE print_job SET settled_at = NULL, state = 'unknown', error = 'It was sent to a printer that never answers. Look for it.' "
               "WHERE settled_at IS NOT NULL AND state = 'sent'")
    op.execute("ALTER TABLE print_job DROP COLUMN settled_at")
    op.execute("ALTER TABLE printer DROP COLUMN answers")
    _index(_OPEN_BEFORE)


def _index(rule: sa.TextClause) -> None:
    op.create_index("ix_print_job_open", "print_job", ["printer_id", "id"], unique=False, sqlite_where=rule, postgresql_where=rule)
