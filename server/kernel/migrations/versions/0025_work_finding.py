"""Tasks say where they begin and end, what they need and whom they wait for; workers have skills, zones and shifts."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NEXT = ("priority", sa.text("(CASE WHEN cutoff_at IS NULL THEN 1 ELSE 0 END)"), "cutoff_at", "id")
_OPEN = "state = 'open'"
_FREE = "state = 'open' AND held = 0"
_PLACED = "state = 'open' AND held = 0 AND x_mm IS NOT NULL"
_OPEN_SHIFT = sa.text("ended_at IS NULL")
_TASK_COLUMNS = (
    "begin_id BIGINT CONSTRAINT fk_task_begin_id REFERENCES location (id)",
    "x_mm BIGINT",
    "y_mm BIGINT CONSTRAINT ck_task_place CHECK ((x_mm IS NULL) = (y_mm IS NULL))",
    "end_x_mm BIGINT",
    "end_y_mm BIGINT CONSTRAINT ck_task_end CHECK ((end_x_mm IS NULL) = (end_y_mm IS NULL))",
    "needs VARCHAR(16) DEFAULT '' NOT NULL CONSTRAINT ck_task_needs CHECK (needs IN ('', 'forklift', 'trolley'))",
    "narrow_mm BIGINT",
    "for_worker_id BIGINT CONSTRAINT fk_task_for_worker_id REFERENCES worker (id)",
    "for_device_id BIGINT CONSTRAINT fk_task_for_device_id REFERENCES device (id)",
    "held INTEGER DEFAULT 0 NOT NULL CONSTRAINT ck_task_held CHECK (held IN (0, 1) AND (held = 0 OR state <> 'leased'))",
)


def upgrade() -> None:
    """Brings the tables up by one step. Tasks that wait already have no place: they are given out as before."""
    for column in _TASK_COLUMNS:
        op.execute(f"ALTER TABLE task ADD COLUMN {column}")
    for name in ("skills", "zones"):
        op.add_column("worker", sa.Column(name, sa.JSON(), nullable=False, server_default="[]"))
    op.drop_index("ix_task_next", table_name="task")
    _index("ix_task_next", ["site_id", "kind", *_NEXT], _FREE)
    _index("ix_task_first", ["site_id", *_NEXT], _FREE)
    _index("ix_task_near", ["site_id", "x_mm", "y_mm"], _PLACED)
    _index("ix_task_for_worker_id", ["for_worker_id"], f"{_OPEN} AND for_worker_id IS NOT NULL")
    _index("ix_task_for_device_id", ["for_device_id"], f"{_OPEN} AND for_device_id IS NOT NULL")
    _index("uq_task_narrow", ["site_id", "narrow_mm"], "state = 'leased' AND narrow_mm IS NOT NULL", unique=True)
    _shifts()


def _shifts() -> None:
    op.create_table(
        "shift",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("worker_id", sa.BigInteger(), nullable=False),
        sa.Column("site_id", sa.BigInteger(), nullable=False),
        sa.Column("device_id", sa.BigInteger(), nullable=True),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("vehicle", sa.String(length=16), server_default="", nullable=False),
        sa.Column("trolley", sa.String(length=64), server_default="", nullable=False),
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= started_at", name=op.f("ck_shift_times")),
        sa.CheckConstraint("vehicle IN ('', 'forklift', 'reach_truck', 'pallet_truck')", name=op.f("ck_shift_vehicle")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_shift_worker_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_shift_site_id")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_shift_device_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
    )
    op.create_index("ix_shift_worker_id_id", "shift", ["worker_id", "id"])
    op.create_index("ix_shift_at_work", "shift", ["site_id", "id"], sqlite_where=_OPEN_SHIFT, postgresql_where=_OPEN_SHIFT)
    op.create_index("uq_shift_one_open", "shift", ["worker_id"], unique=True, sqlite_where=_OPEN_SHIFT, postgresql_where=_OPEN_SHIFT)
    taken = sa.text("ended_at IS NULL AND trolley <> ''")
    op.create_index("uq_shift_trolley", "shift", ["site_id", "trolley"], unique=True, sqlite_where=taken, postgresql_where=taken)
    op.create_table(
        "shift_break",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("shift_id", sa.BigInteger(), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= began_at", name=op.f("ck_shift_break_times")),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_shift_break_shift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_break")),
    )
    op.create_index("ix_shift_break_shift_id", "shift_break", ["shift_id"])
    op.create_index("uq_shift_break_one_open", "shift_break", ["shift_id"], unique=True, sqlite_where=_OPEN_SHIFT, postgresql_where=_OPEN_SHIFT)


def downgrade() -> None:
    """Takes the step back; tasks forget where they are and for whom, shifts are lost."""
    op.drop_table("shift_break")
    op.drop_table("shift")
    for name in ("uq_task_narrow", "ix_task_for_device_id", "ix_task_for_worker_id", "ix_task_near", "ix_task_first", "ix_task_next"):
        op.drop_index(name, table_name="task")
    _index("ix_task_next", ["site_id", "kind", *_NEXT], _OPEN)
    for name in ("zones", "skills"):
        op.drop_column("worker", name)
    for column in reversed(_TASK_COLUMNS):
        op.execute(f"ALTER TABLE task DROP COLUMN {column.partition(' ')[0]}")


def _index(name: str, columns: list[str | sa.TextClause], rule: str, *, unique: bool = False) -> None:
    op.create_index(name, "task", columns, unique=unique, sqlite_where=sa.text(rule), postgresql_where=sa.text(rule))
