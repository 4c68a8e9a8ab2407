"""When a weight may be used: at rest, in range, in a unit that is meant, newer than the last zero or tare, and read twice equal."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from server.scales.weighing import GRAMS, Weighing

Rearm = Literal["emptied", "changed"]
_PAIR_MS = 5_000
"""Two readings further apart than this tell nothing about each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """A weight to use: exact grams, the value and unit as sent; `at` in milliseconds of the clock.

    `is_net` is what the scale says of it: MT-SICS never says so.
    """

    grams: Decimal
    value: Decimal
    unit: str
    is_net: bool = False
    device: str = ""
    at: int = 0


class Settler:
    """One for each scale, fed with every weighing; gives a weight once for each load.

    `min_g` and less is an empty scale. A load that was told is not told again before the scale was empty; only where the
    connection was lost meanwhile, or the scale was told to zero, or `rearm` is "changed", a weight that is off the one told
    by more than `min_g` is another load.
    """

    def __init__(self, *, units: tuple[str, ...] = ("g", "kg"), min_g: Decimal = Decimal(5), max_g: Decimal | None = None,
                 rearm: Rearm = "emptied", device: str = "") -> None:
        self._units, self._min_g, self._max_g, self._device = units, min_g, max_g, device
        self._last: tuple[Weighing, int] | None = None
        self._told: Decimal | None = None
        self._valid_from = 0
        self._rearm = rearm
        self._may_differ = rearm == "changed"

    def feed(self, weighing: Weighing, at: int) -> Weight | None:
        """The weight that this weighing settles, or None."""
        before, self._last = self._last, None
        if self._is_empty(weighing):
            self._told, self._may_differ = None, self._rearm == "changed"
        if at < self._valid_from or not self._is_usable(weighing):
            return None
        self._last = (weighing, at)
        if before is None or before[0] != weighing or at - before[1] > _PAIR_MS:
            return None
        grams = weighing.value * GRAMS[weighing.unit]
        if self._told is not None and not (self._may_differ and abs(grams - self._told) > self._min_g):
            return None
        self._told, self._may_differ = grams, self._rearm == "changed"
        return Weight(grams=grams, value=weighing.value, unit=weighing.unit, is_net=weighing.is_net, device=self._device, at=at)

    def restart(self, at: int) -> None:
        """The scale was told to zero or tare, or did so: what was read before means nothing any more."""
        self._last, self._valid_from, self._may_differ = None, at, True

    def interrupt(self) -> None:
        """The connection was lost: nobody knows what was on the scale meanwhile."""
        self._last, self._may_differ = None, True

    def _is_empty(self, weighing: Weighing) -> bool:
        if weighing.trouble:
            return weighing.trouble == "under"
        return weighing.unit in self._units and weighing.value * GRAMS[weighing.unit] <= self._min_g

    def _is_usable(self, weighing: Weighing) -> bool:
        if weighing.trouble or not weighing.is_stable or weighing.unit not in self._units:
            return False
        grams = weighing.value * GRAMS[weighing.unit]
        return grams > self._min_g and (self._max_g is None or grams <= self._max_g)
