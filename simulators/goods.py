"""Goods and shelves of the simulated warehouse: what stands where, as somebody with eyes would see it."""

import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from labels.gs1 import build, check_digit

DEMONSTRATION_PREFIX = "952"


@dataclass(frozen=True)
class Good:
    """An item with the GTIN on its label; lot and expiry (YYMMDD) where its goods carry them."""

    code: str
    name: str
    gtin: str
    lot: str = ""
    expiry: str = ""

    def label(self, quantity: int | None = None) -> str:
        """What a scanner sends for its label; with `quantity` for a label of a whole delivery."""
        elements = [("01", self.gtin)]
        if self.expiry:
            elements.append(("17", self.expiry))
        if quantity is not None:
            elements.append(("30", str(quantity)))
        if self.lot:
            elements.append(("10", self.lot))
        return "]C1" + build(elements)

    def barcode(self) -> str:
        """The plain barcode of one piece, with its lot where it has one."""
        if self.lot:
            return self.label()
        return self.gtin.removeprefix("0")


def gtin(number: int) -> str:
    """The n-th GTIN-14 under GS1's prefix for demonstrations."""
    body = f"0{DEMONSTRATION_PREFIX}{number:09d}"
    return body + check_digit(body)


def sscc(number: int) -> str:
    """The n-th SSCC of the simulated supplier."""
    body = f"3{DEMONSTRATION_PREFIX}{number:013d}"
    return body + check_digit(body)


@dataclass
class Shelves:
    """What really stands in each bin, kept by the hands that put it there, never asked of the server."""

    pallets: dict[str, dict[str, int]] = field(default_factory=dict)
    in_bin: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def deliver(self, pallet: str, content: dict[str, int]) -> None:
        """A pallet stands on the dock."""
        with self.lock:
            self.pallets[pallet] = dict(content)

    def put(self, pallet: str, location: str) -> None:
        """A pallet stands in a bin."""
        with self.lock:
            self.in_bin[location].append(pallet)

    def take(self, pallet: str, item: str, quantity: int) -> None:
        """Somebody takes pieces off a pallet; nobody takes what is not there."""
        with self.lock:
            left = self.pallets[pallet][item] - quantity
            if left < 0:
                raise AssertionError(f"{quantity} of {item} were taken off {pallet}, which had {left + quantity}")
            self.pallets[pallet][item] = left

    def of(self, item: str) -> int:
        """How many pieces of an item stand anywhere."""
        with self.lock:
            return sum(content.get(item, 0) for content in self.pallets.values())

    def left(self) -> int:
        """How many pieces stand in the bins."""
        with self.lock:
            return sum(quantity for pallet in self._standing() for quantity in self.pallets[pallet].values())

    def _standing(self) -> Iterable[str]:
        return (pallet for pallets in self.in_bin.values() for pallet in pallets)
