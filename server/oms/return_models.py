"""What customers send back, as they and the shop know it; what the floor does of it is in the warehouse's own tables."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from server.kernel.models import Base, Key


class Rma(Base):
    """A return of one order, announced by its customer or by staff, or found by the floor in a parcel.

    `outcome` is what a settled one came to; `token_hash` and `salt` are of the link by which its customer looks at it. An
    `exchange_order_id` may be there before it is settled: the goods were sent before the others came.
    """

    __tablename__ = "rma"
    __table_args__ = (
        CheckConstraint("state IN ('announced', 'received', 'settled', 'cancelled', 'expired')", name="state"),
        CheckConstraint("made_by IN ('customer', 'staff', 'floor')", name="made_by"),
        CheckConstraint("reason IN ('damaged', 'wrong_item', 'not_as_described', 'changed_mind', 'too_late', 'other')", name="reason"),
        CheckConstraint("wish IN ('refund', 'exchange')", name="wish"),
        CheckConstraint("outcome IN ('', 'refund', 'exchange', 'refused')", name="outcome"),
        CheckConstraint("(state = 'settled') = (outcome <> '') AND (state = 'settled') = (settled_at IS NOT NULL)", name="settled"),
        CheckConstraint("amount >= 0 AND (amount = 0 OR outcome = 'refund')", name="amount"),
        CheckConstraint("outcome <> 'exchange' OR exchange_order_id IS NOT NULL", name="exchange"),
        CheckConstraint("postage >= 0 AND postage <= amount", name="postage"),
        CheckConstraint("(postage = 0) = (postage_of_id IS NULL)", name="postage_of"),
        Index("uq_rma_postage_of_id", "postage_of_id", unique=True),
        Index("ix_rma_order_id", "order_id"),
        Index("ix_rma_state", "state", "id"),
        Index("ix_rma_site_id", "site_id", "state", "id"),
        Index("ix_rma_expires", "expires_at", sqlite_where=text("state = 'announced' AND expires_at IS NOT NULL"),
              postgresql_where=text("state = 'announced' AND expires_at IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    number: Mapped[str] = mapped_column(String(32), unique=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("sales_order.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    state: Mapped[str] = mapped_column(String(16), server_default="announced")
    made_by: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(32))
    note: Mapped[str] = mapped_column(String(512), server_default="")
    wish: Mapped[str] = mapped_column(String(16))
    outcome: Mapped[str] = mapped_column(String(16), server_default="")
    why: Mapped[str] = mapped_column(String(256), server_default="", doc="why it was refused, cancelled or paid otherwise")
    currency: Mapped[str] = mapped_column(String(3), server_default="")
    amount: Mapped[int] = mapped_column(server_default="0", doc="paid back, in the currency's smallest unit, with the postage")
    postage: Mapped[int] = mapped_column(server_default="0", doc="of the amount: what was paid back for the way")
    postage_of_id: Mapped[int | None] = mapped_column(ForeignKey("sales_order.id"), doc="the order whose postage that was, of several that left together the first: it goes back once")
    exchange_order_id: Mapped[int | None] = mapped_column(ForeignKey("sales_order.id"))
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    salt: Mapped[str] = mapped_column(String(64), server_default="")
    created_at: Mapped[int]
    expires_at: Mapped[int | None] = mapped_column(doc="when it is waited for no longer; null where it came by itself")
    settled_at: Mapped[int | None]


class RmaLine(Base):
    """How much of an order's line is to come back with a return, what came of it by its grade, and what was paid back for it."""

    __tablename__ = "rma_line"
    __table_args__ = (
        UniqueConstraint("rma_id", "order_line_id"),
        CheckConstraint("restocked >= 0 AND quarantined >= 0 AND scrapped >= 0 AND restocked + quarantined + scrapped <= quantity", name="came"),
        CheckConstraint("refunded >= 0 AND refunded <= quantity AND amount >= 0", name="refunded"),
        Index("ix_rma_line_order_line_id", "order_line_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    rma_id: Mapped[int] = mapped_column(ForeignKey("rma.id"))
    order_line_id: Mapped[int] = mapped_column(ForeignKey("sales_order_line.id"))
    quantity: Mapped[int]
    restocked: Mapped[int] = mapped_column(server_default="0")
    quarantined: Mapped[int] = mapped_column(server_default="0")
    scrapped: Mapped[int] = mapped_column(server_default="0")
    refunded: Mapped[int] = mapped_column(server_default="0")
    amount: Mapped[int] = mapped_column(server_default="0", doc="paid back for it")


class LineReturn(Base):
    """All returns of an order's line together: never more than was `shipped`, and never more money than was `paid` for the pieces that came.

    `paid` is for all that was shipped, as it stood when more was said; `kept` is what was paid for the pieces that came and has not
    gone back, as it stood when money last went and until more is announced.
    """

    __tablename__ = "line_return"
    __table_args__ = (
        CheckConstraint("announced >= 0 AND announced <= shipped", name="within_shipped"),
        CheckConstraint("refunded >= 0 AND refunded <= paid", name="within_paid"),
        CheckConstraint("kept >= 0 AND refunded + kept <= paid", name="within_came"),
    )

    order_line_id: Mapped[int] = mapped_column(ForeignKey("sales_order_line.id"), primary_key=True, autoincrement=False)
    shipped: Mapped[int]
    announced: Mapped[int] = mapped_column(server_default="0", doc="came back or is waited for")
    paid: Mapped[int]
    refunded: Mapped[int] = mapped_column(server_default="0")
    kept: Mapped[int] = mapped_column(server_default="0")
