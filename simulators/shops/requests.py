"""What buyers of a Chinese platform, played, ask to have back: each platform shows the same requests in its own words."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from simulators.shops.shop import DUPLICATED, OUT_OF_ORDER, Shop, ShopOrder

ASKED, SENDS_BACK, SENT_BACK, WITHDRAWN, REFUSED, PAID = "asked", "sends_back", "sent_back", "withdrawn", "refused", "paid"
_OPEN = (ASKED, SENDS_BACK, SENT_BACK)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopRequest:
    """A request: fen, and how many pieces of which of the order's lines; `has_left` says that the goods had left when it was made."""

    number: str
    ref: str
    amount: int
    lines: Mapping[str, int]
    is_return: bool
    has_left: bool
    state: str
    asked_at: int
    changed_at: int

    @property
    def is_open(self) -> bool:
        """Whether somebody still waits for something."""
        return self.state in _OPEN


class Requests:
    """All requests of a shop, by their numbers from `first` on."""

    def __init__(self, shop: Shop, first: int) -> None:
        self._shop, self._first = shop, first
        self.all: dict[str, ShopRequest] = {}
        self._by_change: dict[tuple[str, int], ShopRequest] = {}

    def ask(self, ref: str, amount: int | None = None, *, lines: Mapping[str, int] | None = None, is_return: bool = False) -> str:
        """A buyer asks: for all that was paid for the lines, all of the order, where it is not said; the number of the request."""
        with self._shop.told_later():
            order = self._shop.orders[ref]
            wanted = dict(lines) if lines else {line.ref: line.quantity for line in order.lines}
            paid = sum(line.paid * wanted[line.ref] // line.quantity for line in order.lines if line.ref in wanted)
            number, now = str(self._first + len(self.all)), self._shop.now()
            self.all[number] = ShopRequest(
                number=number, ref=ref, amount=paid if amount is None else amount, lines=wanted, is_return=is_return, has_left=bool(order.parcels),
                state=ASKED, asked_at=now, changed_at=now)
            self._tell(number)
        return number

    def told_by(self, order: ShopOrder) -> ShopRequest | None:
        """What a change of an order is about, where it is about a request: as it was then."""
        return self._by_change.get((order.ref, order.changed_at))

    def withdraw(self, number: str) -> None:
        """The buyer does not want it any more."""
        self._becomes(number, WITHDRAWN)

    def refuse(self, number: str) -> None:
        """The seller said no, in the platform's own pages."""
        self._becomes(number, REFUSED)

    def raise_to(self, number: str, amount: int) -> None:
        """The buyer wants another amount."""
        self._becomes(number, self.all[number].state, amount=amount)

    def send_back(self, number: str, *, has_left: bool = True) -> None:
        """The seller wants the goods back first, and the buyer has sent them."""
        self._becomes(number, SENT_BACK if has_left else SENDS_BACK)

    def pay(self, number: str) -> None:
        """The seller or the platform agreed: what has not left of it is not to be sent any more."""
        with self._shop.told_later():
            one = self.all[number]
            self._becomes(number, PAID)
            order = self._shop.orders[one.ref]
            is_over = not order.parcels and all(self.paid_back(order, line.ref) >= line.quantity for line in order.lines)
            self._shop.change(one.ref, refunded=order.refunded + one.amount, is_cancelled=order.is_cancelled or is_over)

    def is_payable(self, one: ShopRequest) -> bool:
        """Whether agreeing to it pays: nothing has to come back, or it is on its way."""
        return one.state == (SENT_BACK if one.is_return else ASKED)

    def paid_back(self, order: ShopOrder, line: str) -> int:
        """How many pieces of a line were paid back before they had left."""
        return sum(one.lines.get(line, 0) for one in self.of(order.ref) if one.state == PAID and not one.has_left)

    def of(self, ref: str) -> list[ShopRequest]:
        """Those of an order, the first first."""
        return [one for one in self.all.values() if one.ref == ref]

    def of_line(self, ref: str, line: str) -> ShopRequest | None:
        """The latest of a line."""
        return next((one for one in reversed(self.of(ref)) if line in one.lines), None)

    def changed_between(self, since: int, until: int) -> list[ShopRequest]:
        """Those that changed, the last changed first; by its shop's faults some twice, or turned about."""
        with self._shop.lock:
            found = sorted((one for one in self.all.values() if since <= one.changed_at <= until), key=lambda one: (-one.changed_at, one.number))
        if found and self._shop.fails(DUPLICATED):
            found = [one for one in found for _ in range(2)]
        if found and self._shop.fails(OUT_OF_ORDER):
            found.reverse()
        return found

    def _becomes(self, number: str, state: str, **changes: Any) -> None:
        with self._shop.told_later():
            before = self.all[number]
            at = max(self._shop.now(), before.changed_at + self._shop.tick_ms)
            self.all[number] = replace(before, state=state, changed_at=at, **changes)
            self._tell(number)

    def _tell(self, number: str) -> None:
        one = self.all[number]
        changed = self._shop.change(one.ref)
        self._by_change[changed.ref, changed.changed_at] = one
