"""The bytes of a simulated LLRP reader: messages, parameters, its capabilities and its reports."""

import struct
import time
from collections.abc import Iterator

from simulators.rfid.field import Read

_FIXED = {1: 2, 2: 8, 3: 8, 4: 8, 5: 8, 6: 1, 7: 2, 8: 2, 9: 4, 10: 2, 11: 2, 12: 2, 13: 12, 14: 2, 15: 2, 16: 4, 17: 2, 18: 4}
POWERS_CENTI_DBM = range(1_000, 3_001, 25)
MAKER, MODEL, FIRMWARE = 65_535, 1, b"aisle simulated 1"
_MODES = ((0, 0, 640_000), (1, 1, 320_000), (2, 2, 250_000), (3, 3, 62_500), (1_000, 2, 250_000))


class Broken(Exception):
    """A message of the host's that cannot be read."""


def message(kind: int, body: bytes, ident: int = 0, version: int = 1) -> bytes:
    """A message with its header of ten bytes."""
    return struct.pack(">HII", version << 10 | kind, 10 + len(body), ident) + body


def messages(data: bytearray) -> Iterator[tuple[int, int, int, bytes]]:
    """Version, type, number and body of each whole message; takes them out of what was received."""
    while len(data) >= 10:
        head, length, ident = struct.unpack_from(">HII", data)
        if length < 10 or length > 1 << 20:
            data.clear()  # a host that is out of step is not followed
            return
        if len(data) < length:
            return
        body = bytes(data[10:length])
        del data[:length]
        yield head >> 10 & 7, head & 0x3FF, ident, body


def tlv(kind: int, value: bytes) -> bytes:
    """A parameter with its length."""
    return struct.pack(">HH", kind, 4 + len(value)) + value


def parts(body: bytes) -> Iterator[tuple[int, bytes]]:
    """Type and value of each parameter; Broken where they do not fit."""
    at = 0
    while at < len(body):
        if body[at] & 0x80:
            kind, begin = body[at] & 0x7F, at + 1
            end = begin + _FIXED.get(kind, len(body))
        elif len(body) - at < 4:
            raise Broken("half a parameter")
        else:
            kind, length = struct.unpack_from(">HH", body, at)
            kind, begin, end = kind & 0x3FF, at + 4, at + max(length, 4)
        if end > len(body):
            raise Broken(f"parameter {kind} is cut off")
        yield kind, body[begin:end]
        at = end


def event_data(kind: int, value: bytes) -> bytes:
    """The body of a notification: the time, and one event."""
    return tlv(246, tlv(128, struct.pack(">Q", time.time_ns() // 1000)) + tlv(kind, value))


def report_entry(read: Read, rospec: int, content: int, memory: int) -> bytes:
    """One TagReportData with what the selector's bits ask for, in the order of the standard."""
    now = struct.pack(">Q", time.time_ns() // 1000)
    bits = len(read.epc) * 8
    epc = b"\x8d" + read.epc if bits == 96 else tlv(241, struct.pack(">H", bits) + read.epc)
    fields = ((15, b"\x89" + rospec.to_bytes(4, "big")), (14, b"\x8e\0\1"), (13, b"\x8a\0\1"), (12, b"\x81" + read.antenna.to_bytes(2, "big")),
              (10, b"\x86" + read.rssi_dbm.to_bytes(1, "big", signed=True)), (11, b"\x87\0\1"), (9, b"\x82" + now), (8, b"\x84" + now),
              (7, b"\x88\0\1"))
    chosen = b"".join(data for bit, data in fields if content >> bit & 1)
    words = len(read.epc) // 2
    banks = (b"\x8c" + (words << 11).to_bytes(2, "big") if memory & 0x40 else b"") + (b"\x8b\0\0" if memory & 0x80 else b"")
    return tlv(240, epc + chosen + banks + (b"\x90\0\0\0\0" if content >> 6 & 1 else b""))


def capabilities(antennas: int) -> bytes:
    """What stands behind the status of GET_READER_CAPABILITIES_RESPONSE."""
    ports = range(1, antennas + 1)
    general = struct.pack(">HHIIH", antennas, 0x4000, MAKER, MODEL, len(FIRMWARE)) + FIRMWARE
    general += tlv(139, struct.pack(">Hh", 1, 0))
    general += b"".join(tlv(149, struct.pack(">HHH", one, 1, 1)) for one in ports) + tlv(141, bytes(4))
    general += b"".join(tlv(140, struct.pack(">HHB", one, 1, 1)) for one in ports)
    able = struct.pack(">BBHIIIII", 0x48, 1, 0, 16, 4, 4, 16, 4)
    powers = b"".join(tlv(145, struct.pack(">Hh", number, value)) for number, value in enumerate(POWERS_CENTI_DBM, 1))
    hops = struct.pack(">BBH", 1, 0, 4) + struct.pack(">4I", 865_700, 866_300, 866_900, 867_500)
    modes = b"".join(tlv(329, struct.pack(">IBBBBIIIII", mode, 0x80, miller, 0, 2, rate, 1_500, 6_250, 25_000, 6_250))
                     for mode, miller, rate in _MODES)
    bands = powers + tlv(146, b"\x80" + tlv(147, hops)) + tlv(328, modes)
    return tlv(137, general) + tlv(142, able) + tlv(143, struct.pack(">HH", 276, 2) + tlv(144, bands)) + tlv(327, struct.pack(">BH", 0, 2))
