"""Waiting for what happens, however busy the machine is."""

import os
import time
from collections.abc import Callable

PATIENCE = 30.0
"""Seconds; whoever waits for what never happens waits that long, and a machine that stands still for a moment fails no test."""


def until(holds: Callable[[], object], seconds: float = PATIENCE) -> bool:
    """Whether it came to be so."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if holds():
            return True
        time.sleep(0.01)
    return bool(holds())


def within(goal: float) -> float:
    """A goal in seconds: held to when the machine is this test's alone (AISLE_LONG), else as long as one waits for anything."""
    return goal if os.environ.get("AISLE_LONG") else PATIENCE
