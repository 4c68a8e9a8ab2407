"""The label of a return: where it goes back to, whose order it is, and its number as bars, by which the floor takes it in."""

from collections.abc import Sequence

from labels.codes import best
from labels.drawing import Box, Code, Drawing, Text
from labels.template import Field, Template, Values


def _draw(values: Values, width: float, height: float) -> Sequence[Drawing]:
    wide = width - 6
    return [Drawing(width, height, (
        Text(x=3, y=4, width=wide * 0.6, size=9, least=5, text=values["title"] or "RETURN"),
        Text(x=3 + wide * 0.6, y=6, width=wide * 0.4, size=5, least=3, align="right", text=values["order"]),
        Box(x=3, y=15, width=wide, height=0.5),
        Text(x=3, y=17, width=wide, size=3.6, least=2.4, lines=2, text=f"FROM {values['customer']}" if values["customer"] else ""),
        Box(x=3, y=27, width=wide, height=0.5),
        Text(x=3, y=29, width=wide, size=4, text="TO"),
        Text(x=3, y=35, width=wide, size=8, least=4.5, lines=2, text=values["to_name"]),
        Text(x=3, y=55, width=wide, size=6, least=3.5, lines=4, text=values["to_address"]),
        Box(x=3, y=height - 67, width=wide, height=0.5),
        best(Code(kind="code128", x=2, y=height - 62, width=width - 4, height=36, data=values["code"], module=0.5)),
        Text(x=3, y=height - 23, width=wide, size=9, least=4, align="center", text=values["code"]),
        Text(x=3, y=height - 12, width=wide * 0.5, size=4, text="REPRINT" if values["is_reprint"] else ""),
    ))]


TEMPLATE = Template(name="return_label", title="Return: where it goes back to, its order, its number", width=101.6, height=152.4, draw=_draw, fields=(
    Field(name="code", required=True, sample="RMA-000042", longest=32),
    Field(name="to_name", sample="Aisle Trading, returns", longest=128),
    Field(name="to_address", sample="Dock Road 4, 21129 Hamburg, Germany"),
    Field(name="order", sample="ORD-000042", longest=72),
    Field(name="customer", sample="Anna Weber"),
    Field(name="title", sample="RETURN", longest=24),
    Field(name="is_reprint", kind="flag", sample=False),
))
