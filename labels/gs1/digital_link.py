"""GS1 Digital Link URIs: read and built by the GS1 Digital Link standard: URI syntax; compressed ones are not read."""

import re
from collections.abc import Iterable, Sequence

from labels.gs1.dictionary import Identifier, identifier
from labels.gs1.elements import Element, check_element, check_together
from labels.gs1.faults import LabelFault

_URI = re.compile(r"(https?|HTTPS?)://([^/]+)(/[^?#]*)(?:\?([^#]*))?(?:#.*)?", re.DOTALL)
_URI_CHARACTERS = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*")
_DOMAIN = re.compile(r"[A-Za-z0-9\-.:\[\]]+")
_NAMES = {"cpid": "8010", "cpsn": "8011", "cpv": "22", "gcn": "255", "gdti": "253", "giai": "8004", "ginc": "401",
          "gln": "414", "glnx": "254", "gmn": "8013", "grai": "8003", "gsin": "402", "gsrn": "8018", "gsrnp": "8017",
          "gtin": "01", "itip": "8006", "lot": "10", "party": "417", "refno": "8020", "ser": "21", "srin": "8019",
          "sscc": "00"}
"""The names by which links of the standard's first versions call the identifiers of a path."""
_UNRESERVED = "-._~"


def looks_like_link(text: str) -> bool:
    """Whether a text is a web address at all."""
    return text[:8].lower().startswith(("http://", "https://"))


def parse_link(uri: str, *, short_gtins: bool = True) -> list[Element]:
    """The elements of a Digital Link URI: key, its qualifiers, then attributes of the query; raises LabelFault.

    `short_gtins` takes GTIN-8, -12 and -13 in the path, as older links have them.
    """
    if not _URI_CHARACTERS.fullmatch(uri):
        raise LabelFault("not_a_link", "This web address holds characters that no web address may hold.")
    found = _URI.fullmatch(uri)
    if found is None:
        raise LabelFault("not_a_link", "This is not a web address of GS1 Digital Link form: https://domain/01/...")
    if not _DOMAIN.fullmatch(found[2]):
        raise LabelFault("domain", f"The domain {found[2]!r} is not one.")
    path = _path(found[3], short_gtins=short_gtins)
    query = _query(found[4] or "", short_gtins=short_gtins)
    for ai, value in [*path, *query]:
        check_element(ai, value)
    _check_query([ai for ai, _ in path], [ai for ai, _ in query])
    return path + query


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


def _path(path: str, *, short_gtins: bool) -> list[Element]:
    """The rightmost key and what stands behind it, two segments a pair: anything before belongs to the site."""
    segments = path.split("/")[1:]
    for start in range(len(segments) - 2, -1, -2):
        known = identifier(_ai_of(segments[start]))
        if known is None:
            break
        if known.is_key:
            return _pairs(known, segments[start:], short_gtins=short_gtins)
    raise LabelFault("no_key", "The address holds no GS1 key such as /01/ or /00/ with a value behind it; "
                     "compressed links are not read.")


def _pairs(known: Identifier, segments: Sequence[str], *, short_gtins: bool) -> list[Element]:
    names = [_ai_of(name) for name in segments[::2]]
    qualifiers = names[1:]
    if qualifiers and not any(_in_order(qualifiers, group) for group in known.qualifiers):
        raise LabelFault("no_key", f"AI {known.ai} may not be followed by AI {', '.join(qualifiers)} in the path.", known.ai)
    elements = [(ai, unescape(value)) for ai, value in zip(names, segments[1::2], strict=True)]
    for ai, value in elements:
        if not value:
            raise LabelFault("empty_value", f"AI {ai} has no value.", ai)
    return [_full_gtin(ai, value) if short_gtins else (ai, value) for ai, value in elements]


def _in_order(wanted: Sequence[str], group: Iterable[str]) -> bool:
    rest = iter(group)
    return all(any(ai == one for one in rest) for ai in wanted)


def _query(query: str, *, short_gtins: bool) -> list[Element]:
    elements: list[Element] = []
    for part in query.split("&"):
        name, equals, value = part.partition("=")
        if not equals or not name.isdigit():
            continue
        known = identifier(name)
        if known is None or not known.query:
            raise LabelFault("not_an_attribute", f"AI {name} may not stand in the address's query.", name)
        if not value:
            raise LabelFault("empty_value", f"AI {name} has no value.", name)
        plain = unescape(value, query=True)
        elements.append(_full_gtin(name, plain) if short_gtins else (name, plain))
    return elements


def _check_query(path: Sequence[str], query: Sequence[str]) -> None:
    known = identifier(path[0])
    groups = known.qualifiers if known is not None else ()
    for number, ai in enumerate(query):
        if ai in path or ai in query[:number]:
            raise LabelFault("repeated", f"AI {ai} stands twice in the address.", ai)
        if any({*path[1:], ai} <= set(group) for group in groups):
            raise LabelFault("belongs_in_path", f"AI {ai} belongs into the address's path, behind AI {path[0]}.", ai)


def _full_gtin(ai: str, value: str) -> Element:
    if ai == "01" and len(value) in (8, 12, 13) and value.isdigit():
        return ai, value.zfill(14)
    return ai, value


def _ai_of(name: str) -> str:
    return _NAMES.get(name, name)


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
