"""A short order of points by a library for travelling salesmen, where distances may be different there and back.

The library takes whole numbers up to 65,535, wants the same distance both ways, and finds closed tours. It is exact
for few points. A way from one point to another becomes a tour when both ends lie side by side in it; distances that
differ there and back become equal when each point is two, one to come to and one to leave from (Jonker and Volgenant
1983). Two points that must lie side by side are nothing apart, and everything else is so much farther from them.
"""

from collections.abc import Sequence
from math import inf, isfinite

from fast_tsp import find_tour

Far = Sequence[Sequence[float]]
SECONDS = 0.012
_FAR_MAX = 65_535
_APART = 20_000
_EXACT_MAX = 14
_SEARCH_MIN = 21
"""The library searches from so many points on; below it tries all, which takes it half a second for twenty."""


def short_order(far: Far, *, seconds: float = SECONDS) -> list[int]:
    """The points between the first and the last in a short order; `far[i][j]` is inf where no way leads."""
    count = len(far)
    if count <= 3:
        return list(range(1, count - 1))
    if count - 1 <= _EXACT_MAX:
        return _closed(_whole(_round_trip(far), _FAR_MAX), seconds)[1:]
    if all(far[i][j] == far[j][i] for i in range(count) for j in range(i)):
        return _between_ends(far, seconds)
    return _doubled(_whole(_round_trip(far), _APART), seconds)


def _round_trip(far: Far) -> list[list[float]]:
    """First and last point become one: left as the first, come to as the last."""
    return [[0.0 if at == 0 else row[-1], *row[1:-1]] for at, row in enumerate(far[:-1])]


def _whole(far: Far, most: int) -> list[list[int]]:
    """Whole numbers up to `most`; where ways are missing so small that no detour costs as much as one of those."""
    lengths = [metres for row in far for metres in row]
    longest = max((metres for metres in lengths if isfinite(metres)), default=0.0)
    if inf in lengths:
        most = min(most, (_FAR_MAX - _APART) // len(far))
    scale = most / longest if longest else 0.0
    return [[_FAR_MAX if metres == inf else int(metres * scale + 0.5) for metres in row] for row in far]


def _closed(far: list[list[int]], seconds: float) -> list[int]:
    """A tour that starts at point 0."""
    tour = find_tour(far, seconds)
    start = tour.index(0)
    return [*tour[start:], *tour[:start]]


def _between_ends(far: Far, seconds: float) -> list[int]:
    """The first and the last point lie side by side in the tour; of few points one is named several times."""
    count = len(far)
    at = [0, *[1] * max(0, _SEARCH_MIN - count), *range(1, count)]
    whole = _whole([[far[i][j] for j in at] for i in at], _APART)
    for row in whole[1:-1]:
        row[0] += _APART
        row[-1] += _APART
    whole[0] = [0, *(value + _APART for value in whole[0][1:-1]), 0]
    whole[-1] = whole[0][:1] + [value + _APART for value in whole[-1][1:-1]] + [0]
    tour = [at[number] for number in _closed(whole, seconds)]
    if tour[1] == count - 1:
        tour = [0, *tour[:0:-1]]
    return [number for number in dict.fromkeys(tour) if 0 < number < count - 1]


def _doubled(far: list[list[int]], seconds: float) -> list[int]:
    """Point i is come to as i and left as count + i."""
    count = len(far)
    rows = [[_FAR_MAX] * count + [min(row[at] + _APART, _FAR_MAX) for row in far] for at in range(count)]
    rows += [[min(value + _APART, _FAR_MAX) for value in row] + [_FAR_MAX] * count for row in far]
    for at in range(count):
        rows[at][at] = rows[at][count + at] = rows[count + at][at] = rows[count + at][count + at] = 0
    tour = _closed(rows, seconds)
    if tour[1] != count:
        tour = [0, *tour[:0:-1]]
    return list(dict.fromkeys(number % count for number in tour))[1:]
