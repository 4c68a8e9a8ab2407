"""The cartons that a warehouse packs into."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import text

from server.kernel.audit import record, record_change
from server.kernel.errors import Invalid, NotFound
from server.kernel.transaction import Tx

_SIDE_MAX_MM, _WEIGHT_MAX_G = 20_000, 10_000_000
_OUTER = ("outer_length_mm", "outer_width_mm", "outer_height_mm")
_COLUMNS = "length_mm, width_mm, height_mm, max_weight_g, own_weight_g, cost, blocked, outer_length_mm, outer_width_mm, outer_height_mm"
_PUT = text(
    f"INSERT INTO carton_type (site_id, code, {_COLUMNS}) VALUES (:site_id, :code, :length_mm, :width_mm, :height_mm, "
    ":max_weight_g, :own_weight_g, :cost, :blocked, :outer_length_mm, :outer_width_mm, :outer_height_mm) ON CONFLICT (site_id, code) DO UPDATE SET length_mm = excluded.length_mm, "
    "width_mm = excluded.width_mm, height_mm = excluded.height_mm, max_weight_g = excluded.max_weight_g, "
    "own_weight_g = excluded.own_weight_g, cost = excluded.cost, blocked = excluded.blocked, "
    + ", ".join(f"{name} = excluded.{name}" for name in _OUTER)
)
_BEFORE = text(f"SELECT {_COLUMNS} FROM carton_type WHERE site_id = :site_id AND code = :code")
_OF_SITE = text(f"SELECT code, {_COLUMNS} FROM carton_type WHERE site_id = :site_id AND blocked = 0 ORDER BY code")

_ALL = text(f"SELECT s.code AS site, t.code, {', '.join(f't.{name}' for name in _COLUMNS.split(', '))} FROM carton_type t "
            "JOIN site s ON s.id = t.site_id WHERE CAST(:site_id AS BIGINT) IS NULL OR t.site_id = :site_id ORDER BY s.code, t.code")
_SITE_CODE = text("SELECT code FROM site WHERE id = :id")
_DROP = text("DELETE FROM carton_type WHERE site_id = :site_id AND code = :code")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCartonType:
    """A carton to be made, or changed when its code is known: inner sides; `max_weight_g` of the closed parcel, 0 without limit.

    Outer sides are what a carrier asks for: all three, or 0 where they are not known.
    """

    code: str
    length_mm: int
    width_mm: int
    height_mm: int
    max_weight_g: int = 0
    own_weight_g: int = 0
    cost: int = 0
    blocked: bool = False
    outer_length_mm: int = 0
    outer_width_mm: int = 0
    outer_height_mm: int = 0


def put_carton_type(tx: Tx, site_id: int, new: NewCartonType) -> bool:
    """Makes or changes a carton; False when nothing was to be changed. Invalid says which number cannot be meant."""
    _check(new)
    values = {**asdict(new), "blocked": int(new.blocked)}
    known = tx.row(_BEFORE, site_id=site_id, code=new.code)
    old = None if known is None else dict(known._mapping)
    if old == {name: value for name, value in values.items() if name != "code"}:
        return False
    tx.execute(_PUT, {"site_id": site_id, **values})
    record_change(tx, "carton_type.put", _named(tx, site_id, new.code), old=old, new=values)
    return True


def carton_types_of(tx: Tx, site_id: int) -> list[Any]:
    """The cartons of a site that are not blocked, by code."""
    return tx.rows(_OF_SITE, site_id=site_id)


def carton_type_of(tx: Tx, site_id: int, code: str) -> Any:
    """A carton of a site by its code, a blocked one too; None when there is none."""
    return tx.row(_BEFORE, site_id=site_id, code=code)


def all_carton_types(tx: Tx, site_id: int | None) -> list[Any]:
    """All cartons of a site (None: of every site), the blocked ones too, by site and code."""
    return tx.rows(_ALL, site_id=site_id)


def drop_carton_type(tx: Tx, site_id: int, code: str) -> None:
    """Takes a carton away; what was packed into it before does not change. NotFound when there is none."""
    known = tx.row(_BEFORE, site_id=site_id, code=code)
    if known is None or not tx.changed(_DROP, site_id=site_id, code=code):
        raise NotFound(f"This warehouse has no carton {code[:64]}. Look at the list of its cartons.", what=code[:64])
    record(tx, "carton_type.dropped", _named(tx, site_id, code), old=dict(known._mapping), new=dict.fromkeys(known._mapping))


def _named(tx: Tx, site_id: int, code: str) -> str:
    """A carton as the audit names it: several warehouses have an M."""
    return f"{tx.scalar(_SITE_CODE, id=site_id)}/{code}"


def _check(new: NewCartonType) -> None:
    sides, amounts = (new.length_mm, new.width_mm, new.height_mm), (new.max_weight_g, new.own_weight_g, new.cost)
    if not 0 < len(new.code.strip()) <= 32 or new.code != new.code.strip() or not new.code.isprintable():
        raise Invalid("A carton's code is 1 to 32 printable characters, without blanks at its ends.", field="code")
    if not all(0 < one <= _SIDE_MAX_MM for one in sides):
        raise Invalid(f"Carton {new.code}: its inner sides are 1 to {_SIDE_MAX_MM} mm.", field="length_mm")
    if not all(0 <= one <= _WEIGHT_MAX_G for one in amounts):
        raise Invalid(f"Carton {new.code}: weights and cost are 0 to {_WEIGHT_MAX_G}.", field="max_weight_g")
    outer = new.outer_length_mm, new.outer_width_mm, new.outer_height_mm
    if any(outer) and not all(inner <= one <= _SIDE_MAX_MM for inner, one in zip(sides, outer, strict=True)):
        raise Invalid(f"Carton {new.code}: its outer sides are as long as the inner ones or longer, up to {_SIDE_MAX_MM} mm; give all three or none.",
                      field="outer_length_mm")
    if 0 < new.max_weight_g <= new.own_weight_g:
        raise Invalid(f"Carton {new.code} weighs {new.own_weight_g} g itself, and {new.max_weight_g} g is the most that the closed parcel may: "
                      "nothing could go in. Correct one of them; 0 is no limit.", field="max_weight_g")
