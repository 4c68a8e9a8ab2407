"""Toledo 8217, of checkouts: asked with W, answered with digits or a status byte. Source: Diva manual p. 45 and 50, DEVICES.md section 6."""

import re
from decimal import Decimal
from typing import ClassVar

from server.scales.cutting import Lines
from server.scales.weighing import Command, Heard, Rubbish, Trouble, Weighing

_ANSWER = re.compile(rb"\x02(?:(?P<value>\d{2}\.\d{2,3}|0\d{2}\.\d{2})(?P<net>N?)|\?(?P<status>[\x40-\x7f]))")
_MOTION, _OVER, _UNDER = 0x01, 0x02, 0x04


class Toledo8217:
    """`STX 01.250 CR`, with N before CR where net. It names no unit: kilograms have three decimals, pounds two.

    Some models write pounds as `001.25`. Instead of a weight `STX ? status CR`: bit 0 motion, 1 over, 2 under zero.
    """

    question: ClassVar[bytes] = b"W"
    hello: ClassVar[bytes] = b""
    commands: ClassVar[dict[Command, bytes]] = {"zero": b"Z"}

    def __init__(self) -> None:
        self._lines = Lines(b"\r")

    def feed(self, data: bytes) -> list[Heard]:
        """What whole answers say; a weight is only given at rest."""
        return [_heard(line) for line in self._lines.feed(data)]


def _heard(line: bytes) -> Heard:
    found = _ANSWER.fullmatch(line)
    if found is None:
        return Rubbish(line, "This is no answer of a Toledo 8217.")
    if found["status"]:
        return Weighing(trouble=_trouble(found["status"][0]))
    value = Decimal(found["value"].decode())
    return Weighing(value=value, unit="lb" if value.as_tuple().exponent == -2 else "kg", is_stable=True, is_net=bool(found["net"]))


def _trouble(status: int) -> Trouble:
    return "over" if status & _OVER else "under" if status & _UNDER else "busy"
