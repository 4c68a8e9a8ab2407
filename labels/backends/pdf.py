"""Drawings as PDF pages: bars and modules are vectors, letters the page's own fonts; one label a page, or many on a sheet."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from reportlab.lib.colors import HexColor
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from labels.codes import place
from labels.drawing import Arrow, Box, Code, Drawing, Element, Picture, Text
from labels.raster import arrow_points, picture, symbol
from labels.typesetting import Line, lines_of

_POINTS = 72 / 25.4
_FINEST = 25_400  # symbols are placed in micrometres
_LATIN, _CHINESE = "Helvetica-Bold", "STSong-Light"
_BASELINE, _LETTERS = 0.8, 0.88
_PICTURE_DPI = 300


@dataclass(frozen=True, slots=True)
class Sheet:
    """Paper that takes as many labels as fit, in millimetres."""

    width: float = 210
    height: float = 297
    margin: float = 3
    gap: float = 0


def pdf(drawings: Iterable[Drawing], *, sheet: Sheet | None = None, title: str = "Labels") -> bytes:
    """A PDF of the labels; the same bytes for the same labels."""
    drawings = list(drawings)
    written = io.BytesIO()
    canvas = Canvas(written, invariant=True, pageCompression=1)
    canvas.setTitle(title)
    for width, height, page in _pages(drawings, sheet):
        canvas.setPageSize((width * _POINTS, height * _POINTS))
        for x, y, drawing in page:
            canvas.saveState()
            canvas.translate(x * _POINTS, (height - y) * _POINTS)
            for one in drawing.elements:
                _draw(canvas, one)
            canvas.restoreState()
        canvas.showPage()
    canvas.save()
    return written.getvalue()


_Page = tuple[float, float, list[tuple[float, float, Drawing]]]


def _pages(drawings: Sequence[Drawing], sheet: Sheet | None) -> Iterable[_Page]:
    if sheet is None:
        return [(one.width, one.height, [(0.0, 0.0, one)]) for one in drawings]
    pages = list[_Page]()
    room = 0
    for at, one in enumerate(drawings):
        across = max(int((sheet.width - 2 * sheet.margin + sheet.gap) / (one.width + sheet.gap)), 1)
        down = max(int((sheet.height - 2 * sheet.margin + sheet.gap) / (one.height + sheet.gap)), 1)
        room = at % (across * down)
        if not room:
            pages.append((sheet.width, sheet.height, []))
        left = (sheet.width - across * one.width - (across - 1) * sheet.gap) / 2
        pages[-1][2].append((left + room % across * (one.width + sheet.gap), sheet.margin + room // across * (one.height + sheet.gap), one))
    return pages


def _draw(canvas: Canvas, one: Element) -> None:
    match one:
        case Text():
            for line in lines_of(one, _measured):
                _text(canvas, one, line)
        case Box():
            _box(canvas, one)
        case Code():
            _code(canvas, one)
        case Arrow():
            _polygon(canvas, [(one.x + x * one.width, one.y + y * one.height) for x, y in arrow_points(up=one.up)])
        case Picture():
            drawn = picture(one, _PICTURE_DPI)
            wide, high = (dots * 72 / _PICTURE_DPI for dots in drawn.size)
            canvas.drawImage(ImageReader(drawn.convert("L")), one.x * _POINTS, -one.y * _POINTS - high, wide, high)


def _text(canvas: Canvas, text: Text, line: Line) -> None:
    size = line.size * _LETTERS * _POINTS
    y = -(line.y + _BASELINE * line.size) * _POINTS
    canvas.setFont(_font(line.text), size)
    if text.align == "left":
        canvas.drawString(text.x * _POINTS, y, line.text)
    elif text.align == "right":
        canvas.drawRightString((text.x + text.width) * _POINTS, y, line.text)
    else:
        canvas.drawCentredString((text.x + text.width / 2) * _POINTS, y, line.text)


def _box(canvas: Canvas, box: Box) -> None:
    canvas.setFillColor(HexColor(box.colour) if box.colour else HexColor("#000000"))
    inset = 0 if box.filled else box.thickness / 2
    canvas.setLineWidth(box.thickness * _POINTS)
    canvas.rect((box.x + inset) * _POINTS, -(box.y + box.height - inset) * _POINTS, (box.width - 2 * inset) * _POINTS,
                (box.height - 2 * inset) * _POINTS, stroke=int(not box.filled), fill=int(box.filled))
    canvas.setFillColor(HexColor("#000000"))


def _code(canvas: Canvas, code: Code) -> None:
    """Every run of dark modules of a row is one rectangle of one path, so that no light line shows between them."""
    rows = symbol(code)
    at = place(code, _FINEST, len(rows[0]), len(rows))
    unit = at.module / 1000 * _POINTS
    left, top = at.x / 1000 * _POINTS, -at.y / 1000 * _POINTS
    high = at.height / 1000 * _POINTS / len(rows)
    path = canvas.beginPath()
    for row, modules in enumerate(rows):
        for begin, end in _runs(modules):
            path.rect(left + begin * unit, top - (row + 1) * high, (end - begin) * unit, high)
    canvas.drawPath(path, stroke=0, fill=1)


def _runs(modules: bytes) -> Iterable[tuple[int, int]]:
    begin = modules.find(1)
    while begin >= 0:
        end = modules.find(0, begin)
        end = len(modules) if end < 0 else end
        yield begin, end
        begin = modules.find(1, end)


def _polygon(canvas: Canvas, points: Sequence[tuple[float, float]]) -> None:
    path = canvas.beginPath()
    path.moveTo(points[0][0] * _POINTS, -points[0][1] * _POINTS)
    for x, y in points[1:]:
        path.lineTo(x * _POINTS, -y * _POINTS)
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)


def _measured(words: str) -> float:
    return float(pdfmetrics.stringWidth(words, _font(words), _LETTERS))


def _font(text: str) -> str:
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return _chinese()
    return _LATIN


@cache
def _chinese() -> str:
    """One of the fonts that every reader of PDF has or replaces: no file is needed."""
    pdfmetrics.registerFont(UnicodeCIDFont(_CHINESE))
    return _CHINESE
