"""Fonts for what a printer's own does not have: Pillow's and reportlab's for Latin letters, an installed one for Chinese and all else."""

import os
from collections.abc import Callable
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from PIL import ImageFont

from labels.errors import NoFont

_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts", "/System/Library/Fonts",
                 "/Library/Fonts", "C:/Windows/Fonts")
_FONT_NAMES = ("NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf", "NotoSansSC-Regular.otf", "SourceHanSansSC-Regular.otf",
               "SourceHanSansCN-Regular.otf", "wqy-zenhei.ttc", "wqy-microhei.ttc", "DroidSansFallbackFull.ttf", "uming.ttc",
               "msyh.ttc", "simhei.ttf", "PingFang.ttc", "NotoSerifCJK-Regular.ttc")
"""Files of fonts with simplified Chinese, the best for small print first."""
_FACES_MAX = 10
_SAMPLE_PIXELS, _NOWHERE = 32, "\U0010fffd"
"""A size at which signs differ, and a sign that no font has."""


def font_for(text: str, pixels: int) -> ImageFont.FreeTypeFont:
    """A font that has the text's characters; NoFont when none is installed."""
    if all(_has(_plain, sign) for sign in text):
        return _plain(pixels)
    if all(_has(_latin, sign) for sign in text):
        return _latin(pixels)
    path, face = wide_font(os.environ.get("AISLE_FONT", ""))
    return _installed(path, face, pixels)


@lru_cache(maxsize=8)
def wide_font(asked: str = "") -> tuple[str, int]:
    """File and face of the font for Chinese: `asked` (the setting AISLE_FONT), else the first that is installed."""
    found = Path(asked) if asked else _find()
    if found is None or not found.is_file():
        raise NoFont("label.no_font_file", path=asked) if asked else NoFont("label.no_font")
    return str(found), _simplified(str(found))


def _find() -> Path | None:
    at = {path.name: path for folder in _FONT_FOLDERS for path in sorted(Path(folder).expanduser().rglob("*.[to]t[cf]"))}
    return next((at[name] for name in _FONT_NAMES if name in at), None)


def _simplified(path: str) -> int:
    """The face of a collection that draws simplified Chinese: the same characters look different in Japan."""
    for face in range(_FACES_MAX):
        try:
            name = ImageFont.truetype(path, 10, index=face).getname()[0] or ""
        except OSError as error:
            if face:
                break
            raise NoFont("label.font_unread", path=path) from error
        if name.endswith("SC"):
            return face
    return 0


@lru_cache(maxsize=4096)
def _has(load: Callable[[int], ImageFont.FreeTypeFont], sign: str) -> bool:
    """Whether a font has a sign: what it has not, it draws as an empty box."""
    font = load(_SAMPLE_PIXELS)
    drawn, missing = font.getmask(sign), font.getmask(_NOWHERE)
    return sign == " " or drawn.size != missing.size or bytes(drawn) != bytes(missing)


@lru_cache(maxsize=64)
def _installed(path: str, face: int, pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, pixels, index=face)


@lru_cache(maxsize=64)
def _plain(pixels: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(pixels)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise NoFont("label.no_freetype")
    return font


@lru_cache(maxsize=64)
def _latin(pixels: int) -> ImageFont.FreeTypeFont:
    """The font that comes with reportlab: Western European letters."""
    return ImageFont.truetype(str(files("reportlab") / "fonts" / "Vera.ttf"), pixels)
