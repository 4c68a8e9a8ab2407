"""When a code that a camera reads again and again counts: once two frames agree, and once for each visit of its label."""

from collections.abc import Sequence
from dataclasses import dataclass

from labels.pictures.formats import Decoded

_KNOWN_MAX = 1_000


@dataclass(slots=True)
class _Sighting:
    first: int
    last: int
    frames: int = 1
    is_told: bool = False


class Sightings:
    """The labels before one camera. Times are milliseconds that never go back.

    A label is known by its format and text: two that say the same are one visit, and so they are one scan. Time without frames does
    not count beyond `gap_ms`: a label that stood there while the camera was away has not been gone.
    """

    def __init__(self, *, agree: int = 2, within_ms: int = 2_000, gone_ms: int = 1_500, gap_ms: int = 1_000) -> None:
        self._agree, self._within, self._gone, self._gap = agree, within_ms, gone_ms, gap_ms
        self._known: dict[tuple[str, str], _Sighting] = {}
        self._before: int | None = None
        self._time = 0

    def seen(self, codes: Sequence[Decoded], now: int) -> list[Decoded]:
        """The codes of this frame that count now, in the order in which they stand in the picture."""
        self._time += min(now - (now if self._before is None else self._before), self._gap)
        self._before, at = now, self._time
        self._forget(at)
        return [one for one in {(one.format, one.text): one for one in codes}.values() if self._counts((one.format, one.text), at)]

    @property
    def wants_another(self) -> bool:
        """Whether the last frame showed a code that only waits for the next frame to agree."""
        return any(not visit.is_told and visit.last == self._time for visit in self._known.values())

    def _counts(self, key: tuple[str, str], at: int) -> bool:
        visit = self._known.get(key)
        if visit is None or (not visit.is_told and at - visit.last > self._within):
            if visit is None and len(self._known) >= _KNOWN_MAX:
                return False  # rubbish without end must not fill the memory; it goes by itself
            self._known[key] = visit = _Sighting(at, at)
        else:
            visit.last, visit.frames = at, visit.frames + 1
        if visit.is_told or visit.frames < self._agree:
            return False
        visit.is_told = True
        return True

    def _forget(self, at: int) -> None:
        """A label that was read counts again after it was gone; one that was read once is waited for a little longer."""
        self._known = {key: visit for key, visit in self._known.items()
                       if at - visit.last <= (self._gone if visit.is_told else max(self._gone, self._within))}
