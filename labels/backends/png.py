"""A drawing as a picture for screens: what the label will look like. The printer's own letters differ a little."""

import io

from PIL import Image, ImageDraw

from labels.drawing import Arrow, Box, Code, Drawing, Element, Picture, Text
from labels.raster import arrow_picture, picture, symbol_picture, text_picture, text_width
from labels.typesetting import lines_of


def png(drawing: Drawing, dpi: int = 203) -> bytes:
    """One label as a PNG in black and white, a printer's dot a dot."""
    written = io.BytesIO()
    image(drawing, dpi).save(written, format="PNG", dpi=(dpi, dpi))
    return written.getvalue()


def image(drawing: Drawing, dpi: int = 203) -> Image.Image:
    """The same, as Pillow has it."""
    paper = Image.new("1", (_dots(drawing.width, dpi), _dots(drawing.height, dpi)), 1)
    for one in drawing.elements:
        _draw(paper, one, dpi)
    return paper


def _draw(paper: Image.Image, one: Element, dpi: int) -> None:
    corner = _dots(one.x, dpi), _dots(one.y, dpi)
    match one:
        case Text():
            _text(paper, one, dpi)
        case Box():
            _box(paper, one, dpi)
        case Code():
            drawn, at = symbol_picture(one, dpi)
            _ink(paper, drawn, (at.x, at.y))
        case Arrow():
            _ink(paper, arrow_picture(one, dpi), corner)
        case Picture():
            _ink(paper, picture(one, dpi), corner)


def _text(paper: Image.Image, text: Text, dpi: int) -> None:
    for line in lines_of(text, lambda words: text_width(words, 1)):
        wide = _dots(text.width, dpi)
        drawn = text_picture(line.text, max(_dots(line.size, dpi), 1), wide)
        free = wide - drawn.width
        at = {"left": 0, "center": free // 2, "right": free}[text.align]
        _ink(paper, drawn, (_dots(text.x, dpi) + at, _dots(line.y, dpi)))


def _box(paper: Image.Image, box: Box, dpi: int) -> None:
    x, y = _dots(box.x, dpi), _dots(box.y, dpi)
    right, bottom = x + max(_dots(box.width, dpi), 1) - 1, y + max(_dots(box.height, dpi), 1) - 1
    filled = box.filled and not box.colour
    ImageDraw.Draw(paper).rectangle((x, y, right, bottom), fill=0 if filled else None, outline=0, width=max(_dots(box.thickness, dpi), 1))


def _ink(paper: Image.Image, drawn: Image.Image, corner: tuple[int, int]) -> None:
    """Lays dark dots over what is there, as a print head does."""
    paper.paste(0, corner, drawn.convert("L").point(lambda grey: 255 - grey).convert("1"))


def _dots(mm: float, dpi: int) -> int:
    return round(mm * dpi / 25.4)
