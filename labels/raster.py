"""What a label printer cannot draw by itself, as a bitmap: text in other scripts, pictures, arrows, wide bars."""

import io
from collections.abc import Iterable

import zxingcpp
from PIL import Image, ImageDraw, UnidentifiedImageError

from labels.codes import Place, is_linear, place
from labels.drawing import Arrow, Code, Picture
from labels.errors import BadData, DoesNotFit
from labels.fonts import font_for
from labels.gs1.elements import build_bracketed, parse_elements

PICTURE_PIXELS_MAX = 4_000_000
FORMATS = {"code128": zxingcpp.BarcodeFormat.Code128, "gs1_128": zxingcpp.BarcodeFormat.Code128, "itf14": zxingcpp.BarcodeFormat.ITF,
            "ean13": zxingcpp.BarcodeFormat.EAN13, "qr": zxingcpp.BarcodeFormat.QRCode, "gs1_datamatrix": zxingcpp.BarcodeFormat.DataMatrix}
"""How the writer, and the reader, call our kinds of codes."""
_BASELINE, _LETTERS = 0.82, 0.88  # of the line's height: where letters stand, and their size
_DARK, _LETTERS_DARK = 128, 160


def text_width(text: str, size: float) -> float:
    """The width of a line whose letters are as for a height of `size`, in its unit."""
    return font_for(text, 100).getlength(text) * _LETTERS * size / 100


def text_picture(text: str, height: int, width_max: int) -> Image.Image:
    """A line of text, dark on light, `height` dots high and as wide as it is; small letters come out a little wider than reckoned."""
    font = font_for(text, max(round(height * _LETTERS), 1))
    drawn = Image.new("L", (max(int(font.getlength(text)) + 2, 1), height), 255)
    ImageDraw.Draw(drawn).text((0, round(height * _BASELINE)), text, font=font, fill=0, anchor="ls")
    if drawn.width > width_max:
        drawn = drawn.resize((width_max, height))
    return drawn.point(lambda grey: 0 if grey < _LETTERS_DARK else 255, mode="1")


def arrow_picture(arrow: Arrow, dpi: int) -> Image.Image:
    """An arrow of the size of its box."""
    wide, high = round(arrow.width * dpi / 25.4), round(arrow.height * dpi / 25.4)
    drawn = Image.new("1", (wide, high), 1)
    ImageDraw.Draw(drawn).polygon([(x * wide, y * high) for x, y in arrow_points(up=arrow.up)], fill=0)
    return drawn


def arrow_points(*, up: bool) -> list[tuple[float, float]]:
    """The corners of an arrow in a box of 1 x 1, y downwards."""
    points = [(0.5, 0.0), (1.0, 0.5), (0.7, 0.5), (0.7, 1.0), (0.3, 1.0), (0.3, 0.5), (0.0, 0.5)]
    return points if up else [(x, 1 - y) for x, y in points]


def picture(one: Picture, dpi: int) -> Image.Image:
    """A PNG fitted into its box, black and white; BadData when it is none."""
    box = round(one.width * dpi / 25.4), round(one.height * dpi / 25.4)
    try:
        with Image.open(io.BytesIO(one.png), formats=("PNG",)) as opened:
            if opened.width * opened.height > PICTURE_PIXELS_MAX:
                raise BadData("label.picture_large", field="picture", size=f"{opened.width} x {opened.height}", most=PICTURE_PIXELS_MAX)
            on_white = Image.new("RGBA", opened.size, "white")
            on_white.alpha_composite(opened.convert("RGBA"))
    except (OSError, SyntaxError, ValueError, UnidentifiedImageError) as error:
        raise BadData("label.no_png", field="picture") from error
    return on_white.convert("L").resize(_within(on_white.size, box)).point(lambda grey: 0 if grey < _DARK else 255, mode="1")


def symbol(code: Code) -> list[bytes]:
    """The modules of a code, row by row, 1 where dark; one row for bars."""
    try:
        made = _barcode(code)
    except ValueError as error:
        raise DoesNotFit("label.code_not", data=repr(code.data[:64]), kind=code.kind) from error
    drawn = made.to_image(scale=1, add_quiet_zones=False)
    rows, columns = drawn.shape[:2]
    flat = bytes(drawn)  # type: ignore[call-overload]
    return [bytes(dot < _DARK for dot in flat[row * columns:(row + 1) * columns]) for row in range(1 if is_linear(code) else rows)]


def symbol_picture(code: Code, dpi: int) -> tuple[Image.Image, Place]:
    """A code as a picture in whole dots, and where it lies."""
    rows = symbol(code)
    at = place(code, dpi, len(rows[0]), len(rows))
    small = Image.frombytes("L", (at.columns, at.rows), bytes(0 if dark else 255 for row in rows for dark in row))
    return small.resize((at.columns * at.module, at.height), Image.Resampling.NEAREST).convert("1"), at


def gfa(drawn: Image.Image) -> str:
    """A black and white picture as ^GFA in hexadecimal digits; a colon repeats the row before."""
    wide = (drawn.width + 7) // 8
    flat = bytes(byte ^ 0xFF for byte in drawn.tobytes())
    spare = (0xFF << (wide * 8 - drawn.width)) & 0xFF
    rows = [flat[at:at + wide - 1] + bytes([flat[at + wide - 1] & spare]) for at in range(0, len(flat), wide)]
    return f"^GFA,{len(flat)},{len(flat)},{wide},{''.join(_repeated(rows))}"


def symbol_gfa(code: Code, dpi: int) -> tuple[str, Place]:
    """A code as ^GFA in whole dots, and where it lies: each row of modules once, and then repeated."""
    rows = symbol(code)
    at = place(code, dpi, len(rows[0]), len(rows))
    wide, high = (at.columns * at.module + 7) // 8, at.height // at.rows
    lines = [f"{int(_stretched(row, at.module).ljust(wide * 8, '0'), 2):0{wide * 2}X}{':' * (high - 1)}" for row in rows]
    size = wide * high * at.rows
    return f"^GFA,{size},{size},{wide},{''.join(lines)}", at


def _stretched(row: bytes, module: int) -> str:
    return "".join(("1" if dark else "0") * module for dark in row)


def _repeated(rows: Iterable[bytes]) -> Iterable[str]:
    before = b""
    for row in rows:
        yield ":" if row == before else row.hex().upper()
        before = row


def _barcode(code: Code) -> zxingcpp.Barcode:
    if code.kind in ("gs1_128", "gs1_datamatrix"):
        # left alone, the writer takes oblong symbols of a newer standard that not every scanner reads
        shape = {"force_square": True} if code.kind == "gs1_datamatrix" else {}
        return zxingcpp.create_barcode(build_bracketed(parse_elements(code.data)), FORMATS[code.kind], gs1=True, **shape)
    if code.kind == "qr":
        charset = {} if code.data.isascii() else {"eci": "UTF-8"}
        return zxingcpp.create_barcode(code.data, FORMATS[code.kind], ec_level="M", **charset)
    return zxingcpp.create_barcode(code.data, FORMATS[code.kind])


def _within(size: tuple[int, int], box: tuple[int, int]) -> tuple[int, int]:
    share = min(box[0] / size[0], box[1] / size[1])
    return max(int(size[0] * share), 1), max(int(size[1] * share), 1)
