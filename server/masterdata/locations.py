"""Locations in bulk from a pattern, with coordinates and check digits."""

import itertools
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import text

from server.kernel.audit import record_change
from server.kernel.errors import Conflict, Invalid
from server.kernel.transaction import Tx
from server.masterdata.code_changes import next_change
from server.masterdata.location_kinds import LOCATION_KINDS
from server.masterdata.sites import add_holder

CREATED_MAX = 200_000
_RANGE = re.compile(r"\{([A-Za-z]|\d+)\.\.([A-Za-z]|\d+)\}")
_ADD = text(
    "INSERT INTO location (id, site_id, code, kind, zone, rack, bin, level, aisle, x_mm, y_mm, z_mm, max_weight_g, "
    "max_volume_ml, max_lpns, check_digit, mixing, abc, changed_no) VALUES (:id, :site_id, :code, :kind, :zone, :rack, :bin, "
    ":level, :aisle, :x_mm, :y_mm, :z_mm, :max_weight_g, :max_volume_ml, :max_lpns, :check_digit, :mixing, :abc, :changed_no)"
)
_CHANGEABLE = ("blocked", "count_due", "max_weight_g", "max_volume_ml", "max_lpns", "mixing", "abc", "zone")
_BEFORE = text(f"SELECT {', '.join(_CHANGEABLE)} FROM location WHERE code = :code")
_CHANGES = {name: text(f"UPDATE location SET {name} = :value WHERE code = :code") for name in _CHANGEABLE}
_CHANGED = text("UPDATE location SET changed_no = :number WHERE code = :code")
_EXISTS = text("SELECT 1 FROM location WHERE code = :code")
_KNOWN = text("SELECT site_id, kind, zone, rack, bin, level, aisle, x_mm, y_mm, z_mm, max_weight_g, max_volume_ml, max_lpns, "
              "mixing, abc FROM location WHERE code = :code")
_CHANGE = text(
    "UPDATE location SET zone = :zone, rack = :rack, bin = :bin, level = :level, aisle = :aisle, x_mm = :x_mm, y_mm = :y_mm, "
    "z_mm = :z_mm, max_weight_g = :max_weight_g, max_volume_ml = :max_volume_ml, max_lpns = :max_lpns, mixing = :mixing, "
    "abc = :abc, changed_no = :changed_no WHERE code = :code"
)
MIXING = ("any", "one_item", "one_lot")
MM_MAX = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLocation:
    """A location to be made; coordinates in mm from the site's origin."""

    code: str
    kind: str = "bin"
    zone: str = ""
    rack: str = ""
    bin: str = ""
    level: int = 0
    aisle: str = ""
    x_mm: int = 0
    y_mm: int = 0
    z_mm: int = 0
    max_weight_g: int | None = None
    max_volume_ml: int | None = None
    max_lpns: int | None = None
    mixing: str = "any"
    abc: str = "C"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Where the racks of a pattern stand: aisles side by side, racks along them, levels above each other."""

    aisle_spacing_mm: int = 3_000
    rack_length_mm: int = 1_000
    level_height_mm: int = 500
    first_x_mm: int = 0
    first_y_mm: int = 1_000


def put_location(tx: Tx, site_id: int, new: NewLocation) -> int:
    """Makes a location; its number. Invalid says what is wrong, Conflict that the code is taken."""
    _check(new)
    if tx.scalar(_EXISTS, code=new.code) is not None:
        raise Conflict(f"Location {new.code} exists already.", what=new.code)
    change, number = next_change(tx), add_holder(tx, "location")
    values = {name: getattr(new, name) for name in NewLocation.__slots__}
    tx.execute(_ADD, {**values, "id": number, "site_id": site_id, "check_digit": check_digits(new.code), "changed_no": change})
    return number


def change_location(tx: Tx, code: str, **changes: object) -> None:
    """Changes a location: `blocked`, `count_due`, capacities, `mixing`, `abc`, `zone`. What else is named is Invalid."""
    wrong = [name for name in changes if name not in _CHANGES]
    if wrong or not changes:
        raise Invalid(f"Of a location {', '.join(_CHANGES)} can be changed, not {', '.join(wrong) or 'nothing'}.", what=code)
    known = tx.row(_BEFORE, code=code)
    if "zone" in changes:
        tx.execute(_CHANGED, {"number": next_change(tx), "code": code})
    for name, value in changes.items():
        tx.execute(_CHANGES[name], {"code": code, "value": int(value) if isinstance(value, bool) else value})
    record_change(tx, "location.changed", code, old=known._mapping, new={name: int(value) if isinstance(value, bool) else value
                                                                         for name, value in changes.items()})


def keep_location(tx: Tx, site_id: int, new: NewLocation, given: Collection[str]) -> bool:
    """Makes a location, or changes what is `given` of one that is there; False when it was so already.

    Conflict when it is there in another warehouse, or as another kind of place.
    """
    known = tx.row(_KNOWN, code=new.code)
    if known is None:
        put_location(tx, site_id, new)
        record_change(tx, "location.made", new.code, old=None, new={name: getattr(new, name) for name in ("kind", *given)})
        return True
    _check(new)
    if known.site_id != site_id or ("kind" in given and known.kind != new.kind):
        raise Conflict(f"Location {new.code} exists already, in another warehouse or as a {known.kind}.", what=new.code)
    values = {**known._mapping, **{name: getattr(new, name) for name in given if name != "kind"}}
    if values == dict(known._mapping):
        return False
    tx.execute(_CHANGE, {**values, "code": new.code, "changed_no": next_change(tx)})
    record_change(tx, "location.changed", new.code, old=known._mapping, new=values)
    return True


def locations_of_pattern(pattern: str, grid: Grid, template: NewLocation) -> list[NewLocation]:
    """All locations of a pattern such as `W1-{A..D}-{01..20}-{1..4}`: zone (aisle), rack, bin (level).

    The ranges are, in order: zone, rack and bin; fewer ranges leave the later ones empty. Each zone is an
    aisle at its own x, racks follow each other in y, bins stand above each other in z.
    """
    codes = list(_expand(pattern))
    if len(codes) > CREATED_MAX:
        raise Invalid(f"The pattern stands for {len(codes)} locations, at most {CREATED_MAX} are made at once.",
                      what=pattern)
    return [_placed(code, places, grid, template) for code, places in codes]


def check_digits(code: str) -> str:
    """Two digits that a worker says or types to show that they stand at the bin: stable, and unlike its neighbours'."""
    total = sum(prime * ord(sign) for prime, sign in zip(itertools.cycle((7, 3, 11, 13, 17)), code, strict=False))
    return f"{total * 37 % 97:02d}"


