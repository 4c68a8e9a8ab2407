"""What the figures of the past are read from."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from server.kernel.models import Base


class FigureSum(Base):
    """What happened in an hour, a day or a month of a site: in all of it (scope ''), by a worker, in a zone.

    `counts` are added up; `times` say how often something took about so long, as [stage][step of the ladder in tally.py].
    """

    __tablename__ = "figure_sum"
    __table_args__ = (
        CheckConstraint("grain IN ('hour', 'day', 'month')", name="grain"),
        CheckConstraint("until > at", name="until"),
    )

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True, autoincrement=False)
    grain: Mapped[str] = mapped_column(String(8), primary_key=True)
    scope: Mapped[str] = mapped_column(String(40), primary_key=True, doc="'', 'worker:7' or 'zone:A'")
    at: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    until: Mapped[int]
    counts: Mapped[dict[str, Any]]
    times: Mapped[dict[str, Any]]
