"""The label of a bin: its code large enough to be read from a truck, as Code 128, with its check digits for voice."""

from collections.abc import Sequence

from labels.codes import best
from labels.drawing import Arrow, Box, Code, Drawing, Element, Text
from labels.template import Field, Template, Values

_LONG = 16
LEVEL_COLOURS = ("#FFFFFF", "#E4572E", "#F3A712", "#5FAD56", "#4A7BD0", "#8E5BB5", "#2FA7A0", "#C05299", "#7A7A7A", "#9C6B30")
"""Fillings of the band by level, for paper that has colours; a label printer prints the level's number alone."""


def _draw(values: Values, width: float, height: float) -> Sequence[Drawing]:
    band = 12 if values["level"] else 0
    left, right = 3 + band, width - 3
    side = 22 if values["check_digit"] or values["arrow"] or values["zone"] else 0
    elements: list[Element] = [
        _code_in_letters(values["code"], left, right - left - side),
        best(Code(kind="code128", x=left, y=20, width=right - left, height=height - 23, data=values["code"])),
        *_side(values, right - side + 1, side - 1),
    ]
    if band:
        colour = LEVEL_COLOURS[values["level"] % len(LEVEL_COLOURS)]
        elements += [Box(x=1.5, y=1.5, width=band, height=height - 3, filled=True, colour=colour),
                     Text(x=2, y=height / 2 - 5, width=band - 1, size=10, align="center", text=str(values["level"]))]
    return [Drawing(width, height, elements)]


def _code_in_letters(code: str, x: float, width: float) -> Text:
    """As large as goes; a long one on two lines rather than cut."""
    if len(code) <= _LONG:
        return Text(x=x, y=2.5, width=width, size=15, least=5, text=code)
    return Text(x=x, y=2.5, width=width, size=7, least=3.2, lines=2, text=code)


def _side(values: Values, x: float, width: float) -> Sequence[Element]:
    """Beside the code: the arrow to the shelf that is meant, the check digits, the zone."""
    drawn: list[Element] = []
    if values["arrow"]:
        drawn.append(Arrow(x=x, y=2.5, width=7, height=11, up=values["arrow"] == "up"))
    if values["check_digit"]:
        taken = 8 if values["arrow"] else 0
        drawn.append(Text(x=x + taken, y=2.5, width=width - taken, size=11, align="right", text=values["check_digit"]))
    if values["zone"]:
        drawn.append(Text(x=x, y=15, width=width, size=4, align="right", text=values["zone"]))
    return drawn


TEMPLATE = Template(name="location", title="Location: code, check digits for voice, arrow, level", width=101.6, height=50.8, draw=_draw, fields=(
    Field(name="code", required=True, sample="W1-A-01-1", longest=64),
    Field(name="check_digit", sample="42", longest=4),
    Field(name="zone", sample="AMBIENT", longest=40),
    Field(name="arrow", sample="up", choices=("up", "down")),
    Field(name="level", kind="number", sample=3, longest=2),
))
