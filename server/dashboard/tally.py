"""What can be added up over hours: counts, and how often something took about so long."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from server.kernel.clock import SECOND

_STEP = math.log(1.05)
"""Times are kept on a ladder whose steps are 5 % apart, so that a median is right within 2.5 %."""


@dataclass(slots=True)
class Tally:
    """Counts by name, and times by stage."""

    counts: Counter[str] = field(default_factory=Counter)
    times: dict[str, Counter[int]] = field(default_factory=dict)

    def took(self, stage: str, milliseconds: int | None) -> None:
        """Something took so long; nothing is noted where one of its ends is not known."""
        if milliseconds is not None and milliseconds >= 0:
            self.times.setdefault(stage, Counter())[round(math.log(max(milliseconds, SECOND) / SECOND) / _STEP)] += 1

    def add(self, other: "Tally") -> None:
        """Adds what another span holds."""
        self.counts.update(other.counts)
        for stage, steps in other.times.items():
            mine = self.times.setdefault(stage, Counter())
            for step, count in steps.items():
                mine[step] = mine.get(step, 0) + count

    def quantile(self, stage: str, share: float) -> float | None:
        """The time in milliseconds that `share` of all do not exceed; None where nothing was timed."""
        steps = self.times.get(stage, Counter())
        wanted, seen = share * steps.total(), 0
        for step in sorted(steps):
            seen += steps[step]
            if seen >= wanted:
                return math.exp(step * _STEP) * SECOND
        return None

    def kept(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """As it is written down; what is nought is left out."""
        counts = {name: count for name, count in sorted(self.counts.items()) if count}
        return counts, {stage: {str(step): count for step, count in sorted(steps.items())} for stage, steps in sorted(self.times.items())}

    @classmethod
    def of(cls, counts: Mapping[str, int], times: Mapping[str, Mapping[str, int]]) -> "Tally":
        """What was written down."""
        return cls(Counter(counts), {stage: Counter(dict(zip(map(int, steps), steps.values(), strict=True))) for stage, steps in times.items()})


Tallies = dict[str, Tally]
"""By scope."""


def tally_of(found: Tallies, scope: str) -> Tally:
    """That of a scope; a new one where nothing was seen of it."""
    return found.setdefault(scope, Tally())
