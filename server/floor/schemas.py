"""The versions of an operation's shape: the one spoken now, two older ones that are lifted to it, and others that are kept for review."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Lift = Callable[[str, Mapping[str, Any]], tuple[str, Mapping[str, Any]]]
"""What kind and slots of one version are in the next."""
OLDER_TAKEN = 2


@dataclass(frozen=True, slots=True)
class Schemas:
    """Speaks `current`; `lifts` has for each older version that is taken the way to the next, one step at a time."""

    current: int
    lifts: Mapping[int, Lift] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if set(self.lifts) != set(range(self.oldest, self.current)):
            raise AssertionError(f"version {self.current} has to lift {self.oldest} to {self.current - 1}, and has {sorted(self.lifts)}")

    @property
    def oldest(self) -> int:
        """The oldest version that is taken."""
        return max(1, self.current - OLDER_TAKEN)

    def takes(self, version: int) -> bool:
        """Whether operations of this version are understood."""
        return self.oldest <= version <= self.current

    def lifted(self, version: int, kind: str, slots: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
        """Kind and slots as the current version has them."""
        for step in range(version, self.current):
            kind, slots = self.lifts[step](kind, slots)
        return kind, slots


SCHEMAS = Schemas(current=1)
"""So far kinds and optional slots were only added, which needs no other version: whoever does not know them does not send them.

What is renamed, means something else or becomes needed makes a new one: its lift stands here, and `SCHEMA` of the handheld rises."""
