"""What all played platforms have: their orders, who is told of them, and the faults that they can be told to have."""

import http.client
import json
import ssl
import threading
import urllib.error
import urllib.request
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from simulators.shops.served import Asked, Reply, Served, wall_ms

TOO_MANY, ERROR, SLOW, CUT, LOST_ANSWER = "too_many", "error", "slow", "cut", "lost_answer"
WRONG_SIGNATURE, DUPLICATED, OUT_OF_ORDER, HALF_A_PAGE, CHANGED_SCHEMA = (
    "wrong_signature", "duplicated", "out_of_order", "half_a_page", "changed_schema")
FAULTS = (TOO_MANY, ERROR, SLOW, CUT, LOST_ANSWER, WRONG_SIGNATURE, DUPLICATED, OUT_OF_ORDER, HALF_A_PAGE, CHANGED_SCHEMA)
SLOW_SECONDS = 3.0
STEERED = "/played"
"""Where who runs it tells it what happens; no platform has anything there."""
_HOOK_SECONDS = 5.0
_COPIES = 3


@dataclass(frozen=True, slots=True)
class ShopLine:
    """What was ordered; `price` of one in fen or cents, `off` what is taken off all of it: its share of a discount of the order."""

    ref: str
    item: str
    quantity: int
    price: int = 0
    name: str = ""
    off: int = 0

    @property
    def paid(self) -> int:
        """For all of it."""
        return self.price * self.quantity - self.off


@dataclass(frozen=True, slots=True)
class ShopParcel:
    """What we were told has left: which lines, how much of each ({} is all)."""

    tracking: str
    carrier: str
    lines: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopOrder:
    """An order as its platform knows it; times in ms. `address` has name, phone, country, state, city, district, street, postcode."""

    ref: str
    lines: tuple[ShopLine, ...]
    placed_at: int
    changed_at: int
    buyer: str = ""
    address: Mapping[str, str] = field(default_factory=dict)
    is_paid: bool = False
    is_cancelled: bool = False
    parcels: tuple[ShopParcel, ...] = ()
    refunded: int = 0
    note: str = ""
    delivery: str = "ship"
    """As the platform calls the way in which the customer gets the goods."""
    postage: int = 0

    @property
    def goods(self) -> int:
        """What all lines cost before discounts, in fen or cents."""
        return sum(line.price * line.quantity for line in self.lines)

    @property
    def off(self) -> int:
        """What is taken off them."""
        return sum(line.off for line in self.lines)

    @property
    def total(self) -> int:
        """What the customer pays."""
        return self.goods - self.off + self.postage

    @property
    def is_shipped(self) -> bool:
        """Whether all of it has left."""
        sent = Counter[str]()
        for parcel in self.parcels:
            sent.update(parcel.lines or {line.ref: line.quantity for line in self.lines})
        return all(sent[line.ref] >= line.quantity for line in self.lines)


