"""EPCs as texts: hexadecimal, tag URIs, pure identity URIs and element strings (Tag Data Standard 1.13, chapters 6 and 12)."""

import re
from urllib.parse import unquote

from labels.gs1.elements import FNC1, Element, build_bracketed, check_element, parse_bracketed, parse_elements
from labels.gs1.epc import SCHEMES, Epc, EpcFault, decode, encode, is_number
from labels.gs1.faults import LabelFault

_ESCAPED = {sign: f"%{ord(sign):02X}" for sign in '"%&/<>?'}
_HEX = re.compile(r"[0-9A-Fa-f]+")
_RAW = re.compile(r"urn:epc:raw:([0-9]+)\.x([0-9A-F]+)")
_MOST_DIGITS = 512
_PARTS = {"sgtin": 3, "sscc": 2, "sgln": 3, "grai": 3, "giai": 2}


def from_hex(text: str) -> Epc:
    """The EPC in hexadecimal, blanks and a leading 0x allowed; raises EpcFault where these are no whole bytes."""
    digits = "".join(text.split()).removeprefix("0x").removeprefix("0X")
    if not _HEX.fullmatch(digits):
        raise EpcFault(f"{text[:80]!r} is not hexadecimal: an EPC is written with 0-9 and A-F.")
    if len(digits) % 2:
        raise EpcFault(f"{text[:80]!r} has {len(digits)} hexadecimal digits. An EPC has two for each byte: was one lost?")
    if len(digits) > _MOST_DIGITS:
        raise EpcFault(f"{len(digits)} hexadecimal digits are more than a tag holds.")
    return decode(bytes.fromhex(digits))


def tag_uri(epc: Epc) -> str:
    """urn:epc:tag:sgtin-96:1.0614141.812345.6789; urn:epc:raw:96.xE280... where it follows no scheme."""
    if epc.scheme == "raw":
        return f"urn:epc:raw:{len(epc.data) * 8}.x{epc.hex}"
    return f"urn:epc:tag:{epc.scheme}:{epc.filter}.{_dotted(epc)}"


def pure_uri(epc: Epc) -> str:
    """urn:epc:id:sgtin:0614141.812345.6789: the same thing whatever tag it is on; as tag_uri where it follows no scheme."""
    return tag_uri(epc) if epc.scheme == "raw" else f"urn:epc:id:{epc.kind}:{_dotted(epc)}"


def element_string(epc: Epc) -> str:
    """(01)80614141123458(21)6789; empty where it follows no scheme."""
    return build_bracketed(epc.elements)


def encoded(text: str, *, company_digits: int | None = None, filter_value: int = 0, scheme: str | None = None) -> Epc:
    """The EPC that a text names: a tag URI, a raw URI, a pure identity URI, an element string, or hexadecimal.

    An element string does not say where the company prefix ends: `company_digits` (6 to 12) does. `scheme` is the one to
    write by; left out it is the 96 bits, and SGTIN-198 where a serial does not fit. Raises EpcFault.
    """
    text = text.strip()
    if text.lower().startswith("urn:epc:"):
        return _from_uri(text, filter_value, scheme)
    if text.startswith(("(", "]", FNC1)):
        return _from_elements(text, company_digits, filter_value, scheme)
    if not text:
        raise EpcFault("There is nothing to encode.")
    return from_hex(text)


def _dotted(epc: Epc) -> str:
    serial = "".join(_ESCAPED.get(sign, sign) for sign in epc.serial)
    return ".".join((epc.company, epc.reference, serial)[:_PARTS[epc.kind]])


