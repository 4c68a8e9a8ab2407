"""What a set of sourcing rules says, once it has been read: who may send an order, and which of them had better."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

TEXT_FACTS = ("channel", "carrier", "country", "province", "city", "district", "postcode", "customer", "item", "handling")
NUMBER_FACTS = ("pieces", "lines", "weight", "total", "priority")
ITEM_FACTS = ("item", "handling")
"""What lines differ in: of an order such a comparison holds when it holds for one of its lines."""
Criterion = Literal["nearest", "parcels", "cost", "age", "capacity", "on_time"]
Value = str | float
Facts = Mapping[str, Value | frozenset[str]]
"""What conditions are asked of; `item` and `handling` are sets of what the lines have."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A fact held against values: `is`, `is not`, `<`, `>`, `<=`, `>=`, `starts`; more than one value only with the first two."""

    fact: str
    how: str
    values: tuple[Value, ...]

    def holds(self, facts: Facts) -> bool:
        """Texts are compared without regard to capitals; an order has an item when one of its lines has."""
        known = facts[self.fact]
        if isinstance(known, frozenset):
            found = any(_matches(one, self.how.removesuffix(" not"), self.values) for one in known)
            return not found if self.how == "is not" else found
        return _matches(known, self.how, self.values)


@dataclass(frozen=True, slots=True)
class Not:
    """The other way round."""

    inner: "Condition"

    def holds(self, facts: Facts) -> bool:
        """True when the inner one is not."""
        return not self.inner.holds(facts)


@dataclass(frozen=True, slots=True)
class Both:
    """All of them, or with `is_or` one of them."""

    parts: tuple["Condition", ...]
    is_or: bool = False

    def holds(self, facts: Facts) -> bool:
        """As the word between them says."""
        return (any if self.is_or else all)(one.holds(facts) for one in self.parts)


Condition = Comparison | Not | Both


@dataclass(frozen=True, slots=True)
class Rule:
    """A line of the set; `when` is None where it always counts."""

    line: int
    when: Condition | None = field(default=None, kw_only=True)

    def counts(self, facts: Facts) -> bool:
        """Whether it says anything about such an order."""
        return self.when is None or self.when.holds(facts)


R = TypeVar("R", bound=Rule)


@dataclass(frozen=True, slots=True)
class Allow(Rule):
    """Only these sites may send it, or with `is_not` all but these."""

    sites: tuple[str, ...] = ()
    is_not: bool = False


@dataclass(frozen=True, slots=True)
class Reach(Rule):
    """A site sends to these countries or provinces and to no others; with `carriers` only by these."""

    site: str = ""
    places: tuple[str, ...] = ()
    carriers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Takes(Rule):
    """How many orders a site gets done in a day."""

    site: str = ""
    orders: int = 0


@dataclass(frozen=True, slots=True)
class Cost(Rule):
    """What a parcel costs; `site` is empty for every site. Per kilogram of goods and per 100 km of way, in the firm's currency."""

    site: str = ""
    parcel: float = 0.0
    per_kg: float = 0.0
    per_100_km: float = 0.0


@dataclass(frozen=True, slots=True)
class Prefer(Rule):
    """A criterion and how many points a unit of it counts: see `choosing.py`."""

    criterion: Criterion = "nearest"
    points: float = 1.0


@dataclass(frozen=True, slots=True)
class Rank(Rule):
    """Sites in this sequence: points for each place further behind; who is not named stands behind all."""

    sites: tuple[str, ...] = ()
    points: float = 1.0


@dataclass(frozen=True, slots=True)
class Together(Rule):
    """Lines for which `what` holds come from one site."""

    what: Condition | None = None


@dataclass(frozen=True, slots=True)
class Whole(Rule):
    """The order is not split."""


@dataclass(frozen=True, slots=True)
class Keep(Rule):
    """So many pieces of each item stay at a site for who comes in."""

    site: str = ""
    pieces: int = 0


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All rules of a text, in its sequence."""

    rules: tuple[Rule, ...]

    def of(self, kind: type[R]) -> list[R]:
        """The rules of one kind."""
        return [one for one in self.rules if isinstance(one, kind)]

    def sites(self) -> dict[str, int]:
        """Every site that is named, and the line where it is named first."""
        named: dict[str, int] = {}
        for rule in self.rules:
            for site in (*getattr(rule, "sites", ()), getattr(rule, "site", "")):
                if site:
                    named.setdefault(site, rule.line)
        return named

    def asks(self, kind: type[Rule], criterion: Criterion | None = None) -> bool:
        """Whether something of it has to be known."""
        return any(isinstance(one, kind) and (criterion is None or getattr(one, "criterion", None) == criterion) for one in self.rules)


def _matches(known: Value, how: str, values: Sequence[Value]) -> bool:
    if how in _NUMBERS:
        return isinstance(known, float) and isinstance(values[0], float) and _NUMBERS[how](known, values[0])
    if isinstance(known, float):
        return (known in values) == (how == "is")
    texts = [str(one).casefold() for one in values]
    if how == "starts":
        return known.casefold().startswith(texts[0])
    return (known.casefold() in texts) == (how == "is")


_NUMBERS: Mapping[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b, ">": lambda a, b: a > b, "<=": lambda a, b: a <= b, ">=": lambda a, b: a >= b}
