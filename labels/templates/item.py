"""The label of an item on its shelf or on a piece: name, number, and its GTIN as EAN-13 or ITF-14."""

from collections.abc import Sequence

from labels.codes import best
from labels.drawing import Box, Code, Drawing, Element, Text
from labels.template import Field, Template, Values

_BEARER = 1.2  # millimetres of the bars above and below an ITF-14, so that a slanting scan does not read half of it


def _draw(values: Values, width: float, height: float) -> Sequence[Drawing]:
    wide = width - 6
    return [Drawing(width, height, (
        Text(x=3, y=2.5, width=wide, size=6, least=3.2, lines=2, text=values["name"]),
        Text(x=3, y=17, width=wide * 0.6, size=5, text=values["code"]),
        Text(x=3 + wide * 0.6, y=17, width=wide * 0.4, size=5, align="right", text=values["unit"]),
        *_symbol(values, width, 24, height - 24),
        Text(x=3, y=height - 5.5, width=wide, size=3.6, text=values["location"]),
    ))]


def _symbol(values: Values, width: float, y: float, room: float) -> Sequence[Element]:
    """The GTIN where the item has one, else the item's own number."""
    gtin, bars = values["gtin"], room - 13
    if not gtin:
        return (best(Code(kind="code128", x=3, y=y, width=width - 6, height=bars + 5, data=values["code"], module=0.375)),)
    if gtin.startswith("0"):
        return (Code(kind="ean13", x=3, y=y, width=width - 6, height=bars, data=gtin[1:], module=0.33),
                Text(x=3, y=y + bars + 2.6, width=width - 6, size=4, align="center", text=gtin[1:]))
    return (Box(x=3, y=y - _BEARER, width=width - 6, height=_BEARER, filled=True),
            Code(kind="itf14", x=3, y=y, width=width - 6, height=bars, data=gtin, module=LOGISTIC_ITF),
            Box(x=3, y=y + bars, width=width - 6, height=_BEARER, filled=True),
            Text(x=3, y=y + bars + 2, width=width - 6, size=4, align="center", text=gtin))


LOGISTIC_ITF = 0.5
"""Millimetres of a narrow bar (GS1 General Specifications: 0.495 or more in general distribution)."""

TEMPLATE = Template(name="item", title="Item or shelf: name, number and GTIN", width=101.6, height=63.5, draw=_draw, fields=(
    Field(name="code", required=True, sample="SOAP-1", longest=48),
    Field(name="name", sample="Soap with olive oil and lavender, 100 g"),
    Field(name="gtin", sample="09506000134352", ai="01"),
    Field(name="unit", sample="6 pieces", longest=40),
    Field(name="location", sample="W1-A-01-1", longest=64),
))
