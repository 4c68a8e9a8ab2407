"""Labels that a warehouse changes by itself: a description in TOML, without logic, of the same elements that our own labels are made of.

It names sizes in millimetres, fields, and texts with {{placeholders}}. It is data: there is no command of a printer in it, no
inclusion, no loop, so that nothing a template says can do more than draw; one description serves every resolution, PDF and screen.

`labels/example.toml` shows all of it. An element is left out where all its placeholders are empty.
"""

import base64
import binascii
import importlib
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from labels.codes import expected
from labels.drawing import LINES_MAX, Align, Arrow, Box, Code, CodeKind, Drawing, Element, Picture, Text
from labels.errors import BadData, BadTemplate, DoesNotFit, LabelError
from labels.gs1_fields import element_string, hri, link_of
from labels.template import Field, Kind, Template, Values
from labels.toml_faults import no_toml
from labels.user_words import Pairs, Where, pairs_of, words_of
from labels.words import Said

SOURCE_MAX = 65_536
ELEMENTS_MAX, FIELDS_MAX = 200, 60
SIDE_MIN, SIDE_MAX = 10, 400
LAYERS_MAX = 3
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}|")
_KINDS = ("text", "number", "date", "flag")
_PLACE = ("x", "y", "width", "height")
_KEYS = {
    "text": ({"x", "y", "width"}, {"text", "elements", "size", "least", "lines", "align"}),
    "box": ({*_PLACE}, {"thickness", "filled", "colour"}),
    "arrow": ({*_PLACE}, {"up"}),
    "picture": ({*_PLACE, "png"}, set[str]()),
    **dict.fromkeys(("code128", "qr", "itf14", "ean13"), ({*_PLACE, "data"}, {"module"})),
    **dict.fromkeys(("gs1_128", "gs1_datamatrix"), ({*_PLACE, "elements"}, {"module"})),
    "digital_link": ({*_PLACE, "elements"}, {"domain", "module"}),
}
"""Every kind of element: the keys that it needs, and those that it may have."""
_SHARES = {"x": (0, SIDE_MAX), "y": (0, SIDE_MAX), "width": (0.1, SIDE_MAX), "height": (0.1, SIDE_MAX), "size": (1, 100),
           "least": (1, 100), "lines": (1, LINES_MAX), "thickness": (0.1, 50), "module": (0.25, 5)}
_PROOF_DPI = 203
_LINK = "digital_link"
_Made = Callable[[Values], Element | None]
_HEAD = Where(Said("label.where_template", {}), "the template")


def compile_template(source: str) -> Template:
    """A template that can draw; BadTemplate says what is wrong, with which element, and what to do."""
    if len(source.encode("utf-8", "replace")) > SOURCE_MAX:
        raise BadTemplate("label.source_long", most=SOURCE_MAX)
    try:
        told = tomllib.loads(source)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise no_toml(error) from error
    _only(told, {"name", "title", "width", "height", "fields", "element"}, _HEAD)
    name = _string(told, "name", _HEAD)
    if not _NAME.fullmatch(name):
        raise BadTemplate("label.no_name", field="name", name=repr(name[:64]))
    width, height = (_number(told, key, _HEAD, (SIDE_MIN, SIDE_MAX)) for key in ("width", "height"))
    fields = _fields(told.get("fields", {}))
    parts = _elements(told.get("element", []), fields)

    def draw(values: Values, wide: float, high: float) -> Sequence[Drawing]:
        elements = [made for part in parts if (made := part(values)) is not None]
        _guard_amount(elements, wide * high)
        return [Drawing(wide, high, elements)]

    return Template(name=name, title=_string(told, "title", _HEAD, name), width=width, height=height, fields=fields, draw=draw)


def _guard_amount(elements: Sequence[Element], area: float) -> None:
    """Elements that lie many times over each other show nothing, and take a server minutes to draw."""
    if sum(one.width * one.height for one in elements if isinstance(one, Picture | Arrow)) > LAYERS_MAX * area:
        raise DoesNotFit("label.layers", field="element", most=LAYERS_MAX)


