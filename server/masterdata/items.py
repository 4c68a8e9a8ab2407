"""Items with their packs and barcodes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from labels.gs1 import check_digit
from server.kernel.audit import record_change
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.transaction import Tx
from server.masterdata.code_changes import item_changed, next_change
from server.masterdata.codes import Codes, item_codes

_ADD = text(
    "INSERT INTO item (code, name, unit, weight_g, volume_ml, length_mm, width_mm, height_mm, this_side_up, tracks_lot, tracks_serial, tracks_expiry, catch_weight, "
    "abc, zone, picture, handling, price) VALUES (:code, :name, :unit, :weight_g, :volume_ml, :length_mm, :width_mm, :height_mm, :this_side_up, :tracks_lot, :tracks_serial, "
    ":tracks_expiry, :catch_weight, :abc, :zone, :picture, :handling, :price) ON CONFLICT (code) DO UPDATE SET name = excluded.name, "
    "unit = excluded.unit, weight_g = excluded.weight_g, volume_ml = excluded.volume_ml, abc = excluded.abc, "
    "length_mm = excluded.length_mm, width_mm = excluded.width_mm, height_mm = excluded.height_mm, this_side_up = excluded.this_side_up, "
    "zone = excluded.zone, picture = excluded.picture, handling = excluded.handling, price = excluded.price RETURNING id"
)
_ADD_PACK = text(
    "INSERT INTO pack (item_id, level, quantity, weight_g) VALUES (:item_id, :level, :quantity, :weight_g) "
    "ON CONFLICT (item_id, level, quantity) DO NOTHING"
)
_ADD_BARCODE = text(
    "INSERT INTO barcode (key, item_id, quantity, level) VALUES (:key, :item_id, :quantity, :level) "
    "ON CONFLICT (key) DO UPDATE SET quantity = excluded.quantity WHERE barcode.item_id = excluded.item_id "
    "RETURNING item_id"
)
_BY_CODE = text(
    "SELECT id, code, name, tracks_lot, tracks_serial, tracks_expiry, catch_weight, weight_g, volume_ml, abc, zone, "
    "blocked FROM item WHERE code = :code"
)
_BEFORE = text("SELECT id, name, unit, weight_g, volume_ml, length_mm, width_mm, height_mm, this_side_up, abc, zone, picture, handling, price FROM item WHERE code = :code")
_BY_ID = text(
    "SELECT id, code, name, tracks_lot, tracks_serial, tracks_expiry, catch_weight, weight_g, volume_ml, abc, zone, "
    "blocked FROM item WHERE id = :id"
)
_PACKS = text("SELECT level, quantity, weight_g FROM pack WHERE item_id = :id ORDER BY quantity, level")
_CHANGEABLE = ("name", "unit", "weight_g", "volume_ml", "length_mm", "width_mm", "height_mm", "this_side_up", "abc", "zone", "picture", "handling", "price")
_SIDE_MAX_MM = 20_000
PRICE_MAX = 10**12
LEVELS = ("each", "inner", "case", "pallet")


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item as the floor needs to know it."""

    id: int
    code: str
    name: str
    tracks_lot: int
    tracks_serial: int
    tracks_expiry: int
    catch_weight: int
    weight_g: int
    volume_ml: int
    abc: str
    zone: str | None
    blocked: int


@dataclass(frozen=True, slots=True)
class NewPack:
    """A pack level: how many smallest units it holds, and the codes printed on it (GTINs or plain)."""

    level: str
    quantity: int
    barcodes: tuple[str, ...] = ()
    weight_g: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """An item to be made, or to be changed when its code is known; sides of 0 are not known, a price of None is not."""

    code: str
    name: str
    unit: str = "each"
    weight_g: int = 0
    volume_ml: int = 0
    length_mm: int = 0
    width_mm: int = 0
    height_mm: int = 0
    this_side_up: bool = False
    tracks_lot: bool = False
    tracks_serial: bool = False
    tracks_expiry: bool = False
    catch_weight: bool = False
    abc: str = "C"
    zone: str | None = None
    picture: str | None = None
    handling: str = ""
    price: int | None = None
    packs: Sequence[NewPack] = ()


def put_item(tx: Tx, new: NewItem) -> int:
    """Makes or changes an item with its packs and barcodes; its number. Invalid and Conflict say what is wrong."""
    return keep_item(tx, new)[0]


