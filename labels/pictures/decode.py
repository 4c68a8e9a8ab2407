"""Reads codes off a picture. A code that is not read is tried again in other ways; a code that is read wrongly does not come out.

The rules come from pictures measured one by one: parts of ITF codes read as whole ones, EAN-13 with another valid check digit.
"""

import re
import time
from collections.abc import Collection, Iterator
from dataclasses import replace

import zxingcpp
from zxingcpp import BarcodeFormat

from labels.pictures import zbar
from labels.pictures.formats import USUAL, Charset, Decoded, Point, formats_of, has_check_digit
from labels.pictures.looks import LOOKS, PLAIN, Look, Seen, look_at
from labels.pictures.opening import Grey, checked, open_picture

BARS = frozenset({"code128", "databar", "ean13", "ean8", "itf", "itf14"})
WEAK = frozenset({"ean13", "ean8", "itf", "itf14"})
"""Their one check digit lets every tenth wrong reading pass: they count when a second look at a larger cut reads the same."""
_FORMATS = {
    "code128": (BarcodeFormat.Code128,), "datamatrix": (BarcodeFormat.DataMatrix,), "databar": (BarcodeFormat.DataBar,),
    "ean13": (BarcodeFormat.EAN13, BarcodeFormat.UPCA), "ean8": (BarcodeFormat.EAN8,), "itf": (BarcodeFormat.ITF,),
    "itf14": (BarcodeFormat.ITF,), "qr": (BarcodeFormat.QRCode,),
}
_FIRST_SIGN = {"C": "code128", "d": "datamatrix", "e": "databar", "Q": "qr"}
_AGAIN = (Look("larger", scale=1.5), Look("smaller", scale=0.75))
_THIN = 0.02
_ECI, _BINARY = re.compile(rb"\\(\d{6})"), b"000899"
_KANJI = re.compile(rb"(?:[\x00-\x7e]|[\x81-\x9f][\x40-\x7e\x80-\xfc])+")
"""Shift-JIS as a QR code's own mode for kanji writes it. Bytes of GB 2312 begin at 0xA1, so that no Chinese text is taken for it."""
_ITF_LEAST = 4


def decode(picture: bytes | Grey, wanted: Collection[str] = USUAL, *, at_least: int = 1, seconds: float = 1.0,
           begin: int = 0) -> list[Decoded]:
    """The codes of these formats in a picture, left to right, each once however often it was looked at.

    Looks again in other ways until `at_least` codes are read or `seconds` are over; a look that has begun is ended, and the plain one
    is always done. `begin` is with which other look it goes on then: who decodes frame after frame, each in too little time for all
    looks, comes to all of them by counting it up, since one of them is done however long the plain one took. NotAPicture, UnknownFormat.
    """
    formats = formats_of(wanted)
    grey = open_picture(picture) if isinstance(picture, bytes) else checked(picture)
    ends = time.monotonic() + seconds
    found: list[Decoded] = []
    for look in _looks(formats, grey.size, begin):
        seen = look_at(grey, look)
        _take(found, _read(seen, formats))
        is_over = time.monotonic() >= ends and not look.pixels_min
        if len(found) >= at_least or (is_over and (look is not PLAIN or not begin)):
            break
    else:
        _take(found, _second_opinion(grey, formats))
    return sorted(found, key=lambda one: (min(x for x, _ in one.corners), min(y for _, y in one.corners)))


def as_read(seen: Seen, formats: frozenset[str]) -> list[Decoded]:
    """What zxing-cpp reads by itself in one look, without our rules: the limit that a measurement holds ours against."""
    return [_plainly(code, seen) for code in _codes(seen, formats)]


def _looks(formats: frozenset[str], pixels: int, begin: int) -> list[Look]:
    has_bars = bool(formats & BARS)
    looks = [look for look in LOOKS if look.pixels_min <= pixels <= look.pixels_max and (has_bars or not look.for_bars)]
    others = looks[looks.index(PLAIN) + 1:]
    turn = begin % len(others)
    return [*looks[:-len(others)], *others[turn:], *others[:turn]]


def _take(found: list[Decoded], more: Iterator[Decoded]) -> None:
    for one in more:
        if not any(one.text == other.text and one.format == other.format and _is_one_place(one, other) for other in found):
            found.append(one)


def _read(seen: Seen, formats: frozenset[str]) -> Iterator[Decoded]:
    for code in _codes(seen, formats):
        one = _decoded(code, seen, formats)
        if one is not None and (one.format not in WEAK or _is_read_again(one, code, seen, formats)):
            yield one


