"""A small label with GTIN, lot, expiry and serial in a GS1 DataMatrix."""

from collections.abc import Sequence

from labels.drawing import Code, Drawing, Element, Text
from labels.gs1_fields import element_string, elements_of
from labels.template import Field, Template, Values

_GS1 = (
    Field(name="gtin", required=True, sample="09506000134352", ai="01"),
    Field(name="expiry", kind="date", sample="2028-06-30", ai="17"),
    Field(name="lot", sample="L2026-11", ai="10", longest=20),
    Field(name="serial", sample="SN0001", ai="21", longest=20),
)


def _draw(values: Values, width: float, height: float) -> Sequence[Drawing]:
    elements = elements_of(_GS1, values)
    side = height - 3
    left, wide = side + 3, width - side - 4.5
    lines: list[Element] = [Text(x=left, y=7.4 + at * 4.2, width=wide, size=3.2, least=2, text=f"({ai}) {value}")
                            for at, (ai, value) in enumerate(elements)]
    return [Drawing(width, height, (
        Code(kind="gs1_datamatrix", x=1.5, y=1.5, width=side, height=side, data=element_string(elements, _GS1), module=0.75),
        Text(x=left, y=2, width=wide, size=4, least=2.2, text=values["name"]), *lines,
    ))]


TEMPLATE = Template(name="gs1_datamatrix", title="GS1 DataMatrix: GTIN, lot, expiry, serial", width=60, height=25.4, draw=_draw, fields=(
    *_GS1, Field(name="name", sample="Soap, 100 g"),
))
