"""A scan as it comes from any scanner, understood: element strings, HRI, Digital Links, plain codes."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from labels.gs1.calendar import full_year
from labels.gs1.catch_weight import CatchWeight
from labels.gs1.digital_link import looks_like_link, parse_link
from labels.gs1.elements import FNC1, Element, check_element, check_together, parse_bracketed, parse_elements
from labels.gs1.faults import LabelFault
from labels.gs1.linters import check_digit
from labels.gs1.supplier_labels import MH10_HEADER, supplier_values, weigh_label_values

LINEAR_MAX = 512
GS1_CARRIERS = {"]C1": "GS1-128", "]d2": "GS1 DataMatrix", "]Q3": "GS1 QR", "]e0": "GS1 DataBar", "]J1": "GS1 DotCode"}
"""AIM identifiers (ISO/IEC 15424) of symbols that carry GS1 data."""
PLAIN_CARRIERS = {"]C0": "Code 128", "]A": "Code 39", "]d": "DataMatrix", "]Q": "QR", "]E0": "EAN/UPC", "]E3": "EAN/UPC with add-on",
                  "]E4": "EAN-8", "]I": "ITF", "]X0": "other", "]L": "PDF417", "]J": "DotCode", "]F": "Codabar",
                  "]G": "Code 93", "]e": "DataBar composite", "]z": "Aztec"}
_RETAIL = {"EAN/UPC": (13,), "EAN-8": (8,), "EAN/UPC with add-on": (15, 18)}
"""How many digits a scanner sends behind ]E0, ]E4 and ]E3 (ISO/IEC 15424: a UPC comes as thirteen)."""
_HRI = re.compile(r"\([0-9]{2,4}\)")
_MAY_BE_PLAIN = ("]Q", "]d", "]J")
"""Symbols that carry either GS1 data or any text, and whose AIM identifier says which."""
_LIKE_A_LABEL = re.compile(r"0[0-3]|1[1-7]|3[1-6][0-9][0-5]|253|255|41[0-7]|80(?:03|04|06|17|18)")
"""Keys, dates and measures: what a label begins with that was sent without any mark of GS1."""
_GS_WRITTEN = re.compile(r"<GS>|\{GS\}|\[GS\]|\\x1d|\\u001d|\\F|␝|\(GS\)|Alt\+029|\^\]", re.IGNORECASE)
_BROKEN = re.compile("[\ud800-\udfff]")
_CONTROLS = re.compile(r"[\x00-\x1c\x1e-\x1f\x7f]")
_DATES = {"11": "production_date", "12": "due_date", "13": "pack_date", "15": "best_before", "16": "sell_by",
          "17": "expiry"}
_TEXTS = {"00": "sscc", "01": "gtin", "02": "content_gtin", "10": "lot", "21": "serial", "240": "additional_id",
          "250": "secondary_serial", "400": "order_number", "410": "ship_to_gln", "414": "gln", "422": "origin_country",
          "8003": "grai", "8004": "giai", "8018": "gsrn", "241": "customer_part_number"}
_COUNTS = {"30": "quantity", "37": "content_count"}
_MEASURES = {"310": ("net_weight_g", 1000), "320": ("net_weight_g", Decimal("453.59237")),
             "330": ("gross_weight_g", 1000), "340": ("gross_weight_g", Decimal("453.59237"))}


@dataclass(frozen=True, slots=True)
class ParseSettings:
    """What a site may set: layouts of its catch-weight codes, and what stands for GS in its scanners' texts.

    `short_gtins_in_links` takes GTIN-8, -12 and -13 in Digital Links, which new links no longer have.
    """

    catch_weights: tuple[CatchWeight, ...] = ()
    group_separators: tuple[str, ...] = ()
    short_gtins_in_links: bool = True


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan understood, or what is wrong with it.

    `values` holds, where the label has them: sscc, gtin (14 digits), content_gtin, lot, serial, expiry,
    best_before, production_date ... (ISO dates), quantity, content_count (int), net_weight_g, gross_weight_g
    (int grams), rcn_prefix and rcn_item of catch-weight codes, text of a plain code. `missing` says what other
    barcode is still wanted.
    """

    ok: bool
    kind: str
    symbology: str | None = None
    elements: tuple[Element, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    error: Mapping[str, Any] | None = None
    missing: tuple[str, ...] = ()


DEFAULTS = ParseSettings()


def parse_scan(text: str, *, gs1: bool = False, settings: ParseSettings = DEFAULTS) -> Scan:
    """Understands a scan; never raises. `gs1` takes the text as GS1 data, unless its AIM identifier denies it."""
    symbology: str | None = None
    try:
        cleaned = _cleaned(text, settings)
        symbology = _symbology(cleaned)
        return _understood(cleaned, symbology, gs1=gs1, settings=settings)
    except LabelFault as fault:
        return Scan(False, "unreadable", symbology, error=fault_json(fault))


def join(first: Scan, second: Scan) -> Scan:
    """One label from two of its barcodes; an error when they contradict each other."""
    return _labelled(list(first.elements) + [one for one in second.elements if one not in first.elements],
                     first.symbology or second.symbology)


def fault_json(fault: LabelFault) -> dict[str, Any]:
    """What is wrong, as plain values."""
    return {"code": fault.code, "message": fault.message, "ai": fault.ai, "position": fault.position}


def _cleaned(text: str, settings: ParseSettings) -> str:
    if not text.strip(" \t\r\n"):
        raise LabelFault("empty", "The scan holds no data.")
    text = text.strip(" \t\r\n")
    if len(text) > LINEAR_MAX:
        raise LabelFault("too_long", f"The scan has {len(text)} characters, at most {LINEAR_MAX} are taken.")
    if _BROKEN.search(text):
        raise LabelFault("character", "The scan holds broken characters. Scan again, or check the scanner's set-up.")
    if MH10_HEADER in text[: len(MH10_HEADER) + 3]:
        return text
    if _CONTROLS.search(text):
        raise LabelFault("character", "The scan holds control characters that no label has.")
    if looks_like_link(text[3:] if text.startswith("]") else text):
        return text
    for separator in settings.group_separators:
        text = text.replace(separator, FNC1)
    return _GS_WRITTEN.sub(FNC1, text)


def _symbology(text: str) -> str | None:
    """The kind of symbol by its AIM identifier; None when the text has none that we know."""
    if text[:1] != "]":
        return None
    return GS1_CARRIERS.get(text[:3]) or PLAIN_CARRIERS.get(text[:3]) or PLAIN_CARRIERS.get(text[:2] if text[2:3] else "")


def _understood(text: str, symbology: str | None, *, gs1: bool, settings: ParseSettings) -> Scan:
    body = text[3:] if symbology else text
    is_gs1 = text[:3] in GS1_CARRIERS or (gs1 and text[:2] not in _MAY_BE_PLAIN)
    if symbology in _RETAIL:
        return _retail(body, symbology, settings)
    supplier = None if is_gs1 else supplier_values(body)
    if supplier is not None:
        return Scan(True, "supplier_label", symbology, (), supplier)
    if looks_like_link(body):
        return _link(body, symbology, strict=gs1 or symbology is None, settings=settings)
    if body.startswith("(") and (is_gs1 or _HRI.match(body)):
        return _labelled(parse_bracketed(body), symbology)
    if is_gs1:
        return _element_string(_without_carets(body) if symbology is None else body, symbology)
    return _unmarked(body, symbology, settings)


def _retail(body: str, symbology: str, settings: ParseSettings) -> Scan:
    """EAN and UPC, with the elements of a composite component that a scanner sends behind `|]e0`."""
    digits, mark, composite = body.partition("|]e0")
    lengths = _RETAIL[symbology]
    if len(digits) not in lengths:
        raise LabelFault("too_short" if len(digits) < lengths[0] else "too_long",
                         f"{symbology} has {' or '.join(map(str, lengths))} digits, {len(digits)} were read.")
    digits = digits[:13]
    if not _is_gtin(digits):
        raise LabelFault("check_digit", f"{digits!r} is no {symbology}: digits with a right check digit.")
    if mark:
        return _labelled([("01", digits.zfill(14)), *parse_elements(composite)], symbology)
    return _unmarked(digits, symbology, settings)


def _without_carets(body: str) -> str:
    """Element strings are also written with ^ for every FNC1, the first one included."""
    return body[1:].replace("^", FNC1) if body.startswith("^") else body.removeprefix(FNC1)


def _link(body: str, symbology: str | None, *, strict: bool, settings: ParseSettings) -> Scan:
    try:
        elements = parse_link(body, short_gtins=settings.short_gtins_in_links)
    except LabelFault:
        if strict:
            raise
        return Scan(True, "plain", symbology, values={"text": body})
    return _labelled(elements, symbology, kind="digital_link")


def _element_string(body: str, symbology: str | None) -> Scan:
    return _labelled(parse_elements(body.removeprefix(FNC1) if symbology else body), symbology)


def _unmarked(body: str, symbology: str | None, settings: ParseSettings) -> Scan:
    """A text of which nothing says that it is GS1: it is, when it reads as GS1 without a fault."""
    for layout in settings.catch_weights:
        values = layout.read(body)
        if values is not None:
            return Scan(True, "catch_weight", symbology or "EAN/UPC", (), values)
    if len(body) in (8, 12, 13, 14) and _is_gtin(body):
        return Scan(True, "gtin", symbology, (("01", body.zfill(14)),), {"gtin": body.zfill(14)})
    if body.startswith("LMQ#"):
        return Scan(True, "weigh_label", symbology, (), weigh_label_values(body))
    if FNC1 in body or _is_certainly_gs1(body):
        return _labelled(parse_elements(body.removeprefix(FNC1)), symbology)
    return _perhaps_labelled(body, symbology) or Scan(True, "plain", symbology, values={"text": body})


def _perhaps_labelled(body: str, symbology: str | None) -> Scan | None:
    """Digits that begin like a label are one when all of them are right; a lot alone is any text, and is not guessed."""
    if len(body) < 16 or not _LIKE_A_LABEL.match(body):
        return None
    try:
        scan = _labelled(parse_elements(body), symbology)
    except LabelFault:
        return None
    return scan if scan.ok else None


def _labelled(elements: list[Element], symbology: str | None, kind: str = "gs1") -> Scan:
    try:
        for ai, value in elements:
            check_element(ai, value)
        missing = check_together(elements)
    except LabelFault as fault:
        good = _good(elements)
        return Scan(False, kind, symbology, tuple(elements), _values(good), fault_json(fault))
    if kind == "gs1" and {ai for ai, _ in elements} == {"00"}:
        kind = "sscc"
    return Scan(True, kind, symbology, tuple(elements), _values(elements), None, missing)


def _good(elements: Iterable[Element]) -> list[Element]:
    good = []
    for ai, value in elements:
        try:
            check_element(ai, value)
        except LabelFault:
            continue
        good.append((ai, value))
    return good


def _values(elements: Iterable[Element]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for ai, value in elements:
        if ai in _TEXTS:
            values[_TEXTS[ai]] = value
        elif ai in _DATES:
            values[_DATES[ai]] = _iso_date(value)
        elif ai in _COUNTS:
            values[_COUNTS[ai]] = int(value)
        elif ai[:3] in _MEASURES and len(ai) == 4:
            name, grams = _MEASURES[ai[:3]]
            values[name] = int((Decimal(value) / 10 ** int(ai[3]) * grams).to_integral_value())
        elif ai == "7003":
            values["expiry"] = _iso_date(value[:6])
    if "expiry" not in values and "best_before" in values:
        values["keeps_until"] = values["best_before"]
    elif "expiry" in values:
        values["keeps_until"] = values["expiry"]
    return values


def _iso_date(digits: str) -> str:
    year = full_year(int(digits[:2]), date.today())  # noqa: DTZ011 - only its century counts
    month, day = int(digits[2:4]), int(digits[4:6])
    if day:
        return date(year, month, day).isoformat()
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).isoformat()


def _is_gtin(digits: str) -> bool:
    return digits.isascii() and digits.isdigit() and check_digit(digits[:-1]) == digits[-1]


def _is_certainly_gs1(body: str) -> bool:
    """A text that starts as SSCC or GTIN of full length with a right check digit is GS1, faulty or not."""
    for ai, length in (("00", 18), ("01", 14), ("02", 14)):
        key = body[2 : 2 + length]
        if body.startswith(ai) and len(key) == length and _is_gtin(key):
            return True
    return False
