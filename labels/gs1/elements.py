"""Element strings: application identifiers and their values, one after the other, and what may not stand together."""

import re
from collections.abc import Iterable, Sequence

from labels.gs1.coupons import coupon_fault, positive_offer_fault
from labels.gs1.dictionary import Identifier, identifier, identifier_at, matches, predefined_length
from labels.gs1.faults import WORDS, FaultCode, LabelFault

Element = tuple[str, str]
FNC1 = "\x1d"
_NOT_KEYS_BUT_CONTENT = {"02", "03", "8026", "8030"}
_SERIALISED = {"253": 13, "255": 13, "8003": 14}
_BRACKET = re.compile(r"(?<!\\)\(")


def parse_elements(text: str) -> list[Element]:
    """The elements of an unbracketed element string with FNC1 as 0x1D; raises LabelFault.

    A separator after a value of predefined length is tolerated, as real printers add it.
    """
    elements: list[Element] = []
    at = 0
    while at < len(text):
        element, at = _next(text, at)
        elements.append(element)
    if not elements:
        raise LabelFault("empty", "The label holds no data.")
    return elements


def parse_bracketed(text: str) -> list[Element]:
    """The elements of the human readable form `(01)...(10)...`; a backslash keeps the bracket after it as data."""
    if not text.startswith("("):
        raise LabelFault("not_bracketed", "The text does not begin with a bracketed application identifier.", None, 0)
    return [_bracketed(piece) for piece in _BRACKET.split(text)[1:]]


def check_element(ai: str, value: str) -> None:
    """Raises LabelFault when a value is not what its identifier asks for."""
    known = _known(ai, None)
    if len(value) > known.longest:
        raise LabelFault("too_long", f"AI {ai} ({known.title}) takes at most {known.longest} characters, "
                         f"{len(value)} were read. The separator after it may have been lost.", ai, most=known.longest)
    at = 0
    for part in known.components:
        piece = value[at : at + part.longest]
        if not piece and part.optional:
            break
        if len(piece) < part.shortest:
            raise LabelFault("too_short", f"AI {ai} ({known.title}) takes at least {known.shortest} characters, "
                             f"{len(value)} were read.", ai, least=known.shortest)
        for linter in part.linters:
            wrong = linter(piece)
            if wrong is not None:
                raise LabelFault(wrong, f"AI {ai} ({known.title}), {piece!r}: {_words(wrong, ai, piece)}.", ai, at,
                                 least=known.shortest, most=known.longest)
        at += len(piece)


def check_together(elements: Sequence[Element]) -> tuple[str, ...]:
    """Raises LabelFault when elements may not stand together; gives what is still missing, in words.

    A label may be spread over several barcodes, so attributes without their key (lot, dates ...) are only
    *missing* it. Once a key is there, what the identifiers ask for must be there too.
    """
    values: dict[str, str] = {}
    for ai, value in elements:
        if values.setdefault(ai, value) != value:
            raise LabelFault("repeated", f"AI {ai} stands twice with different values: {values[ai]} and {value}.", ai)
    for ai in values:
        _check_excluded(ai, values)
    _check_signature(values)
    missing = tuple(text for ai in values for text in _missing(ai, values))
    has_key = any(ai in _NOT_KEYS_BUT_CONTENT or _known(ai, None).is_key for ai in values)
    if missing and has_key:
        wanted = missing[0].partition(" also needs ")[2].replace(" or ", " / ").replace(" with ", " + ")
        raise LabelFault("missing_ai", f"The label is incomplete: {missing[0]}.", missing[0].split()[1], wanted=wanted)
    return missing


def build(elements: Iterable[Element], *, beside: Iterable[Element] = ()) -> str:
    """An unbracketed element string with FNC1 as 0x1D where it is needed; checks what it builds.

    What is missing may stand in another symbol of the same label, `beside` it.
    """
    elements = list(elements)
    for ai, value in elements:
        check_element(ai, value)
    _check_complete(elements, beside)
    text = ""
    for number, (ai, value) in enumerate(elements):
        ends_by_itself = predefined_length(ai + value, 0) is not None
        text += ai + value + ("" if ends_by_itself or number == len(elements) - 1 else FNC1)
    return text


def _check_complete(elements: Sequence[Element], beside: Iterable[Element]) -> None:
    try:
        check_together(elements)
    except LabelFault as fault:
        own = {ai for ai, _ in elements}
        if fault.code != "missing_ai":
            raise
        check_together([*elements, *(one for one in beside if one[0] not in own)])


def build_bracketed(elements: Iterable[Element]) -> str:
    """The human readable form; brackets inside values are kept by a backslash."""
    return "".join(f"({ai})" + value.replace("(", "\\(") for ai, value in elements)


def _bracketed(piece: str) -> Element:
    ai, bracket, value = piece.partition(")")
    _known(ai[:8], None)
    if not bracket or not value:
        raise LabelFault("empty_value", f"AI {ai} has no value.", ai)
    return ai, value.replace("\\(", "(")


def _words(wrong: FaultCode, ai: str, piece: str) -> str:
    if wrong == "coupon":
        return (coupon_fault(piece) if ai == "8110" else positive_offer_fault(piece)) or WORDS[wrong]
    return WORDS[wrong]


def _next(text: str, at: int) -> tuple[Element, int]:
    known = identifier_at(text, at)
    if known is None:
        raise LabelFault("unknown_ai", f"No application identifier begins with {text[at : at + 4]!r}.", None, at)
    begin = at + len(known.ai)
    separator = text.find(FNC1, begin)
    end = len(text) if separator < 0 else separator
    fixed = predefined_length(text, at)
    if fixed is not None:
        if end < at + fixed:
            raise LabelFault("too_short", f"AI {known.ai} ({known.title}) needs {fixed - len(known.ai)} characters, "
                             f"{end - begin} were read.", known.ai, begin)
        end = at + fixed
    if end == begin:
        raise LabelFault("empty_value", f"AI {known.ai} ({known.title}) has no value.", known.ai, begin)
    following = end + 1 if text[end : end + 1] == FNC1 else end
    return (known.ai, text[begin:end]), following


def _known(ai: str, at: int | None) -> Identifier:
    known = identifier(ai)
    if known is None:
        raise LabelFault("unknown_ai", f"There is no application identifier {ai}.", ai, at)
    return known


def _check_excluded(ai: str, values: dict[str, str]) -> None:
    for pattern in _known(ai, None).excludes:
        other = next((one for one in values if one != ai and matches(one, pattern)), None)
        if other is not None:
            raise LabelFault("not_together", f"AI {ai} and AI {other} may not stand on one label.", ai, other=other)


def _check_signature(values: dict[str, str]) -> None:
    if "8030" not in values:
        return
    for ai, bare in _SERIALISED.items():
        if ai in values and len(values[ai]) <= bare:
            raise LabelFault("not_serialised", f"A signature (AI 8030) needs a serialised key; AI {ai} has no serial.", ai)


def _missing(ai: str, values: dict[str, str]) -> Iterable[str]:
    for alternatives in _known(ai, None).requires:
        if not any(all(any(matches(one, pattern) for one in values if one != ai) for pattern in group)
                   for group in alternatives):
            yield f"AI {ai} also needs " + " or ".join("AI " + " with AI ".join(group) for group in alternatives)
