"""A parcel remembers which carton it was packed into, as that was then; a carton may say how large it is outside."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_OUTSIDE = ("outer_length_mm", "outer_width_mm", "outer_height_mm")
_OF_PARCEL = ("own_weight_g", "length_mm", "width_mm", "height_mm")


def upgrade() -> None:
    """Brings the tables up by one step. SQLite adds a constraint to a table only together with a column."""
    for name in _OUTSIDE:
        op.execute(f"ALTER TABLE carton_type ADD COLUMN {name} BIGINT DEFAULT 0 NOT NULL "
                   f"CONSTRAINT ck_carton_type_{name} CHECK ({name} >= 0)")
    op.execute("ALTER TABLE carton ADD COLUMN carton_type VARCHAR(32) DEFAULT '' NOT NULL")
    for name in _OF_PARCEL:
        op.execute(f"ALTER TABLE carton ADD COLUMN {name} BIGINT DEFAULT 0 NOT NULL CONSTRAINT ck_carton_{name} CHECK ({name} >= 0)")


def downgrade() -> None:
    """Takes the step back."""
    for table, names in (("carton", (*reversed(_OF_PARCEL),)), ("carton_type", (*reversed(_OUTSIDE),))):
        with op.batch_alter_table(table) as batch:
            for name in names:
                batch.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
                batch.drop_column(name)
    with op.batch_alter_table("carton") as batch:
        batch.drop_column("carton_type")
