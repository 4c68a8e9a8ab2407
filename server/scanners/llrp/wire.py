"""LLRP on the wire: messages cut out of a stream, parameters cut out of a message (LLRP 1.1, chapter 17). Big-endian throughout."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_HEADER = struct.Struct(">HII")
_HEAD = struct.Struct(">HH")
_MOST = 4 * 1024 * 1024
"""Longer than any reader's buffer of reports; a length beyond it is no LLRP."""
_VERSIONS = (1, 2)
_FIXED = {1: 2, 2: 8, 3: 8, 4: 8, 5: 8, 6: 1, 7: 2, 8: 2, 9: 4, 10: 2, 11: 2, 12: 2, 13: 12, 14: 2, 15: 2, 16: 4, 17: 2, 18: 4,
          19: 2, 20: 2}
"""Bytes of the value of each parameter that is sent without a length (17.1.2.1)."""
CUSTOM = 1023


class Unreadable(Exception):
    """Bytes that are no LLRP; says which."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its type, the number that its answer carries too, and what stands behind the header."""

    kind: int
    ident: int
    body: bytes
    version: int = 1

    def packed(self) -> bytes:
        """As it is sent."""
        return _HEADER.pack(self.version << 10 | self.kind, _HEADER.size + len(self.body), self.ident) + self.body


class Messages:
    """Cuts a stream into messages, wherever it was cut before."""

    def __init__(self) -> None:
        self._data = bytearray()

    def feed(self, data: bytes) -> Iterator[Message]:
        """The messages that are whole now; raises Unreadable where no message begins, and nothing after that can be read."""
        self._data += data
        at = 0
        try:
            while len(self._data) - at >= _HEADER.size:
                head, length, ident = _HEADER.unpack_from(self._data, at)
                _check(head, length)
                if len(self._data) - at < length:
                    return
                body = bytes(memoryview(self._data)[at + _HEADER.size:at + length])
                at += length
                yield Message(head & 0x3FF, ident, body, head >> 10 & 7)
        finally:
            del self._data[:at]


def _check(head: int, length: int) -> None:
    if head >> 10 not in _VERSIONS or not _HEADER.size <= length <= _MOST:
        raise Unreadable(f"no message of LLRP 1.0.1 or 1.1 begins with {head:04X} and a length of {length}")


def parameter(kind: int, value: bytes) -> bytes:
    """A parameter with its length before it."""
    return _HEAD.pack(kind, _HEAD.size + len(value)) + value


def parameters(body: bytes, at: int = 0) -> Iterator[tuple[int, bytes]]:
    """Type and value of each parameter from a place on; makers' own come as CUSTOM. Raises Unreadable."""
    end = len(body)
    while at < end:
        if body[at] & 0x80:
            kind = body[at] & 0x7F
            length = _FIXED.get(kind, -1) + 1
            begin = at + 1
        else:
            kind, length = _HEAD.unpack_from(body, at) if end - at >= _HEAD.size else (0, 0)
            kind &= 0x3FF
            begin = at + _HEAD.size
        if begin > at + length or at + length > end:
            raise Unreadable(f"a parameter of type {kind} has a length that its message does not have")
        yield kind, body[begin:at + length]
        at += length
