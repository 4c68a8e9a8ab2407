"""Waiting for what other threads do."""

import time
from collections.abc import Callable


def until(holds: Callable[[], object], seconds: float = 3.0) -> bool:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if holds():
            return True
        time.sleep(0.005)
    return bool(holds())
