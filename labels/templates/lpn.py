"""The label of a pallet, case or tote of ours: its number large and as Code 128, and what was on it when it came."""

from collections.abc import Sequence

from labels.codes import best
from labels.drawing import Box, Code, Drawing, Text
from labels.template import Field, Template, Values


def _draw(values: Values, width: float, height: float) -> Sequence[Drawing]:
    right = width - 3
    details = "   ".join(filter(None, (values["item"], values["lot"] and f"LOT {values['lot']}",
                                       values["expiry"] and f"EXP {values['expiry']}")))
    return [Drawing(width, height, (
        Text(x=3, y=2.5, width=right - 3, size=11, least=4, text=values["code"]),
        best(Code(kind="code128", x=3, y=15, width=right - 3, height=23, data=values["code"])),
        Box(x=3, y=40.5, width=right - 3, height=0.4),
        Text(x=3, y=42.5, width=right - 3, size=5.5, least=3.2, lines=2, text=values["name"]),
        Text(x=3, y=55.5, width=right - 3, size=4, text=details),
        Text(x=3, y=61.5, width=40, size=8, text=str(values["quantity"] or "")),
        Text(x=45, y=63.5, width=right - 45, size=4, align="right", text=values["document"]),
        Text(x=3, y=71, width=40, size=4, text="REPRINT" if values["is_reprint"] else ""),
    ))]


TEMPLATE = Template(name="lpn", title="LPN: number of a pallet, case or tote of ours", width=101.6, height=76.2, draw=_draw, fields=(
    Field(name="code", required=True, sample="LPN00000001", longest=64),
    Field(name="item", sample="SOAP-1", longest=64),
    Field(name="name", sample="Soap with olive oil and lavender, family pack 6 x 100 g"),
    Field(name="lot", sample="L2026-11", longest=40),
    Field(name="expiry", kind="date", sample="2028-06-30"),
    Field(name="quantity", kind="number", sample=480),
    Field(name="document", sample="ASN-1017", longest=64),
    Field(name="is_reprint", kind="flag", sample=False),
))
