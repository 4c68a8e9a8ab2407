"""What stands before the antennas: tags that stay, or pass once or several times, and how often each is read."""

import math
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from labels.gs1.epc import EpcFault
from labels.gs1.epc_texts import encoded

_WEAKEST_DBM, _STRONGEST_DBM = -75, -45
_CATCH_UP_SECONDS = 1.0
"""What a reader that was held up longer than this would have read is not read afterwards."""


class UnknownTag(ValueError):
    """A line that describes no tag; says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A tag: from `begins` on it passes `passages` times, each `lasts` seconds, one every `every`; it stays where `lasts` is None.

    It passes the antennas in their order; where it stays, all of them read it in turn.
    """

    epc: bytes
    antennas: tuple[int, ...] = (1,)
    begins: float = 0.0
    lasts: float | None = None
    passages: int = 1
    every: float = 60.0

    @classmethod
    def of(cls, line: str) -> "Tag":
        """From a line: hexadecimal or a URI, then any of antennas=1,2 from=0 for=3 passages=2 every=20. Raises UnknownTag."""
        text, *words = line.split()
        try:
            said = dict(word.split("=", 1) for word in words)
            epc = encoded(text).data
            return replace(cls(epc=epc), **_understood(said))
        except (EpcFault, ValueError) as error:
            raise UnknownTag(f"{line.strip()[:80]!r} describes no tag: {error} Write EPC antennas=1,2 from=0 for=3 passages=2 every=20, "
                             "what you leave out stays as it is by itself.") from error

    def place(self, at: float) -> float | None:
        """How far it is at this second, 0 to 1; None where it is not in the field."""
        into = at - self.begins
        if into < 0:
            return None
        if self.lasts is None:
            return 0.5
        number, into = (0, into) if self.passages == 1 else divmod(into, self.every)
        return into / self.lasts if number < self.passages and into < self.lasts else None


@dataclass(frozen=True, slots=True)
class Read:
    """One read of one tag."""

    epc: bytes
    antenna: int
    rssi_dbm: int


class Field:
    """The tags of a reader, and the reads of them that are due: `speed` a second in all, shared among those in the field."""

    def __init__(self, tags: Iterable[Tag] = (), speed: float = 100.0) -> None:
        self.speed = speed
        self._tags = list(tags)
        self._lock = threading.Lock()

    def add(self, tag: Tag) -> None:
        """Puts a tag into the field, or in the place of one with its EPC."""
        with self._lock:
            self._tags = [one for one in self._tags if one.epc != tag.epc] + [tag]

    def remove(self, epc: bytes) -> None:
        """Takes a tag away."""
        with self._lock:
            self._tags = [one for one in self._tags if one.epc != epc]

    def tags(self) -> Sequence[Tag]:
        """All that are known."""
        with self._lock:
            return tuple(self._tags)


class Inventory:
    """One reader's reading of a field, from now on: its seconds begin when it begins."""

    def __init__(self, field: Field) -> None:
        self._field = field
        self._began = self._until = time.monotonic()
        self._turn = 0

    def due(self, antennas: Sequence[int]) -> list[Read]:
        """What these antennas have read since it was asked before."""
        now, rate = time.monotonic(), self._field.speed
        self._until = max(self._until, now - _CATCH_UP_SECONDS)
        count = math.floor((now - self._until) * rate)
        self._until += count / rate
        there = list(self._in_field(now - self._began, antennas)) if count else []
        return [self._next(there) for _ in range(count)] if there else []

    def _in_field(self, at: float, antennas: Sequence[int]) -> Iterator[tuple[Tag, float, Sequence[int]]]:
        """The tags that can be read now, and by which antennas."""
        for tag in self._field.tags():
            place = tag.place(at)
            if place is not None:
                before = tag.antennas if tag.lasts is None else tag.antennas[_index(place, tag):][:1]
                seen = [one for one in before if one in antennas]
                if seen:
                    yield tag, place, seen

    def _next(self, there: Sequence[tuple[Tag, float, Sequence[int]]]) -> Read:
        self._turn += 1
        tag, place, antennas = there[self._turn % len(there)]
        antenna = antennas[self._turn // len(there) % len(antennas)]
        # strongest in the middle of an antenna; what stays there flickers
        off = self._turn * 7 % 11 / 11 if tag.lasts is None else abs(place * len(tag.antennas) % 1 - 0.5) * 2
        return Read(tag.epc, antenna, round(_STRONGEST_DBM - off * (_STRONGEST_DBM - _WEAKEST_DBM)))


def _index(place: float, tag: Tag) -> int:
    return min(int(place * len(tag.antennas)), len(tag.antennas) - 1)


def read_tags(lines: Iterable[str]) -> list[Tag]:
    """The tags of a file, one a line; what stands behind # is for people. Raises UnknownTag."""
    told = (line.partition("#")[0] for line in lines)
    return [Tag.of(line) for line in told if line.strip()]


def _understood(said: dict[str, str]) -> dict[str, Any]:
    """The words of a line as fields of a Tag; ValueError for others."""
    values: dict[str, Any] = {}
    for word, text in said.items():
        match word:
            case "antennas":
                values["antennas"] = tuple(_antenna(one) for one in text.split(","))
            case "from" | "for" | "every":
                values[{"from": "begins", "for": "lasts"}.get(word, word)] = _seconds(text)
            case "passages":
                values["passages"] = int(text)
            case _:
                raise ValueError(f"{word} is no word for a tag.")
    if values.get("passages", 1) != 1 and "lasts" not in values:
        raise ValueError("a tag that passes needs for=SECONDS.")
    if values.get("every", 60.0) < max(values.get("lasts", 0.0), 0.001) and values.get("passages", 1) != 1:
        raise ValueError("a passage that lasts longer than until the next one.")
    return values


def _antenna(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 64:
        raise ValueError("antennas are 1 to 64.")
    return number


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds < 1e9:
        raise ValueError("seconds are not negative.")
    return seconds
