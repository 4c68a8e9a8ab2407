"""A scan turned into typed values: pure, so that it is the same on the device and on the server."""

import re
from collections.abc import Mapping
from typing import Any

from labels.gs1 import ParseSettings, Scan, parse_scan

Value = dict[str, Any]
Reading = dict[str, Any]
Codes = Mapping[str, list[Value]]

COMMANDS = ("UNDO", "SHORT", "DAMAGED", "FULL", "SKIP", "DONE", "NEXT", "REPRINT", "HELP")
_COMMAND = re.compile(r"CMD-([A-Z]+)")
_QUANTITY = re.compile(r"QTY-([0-9]{1,9})")
_OWN_LPN = re.compile(r"LPN[0-9]{8,}")
_PARTS = ("customer_part", "manufacturer_part", "product_number")
"""How suppliers' labels name an item, our own number first."""
_DEFAULTS = ParseSettings()
_BLANKS = " \t\r\n"
_NO_LABEL = {"not_a_link", "domain", "no_key"}
"""Web addresses that are no Digital Links: nothing is known of them, and nothing is wrong with them."""


def read(raw: str, codes: Codes, settings: ParseSettings = _DEFAULTS) -> Reading:
    """What a scan says: {"raw", "values", "error"}; `codes` maps known codes to their values.

    Keys of `codes` are `gtin:<14>`, `sscc:<18>`, `rcn:<prefix and item>` or the plain code in upper case. Never raises.
    """
    text = raw.strip(_BLANKS)
    plain = _plain(text, codes)
    if plain is not None:
        return {"raw": raw, "values": plain, "error": None}
    scan = parse_scan(text, settings=settings)
    if scan.error is not None and scan.error["code"] not in _NO_LABEL:
        return {"raw": raw, "values": [], "error": {"code": scan.error["code"], "message": scan.error["message"]}}
    if scan.error is not None or scan.kind == "plain":
        text = scan.values.get("text") or text
        return {"raw": raw, "values": _plain(text, codes) or _unknown(text), "error": None}
    return {"raw": raw, "values": _labelled(scan, codes) or _unknown(text), "error": None}


def _plain(text: str, codes: Codes) -> list[Value] | None:
    upper = text.upper()
    command = _COMMAND.fullmatch(upper)
    if command is not None and command[1] in COMMANDS:
        return [{"type": "command", "key": command[1]}]
    quantity = _QUANTITY.fullmatch(upper)
    if quantity is not None:
        return [{"type": "quantity", "n": int(quantity[1])}]
    if upper in codes:
        return [dict(value) for value in codes[upper]]
    return None


def _unknown(text: str) -> list[Value]:
    if _OWN_LPN.fullmatch(text.upper()):
        return [{"type": "lpn", "key": text.upper()}]
    if text.upper().startswith("BDG-"):
        return [{"type": "badge", "key": text.upper()}]
    return [{"type": "unknown", "key": text}]


def _labelled(scan: Scan, codes: Codes) -> list[Value]:
    found = scan.values
    values: list[Value] = []
    if "sscc" in found:
        values += _known(codes, f"sscc:{found['sscc']}") or [{"type": "lpn", "key": found["sscc"]}]
    items, key = _items(found, codes)
    values += items or ([{"type": "item", "key": None, **key}] if key else [])
    for name in ("lot", "serial", "production_date"):
        if name in found:
            values.append({"type": name, "key": found[name]})
    if "keeps_until" in found:
        values.append({"type": "expiry", "key": found["keeps_until"]})
    values += _amounts(found, items)
    return values


def _items(found: Mapping[str, Any], codes: Codes) -> tuple[list[Value], Value]:
    """The items of a label, and by what it names them."""
    gtin = found.get("gtin", found.get("content_gtin"))
    if "rcn_item" in found:
        number = f"{found['rcn_prefix']}{found['rcn_item']}"
        return _known(codes, f"rcn:{number}"), {"rcn": number}
    if gtin:
        return _known(codes, f"gtin:{gtin}"), {"gtin": gtin}
    parts = [found[name].upper() for name in _PARTS if name in found]
    known = (value for part in parts for value in _known(codes, part) if value["type"] == "item")
    return list(known)[:1], {"parts": parts} if parts else {}


def _amounts(found: Mapping[str, Any], items: list[Value]) -> list[Value]:
    values: list[Value] = []
    if "quantity" in found:
        values.append({"type": "quantity", "n": found["quantity"]})
    elif "content_count" in found:
        pack = items[0].get("quantity", 1) if items else 1
        values.append({"type": "quantity", "n": found["content_count"] * pack})
    if "net_weight_g" in found:
        values.append({"type": "weight", "n": found["net_weight_g"]})
    return values


def _known(codes: Codes, key: str) -> list[Value]:
    return [dict(value) for value in codes.get(key, [])]
