"""The tables of what buyers asked their platform to have back."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from server.kernel.models import Base, Key


class UnreadRequest(Base):
    """A buyer's request for money that we cannot read, or that a fault of ours kept out, as its platform gave it last, and why.

    `ref` is its own number there where that can be read, else a name made of the document. `state`: refused until it was read after all
    (taken), or somebody said that nobody needs it (dropped).
    """

    __tablename__ = "unread_request"
    __table_args__ = (
        UniqueConstraint("channel_id", "ref"),
        CheckConstraint("state IN ('refused', 'taken', 'dropped')", name="state"),
        Index("ix_unread_request_refused", "id", sqlite_where=text("state = 'refused'"), postgresql_where=text("state = 'refused'")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"))
    ref: Mapped[str] = mapped_column(String(128))
    order_ref: Mapped[str] = mapped_column(String(128), server_default="")
    digest: Mapped[str] = mapped_column(String(64))
    document: Mapped[dict[str, Any]]
    words: Mapped[str] = mapped_column(String(512))
    state: Mapped[str] = mapped_column(String(8), server_default="refused")
    came_at: Mapped[int]
    changed_at: Mapped[int]


class RefundRequest(Base):
    """A buyer's request for money as its platform gave it last; `stage` as `server/oms/channels/base.py` has it.

    `decision` is what somebody here said: agreed, cancels (agreed, and nothing of its order is sent), or let_go (the order leaves all
    the same). `holds` while its order waits for it, or somebody is to answer it although the order has left.
    `notice_id` is the refund that it paid, or is to pay: one at most, and the request pays no other.
    """

    __tablename__ = "refund_request"
    __table_args__ = (
        UniqueConstraint("channel_id", "ref"),
        CheckConstraint("stage BETWEEN 0 AND 3 AND amount >= 0", name="stage"),
        CheckConstraint("decision IN ('', 'agreed', 'cancels', 'let_go')", name="decision"),
        CheckConstraint("is_return IN (0, 1) AND holds IN (0, 1)", name="is"),
        CheckConstraint("holds = 0 OR (order_id IS NOT NULL AND stage <> 2 AND decision <> 'let_go')", name="holds"),
        Index("ix_refund_request_order_ref", "channel_id", "order_ref"),
        Index("ix_refund_request_order_id", "order_id"),
        Index("ix_refund_request_holds", "order_id", sqlite_where=text("holds = 1"), postgresql_where=text("holds = 1")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"))
    ref: Mapped[str] = mapped_column(String(128), doc="the platform's own number of the request")
    order_ref: Mapped[str] = mapped_column(String(128))
    version: Mapped[int] = mapped_column(doc="orders its changes: the greater is newer")
    stage: Mapped[int] = mapped_column(Integer)
    amount: Mapped[int] = mapped_column(doc="in the currency's smallest unit")
    lines: Mapped[list[Any]] = mapped_column(doc="[line reference, pieces; 0 for all of it]; none for the whole order")
    is_return: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(String(256), server_default="")
    order_id: Mapped[int | None] = mapped_column(ForeignKey("sales_order.id"), doc="the first part of its order here")
    decision: Mapped[str] = mapped_column(String(8), server_default="")
    holds: Mapped[int] = mapped_column(Integer, server_default="0")
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("channel_notice.id"))
    rma_id: Mapped[int | None] = mapped_column(ForeignKey("rma.id"), unique=True, doc="the return of the goods that it wants to send back")
    came_at: Mapped[int]
    changed_at: Mapped[int]
