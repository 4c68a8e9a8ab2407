"""Labels say whether they came out, wait for somebody or are asked about; printers how they are, and who takes over from them."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OPEN = sa.text("state IN ('queued', 'sending', 'sent', 'held')")
_UNKNOWN = sa.text("state = 'unknown'")
_WAITING = sa.text("state = 'waiting'")
_OLD_STATES = "state IN ('waiting', 'sent', 'verified', 'failed', 'cancelled')"
_RULES = {
    "state": "state IN ('queued', 'sending', 'sent', 'printed', 'verified', 'held', 'unknown', 'cancelled')",
    "sent": "state NOT IN ('sending', 'sent', 'printed', 'unknown') OR sent_at IS NOT NULL",
    "not_sent": "state <> 'queued' OR sent_at IS NULL",
    "printed": "state <> 'printed' OR printed_at IS NOT NULL",
    "verified": "state <> 'verified' OR verified_at IS NOT NULL",
}


def upgrade() -> None:
    """Brings the tables up by one step. What was sent counts as printed: that is all that was known of it."""
    op.create_table(
        "printer_neighbour",
        sa.Column("printer_id", _KEY, autoincrement=False, nullable=False),
        sa.Column("neighbour_id", _KEY, nullable=False),
        sa.Column("after_seconds", sa.Integer(), nullable=False),
        sa.CheckConstraint("neighbour_id <> printer_id", name=op.f("ck_printer_neighbour_another")),
        sa.CheckConstraint("after_seconds BETWEEN 0 AND 86400", name=op.f("ck_printer_neighbour_after_seconds")),
        sa.ForeignKeyConstraint(["printer_id"], ["printer.id"], name=op.f("fk_printer_neighbour_printer_id")),
        sa.ForeignKeyConstraint(["neighbour_id"], ["printer.id"], name=op.f("fk_printer_neighbour_neighbour_id")),
        sa.PrimaryKeyConstraint("printer_id", name=op.f("pk_printer_neighbour")),
    )
    op.create_table(
        "printer_condition",
        sa.Column("printer_id", _KEY, autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("sentence", sa.String(length=512), server_default="", nullable=False),
        sa.Column("warnings", sa.String(length=128), server_default="", nullable=False),
        sa.Column("model", sa.String(length=64), server_default="", nullable=False),
        sa.Column("firmware", sa.String(length=64), server_default="", nullable=False),
        sa.Column("odometer", sa.BigInteger(), nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("checked_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["printer_id"], ["printer.id"], name=op.f("fk_printer_condition_printer_id")),
        sa.PrimaryKeyConstraint("printer_id", name=op.f("pk_printer_condition")),
    )
    op.drop_index("ix_print_job_due", table_name="print_job")
    op.drop_index("ix_print_job_waiting", table_name="print_job")
    with op.batch_alter_table("print_job") as table:
        table.drop_constraint(op.f("ck_print_job_state"), type_="check")
        table.add_column(sa.Column("odometer_before", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("printed_at", sa.BigInteger(), nullable=True))
        table.drop_column("next_at")
        table.alter_column("state", existing_type=sa.String(length=16), existing_nullable=False, server_default="queued")
    op.execute("UPDATE print_job SET sent_at = NULL WHERE state = 'waiting'")
    op.execute("UPDATE print_job SET sent_at = COALESCE(sent_at, created_at), error = COALESCE(error, 'It was given up. Did it come out?') "
               "WHERE state = 'failed'")
    op.execute("UPDATE print_job SET sent_at = COALESCE(sent_at, created_at), printed_at = COALESCE(sent_at, created_at) WHERE state = 'sent'")
    op.execute("UPDATE print_job SET verified_at = COALESCE(verified_at, created_at) WHERE state = 'verified'")
    op.execute("UPDATE print_job SET state = CASE state WHEN 'waiting' THEN 'queued' WHEN 'failed' THEN 'unknown' ELSE 'printed' END "
               "WHERE state IN ('waiting', 'failed', 'sent')")
    with op.batch_alter_table("print_job") as table:
        for name, rule in _RULES.items():
            table.create_check_constraint(op.f(f"ck_print_job_{name}"), rule)
    op.create_index("ix_print_job_open", "print_job", ["printer_id", "id"], unique=False, sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_index("ix_print_job_unknown", "print_job", ["printer_id"], unique=False, sqlite_where=_UNKNOWN, postgresql_where=_UNKNOWN)
    op.create_index("ix_print_job_printer_id_printed_at", "print_job", ["printer_id", "printed_at"], unique=False)


def downgrade() -> None:
    """Takes the step back; what nobody can tell of becomes failed, which nobody sends again."""
    for name in ("printer_id_printed_at", "unknown", "open"):
        op.drop_index(f"ix_print_job_{name}", table_name="print_job")
    with op.batch_alter_table("print_job") as table:
        for name in _RULES:
            table.drop_constraint(op.f(f"ck_print_job_{name}"), type_="check")
        table.drop_column("printed_at")
        table.drop_column("odometer_before")
        table.add_column(sa.Column("next_at", sa.BigInteger(), server_default="0", nullable=False))
        table.alter_column("state", existing_type=sa.String(length=16), existing_nullable=False, server_default="waiting")
    op.execute("UPDATE print_job SET state = CASE WHEN state IN ('queued', 'held') AND sent_at IS NULL THEN 'waiting' WHEN state = 'printed' "
               "THEN 'sent' ELSE 'failed' END WHERE state IN ('queued', 'held', 'sending', 'sent', 'printed', 'unknown')")
    with op.batch_alter_table("print_job") as table:
        table.create_check_constraint(op.f("ck_print_job_state"), _OLD_STATES)
    op.create_index("ix_print_job_due", "print_job", ["id"], unique=False, sqlite_where=_WAITING, postgresql_where=_WAITING)
    op.create_index("ix_print_job_waiting", "print_job", ["printer_id"], unique=False, sqlite_where=_WAITING, postgresql_where=_WAITING)
    op.drop_table("printer_condition")
    op.drop_table("printer_neighbour")