def prove(template: Template) -> Sequence[str]:
    """Draws the template's sample at every resolution and reads its codes back from the picture; what they say, or why it is refused."""
    zpl = importlib.import_module("labels.backends.zpl")
    try:
        drawings = template.drawings(template.sample)
        for dpi in zpl.DPIS:
            zpl.zpl(drawings, dpi)
        read = [_read(drawing) for drawing in drawings]
    except LabelError as error:
        raise BadTemplate("label.sample_undrawn", field=error.field, why=error.said) from error
    for drawing, found in zip(drawings, read, strict=True):
        wanted = sorted(map(expected, drawing.codes))
        if sorted(found) != wanted:
            lost = next((one for one in wanted if one not in found), found[0] if found else wanted[0])
            raise BadTemplate("label.unread", field="element", code=_shown(lost[1]))
    return [_shown(data) for found in read for _, data in found]


def _read(drawing: Drawing) -> list[tuple[str, bytes]]:
    """What a scanner says that is aimed at each of the codes. Letters beside them look like a code to a reader now and then."""
    png, raster, zxing = (importlib.import_module(name) for name in ("labels.backends.png", "labels.raster", "zxingcpp"))
    codes = list(drawing.codes)
    formats = [raster.FORMATS[kind] for kind in {one.kind for one in codes}]
    picture = png.image(drawing, _PROOF_DPI).convert("L")
    found = zxing.read_barcodes(picture, formats=formats, try_downscale=False) if formats else []
    return [(one.symbology_identifier, one.bytes) for one in found if any(_is_in(one.position, code) for code in codes)]


def _is_in(position: Any, code: Code) -> bool:
    x, y = ((getattr(position.top_left, axis) + getattr(position.bottom_right, axis)) / 2 * 25.4 / _PROOF_DPI for axis in "xy")
    return bool(code.x <= x <= code.x + code.width and code.y <= y <= code.y + code.height)


def _fields(told: Any) -> Sequence[Field]:
    if not isinstance(told, dict) or len(told) > FIELDS_MAX:
        raise BadTemplate("label.no_fields", field="fields", most=FIELDS_MAX)
    return [_field(name, one) for name, one in told.items()]


def _field(name: str, told: Any) -> Field:
    where = Where(Said("label.where_field", {"name": repr(name[:64])}), name[:64])
    if not _FIELD_NAME.fullmatch(name) or not isinstance(told, dict):
        raise where.bad("label.no_field_name")
    _only(told, {"kind", "required", "sample", "ai", "longest"}, where)
    kind = _string(told, "kind", where, "text")
    if kind not in _KINDS or not isinstance(told.get("required", False), bool):
        raise where.bad("label.field_kind", kinds=", ".join(_KINDS))
    if "sample" not in told:
        raise where.bad("label.no_sample")
    sample = told["sample"] if isinstance(told["sample"], str | int) else str(told["sample"])
    return Field(name=name, kind=cast("Kind", kind), required=told.get("required", False), sample=sample, ai=_string(told, "ai", where, ""),
                 longest=int(_number(told, "longest", where, (1, 200), 200)))


def _elements(told: Any, fields: Sequence[Field]) -> Sequence[_Made]:
    if not isinstance(told, list) or not 0 < len(told) <= ELEMENTS_MAX:
        raise BadTemplate("label.no_elements", field="element", most=ELEMENTS_MAX)
    known = _Known({one.name: one for one in fields}, [])
    return [_element(one, at, known) for at, one in enumerate(told, 1)]


@dataclass(frozen=True, slots=True)
class _Known:
    """What an element may speak of: the fields, and what the label's symbols say, which a symbol is checked together with."""

    fields: Mapping[str, Field]
    symbols: list[Pairs]

    def beside(self, values: Values) -> Sequence[tuple[str, str]]:
        """The elements of all symbols."""
        return [one for pairs in self.symbols for one in pairs.filled(values)]


def _element(told: Any, at: int, known: _Known) -> _Made:
    kind = told.get("kind") if isinstance(told, dict) else None
    if not isinstance(kind, str) or kind not in _KEYS:
        raise BadTemplate("label.no_kind", field=f"element {at}", at=at, kinds=", ".join(_KEYS))
    where = Where(Said("label.where_element", {"at": at, "kind": kind}), f"element {at}")
    needed, allowed = _KEYS[kind]
    _only(told, {"kind", *needed, *allowed}, where)
    for key in sorted(needed):
        if key not in told:
            raise where.bad("label.needs", key=key)
    sizes = {key: _number(told, key, where, bounds) for key, bounds in _SHARES.items() if key in told}
    if "lines" in sizes:
        sizes["lines"] = int(sizes["lines"])
    if kind == "text":
        return _text(told, sizes, where, known.fields)
    if kind in ("box", "arrow", "picture"):
        return _drawn(kind, told, sizes, where)
    data = _plain(told, kind, where, known.fields) if "data" in told else _gs1(told, kind, where, known)
    return lambda values: Code(kind="qr" if kind == _LINK else cast("CodeKind", kind), **sizes, data=said) if (said := data(values)) else None


