"""A second opinion by zbar, where libzbar is on the machine; without it there is none, and nothing breaks."""

import importlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
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
    for code in _codes(grey, names):
        one = _decoded(code, names.get(code.type, ""))
        if one is not None:
            yield one


def as_read(grey: Grey, formats: frozenset[str]) -> list[Decoded]:
    """What zbar reads by itself, without our rules, as text in UTF-8: the limit that a measurement holds ours against."""
    names = [name for one in formats for name in {**_NAMES, "qr": ("QRCODE",), "itf": ("I25",)}.get(one, ())]
    return [replace(_plainly(code), text=_thirteen(code).decode("utf-8", "replace")) for code in _codes(grey, names)] if names else []


def _codes(grey: Grey, names: Iterable[str]) -> Any:
    height, width = grey.shape
    return library().decode((grey.tobytes(), width, height), symbols=[library().ZBarSymbol[name] for name in names])


def _decoded(code: Any, name: str) -> Decoded | None:
    """None for what zbar is known to get wrong: parts of an ITF, and Code 128 beyond ASCII (its FNC4)."""
    data = _thirteen(code)
    if not data.isascii() or name not in _NAMES or (name != "code128" and not _holds(data, name)):
        return None
    return replace(_plainly(code), text=data.decode(), format=name, symbology=_IDENTIFIERS[name])


def _plainly(code: Any) -> Decoded:
    left, top, right, lower = code.rect.left, code.rect.top, code.rect.left + code.rect.width, code.rect.top + code.rect.height
    return Decoded(text="", data=_thirteen(code), format="", symbology="", engine="zbar",
                   corners=((left, top), (right, top), (right, lower), (left, lower)))


def _thirteen(code: Any) -> bytes:
    """An EAN-13 that begins with 0 comes from zbar as a UPC-A of 12 digits."""
    data: bytes = code.data
    return b"0" + data if code.type == "UPCA" else data


def _holds(data: bytes, name: str) -> bool:
    return data.isdigit() and len(data) == {"ean13": 13, "ean8": 8, "itf14": 14}[name] and has_check_digit(data.decode())
