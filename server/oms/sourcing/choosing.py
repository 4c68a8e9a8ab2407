"""Which sites send one order: every plan that is worth a look is counted in points, and the fewest win.

A plan that sends more pieces always beats one that sends fewer. Points, each times the weight that a rule gives it:

    nearest    for every 100 km of a parcel's way
    parcels    for every parcel beyond the first
    cost       for every 1.00 that the parcels cost
    age        for every line and month by which its stock is younger than the oldest that another site has
    capacity   for every tenth of its day that a site is booked already, a parcel
    on_time    for every day by which a parcel leaves too late
    rank       for every place a site stands further behind, a parcel

Chosen is exactly, over all sets of up to ten sites: what a parcel costs is the same whatever lies in it but for its weight, so that
for one set of sites every line goes where it is cheapest by itself. A line is divided only where no site of the set has all of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from server.oms.sourcing.rules import Allow, Cost, Facts, Keep, Prefer, Rank, Reach, RuleSet, Together, Whole

SITES_MAX = 10
"""So many sites are tried in every combination; of more, those that have the most of the order and are cheapest."""
_DAYS_A_MONTH = 30.0


@dataclass(frozen=True, slots=True)
class Wish:
    """A line of an order: how much of which item is to be sent."""

    number: int
    item_id: int
    item: str
    quantity: int
    weight_g: int = 0
    handling: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """An order as the rules see it."""

    lines: tuple[Wish, ...]
    facts: Facts


@dataclass(slots=True)
class SiteNow:
    """What a site could send at this moment: free pieces by item, kilometres to the receiver (None: not known) ...

    `age_days` is how old its oldest stock of an item is, `booked` which part of its day is taken, `days_late` by how much it would
    leave after it should.
    """

    id: int
    code: str
    free: Mapping[int, int]
    km: float | None = None
    age_days: Mapping[int, float] = field(default_factory=dict)
    booked: float = 0.0
    days_late: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """What one site sends: pieces by line number. `cost` in the firm's currency; `points` by what they are for."""

    site: SiteNow
    pieces: Mapping[int, int]
    cost: float
    points: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Plan:
    """A way to send an order; `missing` pieces by line number, which wait."""

    parts: tuple[Part, ...]
    missing: Mapping[int, int]
    points: float

    @property
    def cost(self) -> float:
        """Of all its parcels."""
        return sum(one.cost for one in self.parts)

    @property
    def km(self) -> float:
        """Of all its parcels."""
        return sum(one.site.km or 0.0 for one in self.parts)

    @property
    def lacks(self) -> int:
        """Pieces that wait."""
        return sum(self.missing.values())


@dataclass(frozen=True, slots=True)
class Prices:
    """What else pieces and parcels are to count, where many orders want the same: by site and item, and by site."""

    pieces: Mapping[tuple[int, int], float] = field(default_factory=dict)
    parcels: Mapping[int, float] = field(default_factory=dict)


NO_PRICES = Prices()


def plans(asked: Asked, sites: Sequence[SiteNow], rules: RuleSet, *, prices: Prices = NO_PRICES, most: int = 1) -> list[Plan]:
    """The best plans, each of other sites, the best first; at least one, which may be that everything waits."""
    count = _Count(asked, rules, sites, prices)
    found: list[Plan] = []
    for size in range(1, count.sites_at_most + 1):
        for chosen in combinations(count.sites, size):
            if len(found) >= most and found[-1].lacks <= count.lacks_at_least and count.least(chosen) >= found[-1].points:
                continue
            plan = count.plan(chosen)
            if plan is not None:
                found = sorted([*found, plan], key=_rank)[:most]
    return found or [Plan((), {line.number: line.quantity for line in asked.lines}, 0.0)]


def measured(asked: Asked, given: Sequence[tuple[SiteNow, Mapping[int, int]]], rules: RuleSet) -> Plan:
    """What it comes to that these sites send these pieces of each line, whoever chose them."""
    count = _Count(asked, rules, [site for site, _ in given], NO_PRICES)
    parts = tuple(count.part(site, pieces, is_first=at == 0) for at, (site, pieces) in enumerate(given))
    missing = {line.number: rest for line in asked.lines if (rest := line.quantity - sum(pieces.get(line.number, 0) for _, pieces in given)) > 0}
    return Plan(parts, missing, sum(sum(part.points.values()) for part in parts))