def _text(told: dict[str, Any], sizes: dict[str, Any], where: Where, fields: Mapping[str, Field]) -> _Made:
    """Words, or GS1 elements as people read them."""
    if ("text" in told) == ("elements" in told):
        raise where.bad("label.text_or_elements")
    align = _string(told, "align", where, "left")
    if align not in ("left", "center", "right"):
        raise where.bad("label.align")
    words = words_of(_string(told, "text", where, ""), where, fields)
    pairs = pairs_of(told.get("elements", []), where, fields)

    def made(values: Values) -> Element | None:
        text = words.filled(values) or hri(pairs.filled(values))
        return Text(**sizes, align=cast("Align", align), text=text) if text else None

    return made


def _drawn(kind: str, told: dict[str, Any], sizes: dict[str, Any], where: Where) -> _Made:
    one: Element
    if kind == "picture":
        try:
            one = Picture(**sizes, png=base64.b64decode(_string(told, "png", where), validate=True))
        except binascii.Error as error:
            raise where.bad("label.no_base64") from error
    elif kind == "arrow":
        one = Arrow(**sizes, up=_flag(told, "up", where, default=True))
    else:
        colour = _string(told, "colour", where, "")
        if not _COLOUR.fullmatch(colour):
            raise where.bad("label.colour")
        one = Box(**sizes, filled=_flag(told, "filled", where), colour=colour)
    return lambda _values: one


def _plain(told: dict[str, Any], kind: str, where: Where, fields: Mapping[str, Field]) -> Callable[[Values], str]:
    words = words_of(_string(told, "data", where), where, fields)

    def made(values: Values) -> str:
        data = words.filled(values)
        if data and kind in ("itf14", "ean13"):
            _check_digits(kind, data := _bare(kind, data), where)
        return data

    return made


def _gs1(told: dict[str, Any], kind: str, where: Where, known: _Known) -> Callable[[Values], str]:
    """What a symbol says by itself may be incomplete: a pallet's label is spread over several."""
    pairs = pairs_of(told["elements"], where, known.fields)
    domain = words_of(_string(told, "domain", where, ""), where, known.fields)
    known.symbols.append(pairs)

    def made(values: Values) -> str:
        elements = pairs.filled(values)
        if not elements:
            return ""
        return link_of(elements, domain.filled(values)) if kind == _LINK else element_string(elements, beside=known.beside(values))

    return made


def _bare(kind: str, digits: str) -> str:
    """An EAN-13 is a GTIN of 14 digits whose first is 0, without that."""
    return digits[1:] if kind == "ean13" and len(digits) == 14 and digits.startswith("0") else digits


def _check_digits(kind: str, data: str, where: Where) -> None:
    length = 14 if kind == "itf14" else 13
    if len(data) != length:
        raise BadData("label.digits", field=where.field, where=where.said, length=length, data=repr(data[:40]))
    element_string([("01", data.zfill(14))])


def _only(told: dict[str, Any], keys: set[str], where: Where) -> None:
    for key in told:
        if key not in keys:
            raise where.bad("label.unknown_key", key=repr(key[:64]), keys=", ".join(sorted(keys)))


def _string(told: dict[str, Any], key: str, where: Where, default: str | None = None) -> str:
    value = told.get(key, default)
    if not isinstance(value, str):
        raise where.bad("label.needs_text", key=key)
    return value


def _flag(told: dict[str, Any], key: str, where: Where, *, default: bool = False) -> bool:
    value = told.get(key, default)
    if not isinstance(value, bool):
        raise where.bad("label.needs_flag", key=key)
    return value


def _number(told: dict[str, Any], key: str, where: Where, bounds: tuple[float, float], default: float | None = None) -> float:
    value = told.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not bounds[0] <= value <= bounds[1]:
        raise where.bad("label.needs_number", key=key, least=f"{bounds[0]:g}", most=f"{bounds[1]:g}")
    return value


def _shown(data: bytes) -> str:
    return data.decode("utf-8", "replace").replace("\x1d", "<GS>")
