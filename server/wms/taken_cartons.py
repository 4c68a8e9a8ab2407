"""Which carton a parcel was packed into: kept with the parcel as the carton was when it was taken."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import text

from server.kernel.transaction import Tx
from server.masterdata.carton_types import carton_type_of

_RETAKE = text("UPDATE carton SET carton_type = :carton_type, own_weight_g = :own_weight_g, length_mm = :length_mm, width_mm = :width_mm, "
               "height_mm = :height_mm WHERE lpn_id = :lpn_id")
_OF_RELEASE = text("SELECT p.code AS sscc, c.number, c.state, c.weight_g, c.carton_type AS carton, c.length_mm, c.width_mm, c.height_mm "
                   "FROM carton c JOIN lpn p ON p.id = c.lpn_id WHERE c.release_id = :id ORDER BY c.number")


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenCarton:
    """A carton's code, "" if nobody said it, its empty weight and its outer sides; 0 where they are not known."""

    carton_type: str = ""
    own_weight_g: int = 0
    length_mm: int = 0
    width_mm: int = 0
    height_mm: int = 0


def taken_carton(tx: Tx, site_id: int, code: str) -> TakenCarton:
    """A carton as it is now; of one that the site does not know (any more) the code alone."""
    known = carton_type_of(tx, site_id, code) if code else None
    if known is None:
        return TakenCarton(carton_type=code)
    return TakenCarton(carton_type=code, own_weight_g=known.own_weight_g, length_mm=known.outer_length_mm, width_mm=known.outer_width_mm,
                       height_mm=known.outer_height_mm)


def taken_of(carton: Any) -> TakenCarton:
    """What a parcel (a row of `carton`) was packed into."""
    return TakenCarton(carton_type=carton.carton_type, own_weight_g=carton.own_weight_g, length_mm=carton.length_mm, width_mm=carton.width_mm,
                       height_mm=carton.height_mm)


def retake(tx: Tx, lpn_id: int, taken: TakenCarton) -> None:
    """Another carton was taken than was thought."""
    tx.execute(_RETAKE, {"lpn_id": lpn_id, **asdict(taken)})


def parcels_of(tx: Tx, release_id: int) -> list[Any]:
    """The parcels of a release as a carrier is told of them: sscc, number, state, weight_g, carton, and outer sides, 0 where not known."""
    return tx.rows(_OF_RELEASE, id=release_id)
