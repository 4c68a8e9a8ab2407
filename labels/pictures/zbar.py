"""A second opinion by zbar, where libzbar is on the machine; without it there is none, and nothing breaks."""

import importlib
from collections.abc import Iterator
from functools import cache
from typing import Any

from labels.pictures.formats import Decoded, has_check_digit
from labels.pictures.opening import Grey

_NAMES = {"code128": ("CODE128",), "ean13": ("EAN13", "UPCA"), "ean8": ("EAN8",), "itf14": ("I25",)}
"""QR codes are left out: zbar guesses their character set, and never read one that zxing could not."""
_IDENTIFIERS = {"ean13": "]E0", "ean8": "]E4", "itf14": "]I1", "code128": ""}
"""Whether a Code 128 is a GS1-128 is not told by pyzbar."""


@cache
def library() -> Any:
    """The module, or None: pyzbar, being without libzbar, fails when it is imported."""
    try:
        return importlib.import_module("pyzbar.pyzbar")
    except (ImportError, OSError):
        return None


def read(grey: Grey, formats: frozenset[str]) -> Iterator[Decoded]:
    """Codes of these formats that hold their own rules; none without the library."""
    names = {name: one for one in formats & _NAMES.keys() for name in _NAMES[one]}
    if library() is None or not names:
        return
    height, width = grey.shape
    for code in library().decode((grey.tobytes(), width, height), symbols=[library().ZBarSymbol[name] for name in names]):
        one = _decoded(code, names.get(code.type, ""))
        if one is not None:
            yield one


def _decoded(code: Any, name: str) -> Decoded | None:
    """None for what zbar is known to get wrong: parts of an ITF, and Code 128 beyond ASCII (its FNC4)."""
    data: bytes = b"0" + code.data if code.type == "UPCA" else code.data
    if not data.isascii() or name not in _NAMES or (name != "code128" and not _holds(data, name)):
        return None
    left, top, right, lower = code.rect.left, code.rect.top, code.rect.left + code.rect.width, code.rect.top + code.rect.height
    return Decoded(text=data.decode(), data=data, format=name, symbology=_IDENTIFIERS[name], engine="zbar",
                   corners=((left, top), (right, top), (right, lower), (left, lower)))


def _holds(data: bytes, name: str) -> bool:
    return data.isdigit() and len(data) == {"ean13": 13, "ean8": 8, "itf14": 14}[name] and has_check_digit(data.decode())
