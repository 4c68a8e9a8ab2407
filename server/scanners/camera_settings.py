"""How a camera is used: where it is, what it is to read, and how often. Made from a JSON object, with every fault named."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from labels.pictures.formats import USUAL, UnknownFormat, formats_of
from server.ports import PortError

_URL = re.compile(r"(rtsps?|https?)://[^\s/]+(/\S*)?|/dev/video\d{1,3}|\d{1,2}")
_SECRET = re.compile(r"(?<=://)[^/@\s]*@")
Region = tuple[float, float, float, float]
WHOLE: Region = (0.0, 0.0, 1.0, 1.0)


class BadCameraSettings(PortError):
    """Settings that no camera can have; says which, and what it may be."""

    code = "settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraSettings:
    """`url`: a USB camera's number or /dev/video0, rtsp:// or http:// (MJPEG). `region`: left, top, right, bottom as shares of the picture.

    `frames_a_second` is how many are decoded, `agree` how many must read the same, `gone_ms` how long a label must be away to count
    anew, `seconds_a_frame` the most spent on one frame, `at_least` how many codes a picture usually holds, `width` and `height` what a
    USB camera is asked for in pixels (0: its own choice), `silence_seconds` how long it may send nothing, `frozen_seconds`
    how long the same picture (0: as long as it likes, for a camera that adds no noise of its own).
    """

    url: str
    formats: frozenset[str] = USUAL
    region: Region = WHOLE
    frames_a_second: float = 5.0
    agree: int = 2
    gone_ms: int = 1_500
    seconds_a_frame: float = 0.2
    at_least: int = 1
    width: int = 0
    height: int = 0
    silence_seconds: float = 3.0
    frozen_seconds: float = 60.0

    def __post_init__(self) -> None:
        """BadCameraSettings."""
        if not isinstance(self.url, str) or not _URL.fullmatch(self.url):
            raise BadCameraSettings(f"{shown(str(self.url))!r} is no camera. Use a USB camera's number, /dev/video0, rtsp://HOST/PATH or http://HOST/PATH.")
        left, top, right, bottom = self.region
        if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
            raise BadCameraSettings("region is left, top, right, bottom as shares of the picture, such as [0, 0.25, 1, 0.75].")
        for name, (least, most) in _BOUNDS.items():
            if not least <= getattr(self, name) <= most:
                raise BadCameraSettings(f"{name} is {least:g} to {most:g}, and not {getattr(self, name)!r}.")

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "CameraSettings":
        """From a JSON object with these names; BadCameraSettings for what is missing, unknown or of another kind."""
        known = {one.name for one in fields(cls)}
        if "url" not in document or not document.keys() <= known:
            wrong = ", ".join(sorted(map(str, document.keys() - known))) or "url is missing"
            raise BadCameraSettings(f"A camera's settings: {wrong[:100]}. They are: {', '.join(sorted(known))}; url must be there.")
        return cls(**{name: _value(name, given) for name, given in document.items()})


_BOUNDS = {"frames_a_second": (0.1, 60), "agree": (1, 10), "gone_ms": (100, 600_000), "seconds_a_frame": (0.01, 10), "at_least": (1, 100),
           "width": (0, 8_192), "height": (0, 8_192), "silence_seconds": (0.5, 60), "frozen_seconds": (0, 86_400)}
_WHOLE_NUMBERS = frozenset({"agree", "gone_ms", "at_least", "width", "height"})


def shown(text: str) -> str:
    """An address without the name and password that may stand in it: errors are read by many."""
    return _SECRET.sub("", text)[:100]


def _value(name: str, given: Any) -> Any:
    if name == "url":
        return str(given) if isinstance(given, int) and not isinstance(given, bool) else given
    if name == "formats":
        return _formats(given)
    if name == "region":
        if not isinstance(given, list) or len(given) != 4 or not all(map(_is_number, given)):
            raise BadCameraSettings("region is a list of four numbers: left, top, right, bottom as shares of the picture.")
        return tuple(map(float, given))
    if not _is_number(given) or (name in _WHOLE_NUMBERS and not isinstance(given, int)):
        raise BadCameraSettings(f"{name} is a {'whole ' if name in _WHOLE_NUMBERS else ''}number, and not {str(given)[:40]!r}.")
    return given


def _formats(given: Any) -> frozenset[str]:
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise BadCameraSettings('formats is a list of words, such as ["code128", "qr"].')
    try:
        return formats_of(given)
    except UnknownFormat as error:
        raise BadCameraSettings(str(error)) from error


def _is_number(given: Any) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool)
