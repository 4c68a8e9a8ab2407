"""The label of a carton: what order it belongs to, what is in it, and its SSCC as GS1-128."""

from collections.abc import Sequence

from labels.drawing import Box, Code, Drawing, Text
from labels.gs1_fields import LOGISTIC_MODULE
from labels.template import Field, Template, Values


def _draw(values: Values, width: float, height: float) -> Sequence[Drawing]:
    wide = width - 8
    weight = f"{values['weight_g'] / 1000:.2f} kg" if values["weight_g"] else ""
    count = f"{values['number']}/{values['count']}" if values["count"] else f"#{values['number']}" if values["number"] else ""
    return [Drawing(width, height, (
        Text(x=4, y=4, width=wide - 28, size=8, least=4, text=values["order"]),
        Text(x=width - 32, y=4, width=28, size=8, align="right", text=count),
        Box(x=4, y=14, width=wide, height=0.5),
        Text(x=4, y=16, width=wide, size=6, least=3.5, lines=2, text=values["customer"]),
        Text(x=4, y=31, width=wide, size=5, least=3, lines=4, text=values["content"]),
        Text(x=4, y=56, width=wide / 2, size=5, text=weight),
        Text(x=4 + wide / 2, y=56, width=wide / 2, size=5, align="right", text=values["carrier"]),
        Text(x=4, y=63, width=wide, size=4, text="REPRINT" if values["is_reprint"] else ""),
        Box(x=4, y=68, width=wide, height=0.5),
        Code(kind="gs1_128", x=2, y=71, width=width - 4, height=32, data=f"00{values['sscc']}", module=LOGISTIC_MODULE),
        Text(x=4, y=104.5, width=wide, size=5.5, align="center", text=f"(00) {values['sscc']}"),
    ))]


TEMPLATE = Template(name="carton", title="Carton: what order it belongs to, what is in it, its SSCC", width=101.6, height=114.3, draw=_draw, fields=(
    Field(name="sscc", required=True, sample="095200000000000011", ai="00"),
    Field(name="order", required=True, sample="ORD-20261128-0042", longest=72),
    Field(name="number", kind="number", sample=2, longest=5),
    Field(name="count", kind="number", sample=3, longest=5),
    Field(name="customer", sample="Weber & Sons"),
    Field(name="content", sample="6 x Soap with olive oil, 12 x Tea with lemon"),
    Field(name="carrier", sample="Express", longest=60),
    Field(name="weight_g", kind="number", sample=12_450, longest=8),
    Field(name="is_reprint", kind="flag", sample=False),
))
