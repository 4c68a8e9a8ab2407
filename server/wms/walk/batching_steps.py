"""The steps of the exact walk for many batches at once: which states each state may follow, by which way.

The same dynamic programme as `exact`, laid out so that one step is a handful of array operations. All batches go through
the aisles of all of them: a batch without picks in a block may leave it out, and one that is through waits in DONE.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from server.wms.walk.batching_places import Metres, Numbers, Places
from server.wms.walk.layout import Corner
from server.wms.walk.states import HIGH, LOW, ONCE, SKIP, TWICE, States, states_of

DONE = -1
NOT_AT_ALL, BY_ONCE, BY_TWICE, FROM_BELOW, FROM_ABOVE, FROM_BOTH = range(6)
"""Ways through a block with picks, as columns of lengths; FROM_BOTH is never longer than from one side."""
_WAYS = {SKIP: NOT_AT_ALL, ONCE: BY_ONCE, TWICE: BY_TWICE, LOW: FROM_BELOW, HIGH: FROM_ABOVE}
_Change = tuple[int, int, int]
"""State before, state after, way."""


class Choice(NamedTuple):
    """Of the first so many states after a step: one state before, and the way."""

    before: Numbers
    ways: Numbers


class Step(NamedTuple):
    """The n-th choices of the states, and where the ways' lengths come from.

    They are the same for all batches (`lengths`), those of a block with picks (`stretch`), or nothing unless some
    crossing is picked from (`picked`).
    """

    choices: list[Choice]
    lengths: Metres | None = None
    stretch: int | None = None
    picked: tuple[int, ...] = ()


class Steps:
    """All steps over the aisles of some places, and the states in which a walk is whole in the end."""

    def __init__(self, xs: Sequence[float], cross_aisles: Sequence[float], ends: tuple[Corner, Corner], places: Places) -> None:
        self._xs, self._ys, self._ends, self._places = xs, cross_aisles, ends, places
        self._known: States = states_of(len(cross_aisles))
        self._aisles = sorted({aisle for aisle, *_ in (*places.stretches, *ends)})
        self._row_of = {self._met(self._aisles[0])(self._known.start): 0}
        self.steps: list[Step] = []
        for aisle, onward in zip(self._aisles, [*self._aisles[1:], None], strict=True):
            self._through(aisle)
            if onward is not None:
                self._along(aisle, onward)
        self.whole: Numbers = np.array([row for state, row in self._row_of.items() if self._is_whole(state)], np.intp)

    def _through(self, aisle: int) -> None:
        for cross in range(len(self._ys)):
            picked = self._picked(aisle, cross)
            if picked:
                self._add(self._picked_from(cross), picked=picked)
        for low, (start, end) in enumerate(pairwise(self._ys)):
            stretch = self._places.number_of.get((aisle, False, low + 1))
            if stretch is None:
                self._add(self._over(low), lengths=np.array([0, end - start, 2 * (end - start)], np.float32))
            else:
                self._add(self._past_picks(low), stretch=stretch)

    def _picked(self, aisle: int, cross: int) -> tuple[int, ...]:
        """The stretches whose picks are fetched from a crossing."""
        last = len(self._ys)
        stretches = [(aisle, True, cross), *[(aisle, False, 0)] * (cross == 0), *[(aisle, False, last)] * (cross == last - 1)]
        return tuple(self._places.number_of[one] for one in stretches if one in self._places.number_of)

    def _picked_from(self, cross: int) -> Iterable[_Change]:
        changes = self._known.meet(((cross, False),))
        for state in self._row_of:
            met = DONE if state == DONE else changes[state][0][0]
            yield state, met, int(state == DONE)
            if met != state:
                yield state, state, 1

    def _over(self, low: int) -> Iterable[_Change]:
        for state in self._row_of:
            if state == DONE:
                yield DONE, DONE, NOT_AT_ALL
                continue
            for after, way in self._known.over[low][state]:
                yield state, after, _WAYS[way]

    def _past_picks(self, low: int) -> Iterable[_Change]:
        for state in self._row_of:
            if state == DONE or not any(self._known.known[state][low:low + 2]):
                yield state, state, NOT_AT_ALL
            if state != DONE:
                for after, way in self._known.through[low][state]:
                    yield state, after, _WAYS.get(way, FROM_BOTH)

    def _along(self, aisle: int, onward: int) -> None:
        changes, met = list[_Change](), self._met(onward)
        may_end, must_go = all(end[0] <= aisle for end in self._ends), any(end[0] == onward for end in self._ends)
        for state in self._row_of:
            if self._is_whole(state) and may_end and not must_go:
                changes.append((state, DONE, 0))
            if state != DONE:
                changes.extend((state, met(after), edges) for after, edges in self._known.along[state])
        far = self._xs[onward] - self._xs[aisle]
        self._add(changes, lengths=np.arange(2 * len(self._ys) + 1, dtype=np.float32) * np.float32(far))

    def _met(self, aisle: int) -> Callable[[int], int]:
        """What becomes of a state in an aisle where the walk starts or ends."""
        is_open = self._ends[0] != self._ends[1]
        needed = tuple((cross, is_open) for cross in range(len(self._ys)) if (aisle, cross) in self._ends)
        changes = self._known.meet(needed)
        return (lambda state: changes[state][0][0]) if needed else lambda state: state

    def _is_whole(self, state: int) -> bool:
        return state == DONE or (state != self._known.start and self._known.is_whole(state))

    def _add(self, changes: Iterable[_Change], *, lengths: Metres | None = None, stretch: int | None = None,
             picked: tuple[int, ...] = ()) -> None:
        sources: dict[int, dict[tuple[int, int], None]] = {}
        for before, after, way in changes:
            sources.setdefault(after, {})[self._row_of[before], way] = None
        order = sorted(sources, key=lambda state: -len(sources[state]))
        self.steps.append(Step(_choices({state: list(sources[state]) for state in order}), lengths, stretch, picked))
        self._row_of = {state: row for row, state in enumerate(order)}


def _choices(sources: Mapping[int, Sequence[tuple[int, int]]]) -> list[Choice]:
    most = max(map(len, sources.values()))
    nth = [[mine[at] for mine in sources.values() if len(mine) > at] for at in range(most)]
    return [Choice(*(np.array(column, np.intp) for column in zip(*some, strict=True))) for some in nth]
