"""What was found in an order that somebody should know, or see to before it leaves."""

import dataclasses
from collections.abc import Mapping
from typing import Any

HOLD, HINT = "hold", "hint"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was found in a field. `severity` hold keeps the order from the floor; `suggestion` is what it could be instead."""

    code: str
    field: str
    words: str
    severity: str = HINT
    suggestion: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether somebody has to see to it first."""
        return self.severity == HOLD
