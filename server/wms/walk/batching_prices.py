"""How long the shortest walks over many batches are, exactly and at once."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from server.wms.walk.batching_places import Metres, Places, Reach, stretch_at
from server.wms.walk.batching_problem import Point
from server.wms.walk.batching_steps import Step, Steps
from server.wms.walk.layout import Layout

CROSS_AISLES_MAX = 5
_NEVER = np.float32(1e30)
_AT_ONCE = {1: 4096, 2: 2048, 3: 1024, 4: 512, 5: 128}
_SECONDS_EACH = {1: 1e-7, 2: 2e-7, 3: 6e-7, 4: 2e-6, 5: 1e-5}
"""About how long one batch takes for each aisle, by cross aisles."""


class Prices:
    """The exact walks over any batches of some orders; the layout's aisles are walked both ways."""

    def __init__(self, layout: Layout, orders: Sequence[Sequence[Point]]) -> None:
        used = used_cross_aisles(layout, orders)
        cross_aisles = [layout.cross_aisles[cross] for cross in used]
        start, end = ((aisle, used.index(cross)) for aisle, cross in (layout.depot, layout.end))
        self._places = Places(cross_aisles, orders)
        self._steps = Steps(layout.aisles, cross_aisles, (start, end), self._places)
        self._at_once = _AT_ONCE[len(cross_aisles)]
        self.seconds_each = _SECONDS_EACH[len(cross_aisles)] * len(layout.aisles)
        self.words = self._places.of_orders
        """What each order needs, as words: those of a batch are joined by `or`. The last one needs nothing."""
        self._before = [number for number, one in enumerate(self._places.stretches) if not one[1] and one[2] == 0]
        self._behind = [number for number, one in enumerate(self._places.stretches) if not one[1] and one[2] == len(cross_aisles)]

    def of_rows(self, rows: npt.NDArray[np.intp]) -> Metres:
        """How long the walk of each batch is; a row names its orders, and the one behind the last for none."""
        words = self.words[rows[:, 0]]
        for column in range(1, rows.shape[1]):
            words |= self.words[rows[:, column]]
        starts = range(0, len(rows), self._at_once)
        return np.concatenate([self._lengths(words[at:at + self._at_once]) for at in starts] or [np.zeros(0, np.float32)])

    def _lengths(self, words: npt.NDArray[np.uint64]) -> Metres:
        reach = self._places.reach(words)
        ways = self._ways(reach)
        states = np.zeros((1, len(words)), np.float32)
        for step in self._steps.steps:
            states = _after(states, step, self._lengths_of(step, reach, ways))
        walked: Metres = states.take(self._steps.whole, axis=0).min(axis=0)
        walked += 2 * reach.above[self._before].sum(axis=0)
        walked += 2 * reach.below[self._behind].sum(axis=0)
        return walked

    def _ways(self, reach: Reach) -> Metres:
        """By stretch: how long each way through it is, in the order of `batching_steps`."""
        ways = np.empty((len(reach.below), 6, reach.below.shape[1]), np.float32)
        ways[:, 0] = np.where(reach.above > 0, _NEVER, 0)
        ways[:, 1] = self._places.far
        ways[:, 2] = 2 * self._places.far
        for way, metres in enumerate((reach.below, reach.above, reach.both), 3):
            np.multiply(metres, 2, out=ways[:, way])
        return ways

    def _lengths_of(self, step: Step, reach: Reach, ways: Metres) -> Metres:
        if step.stretch is not None:
            chosen: Metres = ways[step.stretch]
            return chosen
        if step.lengths is not None:
            return step.lengths[:, None]
        is_picked = np.any([self._places.is_picked(reach.bits, stretch) for stretch in step.picked], axis=0)
        return np.stack([np.zeros(len(is_picked), np.float32), np.where(is_picked, _NEVER, np.float32(0))])


def used_cross_aisles(layout: Layout, orders: Sequence[Sequence[Point]]) -> list[int]:
    """The cross aisles that touch a pick, the depot or the end; no walk gets longer without the others."""
    used, last = {layout.depot[1], layout.end[1]}, len(layout.cross_aisles) - 1
    for aisle, y in {point for order in orders for point in order}:
        _, is_crossing, number = stretch_at(layout.cross_aisles, aisle, y)
        used.update((number,) if is_crossing else (max(0, number - 1), min(last, number)))
    return sorted(used)


def _after(states: Metres, step: Step, lengths: Metres) -> Metres:
    after = states.take(step.choices[0].before, axis=0)
    after += lengths.take(step.choices[0].ways, axis=0)
    for choice in step.choices[1:]:
        other = states.take(choice.before, axis=0)
        other += lengths.take(choice.ways, axis=0)
        np.minimum(after[:len(other)], other, out=after[:len(other)])
    return after
