"""What of a half-made walk matters for the rest of it, numbered, and how it changes: worked out once, then looked up.

A state says of each crossing of one aisle with the cross aisles: untouched (0), else 2 * part + odd. Crossings of one
part hang together on the left side (parts are numbered by first appearance); odd is the number of edges met there.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from itertools import product
from threading import Lock

State = tuple[int, ...]
Way = int
SKIP, ONCE, TWICE, LOW, HIGH, BOTH, LOW_OR_BOTH, HIGH_OR_BOTH, ANY_BRANCH = range(9)
"""Ways through a block: not at all, through once or twice, or there and back from below, from above, from both.

The last three stand for the shorter of several that leave the same state behind.
"""


class Changes(dict[int, tuple[tuple[int, Way], ...]]):
    """For a state's number: the states that one step can make of it, and by which way."""

    def __init__(self, states: "States", change: Callable[[State], Iterator[tuple[State, Way]]]) -> None:
        super().__init__()
        self._states, self._change = states, change
        self.before: dict[int, list[tuple[int, Way]]] = {}

    def __missing__(self, number: int) -> tuple[tuple[int, Way], ...]:
        with self._states.lock:
            if number in self:  # another thread was quicker
                return self[number]
            found = tuple((self._states.number(after), way) for after, way in self._change(self._states.known[number]))
            for after, way in found:
                self.before.setdefault(after, []).append((number, way))
            self[number] = found
        return found


class States:
    """All states of aisles with so many crossings, as they come up; there are finitely many of them."""

    def __init__(self, crossings: int) -> None:
        self.lock, self.known = Lock(), list[State]()
        self._numbers: dict[State, int] = {}
        self.start = self.number((0,) * crossings)
        self.along = Changes(self, _along)
        self.through = [Changes(self, partial(_through, low=low)) for low in range(crossings - 1)]
        self.over = [Changes(self, partial(_over, low=low)) for low in range(crossings - 1)]
        self._meets: dict[tuple[tuple[int, bool], ...], Changes] = {}

    def meet(self, needed: tuple[tuple[int, bool], ...]) -> Changes:
        """The change at an aisle of which some crossings must be met; True where the walk starts or ends."""
        return self._meets.setdefault(needed, Changes(self, partial(_met, needed=needed)))

    def number(self, state: State) -> int:
        """The number of a state whose parts may be numbered anyhow."""
        state = _numbered(state)
        if state not in self._numbers:
            self.known.append(state)
            self._numbers[state] = len(self.known) - 1
        return self._numbers[state]

    def is_whole(self, number: int) -> bool:
        """Whether everything hangs together and every crossing has an even number of edges."""
        return set(self.known[number]) <= {0, 2}


@lru_cache(8)
def states_of(crossings: int) -> States:
    """The states for so many crossings, the same for the life of the process."""
    return States(crossings)


def _met(state: State, needed: tuple[tuple[int, bool], ...]) -> Iterator[tuple[State, Way]]:
    values = list(state)
    for at, is_terminal in needed:
        values[at] = (values[at] or _new_part(state, at)) ^ is_terminal
    yield tuple(values), 0


def _through(state: State, low: int) -> Iterator[tuple[State, Way]]:
    """The ways through a block with picks, above the crossing `low`; of ways to the same state only the shortest."""
    yield _joined(state, low, 1), ONCE
    is_low, is_high = state[low] > 0, state[low + 1] > 0
    if not (is_low and state[low] >> 1 == state[low + 1] >> 1):
        yield _joined(state, low, 0), TWICE
    if is_low and is_high:
        yield state, ANY_BRANCH
    elif is_low:
        yield state, LOW
        yield _touched(state, low + 1), HIGH_OR_BOTH
    elif is_high:
        yield state, HIGH
        yield _touched(state, low), LOW_OR_BOTH
    else:
        yield _touched(state, low), LOW
        yield _touched(state, low + 1), HIGH
        yield _touched(_touched(state, low), low + 1), BOTH


def _over(state: State, low: int) -> Iterator[tuple[State, Way]]:
    """The ways through a block without picks."""
    yield state, SKIP
    yield _joined(state, low, 1), ONCE
    if not (state[low] and state[low] >> 1 == state[low + 1] >> 1):
        yield _joined(state, low, 0), TWICE


def _along(state: State) -> Iterator[tuple[State, Way]]:
    """On to the next aisle: once from an odd crossing, twice or not from an even one; the way is how many edges.

    No part may be left behind.
    """
    parts = {value >> 1 for value in state if value}
    choices = [(value,) if value & 1 or not value else (value, 0) for value in state]
    for kept in product(*choices):
        if {value >> 1 for value in kept if value} == parts:
            yield kept, sum(2 - (value & 1) for value in kept if value)


def _touched(state: State, at: int) -> State:
    return (*state[:at], state[at] or _new_part(state, at), *state[at + 1:])


def _joined(state: State, low: int, odd: int) -> State:
    """Both ends of a block in one part; `odd` when one edge more meets each of them."""
    values = list(_touched(_touched(state, low), low + 1))
    one, other = values[low] >> 1, values[low + 1] >> 1
    values = [2 * one + (value & 1) if value >> 1 == other else value for value in values]
    values[low] ^= odd
    values[low + 1] ^= odd
    return tuple(values)


def _new_part(state: State, at: int) -> int:
    return 2 * (len(state) + 1 + at)


def _numbered(values: State) -> State:
    parts: dict[int, int] = {0: 0}
    return tuple(2 * parts.setdefault(value >> 1, len(parts)) + (value & 1) if value else 0 for value in values)
