"""A camera that hangs and sends its last picture for ever. The noise of a sensor makes no two frames alike."""

from typing import Any

from server.ports import PortLost


class Frozen(PortLost):
    """The camera is there, and its picture stands still."""

    code = "frozen"


class Freeze:
    """Told every picture with its moment (seconds). A picture that stood for `seconds` is frozen, also when the camera was opened again."""

    def __init__(self, seconds: float, camera: str) -> None:
        self._seconds, self._camera = seconds, camera
        self._picture: Any = None
        self._since = 0.0

    def guard(self, picture: Any, at: float) -> None:
        """Raises Frozen."""
        if not self._is_the_same(picture):
            self._picture, self._since = picture, at
        elif self._seconds and at - self._since >= self._seconds:
            raise Frozen(f"The camera {self._camera} sends the same picture again and again, for {self._seconds:g} seconds now. Switch it off and on.")

    def _is_the_same(self, picture: Any) -> bool:
        last = self._picture
        return last is not None and last.shape == picture.shape and bool((last == picture).all())
