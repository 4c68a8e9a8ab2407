"""A light at a station: a relay, a beacon or a controller that shows a colour when it is sent a text."""

import queue
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.ports import Line
from server.stations.bound import COLOURS

_LOOK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class LightSettings:
    """What is sent for each colour; control signs are written as in Python (CR as a backslash and r). A light that lacks a colour gets an empty text."""

    green: str = "GREEN\\r\\n"
    amber: str = "AMBER\\r\\n"
    red: str = "RED\\r\\n"
    off: str = "OFF\\r\\n"

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "LightSettings":
        """From stored settings; ValueError names a key that there is not."""
        wrong = [name for name, value in given.items() if name not in COLOURS or not isinstance(value, str)]
        if wrong:
            raise ValueError(f"{wrong[0]!r} is no setting of a light. There are: {', '.join(COLOURS)}, each a text.")
        return cls(**given)

    def bytes_of(self, colour: str) -> bytes:
        """What is sent for a colour."""
        return str(getattr(self, colour)).encode("latin-1", "backslashreplace").decode("unicode_escape").encode("latin-1")


class Light:
    """Drives a light; only the newest colour matters."""

    def __init__(self, settings: LightSettings) -> None:
        self._settings = settings
        self._wanted: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._colour = "off"

    def show(self, colour: str) -> None:
        """Shows a colour as soon as the light is there."""
        self._wanted.put(colour)

    def talk(self, line: Line) -> None:
        """Sends what is to be shown; after an outage what is shown now."""
        line.ready()
        line.write(self._settings.bytes_of(self._colour))
        while True:
            line.read(_LOOK_SECONDS)  # what it answers means nothing, but a light that was unplugged is noticed
            while not self._wanted.empty():
                self._colour = self._wanted.get()
                line.write(self._settings.bytes_of(self._colour))
