"""The floor as a walk sees it: aisles at x, cross aisles at y, picks in aisles. Metres."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.kernel.errors import Invalid

Corner = tuple[int, int]
PICKS_MAX = 2_000
AISLES_MAX = 1_000
CROSS_AISLES_MAX = 6
_NEAR = 1e-6


@dataclass(frozen=True, slots=True)
class Layout:
    """Aisles and cross aisles in ascending order; depot and end are corners (aisle, cross aisle).

    `picks` are (aisle, y); `numbers` says for each aisle of the input where it stands in `aisles`.
    """

    aisles: tuple[float, ...]
    cross_aisles: tuple[float, ...]
    depot: Corner
    end: Corner
    picks: tuple[tuple[int, float], ...]

    def corner_at(self, corner: Corner) -> tuple[float, float]:
        """Where a corner is."""
        return self.aisles[corner[0]], self.cross_aisles[corner[1]]


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk's length in metres, the picks in the order of the walk, and how it was found."""

    length: float
    sequence: tuple[int, ...]
    method: str


def layout_of(document: Mapping[str, Any]) -> Layout:
    """A layout from JSON: aisles, cross_aisles, depot, end (the depot if left out), picks. Invalid says what is wrong."""
    if not isinstance(document, Mapping):
        raise _wrong("file", "must hold an object with aisles, cross_aisles, depot and picks")
    xs = _numbers(document, "aisles", AISLES_MAX)
    ys = _numbers(document, "cross_aisles", CROSS_AISLES_MAX)
    order = sorted(range(len(xs)), key=lambda number: xs[number])
    place = {number: at for at, number in enumerate(order)}
    aisles, crosses = tuple(xs[number] for number in order), tuple(sorted(ys))
    depot = _corner(document.get("depot"), "depot", aisles, crosses)
    end = depot if document.get("end") is None else _corner(document["end"], "end", aisles, crosses)
    return Layout(aisles, crosses, depot, end, _picks(document.get("picks"), place))


def distance(layout: Layout, one: tuple[int, float], other: tuple[int, float]) -> float:
    """The shortest way between two points (aisle, y)."""
    if one[0] == other[0]:
        return abs(one[1] - other[1])
    along = min(abs(one[1] - y) + abs(other[1] - y) for y in layout.cross_aisles)
    return along + abs(layout.aisles[one[0]] - layout.aisles[other[0]])


def _numbers(document: Mapping[str, Any], name: str, most: int) -> list[float]:
    values = document.get(name)
    if not isinstance(values, Sequence) or isinstance(values, str) or not 1 <= len(values) <= most:
        raise _wrong(name, f"must be a list of 1 to {most} numbers")
    for number, value in enumerate(values):
        if not _is_number(value):
            raise _wrong(f"{name}[{number}]", f"is {value!r}, not a number of metres")
    if len({float(value) for value in values}) != len(values):
        raise _wrong(name, "names one place twice")
    return [float(value) for value in values]


def _corner(value: Any, name: str, aisles: Sequence[float], crosses: Sequence[float]) -> Corner:
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 2 or not all(map(_is_number, value)):
        raise _wrong(name, "must be [x, y] in metres")
    aisle = next((at for at, x in enumerate(aisles) if abs(x - value[0]) < _NEAR), None)
    cross = next((at for at, y in enumerate(crosses) if abs(y - value[1]) < _NEAR), None)
    if aisle is None or cross is None:
        raise _wrong(name, f"{list(value)} does not lie where an aisle meets a cross aisle")
    return aisle, cross


def _picks(value: Any, place: Mapping[int, int]) -> tuple[tuple[int, float], ...]:
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) > PICKS_MAX:
        raise _wrong("picks", f"must be a list of at most {PICKS_MAX} [aisle index, y]")
    picks = []
    for number, pick in enumerate(value):
        if not isinstance(pick, Sequence) or isinstance(pick, str) or len(pick) != 2 or not all(map(_is_number, pick)):
            raise _wrong(f"picks[{number}]", "must be [aisle index, y]")
        if pick[0] != int(pick[0]) or int(pick[0]) not in place:
            raise _wrong(f"picks[{number}]", f"aisle {pick[0]} does not exist: there are {len(place)}, counted from 0")
        picks.append((place[int(pick[0])], float(pick[1])))
    return tuple(picks)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and abs(value) < 1e7


def _wrong(where: str, what: str) -> Invalid:
    return Invalid(f"The layout cannot be read: {where} {what}.", errors=[{"where": where, "what": what}])
