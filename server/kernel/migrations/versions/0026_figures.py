"""What happened in each hour and day, summed up, and how the past is found by time."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_INDEXES = (
    ("ix_operation_at", "operation", ["at"], None),
    ("ix_release_site_id_shipped_at", "release", ["site_id", "shipped_at"], "shipped_at IS NOT NULL"),
    ("ix_wave_site_id_released_at", "wave", ["site_id", "released_at"], "released_at IS NOT NULL"),
    ("ix_cycle_count_site_id_counted_at", "cycle_count", ["site_id", "counted_at"], "counted_at IS NOT NULL"),
    ("ix_floor_exception_site_id_at", "floor_exception", ["site_id", "at"], None),
    ("ix_floor_exception_site_id_closed_at", "floor_exception", ["site_id", "closed_at"], "closed_at IS NOT NULL"),
    ("ix_operation_undone_by", "operation", ["undone_by"], "undone_by IS NOT NULL"),
)


def upgrade() -> None:
    """Brings the tables up by one step."""
    op.create_table(
        "figure_sum",
        sa.Column("site_id", sa.BigInteger(), nullable=False),
        sa.Column("grain", sa.String(length=8), nullable=False),
        sa.Column("scope", sa.String(length=40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("times", sa.JSON(), nullable=False),
        sa.CheckConstraint("grain IN ('hour', 'day', 'month')", name=op.f("ck_figure_sum_grain")),
        sa.CheckConstraint("until > at", name=op.f("ck_figure_sum_until")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_figure_sum_site_id")),
        sa.PrimaryKeyConstraint("site_id", "grain", "scope", "at", name=op.f("pk_figure_sum")),
    )
    for name, table, columns, where in _INDEXES:
        which = sa.text(where) if where is not None else None
        op.create_index(name, table, columns, unique=False, sqlite_where=which, postgresql_where=which)


def downgrade() -> None:
    """Takes the step back; the sums can be made again from what they sum up."""
    for name, table, _columns, _where in reversed(_INDEXES):
        op.drop_index(name, table_name=table)
    op.drop_table("figure_sum")
