"""The application identifiers: what each may hold and with what it may stand together."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from labels.gs1.linters import LINTERS, Linter

_TABLE = Path(__file__).parent / "identifiers.tsv"
_COMPONENT = re.compile(r"(\[?)([NXYZ])(\.\.)?(\d+)\]?((?:,\w+)*)")
_SETS = {"N": "csetnumeric", "X": "cset82", "Y": "cset39", "Z": "cset64"}
_PREDEFINED = {"00": 20, "01": 16, "02": 16, "03": 16, "04": 18, "11": 8, "12": 8, "13": 8, "14": 8, "15": 8, "16": 8,
               "17": 8, "18": 8, "19": 8, "20": 4, "31": 10, "32": 10, "33": 10, "34": 10, "35": 10, "36": 10, "41": 16}
"""Length with AI, by the AI's first two digits (GS1 General Specifications 7.8.5): ends without a separator."""


@dataclass(frozen=True, slots=True)
class Component:
    """A part of an identifier's value."""

    shortest: int
    longest: int
    optional: bool
    linters: tuple[Linter, ...]


@dataclass(frozen=True, slots=True)
class Identifier:
    """An application identifier; `requires` and `excludes` hold patterns such as 31nn."""

    ai: str
    components: tuple[Component, ...]
    predefined: bool
    query: bool
    requires: tuple[tuple[tuple[str, ...], ...], ...]
    excludes: tuple[str, ...]
    is_key: bool
    qualifiers: tuple[tuple[str, ...], ...]
    title: str

    @property
    def shortest(self) -> int:
        """The least number of characters."""
        return sum(part.shortest for part in self.components if not part.optional)

    @property
    def longest(self) -> int:
        """The greatest number of characters."""
        return sum(part.longest for part in self.components)


def identifier(ai: str) -> Identifier | None:
    """The identifier of a code such as 01 or 3103."""
    return _all().get(ai)


def identifier_at(text: str, at: int) -> Identifier | None:
    """The identifier that begins at a place of an element string; no code is the beginning of another."""
    known = _all()
    for length in (2, 3, 4):
        found = known.get(text[at : at + length])
        if found is not None:
            return found
    return None


def predefined_length(text: str, at: int) -> int | None:
    """How long the element that begins here is by the table of predefined lengths, its AI included."""
    return _PREDEFINED.get(text[at : at + 2])


def matches(ai: str, pattern: str) -> bool:
    """Whether an AI fits a pattern: n stands for any digit."""
    return len(ai) == len(pattern) and all(want in ("n", got) for got, want in zip(ai, pattern, strict=True))


def all_identifiers() -> Iterable[Identifier]:
    """Every identifier, in order."""
    return _all().values()


@cache
def _all() -> dict[str, Identifier]:
    found: dict[str, Identifier] = {}
    for line in _TABLE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            for one in _identifiers(line):
                found[one.ai] = one
    return found


def _identifiers(line: str) -> Iterable[Identifier]:
    codes, flags, components, rules, title = line.split("\t")
    first, _, last = codes.partition("-")
    parts = tuple(_component(text) for text in components.split())
    attributes = [rule.partition("=") for rule in rules.split()]
    keys = [value for name, _, value in attributes if name == "dlpkey"]
    for number in range(int(first), int(last or first) + 1):
        yield Identifier(
            ai=str(number).zfill(len(first)), components=parts, predefined="F" in flags, query="Q" in flags,
            requires=tuple(_alternatives(value) for name, _, value in attributes if name == "req"),
            excludes=tuple(ai for name, _, value in attributes if name == "ex" for ai in value.split(",")),
            is_key=bool(keys), title=title,
            qualifiers=tuple(tuple(group.split(",")) for value in keys for group in value.split("|") if group),
        )


def _alternatives(value: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(group.split("+")) for group in value.split(","))


def _component(text: str) -> Component:
    found = _COMPONENT.fullmatch(text)
    if found is None:
        raise AssertionError(f"the table of identifiers has a component {text}")
    optional, kind, variable, length, linters = found.groups()
    names = [_SETS[kind], *(name for name in linters.split(",") if name)]
    shortest = 1 if variable else int(length)
    return Component(shortest, int(length), bool(optional), tuple(LINTERS[name] for name in names))
