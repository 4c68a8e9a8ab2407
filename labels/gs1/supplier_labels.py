"""Labels that are not GS1 but come in at the same dock: ANSI MH10.8.2, shops' own pick labels, weigh labellers."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from labels.gs1.faults import LabelFault

MH10_HEADER = "[)>\x1e06\x1d"
_CONTROLS = re.compile(r"[\x00-\x03\x05-\x1c\x1f\x7f]")
_QUANTITY = re.compile(r"[0-9]{1,12}")
_WEIGH_LABEL = re.compile(r"LMQ#1#([0-9]{1,6}(?:\.[0-9]{1,3})?)#([0-9]{2})\.([0-9]{2})\.([0-9]{4})#([^#]+)(?:#([^#]*))?")
_BLANKS = re.compile(r"P[^ ]+( [^ ]+)*")
_PICK = re.compile(r"\{[a-z]+:[^{}:,]*(?:,[a-z]+:[^{}:,]*)*\}")
_PICK_FIELDS = {"pc": "customer_part", "pm": "manufacturer_part", "on": "order_number", "qty": "quantity"}
_FIELDS = {"1P": "manufacturer_part", "P": "customer_part", "Q": "quantity", "K": "order_number", "1T": "lot",
           "4L": "origin_country", "9D": "date_code", "S": "serial", "1K": "order_number", "10K": "invoice"}
_LONGEST_FIRST = sorted(_FIELDS, key=len, reverse=True)


def supplier_values(text: str) -> dict[str, Any] | None:
    """The fields of a supplier's label; None when the text is none that we know."""
    if text.startswith(MH10_HEADER):
        return mh10_values(text)
    if text[:1] == "P" and _BLANKS.fullmatch(text):
        parts = text.split(" ")
        named = [_head(part) for part in parts]
        return _fields(parts) if None not in named and len(set(named)) > 2 else None
    if _PICK.fullmatch(text) and ",qty:" in text:
        pairs = [part.partition(":") for part in text[1:-1].split(",")]
        return _counted({_PICK_FIELDS[name]: value for name, _, value in pairs if name in _PICK_FIELDS and value})
    return None


def mh10_values(text: str) -> dict[str, Any]:
    """The fields of an ISO/IEC 15434 format 06 label by their data identifiers; those unknown to us are left out."""
    if _CONTROLS.search(text):
        raise LabelFault("character", "The label holds control characters that no label has.")
    return _fields(text[len(MH10_HEADER) :].rstrip("\x1e\x04").split("\x1d"))


def _fields(parts: Iterable[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for part in parts:
        head = _head(part)
        if head is not None and (head != "K" or "order_number" not in values):
            values[_FIELDS[head]] = part[len(head) :]
    return _counted(values)


def _head(part: str) -> str | None:
    return next((name for name in _LONGEST_FIRST if part.startswith(name) and len(part) > len(name)), None)


def _counted(values: dict[str, Any]) -> dict[str, Any]:
    quantity = values.get("quantity")
    if quantity is None:
        return values
    if not _QUANTITY.fullmatch(quantity):
        raise LabelFault("quantity", f"The label's quantity {quantity!r} is no whole number.")
    return {**values, "quantity": int(quantity)}


def weigh_label_values(text: str) -> dict[str, Any]:
    """A weigh labeller's `LMQ#1#kilograms#dd.mm.yyyy#lot[#product]`."""
    found = _WEIGH_LABEL.fullmatch(text)
    if found is None:
        raise LabelFault("weigh_label", "The weigh label cannot be read: weight, date or lot has not its form.")
    kilograms, day, month, year, lot, product = found.groups()
    try:
        best_before = date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        raise LabelFault("day", f"The weigh label's date {day}.{month}.{year} is no day.") from None
    values = {"net_weight_g": int(Decimal(kilograms) * 1000), "lot": lot, "best_before": best_before}
    return values | ({"product_number": product} if product else {})
