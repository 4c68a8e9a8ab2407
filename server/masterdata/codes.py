"""What printed codes stand for, as typed values for devices."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, text

from server.kernel.transaction import Tx, in_list

Value = dict[str, Any]
Codes = dict[str, list[Value]]

_ITEM_COLUMNS = (
    "k.key AS barcode, k.quantity, i.code, i.name, i.tracks_lot, i.tracks_serial, i.tracks_expiry, i.catch_weight"
)
_OF_ITEMS = text(
    f"SELECT {_ITEM_COLUMNS} FROM item i LEFT JOIN barcode k ON k.item_id = i.id WHERE i.id IN :ids"
).bindparams(bindparam("ids", expanding=True))
_OF_KEYS = text(
    f"SELECT {_ITEM_COLUMNS} FROM barcode k JOIN item i ON i.id = k.item_id WHERE k.key IN :keys"
).bindparams(bindparam("keys", expanding=True))
_BY_ITEM_CODE = text(
    "SELECT i.code AS barcode, 1 AS quantity, i.code, i.name, i.tracks_lot, i.tracks_serial, i.tracks_expiry, "
    "i.catch_weight FROM item i WHERE UPPER(i.code) IN :keys"
).bindparams(bindparam("keys", expanding=True))
_LOCATIONS = text(
    "SELECT code, zone, kind, check_digit FROM location WHERE id IN :ids AND kind <> 'account'"
).bindparams(bindparam("ids", expanding=True))
_LOCATIONS_BY_CODE = text(
    "SELECT code, zone, kind, check_digit FROM location WHERE UPPER(code) IN :keys AND kind <> 'account' AND site_id = :site_id"
).bindparams(bindparam("keys", expanding=True))


def item_codes(tx: Tx, item_ids: Iterable[int]) -> Codes:
    """All codes of some items: `gtin:<14 digits>` or the plain code in upper case, the item's own among them."""
    rows = tx.rows(_OF_ITEMS, ids=in_list(item_ids))
    codes: Codes = {row.barcode: [item_value(row)] for row in rows if row.barcode is not None}
    for row in rows:
        codes.setdefault(row.code.upper(), [{**item_value(row), "quantity": 1}])
    return codes


def items_by_keys(tx: Tx, keys: list[str]) -> Codes:
    """Items by barcode keys or by item code."""
    found: Codes = {row.barcode: [item_value(row)] for row in tx.rows(_OF_KEYS, keys=keys or [""])}
    for row in tx.rows(_BY_ITEM_CODE, keys=keys or [""]):
        found.setdefault(row.code.upper(), [item_value(row)])
    return found


def location_codes(tx: Tx, location_ids: Iterable[int]) -> Codes:
    """The labels of some locations."""
    return {row.code.upper(): [location_value(row)] for row in tx.rows(_LOCATIONS, ids=in_list(location_ids))}


def locations_by_keys(tx: Tx, site_id: int, keys: list[str]) -> Codes:
    """A site's locations by their labels."""
    return {row.code.upper(): [location_value(row)] for row in tx.rows(_LOCATIONS_BY_CODE, keys=keys or [""], site_id=site_id)}


def lpn_code(code: str, kind: str) -> Codes:
    """The label of one LPN: `sscc:<18 digits>` or the plain number."""
    is_sscc = len(code) == 18 and code.isdigit()
    return {f"sscc:{code}" if is_sscc else code.upper(): [lpn_value(code, kind)]}


def lpn_value(code: str, kind: str) -> Value:
    """An LPN as a value; totes and trolleys are types of their own."""
    return {"type": kind if kind in {"tote", "trolley"} else "lpn", "key": code, "kind": kind}


def carton_codes(cartons: Iterable[str]) -> Codes:
    """The labels of the cartons that a packer may take."""
    codes: Codes = {}
    for carton in cartons:
        codes.setdefault(carton.upper(), [{"type": "carton", "key": carton}])
    return codes


def card_codes(cards: Iterable[str]) -> Codes:
    """Printed cards that stand for a choice, such as HOLD-QUALITY."""
    return {card: [{"type": "document", "key": card, "kind": "card"}] for card in cards}


def item_value(row: Any) -> Value:
    """An item as a value: `quantity` in smallest units that this barcode stands for."""
    names = ("lot", "serial", "expiry")
    tracking = [name for name in names if getattr(row, f"tracks_{name}")]
    if row.catch_weight:
        tracking.append("catch_weight")
    return {"type": "item", "key": row.code, "name": row.name, "quantity": row.quantity, "tracking": tracking}


def location_value(row: Any) -> Value:
    """A location as a value."""
    return place_value(row.code, row.zone, row.kind, row.check_digit)


def place_value(code: str, zone: str, kind: str, check: str | None) -> Value:
    """A location as a value, from its parts."""
    return {"type": "location", "key": code, "zone": zone, "kind": kind, "check": check}
