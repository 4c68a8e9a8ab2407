"""The mark on a label that may be the second of its kind."""

import re

_FORMAT = re.compile(r"\^XA.*?\^XZ", re.DOTALL)
_QUANTITY = re.compile(r"\^PQ(\d{1,8})?[^^~\r\n]*")
_MARK = "^FDREPRINT^FS"
_X_MM, _Y_MM, _HEIGHT_MM = 14.5, 0.1, 2.3  # above everything that our own labels print


def formats_of(zpl: str) -> list[str]:
    """The whole labels (^XA to ^XZ) in a text, in their order; what stands between them prints nothing."""
    return _FORMAT.findall(zpl)


def marked_reprint(zpl: str, dpi: int = 203) -> str:
    """The same labels with the word REPRINT on each; those that have it stay as they are."""
    x, y, height = (round(mm * dpi / 25.4) for mm in (_X_MM, _Y_MM, _HEIGHT_MM))
    mark = f"^FO{x},{y}^A0N,{height},{height}{_MARK}"
    return _FORMAT.sub(lambda found: found[0] if _MARK in found[0] else _before_end(found[0], mark), zpl)


def quantity_of(zpl: str) -> int:
    """How many copies a label asks for itself (^PQ); 1 when it says nothing."""
    found = _QUANTITY.search(zpl)
    return int(found[1]) if found is not None and found[1] else 1


def with_copies(zpl: str, copies: int) -> str:
    """The same labels, each so many times; what they said of it before (^PQ) does not count."""
    bare = _QUANTITY.sub("", zpl)
    return bare if copies == 1 else _FORMAT.sub(lambda found: _before_end(found[0], f"^PQ{copies}"), bare)


def _before_end(zpl: str, more: str) -> str:
    return f"{zpl[:-3]}{more}^XZ"
