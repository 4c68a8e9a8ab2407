"""A version of a user's label may print in one warehouse, where it goes before the one that prints in all."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0017"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Brings the tables up by one step."""
    op.create_index("uq_label_template_id", "label_template", ["id", "name"], unique=True)
    op.create_table(
        "label_of_site",
        sa.Column("site_id", _KEY, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("template_id", _KEY, nullable=False),
        sa.Column("live_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_label_of_site_site_id")),
        sa.ForeignKeyConstraint(["template_id", "name"], ["label_template.id", "label_template.name"], name=op.f("fk_label_of_site_template_id")),
        sa.PrimaryKeyConstraint("site_id", "name", name=op.f("pk_label_of_site")),
    )


def downgrade() -> None:
    """Takes the step back; in every warehouse prints what prints in all."""
    op.drop_table("label_of_site")
    op.drop_index("uq_label_template_id", "label_template")
