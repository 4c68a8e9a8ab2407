"""Text and barcodes in ZPL II, so that nothing in the data can become a command of the printer.

Sizes are dots of a printer with 203 dpi; `at_300_dpi` turns a whole label for the others.
"""

import re
import unicodedata

_HEX = "_"
_COMMAND_SIGNS = "^~_\\"
_NARROW = frozenset(" .,:;'!ijlftrI()[]/")
_WIDE = frozenset("MWmw@%&-+=")
_WIDEST = frozenset("<>~")
_MORE = ".."
_SIZES = re.compile(r"\^(FO|A0N,|PW|LL|BY|BCN,|BQN,2,)(\d+)(?:,(\d+))?")
_DPI, _FINER_DPI = 203, 300
_QR_SIDES = ((14, 21), (26, 25), (42, 29), (62, 33), (84, 37), (106, 41), (122, 45), (152, 49), (180, 53), (213, 57))
"""Bytes and modules a side of QR codes with level M, versions 1 to 10."""
_QR_LOWER = 10  # so many dots a printer draws them below where they were asked for
_ROUNDED_BARS = 1.02  # bars are whole dots: with 300 dpi a symbol comes out up to this much wider


def field(text: str) -> str:
    """The data of a ^FD field: only plain signs stay; the language's own and every other byte go as hex (^FH before it)."""
    return "".join(chr(byte) if 0x20 <= byte < 0x7F and chr(byte) not in _COMMAND_SIGNS else f"{_HEX}{byte:02X}"
                   for byte in text.encode("utf-8", "replace"))


def text_width(text: str, height: int) -> int:
    """How wide a line comes out at most in the printer's scalable font."""
    return int(height * sum(map(_share, text)) + 0.999)


def text_at(x: int, y: int, height: int, text: str, *, width: int, least: int = 22) -> str:
    """One line of text in a box: smaller where it has to be, down to `least`, and then cut. A printer itself would print over it."""
    size = next((size for size in range(height, least, -2) if text_width(text, size) <= width), min(height, least))
    return f"^FO{x},{y}^A0N,{size},{size}^FH{_HEX}^FD{field(_cut(text, size, width))}^FS"


def texts_at(x: int, y: int, height: int, text: str, *, width: int, lines: int, least: int = 32) -> str:
    """A text on up to `lines` lines, broken at a space where there is one; smaller where it has to be, and then cut."""
    size = next((size for size in range(height, least, -2) if len(_lines(text, size, width)) <= lines), least)
    parts = _lines(text, size, width)
    shown = [*parts[:lines - 1], " ".join(parts[lines - 1:])]
    return "".join(text_at(x, y + at * (height + 4), size, part, width=width, least=size) for at, part in enumerate(shown))


def gs1_128_at(x: int, y: int, height: int, element_string: str, *, module: int = 4) -> str:
    """A GS1-128 symbol: FNC1 first (`>;>8` in ZPL's subset C), then the element string of digits."""
    return f"^FO{x},{y}^BY{module}^BCN,{height},N,N,N^FD>;>8{element_string}^FS"


def code_at(x: int, y: int, height: int, text: str, *, width: int) -> str:
    """A code for scanners with its quiet zones in a box: Code 128 with bars as wide as fit, a QR code where they would be too thin."""
    modules = 11 * (len(text) + 2) + 13 + 20
    module = min(int(width / modules / _ROUNDED_BARS), 4)
    if module < 2 or not all(" " <= sign <= "~" for sign in text):
        return _qr_at(x, y, height, text)
    escaped = text.replace(">", ">0")  # in this symbol > begins a change of subset
    return f"^FO{x + 10 * module},{y}^BY{module}^BCN,{height},N,N,N^FH{_HEX}^FD{field(escaped)}^FS"


def label(*parts: str, width: int = 812, length: int = 1218) -> str:
    """A whole label in UTF-8; sizes in dots (203 dpi: 812 x 1218 is 4 x 6 inches)."""
    return f"^XA^CI28^PW{width}^LL{length}{''.join(parts)}^XZ\n"


def at_300_dpi(zpl: str) -> str:
    """The same label for a printer with 300 dpi. What stands in fields holds no ^ and stays as it is."""
    return _SIZES.sub(lambda found: f"^{found[1]}{_finer(found[2])}" + (f",{_finer(found[3])}" if found[3] else ""), zpl)


def _finer(dots: str) -> int:
    return round(int(dots) * _FINER_DPI / _DPI)


def _qr_at(x: int, y: int, height: int, text: str) -> str:
    size = len(text.encode("utf-8", "replace"))
    side = next((side for most, side in _QR_SIDES if size <= most), _QR_SIDES[-1][1])
    module = max(2, min(6, height // (side + 8)))
    return f"^FO{x + 4 * module},{y + max(4 * module - _QR_LOWER, 0)}^BQN,2,{module}^FH{_HEX}^FDMA,{field(text)}^FS"


def _share(sign: str) -> float:
    if sign in _WIDEST or unicodedata.east_asian_width(sign) in "WF":
        return 1.0
    if unicodedata.combining(sign):
        return 0.0
    return 0.36 if sign in _NARROW else 0.92 if sign in _WIDE else 0.72 if sign.isupper() else 0.6


def _cut(text: str, size: int, width: int) -> str:
    if text_width(text, size) <= width:
        return text
    kept = text
    while kept and text_width(kept + _MORE, size) > width:
        kept = kept[:-1]
    return kept.rstrip() + _MORE


def _lines(text: str, height: int, width: int) -> list[str]:
    parts, rest = list[str](), text.strip()
    while rest:
        part, rest = _first_line(rest, height, width)
        parts.append(part)
    return parts


def _first_line(text: str, height: int, width: int) -> tuple[str, str]:
    fits = next((end for end in range(len(text), 0, -1) if text_width(text[:end], height) <= width), 1)
    if fits == len(text):
        return text, ""
    space = text.rfind(" ", 0, fits + 1)
    end = space if space > 0 else fits
    return text[:end].rstrip(), text[end:].lstrip()
