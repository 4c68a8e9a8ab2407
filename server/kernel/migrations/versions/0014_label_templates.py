"""Labels are kept as data and drawn for their printer; users have templates of their own, in versions."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_LIVE = sa.text("state = 'live'")


def upgrade() -> None:
    """Brings the tables up by one step. Labels that were asked for before are ZPL and stay it."""
    op.create_table(
        "label_template",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), server_default="draft", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.String(length=128), nullable=False),
        sa.Column("live_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('draft', 'live', 'retired')", name=op.f("ck_label_template_state")),
        sa.CheckConstraint("state <> 'live' OR live_at IS NOT NULL", name=op.f("ck_label_template_live")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label_template")),
    )
    op.create_index("uq_label_template_name", "label_template", ["name", "version"], unique=True)
    op.create_index("uq_label_template_live", "label_template", ["name"], unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE)
    with op.batch_alter_table("print_job") as table:
        table.add_column(sa.Column("template", sa.String(length=40), server_default="", nullable=False))
        table.add_column(sa.Column("template_id", _KEY, nullable=True))
        table.create_foreign_key(op.f("fk_print_job_template_id"), "label_template", ["template_id"], ["id"])


def downgrade() -> None:
    """Takes the step back; labels that were kept as data cannot be printed by what came before, and are called off."""
    op.execute("UPDATE print_job SET state = 'cancelled' WHERE template <> '' AND state IN ('queued', 'held') AND sent_at IS NULL")
    with op.batch_alter_table("print_job") as table:
        table.drop_constraint(op.f("fk_print_job_template_id"), type_="foreignkey")
        table.drop_column("template_id")
        table.drop_column("template")
    op.drop_table("label_template")
