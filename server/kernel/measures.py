"""Counts and times of the server's processes, in memory that they share: each writes its own part, any can tell all."""

import bisect
import logging
import mmap
import os
import struct
import threading
from collections.abc import Iterator
from typing import Any

log = logging.getLogger("aisle.server")

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds."""
_VALUES, _NAMES_BYTES = 2_048, 131_072
_HEAD = 16  # how many values there are, and how many bytes their names take
_PART = _HEAD + _VALUES * 8 + _NAMES_BYTES
_SIGNS = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


def labelled(name: str, **labels: str) -> str:
    """A series as Prometheus writes it."""
    inside = ",".join(f'{key}="{value.translate(_SIGNS)}"' for key, value in labels.items())
    return f"{name}{{{inside}}}"


class Measures:
    """One part for each process. A part is a list of names that only grows, and a number beside each."""

    def __init__(self, processes: int = 1) -> None:
        self._memory = mmap.mmap(-1, _PART * processes)
        self._processes = processes
        self._lock = threading.Lock()
        self.enter(0)

    def enter(self, number: int) -> None:
        """From now on the process of that number writes here, and begins at nothing."""
        self._at = number * _PART
        self._memory[self._at:self._at + _HEAD] = bytes(_HEAD)
        self._index: dict[str, int] = {}
        self._numbers: Any = memoryview(self._memory)[self._at + _HEAD:self._at + _HEAD + _VALUES * 8].cast("d")
        self.put("process_id", os.getpid())

    def add(self, series: str, by: float = 1.0) -> None:
        """Counts."""
        with self._lock:
            index = self._index_of(series)
            if index is not None:
                self._numbers[index] += by

    def put(self, series: str, value: float) -> None:
        """Notes how something is now."""
        with self._lock:
            index = self._index_of(series)
            if index is not None:
                self._numbers[index] = value

    def observe(self, name: str, seconds: float, **labels: str) -> None:
        """Notes how long something took."""
        with self._lock:
            first = self._first_of(name, labels)
            if first is None:
                return
            for at in range(bisect.bisect_left(BUCKETS, seconds), len(BUCKETS) + 2):
                self._numbers[first + at] += 1
            self._numbers[first + len(BUCKETS) + 2] += seconds

    def parts(self) -> Iterator[tuple[int, dict[str, float]]]:
        """The series of every process that has begun."""
        for number in range(self._processes):
            at = number * _PART
            count, length = struct.unpack_from("<QQ", self._memory, at)
            names_at = at + _HEAD + _VALUES * 8
            names = bytes(self._memory[names_at:names_at + length]).decode().split("\n")[:count]
            values = struct.unpack_from(f"<{len(names)}d", self._memory, at + _HEAD)
            if count:
                yield number, dict(zip(names, values, strict=True))

    def _first_of(self, name: str, labels: dict[str, str]) -> int | None:
        """A histogram's numbers lie beside each other: the buckets, all, the count, the sum."""
        key = f"{name} {labels}"
        if key not in self._index:
            ends = (*(f"{bound:g}" for bound in BUCKETS), "+Inf")
            names = [labelled(f"{name}_bucket", **labels, le=end) for end in ends]
            places = [self._index_of(one) for one in (*names, labelled(f"{name}_count", **labels), labelled(f"{name}_sum", **labels))]
            if places[0] is None or places[-1] is None:
                return None
            self._index[key] = places[0]
        return self._index[key]

    def _index_of(self, series: str) -> int | None:
        index = self._index.get(series)
        return self._append(series) if index is None else index

    def _append(self, series: str) -> int | None:
        """The name is written before it counts: whoever reads meanwhile sees whole names only."""
        count, length = struct.unpack_from("<QQ", self._memory, self._at)
        written = f"{series}\n".encode()
        if count >= _VALUES or length + len(written) > _NAMES_BYTES:
            return None
        names_at = self._at + _HEAD + _VALUES * 8 + length
        self._memory[names_at:names_at + len(written)] = written
        self._numbers[count] = 0.0
        struct.pack_into("<Q", self._memory, self._at + 8, length + len(written))
        struct.pack_into("<Q", self._memory, self._at, count + 1)
        self._index[series] = count
        return int(count)
