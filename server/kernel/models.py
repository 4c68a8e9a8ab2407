"""Tables of the kernel, and the base that every table of the house stands on."""

from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, Integer, MetaData, String, Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Key = BigInteger().with_variant(Integer(), "sqlite")
"""A 64 bit row number (SQLite counts by itself only in a column called INTEGER)."""


class Base(DeclarativeBase):
    """The registry of all tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {int: BigInteger, str: Text, dict[str, Any]: JSON, list[Any]: JSON}


class Outbox(Base):
    """An event, written in the transaction of what it tells of."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_waiting", "id", sqlite_where=text("dispatched = 0"),
              postgresql_where=text("dispatched = 0")),
        CheckConstraint("dispatched IN (0, 1)", name="dispatched"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    at: Mapped[int]
    kind: Mapped[str] = mapped_column(String(64))
    payload: Mapped[str] = mapped_column(Text, doc="JSON of the event")
    dispatched: Mapped[int] = mapped_column(Integer, server_default="0")


class Delivery(Base):
    """What one consumer has to do about one event, or has done."""

    __tablename__ = "delivery"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'done', 'dead')", name="state"),
        Index("uq_delivery_once", "outbox_id", "consumer", unique=True),
        Index("ix_delivery_dead", "id", sqlite_where=text("state = 'dead'"), postgresql_where=text("state = 'dead'")),
        Index("ix_delivery_pending", "next_at", sqlite_where=text("state = 'pending'"),
              postgresql_where=text("state = 'pending'")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    outbox_id: Mapped[int]
    consumer: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), server_default="pending")
    attempts: Mapped[int] = mapped_column(server_default="0")
    next_at: Mapped[int] = mapped_column(server_default="0")
    error: Mapped[str | None]


class Job(Base):
    """Background work that survives a kill: claimed by one worker at a time, until `claimed_until`."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'done', 'dead')", name="state"),
        Index("uq_job_unique_key", "unique_key", unique=True),
        Index("ix_job_waiting", "run_at", sqlite_where=text("state = 'waiting'"),
              postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    payload: Mapped[dict[str, Any]]
    unique_key: Mapped[str | None] = mapped_column(String(128), doc="at most one waiting job of this key")
    run_at: Mapped[int]
    every_seconds: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(16), server_default="waiting")
    attempts: Mapped[int] = mapped_column(server_default="0")
    claimed_until: Mapped[int] = mapped_column(server_default="0")
    error: Mapped[str | None]


class Setting(Base):
    """One setting of the installation, as JSON."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class Counter(Base):
    """The last number given out of a series (document numbers, LPNs, SSCC serial references)."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[int]


class Audit(Base):
    """Who changed what, from where: append only, each row chained to the one before."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_subject", "subject"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    at: Mapped[int]
    actor: Mapped[str] = mapped_column(String(128))
    device: Mapped[str | None] = mapped_column(String(64))
    address: Mapped[str | None] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(256))
    detail: Mapped[str] = mapped_column(Text, doc="JSON: old and new values, no secrets")
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
