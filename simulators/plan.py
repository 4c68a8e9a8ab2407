"""What a simulated day is made of: goods, bins, deliveries, orders; invented, or fitted to real orders."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from simulators.goods import Good, gtin, sscc
from simulators.http import Json
from simulators.retail import Retail

PALLETS_A_PAPER = 60
LOOSE_A_PAPER = 12
CARRIERS = ("DHL", "SF")
_AISLE_MM, _RACK_MM = 3_000, 1_300
_THINGS = ("Soap", "Green tea", "Oat milk", "Candle", "Notebook", "Lantern", "Rice", "Teapot", "Honey", "Scarf", "Puzzle", "Torch")
_KINDS = ("small", "large", "gift", "family")


@dataclass
class Paper:
    """An ASN: pallets with one item each, and loose lines."""

    code: str
    pallets: dict[str, tuple[str, int]] = field(default_factory=dict)
    loose: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Floor:
    """Parallel aisles from A on, with racks along them and levels above each other."""

    aisles: int
    racks: int
    levels: int

    def bins(self) -> Json:
        """The body that makes all bins."""
        return {"site": "W1", "pattern": f"W1-{{A..{_name(self.aisles - 1)}}}-{{01..{self.racks:02d}}}-{{1..{self.levels}}}",
                "rack_length_mm": _RACK_MM, "aisle_spacing_mm": _AISLE_MM}

    def bins_from_the_depot(self) -> list[str]:
        """Bins by how far a picker walks to them from the middle aisle's front."""
        spots = [(abs(at - self.aisles // 2) * _AISLE_MM + rack * _RACK_MM, f"W1-{_name(at)}-{rack:02d}-{level}")
                 for at in range(self.aisles) for rack in range(1, self.racks + 1) for level in range(1, self.levels + 1)]
        return [code for _, code in sorted(spots)]


def _name(aisle: int) -> str:
    return chr(ord("A") + aisle)


@dataclass
class Plan:
    """A day: goods by code, the bins (as the API wants them), papers, orders, and which bin suits an item best."""

    goods: dict[str, Good]
    bins: Json
    layout: Json
    papers: list[Paper]
    orders: list[Json]
    best_bins: dict[str, str]
    trolley_orders: int = 8

    @property
    def lines(self) -> int:
        """How many order lines the day has."""
        return sum(len(order["lines"]) for order in self.orders)

    @property
    def units(self) -> int:
        """How many pieces are ordered."""
        return sum(line["quantity"] for order in self.orders for line in order["lines"])


def invented_day(orders: int, *, seed: int) -> Plan:
    """A small shop's day: 48 items, a quarter of them food with lots and dates."""
    chance = random.Random(seed)
    goods = {}
    for number in range(48):
        thing, kind = _THINGS[number % 12], _KINDS[number // 12]
        is_food = thing in ("Green tea", "Oat milk", "Honey")
        code = f"SKU-{number + 1:03d}"
        goods[code] = Good(code, f"{thing}, {kind}", gtin(number + 1), *((f"L{number:04d}", "301231") if is_food else ()))
    codes = list(goods)
    weights = [1 / (at + 1) ** 0.8 for at in range(len(codes))]
    made = [_order(f"D-{number + 1:05d}", f"Customer {number + 1}", CARRIERS[number % 2],
                   {code: chance.randint(1, 4) for code in set(chance.choices(codes, weights, k=chance.randint(1, 5)))})
            for number in range(orders)]
    return _plan(goods, made, Floor(8, 20, 2), loose_every=4, trolley_orders=8)


def real_day(retail: Retail) -> Plan:
    """Real orders: their items, quantities and customers as they are; bins and stock made to fit."""
    goods = {code: Good(code, name[:200], gtin(at + 1)) for at, (code, name) in enumerate(sorted(retail.names.items()))}
    orders = [_order(order.number, f"{order.customer or 'Counter'} {order.country}".strip(), CARRIERS[at % 2], order.lines)
              for at, order in enumerate(retail.orders)]
    return _plan(goods, orders, Floor(min(max(8, -(-len(goods) // 180)), 26), 60, 3), loose_every=0, trolley_orders=6)


def _plan(goods: dict[str, Good], orders: list[Json], floor: Floor, *, loose_every: int, trolley_orders: int) -> Plan:
    picks: Counter[str] = Counter()
    units: Counter[str] = Counter()
    for order in orders:
        for line in order["lines"]:
            picks[line["item"]] += 1
            units[line["item"]] += line["quantity"]
    by_frequency = sorted(goods, key=lambda code: (-picks[code], code))
    best = dict(zip(by_frequency, floor.bins_from_the_depot(), strict=False))
    stocked = {code: units[code] + max(units[code] // 10, 6) for code in by_frequency}
    layout = {"cross_aisles_mm": [0, (floor.racks + 1) * _RACK_MM], "depot_mm": [(floor.aisles // 2) * _AISLE_MM, 0]}
    return Plan(goods, floor.bins(), layout, list(_papers(stocked, loose_every)), orders, best, trolley_orders)


def _papers(stocked: dict[str, int], loose_every: int) -> Iterator[Paper]:
    pallets: list[tuple[str, int]] = []
    loose: list[tuple[str, int]] = []
    for at, (code, quantity) in enumerate(stocked.items()):
        (loose if loose_every and at % loose_every == 3 else pallets).append((code, quantity))
    count, number = max(1, -(-len(pallets) // PALLETS_A_PAPER)), 0
    for at in range(count):
        paper = Paper(f"ASN-{at + 1:04d}")
        for code, quantity in pallets[at::count]:
            number += 1
            paper.pallets[sscc(number)] = (code, quantity)
        paper.loose = dict(loose[at::count])
        yield paper


def _order(reference: str, customer: str, carrier: str, lines: dict[str, int]) -> Json:
    return {"site": "W1", "channel": "shop", "reference": reference, "customer": customer[:200], "carrier": carrier,
            "ship_to": {"name": customer[:80], "city": "Demo"},
            "lines": [{"item": code, "quantity": quantity} for code, quantity in sorted(lines.items())]}
