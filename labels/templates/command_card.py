"""A card with a command of the floor: scanned instead of a tap on the screen, with gloves on."""

from collections.abc import Sequence

from labels.drawing import Box, Code, Drawing, Text
from labels.template import Field, Template, Values


def _draw(values: Values, width: float, height: float) -> Sequence[Drawing]:
    side = 40
    left, wide = side + 4, width - side - 7
    return [Drawing(width, height, (
        Box(x=1, y=1, width=width - 2, height=height - 2, thickness=0.5),
        Code(kind="qr", x=2, y=(height - side) / 2, width=side, height=side, data=values["code"], module=1.5),
        Text(x=left, y=5, width=wide, size=9, least=4, lines=2, text=values["title"]),
        Text(x=left, y=26, width=wide, size=4, least=2.6, lines=3, text=values["does"]),
        Text(x=left, y=height - 8, width=wide, size=3.5, text=values["code"]),
    ))]


TEMPLATE = Template(name="command_card", title="Command card of the floor", width=101.6, height=50.8, draw=_draw, fields=(
    Field(name="code", required=True, sample="CMD-DONE", longest=64),
    Field(name="title", required=True, sample="Done", longest=60),
    Field(name="does", sample="Finishes the task that is on the screen.", longest=160),
))
