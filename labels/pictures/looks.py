"""Ways to look at a picture again when a code was not read: turned, larger, smaller, cleaned. Cheap and useful ones come first."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from labels.pictures.formats import Point
from labels.pictures.opening import Grey


@dataclass(frozen=True, slots=True)
class Look:
    """`angle` in degrees against the clock, `scale` of its sides; `clean` is done after both. `is_global`: one threshold for all."""

    name: str
    angle: float = 0
    scale: float = 1
    clean: Callable[[Image.Image], Image.Image] | None = None
    is_global: bool = False
    pixels_min: int = 0
    pixels_max: int = 50_000_000
    for_bars: bool = False


_SMALL = 1_200_000
"""Beyond so many pixels, bars and modules are hardly ever too thin to be read as they are, and enlarging costs most."""
_LARGE = 4_000_000
"""From so many pixels on, as in photos of phones, a quarter of them are mostly enough, and are read four times as fast."""


def _full_contrast(image: Image.Image) -> Image.Image:
    return ImageOps.autocontrast(image.filter(ImageFilter.BoxBlur(1)), cutoff=1)


def _sharp(image: Image.Image) -> Image.Image:
    return image.filter(ImageFilter.UnsharpMask(4, 300, 0))


def _inverted(image: Image.Image) -> Image.Image:
    return image.point(lambda grey: 255 - grey)


PLAIN = Look("plain")
LOOKS = (
    Look("half as large first", scale=0.5, pixels_min=_LARGE),
    PLAIN,
    Look("turned 45", angle=45, for_bars=True),
    Look("turned 22.5", angle=22.5, for_bars=True),
    Look("turned -22.5", angle=-22.5, for_bars=True),
    Look("twice as large, one threshold", scale=2, is_global=True, pixels_max=_SMALL),
    Look("twice as large", scale=2, pixels_max=_SMALL),
    Look("half as large", scale=0.5, pixels_max=_LARGE - 1),
    Look("smooth, full contrast", clean=_full_contrast),
    Look("inverted", clean=_inverted, for_bars=True),
    Look("twice as large, sharp", scale=2, clean=_sharp, pixels_max=_SMALL),
)
"""Turned by 90 degrees more is what the decoder does by itself, so that these four angles are a full circle in steps of 22.5."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture as it was looked at, and the way back to where its points were."""

    grey: Grey
    look: Look
    centre: tuple[float, float]

    def back(self, point: Point) -> Point:
        """A point of what was looked at as one of the picture."""
        height, width = self.grey.shape
        x, y = point[0] - width / 2, point[1] - height / 2
        cos, sin = math.cos(math.radians(self.look.angle)), math.sin(math.radians(self.look.angle))
        return (round((cos * x - sin * y) / self.look.scale + self.centre[0]), round((sin * x + cos * y) / self.look.scale + self.centre[1]))


def look_at(grey: Grey, look: Look) -> Seen:
    """The picture in that way."""
    height, width = grey.shape
    seen = Seen(grey, look, (width / 2, height / 2))
    if look.angle == 0 and look.scale == 1 and look.clean is None:
        return seen
    image = Image.fromarray(grey)
    if look.angle:
        image = image.rotate(look.angle, expand=True, resample=Image.Resampling.BILINEAR, fillcolor=int(np.median(grey[::8, ::8])))
    if look.scale != 1:
        size = (max(1, round(image.width * look.scale)), max(1, round(image.height * look.scale)))
        image = image.resize(size, Image.Resampling.BICUBIC)
    image = look.clean(image) if look.clean else image
    return Seen(np.asarray(image), look, seen.centre)
