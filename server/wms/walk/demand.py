"""What a walk must meet: picks between cross aisles, and crossings of aisles with cross aisles."""

from bisect import bisect_right
from collections import defaultdict

from server.wms.walk.layout import Corner, Layout


class Demand:
    """The picks of a layout by where they are reached, and the aisles and cross aisles that matter for them."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.stops: dict[Corner, list[float]] = {}
        """By aisle and block (the number of the cross aisle behind it): the y of picks inside, ascending, each once."""
        self.at: dict[tuple[int, float], list[int]] = defaultdict(list)
        """By aisle and y: the picks' numbers."""
        self.met: dict[Corner, list[int]] = {layout.depot: [], layout.end: []}
        """The crossings that must be met, and the picks fetched from there without entering a block."""
        self.dead_ends = 0.0
        """How much is walked, there and back, before the first and behind the last cross aisle."""
        for number, point in enumerate(layout.picks):
            self.at[point].append(number)
        self._keep_places()
        self._meet_dead_ends()
        self.aisles = sorted({aisle for aisle, _ in (*self.met, *self.stops)})
        self.cross_aisles = self._used_cross_aisles()

    def stops_between(self, aisle: int, before: int, behind: int) -> list[float]:
        """The y of picks between two cross aisles; none when a cross aisle between them was left out."""
        return self.stops.get((aisle, behind), []) if behind == before + 1 else []

    def _keep_places(self) -> None:
        crosses = self.layout.cross_aisles
        for (aisle, y), numbers in sorted(self.at.items()):
            block = bisect_right(crosses, y)
            if block and crosses[block - 1] == y:
                self.met.setdefault((aisle, block - 1), []).extend(numbers)
            else:
                self.stops.setdefault((aisle, block), []).append(y)

    def _meet_dead_ends(self) -> None:
        first, last = self.layout.cross_aisles[0], self.layout.cross_aisles[-1]
        behind = len(self.layout.cross_aisles)
        for aisle, block in [key for key in self.stops if key[1] in (0, behind)]:
            ys = self.stops.pop((aisle, block))
            self.dead_ends += 2 * (ys[-1] - last if block else first - ys[0])
            outward = ys if block else ys[::-1]
            self.met.setdefault((aisle, block and behind - 1), []).extend(
                number for y in outward for number in self.at[aisle, y])

    def _used_cross_aisles(self) -> list[int]:
        """Those that touch something to be met.

        Why may one leave out the others, and aisles without picks? Whatever is walked in them can be slid to a
        neighbour on one side or the other without getting longer.
        """
        return sorted({cross for _, cross in self.met} | {cross for _, block in self.stops for cross in (block - 1, block)})
