"""Pictures of items, in a table of their own, so that whoever lists items does not read them."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Brings the tables up by one step."""
    op.create_table(
        "item_picture",
        sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=32), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("LENGTH(digest) = 64", name=op.f("ck_item_picture_digest")),
        sa.CheckConstraint("media_type = 'image/webp'", name=op.f("ck_item_picture_media_type")),
        sa.CheckConstraint("width BETWEEN 1 AND 480 AND height BETWEEN 1 AND 480", name=op.f("ck_item_picture_size")),
        sa.CheckConstraint("LENGTH(content) BETWEEN 1 AND 100000", name=op.f("ck_item_picture_content")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_picture_item_id")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_item_picture")),
    )
    op.create_index("ix_item_picture_digest", "item_picture", ["digest"])


def downgrade() -> None:
    """Takes the step back; the pictures are gone with their table."""
    op.drop_index("ix_item_picture_digest", table_name="item_picture")
    op.drop_table("item_picture")
