"""What a simulated camera sees: labels on a grey ground, drawn by zxing-cpp's own writer, turned, blurred and noisy as asked for."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import zxingcpp
from PIL import Image, ImageFilter
from zxingcpp import BarcodeFormat

Grey = npt.NDArray[np.uint8]
SIZE = (1280, 720)
_GROUND, _EDGE = 170, 24
_KINDS = {
    "code128": (BarcodeFormat.Code128, False), "gs1-128": (BarcodeFormat.Code128, True), "ean13": (BarcodeFormat.EAN13, False),
    "ean8": (BarcodeFormat.EAN8, False), "itf14": (BarcodeFormat.ITF, False), "qr": (BarcodeFormat.QRCode, False),
    "gs1-qr": (BarcodeFormat.QRCode, True), "datamatrix": (BarcodeFormat.DataMatrix, False),
    "gs1-datamatrix": (BarcodeFormat.DataMatrix, True),
}
_SQUARE = (BarcodeFormat.QRCode, BarcodeFormat.DataMatrix)


class NotDrawn(ValueError):
    """A label that cannot be drawn; says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """How labels are seen: `turn` in degrees, `blur` (a Gaussian's radius) and `noise` (its standard deviation) in pixels and greys."""

    turn: float = 0
    blur: float = 0.6
    noise: float = 4
    module: int = 3


def label(text: str, module: int = 3) -> Image.Image:
    """A white card with one code, KIND:DATA (code128 where no kind is said), GS1 kinds as (01)...; bars are `module` pixels."""
    kind, colon, data = text.partition(":")
    form, is_gs1 = _KINDS.get(kind, (BarcodeFormat.Code128, False)) if colon else (BarcodeFormat.Code128, False)
    data = data if colon and kind in _KINDS else text
    try:
        code = zxingcpp.create_barcode(data, form, gs1=True) if is_gs1 else zxingcpp.create_barcode(data, form)
    except (ValueError, RuntimeError) as error:
        raise NotDrawn(f"{text[:64]!r} cannot be drawn: {str(error)[:120]}. Kinds are {', '.join(_KINDS)}, as in ean13:9506000134352.") from error
    symbol = Image.fromarray(np.array(code.to_image(scale=module * (2 if form in _SQUARE else 1))))
    if form not in _SQUARE:
        symbol = symbol.resize((symbol.width, 45 * module), Image.Resampling.NEAREST)
    card = Image.new("L", (symbol.width + 2 * _EDGE, symbol.height + 2 * _EDGE), 250)
    card.paste(symbol, (_EDGE, _EDGE))
    return card


def scene(texts: Sequence[str], sight: Sight) -> Image.Image:
    """The labels side by side, in rows where they are many, without noise; what does not fit is drawn smaller."""
    cards = [label(text, sight.module).rotate(sight.turn, expand=True, resample=Image.Resampling.BICUBIC, fillcolor=_GROUND)
             for text in texts]
    seen = Image.new("L", SIZE, _GROUND)
    x, y, row = _EDGE, _EDGE, 0
    for card in cards:
        card.thumbnail((SIZE[0] - 2 * _EDGE, SIZE[1] - 2 * _EDGE))
        if x + card.width > SIZE[0] and x > _EDGE:
            x, y, row = _EDGE, y + row + _EDGE, 0
        seen.paste(card, (x, min(y, SIZE[1] - card.height)))
        x, row = x + card.width + _EDGE, max(row, card.height)
    return seen.filter(ImageFilter.GaussianBlur(sight.blur)) if sight.blur else seen


def fitted(picture: Image.Image) -> Image.Image:
    """A picture of any size as a frame: at most full HD, and sides of whole blocks, as cameras have them."""
    seen = picture.convert("L")
    seen.thumbnail((1920, 1072))
    return seen.resize((max(16, seen.width // 16 * 16), max(16, seen.height // 16 * 16)))


def with_noise(seen: Image.Image, sigma: float, chance: np.random.Generator) -> Image.Image:
    """The same, as a sensor delivers it: no two frames are alike."""
    if not sigma:
        return seen
    greys = np.asarray(seen).astype(np.int16)
    noise = chance.normal(0, sigma, greys.shape[1] * 64).astype(np.int16)
    starts = chance.integers(0, noise.size - greys.shape[1], greys.shape[0])
    return Image.fromarray(np.clip(greys + noise[starts[:, None] + np.arange(greys.shape[1])], 0, 255).astype(np.uint8))


def darkened(seen: Image.Image) -> Image.Image:
    """With the light off: black is black, and so is white, nearly."""
    return seen.point(lambda grey: round(grey * 0.008))


def blurred(seen: Image.Image) -> Image.Image:
    """Out of focus."""
    return seen.filter(ImageFilter.GaussianBlur(7))


def with_glare(seen: Image.Image) -> Image.Image:
    """A lamp is mirrored across the middle of the picture."""
    width, height = seen.size
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    light = 400 * np.exp(-((x + y) ** 2) * 4)
    return Image.fromarray(np.clip(np.asarray(seen) + light, 0, 255).astype(np.uint8))


def jpeg(seen: Image.Image) -> bytes:
    """A frame as cameras send it: in colour, 4:2:0."""
    out = io.BytesIO()
    seen.convert("RGB").save(out, "JPEG", quality=85, subsampling=2)
    return out.getvalue()