def _codes(seen: Seen, formats: frozenset[str], mode: zxingcpp.TextMode = zxingcpp.TextMode.Plain) -> list[zxingcpp.Barcode]:
    wanted = [one for name in sorted(formats) for one in _FORMATS[name]]
    binarizer = zxingcpp.Binarizer.GlobalHistogram if seen.look.is_global else zxingcpp.Binarizer.LocalAverage
    return list(zxingcpp.read_barcodes(seen.grey, formats=zxingcpp.BarcodeFormats(wanted), text_mode=mode, binarizer=binarizer))


def _decoded(code: zxingcpp.Barcode, seen: Seen, formats: frozenset[str]) -> Decoded | None:
    name = _format_of(code, formats)
    if name is None:
        return None
    text, charset = _text_of(code, seen, name)
    return replace(_plainly(code, seen), text=text, format=name, charset=charset)


def _plainly(code: zxingcpp.Barcode, seen: Seen) -> Decoded:
    a, b, c, d = map(seen.back, _corners(code))
    return Decoded(text=code.text, data=code.bytes, format="", symbology=code.symbology_identifier, corners=(a, b, c, d), look=seen.look.name)


def _format_of(code: zxingcpp.Barcode, formats: frozenset[str]) -> str | None:
    """None for what was not asked for, or may be part of another code."""
    sign, digits = code.symbology_identifier[1:2], code.text
    if sign == "E":
        name = "ean8" if len(digits) == 8 else "ean13"
        return name if name in formats else None
    if sign != "I":
        return _FIRST_SIGN.get(sign)
    if "itf14" in formats and len(digits) == 14 and has_check_digit(digits):
        return "itf14"
    width, height = _sides(_corners(code))
    return "itf" if "itf" in formats and len(digits) >= _ITF_LEAST and height >= _THIN * width else None


def _is_read_again(one: Decoded, code: zxingcpp.Barcode, seen: Seen, formats: frozenset[str]) -> bool:
    """Whether a larger cut around the code says the same: wrong readings come from few lines, and fall when these change."""
    xs, ys = [x for x, _ in _corners(code)], [y for _, y in _corners(code)]
    edge = max(max(xs) - min(xs), max(ys) - min(ys)) // 4 + 8
    cut = seen.grey[max(0, min(ys) - edge):max(ys) + edge, max(0, min(xs) - edge):max(xs) + edge]
    for look in _AGAIN:
        again = look_at(cut, replace(look, is_global=seen.look.is_global))
        texts = [other.text for other in _codes(again, formats & {one.format})]
        if texts:
            return code.text in texts
    return False


def _text_of(code: zxingcpp.Barcode, seen: Seen, name: str) -> tuple[str, Charset]:
    plain = _utf8(code.bytes)
    if plain == code.text or name in BARS:
        return code.text, "utf-8"
    if _says_its_characters(code, seen, name):
        return code.text, "eci"
    if plain is not None:
        return plain, "utf-8"
    return code.text, "kanji" if _KANJI.fullmatch(code.bytes) else "guessed"


def _utf8(data: bytes) -> str | None:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def _says_its_characters(code: zxingcpp.Barcode, seen: Seen, name: str) -> bool:
    """Whether the code names its character set: read as hexadecimal, each change of set (ECI) stands as a backslash and six digits."""
    same = next((one for one in _codes(seen, frozenset({name}), zxingcpp.TextMode.HexECI) if _corners(one) == _corners(code)), None)
    named = _ECI.findall(bytes.fromhex(same.text)) if same else []
    return bool(named) and _BINARY not in named


def _second_opinion(grey: Grey, formats: frozenset[str]) -> Iterator[Decoded]:
    larger = look_at(grey, _AGAIN[0])
    again = {one.text for one in zbar.read(larger.grey, formats)}
    return (one for one in zbar.read(grey, formats) if one.text in again)


def _corners(code: zxingcpp.Barcode) -> list[Point]:
    at = code.position
    return [(one.x, one.y) for one in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)]


def _sides(corners: list[Point]) -> tuple[float, float]:
    (ax, ay), (bx, by), _, (dx, dy) = corners
    return ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5, ((dx - ax) ** 2 + (dy - ay) ** 2) ** 0.5


def _is_one_place(one: Decoded, other: Decoded) -> bool:
    """Whether two readings are of one label: strips of it that were found apart lie side by side."""
    boxes = [(min(xs), min(ys), max(xs), max(ys)) for xs, ys in (zip(*each.corners, strict=True) for each in (one, other))]
    near = max(right - left + lower - upper for left, upper, right, lower in boxes) * 0.05 + 4
    (a, b, c, d), (e, f, g, h) = boxes
    return a <= g + near and e <= c + near and b <= h + near and f <= d + near
