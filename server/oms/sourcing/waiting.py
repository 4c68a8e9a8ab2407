"""Where what no site has waits: at the site to which it is announced and not spoken for, the earliest first; of those as early, the one that the rules like best."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from server.kernel.clock import HOUR
from server.kernel.transaction import Tx
from server.masterdata.parties import own_stock_if_any
from server.oms.backorders import backlogs
from server.oms.sourcing.choosing import Asked, Plan, SiteNow, Wish, measured, units_of, why_not
from server.oms.sourcing.rules import Keep, RuleSet, Whole
from server.stock.expected import expected_anywhere

Pieces = dict[int, dict[int, int]]
"""By site, by line."""
_AS_EARLY_MS = 12 * HOUR
"""What comes within half a day is as early: papers name a day, and hardly ever keep to an hour."""


def where_to_wait(tx: Tx, asked: Asked, plan: Plan, sites: Sequence[SiteNow], rules: RuleSet, *, home: int, priority: int, besides: Sequence[int]) -> Pieces:
    """The sites where the missing pieces of a plan wait for what is announced there; lines that no papers cover are not among them.

    All of them at one site if one is told of all of them, else each line at one, else a line in parts; what the rules want from one
    site is not torn apart. Orders `besides` are this one's own, which does not wait before itself.
    """
    if not plan.missing:
        return {}
    barred = why_not(asked, sites, rules)
    allowed = [site for site in sites if site.code not in barred]
    items = sorted({line.item_id for line in asked.lines if line.number in plan.missing})
    sending = [part.site.id for part in plan.parts]
    points = {site.id: measured(asked, [(site, plan.missing)], rules).points for site in allowed}
    choice = _Choice(plan.missing, sorted(allowed, key=lambda site: (site.id not in sending, points[site.id], site.id != home, site.id)),
                     _coming(tx, allowed, items, rules, priority=priority, besides=besides))
    lines = [line for line in asked.lines if line.number in plan.missing]
    if any(rule.counts(asked.facts) for rule in rules.of(Whole)):
        choice.together(lines, among=sending)
        return choice.chosen
    units = [unit for unit in units_of(asked.lines, rules) if any(line in lines for line in unit)]
    bound = {unit: [part.site.id for part in plan.parts if any(line.number in part.pieces for line in unit)] if len(unit) > 1 else [] for unit in units}
    if any(bound.values()) or not choice.together(lines):
        for unit in units:
            missing = [line for line in unit if line in lines]
            if not choice.together(missing, among=bound[unit]) and len(unit) == 1:
                choice.in_parts(missing[0])
    return choice.chosen


def _coming(tx: Tx, sites: Iterable[SiteNow], items: Sequence[int], rules: RuleSet, *, priority: int, besides: Sequence[int]) -> dict[tuple[int, int], list[tuple[int, int]]]:
    """By site and item when how many pieces come that nobody waits for and no reserve needs, the first first."""
    owner = own_stock_if_any(tx)
    announced = expected_anywhere(tx, owner, items)
    waits = backlogs(tx, owner, items, priority=priority, besides=besides) if announced else {}
    keeps = {rule.site: rule.pieces for rule in rules.of(Keep)}
    return {(site.id, item): left_of(announced[site.id, item], waits.get((site.id, item), 0) + max(0, keeps.get(site.code, 0) - site.free.get(item, 0)))
            for site in sites for item in items if (site.id, item) in announced}


def left_of(announced: Iterable[Any], spoken_for: int) -> list[tuple[int, int]]:
    """When how many pieces come beyond so many: rows of expected_at and quantity, the first first."""
    left = []
    for row in announced:
        free = max(0, int(row.quantity) - spoken_for)
        spoken_for = max(0, spoken_for - int(row.quantity))
        if free:
            left.append((int(row.expected_at), free))
    return left


class _Choice:
    """What is announced, taken line by line; sites stand in the sequence in which they are liked where goods come at one time."""

    def __init__(self, missing: Mapping[int, int], sites: Sequence[SiteNow], coming: dict[tuple[int, int], list[tuple[int, int]]]) -> None:
        self._missing, self._sites, self._coming = missing, sites, coming
        self.chosen: Pieces = {}

    def together(self, lines: Sequence[Wish], among: Sequence[int] = ()) -> bool:
        """All of these lines wait at one site; False where none is told of all of them."""
        wanted: dict[int, int] = {}
        for line in lines:
            wanted[line.item_id] = wanted.get(line.item_id, 0) + self._missing[line.number]
        found = [(at, place, site.id) for place, site in enumerate(self._sites)
                 if (not among or site.id in among) and (at := self._covered_at(site.id, wanted)) is not None]
        if not found:
            return False
        latest = min(found)[0] + _AS_EARLY_MS
        _, chosen = min((place, site) for at, place, site in found if at <= latest)
        for line in lines:
            self._take(chosen, line, self._missing[line.number])
        return True

    def in_parts(self, line: Wish) -> None:
        """A line waits at several sites, if those are told of all of it together."""
        rows = sorted((at, place, site.id, pieces) for place, site in enumerate(self._sites) for at, pieces in self._coming.get((site.id, line.item_id), []))
        rest = self._missing[line.number]
        if sum(pieces for *_, pieces in rows) < rest:
            return
        for _, _, site, pieces in rows:
            if rest:
                self._take(site, line, min(rest, pieces))
                rest -= min(rest, pieces)

    def _covered_at(self, site: int, wanted: Mapping[int, int]) -> int | None:
        last = 0
        for item, need in wanted.items():
            for at, pieces in self._coming.get((site, item), []):
                need -= pieces  # noqa: PLW2901 - what is still needed
                last = max(last, at)
                if need <= 0:
                    break
            if need > 0:
                return None
        return last

    def _take(self, site: int, line: Wish, pieces: int) -> None:
        waits = self.chosen.setdefault(site, {})
        waits[line.number] = waits.get(line.number, 0) + pieces
        left = []
        for at, free in self._coming[site, line.item_id]:
            taken = min(pieces, free)
            pieces -= taken
            if free > taken:
                left.append((at, free - taken))
        self._coming[site, line.item_id] = left
