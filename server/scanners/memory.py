"""What came over a line lately, and when: as much of it as tells what a scanner does."""

import time
from collections import deque

from server.scanners.fitness import Chunk

_CHUNKS_MAX = 1_000
_BYTES_MAX = 64_000


class Memory:
    """The last chunks of one line. Its users see to it that one thread at a time has it."""

    def __init__(self, *, bytes_max: int = _BYTES_MAX) -> None:
        self._chunks: deque[Chunk] = deque()
        self._size, self._most = 0, bytes_max

    @property
    def chunks(self) -> tuple[Chunk, ...]:
        """When each came (milliseconds) and what, the oldest first."""
        return tuple(self._chunks)

    def remember(self, data: bytes, at: int | None = None) -> None:
        """Something came, now where no time is told; what is oldest is forgotten where it becomes too much."""
        if not data:
            return
        self._chunks.append((time.monotonic_ns() // 1_000_000 if at is None else at, data))
        self._size += len(data)
        while len(self._chunks) > _CHUNKS_MAX or self._size > self._most:
            self._size -= len(self._chunks.popleft()[1])

    def forget(self) -> None:
        """All of it."""
        self._chunks.clear()
        self._size = 0
