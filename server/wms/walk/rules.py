"""Rules of thumb for one block, closed at the depot on the first cross aisle: S-shape, largest gap, bin sequence."""

from itertools import pairwise

from server.wms.walk.layout import Layout, distance


def s_shape(layout: Layout) -> float:
    """Every aisle with picks is walked through; the last of an odd number is walked there and back."""
    by_aisle, low, high = _by_aisle(layout)
    if not by_aisle:
        return 0.0
    length = _sideways(layout, list(by_aisle)) + (high - low) * (len(by_aisle) // 2 * 2)
    return length + (2 * (max(by_aisle[max(by_aisle)]) - low) if len(by_aisle) % 2 else 0.0)


def largest_gap(layout: Layout) -> float:
    """First and last aisle are walked through, the others from both ends up to their largest gap."""
    by_aisle, low, high = _by_aisle(layout)
    if len(by_aisle) < 2:
        return s_shape(layout)
    length = _sideways(layout, list(by_aisle)) + 2 * (high - low)
    for ys in sorted(by_aisle.items())[1:-1]:
        stops = [low, *sorted(ys[1]), high]
        length += 2 * (high - low - max(b - a for a, b in pairwise(stops)))
    return length


def bin_sequence(layout: Layout) -> float:
    """Picks in the order of aisle and bin, each reached by the shortest way: what a sorted list does."""
    start = (layout.depot[0], layout.cross_aisles[layout.depot[1]])
    points = [start, *sorted(layout.picks), start]
    return sum(distance(layout, one, other) for one, other in pairwise(points))


def _by_aisle(layout: Layout) -> tuple[dict[int, list[float]], float, float]:
    by_aisle: dict[int, list[float]] = {}
    for aisle, y in sorted(layout.picks):
        by_aisle.setdefault(aisle, []).append(y)
    return by_aisle, layout.cross_aisles[0], layout.cross_aisles[-1]


def _sideways(layout: Layout, aisles: list[int]) -> float:
    xs = [layout.aisles[aisle] for aisle in aisles] + [layout.aisles[layout.depot[0]]]
    return 2 * (max(xs) - min(xs))
