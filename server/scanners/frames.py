"""Cuts frames with a length and a check out of a stream, and finds the next one after rubbish."""

from collections.abc import Callable, Iterator


class Frames:
    """`size` says how long a frame is that begins with these bytes: None where none can, 0 where more must come first.

    `is_right` says whether the check of a whole frame is right.
    """

    def __init__(self, size: Callable[[bytearray], int | None], is_right: Callable[[bytes], bool]) -> None:
        self._size, self._is_right = size, is_right
        self._data = bytearray()
        self.skipped = 0

    @property
    def has_begun(self) -> bool:
        """Whether there are bytes of a frame that is not whole."""
        return bool(self._data)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The frames that are whole now; bytes that belong to none are counted in `skipped`."""
        self._data += data
        while self._data:
            size = self._size(self._data)
            if size == 0 or (size and size > len(self._data)):
                return
            frame = bytes(self._data[:size]) if size else b""
            if size and self._is_right(frame):
                del self._data[:size]
                yield frame
            else:
                del self._data[0]
                self.skipped += 1

    def silence(self) -> Iterator[bytes]:
        """Nothing more comes: what looks like half a frame is none, and a frame may stand behind it."""
        while self._data:
            del self._data[0]
            self.skipped += 1
            yield from self.feed(b"")
