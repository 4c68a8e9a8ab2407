"""What customers sent back, which order a return paper is about, and the history of an LPN by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Brings the tables up by one step."""
    op.create_table(
        "returned_line",
        sa.Column("release_line_id", _KEY, autoincrement=False, nullable=False),
        sa.Column("shipped", sa.BigInteger(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("returned >= 0 AND returned <= shipped", name=op.f("ck_returned_line_within_shipped")),
        sa.ForeignKeyConstraint(["release_line_id"], ["release_line.id"], name=op.f("fk_returned_line_release_line_id")),
        sa.PrimaryKeyConstraint("release_line_id", name=op.f("pk_returned_line")),
    )
    op.create_table(
        "return_paper",
        sa.Column("inbound_id", _KEY, autoincrement=False, nullable=False),
        sa.Column("release_id", _KEY, nullable=False),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound.id"], name=op.f("fk_return_paper_inbound_id")),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_return_paper_release_id")),
        sa.PrimaryKeyConstraint("inbound_id", name=op.f("pk_return_paper")),
    )
    op.create_index("ix_stock_move_lpn_id", "stock_move", ["lpn_id"], unique=False, sqlite_where=sa.text("lpn_id IS NOT NULL"),
                    postgresql_where=sa.text("lpn_id IS NOT NULL"))


def downgrade() -> None:
    """Takes the step back."""
    op.drop_index("ix_stock_move_lpn_id", table_name="stock_move")
    op.drop_table("return_paper")
    op.drop_table("returned_line")
