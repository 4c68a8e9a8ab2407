"""Batches on floors whose walks are not exact (one-way aisles, many cross aisles): each walk takes its time, so few are asked."""

import random
import time
from collections.abc import Callable, Sequence
from itertools import combinations

from server.wms.walk.batching_problem import Point

Price = Callable[[Sequence[Point]], float]
_NEIGHBOURS = 12


def search_by_price(orders: Sequence[Sequence[Point]], sizes: Sequence[int], capacity: int, price: Price, *, seconds: float,
                    seed: int) -> list[list[int]]:
    """Groups of orders that fit the capacity: savings (Clarke and Wright 1964), then moves and swaps while time is left.

    `price` is the walk over some places. Repeatable for a seed as far as the time allows.
    """
    if capacity < 2:
        return [[number] for number in range(len(orders))]
    search = _Search(orders, sizes, capacity, price, ends=time.perf_counter() + seconds, chance=random.Random(seed))
    return search.improved(search.by_savings())


class _Search:
    def __init__(self, orders: Sequence[Sequence[Point]], sizes: Sequence[int], capacity: int, price: Price, *, ends: float,
                 chance: random.Random) -> None:
        self._orders, self._sizes, self._capacity, self._price = orders, sizes, capacity, price
        self._ends, self._chance = ends, chance
        self._known: dict[frozenset[int], float] = {}

    def by_savings(self) -> list[list[int]]:
        """Groups grown by what each pair saves when walked together."""
        group_of = {number: [number] for number in range(len(self._orders))}
        pairs = sorted(((-self._saving(one, other), one, other) for one, other in self._near_pairs()))
        for saving, one, other in pairs:
            left, right = group_of[one], group_of[other]
            if left is not right and self._load(left) + self._load(right) <= self._capacity and saving < 0:
                left.extend(right)
                group_of.update(dict.fromkeys(right, left))
        return self._filled(list({id(group): group for group in group_of.values()}.values()))

    def improved(self, groups: list[list[int]]) -> list[list[int]]:
        """Moves and swaps orders between groups while that shortens the walks and time is left."""
        while len(groups) > 1 and time.perf_counter() < self._ends:
            if not self._pass_over(groups):
                break
        return [sorted(group) for group in groups if group]

    def _pass_over(self, groups: list[list[int]]) -> bool:
        better = False
        pairs = list(combinations(range(len(groups)), 2))
        self._chance.shuffle(pairs)
        for one, other in pairs:
            if time.perf_counter() > self._ends:
                return False
            better = self._exchange(groups[one], groups[other]) or better
        return better

    def _exchange(self, one: list[int], other: list[int]) -> bool:
        """The best single move or swap between two groups, when it shortens their walks."""
        before = self._walk(one) + self._walk(other)
        best, change = before - 1e-6, None
        for gone in [None, *one]:
            for come in [None, *other]:
                left = [number for number in one if number != gone] + ([] if come is None else [come])
                right = [number for number in other if number != come] + ([] if gone is None else [gone])
                if max(self._load(left), self._load(right)) > self._capacity or time.perf_counter() > self._ends:
                    continue
                walked = self._walk(left) + self._walk(right)
                if walked < best:
                    best, change = walked, (left, right)
        if change is None:
            return False
        one[:], other[:] = change
        return True

    def _filled(self, groups: list[list[int]]) -> list[list[int]]:
        """Small groups joined as far as they fit: a trolley that goes half empty is a walk too many."""
        groups.sort(key=self._load, reverse=True)
        full: list[list[int]] = []
        for group in groups:
            room = [one for one in full if self._load(one) + self._load(group) <= self._capacity]
            if not room:
                full.append(group)
                continue
            center = self._center(group)
            min(room, key=lambda one: abs(self._center(one) - center)).extend(group)
        return full

    def _near_pairs(self) -> list[tuple[int, int]]:
        by_center = sorted(range(len(self._orders)), key=lambda number: self._center([number]))
        pairs: set[tuple[int, int]] = set()
        for at, number in enumerate(by_center):
            others = by_center[max(0, at - _NEIGHBOURS):at] + by_center[at + 1:at + 1 + _NEIGHBOURS]
            pairs.update((min(number, other), max(number, other)) for other in others)
        return sorted(pairs)

    def _center(self, group: Sequence[int]) -> float:
        aisles = [aisle for number in group for aisle, _ in self._orders[number]]
        return sum(aisles) / len(aisles) if aisles else 0.0

    def _saving(self, one: int, other: int) -> float:
        if time.perf_counter() > self._ends:
            shared = {aisle for aisle, _ in self._orders[one]} & {aisle for aisle, _ in self._orders[other]}
            return float(len(shared)) + 0.001
        return self._walk([one]) + self._walk([other]) - self._walk([one, other])

    def _load(self, group: Sequence[int]) -> int:
        return sum(self._sizes[number] for number in group)

    def _walk(self, group: Sequence[int]) -> float:
        key = frozenset(group)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._price([point for number in group for point in self._orders[number]])
        return known
