"""What our labels look like when they come out: the part of ZPL II that our templates speak, drawn by libraries."""

import re
from dataclasses import dataclass, field

import pytest
import segno

zxingcpp = pytest.importorskip("zxingcpp")
Image, ImageDraw, ImageFont = (pytest.importorskip(f"PIL.{name}") for name in ("Image", "ImageDraw", "ImageFont"))

FIELD = re.compile(r"\^FO(\d+),(\d+)(?:\^A0N,(\d+),(\d+)|\^BY(\d+)\^BCN,(\d+),N,N,N|\^BQN,2,(\d+))(\^FH_)?\^FD([^\^~]*)\^FS")
LABEL = re.compile(r"\^XA\^CI28\^PW(\d+)\^LL(\d+)(.*?)\^XZ\n")
QR_LOWER = 10  # a printer draws a QR code ten dots below its field's origin


@dataclass
class Box:
    left: int
    top: int
    right: int
    bottom: int

    def overlaps(self, other: "Box") -> bool:
        return self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom

    def is_within(self, other: "Box") -> bool:
        return other.left <= self.left and other.top <= self.top and self.right <= other.right and self.bottom <= other.bottom


@dataclass
class Picture:
    """A label as drawn: `codes` are boxes of symbols with their quiet zones."""

    image: Image.Image
    texts: list[tuple[str, Box]] = field(default_factory=list)
    codes: list[Box] = field(default_factory=list)

    @property
    def paper(self) -> Box:
        return Box(0, 0, *self.image.size)

    def read(self) -> list[str]:
        """What a scanner sends, with its symbology identifier."""
        return [found.symbology_identifier + "".join(map(chr, found.bytes)) if found.symbology_identifier == "]C1" else
                found.symbology_identifier + found.bytes.decode() for found in zxingcpp.read_barcodes(self.image)]


def pictures(zpl: str) -> list[Picture]:
    """Every label of a print job; anything that is not in our part of the language is an error."""
    assert LABEL.sub("", zpl) == ""
    return [_picture(int(width), int(length), body) for width, length, body in LABEL.findall(zpl)]


def _picture(width: int, length: int, body: str) -> Picture:
    assert FIELD.sub("", body) == ""
    made = Picture(Image.new("L", (width, length), 255))
    for x, y, height, _wide, module, bars, qr, is_hex, data in FIELD.findall(body):
        text = _unhex(data) if is_hex else data
        if height:
            _text(made, int(x), int(y), int(height), text)
        elif bars:
            _code_128(made, int(x), int(y), (int(module), int(bars)), text)
        else:
            _qr(made, int(x), int(y), int(qr), text.removeprefix("MA,"))
    return made


def _text(made: Picture, x: int, y: int, height: int, text: str) -> None:
    if text:
        font = ImageFont.load_default(height)
        draw = ImageDraw.Draw(made.image)
        draw.text((x, y), text, font=font, fill=0)
        wide = sum(height if ord(sign) > 0x2E7F else font.getlength(sign) for sign in text)
        made.texts.append((text, Box(x, y, x + round(wide), y + height)))


def _code_128(made: Picture, x: int, y: int, size: tuple[int, int], data: str) -> None:
    module, height = size
    is_gs1 = data.startswith(">;>8")
    text = f"({data[4:6]}){data[6:]}" if is_gs1 else data.replace(">0", ">")
    drawn = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128, gs1=is_gs1).to_image(scale=1, add_quiet_zones=False)
    modules = 11 * ((1 + len(data[4:]) // 2 if is_gs1 else len(text)) + 2) + 13  # the printer stays in one subset
    row = bytes(memoryview(drawn)[0, at] for at in range(memoryview(drawn).shape[1]))
    symbol = Image.frombytes("L", (len(row), 1), row).resize((len(row) * module, height), Image.Resampling.NEAREST)
    made.image.paste(symbol, (x, y))
    made.codes.append(Box(x - 10 * module, y, x + (modules + 10) * module, y + height))


def _qr(made: Picture, x: int, y: int, module: int, text: str) -> None:
    matrix = segno.make_qr(text.encode(), error="m", mode="byte").matrix
    symbol = Image.frombytes("L", (len(matrix), len(matrix)), bytes(0 if cell else 255 for row in matrix for cell in row))
    side = len(matrix) * module
    made.image.paste(symbol.resize((side, side), Image.Resampling.NEAREST), (x, y + QR_LOWER))
    quiet = 4 * module
    made.codes.append(Box(x - quiet, y + QR_LOWER - quiet, x + side + quiet, y + QR_LOWER + side + quiet))


def _unhex(data: str) -> str:
    return re.sub(rb"_([0-9A-F]{2})", lambda found: bytes([int(found[1], 16)]), data.encode()).decode()
