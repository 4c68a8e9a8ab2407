"""A shop's tills: they ring up sales whether there is a network or not, tell them when there is, and void what was rung up by mistake."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from simulators.shops.plain import PlainShop
from simulators.shops.served import Asked, Reply
from simulators.shops.shop import DUPLICATED, OUT_OF_ORDER, WRONG_SIGNATURE, packed

_COPIES = 3


@dataclass(frozen=True, slots=True)
class Sale:
    """What a till rang up: (item, quantity) each, negative where it was brought back; `sold_at` in ms."""

    register: str
    receipt: str
    sold_at: int
    lines: tuple[tuple[str, int], ...]
    price: int = 0
    is_voided: bool = False
    off: int = 0
    """Taken off its first line."""

    def written(self) -> dict[str, Any]:
        """As the till writes it."""
        return {"register": self.register, "receipt": self.receipt, "sold_at": self.sold_at, "state": "voided" if self.is_voided else "sold",
                "currency": "CNY", "total": sum(quantity * self.price for _, quantity in self.lines) - self.off,
                "lines": [{"item": item, "quantity": quantity, "price": self.price, **({"paid": quantity * self.price - self.off} if self.off and not place else {})}
                          for place, (item, quantity) in enumerate(self.lines)]}


@dataclass
class _Kept:
    is_on: bool = True
    waiting: list[Sale] = field(default_factory=list)


class Till(PlainShop):
    """All registers of a shop behind one address; `has_network = False` keeps what they ring up until there is one again."""

    def __init__(self, secret: str, *, port: int = 0) -> None:
        self.sales: dict[tuple[str, str], Sale] = {}
        self._network = _Kept()
        super().__init__(secret, port=port)

    @property
    def has_network(self) -> bool:
        """Whether anybody hears of what is rung up."""
        return self._network.is_on

    @has_network.setter
    def has_network(self, value: bool) -> None:
        self._network.is_on = value
        waiting, self._network.waiting = (self._network.waiting, []) if value else ([], self._network.waiting)
        self.call(waiting)

    def ring_up(self, lines: Sequence[tuple[str, int]], *, register: str = "1", price: int = 1_990, off: int = 0, at: int | None = None,
                receipt: str = "") -> Sale:
        """A customer pays, or gets money back."""
        with self.lock:
            number = receipt or f"{len(self.sales) + 1:06d}"
            sale = Sale(register, number, self.now() if at is None else at, tuple(lines), price, off=off)
            self.sales[register, number] = sale
        self.call([sale])
        return sale

    def void(self, sale: Sale) -> Sale:
        """It was rung up by mistake."""
        with self.lock:
            voided = replace(self.sales[sale.register, sale.receipt], is_voided=True)
            self.sales[sale.register, sale.receipt] = voided
        self.call([voided])
        return voided

    def call(self, sales: Sequence[Sale]) -> None:
        """Tells of sales in one call; by its faults with a wrong signature, several times, or the last of them first."""
        if not sales:
            return
        if not self.has_network or self.fails(OUT_OF_ORDER):
            self._network.waiting.extend(sales)
            return
        late, self._network.waiting = self._network.waiting, []
        copies = _COPIES if self.fails(DUPLICATED) else 1
        body = packed({"sales": [one.written() for one in [*sales, *reversed(late)] for _ in range(copies)]})
        for hook in list(self.hooks):
            headers = {"Content-Type": "application/json", **self.signed(f"msg_{next(self.calls)}", self.now() // 1000, body)}
            if self.fails(WRONG_SIGNATURE):
                headers = self.spoiled(headers)
            if not self.call_hook(hook, headers, body):
                self._network.waiting = [*late, *sales]

    def answer(self, asked: Asked) -> Reply:
        """It is told how much there is; it takes no orders and hears of none."""
        if asked.path != "/quantities" or (asked.method == "POST" and "quantities" not in asked.document):
            return Reply(404, packed({"error": "no such place"}))
        return super().answer(asked)
