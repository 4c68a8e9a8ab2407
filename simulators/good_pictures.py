"""What the demonstration's goods look like, drawn: simple, and each told from its neighbours at arm's length."""

import io
from collections.abc import Callable

from PIL import Image, ImageDraw

_SIDE = 480
_COLOURS = {"small": "#2f6fb7", "large": "#2e8b57", "gift": "#b0413e", "family": "#8a5a9e"}
_SCALES = {"small": 0.72, "large": 1.0, "gift": 0.86, "family": 0.94}
_DARK, _LIGHT, _WOOD, _GOLD = "#33404a", "#f4f1ea", "#9c6b3f", "#e0a526"
_Draw = ImageDraw.ImageDraw
_Shape = Callable[[_Draw, str], None]


def picture_of(name: str) -> bytes | None:
    """A PNG of a good such as "Green tea, gift"; None for what nobody drew."""
    thing, _, kind = name.partition(", ")
    shape = _SHAPES.get(thing)
    if shape is None or kind not in _COLOURS:
        return None
    drawn = Image.new("RGB", (_SIDE, _SIDE), "white")
    shape(ImageDraw.Draw(drawn), _COLOURS[kind])
    side = round(_SIDE * _SCALES[kind])
    whole = Image.new("RGB", (_SIDE, _SIDE), "white")
    whole.paste(drawn.resize((side, side), Image.Resampling.LANCZOS), ((_SIDE - side) // 2, _SIDE - side))
    if kind == "gift":
        _bow(ImageDraw.Draw(whole))
    out = io.BytesIO()
    whole.save(out, "PNG")
    return out.getvalue()


def _bow(draw: _Draw) -> None:
    draw.polygon([(400, 70), (330, 30), (330, 110)], fill=_GOLD)
    draw.polygon([(400, 70), (470, 30), (470, 110)], fill=_GOLD)
    draw.ellipse((382, 52, 418, 88), fill=_WOOD)


def _soap(draw: _Draw, colour: str) -> None:
    draw.rounded_rectangle((50, 170, 430, 400), 90, fill=colour)
    draw.rounded_rectangle((110, 225, 370, 345), 50, outline=_LIGHT, width=14)
    for x, y, r in ((120, 110, 40), (210, 70, 26), (290, 120, 34)):
        draw.ellipse((x - r, y - r, x + r, y + r), outline=colour, width=8)


def _tea(draw: _Draw, colour: str) -> None:
    draw.rounded_rectangle((100, 90, 380, 450), 20, fill=colour)
    draw.rounded_rectangle((85, 50, 395, 120), 16, fill=_DARK)
    draw.ellipse((165, 200, 315, 380), fill=_LIGHT)
    draw.polygon([(240, 225), (290, 290), (240, 355), (190, 290)], fill="#4f8a3c")


def _milk(draw: _Draw, colour: str) -> None:
    draw.polygon([(120, 160), (240, 50), (360, 160)], fill=_DARK)
    draw.rectangle((120, 160, 360, 455), fill=_LIGHT, outline=_DARK, width=6)
    draw.rectangle((123, 250, 357, 370), fill=colour)
    draw.rectangle((195, 25, 285, 70), fill=colour)


def _candle(draw: _Draw, colour: str) -> None:
    draw.rectangle((170, 190, 310, 450), fill=colour)
    draw.line((240, 190, 240, 145), fill=_DARK, width=10)
    draw.polygon([(240, 40), (280, 115), (240, 150), (200, 115)], fill=_GOLD)


def _notebook(draw: _Draw, colour: str) -> None:
    draw.rounded_rectangle((90, 40, 400, 450), 18, fill=colour)
    draw.rectangle((180, 110, 350, 190), fill=_LIGHT)
    for y in range(70, 440, 50):
        draw.ellipse((70, y, 110, y + 24), outline=_DARK, width=8)


def _lantern(draw: _Draw, colour: str) -> None:
    draw.arc((170, 20, 310, 140), 180, 360, fill=_DARK, width=12)
    draw.polygon([(130, 150), (240, 70), (350, 150)], fill=_DARK)
    draw.rectangle((145, 150, 335, 400), fill=_GOLD, outline=colour, width=18)
    draw.line((240, 150, 240, 400), fill=colour, width=14)
    draw.rectangle((120, 400, 360, 450), fill=_DARK)


def _rice(draw: _Draw, colour: str) -> None:
    draw.polygon([(120, 90), (360, 90), (410, 450), (70, 450)], fill=_LIGHT, outline=_DARK, width=6)
    draw.rectangle((115, 60, 365, 100), fill=colour)
    draw.ellipse((150, 210, 330, 390), fill=colour)
    for x, y in ((200, 270), (250, 250), (280, 310), (220, 330)):
        draw.ellipse((x, y, x + 16, y + 40), fill=_LIGHT)


def _teapot(draw: _Draw, colour: str) -> None:
    draw.arc((330, 190, 450, 340), 270, 90, fill=colour, width=24)
    draw.polygon([(40, 180), (90, 180), (160, 300), (120, 360)], fill=colour)
    draw.ellipse((100, 150, 390, 430), fill=colour)
    draw.rectangle((190, 130, 300, 160), fill=_DARK)
    draw.ellipse((225, 85, 265, 135), fill=_DARK)


def _honey(draw: _Draw, colour: str) -> None:
    draw.rounded_rectangle((100, 120, 380, 450), 60, fill=_GOLD)
    draw.rectangle((120, 60, 360, 130), fill=colour)
    draw.rectangle((130, 230, 350, 350), fill=_LIGHT)
    draw.regular_polygon((240, 290, 48), 6, fill=colour)


def _scarf(draw: _Draw, colour: str) -> None:
    draw.rounded_rectangle((60, 60, 420, 180), 50, fill=colour)
    draw.polygon([(110, 150), (230, 150), (210, 440), (90, 440)], fill=colour)
    draw.polygon([(250, 150), (370, 150), (400, 400), (290, 400)], fill=colour)
    for y in (240, 310, 380):
        draw.line((100, y, 222, y), fill=_LIGHT, width=16)
    draw.line((280, 330, 392, 330), fill=_LIGHT, width=16)


def _puzzle(draw: _Draw, colour: str) -> None:
    draw.rectangle((70, 160, 330, 420), fill=colour)
    draw.ellipse((150, 100, 250, 200), fill=colour)
    draw.ellipse((285, 240, 385, 340), fill=colour)
    draw.ellipse((40, 250, 120, 330), fill="white")


def _torch(draw: _Draw, colour: str) -> None:
    draw.rounded_rectangle((50, 210, 290, 300), 20, fill=colour)
    draw.polygon([(290, 200), (370, 150), (370, 360), (290, 310)], fill=_DARK)
    draw.ellipse((130, 225, 180, 275), fill=_GOLD)
    for end in ((460, 170), (470, 255), (460, 340)):
        draw.line((385, 255, *end), fill=_GOLD, width=14)


_SHAPES: dict[str, _Shape] = {
    "Soap": _soap, "Green tea": _tea, "Oat milk": _milk, "Candle": _candle, "Notebook": _notebook, "Lantern": _lantern, "Rice": _rice,
    "Teapot": _teapot, "Honey": _honey, "Scarf": _scarf, "Puzzle": _puzzle, "Torch": _torch,
}
