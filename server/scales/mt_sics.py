"""MT-SICS, level 0 and 1: lines of ASCII, asked for. Source: Mettler-Toledo's reference manuals, DEVICES.md section 6."""

import re
from decimal import Decimal
from typing import ClassVar

from server.scales.cutting import Lines
from server.scales.weighing import Command, Done, Heard, Named, Rubbish, Trouble, Weighing

_WEIGHT = re.compile(r"SI? (?P<how>[SD]) (?P<value>[ +\-.\d]{10}) (?P<unit>[A-Za-z]{1,2})")
_NUMBER = re.compile(r" *[+-]? *\d+(\.\d+)?")
_STATUS = re.compile(r"SI? (?P<status>[I+-])")
_DONE = re.compile(r"(?P<command>ZI?|TI?) (?P<status>[ASDI+-])( .*)?")
_NAME = re.compile(r'I4 A "(?P<name>[^"]*)"')
_ERRORS = {"ES": "does not know the command", "ET": "says that the command came damaged", "EL": "says that the command cannot be carried out"}
_TROUBLES: dict[str, Trouble] = {"I": "busy", "+": "over", "-": "under"}
_COMMANDS: dict[str, Command] = {"Z": "zero", "T": "tare"}
_REFUSALS = {"I": "it is not at rest", "+": "the load is too great", "-": "the load is too small"}


class MtSics:
    """A weight is `S S` or `S D`, ten characters of number, and a unit: whoever loses one on the way loses the line, not a digit."""

    question: ClassVar[bytes] = b"SI\r\n"
    hello: ClassVar[bytes] = b"I4\r\n"
    commands: ClassVar[dict[Command, bytes]] = {"zero": b"Z\r\n", "tare": b"T\r\n"}

    def __init__(self) -> None:
        self._lines = Lines(b"\r\n")

    def feed(self, data: bytes) -> list[Heard]:
        """What whole lines say; some makers answer SI with `SI` instead of `S`, both are taken."""
        return [_heard(line) for line in self._lines.feed(data) if line]


def _heard(line: bytes) -> Heard:
    text = line.decode("ascii", "replace")
    if (weight := _WEIGHT.fullmatch(text)) and _NUMBER.fullmatch(weight["value"]):
        return Weighing(value=Decimal(weight["value"].replace(" ", "")), unit=weight["unit"].lower(), is_stable=weight["how"] == "S")
    if status := _STATUS.fullmatch(text):
        return Weighing(trouble=_TROUBLES[status["status"]])
    if done := _DONE.fullmatch(text):
        return Done(_COMMANDS[done["command"][0]], _REFUSALS.get(done["status"], ""))
    if name := _NAME.fullmatch(text):
        return Named(name["name"])
    return Rubbish(line, f"The scale {_ERRORS[text]}." if text in _ERRORS else "This is no line of MT-SICS.")
