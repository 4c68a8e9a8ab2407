"""The shipping label: from whom to whom, by which carrier, its postcode for sorting, its SSCC.

The carrier's tracking number as bars where it gave one; without it the order and the parcel's number, large, in the same place.
"""

from collections.abc import Sequence

from labels.codes import best
from labels.drawing import Box, Code, Drawing, Element, Text
from labels.gs1_fields import LOGISTIC_MODULE, element_string
from labels.template import Field, Template, Values

_TO = ("to_name", "to_street", "to_place", "to_country")


def _draw(values: Values, width: float, height: float) -> Sequence[Drawing]:
    wide = width - 6
    weight = f"{values['weight_g'] / 1000:.2f} kg" if values["weight_g"] else ""
    place = " ".join(filter(None, (values["to_postcode"], values["to_city"])))
    address = {**values, "to_place": place}
    return [Drawing(width, height, (
        Text(x=3, y=3, width=wide * 0.62, size=9, least=4, text=values["carrier"]),
        Text(x=3 + wide * 0.62, y=3, width=wide * 0.38, size=5, align="right", text=values["service"]),
        Text(x=3 + wide * 0.62, y=8.5, width=wide * 0.38, size=4, align="right", text=weight),
        Box(x=3, y=13.5, width=wide, height=0.5),
        Text(x=3, y=15, width=wide, size=3, lines=2, least=2.2, text=f"FROM {values['ship_from']}" if values["ship_from"] else ""),
        Box(x=3, y=23, width=wide, height=0.5),
        *(Text(x=3, y=25 + at * 7, width=wide - 3, size=6, least=3, text=address[name])
          for at, name in enumerate(name for name in _TO if address[name])),
        Box(x=3, y=54, width=wide, height=0.5),
        *(_tracking(values, width) if values["tracking"] else _reference(values, width)),
        Text(x=3, y=81.2, width=40, size=3.6, text="REPRINT" if values["is_reprint"] else ""),
        *_sscc(values, width, height),
    ))]


def _tracking(values: Values, width: float) -> Sequence[Element]:
    """The tracking number as bars and in letters, our own reference beside it."""
    number = values["tracking"]
    return (best(Code(kind="code128", x=2, y=56, width=width - 4, height=20, data=number, module=0.5)),
            Text(x=3, y=77, width=width * 0.6, size=4, text=number),
            Text(x=3 + width * 0.6, y=77, width=width * 0.4 - 6, size=4, align="right", text=f"{values['reference']} {_number(values)}".strip()))


def _reference(values: Values, width: float) -> Sequence[Element]:
    """In letters only: a second code beside the SSCC would be scanned for it."""
    return (Text(x=3, y=57, width=width * 0.72, size=11, least=5, lines=2, text=values["reference"]),
            Text(x=3 + width * 0.74, y=57, width=width * 0.26 - 6, size=11, least=5, align="right", text=_number(values)))


def _number(values: Values) -> str:
    return f"#{values['number']}" if values["number"] else ""


def _sscc(values: Values, width: float, height: float) -> Sequence[Element]:
    if not values["sscc"]:
        return ()
    data = element_string([("00", values["sscc"])])
    return (Box(x=3, y=height - 67, width=width - 6, height=0.5),
            Text(x=3, y=height - 64, width=width - 6, size=14, least=6, align="center", text=values["to_postcode"]),
            Code(kind="gs1_128", x=1, y=height - 44, width=width - 2, height=34, data=data, module=LOGISTIC_MODULE),
            Text(x=3, y=height - 8, width=width - 6, size=5, align="center", text=f"(00) {values['sscc']}"))


TEMPLATE = Template(name="shipping", title="Shipping label: addresses, carrier, tracking number, SSCC", width=101.6, height=152.4, draw=_draw, fields=(
    Field(name="to_name", required=True, sample="Anna Weber"),
    Field(name="to_street", sample="Market Street 12"),
    Field(name="to_postcode", sample="80331", longest=12),
    Field(name="to_city", sample="Munich", longest=80),
    Field(name="to_country", sample="Germany", longest=60),
    Field(name="ship_from", sample="Aisle Trading, Dock Road 4, 21129 Hamburg"),
    Field(name="carrier", sample="Express", longest=60),
    Field(name="service", sample="Next day", longest=40),
    Field(name="tracking", sample="EX123456789DE", longest=40),
    Field(name="reference", sample="ORD-20261128-0042", longest=72),
    Field(name="number", kind="number", sample=2, longest=5),
    Field(name="weight_g", kind="number", sample=12_450, longest=8),
    Field(name="sscc", sample="095200000000000011", ai="00"),
    Field(name="is_reprint", kind="flag", sample=False),
))
