"""A QR code with a GS1 Digital Link: read by a phone as a web address, by our scanners as GTIN, lot, serial and expiry."""

from collections.abc import Sequence

from labels.drawing import Code, Drawing, Text
from labels.gs1_fields import elements_of, hri, link_of
from labels.template import Field, Template, Values

_GS1 = (
    Field(name="gtin", required=True, sample="09506000134352", ai="01"),
    Field(name="expiry", kind="date", sample="2028-06-30", ai="17"),
    Field(name="lot", sample="L2026-11", ai="10", longest=20),
    Field(name="serial", sample="SN0001", ai="21", longest=20),
)


def _draw(values: Values, width: float, height: float) -> Sequence[Drawing]:
    elements = elements_of(_GS1, values)
    link = link_of(elements, values["domain"])
    side = height - 15
    return [Drawing(width, height, (
        Code(kind="qr", x=(width - side) / 2, y=8, width=side, height=side, data=link, module=1),
        Text(x=2, y=2, width=width - 4, size=5, least=2.6, align="center", text=values["name"]),
        Text(x=2, y=height - 6.5, width=width - 4, size=2.6, least=2, lines=2, align="center", text=hri(elements)),
    ))]


TEMPLATE = Template(name="digital_link", title="QR code with a GS1 Digital Link", width=50.8, height=50.8, draw=_draw, fields=(
    *_GS1, Field(name="name", sample="Soap, 100 g"), Field(name="domain", sample="https://id.gs1.org", longest=60),
))
