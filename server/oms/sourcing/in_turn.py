"""Many orders sourced one after the other, each taking what is best for it of what the others left."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from server.oms.sourcing.choosing import NO_PRICES, Asked, Plan, Prices, SiteNow, plans
from server.oms.sourcing.rules import RuleSet

Row = tuple[int, int]
"""A site and an item; a site and 0 is its day."""
Progress = Callable[[str, int, int], None]

LACKS = 10_000.0
"""Points for a piece that waits: more than any plan costs."""


@dataclass(frozen=True, slots=True)
class Together:
    """Orders in the sequence in which they came, each with the sites as it sees them; `free` is what all of them share.

    `day_left` is how many parcels a site still takes today, where it is limited.
    """

    orders: Sequence[Asked]
    sites: Sequence[Sequence[SiteNow]]
    free: Mapping[Row, int]
    day_left: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A plan for each order."""

    plans: tuple[Plan, ...]

    @property
    def points(self) -> float:
        """Of all, pieces that wait among them."""
        return sum(points_of(one) for one in self.plans)

    @property
    def parcels(self) -> int:
        """Of all orders."""
        return sum(len(one.parts) for one in self.plans)

    @property
    def cost(self) -> float:
        """Of all parcels."""
        return sum(one.cost for one in self.plans)

    @property
    def lacks(self) -> int:
        """Pieces that wait."""
        return sum(one.lacks for one in self.plans)


def one_by_one(asked: Together, rules: RuleSet, *, prices: Prices = NO_PRICES, sequence: Iterable[int] | None = None, progress: Progress | None = None) -> Chosen:
    """As they came, or in another sequence; with prices each leaves to the others what is worth more to them."""
    left = _Left(asked)
    found: dict[int, Plan] = {}
    for at in range(len(asked.orders)) if sequence is None else sequence:
        found[at] = left.take(at, rules, prices)
        if progress is not None and len(found) % 100 == 0:
            progress("one_by_one", len(found), len(asked.orders))
    return Chosen(tuple(found[at] for at in range(len(asked.orders))))


def once_more(asked: Together, chosen: Chosen, rules: RuleSet) -> Chosen:
    """Each order chooses anew beside what all the others have: never more points than before."""
    left = _Left(asked)
    for at, plan in enumerate(chosen.plans):
        left.count(at, plan, 1)
    found = list(chosen.plans)
    for at, plan in enumerate(chosen.plans):
        left.count(at, plan, -1)
        found[at] = left.take(at, rules, NO_PRICES)
        if points_of(found[at]) > points_of(plan):
            left.count(at, found[at], -1)
            found[at] = plan
            left.count(at, plan, 1)
    return Chosen(tuple(found))


def points_of(plan: Plan) -> float:
    """With what waits."""
    return plan.points + LACKS * plan.lacks


def without_prices(plan: Plan) -> Plan:
    """As it counts by itself."""
    parts = tuple(type(part)(part.site, part.pieces, part.cost, {name: value for name, value in part.points.items() if name != "price"}) for part in plan.parts)
    return Plan(parts, plan.missing, sum(sum(part.points.values()) for part in parts))


def uses(order: Asked, plan: Plan) -> dict[Row, int]:
    """What a plan takes of which site and item."""
    items = {line.number: line.item_id for line in order.lines}
    used: dict[Row, int] = {}
    for part in plan.parts:
        for line, pieces in part.pieces.items():
            row = (part.site.id, items[line])
            used[row] = used.get(row, 0) + pieces
    return used


def with_all(site: SiteNow, free: Mapping[Row, int]) -> SiteNow:
    """A site as an order sees it, with what all share."""
    return SiteNow(site.id, site.code, _Shared(site.id, free), site.km, site.age_days, site.booked, site.days_late)


class _Left:
    """What is left while one order after the other takes."""

    def __init__(self, asked: Together) -> None:
        self._asked, self._free, self._day_left = asked, dict(asked.free), dict(asked.day_left)

    def take(self, at: int, rules: RuleSet, prices: Prices) -> Plan:
        """The best plan of an order with what is left, which is less then."""
        sites = [with_all(site, self._free if self._day_left.get(site.id, 1) > 0 else {}) for site in self._asked.sites[at]]
        plan = without_prices(plans(self._asked.orders[at], sites, rules, prices=prices)[0])
        self.count(at, plan, 1)
        return plan

    def count(self, at: int, plan: Plan, sign: int) -> None:
        """Takes what a plan uses, or with -1 gives it back."""
        for row, used in uses(self._asked.orders[at], plan).items():
            self._free[row] = self._free.get(row, 0) - sign * used
        for part in plan.parts:
            if part.site.id in self._day_left:
                self._day_left[part.site.id] -= sign


class _Shared(dict[int, int]):
    """What a site has of each item, of what all orders share: nothing is copied for each of them."""

    def __init__(self, site_id: int, free: Mapping[Row, int]) -> None:
        super().__init__()
        self._site_id, self._free = site_id, free

    def get(self, item_id: int, default: int = 0) -> int:  # type: ignore[override]
        return self._free.get((self._site_id, item_id), default)
