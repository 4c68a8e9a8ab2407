"""The figures of the floor: what each is called, what it is made of, and which way is better."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from server.dashboard.history import QUARTER
from server.dashboard.tally import Tally
from server.kernel.clock import DAY, HOUR

MONEY, PERCENT = "money", "percent"
Formula = Callable[["Span"], float | None]


@dataclass(frozen=True, slots=True)
class Span:
    """What was added up over a time, and what is needed beside it."""

    tally: Tally
    milliseconds: int
    cost_per_hour: float = 0.0
    kind: str = ""

    @property
    def counts(self) -> Counter[str]:
        """The counts by name."""
        return self.tally.counts

    def by_kind(self, name: str) -> int:
        """A count over all kinds of work, or over the chosen one."""
        return sum(count for key, count in self.counts.items() if key.startswith(f"{name}.") and self.kind in ("", key.partition(".")[2]))

    def rate(self, kind: str) -> float | None:
        """Lines of a kind in an hour of work on it."""
        return share(self.counts[f"done.{kind}"], self.counts[f"quarters.{kind}"] * QUARTER / HOUR)

    @property
    def hours(self) -> float:
        """How long people worked, in started quarters of an hour."""
        return self.counts[f"quarters.{self.kind}" if self.kind else "quarters"] * QUARTER / HOUR

    @property
    def cost(self) -> float | None:
        """What those hours cost; None where nobody has said what an hour costs."""
        return self.hours * self.cost_per_hour if self.cost_per_hour else None


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its unit, how many decimals are told, and whether more of it is better (1), less (-1), or neither."""

    key: str
    unit: str
    formula: Formula
    better: int = 0
    decimals: int = 0


def share(part: float | None, whole: float, times: float = 1) -> float | None:
    """A part of a whole; None where there is no whole."""
    return None if part is None or not whole else times * part / whole


def _count(name: str) -> Formula:
    return lambda span: span.counts[name]


def _percent(part: str, whole: str) -> Formula:
    return lambda span: share(span.counts[part], span.counts[whole], 100)


def _median(stage: str, at: float = 0.5) -> Formula:
    return lambda span: span.tally.quantile(stage, at)


def _mean_stock(span: Span) -> float | None:
    return share(span.counts["stock"], span.counts["stock_times"])


def _unit_accuracy(span: Span) -> float | None:
    found = share(span.counts["counted_off"], max(span.counts["counted_book"], 1), 100)
    return max(0.0, 100 - (found or 0)) if span.counts["counted_lines"] else None


FIGURES = (
    Figure("orders_received", "orders", _count("orders_received")),
    Figure("orders_shipped", "orders", _count("orders_shipped"), 1),
    Figure("lines_shipped", "lines", _count("lines_shipped"), 1),
    Figure("units_shipped", "units", _count("units_shipped"), 1),
    Figure("units_received", "units", _count("units_received")),
    Figure("on_time", PERCENT, _percent("on_time", "with_cutoff"), 1, 1),
    Figure("late_median", "time", _median("late"), -1),
    Figure("cycle_median", "time", _median("cycle"), -1),
    Figure("cycle_p90", "time", _median("cycle", 0.9), -1),
    Figure("wait_median", "time", _median("wait"), -1),
    Figure("pick_median", "time", _median("pick"), -1),
    Figure("pack_median", "time", _median("pack"), -1),
    Figure("ship_median", "time", _median("ship"), -1),
    Figure("dock_median", "time", _median("dock"), -1),
    Figure("pick_rate", "lines_hour", lambda span: span.rate("pick"), 1, 1),
    Figure("pack_rate", "lines_hour", lambda span: span.rate("pack"), 1, 1),
    Figure("receive_rate", "lines_hour", lambda span: span.rate("receive"), 1, 1),
    Figure("put_away_rate", "lines_hour", lambda span: span.rate("put_away"), 1, 1),
    Figure("lines_done", "lines", lambda span: span.by_kind("done"), 1),
    Figure("hours_worked", "hours", lambda span: span.hours, 0, 2),
    Figure("count_lines", PERCENT, _percent("counted_right", "counted_lines"), 1, 1),
    Figure("count_units", PERCENT, _unit_accuracy, 1, 2),
    Figure("short_picks", PERCENT, lambda span: share(span.counts["shorts"], span.counts["done.pick"] + span.counts["shorts"], 100), -1, 2),
    Figure("wrong_scans", PERCENT, lambda span: share(span.by_kind("refused"), span.by_kind("sent"), 100), -1, 2),
    Figure("exceptions", "per_1000", lambda span: share(span.counts["exceptions"], span.by_kind("done"), 1000), -1, 1),
    Figure("close_median", "time", _median("close"), -1),
    Figure("walk_line", "metres", lambda span: share(span.counts["walk_mm"] / 1000, span.counts["walk_lines"]), -1, 1),
    Figure("walk_saved", PERCENT, lambda span: share(span.counts["walk_order_mm"] - span.counts["walk_mm"], span.counts["walk_order_mm"], 100), 1, 1),
    Figure("scans_line", "scans", lambda span: share(span.by_kind("scans"), span.by_kind("done")), -1, 2),
    Figure("cost_order", MONEY, lambda span: share(span.cost, span.counts["orders_shipped"]), -1, 2),
    Figure("cost_line", MONEY, lambda span: share(span.cost, span.counts["lines_shipped"]), -1, 2),
    Figure("turnover", "times", lambda span: share(span.counts["units_shipped"], _mean_stock(span) or 0), 1, 2),
    Figure("days_of_stock", "days", lambda span: share((_mean_stock(span) or 0) * span.milliseconds / DAY, span.counts["units_shipped"]), -1, 1),
)
OF_PEOPLE = frozenset({"pick_rate", "pack_rate", "receive_rate", "put_away_rate", "lines_done", "hours_worked", "wrong_scans", "short_picks",
                       "exceptions", "scans_line", "dock_median"})
"""Those that can be told of one worker or one zone; an order has neither."""


def values_of(span: Span, *, only: frozenset[str] | None = None) -> dict[str, float | None]:
    """Every figure of a span by its key, rounded as it is told; times in seconds; None where nothing is known."""
    return {one.key: None if only is not None and one.key not in only else _told(one, one.formula(span)) for one in FIGURES}


def _told(figure: Figure, value: float | None) -> float | None:
    if value is None:
        return None
    return round(value / 1000) if figure.unit == "time" else round(float(value), figure.decimals) if figure.decimals else round(value)
