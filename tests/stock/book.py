"""The simplest book that could be right: what lies where, what is promised, what is kept for whom."""

from collections.abc import Iterator
from dataclasses import dataclass, field

Key = tuple[str, str, str]  # place, item, lot


@dataclass
class Promise:
    item: str
    quantity: int
    posted: int = 0

    @property
    def rest(self) -> int:
        return self.quantity - self.posted


@dataclass
class Kept:
    """An allocation."""

    line: int
    key: Key
    quantity: int
    picked: int = 0
    state: str = "open"

    @property
    def rest(self) -> int:
        return self.quantity - self.picked if self.state == "open" else 0

    def end(self) -> int:
        rest = self.rest
        self.state, self.quantity = ("picked", self.picked) if self.picked else ("voided", self.quantity)
        return rest


@dataclass
class Line:
    item: str
    ordered: int
    reference: str
    tote: str


@dataclass
class Book:
    stock: dict[Key, int] = field(default_factory=dict)
    held: dict[Key, int] = field(default_factory=dict)
    promises: dict[str, Promise] = field(default_factory=dict)
    kept: dict[int, Kept] = field(default_factory=dict)
    lines: dict[int, Line] = field(default_factory=dict)

    def at(self, key: Key) -> int:
        return self.stock.get(key, 0)

    def allocated(self, key: Key) -> int:
        return sum(one.rest for one in self.kept.values() if one.key == key)

    def free(self, key: Key) -> int:
        return self.at(key) - self.allocated(key)

    def on_hand(self, item: str) -> int:
        return sum(quantity for (_, one, _), quantity in self.stock.items() if one == item)

    def promised(self, item: str) -> int:
        return sum(one.rest for one in self.promises.values() if one.item == item)

    def promisable(self, item: str) -> int:
        return self.on_hand(item) - self.promised(item)

    def wanted(self, line: int) -> int:
        mine = [one for one in self.kept.values() if one.line == line]
        return self.lines[line].ordered - sum(one.rest + one.picked for one in mine)

    def add(self, key: Key, quantity: int) -> None:
        self.stock[key] = self.at(key) + quantity

    def shift(self, key: Key, place: str, quantity: int) -> None:
        self.add(key, -quantity)
        self.add((place, *key[1:]), quantity)

    def leaves(self, key: Key, quantity: int) -> None:
        """Goods that nobody can have any more: the newest promises go with them."""
        missing = quantity - self.promisable(key[1])
        for one in reversed([one for one in self.promises.values() if one.item == key[1]]):
            back = min(one.rest, max(missing, 0))
            one.quantity -= back
            missing -= back
        self.add(key, -quantity)

    def free_newest(self, key: Key, quantity: int) -> None:
        """Allocations are given back whole, the newest first, until so much is free."""
        for number in sorted((number for number, one in self.kept.items() if one.key == key and one.rest), reverse=True):
            if quantity > 0:
                quantity -= self.kept[number].end()

    def filled(self) -> Iterator[Key]:
        return (key for key, quantity in sorted(self.stock.items()) if quantity and not key[0].startswith("T"))
