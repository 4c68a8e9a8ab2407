"""Variable-measure EAN-13 codes of a site: prefix, item and weight (or price), laid out as the site prints them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labels.gs1.linters import check_digit, is_digits

_PATTERN = re.compile(r"(02\d?|2\d{0,2})(I{1,9})(X?)(W{1,6}|P{1,6})C(?:\*(10|100))?")


@dataclass(frozen=True, slots=True)
class CatchWeight:
    """A layout, read from a pattern of thirteen places such as 28IIIIIWWWWWC.

    First the prefix's digits, then I the item's number, X a digit that is not looked at, W the weight or P the
    price in cents, C the check digit; `*10` or `*100` behind it says how many grams one W stands for.
    """

    pattern: str
    prefix: str
    item_end: int
    measure_begin: int
    is_weight: bool
    grams: int

    @classmethod
    def of(cls, pattern: str) -> "CatchWeight":
        """The layout of a pattern; ValueError says what is wrong with it."""
        found = _PATTERN.fullmatch(pattern)
        if found is None or len(pattern.partition("*")[0]) != 13:
            raise ValueError(f"{pattern[:32]!r} is no layout of an EAN-13: thirteen places such as 28IIIIIWWWWWC, "
                             "first the prefix (02, 20 to 29), I item, X not looked at, W weight or P price, C check digit.")
        prefix, item, skipped, measure, grams = found.groups()
        item_end = len(prefix) + len(item)
        return cls(pattern, prefix, item_end, item_end + len(skipped), measure[0] == "W", int(grams or 1))

    def read(self, digits: str) -> Mapping[str, Any] | None:
        """What thirteen digits (or the twelve of a UPC-A) say by this layout; None when they are not of it."""
        digits = digits.zfill(13) if len(digits) == 12 else digits
        if len(digits) != 13 or not digits.startswith(self.prefix) or not is_digits(digits):
            return None
        if check_digit(digits[:-1]) != digits[-1]:
            return None
        measure = int(digits[self.measure_begin : 12])
        return {"rcn_prefix": self.prefix, "rcn_item": digits[len(self.prefix) : self.item_end],
                **({"net_weight_g": measure * self.grams} if self.is_weight else {"price_cents": measure})}


GERMAN_CATCH_WEIGHTS = (CatchWeight.of("28IIIIIWWWWWC"), CatchWeight.of("29IIIIXWWWWWC"))
