"""The table of order exceptions, and of the rules about them."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from server.kernel.models import Base, Key

_KINDS = ("'oversold', 'address', 'check', 'price', 'item', 'unreadable', 'paper', 'too_late', 'payment', 'stuck', 'waiting', 'short', "
          "'not_told', 'quantity', 'refund_asked', 'refund_left', 'channel'")


class OrderException(Base):
    """Something about an order that does not go by itself, and whose it is: one open one for one thing (`about`) and kind.

    `ended_how` solved: its cause was over by itself; rule: a rule ended it; hand: somebody did. `version` rises with every change,
    so that of many who act on what they saw one is the first.
    """

    __tablename__ = "order_exception"
    __table_args__ = (
        CheckConstraint(f"kind IN ({_KINDS})", name="kind"),
        CheckConstraint("state IN ('open', 'done')", name="state"),
        CheckConstraint("ended_how IN ('', 'solved', 'rule', 'hand')", name="ended_how"),
        CheckConstraint("(state = 'done') = (ended_at IS NOT NULL) AND (state = 'done') = (ended_how <> '')", name="ended"),
        CheckConstraint("tries >= 0 AND version > 0 AND about <> ''", name="counts"),
        Index("uq_order_exception_open", "about", "kind", unique=True, sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
        Index("ix_order_exception_about", "about", "kind"),
        Index("ix_order_exception_order_id", "order_id"),
        Index("ix_order_exception_open", "id", sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
        Index("ix_order_exception_owner_id", "owner_id", "id", sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    kind: Mapped[str] = mapped_column(String(16))
    about: Mapped[str] = mapped_column(String(32), doc="what it is about, by its table and number: order/7")
    order_id: Mapped[int | None] = mapped_column(ForeignKey("sales_order.id"))
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("channel.id"))
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("channel_paper.id"))
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("channel_notice.id"))
    listing_id: Mapped[int | None] = mapped_column(ForeignKey("listing.id"))
    unread_id: Mapped[int | None] = mapped_column(ForeignKey("unread_request.id"))
    code: Mapped[str] = mapped_column(String(64), server_default="", doc="the cause, for programs")
    words: Mapped[str] = mapped_column(String(512))
    suggestion: Mapped[dict[str, Any]] = mapped_column(server_default="{}", doc="what the address could be instead")
    owner_id: Mapped[int] = mapped_column(ForeignKey("worker.id"))
    owned_at: Mapped[int] = mapped_column(doc="since when it is this owner's")
    opened_at: Mapped[int]
    state: Mapped[str] = mapped_column(String(8), server_default="open")
    ended_at: Mapped[int | None]
    ended_how: Mapped[str] = mapped_column(String(8), server_default="")
    ended_by: Mapped[str] = mapped_column(String(128), server_default="")
    step: Mapped[str] = mapped_column(String(32), server_default="", doc="what was done last")
    note: Mapped[str] = mapped_column(String(512), server_default="")
    wait_until: Mapped[int | None] = mapped_column(doc="somebody said that it can wait until then")
    tries: Mapped[int] = mapped_column(Integer, server_default="0", doc="how often a rule tried to solve it")
    tried_at: Mapped[int] = mapped_column(server_default="0")
    version: Mapped[int] = mapped_column(Integer, server_default="1")


class ExceptionRule(Base):
    """Whose exceptions of a kind are in a warehouse, and what is done about them by itself; kind 'any' names the owner of all others."""

    __tablename__ = "exception_rule"
    __table_args__ = (
        CheckConstraint(f"kind IN ('any', {_KINDS})", name="kind"),
        CheckConstraint("solve_after_minutes >= 0 AND opens_after_hours >= 0 AND pass_after_hours > 0", name="times"),
        CheckConstraint("(pass_after_hours IS NULL) = (pass_to_id IS NULL)", name="pass"),
    )

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("worker.id"))
    solve: Mapped[str] = mapped_column(String(32), server_default="", doc="the step that is done by itself; '' for none")
    solve_after_minutes: Mapped[int] = mapped_column(Integer, server_default="0")
    opens_after_hours: Mapped[int | None] = mapped_column(Integer, doc="how long its cause may last; null: as the kind has it")
    pass_after_hours: Mapped[int | None] = mapped_column(Integer, doc="how long its owner has; null: as long as they like")
    pass_to_id: Mapped[int | None] = mapped_column(ForeignKey("worker.id"))
