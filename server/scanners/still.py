"""Looking again at a picture in which nothing moves costs a processor and finds nothing: after a few tries the last codes hold."""

from collections.abc import Callable, Sequence
from typing import Any

from labels.pictures.formats import Decoded

_BLOCK = 16
_MOVED = 6.0
"""Greys by which the mean of a block of 16 x 16 pixels changes when something moves; the noise of a sensor changes it by one."""
_TRIES = 10
_HOLDS_SECONDS = 2.0


class Still:
    """The last codes of one camera's picture, and whether they still hold."""

    def __init__(self, tries: int = _TRIES) -> None:
        self._most = tries
        self._blocks: Any = None
        self._tries, self._looked = 0, 0.0
        self._codes: Sequence[Decoded] = ()

    def codes(self, frame: Any, at: float, decode: Callable[[Any], Sequence[Decoded]]) -> Sequence[Decoded]:
        """The codes of a frame (an array of grey) at a monotonic time in seconds: decoded, or the last ones where nothing moved.

        Every two seconds it looks all the same, so that what moves too little to be seen is missed no longer than that.
        """
        if self._has_moved(frame):
            self._tries = 0
        if self._tries >= self._most and at - self._looked < _HOLDS_SECONDS:
            return self._codes
        before, self._codes, self._looked = _texts(self._codes), decode(frame), at
        is_new = _texts(self._codes) != before
        self._tries = 0 if is_new else self._tries + 1  # what was read for the first time is to be read in another frame too
        return self._codes

    def _has_moved(self, frame: Any) -> bool:
        height, width = (side // _BLOCK * _BLOCK for side in frame.shape)
        if not height or not width:
            return True
        blocks = frame[:height, :width].reshape(height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK).mean(axis=(1, 3))
        before, self._blocks = self._blocks, blocks
        if before is None or before.shape != blocks.shape:
            return True
        if abs(blocks - before).max() <= _MOVED:
            self._blocks = before  # compared with when it moved last, so that what creeps is seen too
            return False
        return True


def _texts(codes: Sequence[Decoded]) -> set[tuple[str, str]]:
    return {(one.format, one.text) for one in codes}
