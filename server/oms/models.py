"""Orders as their customers know them."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from server.kernel.models import Base, Key


class Order(Base):
    """A sales order; `channel` and `channel_ref` together are its identity outside."""

    __tablename__ = "sales_order"
    __table_args__ = (
        UniqueConstraint("channel", "channel_ref"),
        CheckConstraint("state IN ('accepted', 'released', 'partly_shipped', 'shipped', 'short', 'cancelled')",
                        name="state"),
        Index("ix_sales_order_state", "state"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    number: Mapped[str] = mapped_column(String(64), unique=True)
    channel: Mapped[str] = mapped_column(String(32))
    channel_ref: Mapped[str] = mapped_column(String(128))
    body_hash: Mapped[str] = mapped_column(String(64), doc="of the order as first given")
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    customer: Mapped[str] = mapped_column(String(256), server_default="")
    ship_to: Mapped[dict[str, Any]]
    carrier: Mapped[str] = mapped_column(String(64), server_default="")
    priority: Mapped[int] = mapped_column(Integer, server_default="5")
    cutoff_at: Mapped[int | None]
    promised_at: Mapped[int | None] = mapped_column(doc="when it will leave, as promised on arrival")
    state: Mapped[str] = mapped_column(String(16), server_default="accepted")
    created_at: Mapped[int]


class OrderLine(Base):
    """What was ordered, how much of it was promised, and what became of it."""

    __tablename__ = "sales_order_line"
    __table_args__ = (
        UniqueConstraint("order_id", "number"),
        CheckConstraint("quantity > 0 AND promised >= 0 AND promised <= quantity", name="promised"),
        CheckConstraint("shipped >= 0 AND shipped <= quantity AND short >= 0", name="shipped"),
        Index("ix_sales_order_line_waiting", "item_id", sqlite_where=text("promised + short < quantity"),
              postgresql_where=text("promised + short < quantity")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("sales_order.id"))
    number: Mapped[int] = mapped_column(Integer)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    lot: Mapped[str] = mapped_column(String(64), server_default="")
    serial: Mapped[str] = mapped_column(String(64), server_default="")
    quantity: Mapped[int]
    promised: Mapped[int] = mapped_column(server_default="0")
    shipped: Mapped[int] = mapped_column(server_default="0")
    short: Mapped[int] = mapped_column(server_default="0")
