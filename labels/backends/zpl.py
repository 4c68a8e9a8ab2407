"""A drawing in ZPL II for printers with 203, 300 and 600 dpi, in the part of the language that all of them read alike.

No character of the data is ever a command: fields go through ^FH, and what is not ASCII is a picture.
"""

import importlib
from collections.abc import Iterable
from typing import Any

from labels.codes import DPIS, Place, code_128_data, datamatrix_data, is_portable, modules, place
from labels.drawing import Arrow, Box, Code, Drawing, Picture, Text
from labels.errors import DoesNotFit, NoFont
from labels.printer_font import printer_width
from labels.typesetting import Line, lines_of
from labels.zpl import field

ZPL_MAX = 4_000_000
_QR_LOWER = 10  # so many dots a printer draws a QR code below where it was asked to


def zpl(drawings: Iterable[Drawing], dpi: int = 203, *, needs_font: bool = True) -> str:
    """The labels, each a format of its own, in ASCII.

    NoFont for text that no font of this machine has, unless it `needs_font` no more: then it goes to the printer's own, which may have it.
    """
    if dpi not in DPIS:
        raise DoesNotFit("label.no_dpi", dpi=dpi, dpis=", ".join(map(str, DPIS)))
    return "".join(_label(one, dpi, needs_font=needs_font) for one in drawings)


def _label(drawing: Drawing, dpi: int, *, needs_font: bool) -> str:
    body, taken = list[str](), 0
    for one in drawing.elements:
        body.append(_text(one, dpi, needs_font=needs_font) if isinstance(one, Text) else _element(one, dpi))
        taken += len(body[-1])
        if taken > ZPL_MAX:
            raise DoesNotFit("label.zpl_long", most=ZPL_MAX)
    return f"^XA^CI28^PW{_dots(drawing.width, dpi)}^LL{_dots(drawing.height, dpi)}{''.join(body)}^XZ\n"


def _element(one: Box | Code | Arrow | Picture, dpi: int) -> str:
    match one:
        case Box():
            return _box(one, dpi)
        case Code():
            return _code(one, dpi)
        case Arrow():
            return _graphic(_raster().arrow_picture(one, dpi), _dots(one.x, dpi), _dots(one.y, dpi))
        case Picture():
            return _graphic(_raster().picture(one, dpi), _dots(one.x, dpi), _dots(one.y, dpi))


def _text(text: Text, dpi: int, *, needs_font: bool) -> str:
    if text.text.isascii():
        return "".join(_printed(text, line, dpi) for line in lines_of(text, printer_width))
    try:
        return "".join(_drawn(text, line, dpi) for line in lines_of(text, lambda words: float(_raster().text_width(words, 1))))
    except NoFont:
        if needs_font:
            raise
        return "".join(_printed(text, line, dpi) for line in lines_of(text, printer_width))


def _printed(text: Text, line: Line, dpi: int) -> str:
    """In the printer's own font. ^FB, which centres, would read a backslash as its own sign: such a line stays at the left."""
    size, wide = _dots(line.size, dpi), _dots(text.width, dpi)
    block = "" if text.align == "left" or "\\" in line.text else f"^FB{wide},1,0,{text.align[0].upper()}"
    return f"^FO{_dots(text.x, dpi)},{_dots(line.y, dpi)}^A0N,{size},{size}{block}^FH_^FD{field(line.text)}^FS"


def _drawn(text: Text, line: Line, dpi: int) -> str:
    wide = _dots(text.width, dpi)
    drawn = _raster().text_picture(line.text, max(_dots(line.size, dpi), 1), wide)
    free = wide - drawn.width
    at = {"left": 0, "center": free // 2, "right": free}[text.align]
    return _graphic(drawn, _dots(text.x, dpi) + at, _dots(line.y, dpi))


def _box(box: Box, dpi: int) -> str:
    wide, high = max(_dots(box.width, dpi), 1), max(_dots(box.height, dpi), 1)
    thick = max(_dots(box.thickness, dpi), 1)
    if box.filled and not box.colour:
        thick = min(wide, high)
    return f"^FO{_dots(box.x, dpi)},{_dots(box.y, dpi)}^GB{wide},{high},{thick}^FS"


def _code(code: Code, dpi: int) -> str:
    at = place(code, dpi, *modules(code))
    if not is_portable(code, at):
        drawn, at = _raster().symbol_gfa(code, dpi)
        return f"^FO{at.x},{at.y}{drawn}^FS"
    lower = _QR_LOWER if code.kind == "qr" else 0
    return f"^FO{at.x},{max(at.y - lower, 0)}{_command(code, at)}^FS"


def _command(code: Code, at: Place) -> str:
    match code.kind:
        case "code128" | "gs1_128":
            return f"^BY{at.module}^BCN,{at.height},N,N,N^FH_^FD{code_128_data(code)}"
        case "itf14":
            return f"^BY{at.module},3.0^B2N,{at.height},N,N,N^FD{code.data}"
        case "ean13":
            return f"^BY{at.module}^BEN,{at.height},N,N^FD{code.data[:12]}"
        case "gs1_datamatrix":
            return f"^BXN,{at.module},200,0,0,1,#,1^FD{datamatrix_data(code)}"
        case "qr":
            return f"^BQN,2,{at.module}^FH_^FDMA,{field(code.data)}"


def _graphic(drawn: Any, x: int, y: int) -> str:
    return f"^FO{x},{y}{_raster().gfa(drawn)}^FS"


def _raster() -> Any:
    """Pillow and the writer of symbols: only loaded where a label needs them."""
    return importlib.import_module("labels.raster")


def _dots(mm: float, dpi: int) -> int:
    return round(mm * dpi / 25.4)
