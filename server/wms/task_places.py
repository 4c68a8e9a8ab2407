"""What tasks ask of whoever does them, by where they are: a forklift for high levels, nobody else in a narrow aisle."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from server.kernel.transaction import Tx
from server.masterdata.shifts import last_shift
from server.masterdata.site_settings import SiteSettings, site_settings

_SPOT = text("SELECT id, level, x_mm, y_mm FROM location WHERE id = :id")
_WORKED_IN = text("SELECT narrow_mm FROM task WHERE site_id = :site_id AND state = 'leased' AND narrow_mm IS NOT NULL")


@dataclass(frozen=True, slots=True)
class WorkRules:
    """What a site's settings ask of tasks: levels that need a forklift, aisles for one person at a time."""

    lifted: frozenset[int] = frozenset()
    narrow: frozenset[int] = frozenset()
    trolley_picking: frozenset[str] = frozenset()

    def needs(self, level: int, picking: str = "") -> str:
        """The equipment for a place at a level."""
        return "forklift" if level in self.lifted else "trolley" if picking in self.trolley_picking else ""

    def aisle(self, x_mm: int) -> int | None:
        """The narrow aisle of a place; None where several people may work."""
        return x_mm if x_mm in self.narrow else None


@dataclass(frozen=True, slots=True)
class Reach:
    """Where somebody may put something: how high, and into which aisles not."""

    rules: WorkRules
    lifts: bool
    barred: frozenset[int]

    def holds(self, row: Any) -> bool:
        """Whether a bin (kind, level, x_mm) is within reach."""
        return row.kind != "bin" or ((self.lifts or row.level not in self.rules.lifted) and row.x_mm not in self.barred)


def work_rules(tx: Tx, site_id: int) -> WorkRules:
    """The rules of a site."""
    return rules_of(site_settings(tx, site_id))


def rules_of(settings: SiteSettings) -> WorkRules:
    """The rules that settings hold."""
    return WorkRules(frozenset(settings.forklift_levels), frozenset(settings.narrow_aisles_mm), frozenset(settings.trolley_picking))


def spot(tx: Tx, location_id: int) -> Any:
    """Where a location is: id, level, x_mm, y_mm."""
    return tx.row(_SPOT, id=location_id)


def worked_in(tx: Tx, site_id: int) -> frozenset[int]:
    """The narrow aisles in which somebody works."""
    return frozenset(int(row.narrow_mm) for row in tx.rows(_WORKED_IN, site_id=site_id))


def reach_of(tx: Tx, site_id: int, worker_id: int | None, own_mm: int | None = None) -> Reach | None:
    """What a worker reaches, whose task keeps the narrow aisle `own_mm`; None where a site has neither rule."""
    rules = work_rules(tx, site_id)
    if not rules.lifted and not rules.narrow:
        return None
    shift = last_shift(tx, worker_id)
    lifts = shift is not None and shift.ended_at is None and shift.has("forklift")
    return Reach(rules, lifts, (rules.narrow if own_mm is not None else worked_in(tx, site_id)) - {own_mm})


def by_aisle(rules: WorkRules, rows: Iterable[Any]) -> dict[int | None, list[Any]]:
    """Rows with an x_mm by the narrow aisle that they are in: a task works in one at most."""
    found: dict[int | None, list[Any]] = {}
    for row in rows:
        found.setdefault(rules.aisle(row.x_mm), []).append(row)
    return found
