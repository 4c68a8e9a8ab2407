"""Printers and the durable queue of what is to be printed."""

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from server.kernel.models import Base, Key
from server.printing.states import RULES, open_rule

_OPEN = open_rule()
_UNKNOWN = "state = 'unknown'"
_LIVE = "state = 'live'"


class Printer(Base):
    """Where labels come out: a port URL (`socket://host:9100`, `/dev/usb/lp0`, `file:///path`) and the language it speaks."""

    __tablename__ = "printer"
    __table_args__ = (CheckConstraint("answers IN ('yes', 'no')", name="answers"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    url: Mapped[str] = mapped_column(String(256))
    language: Mapped[str] = mapped_column(String(16), server_default="zpl")
    zone: Mapped[str] = mapped_column(String(16), server_default="", doc="stations of this zone print here")
    answers: Mapped[str] = mapped_column(String(3), server_default="yes", doc="no: it never says anything, and is sent its labels blind")


class PrinterNeighbour(Base):
    """The rule of a printer that is out: after so long what was not sent comes out at its neighbour."""

    __tablename__ = "printer_neighbour"
    __table_args__ = (CheckConstraint("neighbour_id <> printer_id", name="another"),
                      CheckConstraint("after_seconds BETWEEN 0 AND 86400", name="after_seconds"))

    printer_id: Mapped[int] = mapped_column(Key, ForeignKey("printer.id"), primary_key=True, autoincrement=False)
    neighbour_id: Mapped[int] = mapped_column(ForeignKey("printer.id"))
    after_seconds: Mapped[int] = mapped_column(Integer)


class PrinterCondition(Base):
    """How a printer was when it was last looked at: `code` is ready, or the error's; `since` when it became so."""

    __tablename__ = "printer_condition"

    printer_id: Mapped[int] = mapped_column(Key, ForeignKey("printer.id"), primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(String(32))
    sentence: Mapped[str] = mapped_column(String(512), server_default="")
    warnings: Mapped[str] = mapped_column(String(128), server_default="")
    model: Mapped[str] = mapped_column(String(64), server_default="")
    firmware: Mapped[str] = mapped_column(String(64), server_default="")
    odometer: Mapped[int | None]
    since: Mapped[int]
    checked_at: Mapped[int]
    hour: Mapped[int] = mapped_column(server_default="0", doc="which hour since 1970 `hour_errors` counts; `before_errors` the one before")
    hour_errors: Mapped[int] = mapped_column(server_default="0", doc="faults that began, and labels that were asked about")
    before_errors: Mapped[int] = mapped_column(server_default="0")


class LabelTemplate(Base):
    """A version of a template that a user wrote; of each name one at most is live in all warehouses. A version is never changed."""

    __tablename__ = "label_template"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'live', 'retired')", name="state"),
        CheckConstraint("state <> 'live' OR live_at IS NOT NULL", name="live"),
        Index("uq_label_template_name", "name", "version", unique=True),
        Index("uq_label_template_id", "id", "name", unique=True),
        Index("uq_label_template_live", "name", unique=True, sqlite_where=text(_LIVE), postgresql_where=text(_LIVE)),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(Integer)
    source: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16), server_default="draft")
    created_at: Mapped[int]
    created_by: Mapped[str] = mapped_column(String(128))
    live_at: Mapped[int | None]


class LabelOfSite(Base):
    """The version that prints in one warehouse under a name, whatever is live in all."""

    __tablename__ = "label_of_site"
    __table_args__ = (ForeignKeyConstraint(["template_id", "name"], ["label_template.id", "label_template.name"]),)

    site_id: Mapped[int] = mapped_column(Key, ForeignKey("site.id"), primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    template_id: Mapped[int] = mapped_column(Key)
    live_at: Mapped[int]


class PrintJob(Base):
    """One label to be printed once: `unique_key` says which. Its states are told in `server.printing.states`."""

    __tablename__ = "print_job"
    __table_args__ = (
        *(CheckConstraint(rule, name=name) for name, rule in RULES.items()),
        Index("ix_print_job_code", "code"),
        Index("ix_print_job_open", "printer_id", "id", sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
        Index("ix_print_job_unknown", "printer_id", sqlite_where=text(_UNKNOWN), postgresql_where=text(_UNKNOWN)),
        Index("ix_print_job_printer_id_printed_at", "printer_id", "printed_at"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    unique_key: Mapped[str] = mapped_column(String(128), unique=True)
    printer_id: Mapped[int] = mapped_column(ForeignKey("printer.id"))
    label: Mapped[str] = mapped_column(String(32))
    code: Mapped[str] = mapped_column(String(64), doc="the code on the label, scanned to verify it")
    template: Mapped[str] = mapped_column(String(40), server_default="", doc="drawn by this one; empty where the payload is ZPL")
    template_id: Mapped[int | None] = mapped_column(ForeignKey("label_template.id"), doc="the user's version of it; ours where there is none")
    payload: Mapped[str] = mapped_column(doc="the template's values in JSON, or ZPL")
    copies: Mapped[int] = mapped_column(Integer, server_default="1")
    reprint_of_id: Mapped[int | None] = mapped_column(ForeignKey("print_job.id"))
    state: Mapped[str] = mapped_column(String(16), server_default="queued")
    attempts: Mapped[int] = mapped_column(Integer, server_default="0", doc="how often it was sent")
    odometer_before: Mapped[int | None] = mapped_column(doc="the printer's, before this label's first byte")
    error: Mapped[str | None] = mapped_column(doc="why it waits or is asked about, in a sentence")
    created_at: Mapped[int]
    sent_at: Mapped[int | None] = mapped_column(doc="when its first byte may have gone out")
    printed_at: Mapped[int | None]
    verified_at: Mapped[int | None]
    settled_at: Mapped[int | None] = mapped_column(doc="when a printer that never answers should have printed it")
