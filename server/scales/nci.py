"""NCI and Weigh-Tronix: asked with W, answered in lines up to ETX. Source: the 7800, 3700LP and Diva manuals, DEVICES.md section 6."""

import re
from decimal import Decimal
from typing import ClassVar

from server.scales.cutting import Lines
from server.scales.weighing import Command, Heard, Rubbish, Trouble, Weighing

_ANSWER = re.compile(r"\n(?:(?P<value>[ \d-]*\.?\d+) ?(?P<unit>[A-Za-z]{1,2})\r\n)?S?(?P<status>[0-\x7e]{2,3})\r")
_NUMBER = re.compile(r" *-? *\d*\.?\d+")
_UNKNOWN = "\n?\r"
_MOTION, _MEMORY_FAULTS = 0x1, 0xC
_UNDER, _OVER, _ROM_FAULTS = 0x1, 0x2, 0xC
_NET, _NO_ZERO = 0x4, 0x8


class Nci:
    """`LF weight unit CR LF status CR ETX`; only the status while the load moves or is out of range.

    Status: first byte bit 0 motion, 2 and 3 memory faults; second bit 0 under, 1 over, 2 and 3 faults; third, where there is one,
    bit 2 net, 3 not zeroed.
    """

    question: ClassVar[bytes] = b"W\r"
    hello: ClassVar[bytes] = b""
    commands: ClassVar[dict[Command, bytes]] = {"zero": b"Z\r"}

    def __init__(self) -> None:
        self._lines = Lines(b"\x03")

    def feed(self, data: bytes) -> list[Heard]:
        """What whole answers say."""
        return [_heard(line) for line in self._lines.feed(data)]


def _heard(answer: bytes) -> Heard:
    text = answer.decode("ascii", "replace")
    found = _ANSWER.fullmatch(text)
    if found is None or (found["value"] and not _NUMBER.fullmatch(found["value"])):
        return Rubbish(answer, "The scale does not know the command." if text == _UNKNOWN else "This is no answer of an NCI scale.")
    status = [ord(one) for one in found["status"]] + [0x30] * (3 - len(found["status"]))
    trouble = _trouble(status)
    if not found["value"]:
        is_moving = status[0] & _MOTION
        return Weighing(trouble=trouble or "busy") if trouble or is_moving else Rubbish(answer, "This is the end of an answer.")
    return Weighing(value=Decimal(found["value"].replace(" ", "")), unit=found["unit"].lower(), is_stable=not status[0] & _MOTION,
                    is_net=bool(status[2] & _NET), trouble=trouble)


def _trouble(status: list[int]) -> Trouble:
    if status[0] & _MEMORY_FAULTS or status[1] & _ROM_FAULTS or status[2] & _NO_ZERO:
        return "range"
    return "over" if status[1] & _OVER else "under" if status[1] & _UNDER else ""