def _placed(code: str, places: tuple[tuple[int, str], ...], grid: Grid, template: NewLocation) -> NewLocation:
    padded = [*places, *[(0, "")] * (3 - len(places))]
    (aisle, zone), (rack_at, rack), (level, bin_) = padded[:3]
    values = {name: getattr(template, name) for name in NewLocation.__slots__}
    return NewLocation(**{
        **values, "code": code, "zone": zone, "rack": rack, "bin": bin_, "aisle": zone, "level": level,
        "x_mm": grid.first_x_mm + aisle * grid.aisle_spacing_mm,
        "y_mm": grid.first_y_mm + rack_at * grid.rack_length_mm, "z_mm": level * grid.level_height_mm,
    })


def _expand(pattern: str) -> Iterator[tuple[str, tuple[tuple[int, str], ...]]]:
    pieces = _RANGE.split(pattern)
    if len(pieces) == 1 or "{" in "".join(pieces[0::3]):
        raise Invalid(f"{pattern!r} is no pattern: ranges are written {{A..D}} or {{01..20}}.", what=pattern)
    ranges = [_values(first, last) for first, last in zip(pieces[1::3], pieces[2::3], strict=True)]
    for chosen in itertools.product(*(enumerate(values) for values in ranges)):
        code = pieces[0] + "".join(value + rest for (_, value), rest in zip(chosen, pieces[3::3], strict=True))
        yield code, tuple(chosen)


def _values(first: str, last: str) -> list[str]:
    if first.isdigit() and last.isdigit():
        values = [str(number).zfill(len(first)) for number in range(int(first), int(last) + 1)]
    elif first.isalpha() and last.isalpha():
        values = [chr(number) for number in range(ord(first), ord(last) + 1)]
    else:
        raise Invalid(f"A range goes from letter to letter or from number to number, not from {first} to {last}.")
    if not values or len(values) > CREATED_MAX:
        raise Invalid(f"The range from {first} to {last} is empty or too long.")
    return values


def _check(new: NewLocation) -> None:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}", new.code):
        raise Invalid(f"{new.code[:64]!r} is no location code: letters, digits, dot, dash, at most 64.", what=new.code[:64])
    if new.kind not in LOCATION_KINDS or new.kind == "account":
        raise Invalid(f"{new.code}: kind must be one of {', '.join(LOCATION_KINDS[1:])}, not {new.kind!r}.", what=new.kind)
    if any(len(one) > 16 or not one.isprintable() for one in (new.zone, new.rack, new.bin, new.aisle)):
        raise Invalid(f"{new.code}: zone, rack, bin and aisle must be at most 16 printable characters.", what=new.code)
    if new.mixing not in MIXING or new.abc not in ("A", "B", "C"):
        raise Invalid(f"{new.code}: mixing must be one of {', '.join(MIXING)}, abc A, B or C.", what=new.code)
    if not all(-MM_MAX < length < MM_MAX for length in (new.x_mm, new.y_mm, new.z_mm)) or not 0 <= new.level < 1_000:
        raise Invalid(f"{new.code}: coordinates must be within 1,000 km, the level 0 to 999.", what=new.code)
