"""A picture's file as an array of grey: whatever was sent, it is opened within bounds or refused in a sentence."""

import io
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from labels.pictures.formats import BYTES_MAX, PIXELS_MAX, NotAPicture

Grey = npt.NDArray[np.uint8]
"""Rows of pixels, 0 black to 255 white."""
_KINDS = ("PNG", "JPEG", "WEBP")
_SHOW = "Send a whole PNG, JPEG or WebP file."
_BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)
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
            if image.width * image.height > PIXELS_MAX:
                raise _too_many_pixels(f"{image.width} x {image.height}")
            yield image
    except NotAPicture:
        raise
    except _BOMB as error:
        raise _too_many_pixels("far more") from error
    except UnidentifiedImageError as error:
        raise NotAPicture(f"This is no picture. {_SHOW}") from error
    except _BROKEN as error:
        raise NotAPicture(f"The picture is damaged or cut off. {_SHOW}") from error


def checked(grey: Grey) -> Grey:
    """The same array in one piece; NotAPicture when it holds no grey pixels or too many."""
    if grey.ndim != 2 or grey.dtype != np.uint8 or grey.size == 0:
        raise NotAPicture(f"An array of {grey.shape} {grey.dtype} is no grey picture. Give rows of bytes.")
    if grey.size > PIXELS_MAX:
        raise _too_many_pixels(f"{grey.shape[1]} x {grey.shape[0]}")
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


def _too_many_pixels(size: str) -> NotAPicture:
    return NotAPicture(f"The picture has {size} pixels; at most {PIXELS_MAX / 1e6:.0f} million are opened. Send a smaller one.")
