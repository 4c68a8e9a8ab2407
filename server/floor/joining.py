"""Codes that belong together: what is read of one pallet on its way past a station, by however many readers. Pure.

A supplier's label is often split over two barcodes, and a pallet carries others beside it. What is read within
`gather_ms` is one passage; another SSCC is another pallet, however close behind.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

GATHER_MS = 250
AGAIN_MS = 5_000
_REMEMBERED_MAX = 2_000
_INCOMPLETE = "missing_ai"
_GS = "\x1d"
_IDENTIFIER = re.compile(r"^\][A-Za-z][0-9]")
_SAID = ("lpn", "item", "lot", "serial", "expiry", "production_date", "quantity", "weight", "document", "location", "badge")


@dataclass(slots=True)
class Passage:
    """What was read of one thing that passed: `slots` as an operation takes them, and every code as it was read.

    `differing` names what two codes said differently; the first one counts. `incomplete` are codes that GS1 allows only
    beside an SSCC (content and count of a pallet), which stands in another barcode of the same label. `done` is the
    command card DONE.
    """

    at: int
    slots: dict[str, Any] = field(default_factory=dict)
    codes: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    incomplete: list[str] = field(default_factory=list)
    done: bool = False


class Joiner:
    """Readings in, passages out; times are milliseconds of any clock that does not go back. `read` reads what was put together."""

    def __init__(self, read: Callable[[str], Mapping[str, Any]], *, gather_ms: int = GATHER_MS, again_ms: int = AGAIN_MS) -> None:
        self._read, self._gather_ms, self._again_ms = read, gather_ms, again_ms
        self._open: Passage | None = None
        self._seen: dict[str, int] = {}

    def add(self, reading: Mapping[str, Any], at: int) -> list[Passage]:
        """Takes a reading; the passage that ended before it, if one did. A code that is still in sight counts once."""
        ended = self.due(at)
        if self._is_in_sight(str(reading["raw"]), at):
            return ended
        sscc = _first(reading, "lpn")
        if self._open is not None and sscc is not None and self._open.slots.get("lpn", sscc) != sscc:
            ended.append(self._close())
        if self._open is None:
            self._open = Passage(at)
        _put(self._open, reading)
        return ended

    def due(self, at: int) -> list[Passage]:
        """The passage whose time to gather is over."""
        return [self._close()] if self._open is not None and at >= self._open.at + self._gather_ms else []

    @property
    def due_at(self) -> int | None:
        """When `due` will have something."""
        return None if self._open is None else self._open.at + self._gather_ms

    def _close(self) -> Passage:
        if self._open is None:
            raise AssertionError("no passage is open")
        ended, self._open = self._open, None
        if ended.incomplete and "lpn" in ended.slots:
            self._complete(ended)
        return ended

    def _complete(self, passage: Passage) -> None:
        """Reads what only makes sense beside the SSCC together with it."""
        parts = [_IDENTIFIER.sub("", code) for code in passage.incomplete]
        reading = self._read(f"]C100{passage.slots['lpn']}{_GS.join(parts)}")
        if not reading.get("error"):
            passage.unread = [code for code in passage.unread if code != _INCOMPLETE]
            _put_values(passage, reading)

    def _is_in_sight(self, raw: str, at: int) -> bool:
        last = self._seen.pop(raw, None)
        self._seen[raw] = at  # popped first, so that the oldest stay in front
        if len(self._seen) > _REMEMBERED_MAX:
            del self._seen[next(iter(self._seen))]
        return last is not None and at - last < self._again_ms


def _put(passage: Passage, reading: Mapping[str, Any]) -> None:
    passage.codes.append(str(reading["raw"])[:512])
    if reading.get("error"):
        passage.unread.append(str(reading["error"]["code"]))
        if reading["error"]["code"] == _INCOMPLETE:
            passage.incomplete.append(str(reading["raw"]))
    _put_values(passage, reading)


def _put_values(passage: Passage, reading: Mapping[str, Any]) -> None:
    for value in reading["values"]:
        passage.done = passage.done or (value["type"], value.get("key")) == ("command", "DONE")
        if value["type"] not in _SAID:
            continue
        said = value.get("key", value.get("n"))
        if said is None:
            continue  # an item that nobody knows here
        if passage.slots.setdefault(value["type"], said) != said and value["type"] not in passage.differing:
            passage.differing.append(value["type"])
        if value["type"] == "item":
            passage.slots.setdefault("pack", value.get("quantity", 1))


def _first(reading: Mapping[str, Any], kind: str) -> str | None:
    return next((str(value["key"]) for value in reading["values"] if value["type"] == kind), None)
