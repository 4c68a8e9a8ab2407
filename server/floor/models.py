"""Operations, as they came and as they were answered, and what needs a supervisor."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from server.kernel.models import Base, Key


class DeviceEpoch(Base):
    """One life of a device's own database: which operation number comes next."""

    __tablename__ = "device_epoch"

    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"), primary_key=True)
    epoch: Mapped[str] = mapped_column(String(32), primary_key=True)
    next_seq: Mapped[int] = mapped_column(server_default="1")
    started_at: Mapped[int]


class Operation(Base):
    """A full form as the device sent it, applied once, with the answer that was given."""

    __tablename__ = "operation"
    __table_args__ = (
        UniqueConstraint("device_id", "epoch", "seq"),
        CheckConstraint("status IN ('applied', 'refused', 'late')", name="status"),
        CheckConstraint("seq > 0", name="seq"),
        Index("ix_operation_at", "at"),
        Index("ix_operation_task_id", "task_id"),
        Index("ix_operation_undone_by", "undone_by", sqlite_where=text("undone_by IS NOT NULL"), postgresql_where=text("undone_by IS NOT NULL")),
    )

    op: Mapped[str] = mapped_column(String(40), primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"))
    epoch: Mapped[str] = mapped_column(String(32))
    seq: Mapped[int]
    kind: Mapped[str] = mapped_column(String(24))
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"))
    form: Mapped[str | None] = mapped_column(String(40))
    slots: Mapped[str] = mapped_column(doc="JSON")
    body_hash: Mapped[str] = mapped_column(String(64))
    worker_id: Mapped[int | None] = mapped_column(ForeignKey("worker.id"))
    made_at: Mapped[int] = mapped_column(doc="the device's clock: information, never an order")
    at: Mapped[int]
    status: Mapped[str] = mapped_column(String(16))
    answer: Mapped[str] = mapped_column(doc="JSON of the result without the task")
    undone_by: Mapped[str | None] = mapped_column(String(40))


class HandedScan(Base):
    """A scan of a fixed scanner for a handheld; the newest row stays, so that no number is given twice."""

    __tablename__ = "handed_scan"
    __table_args__ = (Index("ix_handed_scan_device_id", "device_id", "id"), Index("ix_handed_scan_at", "at"))

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"))
    text: Mapped[str] = mapped_column(String(512))
    at: Mapped[int]


class FloorException(Base):
    """Something that did not fit the book: kept until somebody has dealt with it."""

    __tablename__ = "floor_exception"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'done')", name="state"),
        Index("ix_floor_exception_op", "op"),
        Index("ix_floor_exception_site_id_at", "site_id", "at"),
        Index("ix_floor_exception_site_id_closed_at", "site_id", "closed_at", sqlite_where=text("closed_at IS NOT NULL"),
              postgresql_where=text("closed_at IS NOT NULL")),
        Index("ix_floor_exception_open", "site_id", sqlite_where=text("state = 'open'"),
              postgresql_where=text("state = 'open'")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    at: Mapped[int]
    code: Mapped[str] = mapped_column(String(48))
    args: Mapped[dict[str, Any]]
    op: Mapped[str | None] = mapped_column(String(40))
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"))
    worker_id: Mapped[int | None] = mapped_column(ForeignKey("worker.id"))
    state: Mapped[str] = mapped_column(String(16), server_default="open")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("worker.id"))
    closed_at: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(512), server_default="")
