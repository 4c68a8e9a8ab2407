"""The ledger: moves that are never edited, and what follows from them.

A *holder* is a location or an LPN. *Goods* are an item in one lot, serial, status and owner. A move takes
goods, or a whole LPN, from one holder to another. Locations of kind `account` (supplier, customer, variance
...) take part in moves but have no balance row: what went through them is the sum of the moves.
"""

from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from server.kernel.models import Base, Key

STATUSES = ("available", "hold", "damaged", "expired")


class Lot(Base):
    """A lot of an item with its dates."""

    __tablename__ = "lot"
    __table_args__ = (UniqueConstraint("item_id", "code"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    code: Mapped[str] = mapped_column(String(64))
    expiry_on: Mapped[date | None] = mapped_column(Date)
    production_on: Mapped[date | None] = mapped_column(Date)


class Goods(Base):
    """An item in one lot, serial, status and owner; empty text where it has none."""

    __tablename__ = "goods"
    __table_args__ = (
        UniqueConstraint("item_id", "lot", "serial", "status", "owner_id"),
        CheckConstraint("status IN ('" + "', '".join(STATUSES) + "')", name="status"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    lot: Mapped[str] = mapped_column(String(64), server_default="")
    serial: Mapped[str] = mapped_column(String(64), server_default="")
    status: Mapped[str] = mapped_column(String(16), server_default="available")
    owner_id: Mapped[int] = mapped_column(ForeignKey("party.id"))


class Lpn(Base):
    """A licence plate: pallet, carton, tote or trolley; stands in a location or in another LPN."""

    __tablename__ = "lpn"
    __table_args__ = (
        CheckConstraint("kind IN ('pallet', 'carton', 'case', 'tote', 'trolley')", name="kind"),
        CheckConstraint("id <> parent_id", name="not_in_itself"),
        Index("ix_lpn_parent_id", "parent_id"),
        Index("ix_lpn_location_id", "location_id"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("holder.id"), primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(String(32), unique=True, doc="our LPN number, or the SSCC's 18 digits")
    kind: Mapped[str] = mapped_column(String(16))
    parent_id: Mapped[int] = mapped_column(ForeignKey("holder.id"), doc="location or LPN it stands in")
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"), doc="where its outermost LPN stands")
    created_at: Mapped[int]


class Balance(Base):
    """How much of some goods a holder has, and how much of that is allocated."""

    __tablename__ = "balance"
    __table_args__ = (
        UniqueConstraint("holder_id", "goods_id"),
        CheckConstraint("quantity >= 0", name="never_negative"),
        CheckConstraint("allocated >= 0 AND allocated <= quantity", name="allocated_within_quantity"),
        CheckConstraint("serial_key IS NULL OR quantity <= 1", name="serial_is_one"),
        Index("uq_balance_serial_in_one_place", "serial_key", unique=True,
              sqlite_where=text("quantity > 0 AND serial_key IS NOT NULL"),
              postgresql_where=text("quantity > 0 AND serial_key IS NOT NULL")),
        Index("ix_balance_goods_id", "goods_id", sqlite_where=text("quantity > 0"),
              postgresql_where=text("quantity > 0")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("holder.id"))
    goods_id: Mapped[int] = mapped_column(ForeignKey("goods.id"))
    quantity: Mapped[int]
    allocated: Mapped[int] = mapped_column(server_default="0")
    received_at: Mapped[int] = mapped_column(doc="oldest receipt of what lies here, for first in first out")
    serial_key: Mapped[str | None] = mapped_column(String(160), doc="item id and serial, where serialised")


class StockMove(Base):
    """One line of the ledger: goods or an LPN from one holder to another. Never updated, never deleted."""

    __tablename__ = "stock_move"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("from_id <> to_id", name="goes_somewhere"),
        CheckConstraint("(goods_id IS NULL) <> (lpn_id IS NULL)", name="goods_or_lpn"),
        CheckConstraint("lpn_id IS NULL OR quantity = 1", name="lpn_is_one"),
        Index("ix_stock_move_from_id", "from_id"),
        Index("ix_stock_move_to_id", "to_id"),
        Index("ix_stock_move_op", "op"),
        Index("ix_stock_move_received", "document", sqlite_where=text("reason = 'receiving'"), postgresql_where=text("reason = 'receiving'")),
        Index("ix_stock_move_lpn_id", "lpn_id", sqlite_where=text("lpn_id IS NOT NULL"),
              postgresql_where=text("lpn_id IS NOT NULL")),
        Index("uq_stock_move_reverses_id", "reverses_id", unique=True,
              sqlite_where=text("reverses_id IS NOT NULL"),
              postgresql_where=text("reverses_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    at: Mapped[int]
    reason: Mapped[str] = mapped_column(String(32), doc="a business step of GS1's CBV")
    goods_id: Mapped[int | None] = mapped_column(ForeignKey("goods.id"))
    lpn_id: Mapped[int | None] = mapped_column(ForeignKey("lpn.id"))
    quantity: Mapped[int]
    from_id: Mapped[int] = mapped_column(ForeignKey("holder.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("holder.id"))
    op: Mapped[str | None] = mapped_column(String(40), doc="the operation or job that did it")
    worker_id: Mapped[int | None] = mapped_column(ForeignKey("worker.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    document: Mapped[str | None] = mapped_column(String(64))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("stock_move.id"))


class Seal(Base):
    """A block of committed moves, hashed together with the seal before it."""

    __tablename__ = "seal"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    first_id: Mapped[int] = mapped_column(unique=True)
    last_id: Mapped[int] = mapped_column(unique=True)
    moves: Mapped[int]
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    sealed_at: Mapped[int]


class Availability(Base):
    """What a site has of an item in status available, and how much of it is promised."""

    __tablename__ = "availability"
    __table_args__ = (
        CheckConstraint("promised >= 0 AND promised <= on_hand", name="promised_within_on_hand"),
        CheckConstraint("is_changed IN (0, 1)", name="is_changed"),
        Index("ix_availability_changed", "site_id", "item_id", "owner_id", sqlite_where=text("is_changed = 1"),
              postgresql_where=text("is_changed = 1")),
    )

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("party.id"), primary_key=True)
    on_hand: Mapped[int]
    promised: Mapped[int] = mapped_column(server_default="0")
    is_changed: Mapped[int] = mapped_column(Integer, server_default="1", doc="1: nobody has taken note of it since it was changed")


class Promise(Base):
    """A quantity at a site kept for an order line; pending until posted (shipped) or voided, once."""

    __tablename__ = "promise"
    __table_args__ = (
        CheckConstraint("quantity >= 0 AND posted >= 0 AND posted <= quantity", name="quantity"),
        CheckConstraint("state IN ('pending', 'posted', 'voided')", name="state"),
        UniqueConstraint("reference", "site_id"),
        Index("ix_promise_pending", "site_id", "item_id", sqlite_where=text("state = 'pending'"),
              postgresql_where=text("state = 'pending'")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    reference: Mapped[str] = mapped_column(String(96), doc="order and line: 'ORD-7/2'")
    quantity: Mapped[int]
    posted: Mapped[int] = mapped_column(server_default="0")
    state: Mapped[str] = mapped_column(String(16), server_default="pending")
    created_at: Mapped[int]


class Allocation(Base):
    """A quantity of some goods in one holder, kept for one line of a released order until picked."""

    __tablename__ = "allocation"
    __table_args__ = (
        CheckConstraint("quantity > 0 AND picked >= 0 AND picked <= quantity", name="quantity"),
        CheckConstraint("state IN ('open', 'picked', 'voided')", name="state"),
        Index("ix_allocation_release_line_id", "release_line_id"),
        Index("ix_allocation_task_id", "task_id"),
        Index("ix_allocation_tote_id", "tote_id"),
        Index("ix_allocation_open", "holder_id", "goods_id", sqlite_where=text("state = 'open'"),
              postgresql_where=text("state = 'open'")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    release_line_id: Mapped[int] = mapped_column(ForeignKey("release_line.id"))
    holder_id: Mapped[int] = mapped_column(ForeignKey("holder.id"))
    goods_id: Mapped[int] = mapped_column(ForeignKey("goods.id"))
    quantity: Mapped[int]
    picked: Mapped[int] = mapped_column(server_default="0")
    state: Mapped[str] = mapped_column(String(16), server_default="open")
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"))
    tote_id: Mapped[int | None] = mapped_column(ForeignKey("lpn.id"), doc="where it has to go")
    position: Mapped[int] = mapped_column(server_default="0", doc="place in the walk of its task")
