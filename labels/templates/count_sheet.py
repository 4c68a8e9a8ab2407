"""The sheet for a count by hand: place, item, and an empty box for what is there. What should be there is not printed."""

from collections.abc import Sequence

from labels.codes import best
from labels.drawing import Box, Code, Drawing, Element, Text
from labels.template import Field, Template, Values

_HEAD, _FOOT, _ROW_HEIGHT = 24, 6, 11


def _draw(values: Values, width: float, height: float) -> Sequence[Drawing]:
    a_page = int((height - _HEAD - _FOOT) / _ROW_HEIGHT)
    rows = values["lines"]
    pages = [rows[at:at + a_page] for at in range(0, len(rows), a_page)]
    return [Drawing(width, height, _elements(values, lines, f"{at}/{len(pages)}", width)) for at, lines in enumerate(pages, 1)]


def _elements(values: Values, lines: Sequence[Values], page: str, width: float) -> Sequence[Element]:
    wide = width - 8
    drawn: list[Element] = [
        Text(x=4, y=3, width=wide - 46, size=5.5, least=3, text=values["title"]),
        Text(x=4, y=10, width=wide - 46, size=3.6, text=values["date"]),
        best(Code(kind="code128", x=width - 50, y=3, width=46, height=11, data=values["code"], module=0.33)),
        Text(x=4, y=15.5, width=wide - 22, size=3.6, text=values["code"]),
        Text(x=width - 24, y=15.5, width=20, size=3.6, align="right", text=page),
        Box(x=4, y=21, width=wide, height=0.5),
    ]
    for number, line in enumerate(lines):
        drawn += _line(line, 4, _HEAD + number * _ROW_HEIGHT, wide)
    return drawn


def _line(line: Values, x: float, y: float, width: float) -> Sequence[Element]:
    left = width - 30
    return (Text(x=x, y=y, width=left * 0.5, size=4.2, text=line["location"]),
            Text(x=x + left * 0.52, y=y, width=left * 0.48, size=4.2, text=line["item"]),
            Text(x=x, y=y + 5, width=left, size=3.2, text="   ".join(filter(None, (line["name"], line["lot"] and f"LOT {line['lot']}")))),
            Box(x=x + width - 28, y=y - 1, width=28, height=9.5, thickness=0.3),
            Text(x=x + width - 10, y=y + 4.5, width=9, size=3, align="right", text=line["unit"]))


TEMPLATE = Template(name="count_sheet", title="Count sheet: places and items with room to write", width=101.6, height=152.4, is_list=True,
                    draw=_draw, fields=(
    Field(name="code", required=True, sample="CNT-0007", longest=40),
    Field(name="title", sample="Cycle count, zone A", longest=80),
    Field(name="date", kind="date", sample="2026-11-28"),
    Field(name="lines", kind="rows", required=True,
          sample=[{"location": "W1-A-01-1", "item": "SOAP-1", "name": "Soap with olive oil", "lot": "L2026-11", "unit": "each"}],
          columns=(Field(name="location", required=True, sample="W1-A-01-1", longest=64), Field(name="item", required=True, sample="SOAP-1", longest=64),
                   Field(name="name", sample="Soap with olive oil"), Field(name="lot", sample="L2026-11", longest=40),
                   Field(name="unit", sample="each", longest=20))),
))
