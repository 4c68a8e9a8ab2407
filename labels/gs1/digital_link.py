"""GS1 Digital Link URIs (uncompressed): read and built by the GS1 Digital Link standard: URI syntax 1.2."""

import re
from collections.abc import Iterable, Sequence

from labels.gs1.dictionary import Identifier, identifier
from labels.gs1.elements import Element, LabelFault, check_element, check_together

_URI = re.compile(r"(https?|HTTPS?)://([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.DOTALL)
_URI_CHARACTERS = re.compile(r"[A-Za-z0-9\-._~:/?#@!$&'()*+,;=%]*")
_PLAIN_DOMAIN = re.compile(r"[A-Za-z0-9\-.]+(:\d{1,5})?")
_NAMES = {"sscc": "00", "gtin": "01", "cpv": "22", "lot": "10", "ser": "21", "gln": "414", "party": "417"}
_UNRESERVED = "-._~"


def looks_like_link(text: str) -> bool:
    """Whether a text is a web address at all."""
    return text[:8].lower().startswith(("http://", "https://"))


def parse_link(uri: str) -> list[Element]:
    """The elements of a Digital Link URI: key, its qualifiers, then attributes of the query; raises LabelFault."""
    found = _URI.fullmatch(uri)
    if found is None or not _URI_CHARACTERS.fullmatch(uri):
        raise LabelFault("not_a_link", "This is not a web address of GS1 Digital Link form.")
    if not _PLAIN_DOMAIN.fullmatch(found[2]):
        raise LabelFault("domain", f"The domain {found[2]!r} is not one.")
    elements = _path(found[3]) + _query(found[4] or "")
    for ai, value in elements:
        check_element(ai, value)
    return elements


def build_link(elements: Sequence[Element], stem: str = "https://id.gs1.org") -> str:
    """A Digital Link URI of some elements; the first key among them becomes the path; raises LabelFault."""
    values = dict(elements)
    for ai, value in values.items():
        check_element(ai, value)
    check_together(list(values.items()))
    key = next((ai for ai in values if (known := identifier(ai)) is not None and known.is_key), None)
    if key is None:
        raise LabelFault("no_key", "A Digital Link needs a key such as GTIN (AI 01) or SSCC (AI 00).")
    qualifiers = _qualifiers_of(key, values)
    path = "".join(f"/{ai}/{escape(values[ai])}" for ai in (key, *qualifiers))
    return f"{stem.rstrip('/')}{path}" + _query_text(values, {key, *qualifiers})


def unescape(text: str, *, query: bool = False) -> str:
    """Percent decoding; what is no valid sequence stays as it is; in a query `+` is a blank."""
    text = text.replace("+", " ") if query else text
    return re.sub(r"%([0-9A-Fa-f]{2})", lambda found: chr(int(found[1], 16)), text)


def escape(text: str, *, query: bool = False) -> str:
    """Percent encoding of all but unreserved characters; in a query a blank becomes `+`."""
    def one(sign: str) -> str:
        if sign.isascii() and (sign.isalnum() or sign in _UNRESERVED):
            return sign
        return "+" if query and sign == " " else "".join(f"%{byte:02X}" for byte in sign.encode("latin-1", "replace"))

    return "".join(one(sign) for sign in text)


def _path(path: str) -> list[Element]:
    segments = path.strip("/").split("/") if path.strip("/") else []
    for start in range(len(segments) - 2, -1, -1):
        known = identifier(_ai_of(segments[start]))
        if known is not None and known.is_key and _fits(known, segments[start + 2 :: 2], len(segments) - start):
            pairs = zip(segments[start::2], segments[start + 1 :: 2], strict=True)
            return [_element(_ai_of(name), unescape(value)) for name, value in pairs]
    raise LabelFault("no_key", "The address holds no GS1 key such as /01/ or /00/ with the right qualifiers after it.")


def _fits(known: Identifier, names: Sequence[str], length: int) -> bool:
    if length % 2:
        return False
    wanted = [_ai_of(name) for name in names]
    return not wanted or any(_in_order(wanted, group) for group in known.qualifiers)


def _in_order(wanted: Sequence[str], group: Iterable[str]) -> bool:
    rest = iter(group)
    return all(any(ai == one for one in rest) for ai in wanted)


def _query(query: str) -> list[Element]:
    elements: list[Element] = []
    for part in re.split(r"[&;]", query):
        name, _, value = part.partition("=")
        if not name.isdigit():
            continue
        known = identifier(name)
        if known is None or not known.query:
            raise LabelFault("not_an_attribute", f"AI {name} may not stand in the address's query.", name)
        if not value:
            raise LabelFault("empty_value", f"AI {name} has no value.", name)
        elements.append(_element(name, unescape(value, query=True)))
    return elements


def _element(ai: str, value: str) -> Element:
    if ai == "01" and len(value) in (8, 12, 13) and value.isdigit():
        return ai, value.zfill(14)
    return ai, value


def _ai_of(name: str) -> str:
    return _NAMES.get(name.lower(), name)


def _qualifiers_of(key: str, values: dict[str, str]) -> tuple[str, ...]:
    known = identifier(key)
    groups = known.qualifiers if known is not None else ()
    return max((tuple(ai for ai in group if ai in values) for group in groups), key=len, default=())


def _query_text(values: dict[str, str], used: set[str]) -> str:
    fixed: list[str] = []
    variable: list[str] = []
    for ai, value in values.items():
        known = identifier(ai)
        if ai in used or known is None:
            continue
        if not known.query:
            raise LabelFault("not_an_attribute", f"AI {ai} may not stand in the address's query.", ai)
        (fixed if known.predefined else variable).append(f"{ai}={escape(value, query=True)}")
    return "?" + "&".join(fixed + variable) if fixed or variable else ""
