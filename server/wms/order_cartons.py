"""What an order would be packed into, by the master data of its site."""

from typing import Any

from sqlalchemy import text

from server.kernel.errors import NotFound
from server.kernel.transaction import Tx
from server.masterdata.carton_types import carton_types_of
from server.wms.cartons import CartonType, Ware
from server.wms.releases import release_by_code

_WARES = text(
    "SELECT i.code, i.catch_weight, i.weight_g, i.volume_ml, i.length_mm, i.width_mm, i.height_mm, i.this_side_up, "
    "SUM(CASE WHEN l.picked > 0 THEN l.picked - l.packed ELSE l.ordered - l.short END) AS pieces "
    "FROM release_line l JOIN item i ON i.id = l.item_id WHERE l.release_id = :release_id "
    "GROUP BY i.code, i.catch_weight, i.weight_g, i.volume_ml, i.length_mm, i.width_mm, i.height_mm, i.this_side_up ORDER BY i.code"
)


def order_to_pack(tx: Tx, code: str) -> tuple[list[Ware], list[CartonType]]:
    """What is to be packed of a released order, and the cartons of its site; NotFound when there are none.

    Read first, chosen afterwards: a choice takes longer than a transaction should.
    """
    release = release_by_code(tx, code)
    cartons = [CartonType(carton=row.code, length_mm=row.length_mm, width_mm=row.width_mm, height_mm=row.height_mm,
                          max_weight_g=row.max_weight_g, own_weight_g=row.own_weight_g, cost=row.cost)
               for row in carton_types_of(tx, release.site_id)]
    if not cartons:
        raise NotFound("This warehouse has no cartons. Bring them in with `aisle import cartons`.", what="cartons")
    wares = [_ware(row) for row in tx.rows(_WARES, release_id=release.id) if row.pieces > 0]
    if not wares:
        raise NotFound(f"Nothing of order {code} is to be packed any more.", what=code[:64])
    return wares, cartons


def _ware(row: Any) -> Ware:
    pieces = int(row.pieces)
    if row.catch_weight:  # a unit of these is a gram: they are one piece of so many grams, with no sides of its own
        return Ware(item=row.code, weight_g=pieces, volume_ml=row.volume_ml * pieces)
    return Ware(item=row.code, count=pieces, weight_g=row.weight_g, volume_ml=row.volume_ml, length_mm=row.length_mm,
                width_mm=row.width_mm, height_mm=row.height_mm, this_side_up=bool(row.this_side_up))