def _from_uri(text: str, filter_value: int, scheme: str | None) -> Epc:
    kind, _, rest = text[len("urn:epc:"):].partition(":")
    if kind == "raw":
        return _from_raw(text)
    name, _, body = rest.partition(":")
    is_tag = kind == "tag" and name in SCHEMES
    if not is_tag and not (kind == "id" and name in _PARTS):
        raise EpcFault(f"{text[:80]!r} is no URI of an EPC that is known here: urn:epc:tag:SCHEME:..., urn:epc:id:KIND:... or "
                       f"urn:epc:raw:BITS.xHEX. Schemes: {', '.join(SCHEMES)}.")
    first, dot, after = body.partition(".")
    if not is_tag:
        return _written(name, body, filter_value, scheme)
    if not re.fullmatch("[0-7]", first) or not dot:
        raise EpcFault(f"A tag URI begins with a filter value from 0 to 7; {text[:80]!r} does not.")
    return _written(name.partition("-")[0], after, int(first), name)


def _from_raw(text: str) -> Epc:
    found = _RAW.fullmatch(text)
    if found is None or int(found[1]) != len(found[2]) * 4 or len(found[2]) % 4 or len(found[2]) > _MOST_DIGITS:
        raise EpcFault(f"{text[:80]!r} is no raw URI: urn:epc:raw:BITS.xHEX, with BITS / 4 digits in capitals, whole words of 16 bits.")
    return decode(bytes.fromhex(found[2]))


def _written(kind: str, body: str, filter_value: int, scheme: str | None) -> Epc:
    parts = body.split(".", _PARTS[kind] - 1)
    if len(parts) != _PARTS[kind]:
        raise EpcFault(f"{body[:80]!r} has {len(parts)} parts, {kind} has {_PARTS[kind]}, with a dot between them.")
    serial = unquote(parts[2], errors="replace") if len(parts) > 2 else ""
    return _fitting(kind, parts[0], parts[1], serial, (filter_value, scheme))


def _fitting(kind: str, company: str, reference: str, serial: str, wish: tuple[int, str | None]) -> Epc:
    """By the scheme that is asked for, or by the one of 96 bits, or, where only the serial does not fit, by the longer one."""
    filter_value, scheme = wish
    if scheme is not None and scheme.partition("-")[0] != kind:
        raise EpcFault(f"{kind.upper()} is not written by {scheme}.")
    if scheme is None:
        is_short = is_number(serial) and not int(serial) >> SCHEMES["sgtin-96"].serial_bits
        scheme = "sgtin-198" if kind == "sgtin" and not is_short else f"{kind}-96"
    return encode(scheme, company=company, reference=reference, serial=serial, filter_value=filter_value)


def _from_elements(text: str, company_digits: int | None, filter_value: int, scheme: str | None) -> Epc:
    elements = _elements(text)
    if company_digits is None or not 6 <= company_digits <= 12:
        raise EpcFault("An element string does not say where the company prefix ends: say how many digits it has, 6 to 12.")
    values, at = dict(elements), company_digits
    wish = (filter_value, scheme)
    match sorted(values):
        case ["00"]:
            return _fitting("sscc", values["00"][1:at + 1], values["00"][0] + values["00"][at + 1:17], "", wish)
        case ["01", "21"]:
            return _fitting("sgtin", values["01"][1:at + 1], values["01"][0] + values["01"][at + 1:13], values["21"], wish)
        case ["254", "414"] | ["414"]:
            return _fitting("sgln", values["414"][:at], values["414"][at:12], values.get("254", "0"), wish)
        case ["8003"]:
            return _fitting("grai", values["8003"][1:at + 1], values["8003"][at + 1:13], values["8003"][14:], wish)
        case ["8004"]:
            return _fitting("giai", values["8004"][:at], values["8004"][at:], "", wish)
    raise EpcFault(f"{build_bracketed(elements)[:80]} is no key of a tag. A tag takes (01) with (21), (00), (414) with or without "
                   "(254), (8003) with its serial, or (8004).")


def _elements(text: str) -> list[Element]:
    try:
        found = parse_bracketed(text) if text.startswith("(") else parse_elements(re.sub(r"^\]..", "", text).lstrip(FNC1))
        for ai, value in found:
            check_element(ai, value)
    except LabelFault as fault:
        raise EpcFault(fault.message) from fault
    if len(dict(found)) != len(found):
        raise EpcFault(f"{text[:80]!r} says one thing twice.")
    return found
