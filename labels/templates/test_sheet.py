"""The test sheet of a printer: edges, bars from narrow to wide, every kind of code, letters from small to large."""

from collections.abc import Sequence

from labels.drawing import Arrow, Box, Code, Drawing, Element, Text
from labels.gs1_fields import element_string
from labels.template import Field, Template, Values

_MODULES = (0.25, 0.375, 0.5)
"""Millimetres: two, three and four dots of a printer with 203 dpi."""
_GTIN, _SSCC = "09506000134352", "095200000000000011"


def _draw(values: Values, width: float, height: float) -> Sequence[Drawing]:
    wide = width - 8
    bars: list[Element] = []
    for at, module in enumerate(_MODULES):
        y = 24 + at * 15
        bars += [Code(kind="code128", x=4, y=y, width=wide * 0.72, height=10, data=f"T-{round(module * 1000)}", module=module),
                 Text(x=4 + wide * 0.74, y=y + 3, width=wide * 0.26, size=3.5, text=f"{module:g} mm")]
    link = f"https://id.gs1.org/01/{_GTIN}"
    data = element_string([("01", _GTIN), ("10", "TEST")])
    return [Drawing(width, height, (
        Box(x=1, y=1, width=width - 2, height=height - 2, thickness=0.3),
        Arrow(x=width - 10, y=3, width=6, height=9),
        Text(x=4, y=3.5, width=wide - 10, size=7, least=3.5, text=values["printer"] or "TEST"),
        Text(x=4, y=12, width=wide, size=4, text=values["note"]),
        Text(x=4, y=17.5, width=wide, size=4, text=values["date"]),
        *bars,
        Code(kind="qr", x=4, y=70, width=28, height=28, data=link, module=0.75),
        Code(kind="gs1_datamatrix", x=36, y=70, width=24, height=24, data=data, module=0.75),
        Code(kind="ean13", x=62, y=70, width=36, height=18, data=_GTIN[1:], module=0.26),
        Text(x=62, y=91, width=36, size=3.5, align="center", text=_GTIN[1:]),
        Code(kind="gs1_128", x=1, y=101, width=width - 2, height=16, data=f"00{_SSCC}"),
        Text(x=4, y=118.5, width=wide, size=3.5, align="center", text=f"(00) {_SSCC}"),
        *(Text(x=4, y=124 + at * 1.2 + size * at * 0.8, width=wide, size=size, least=size, text=f"{size:g} mm ABC abc 0123456789")
          for at, size in enumerate((2, 3, 4, 6))),
    ))]


TEMPLATE = Template(name="test_sheet", title="Test sheet of a printer", width=101.6, height=152.4, draw=_draw, fields=(
    Field(name="printer", sample="DOCK-1", longest=60),
    Field(name="note", sample="203 dpi, thermal transfer", longest=120),
    Field(name="date", kind="date", sample="2026-11-28"),
))
