"""Lays pieces into one carton by blocks: equal pieces side by side first, then what is left of the space, cut in three.

A greedy search of our own, tried again and again in another order. It takes as long for five hundred pieces as for fifty of as many
items, finds what was cut out of a box by straight cuts more often than a search by corners, and nothing of it hangs in the air: a space
on top of a block is as wide as the block. (The guillotine cut of Gilmore and Gomory 1965, with the blocks of George and Robinson 1980.)
"""

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import permutations

from server.wms.cartons.models import CartonType, Placement, Ware

Sides = tuple[int, int, int]
Space = tuple[int, int, int, int, int, int]
"""x, y, z of its lower corner, then length, width, height."""
_Fit = tuple[float, Space, Sides, Sides]
"""How much is lost by it (less is better), the space, a piece's sides as it lies, and how many along each."""
_LEAST_LUCK, _MOST_LUCK = 0.6, 1.6
_ANY_ORDER = ((0, 1, 2), (1, 0, 2), (0, 2, 1), (1, 2, 0), (2, 0, 1), (2, 1, 0))
"""Of the cuts. Only the first two leave no space above that is wider than the block."""
_RULES = ("low", "tight", "small", "low_tight")


@dataclass(slots=True)
class _Try:
    """One way through: its order is chance, beginning with the largest piece first."""

    luck: random.Random
    is_first: bool
    is_bridging: bool
    """Whether a space may reach beyond the block under it: then pieces may hang in the air."""
    rule: str
    spaces: list[Space]
    laid: list[tuple[int, Space]] = field(default_factory=list)
    """Number of the ware, and where each piece of it lies."""

    def lay(self, number: int, turned: Sequence[Sides], count: int) -> int:
        """Lays up to `count` pieces; how many found no place."""
        while count:
            best = min((one for space in self.spaces for sides in turned for one in self._fits(space, sides, count)), default=None)
            if best is None:
                return count
            _, space, sides, counts = best
            self.laid += [(number, (*at, *sides)) for at in _corners(space, sides, counts)]
            self._cut(space, (sides[0] * counts[0], sides[1] * counts[1], sides[2] * counts[2]))
            count -= counts[0] * counts[1] * counts[2]
        return 0

    def _fits(self, space: Space, sides: Sides, count: int) -> Iterator[_Fit]:
        length, width, height = space[3] // sides[0], space[4] // sides[1], space[5] // sides[2]
        if not (length and width and height):
            return
        along = min(length, count)
        across = min(width, count // along)
        counts = (along, across, min(height, count // (along * across)))
        yield self._loss(space, sides, counts), space, sides, counts

    def _loss(self, space: Space, sides: Sides, counts: Sides) -> float:
        gaps = [space[3 + at] - sides[at] * counts[at] for at in range(3)]
        block = sides[0] * sides[1] * sides[2] * counts[0] * counts[1] * counts[2]
        tight = min(gaps) / (1 + max(space[3:])) + sum(gap > 0 for gap in gaps) - block / (space[3] * space[4] * space[5])
        if not self.is_first:
            tight += self.luck.uniform(0, 2)
        if self.rule == "tight":
            return tight
        if self.rule == "small":
            return space[3] * space[4] * space[5] + tight
        return space[2] + tight * (50 if self.rule == "low_tight" else 0.1)

    def _cut(self, space: Space, block: Sides) -> None:
        """What is left beside, behind and above a block in the corner of a space: in the order of the cuts each is smaller."""
        self.spaces.remove(space)
        order = self._order(space, block)
        corner, sides = list(space[:3]), list(space[3:])
        for axis in order:
            left = sides[axis] - block[axis]
            if left:
                begin, size = corner.copy(), sides.copy()
                begin[axis] += block[axis]
                size[axis] = left
                self._add((*begin, *size))  # type: ignore[arg-type] # three and three numbers
            sides[axis] = block[axis]

    def _order(self, space: Space, block: Sides) -> tuple[int, ...]:
        if self.is_first:
            return (0, 1, 2) if (space[3] - block[0]) * space[4] >= (space[4] - block[1]) * space[3] else (1, 0, 2)
        return self.luck.choice(_ANY_ORDER if self.is_bridging else _ANY_ORDER[:2])

    def _add(self, new: Space) -> None:
        """Two spaces that stand side by side on one level, and end in one line, are one."""
        for at, one in enumerate(self.spaces):
            joined = _joined(one, new) or _joined(new, one)
            if joined is not None:
                del self.spaces[at]
                self._add(joined)
                return
        self.spaces.append(new)


def lay_in_blocks(wares: Sequence[Ware], carton: CartonType, *, support: float, tries: int, ends: float) -> tuple[Placement, ...]:
    """The pieces that were laid in, numbered from below; fewer than there are where no way was found for all.

    `tries` are counted, so that the same order gets the same carton on a busy machine; `ends` (time.thread_time) is only a fuse.
    """
    space = (carton.length_mm, carton.width_mm, carton.height_mm)
    turned = [_turned(ware, space) for ware in wares]
    best: list[tuple[int, Space]] = []
    filled = -1
    for at in range(tries):
        one = _Try(random.Random(at), at == 0, support == 0, _RULES[at % len(_RULES)], [(0, 0, 0, *space)])
        is_complete = _fill(one, wares, turned, ends)
        volume = sum(laid[3] * laid[4] * laid[5] for _, laid in one.laid)
        if volume > filled:
            best, filled = one.laid, volume
        if is_complete or time.thread_time() >= ends:
            break
    return _placed(best, wares)


def _fill(one: _Try, wares: Sequence[Ware], turned: Sequence[Sequence[Sides]], ends: float) -> bool:
    """Whether all pieces were laid in."""
    shares = [ware.volume_mm3 * (1 if one.is_first else one.luck.uniform(_LEAST_LUCK, _MOST_LUCK)) for ware in wares]
    is_complete = True
    for number in sorted(range(len(wares)), key=lambda at: -shares[at]):
        is_complete = not one.lay(number, turned[number], wares[number].count) and is_complete
        if time.thread_time() >= ends:
            return False
    return is_complete


def _turned(ware: Ware, inner: Sides) -> list[Sides]:
    """The ways in which a piece may lie in a carton of these sides."""
    sides = ware.length_mm, ware.width_mm, ware.height_mm
    ways: set[Sides] = set(permutations(sides))  # type: ignore[arg-type] # permutations of three are of three
    return sorted(way for way in ways if (not ware.this_side_up or way[2] == sides[2]) and all(a <= b for a, b in zip(way, inner, strict=True)))


def _corners(space: Space, sides: Sides, counts: Sides) -> Iterator[Sides]:
    for up in range(counts[2]):
        for across in range(counts[1]):
            for along in range(counts[0]):
                yield space[0] + along * sides[0], space[1] + across * sides[1], space[2] + up * sides[2]


def _joined(one: Space, other: Space) -> Space | None:
    if one[2] != other[2] or one[5] != other[5]:
        return None
    if one[1] == other[1] and one[4] == other[4] and one[0] + one[3] == other[0]:
        return (*one[:3], one[3] + other[3], *one[4:])
    if one[0] == other[0] and one[3] == other[3] and one[1] + one[4] == other[1]:
        return (*one[:4], one[4] + other[4], one[5])
    return None


def _placed(laid: Sequence[tuple[int, Space]], wares: Sequence[Ware]) -> tuple[Placement, ...]:
    from_below = sorted(laid, key=lambda one: (one[1][2], one[1][1], one[1][0]))
    return tuple(Placement(number=number, item=wares[at].item, x_mm=x, y_mm=y, z_mm=z, length_mm=length, width_mm=width, height_mm=height)
                 for number, (at, (x, y, z, length, width, height)) in enumerate(from_below, 1))
