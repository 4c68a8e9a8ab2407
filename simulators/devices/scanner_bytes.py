"""How scanners of several makes put a code into bytes: text with prefix and suffix, packets, reports, keys."""

import struct
from collections.abc import Iterator

SUFFIXES = {"CR": "\r", "LF": "\n", "CRLF": "\r\n", "TAB": "\t", "none": ""}
_SSI_TYPES = {"]A0": 0x01, "]F0": 0x02, "]C0": 0x03, "]I0": 0x06, "]E4": 0x0A, "]E0": 0x0B, "]C1": 0x0F, "]L0": 0x11, "]d1": 0x1B,
              "]d2": 0xC1, "]Q1": 0x1C, "]Q3": 0xC2, "]e0": 0x30}
_DECODE_DATA, _RETRANSMIT, _CONTINUED = 0xF3, 1, 2
_SSI_DATA_MAX = 240
_HID_DATA_MAX = 56
_EVENT = struct.Struct("llHHi")
_LEFT_CTRL, _LEFT_SHIFT = 29, 42
_ROWS = ((2, "1234567890-=", "!@#$%^&*()_+"), (16, "qwertyuiop[]", "QWERTYUIOP{}"), (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
         (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"), (57, " ", " "))
_KEYS = {**{sign: (first + place, True) for first, _, row in _ROWS for place, sign in enumerate(row)},
         **{sign: (first + place, False) for first, row, _ in _ROWS for place, sign in enumerate(row)},
         "\r": (28, False), "\n": (28, False), "\t": (15, False)}


def ssi_packets(symbology: str, data: bytes) -> list[bytes]:
    """A code as packets; all but the last say that more follows, and each names the type of the code."""
    kind = bytes((_SSI_TYPES.get(symbology, 0x03),))
    parts = [data[start:start + _SSI_DATA_MAX] for start in range(0, len(data), _SSI_DATA_MAX)] or [b""]
    return [ssi_packet(kind + part, _CONTINUED if part is not parts[-1] else 0) for part in parts]


def ssi_packet(data: bytes, status: int) -> bytes:
    """Length without checksum, opcode, source 0, status, data, and what makes the sum of all nought."""
    body = bytes((4 + len(data), _DECODE_DATA, 0, status)) + data
    return body + struct.pack(">H", 0x10000 - sum(body))


def ssi_again(packet: bytes) -> bytes:
    """The packet as it is sent again."""
    return ssi_packet(packet[4:-2], packet[3] | _RETRANSMIT)


def hid_reports(symbology: str, data: bytes) -> bytes:
    """A code as HID POS reports of 64 bytes."""
    parts = [data[start:start + _HID_DATA_MAX] for start in range(0, len(data), _HID_DATA_MAX)] or [b""]
    return b"".join(bytes((2, len(part))) + symbology.encode().ljust(3, b"\0") + part.ljust(_HID_DATA_MAX + 2, b"\0")
                    + bytes((part is not parts[-1],)) for part in parts)


def key_events(text: str) -> bytes:
    """A text as an American keyboard types it; GS as Ctrl and ]. Signs that it does not have are left out."""
    return b"".join(_event(1, key, value) + _event(0, 0, 0) for sign in text for key, value in _strokes(sign))


def _strokes(sign: str) -> Iterator[tuple[int, int]]:
    key, shift = (27, False) if sign == "\x1d" else _KEYS.get(sign, (0, False))
    if not key:
        return
    held = _LEFT_CTRL if sign == "\x1d" else _LEFT_SHIFT if shift else 0
    yield from ((held, 1),) if held else ()
    yield from ((key, 1), (key, 0))
    yield from ((held, 0),) if held else ()


def _event(kind: int, key: int, value: int) -> bytes:
    return _EVENT.pack(0, 0, kind, key, value)
