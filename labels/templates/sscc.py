"""The GS1 logistic label: who sends to whom, the data in words with GS1's titles, and the symbols with the SSCC at the bottom.

Layout by the GS1 Logistic Label Guideline: free format, text, bar codes, from the top.
"""

from collections.abc import Sequence

from labels.drawing import Box, Code, Drawing, Element, Text
from labels.gs1_fields import GRAMS, LOGISTIC_MODULE, element_string, elements_of, gs1_128_rows, kilograms, title
from labels.template import Field, Template, Values

_BARS = 32  # millimetres: GS1 wants 31.75 on logistic units
_STEP = _BARS + 6
_CELLS_A_ROW = 2

_GS1 = (
    Field(name="content_gtin", sample="09506000134352", ai="02"),
    Field(name="best_before", kind="date", sample="2028-06-30", ai="15"),
    Field(name="expiry", kind="date", ai="17", sample=""),
    Field(name="production_date", kind="date", ai="11", sample=""),
    Field(name="gross_weight_g", kind="number", ai=GRAMS, sample=0, longest=7),
    Field(name="count", kind="number", sample=48, ai="37", longest=8),
    Field(name="lot", sample="L2026-11", ai="10", longest=20),
)
_SSCC = Field(name="sscc", required=True, sample="095200000000000011", ai="00")


def _draw(values: Values, width: float, height: float) -> Sequence[Drawing]:
    elements = elements_of(_GS1, values)
    element_string([("00", values["sscc"]), *elements], _GS1)
    symbols = gs1_128_rows(elements, (1, height - 40, width - 2), bars=_BARS, step=_STEP) if elements else ()
    bottom = height - 40 - len(symbols) // 2 * _STEP
    return [Drawing(width, height, (
        *_parties(values, width, min(bottom * 0.4, 24)),
        *_words(values, width, min(bottom * 0.4, 24), bottom),
        Box(x=2, y=bottom - 1.2, width=width - 4, height=0.5),
        *symbols,
        Code(kind="gs1_128", x=1, y=height - 40, width=width - 2, height=_BARS, data=f"00{values['sscc']}", module=LOGISTIC_MODULE),
        Text(x=3, y=height - 7, width=width - 6, size=5, align="center", text=f"(00) {values['sscc']}"),
    ))]


def _parties(values: Values, width: float, height: float) -> Sequence[Element]:
    half = width / 2
    lines = max(int((height - 5) / 3.7), 1)
    return (Text(x=3, y=2, width=half - 5, size=2.6, text="FROM"), Text(x=half + 2, y=2, width=half - 5, size=2.6, text="TO"),
            Text(x=3, y=5, width=half - 5, size=3.2, least=2.2, lines=lines, text=values["ship_from"]),
            Text(x=half + 2, y=5, width=half - 5, size=3.2, least=2.2, lines=lines, text=values["ship_to"]),
            Box(x=half, y=1, width=0.4, height=height - 1), Box(x=2, y=height, width=width - 4, height=0.5))


def _words(values: Values, width: float, top: float, bottom: float) -> Sequence[Element]:
    """The text block: the SSCC first and whole, then the other values two in a row, each below its title."""
    cells = [(title(one.ai), _told(one, values[one.name])) for one in _GS1 if values[one.name]]
    rows = 1 + -(-len(cells) // _CELLS_A_ROW)
    step = min((bottom - top - 3) / rows, 11)
    drawn = list(_cell(("SSCC", values["sscc"]), 3, top + 1.5, width - 6, step))
    wide = (width - 6) / _CELLS_A_ROW
    for at, cell in enumerate(cells):
        drawn += _cell(cell, 3 + at % _CELLS_A_ROW * wide, top + 1.5 + (1 + at // _CELLS_A_ROW) * step, wide - 2, step)
    return drawn


def _cell(cell: tuple[str, str], x: float, y: float, width: float, step: float) -> Sequence[Element]:
    name, value = cell
    return (Text(x=x, y=y, width=width, size=min(2.6, step * 0.3), least=1.8, text=name),
            Text(x=x, y=y + step * 0.32, width=width, size=min(step * 0.58, 6), text=value))


def _told(one: Field, value: str | int) -> str:
    return kilograms(int(value)) if one.ai == GRAMS else str(value)


TEMPLATE = Template(name="sscc", title="GS1 logistic label: SSCC, content, dates and lot", width=101.6, height=152.4, draw=_draw, fields=(
    _SSCC, *_GS1,
    Field(name="ship_from", sample="Aisle Trading, Dock Road 4, 21129 Hamburg"),
    Field(name="ship_to", sample="Weber & Sons, Market Street 12, 80331 Munich"),
))
