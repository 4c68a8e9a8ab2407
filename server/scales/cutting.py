"""Cuts a stream into lines, and tells what is none."""

from collections.abc import Iterator

_LONGEST = 128


class Lines:
    """Bytes up to an end sign. Without one, no more than 128 are kept: a stream without lines shall not fill the memory."""

    def __init__(self, end: bytes) -> None:
        self._end, self._rest = end, b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Each whole line without its end; what is too long to be one comes as it is."""
        *lines, self._rest = (self._rest + data).split(self._end)
        yield from lines
        if len(self._rest) > _LONGEST:
            yield self._rest
            self._rest = b""
