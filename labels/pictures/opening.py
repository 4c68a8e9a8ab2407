"""A picture's file as an array of grey: whatever was sent, it is opened within bounds or refused in a sentence."""

import io
import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from labels.pictures.formats import BYTES_MAX, PIXELS_MAX, SCANS_MAX, NotAPicture

Grey = npt.NDArray[np.uint8]
"""Rows of pixels, 0 black to 255 white."""
_KINDS = ("PNG", "JPEG", "WEBP")
_SHOW = "Send a whole PNG, JPEG or WebP file."
_BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd8\xff])")
"""Of a JPEG, with a length behind it; among the bits of a picture 0xff has a zero behind it."""
_JPEG, _END, _SCAN = b"\xff\xd8", b"\xd9", b"\xda"
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, OverflowError, ZeroDivisionError,
           struct.error)
"""What Pillow raises in files that were cut or made up: its PNG reader even raises SyntaxError."""


def read_picture(path: Path) -> bytes:
    """A picture's file; NotAPicture when it cannot be read or is larger than is opened."""
    try:
        if path.stat().st_size > BYTES_MAX:
            raise _too_many_bytes(path.stat().st_size)
        return path.read_bytes()
    except OSError as error:
        raise NotAPicture(f"It cannot be read: {error.strerror}. Name a picture's file.") from error


def open_picture(data: bytes) -> Grey:
    """The first picture of a file, turned as the camera noted (EXIF), on white where it is transparent; NotAPicture says why not."""
    with opened(data) as image:
        return np.asarray(_grey(image))


@contextmanager
def opened(data: bytes) -> Iterator[Image.Image]:
    """A picture's file whose pixels are not unpacked yet; NotAPicture for what is none, and for what turns out broken while it is unpacked."""
    if len(data) > BYTES_MAX:
        raise _too_many_bytes(len(data))
    try:
        with Image.open(io.BytesIO(data), formats=_KINDS) as image:
            guard_pixels(image, PIXELS_MAX)
            _guard_scans(data)
            yield image
    except NotAPicture:
        raise
    except _BOMB as error:
        raise NotAPicture(f"The picture has far more pixels; at most {PIXELS_MAX / 1e6:.0f} million are opened. Send a smaller one.") from error
    except UnidentifiedImageError as error:
        raise NotAPicture(f"This is no picture. {_SHOW}") from error
    except _BROKEN as error:
        raise NotAPicture(f"The picture is damaged or cut off. {_SHOW}") from error


def guard_pixels(image: Image.Image, most: int) -> None:
    """NotAPicture for one of more pixels."""
    if image.width * image.height > most:
        raise _too_many_pixels(image.width, image.height, most)


def _guard_scans(data: bytes) -> None:
    if scans(data) > SCANS_MAX:
        raise NotAPicture(f"The picture is saved in more than {SCANS_MAX} steps. Save it anew, then send that.")


def scans(jpeg: bytes) -> int:
    """How often a JPEG goes through its picture, counted no further than one beyond SCANS_MAX; 0 for another kind."""
    if not jpeg.startswith(_JPEG):  # Pillow calls some that hold a second picture MPO
        return 0
    at, count = 0, 0
    while count <= SCANS_MAX and (found := _MARKER.search(jpeg, at)) and found[1] != _END:
        count += found[1] == _SCAN
        at = found.end() + int.from_bytes(jpeg[found.end():found.end() + 2])
    return count


def checked(grey: Grey) -> Grey:
    """The same array in one piece; NotAPicture when it holds no grey pixels or too many."""
    if grey.ndim != 2 or grey.dtype != np.uint8 or grey.size == 0:
        raise NotAPicture(f"An array of {grey.shape} {grey.dtype} is no grey picture. Give rows of bytes.")
    if grey.size > PIXELS_MAX:
        raise _too_many_pixels(grey.shape[1], grey.shape[0], PIXELS_MAX)
    return np.ascontiguousarray(grey)


def eight_bits(deep: Image.Image) -> Image.Image:
    """Grey of 16 bits as grey of eight."""
    return Image.fromarray((np.asarray(deep).astype(np.uint32) >> 8).clip(0, 255).astype(np.uint8))


def _grey(image: Image.Image) -> Image.Image:
    if image.format == "JPEG":
        image.draft("L", image.size)  # its reader leaves out the colours at once
    turned = ImageOps.exif_transpose(image)
    if turned.mode.startswith("I"):
        return eight_bits(turned)
    if turned.has_transparency_data:
        layers = turned.convert("RGBA")
        white = Image.new("L", layers.size, 255)
        white.paste(layers.convert("L"), mask=layers.getchannel("A"))
        return white
    return turned.convert("L")


def _too_many_bytes(size: int) -> NotAPicture:
    return NotAPicture(f"The picture has {size / 1e6:.1f} MB; at most {BYTES_MAX / 1e6:.0f} MB are opened. Send a smaller one.")


def _too_many_pixels(width: int, height: int, most: int) -> NotAPicture:
    return NotAPicture(f"The picture has {width} x {height} pixels; at most {most / 1e6:.0f} million are opened. Send a smaller one.")
