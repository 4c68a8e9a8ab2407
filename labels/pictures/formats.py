"""What may be read off a picture, what was read, and what is refused; loads no library."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

FORMATS = ("code128", "datamatrix", "databar", "ean13", "ean8", "itf", "itf14", "qr")
"""`ean13` holds UPC-A too, as 13 digits. `itf14` has 14 digits with their check digit; `itf` any even number from 6 on."""
USUAL = frozenset({"code128", "datamatrix", "ean13", "itf14", "qr"})
"""Without EAN-8, which parts of an EAN-13 can pass for, and without ITF of any length, which parts of an ITF can."""
BYTES_MAX = 20_000_000
PIXELS_MAX = 50_000_000
SCANS_MAX = 100
"""Of a JPEG, each of which goes through the whole picture: cameras and programs write a dozen, and one of a few bytes is enough to busy a processor."""
WHOLE_PIXELS_MAX = 25_000_000
"""Of a picture for people's eyes that has to be unpacked whole before it is made small; a JPEG of one scan is made small on the way."""
SMALL_SIDE_MAX = 480
SMALL_BYTES_MAX = 100_000
SMALL_MEDIA_TYPE = "image/webp"
Charset = Literal["utf-8", "eci", "kanji", "guessed"]
Point = tuple[int, int]


class PictureError(ValueError):
    """The base of what is wrong with a picture or with what is wanted of it; says what to do."""


class NotAPicture(PictureError):
    """Bytes that are no whole PNG, JPEG or WebP of a size that is read."""


class UnknownFormat(PictureError):
    """A format of codes that is not read."""


@dataclass(frozen=True, slots=True)
class SmallPicture:
    """A WebP for people's eyes, of at most SMALL_SIDE_MAX pixels a side and SMALL_BYTES_MAX bytes."""

    content: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """One code in a picture. GS is U+001D; `symbology` is its AIM identifier (`]C1`), empty where the engine cannot tell.

    `corners` are pixels (x to the right, y down) from the code's own top left one clockwise. `charset` says how the bytes became
    text: as UTF-8, as the code itself says (ECI), as kanji of a QR code, or by a guess, which no warehouse code may rest on.
    """

    text: str
    data: bytes
    format: str
    symbology: str
    corners: tuple[Point, Point, Point, Point]
    charset: Charset = "utf-8"
    engine: str = "zxing"
    look: str = "plain"


def formats_of(names: Iterable[str]) -> frozenset[str]:
    """A set of known formats, not empty; UnknownFormat names the ones there are."""
    found = frozenset(names)
    if not found or not found <= set(FORMATS):
        wrong = ", ".join(sorted(found - set(FORMATS))) or "nothing"
        raise UnknownFormat(f"{wrong[:64]} is no format of codes that is read. There are: {', '.join(FORMATS)}.")
    return found


def has_check_digit(digits: str) -> bool:
    """Whether the last digit is right by GS1 General Specifications 7.9: weights 3 and 1 from the right, sum to a multiple of ten."""
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits))) % 10 == 0
