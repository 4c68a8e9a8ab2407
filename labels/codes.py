"""Symbols: what a scanner will say of them, how many modules they take in a printer, and their data in portable ZPL."""

import math
import re
from dataclasses import dataclass

from labels.drawing import Code
from labels.errors import DoesNotFit
from labels.gs1.elements import FNC1
from labels.zpl import field

DPIS = (203, 300, 600)
"""Dots per inch of label printers."""
MODULE_MIN = 0.25
"""Millimetres of the narrowest bar that we print: two dots at 203 dpi, and GS1's least for GS1-128 in general."""
PRINTER_MODULE_MAX = 10
"""Dots of a module that every printer takes in ^BY and ^BQ; wider ones are drawn as pictures."""
LINEAR = ("code128", "gs1_128", "itf14", "ean13")
_QUIET = {"code128": 10, "gs1_128": 10, "itf14": 10, "ean13": 11, "gs1_datamatrix": 2, "qr": 4}
"""Modules of quiet zone on every side; DataMatrix needs one."""
_IDENTIFIERS = {"code128": "]C0", "gs1_128": "]C1", "itf14": "]I1", "ean13": "]E0", "gs1_datamatrix": "]d2", "qr": "]Q1"}
_QR_SIDES = ((14, 21), (26, 25), (42, 29), (62, 33), (84, 37), (106, 41), (122, 45), (152, 49), (180, 53), (213, 57))
"""Bytes and modules a side of QR codes with level M (ISO/IEC 18004), versions 1 to 10."""
_DATAMATRIX_SIDES = ((3, 10), (5, 12), (8, 14), (12, 16), (18, 18), (22, 20), (30, 22), (36, 24), (44, 26), (62, 32), (86, 36),
                     (114, 40), (144, 44), (174, 48), (204, 52))
"""Code words and modules a side of square DataMatrix symbols ECC 200 (ISO/IEC 16022)."""
_SWITCHED = 1
"""Code words that a printer may take beside the plainest scheme's: one that tries others may end with a switch back.

Of 1,060 symbols that the plainest scheme fills to the last word, one renderer made 9 a size larger, and none of 1,917 with a word or two left.
"""
_ESCAPE = "#"  # FNC1's mark in ^BX: no GS1 value holds it
_ONE_SIGN_LEFT = 1
_PLAIN = re.compile(r"[ -~]+")


@dataclass(frozen=True, slots=True)
class Place:
    """A symbol in dots: `x` and `y` of its first module, dots a module, modules in both directions (rows 1: bars, `height` dots high)."""

    x: int
    y: int
    module: int
    columns: int
    rows: int
    height: int


def expected(code: Code) -> tuple[str, bytes]:
    """What a scanner must send: AIM symbology identifier (ISO/IEC 15424) and bytes."""
    return _IDENTIFIERS[code.kind], code.data.encode()


def is_linear(code: Code) -> bool:
    """Bars, and not a matrix."""
    return code.kind in LINEAR


