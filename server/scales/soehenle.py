"""Soehenle terminals: asked with <A>, answered in lines. Source: lines of real scales, named in the shared data's scale_lines.json."""

import re
from decimal import Decimal
from typing import ClassVar

from server.scales.cutting import Lines
from server.scales.weighing import Command, Heard, Rubbish, Trouble, Weighing

_LINE = re.compile(r"(?:A\d{7})?(?P<under>[01])(?P<over>[01])(?P<stable>[01])\d{3}(?P<kind>[A-Z])"
                   r"(?P<value> *-? *\d+(?:[.,]\d+)?) (?P<unit>[A-Za-z]{1,2}) ?")


class Soehenle:
    """`[A and 7 digits of the alibi memory] underload overload standstill, scale(3), kind, weight with a comma, unit`."""

    question: ClassVar[bytes] = b"<A>\r\n"
    hello: ClassVar[bytes] = b""
    commands: ClassVar[dict[Command, bytes]] = {}

    def __init__(self) -> None:
        self._lines = Lines(b"\r\n")

    def feed(self, data: bytes) -> list[Heard]:
        """What whole lines say."""
        return [_heard(line) for line in self._lines.feed(data) if line]


def _heard(line: bytes) -> Heard:
    found = _LINE.fullmatch(line.decode("ascii", "replace"))
    if found is None:
        return Rubbish(line, "This is no line of a Soehenle scale.")
    trouble: Trouble = "under" if found["under"] == "1" else "over" if found["over"] == "1" else ""
    return Weighing(value=Decimal(found["value"].replace(" ", "").replace(",", ".")), unit=found["unit"].lower(),
                    is_stable=found["stable"] == "1", is_net=found["kind"] == "N", trouble=trouble)
