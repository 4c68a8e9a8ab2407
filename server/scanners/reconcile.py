"""What should come against what comes: expected, missing, strangers, seen before. Pure, and without a word of what it is for."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from labels.gs1.epc import Epc, decode

Verdict = Literal["expected", "again", "surplus", "stranger", "seen_before"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What should come: SSCCs (18 digits), GTINs (14 digits) with how many, single serials (GTIN, serial), and tags by their EPC.

    What was `before` is known: its tags are neither wanted nor strangers.
    """

    ssccs: frozenset[str] = frozenset()
    counts: Mapping[str, int] = field(default_factory=dict)
    serials: frozenset[tuple[str, str]] = frozenset()
    tags: frozenset[bytes] = frozenset()
    before: frozenset[bytes] = frozenset()

    def __post_init__(self) -> None:
        wrong = [gtin for gtin, count in self.counts.items() if count < 1]
        if wrong:
            raise ValueError(f"Of {wrong[0]} {self.counts[wrong[0]]} are expected; leave out what is not expected.")

    @property
    def total(self) -> int:
        """How many tags that are."""
        return len(self.ssccs) + sum(self.counts.values()) + len(self.serials) + len(self.tags)


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What has not come yet, by the kinds of `Expected`."""

    ssccs: tuple[str, ...]
    counts: Mapping[str, int]
    serials: tuple[tuple[str, str], ...]
    tags: tuple[bytes, ...]


class Tally:
    """Ticks off what comes. Each tag counts once, however often it comes; `again` is how often one came that had come."""

    def __init__(self, expected: Expected) -> None:
        self._expected = expected
        self._verdicts: dict[bytes, Verdict] = {}
        self._came: set[object] = set()
        self._counted: Counter[str] = Counter()
        self.again = 0

    def see(self, epc: bytes) -> Verdict:
        """What a tag is that came; `again` where this tag was told already, whatever it was then."""
        if epc in self._verdicts:
            self.again += 1
            return "again"
        verdict = self._judge(epc, decode(epc))
        self._verdicts[epc] = verdict
        self.again += verdict == "again"
        return verdict

    def see_all(self, epcs: Iterable[bytes]) -> None:
        """Several at once."""
        for epc in epcs:
            self.see(epc)

    @property
    def missing(self) -> Missing:
        """What has not come yet."""
        wanted = self._expected
        return Missing(
            ssccs=tuple(sorted(wanted.ssccs - self._came)), serials=tuple(sorted(wanted.serials - self._came)),
            tags=tuple(sorted(wanted.tags - self._came)),
            counts={gtin: count - self._counted[gtin] for gtin, count in wanted.counts.items() if self._counted[gtin] < count})

    def of(self, verdict: Verdict) -> tuple[bytes, ...]:
        """The tags of a kind, in the order in which they came."""
        return tuple(epc for epc, one in self._verdicts.items() if one == verdict)

    @property
    def arrived(self) -> int:
        """How many of the expected have come."""
        return len(self._came) + self._counted.total()

    @property
    def percent(self) -> int:
        """How much of the expected has come; 100 only when all has."""
        total = self._expected.total
        return self.arrived * 100 // total if total else 100

    @property
    def is_complete(self) -> bool:
        """Whether all that was expected has come, and something was."""
        return 0 < self._expected.total == self.arrived

    @property
    def is_clean(self) -> bool:
        """Whether it may be confirmed without a question: all has come, and nothing that should not have."""
        return self.is_complete and not any(one in ("stranger", "surplus") for one in self._verdicts.values())

    def _judge(self, epc: bytes, read: Epc) -> Verdict:
        wanted = self._expected
        named: tuple[object, ...] = (epc, read.sscc, (read.gtin, read.serial))
        if self._came.intersection(named):
            return "again"  # another tag of a thing that has come: both sides of a pallet, or with another filter value
        for key, among in zip(named, (wanted.tags, wanted.ssccs, wanted.serials), strict=True):
            if key in among:
                self._came.add(key)
                return "expected"
        if epc in wanted.before:
            return "seen_before"
        if self._counted[read.gtin] < wanted.counts.get(read.gtin, 0):
            self._counted[read.gtin] += 1
            return "expected"
        return "surplus" if read.gtin in wanted.counts else "stranger"
