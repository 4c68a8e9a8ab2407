"""What a scale says, whatever its protocol: a weighing, a word about a command, or rubbish."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Literal, Protocol, TypeAlias

Trouble = Literal["", "over", "under", "range", "busy"]
Command = Literal["zero", "tare"]

GRAMS = {"g": Decimal(1), "kg": Decimal(1000), "t": Decimal(1_000_000), "mg": Decimal("0.001"),
         "lb": Decimal("453.59237"), "oz": Decimal("28.349523125")}
"""Grams of a unit; pound and ounce by the international yard and pound agreement of 1959."""


class ScaleError(ValueError):
    """The base of what is refused about scales: settings that cannot be meant, commands that a scale does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighing:
    """One answer of a scale: value and unit as sent. Where there is trouble the value means nothing.

    `over` and `under`: beyond the ends of the scale; `range`: the scale itself says that this is no weight to use; `busy`: it does
    not know one now. `is_stable`: the scale says that the load is at rest.
    """

    value: Decimal = Decimal(0)
    unit: str = ""
    is_stable: bool = False
    is_net: bool = False
    trouble: Trouble = ""


@dataclass(frozen=True, slots=True)
class Done:
    """The answer to a zero or tare command; `refused` says why it was not done."""

    command: Command
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """The scale says what it is."""

    firmware: str


@dataclass(frozen=True, slots=True)
class Rubbish:
    """Bytes that say nothing in this protocol."""

    data: bytes
    why: str


Heard: TypeAlias = Weighing | Done | Named | Rubbish


class Dialect(Protocol):
    """A protocol. `feed` takes bytes as they come, however cut, and gives what they say; the rest waits for the next bytes.

    `question` is sent for each weighing; empty where the scale talks by itself. `hello` is sent once and may be answered by Named.
    `commands` are the bytes of the commands that the protocol has.
    """

    question: ClassVar[bytes]
    hello: ClassVar[bytes]
    commands: ClassVar[dict[Command, bytes]]

    def feed(self, data: bytes) -> list[Heard]:
        """What has become clear by these bytes, in order."""
