"""Lays up to nine pieces into one carton in every way that straight cuts through the whole could part again.

Of every set of pieces the boxes are listed that they can be put together to, two smaller sets side by side, behind or above each other;
a box that another one of the same set goes into, or that wastes more than the carton has to waste, is left out. So this finds what a
greedy search misses where a carton is nearly full. (Bottom-up like the two-dimensional search of Wang 1983.)
"""

import time
from collections.abc import Iterator, Sequence
from itertools import permutations

from server.wms.cartons.models import CartonType, Placement, Ware

PIECES_MAX = 9
_BOXES_MAX = 6
"""Boxes that are kept of one set, those that waste least."""
_PAIRS_MAX = 500_000
"""Work is counted, so that the same order gets the same carton on a busy machine."""

Sides = tuple[int, int, int]
_Made = tuple[int, Sides, int, Sides] | None
"""A box is one piece as it lies (None), or two boxes: of which set, and how large."""
_Boxes = dict[Sides, _Made]


def lay_by_cuts(wares: Sequence[Ware], carton: CartonType, *, ends: float) -> tuple[Placement, ...]:
    """All pieces, numbered from below; () where no such way is, or none was found by `ends` (time.thread_time)."""
    pieces = [ware for ware in wares for _ in range(ware.count)]
    if len(pieces) > PIECES_MAX:
        return ()
    search = _Search(pieces, (carton.length_mm, carton.width_mm, carton.height_mm), ends)
    everything = (1 << len(pieces)) - 1
    boxes = search.boxes(everything)
    if not boxes:
        return ()
    laid = sorted(search.places(everything, min(boxes, key=lambda box: (box[2], box)), (0, 0, 0)), key=lambda one: (one[1][2], one[1][1], one[1][0]))
    return tuple(Placement(number=number, item=pieces[at].item, x_mm=x, y_mm=y, z_mm=z, length_mm=sides[0], width_mm=sides[1], height_mm=sides[2])
                 for number, (at, (x, y, z), sides) in enumerate(laid, 1))


class _Search:
    """The boxes of every set of pieces; a set is a number with a bit for each."""

    def __init__(self, pieces: Sequence[Ware], inner: Sides, ends: float) -> None:
        self._pieces, self._inner, self._ends = pieces, inner, ends
        self._pairs = 0
        self._volumes = [0] * (1 << len(pieces))
        for chosen in range(1, 1 << len(pieces)):
            last = chosen.bit_length() - 1
            self._volumes[chosen] = self._volumes[chosen - (1 << last)] + pieces[last].volume_mm3
        self._waste = inner[0] * inner[1] * inner[2] - self._volumes[-1]
        self._known: list[_Boxes] = [{} for _ in self._volumes]

    def boxes(self, everything: int) -> _Boxes:
        """What all of them can be put together to; none where the time was too short for it."""
        if self._waste < 0:
            return {}
        for chosen in range(1, everything + 1):  # whatever a set is made of has a smaller number
            self._known[chosen] = self._single(chosen.bit_length() - 1) if chosen & (chosen - 1) == 0 else self._joined(chosen)
            if self._pairs > _PAIRS_MAX or time.thread_time() >= self._ends:
                return {}
        return self._known[everything]

    def places(self, chosen: int, box: Sides, corner: Sides) -> Iterator[tuple[int, Sides, Sides]]:
        """Number, place and sides of each piece of a box."""
        made = self._known[chosen][box]
        if made is None:
            yield chosen.bit_length() - 1, corner, box
            return
        first, one, second, other = made
        axis = next(at for at in range(3) if one[at] + other[at] == box[at])
        x, y, z = (corner[at] + (one[at] if at == axis else 0) for at in range(3))
        yield from self.places(first, one, corner)
        yield from self.places(second, other, (x, y, z))

    def _single(self, number: int) -> _Boxes:
        ware = self._pieces[number]
        return {(a, b, c): None for a, b, c in set(permutations((ware.length_mm, ware.width_mm, ware.height_mm)))
                if a <= self._inner[0] and b <= self._inner[1] and c <= self._inner[2] and (not ware.this_side_up or c == ware.height_mm)}

    def _joined(self, chosen: int) -> _Boxes:
        made: _Boxes = {}
        lowest = chosen & -chosen
        first = (chosen - 1) & chosen
        while first:
            if first & lowest:  # the other half are the same pairs the other way round
                self._join(first, chosen - first, self._volumes[chosen] + self._waste, made)
            first = (first - 1) & chosen
        return _without_larger(made)

    def _join(self, first: int, second: int, most: int, made: _Boxes) -> None:
        length, width, height = self._inner
        self._pairs += len(self._known[first]) * len(self._known[second])
        for one in self._known[first]:
            a, b, c = one
            for other in self._known[second]:
                d, e, f = other
                wide, deep, high = max(a, d), max(b, e), max(c, f)
                if a + d <= length and (a + d) * deep * high <= most:
                    made.setdefault((a + d, deep, high), (first, one, second, other))
                if b + e <= width and wide * (b + e) * high <= most:
                    made.setdefault((wide, b + e, high), (first, one, second, other))
                if c + f <= height and wide * deep * (c + f) <= most:  # the wider one lies below
                    made.setdefault((wide, deep, c + f), (first, one, second, other) if a * b >= d * e else (second, other, first, one))


def _without_larger(made: _Boxes) -> _Boxes:
    kept: _Boxes = {}
    for box in sorted(made, key=lambda one: (one[0] * one[1] * one[2], one)):
        if len(kept) >= _BOXES_MAX:
            break
        if not any(one[0] <= box[0] and one[1] <= box[1] and one[2] <= box[2] for one in kept):
            kept[box] = made[box]
    return kept