def place(code: Code, dpi: int, columns: int, rows: int) -> Place:
    """Where so many modules lie in the code's box, whole dots each; DoesNotFit when they would be too small to read."""
    quiet, per_mm = _QUIET[code.kind], dpi / 25.4
    module = min(_floor(code.width * per_mm) // (columns + 2 * quiet), _ceil(code.module * per_mm))
    if not is_linear(code):
        module = min(module, _floor(code.height * per_mm) // (rows + 2 * quiet))
    if module / per_mm < MODULE_MIN:
        raise DoesNotFit("label.code_narrow", data=repr(code.data[:64]), kind=code.kind, size=f"{code.width:g} x {code.height:g}", least=MODULE_MIN)
    height = round(code.height * per_mm) if is_linear(code) else rows * module
    return Place(round((code.x + code.width / 2) * per_mm - columns * module / 2),
                 round((code.y + code.height / 2) * per_mm - height / 2), module, columns, rows, height)


def check_fits(code: Code) -> None:
    """DoesNotFit where a symbol could not be read at every resolution."""
    columns, rows = modules(code)
    for dpi in DPIS:
        place(code, dpi, columns, rows)


def fits(code: Code) -> bool:
    """Whether a symbol can be read at every resolution."""
    try:
        check_fits(code)
    except DoesNotFit:
        return False
    return True


def modules(code: Code) -> tuple[int, int]:
    """Columns and rows that a printer takes at most; 1 row for bars. DoesNotFit when no symbol holds the data."""
    if code.kind == "qr":
        return _square(code, _QR_SIDES, len(code.data.encode()))
    if code.kind == "gs1_datamatrix":
        return _square(code, _DATAMATRIX_SIDES, _ascii_words(code.data) + 1 + _SWITCHED)
    if code.kind == "itf14":
        return 9 * 15, 1  # ratio 3: 14 digits of 3 narrow and 2 wide, start 4, stop 5
    if code.kind == "ean13":
        return 95, 1
    digits, tail = _split(code)
    shifts = 1 if digits and tail else 0
    return 11 * (len(digits) // 2 + shifts + len(tail) + (code.kind == "gs1_128") + 2) + 13, 1


def is_portable(code: Code, at: Place) -> bool:
    """Whether every printer and renderer draws a code alike by its command; else it is sent as a picture.

    Modules of more than ten dots are not; nor is `>` in Code 128, which begins a change of subset; one renderer loses a lone sign.
    """
    if code.kind in ("code128", "gs1_128") and (">" in code.data or len(code.data) == _ONE_SIGN_LEFT):
        return False
    return at.module <= PRINTER_MODULE_MAX or code.kind == "gs1_datamatrix"


def code_128_data(code: Code) -> str:
    """The data of ^BC in mode N: one subset, or digits in C and then text in B, which is what every renderer and printer reads alike."""
    digits, tail = _split(code)
    first = ">8" if code.kind == "gs1_128" else ""
    text = field(tail).replace(field(FNC1), ">8")
    if not digits:
        return f">:{first}{text}"
    return f">;{first}{digits}" + (f">6{text}" if text else "")


def datamatrix_data(code: Code) -> str:
    """The data of ^BX with its escape sign, FNC1 first."""
    return f"{_ESCAPE}1" + code.data.replace(FNC1, f"{_ESCAPE}1")


def best(code: Code) -> Code:
    """A Code 128 of a text, or a QR code in the same box where bars would be too thin or do not know the text's characters."""
    if _PLAIN.fullmatch(code.data) and fits(code):
        return code
    return Code(kind="qr", x=code.x, y=code.y, width=code.width, height=code.height, data=code.data, module=max(code.module, 1.2))


def _split(code: Code) -> tuple[str, str]:
    """An even number of digits for subset C, and the rest for B. A single sign in B at the end is lost by one renderer: it gets digits before it."""
    data, end = code.data, 0
    while end < len(data) and data[end:end + 2].isdigit() and len(data[end:end + 2]) == 2:
        end += 2
    digits, tail = data[:end], data[end:]
    if len(tail) == _ONE_SIGN_LEFT and digits:
        digits, tail = digits[:-2], digits[-2:] + tail
    return (digits, tail) if len(digits) >= 4 else ("", data)


def _square(code: Code, sides: tuple[tuple[int, int], ...], size: int) -> tuple[int, int]:
    side = next((side for most, side in sides if size <= most), 0)
    if not side:
        raise DoesNotFit("label.code_long", data=repr(code.data[:64]), size=size, kind=code.kind, most=sides[-1][0])
    return side, side


def _ascii_words(data: str) -> int:
    """Code words in DataMatrix's plainest scheme, two digits a word."""
    return len(re.sub(r"\d\d", "d", data))


def _floor(dots: float) -> int:
    return int(dots + 1e-6)


def _ceil(dots: float) -> int:
    return math.ceil(dots - 0.02)