class Shop(ABC):
    """A platform. `fail(name, times)` has the next so many answers or calls go wrong; what was asked and told is kept."""

    usual_address: ClassVar[Mapping[str, str]] = {}
    """Where orders go that are placed without an address."""

    def __init__(self, *, port: int = 0) -> None:
        self.lock = threading.RLock()
        self.orders: dict[str, ShopOrder] = {}
        self.quantities: dict[str, int] = {}
        self.hooks: list[str] = []
        self.asked: Counter[str] = Counter()
        self.refused: list[str] = []
        """Why somebody was not let in."""
        self.puzzles: list[str] = []
        """What it was asked and could make nothing of."""
        self.failed_hooks: list[str] = []
        self.skew_ms = 0
        self.slow_seconds = SLOW_SECONDS
        self.steered: Callable[[Asked], Reply] | None = None
        """What answers at the address where it is steered, if anybody may steer it."""
        self._faults: Counter[str] = Counter()
        self._waiting: list[Callable[[], None]] | None = None
        self.undelivered: list[tuple[int, str, Mapping[str, str], bytes]] = []
        """What hooks did not take, with how often it was tried."""
        self._late: list[tuple[str, Mapping[str, str], bytes]] = []
        self._first_ref = 1
        self._served = Served(self._answered, self.now, port=port)

    @property
    def address(self) -> str:
        """Where it is served."""
        return self._served.address

    @property
    def port(self) -> int:
        """The port of this machine on which it is served."""
        return self._served.port

    def now(self) -> int:
        """The platform's own clock, in ms."""
        return wall_ms() + self.skew_ms

    def speak_tls(self, context: ssl.SSLContext) -> None:
        """Answers by https only from now on."""
        self._served.speak_tls(context)

    def close(self) -> None:
        """Nobody answers any more."""
        self._served.close()

    def fail(self, fault: str, times: int = 1) -> None:
        """The next `times` answers or calls have this fault; 0 ends it."""
        if fault not in FAULTS:
            raise ValueError(f"There is no fault {fault}; there are {', '.join(FAULTS)}.")
        with self.lock:
            self._faults[fault] = times

    @property
    def faults(self) -> dict[str, int]:
        """How often each is still to come."""
        with self.lock:
            return {name: times for name, times in self._faults.items() if times > 0}

    def fails(self, fault: str) -> bool:
        """Whether it is to go wrong now: one of the times is used up."""
        with self.lock:
            if self._faults[fault] <= 0:
                return False
            self._faults[fault] -= 1
            return True

    def place(self, lines: Sequence[tuple[str, int]], *, ref: str = "", is_paid: bool = True, price: int = 1_990,
              discount: int = 0, at: int | None = None, **more: Any) -> ShopOrder:
        """A customer orders: (item, quantity) each; a discount is of all lines together."""
        with self.lock:
            number = ref or self.new_ref()
            now = self.now() if at is None else at
            offs = _split(discount, [quantity for _, quantity in lines])
            order = ShopOrder(ref=number, placed_at=now, changed_at=now, is_paid=is_paid, lines=tuple(
                ShopLine(f"{self._line_ref(number, place)}", item, quantity, price, f"{item} of the shop", off)
                for place, ((item, quantity), off) in enumerate(zip(lines, offs, strict=True), 1)), **{"address": self.usual_address, **more})
            self.orders[number] = order
        self.tell(order)
        return order

    def change(self, ref: str, **changes: Any) -> ShopOrder:
        """Something of an order is different from now on."""
        with self.lock:
            before = self.orders[ref]
            order = replace(before, **{"changed_at": max(self.now(), before.changed_at + self.tick_ms), **changes})
            self.orders[ref] = order
        self.tell(order)
        return order

    def pay(self, ref: str) -> ShopOrder:
        """The customer pays."""
        return self.change(ref, is_paid=True)

    def cancel_order(self, ref: str) -> ShopOrder:
        """The customer or the platform cancels."""
        return self.change(ref, is_cancelled=True)

    def told_shipped(self, ref: str, parcel: ShopParcel) -> None:
        """We were told that goods left."""
        with self.told_later():
            before = self.orders[ref]
            if parcel.tracking in [one.tracking for one in before.parcels]:
                return
            self.change(ref, parcels=(*before.parcels, parcel))

    tick_ms = 1
    """The finest difference of time that its orders' stamps can show."""

    def new_ref(self) -> str:
        """A number for the next order, as this platform writes them."""
        with self.lock:
            self._first_ref += 1
            return str(self._first_ref)

    def changed_between(self, since: int, until: int) -> list[ShopOrder]:
        """The orders that changed from `since` up to `until`, the first changed first; by its faults some twice, or turned about."""
        with self.lock:
            found = sorted((one for one in self.orders.values() if since <= one.changed_at <= until), key=lambda one: (one.changed_at, one.ref))
        return self._faulty(found)

    def placed_between(self, since: int, until: int) -> list[ShopOrder]:
        """The same by when they were placed."""
        with self.lock:
            found = [one for one in self.orders.values() if since <= one.placed_at <= until]
        return self._faulty(found)

    def _faulty(self, found: list[ShopOrder]) -> list[ShopOrder]:
        if found and self.fails(DUPLICATED):
            found = [one for one in found for _ in range(2)]
        if found and self.fails(OUT_OF_ORDER):
            found.reverse()
        return found

    @contextmanager
    def told_later(self) -> Iterator[None]:
        """The shop to oneself; whoever is to hear of it is called when it is free again, as they may ask it back."""
        with self.lock:
            is_outer = self._waiting is None
            waiting = self._waiting = [] if self._waiting is None else self._waiting
            try:
                yield
            finally:
                self._waiting = None if is_outer else waiting
        for call in waiting if is_outer else ():
            call()

    def tell(self, order: ShopOrder) -> None:
        """Calls whoever wants to hear of orders."""
        self.later(lambda: self._tell(order))

    def later(self, call: Callable[[], None]) -> None:
        """Done at once, or when the shop is free again."""
        with self.lock:
            if self._waiting is not None:
                self._waiting.append(call)
                return
        call()

    def deliver(self, hook: str, headers: Mapping[str, str], body: bytes) -> None:
        """By its faults with a wrong signature, several times, or late; what is not taken is kept."""
        if self.fails(WRONG_SIGNATURE):
            headers = self.spoiled(headers)
        if self.fails(OUT_OF_ORDER):
            self._late.append((hook, headers, body))
            return
        copies = _COPIES if self.fails(DUPLICATED) else 1
        waiting = [(hook, headers, body)] * copies + [self._late.pop() for _ in range(len(self._late))]
        for one in waiting:
            if not self.call_hook(*one) and self.tries_max > 1:
                self.undelivered.append((1, *one))

    def redeliver(self) -> int:
        """Tries again what was not taken, as the platform does by itself after a while: how much of it was taken now."""
        with self.lock:
            waiting, self.undelivered = self.undelivered, []
        left = []
        for tried, hook, headers, body in waiting:
            if hook not in self.hooks or self.call_hook(hook, headers, body):
                continue
            if tried + 1 < self.tries_max:
                left.append((tried + 1, hook, headers, body))
            else:
                self.give_up(hook)
        self.undelivered += left
        return len(waiting) - len(left)

    tries_max = 10
    """How often it calls with the same."""

    def give_up(self, hook: str) -> None:
        """What becomes of an address that took nothing for so long."""
        del hook

    def _tell(self, order: ShopOrder) -> None:
        news = self.news(order)
        for hook in list(self.hooks):
            for headers, body in self.hooks_for(hook, order, news):
                self.deliver(hook, headers, body)

    def news(self, order: ShopOrder) -> Any:
        """What is new of an order, where that matters to whom it is told."""
        del order

    def hooks_for(self, hook: str, order: ShopOrder, news: Any) -> list[tuple[dict[str, str], bytes]]:
        """All calls that tell a hook of an order."""
        del news
        told = self.hook_for(hook, order)
        return [] if told is None else [told]

    @abstractmethod
    def answer(self, asked: Asked) -> Reply:
        """What the platform says: signature checked first."""

    @abstractmethod
    def hook_of(self, order: ShopOrder) -> tuple[dict[str, str], bytes]:
        """The call that tells of an order, signed: headers and body."""

    def hook_for(self, hook: str, order: ShopOrder) -> tuple[dict[str, str], bytes] | None:
        """What this hook is told of an order; None when it did not ask for that."""
        del hook
        return self.hook_of(order)

    def spoiled(self, headers: Mapping[str, str]) -> dict[str, str]:
        """The same headers with a signature that is not right."""
        return {name: (value[:-4] + "AAA=" if "sign" in name.lower() or "hmac" in name.lower() else value) for name, value in headers.items()}

    def busy(self) -> Reply:
        """How it says that it is asked too often."""
        return Reply(429, b'{"errors":"Too many requests"}', headers={"Retry-After": "1"})

    def busy_for(self, asked: Asked) -> Reply:
        """The same, where it depends on how it was asked."""
        del asked
        return self.busy()

    def puzzled(self, error: Exception) -> Reply:
        """How it says that it can make nothing of what it was asked."""
        del error
        return Reply(400, b'{"error":"Bad Request"}')

    def refuse(self, why: str, reply: Reply) -> Reply:
        """Not let in: why is kept, for a test to ask."""
        with self.lock:
            self.refused.append(why)
        return reply

    def _line_ref(self, ref: str, place: int) -> str:
        return f"{ref}{place:02d}"

    def _answered(self, asked: Asked) -> Reply:
        if self.steered and asked.path == STEERED:
            return self.steered(asked)
        with self.lock:
            self.asked[f"{asked.method} {asked.path}"] += 1
        if self.fails(CUT):
            return Reply(is_cut=True)
        if self.fails(SLOW):
            threading.Event().wait(self.slow_seconds)
        if self.fails(ERROR):
            return Reply(500, b"Internal Server Error", "text/plain")
        if self.fails(TOO_MANY):
            return self.busy_for(asked)
        reply = self._tried(asked)
        return Reply(is_cut=True) if self.fails(LOST_ANSWER) else reply

    def _tried(self, asked: Asked) -> Reply:
        """No client that asks nonsense ends the shop; a fault of the shop itself looks the same, so what it was is kept."""
        try:
            return self.answer(asked)
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
            with self.lock:
                self.puzzles.append(f"{asked.method} {asked.path}: {error!r}")
            return self.puzzled(error)

    def call_hook(self, hook: str, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether it answered with 2xx; what is no web address does not."""
        is_address = hook.lower().startswith(("http://", "https://"))
        try:
            request = urllib.request.Request(hook if is_address else "", data=body, headers=dict(headers), method="POST")
            with urllib.request.urlopen(request, timeout=_HOOK_SECONDS) as answer:
                answer.read()
        except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError) as error:
            with self.lock:
                self.failed_hooks.append(str(error))
            return False
        return True


def packed(body: Any) -> bytes:
    """JSON as most platforms write it: compact, letters of all languages as they are."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _split(amount: int, parts: Sequence[int]) -> list[int]:
    """An amount by these parts, the last with what is left over."""
    done, given = 0, list[int]()
    for part in parts:
        done += part
        given.append(amount * done // sum(parts) - sum(given))
    return given
