"""Indexes that keep every scan as quick after ten million moves as on the first day."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_OPEN_WORK = "state IN ('open', 'leased')"
_NO_CUTOFF = "CASE WHEN cutoff_at IS NULL THEN 1 ELSE 0 END"
_INDEXES: tuple[tuple[str, str, list[Any], str | None], ...] = (
    ("ix_task_next", "task", ["site_id", "kind", "priority", sa.text(f"({_NO_CUTOFF})"), "cutoff_at", "id"], "state = 'open'"),
    ("ix_task_subject_id", "task", ["subject_id", "kind"], _OPEN_WORK),
    ("ix_task_document", "task", ["document", "kind"], _OPEN_WORK),
    ("ix_task_site_id_done_at", "task", ["site_id", "done_at"], None),
    ("ix_task_wave_id", "task", ["wave_id"], None),
    ("ix_delivery_dead", "delivery", ["id"], "state = 'dead'"),
    ("ix_release_wave_id", "release", ["wave_id"], None),
    ("ix_release_waiting", "release", ["site_id"], "state = 'waiting'"),
    ("ix_release_site_id_created_at", "release", ["site_id", "created_at"], None),
    *((f"ix_{table}_code_in_capitals", table, [sa.text("UPPER(code)")], None) for table in ("inbound", "release", "wave", "load")),
    ("ix_inbound_open", "inbound", ["site_id"], "state IN ('expected', 'receiving')"),
    ("ix_inbound_line_expected", "inbound_line", ["item_id"], "quantity > received"),
    ("ix_allocation_tote_id", "allocation", ["tote_id"], None),
    ("ix_cycle_count_task_id", "cycle_count", ["task_id"], None),
    ("ix_floor_exception_op", "floor_exception", ["op"], None),
    ("ix_worker_session_on", "worker_session", ["device_id"], "ended_at IS NULL"),
    ("ix_load_open", "load", ["door_id"], "state = 'open'"),
    ("ix_carton_verified", "carton", ["release_id"], "state = 'verified'"),
    ("ix_print_job_due", "print_job", ["id"], "state = 'waiting'"),
)


def upgrade() -> None:
    """Brings the tables up by one step."""
    op.drop_index("ix_task_waiting", table_name="task")
    for name, table, columns, where in _INDEXES:
        which = sa.text(where) if where else None
        op.create_index(name, table, columns, unique=False, sqlite_where=which, postgresql_where=which)


def downgrade() -> None:
    """Takes the step back."""
    for name, table, _columns, _where in reversed(_INDEXES):
        op.drop_index(name, table_name=table)
    op.create_index("ix_task_waiting", "task", ["site_id", "kind", "priority"], unique=False,
                    sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
