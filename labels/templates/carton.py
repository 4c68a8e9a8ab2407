"""The shipping label of a parcel: who gets it, what order it is, and its SSCC as GS1-128."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from labels.drawing import Box, Code, Drawing, Text
from labels.gs1_fields import LOGISTIC_MODULE
from labels.template import Field, Template, Values
from labels.zpl import gs1_128_at, label, text_at

_ADDRESS_LINES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class CartonLabel:
    """What stands on the label; `ship_to` may hold name, street, city, postcode, country; weight in grams."""

    sscc: str
    order: str
    number: int
    carrier: str = ""
    customer: str = ""
    ship_to: Mapping[str, str] = field(default_factory=dict)
    weight_g: int = 0
    is_reprint: bool = False


def carton_label(values: CartonLabel) -> str:
    """The label in ZPL, 4 x 6 inches at 203 dpi."""
    lines = [text_at(40, 190 + 48 * at, 40, line, width=730) for at, line in enumerate(_address(values))]
    weight = f"{values.weight_g / 1000:.2f} kg" if values.weight_g else ""
    return label(
        text_at(40, 40, 60, values.carrier or "-", width=500),
        text_at(600, 40, 40, f"#{values.number}", width=180),
        text_at(40, 120, 36, f"{values.order}   {weight}", width=730),
        *lines,
        text_at(40, 470, 32, "REPRINT" if values.is_reprint else "", width=400),
        text_at(40, 560, 44, f"(00){values.sscc}", width=730),
        gs1_128_at(94, 640, 320, f"00{values.sscc}"),
    )


def _address(values: CartonLabel) -> Sequence[str]:
    place = " ".join(filter(None, (values.ship_to.get("postcode"), values.ship_to.get("city"))))
    lines = [values.ship_to.get("name") or values.customer, values.ship_to.get("street"), place,
             values.ship_to.get("country")]
    return [str(line) for line in lines if line][:_ADDRESS_LINES]


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