def keep_item(tx: Tx, new: NewItem) -> tuple[int, bool]:
    """The same; False when it was so already."""
    _check(new)
    change, known = next_change(tx), tx.row(_BEFORE, code=new.code)
    before: Codes = {} if known is None else item_codes(tx, [known.id])
    old = None if known is None else {**known._mapping, **_packed(tx, known.id, before)}
    flags = {name: int(getattr(new, name)) for name in ("tracks_lot", "tracks_serial", "tracks_expiry", "catch_weight")}
    values = {**{name: getattr(new, name) for name in _CHANGEABLE}, "this_side_up": int(new.this_side_up)}
    number = int(tx.scalar(_ADD, code=new.code, **values, **flags))
    for pack in new.packs:
        tx.execute(_ADD_PACK, {"item_id": number, "level": pack.level, "quantity": pack.quantity,
                               "weight_g": pack.weight_g})
        for code in pack.barcodes:
            _add_barcode(tx, number, pack, code)
    after = item_codes(tx, [number])
    if after != before:
        item_changed(tx, number, change)
    is_changed = record_change(tx, "item.put", new.code, old=old,
                               new={**values, **(flags if known is None else {}), **_packed(tx, number, after)})
    return number, is_changed


def barcode_key(code: str) -> str:
    """How a printed code is kept: `gtin:<14 digits>` for a GTIN of any length, else upper case; Invalid when wrong.

    `rcn:<prefix and item digits>` is the item's part of a site's variable-measure codes.
    """
    code = code.strip()
    if not code or len(code) > 120 or not code.isprintable():
        raise Invalid(f"{code[:40]!r} is no barcode: 1 to 120 printable characters are needed.", what=code[:40])
    if code.isascii() and code.isdigit() and len(code) in (8, 12, 13, 14):
        if check_digit(code[:-1]) != code[-1]:
            raise Invalid(f"{code} looks like a GTIN, but its check digit is wrong; it should end in "
                          f"{check_digit(code[:-1])}.", what=code)
        return f"gtin:{code.zfill(14)}"
    if code.lower().startswith("rcn:"):
        if not (code.isascii() and code[4:].isdigit() and 3 <= len(code) - 4 <= 11):
            raise Invalid(f"{code[:40]} is no part of a variable-measure code: rcn: and prefix and item digits.", what=code[:40])
        return code.lower()
    return code.upper()


def item_by_code(tx: Tx, code: str) -> ItemRow:
    """The item of a code; NotFound when there is none."""
    row = tx.row(_BY_CODE, code=code)
    if row is None:
        raise NotFound(f"There is no item {code}. Create it, or correct the code.", what=code)
    return ItemRow(**row._mapping)


def item_by_id(tx: Tx, number: int) -> ItemRow:
    """The item of a row number."""
    row = tx.row(_BY_ID, id=number)
    if row is None:
        raise NotFound(f"There is no item with number {number}.", what=number)
    return ItemRow(**row._mapping)


def _packed(tx: Tx, number: int, codes: Codes) -> dict[str, list[Any]]:
    return {"packs": [list(row) for row in tx.rows(_PACKS, id=number)], "codes": sorted(codes)}


def _add_barcode(tx: Tx, number: int, pack: NewPack, code: str) -> None:
    key = barcode_key(code)
    owner = tx.scalar(_ADD_BARCODE, key=key, item_id=number, quantity=pack.quantity, level=pack.level)
    if owner is None:
        raise Conflict(f"Barcode {code} belongs to another item already.", what=code)


def _check(new: NewItem) -> None:
    errors = []
    if not 0 < len(new.code) <= 64 or not new.code.isprintable():
        errors.append({"where": "code", "what": "must be 1 to 64 printable characters"})
    if not 0 < len(new.name) <= 256 or "\0" in new.name:
        errors.append({"where": "name", "what": "must be 1 to 256 characters"})
    if new.abc not in ("A", "B", "C"):
        errors.append({"where": "abc", "what": "must be A, B or C"})
    errors += _size_errors(new)
    for name, most in (("unit", 16), ("zone", 16), ("picture", 256)):
        if len(getattr(new, name) or "") > most:
            errors.append({"where": name, "what": f"must be at most {most} characters"})
    for pack in new.packs:
        if pack.level not in LEVELS or not 0 < pack.quantity < 10**9:
            errors.append({"where": f"pack {pack.level}", "what": f"level must be one of {', '.join(LEVELS)}, "
                           "quantity at least 1"})
    if errors:
        raise Invalid(f"Item {new.code[:64]}: {errors[0]['where']} {errors[0]['what']}.", errors=errors)


def _size_errors(new: NewItem) -> list[dict[str, str]]:
    errors = []
    if new.weight_g < 0 or new.volume_ml < 0:
        errors.append({"where": "weight_g, volume_ml", "what": "must not be negative"})
    if new.price is not None and not 0 <= new.price <= PRICE_MAX:
        errors.append({"where": "price", "what": f"must be 0 to {PRICE_MAX}"})
    if not all(0 <= side <= _SIDE_MAX_MM for side in (new.length_mm, new.width_mm, new.height_mm)):
        errors.append({"where": "length_mm, width_mm, height_mm", "what": f"must be 0 to {_SIDE_MAX_MM}"})
    return errors
