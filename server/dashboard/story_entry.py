"""One thing that happened to an order."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened: `kind` for programs, `args` as plain values, `who` by name ("" where nobody did it)."""

    at: int
    kind: str
    args: dict[str, Any]
    who: str = ""
