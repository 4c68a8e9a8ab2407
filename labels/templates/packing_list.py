"""The packing list that goes into a parcel: what is in it, line by line."""

from collections.abc import Sequence

from labels.drawing import Box, Code, Drawing, Element, Text
from labels.template import Field, Template, Values

_HEAD, _FOOT, _ROW_HEIGHT = 34, 8, 9.5


def _draw(values: Values, width: float, height: float) -> Sequence[Drawing]:
    a_page = int((height - _HEAD - _FOOT) / _ROW_HEIGHT)
    rows = values["lines"]
    pages = [rows[at:at + a_page] for at in range(0, len(rows), a_page)] or [()]
    return [Drawing(width, height, _elements(values, lines, (at, len(pages)), width)) for at, lines in enumerate(pages, 1)]


def _elements(values: Values, lines: Sequence[Values], at: tuple[int, int], width: float) -> Sequence[Element]:
    wide = width - 8
    drawn: list[Element] = [
        Text(x=4, y=4, width=wide - 40, size=6, text=values["order"]),
        Text(x=width - 44, y=4.5, width=40, size=4.5, align="right", text=f"#{values['number']}   {at[0]}/{at[1]}"),
        Text(x=4, y=11.5, width=wide, size=4.5, text=values["customer"]),
        Code(kind="gs1_128", x=2, y=17, width=min(width - 4, 94), height=9, data=f"00{values['sscc']}", module=0.37),
        Text(x=2, y=27, width=min(width - 4, 94), size=3.5, align="center", text=f"(00) {values['sscc']}"),
        Box(x=4, y=32, width=wide, height=0.4),
    ]
    for number, line in enumerate(lines):
        drawn += _line(line, 4, _HEAD + number * _ROW_HEIGHT, wide)
    return drawn


def _line(line: Values, x: float, y: float, width: float) -> Sequence[Element]:
    details = "   ".join(filter(None, (line["item"], line["lots"] and f"LOT {line['lots']}")))
    return (Text(x=x, y=y, width=14, size=4.5, align="right", text=str(line["quantity"])),
            Text(x=x + 17, y=y, width=width - 17, size=4, text=line["name"]),
            Text(x=x + 17, y=y + 4.6, width=width - 17, size=3, text=details),
            Box(x=x, y=y + 8.6, width=width, height=0.15))


TEMPLATE = Template(name="packing_list", title="Packing list: what is in a parcel, line by line", width=101.6, height=152.4, is_list=True,
                    draw=_draw, fields=(
    Field(name="order", required=True, sample="ORD-20261128-0042", longest=72),
    Field(name="sscc", required=True, sample="095200000000000011", ai="00"),
    Field(name="number", kind="number", sample=2, longest=5),
    Field(name="customer", sample="Weber & Sons"),
    Field(name="lines", kind="rows", required=True, sample=[{"item": "SOAP-1", "name": "Soap with olive oil", "quantity": 6, "lots": "L2026-11"}],
          columns=(Field(name="item", required=True, sample="SOAP-1", longest=64), Field(name="name", sample="Soap with olive oil"),
                   Field(name="quantity", kind="number", required=True, sample=6, longest=9), Field(name="lots", sample="L2026-11"))),
))
