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


def stays(value: Callable[[], object], seconds: float) -> bool:
    """Whether it is the same after so long; where it changed while the machine stood still it is looked at once more."""
    ends = time.monotonic() + PATIENCE
    while True:
        before, is_calm = value(), _passes_calmly(seconds)
        is_same = value() == before
        if is_same or is_calm or time.monotonic() > ends:
            return is_same


def _passes_calmly(seconds: float) -> bool:
    """Waits; whether nothing held this thread up for longer than a fifth of a second."""
    last, slowest, ends = time.monotonic(), 0.0, time.monotonic() + seconds
    while last < ends:
        time.sleep(0.02)
        now = time.monotonic()
        last, slowest = now, max(slowest, now - last)
    return slowest < 0.2


def within(goal: float) -> float:
    """A goal in seconds: held to when the machine is this test's alone (AISLE_LONG), else as long as one waits for anything."""
    return goal if os.environ.get("AISLE_LONG") else PATIENCE