def why_not(asked: Asked, sites: Iterable[SiteNow], rules: RuleSet) -> dict[str, int]:
    """The sites that may not send such an order, and the line of the rule that says so."""
    return {site.code: line for site in sites if (line := _barred(asked, site, rules)) is not None}


def _rank(plan: Plan) -> tuple[int, float]:
    return plan.lacks, plan.points


def _barred(asked: Asked, site: SiteNow, rules: RuleSet) -> int | None:
    for rule in rules.of(Allow):
        if (site.code in rule.sites) == rule.is_not and rule.counts(asked.facts):
            return rule.line
    reaches = [rule for rule in rules.of(Reach) if rule.site == site.code]
    if reaches and not any(_reached(asked.facts, rule) for rule in reaches):
        return reaches[-1].line
    return None


def _reached(facts: Facts, rule: Reach) -> bool:
    carrier = str(facts["carrier"]).casefold()
    if rule.carriers and carrier and carrier not in [one.casefold() for one in rule.carriers]:
        return False
    places = [one.casefold() for one in rule.places]
    return any(str(facts[name]).casefold() in places for name in ("country", "province", "city") if facts[name])


class _Count:
    """What the points of one order are counted by: the rules that say something about it, taken once."""

    def __init__(self, asked: Asked, rules: RuleSet, sites: Sequence[SiteNow], prices: Prices) -> None:
        self._asked, self._prices = asked, prices
        facts = asked.facts
        self._weights = {"nearest": 0.0, "parcels": 0.0, "cost": 0.0, "age": 0.0, "capacity": 0.0, "on_time": 0.0}
        for prefer in rules.of(Prefer):
            if prefer.counts(facts):
                self._weights[prefer.criterion] += prefer.points
        self._ranks = [rule for rule in rules.of(Rank) if rule.counts(facts)]
        self._costs = [rule for rule in rules.of(Cost) if rule.counts(facts)]
        self._kept = {rule.site: rule.pieces for rule in rules.of(Keep)}
        self._units = list(units_of(asked.lines, rules))
        self._oldest = self._oldest_of(sites)
        allowed = [site for site in sites if _barred(asked, site, rules) is None and any(self._has(site, line) for line in asked.lines)]
        self._fixed = {site.id: self._per_parcel(site) for site in allowed}
        self._sums = {site.id: sum(self._fixed[site.id].values()) + prices.parcels.get(site.id, 0.0) for site in allowed}
        self.sites = sorted(allowed, key=self._promise_of)[:SITES_MAX]
        self.lacks_at_least = self._lacks_at_least()
        is_whole = any(rule.counts(facts) for rule in rules.of(Whole))
        self.sites_at_most = 1 if is_whole else min(len(self.sites), sum(line.quantity for line in asked.lines))

    def least(self, chosen: Sequence[SiteNow]) -> float:
        """No plan of these sites has fewer points."""
        return sum(self._sums[site.id] for site in chosen) + self._weights["parcels"] * (len(chosen) - 1)

    def plan(self, chosen: Sequence[SiteNow]) -> Plan | None:
        """The best plan of exactly these sites; None where one of them would send nothing."""
        left = {(site.id, line.item_id): self._has(site, line) for site in chosen for line in self._asked.lines}
        given: dict[int, dict[int, int]] = {site.id: {} for site in chosen}
        for unit in self._units:
            self._fill(unit, chosen, left, given)
        if not all(given.values()):
            return None
        parts = tuple(self.part(site, given[site.id], is_first=at == 0) for at, site in enumerate(chosen))
        sent = {line.number: sum(pieces.get(line.number, 0) for pieces in given.values()) for line in self._asked.lines}
        missing = {line.number: line.quantity - sent[line.number] for line in self._asked.lines if sent[line.number] < line.quantity}
        return Plan(parts, missing, sum(sum(part.points.values()) for part in parts))

    def _fill(self, unit: Sequence[Wish], chosen: Sequence[SiteNow], left: dict[tuple[int, int], int], given: dict[int, dict[int, int]]) -> None:
        """Lines that belong together come from one site; a line by itself from one that has all of it, else from the cheapest first."""
        dear = {site.id: sum(self._per_piece(site, line) * line.quantity for line in unit) for site in chosen}
        covers = {site.id: sum(min(line.quantity, left[site.id, line.item_id]) for line in unit) for site in chosen}
        wanted = sum(line.quantity for line in unit)
        if len(unit) > 1 or max(covers.values()) >= wanted:
            first = min(chosen, key=lambda site: (-covers[site.id], dear[site.id]))
            order: list[SiteNow] = [first]
        else:
            order = sorted(chosen, key=lambda site: dear[site.id])
        for line in unit:
            rest = line.quantity
            for site in order:
                pieces = min(rest, left[site.id, line.item_id])
                if pieces:
                    given[site.id][line.number] = pieces
                    left[site.id, line.item_id] -= pieces
                    rest -= pieces

    def part(self, site: SiteNow, pieces: Mapping[int, int], *, is_first: bool) -> Part:
        """What it comes to that a site sends these pieces."""
        lines = [(line, pieces[line.number]) for line in self._asked.lines if line.number in pieces]
        rate = self._rate(site)
        kg = sum(line.weight_g * quantity for line, quantity in lines) / 1000
        cost = rate.parcel + rate.per_kg * kg + rate.per_100_km * (site.km or 0.0) / 100
        points = dict(self._fixed.get(site.id) or self._per_parcel(site))
        points["cost"] = self._weights["cost"] * cost
        points["age"] = self._weights["age"] * sum(self._younger(site, line) * quantity / line.quantity for line, quantity in lines)
        points["parcels"] = 0.0 if is_first else self._weights["parcels"]
        price = self._prices.parcels.get(site.id, 0.0) + sum(self._prices.pieces.get((site.id, line.item_id), 0.0) * quantity for line, quantity in lines)
        return Part(site, dict(pieces), cost, {name: value for name, value in {**points, "price": price}.items() if value})

    def _per_parcel(self, site: SiteNow) -> dict[str, float]:
        rate, km = self._rate(site), site.km or 0.0
        return {"nearest": self._weights["nearest"] * km / 100, "cost": self._weights["cost"] * (rate.parcel + rate.per_100_km * km / 100),
                "capacity": self._weights["capacity"] * site.booked * 10, "on_time": self._weights["on_time"] * site.days_late,
                "rank": sum(rule.points * (rule.sites.index(site.code) if site.code in rule.sites else len(rule.sites)) for rule in self._ranks)}

    def _per_piece(self, site: SiteNow, line: Wish) -> float:
        by_weight = self._weights["cost"] * self._rate(site).per_kg * line.weight_g / 1000
        by_age = self._weights["age"] * self._younger(site, line) / line.quantity
        return by_weight + by_age + self._prices.pieces.get((site.id, line.item_id), 0.0)

    def _rate(self, site: SiteNow) -> Cost:
        """The last rule that says what a parcel of the site costs."""
        return next((rule for rule in reversed(self._costs) if rule.site in ("", site.code)), _NOTHING)

    def _younger(self, site: SiteNow, line: Wish) -> float:
        """Months between the oldest stock anywhere and the site's."""
        oldest = self._oldest.get(line.item_id, 0.0)
        return max(0.0, oldest - site.age_days.get(line.item_id, oldest)) / _DAYS_A_MONTH

    def _oldest_of(self, sites: Iterable[SiteNow]) -> dict[int, float]:
        oldest: dict[int, float] = {}
        for site in sites:
            for item_id, days in site.age_days.items():
                oldest[item_id] = max(days, oldest.get(item_id, 0.0))
        return oldest

    def _lacks_at_least(self) -> int:
        wanted: dict[int, int] = {}
        has: dict[int, int] = {}
        for line in self._asked.lines:
            wanted[line.item_id] = wanted.get(line.item_id, 0) + line.quantity
            has[line.item_id] = sum(self._has(site, line) for site in self.sites)
        return sum(max(0, quantity - has[item_id]) for item_id, quantity in wanted.items())

    def _has(self, site: SiteNow, line: Wish) -> int:
        return max(0, site.free.get(line.item_id, 0) - self._kept.get(site.code, 0))

    def _promise_of(self, site: SiteNow) -> tuple[int, float, int]:
        """The more of the order it has, the earlier a site is looked at."""
        has = sum(min(line.quantity, self._has(site, line)) for line in self._asked.lines)
        return -has, self._sums[site.id], site.id


_NOTHING = Cost(0)


def units_of(lines: Sequence[Wish], rules: RuleSet) -> Iterator[tuple[Wish, ...]]:
    """Lines that one site must send; those that are in no group, each by itself."""
    rest = list(lines)
    for rule in rules.of(Together):
        group = tuple(line for line in rest if rule.what is not None and rule.what.holds({"item": line.item, "handling": line.handling}))
        if len(group) > 1:
            rest = [line for line in rest if line not in group]
            yield group
    yield from ((line,) for line in rest)
