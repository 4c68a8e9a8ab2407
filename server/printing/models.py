"""Printers and the durable queue of what is to be printed."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from server.kernel.models import Base, Key


class Printer(Base):
    """Where labels come out: a port URL (`socket://host:9100`, `file:///path`) and the language it speaks."""

    __tablename__ = "printer"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    url: Mapped[str] = mapped_column(String(256))
    language: Mapped[str] = mapped_column(String(16), server_default="zpl")
    zone: Mapped[str] = mapped_column(String(16), server_default="", doc="stations of this zone print here")


class PrintJob(Base):
    """One label to be printed once: `unique_key` says which."""

    __tablename__ = "print_job"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sent', 'verified', 'failed', 'cancelled')", name="state"),
        CheckConstraint("copies BETWEEN 1 AND 500", name="copies"),
        Index("ix_print_job_code", "code"),
        Index("ix_print_job_due", "id", sqlite_where=text("state = 'waiting'"),
              postgresql_where=text("state = 'waiting'")),
        Index("ix_print_job_waiting", "printer_id", sqlite_where=text("state = 'waiting'"),
              postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    unique_key: Mapped[str] = mapped_column(String(128), unique=True)
    printer_id: Mapped[int] = mapped_column(ForeignKey("printer.id"))
    label: Mapped[str] = mapped_column(String(32))
    code: Mapped[str] = mapped_column(String(64), doc="the code on the label, scanned to verify it")
    payload: Mapped[str] = mapped_column(doc="bytes for the printer, as UTF-8 text")
    copies: Mapped[int] = mapped_column(Integer, server_default="1")
    reprint_of_id: Mapped[int | None] = mapped_column(ForeignKey("print_job.id"))
    state: Mapped[str] = mapped_column(String(16), server_default="waiting")
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    next_at: Mapped[int] = mapped_column(server_default="0")
    error: Mapped[str | None]
    created_at: Mapped[int]
    sent_at: Mapped[int | None]
    verified_at: Mapped[int | None]
