"""The badge of a worker: name, what they do, and the code they scan at the beginning of a shift. Never a PIN."""

from collections.abc import Sequence

from labels.drawing import Box, Code, Drawing, Text
from labels.template import Field, Template, Values


def _draw(values: Values, width: float, height: float) -> Sequence[Drawing]:
    side = 36
    left, wide = side + 3, width - side - 6
    return [Drawing(width, height, (
        Box(x=1, y=1, width=width - 2, height=height - 2, thickness=0.5),
        Text(x=4, y=3.5, width=width - 8, size=4, text=values["firm"]),
        Code(kind="qr", x=2, y=10, width=side, height=side, data=values["badge"], module=1.25),
        Text(x=left, y=13, width=wide, size=7, least=3.5, lines=2, text=values["name"]),
        Text(x=left, y=31, width=wide, size=4.5, lines=1, text=values["role"]),
        Text(x=left, y=39, width=wide, size=4, text=values["badge"]),
    ))]


TEMPLATE = Template(name="badge", title="Badge of a worker", width=85.6, height=54, draw=_draw, fields=(
    Field(name="badge", required=True, sample="BADGE-1007", longest=64),
    Field(name="name", required=True, sample="Anna Weber", longest=80),
    Field(name="role", sample="Picker", longest=40),
    Field(name="firm", sample="Aisle Trading", longest=60),
))
