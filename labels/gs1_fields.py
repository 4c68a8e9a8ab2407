"""GS1 data of a label's fields: element strings, the words printed beside them, and how they are shared among symbols."""

import re
from collections.abc import Iterable, Sequence

from labels.codes import fits, modules
from labels.drawing import Code, Text
from labels.drawing import Element as Drawn
from labels.errors import BadData, DoesNotFit
from labels.gs1.dictionary import identifier, predefined_length
from labels.gs1.digital_link import build_link
from labels.gs1.elements import Element, build
from labels.gs1.faults import LabelFault
from labels.gs1_words import said_of
from labels.template import Field, Values

LOGISTIC_MODULE = 0.495
"""Millimetres of a module on logistic units (GS1 General Specifications, symbol specification table 5)."""
GRAMS = "3303"
"""Gross weight in kilograms with three decimals: a number of grams."""
_TONNE_G = 1_000_000
GS1_128_CHARACTERS_MAX = 48
"""Characters of one symbol (GS1 General Specifications 5.4), its own FNC1 not counted."""
_GOOD_MODULE = 0.37  # millimetres: with less, a label gets two symbols instead of one
_FEWER_ATTRIBUTES = ("10", "21", "240", "400")
_STEM = re.compile(r"https?://[A-Za-z0-9.-]+(:\d+)?(/[A-Za-z0-9._~/-]*)?")
_TITLES = {"02": "CONTENT", "15": "BEST BEFORE", "17": "USE BY", "10": "BATCH/LOT"}


def elements_of(fields: Iterable[Field], values: Values) -> Sequence[Element]:
    """The elements of all fields with an AI and a value: those that end by themselves first, then the others."""
    pairs = [_written(one, values[one.name]) for one in fields if one.ai and values[one.name]]
    return sorted(pairs, key=lambda pair: (not _ends_by_itself(pair[0]), pair[0] in _FEWER_ATTRIBUTES))


def element_string(elements: Sequence[Element], fields: Iterable[Field] = (), *, beside: Iterable[Element] = ()) -> str:
    """FNC1 as 0x1D where it is needed; BadData says what may not stand together or is missing, and at which of the fields.

    `beside` are the elements of the label's other symbols.
    """
    try:
        return build(elements, beside=beside)
    except LabelFault as fault:
        name = next((one.name for one in fields if one.ai == fault.ai), "")
        if name:
            raise BadData("label.no_gs1_field", field=name, why=said_of(fault), name=repr(name)) from fault
        raise BadData("label.no_gs1", field=fault.ai or "", why=said_of(fault)) from fault


def link_of(elements: Sequence[Element], stem: str) -> str:
    """A GS1 Digital Link; `stem` is the web address that it begins with, GS1's own where it is empty. BadData says what is wrong with either."""
    stem = stem or "https://id.gs1.org"
    if not _STEM.fullmatch(stem):
        raise BadData("label.no_address", field="domain", address=repr(stem[:64]), example="https://id.gs1.org")
    try:
        return build_link(elements, stem)
    except LabelFault as fault:
        raise BadData("label.no_link", field=fault.ai or "", why=said_of(fault)) from fault


def gs1_128_rows(elements: Sequence[Element], box: tuple[float, float, float], *, bars: float, step: float) -> Sequence[Drawn]:
    """Symbols one below the other, as few as are good to read, each with its human readable text; `box` is x, lower edge and width."""
    x, bottom, width = box
    drawn = list[Drawn]()
    parts = _shared(elements, width)
    for at, part in enumerate(parts):
        top = bottom - (len(parts) - at) * step
        drawn.append(_gs1_128(part, x, top, width, bars))
        drawn.append(Text(x=x, y=top + bars + 0.7, width=width, size=3.4, align="center", text=hri(part)))
    return drawn


def hri(elements: Iterable[Element]) -> str:
    """The human readable text of elements, for eyes alone: brackets in a value stay as they are."""
    return "".join(f"({ai}){value}" for ai, value in elements)


def kilograms(grams: int) -> str:
    """A weight in words, as exact as in its code."""
    return f"{grams / 1000:.3f} kg" if grams < _TONNE_G else f"{round(grams / 10) / 100:.2f} kg"


def title(ai: str) -> str:
    """The data title printed beside a value (GS1 General Specifications 3.2)."""
    known = identifier(ai)
    return _TITLES.get(ai) or (known.title if known else ai)


def _shared(elements: Sequence[Element], width: float) -> Sequence[Sequence[Element]]:
    """One symbol where its bars stay wide enough; else the two with the widest bars."""
    one = _module(elements, width)
    halves = [(elements[:at], elements[at:]) for at in range(1, len(elements))]
    best = max(halves, key=lambda parts: min(_module(part, width) for part in parts), default=(elements,))
    found: Sequence[Sequence[Element]] = (elements,) if one >= _GOOD_MODULE or len(best) == 1 else best
    if min(_module(part, width) for part in found) <= 0:
        raise DoesNotFit("label.two_symbols", data=hri(elements), width=f"{width:g}")
    return found


def _module(elements: Sequence[Element], width: float) -> float:
    """Millimetres of a module that a symbol of these elements can have; 0 where there is no such symbol."""
    code = _gs1_128(elements, 0, 0, width, 10)
    if len(code.data) > GS1_128_CHARACTERS_MAX or not fits(code):
        return 0
    return width / (modules(code)[0] + 20)


def _gs1_128(elements: Sequence[Element], x: float, y: float, width: float, height: float) -> Code:
    text = "".join(f"{ai}{value}" + ("" if at == len(elements) - 1 or _ends_by_itself(ai) else "\x1d")
                   for at, (ai, value) in enumerate(elements))
    return Code(kind="gs1_128", x=x, y=y, width=width, height=height, data=text, module=LOGISTIC_MODULE)


def _written(one: Field, value: str | int) -> Element:
    """A weight of a tonne or more has one decimal less: six digits are all that GS1 has for it."""
    if one.kind == "date":
        return one.ai, str(value).replace("-", "")[2:]
    if one.ai != GRAMS:
        return one.ai, str(value)
    return (one.ai, f"{int(value):06d}") if int(value) < _TONNE_G else ("3302", f"{round(int(value) / 10):06d}")


def _ends_by_itself(ai: str) -> bool:
    return predefined_length(ai, 0) is not None
