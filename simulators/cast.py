"""Which of the day's orders are bought where, and to which of them something happens that a warehouse knows well."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from simulators.http import Json

SHOPIFY, TAOBAO, WEBSHOP = "shopify", "taobao", "webshop"
KEPT = 6
"""Pieces of each good that the store keeps for whoever comes in: the rules say so, and its tills sell from these."""
_SHARED = 3
"""Of the orders of a carrier with two platforms every third is made at the second."""
_NEAR, _FEWEST = 5, 8
_CARRIED_HOME = 4
"""Beyond what is kept, so that the web has less for each that the till sells."""


def shared_out(orders: Sequence[Json], carriers: Sequence[str]) -> dict[str, list[Json]]:
    """The orders by the platform on which they are bought; those of further carriers are on none."""
    codes: dict[str, list[str]] = {}
    for at, code in enumerate((SHOPIFY, TAOBAO, WEBSHOP)):
        codes.setdefault(carriers[min(at, len(carriers) - 1, 1)], []).append(code)
    found: dict[str, list[Json]] = {SHOPIFY: [], TAOBAO: [], WEBSHOP: []}
    bought = Counter[str]()
    for order in orders:
        offered = codes.get(order["carrier"])
        if offered is not None:
            found[offered[-1] if bought[order["carrier"]] % _SHARED == 0 else offered[0]].append(order)
            bought[order["carrier"]] += 1
    return found


@dataclass(frozen=True)
class Cast:
    """Orders of the plan: one is `collected` in the store, one has a `misspelt` address, one a `misnamed` item; the store has all of those `near` it."""

    collected: Json
    misspelt: Json
    misnamed: Json
    near: tuple[Json, ...]

    @property
    def carried_home(self) -> str:
        """The good that customers buy at the till."""
        return str(self.near[0]["lines"][0]["item"])

    @property
    def stock(self) -> Counter[str]:
        """What the store begins its day with."""
        wanted = Counter({line["item"]: KEPT for order in (self.collected, *self.near) for line in order["lines"]})
        wanted[self.carried_home] += _CARRIED_HOME
        for order in (self.collected, *self.near):
            wanted.update({line["item"]: line["quantity"] for line in order["lines"]})
        return wanted


def cast(orders: Sequence[Json], carriers: Sequence[str]) -> Cast | None:
    """The parts of a day; None when it has too few orders to give them away."""
    shops = shared_out(orders, carriers)
    few, near = sorted(shops[WEBSHOP], key=_pieces), sorted(shops[TAOBAO], key=_pieces)
    if len(few) < _FEWEST or len(near) < _FEWEST:
        return None
    return Cast(collected=few[0], misnamed=few[-1], misspelt=near[-1], near=tuple(near[:_NEAR]))


def _pieces(order: Json) -> tuple[int, int, str]:
    return len(order["lines"]), sum(line["quantity"] for line in order["lines"]), order["reference"]
