"""What an order would be packed into, by the master data of its site."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from server.kernel.errors import NotFound
from server.kernel.transaction import Tx
from server.masterdata.carton_types import carton_types_of
from server.wms.cartons import CartonType, Ware
from server.wms.releases import release_by_code

_ITEM = "i.code, i.catch_weight, i.weight_g, i.volume_ml, i.length_mm, i.width_mm, i.height_mm, i.this_side_up"
_WARES = text(
    f"SELECT {_ITEM}, SUM(CASE WHEN l.picked > 0 THEN l.picked - l.packed ELSE l.ordered - l.short END) AS pieces "
    f"FROM release_line l JOIN item i ON i.id = l.item_id WHERE l.release_id = :release_id GROUP BY {_ITEM} ORDER BY i.code"
)
_REST = text(
    f"SELECT {_ITEM}, SUM(l.picked - l.packed) AS pieces FROM release_line l JOIN item i ON i.id = l.item_id "
    f"WHERE l.release_id = :release_id AND l.picked > l.packed GROUP BY {_ITEM} ORDER BY i.code"
)


@dataclass(frozen=True, slots=True)
class Rest:
    """What lies before a packer, the cartons of the site, and what is not known: [{"item", "lacks": size and weight, or one of them}]."""

    wares: tuple[Ware, ...]
    cartons: tuple[CartonType, ...]
    lacking: tuple[dict[str, Any], ...]


def order_to_pack(tx: Tx, code: str) -> tuple[list[Ware], list[CartonType]]:
    """What is to be packed of a released order, and the cartons of its site; NotFound when there are none.

    Read first, chosen afterwards: a choice takes longer than a transaction should.
    """
    release = release_by_code(tx, code)
    cartons = _cartons(tx, release.site_id)
    if not cartons:
        raise NotFound("This warehouse has no cartons. Bring them in with `aisle import cartons`.", what="cartons")
    wares = [_ware(row) for row in tx.rows(_WARES, release_id=release.id) if row.pieces > 0]
    if not wares:
        raise NotFound(f"Nothing of order {code} is to be packed any more.", what=code[:64])
    return wares, cartons


def rest_to_pack(tx: Tx, release: Any) -> Rest:
    """What is picked of a release (a row with id and site_id) and not packed.

    A weight is only missing where a carton has a greatest weight. Goods by weight have no sides, so that they lack a size always.
    """
    cartons = tuple(_cartons(tx, release.site_id))
    wares = tuple(_ware(row) for row in tx.rows(_REST, release_id=release.id))
    is_weight_limited = any(one.max_weight_g for one in cartons)
    lacking = [{"item": one.item, "lacks": [*([] if one.is_measured else ["size"]), *([] if one.weight_g or not is_weight_limited else ["weight"])]}
               for one in wares]
    return Rest(wares, cartons, tuple(one for one in lacking if one["lacks"]))


def _cartons(tx: Tx, site_id: int) -> list[CartonType]:
    return [CartonType(carton=row.code, length_mm=row.length_mm, width_mm=row.width_mm, height_mm=row.height_mm,
                       max_weight_g=row.max_weight_g, own_weight_g=row.own_weight_g, cost=row.cost)
            for row in carton_types_of(tx, site_id)]


def _ware(row: Any) -> Ware:
    pieces = int(row.pieces)
    if row.catch_weight:  # a unit of these is a gram: they are one piece of so many grams, with no sides of its own
        return Ware(item=row.code, weight_g=pieces, volume_ml=row.volume_ml * pieces)
    return Ware(item=row.code, count=pieces, weight_g=row.weight_g, volume_ml=row.volume_ml, length_mm=row.length_mm,
                width_mm=row.width_mm, height_mm=row.height_mm, this_side_up=bool(row.this_side_up))
