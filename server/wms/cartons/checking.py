"""Whether a packing can be: our own check, which knows nothing of how it was found."""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations

from server.wms.cartons.models import FilledCarton, Placement, Ware


def faults_of(filled: FilledCarton, wares: Sequence[Ware], *, support: float = 0) -> list[str]:
    """What is impossible about a carton filled with exactly these wares, in sentences; [] where nothing is.

    `support` is the part of each piece's underside that must lie on the floor or on another piece.
    """
    pieces = filled.placements
    faults = [f"{one.item} sticks out of the carton." for one in pieces if not _is_inside(one, filled)]
    faults += [f"{one.item} and {other.item} are in each other." for one, other in combinations(pieces, 2) if _overlap(one, other)]
    faults += _shape_faults(pieces, wares)
    if _counted(pieces, filled.loose) != Counter({one.item: one.count for one in wares}):
        faults.append("It does not hold what it shall hold.")
    weight = filled.carton.own_weight_g + sum(one.weight_g * one.count for one in wares)
    if filled.carton.max_weight_g and weight > filled.carton.max_weight_g:
        faults.append(f"It weighs {weight} g, more than {filled.carton.max_weight_g} g.")
    faults += [f"{one.item} hangs in the air." for one in pieces if support and _support(one, pieces) < support]
    return faults


def do_all_lie(pieces: Sequence[Placement], support: float) -> bool:
    """Whether this part of every piece's underside lies on the floor or on another piece."""
    return not support or all(_support(one, pieces) >= support for one in pieces)


def _is_inside(one: Placement, filled: FilledCarton) -> bool:
    carton = filled.carton
    return (one.x_mm >= 0 and one.x_mm + one.length_mm <= carton.length_mm and one.y_mm >= 0
            and one.y_mm + one.width_mm <= carton.width_mm and one.z_mm >= 0 and one.z_mm + one.height_mm <= carton.height_mm)


def _overlap(one: Placement, other: Placement) -> bool:
    return (one.x_mm < other.x_mm + other.length_mm and other.x_mm < one.x_mm + one.length_mm
            and one.y_mm < other.y_mm + other.width_mm and other.y_mm < one.y_mm + one.width_mm
            and one.z_mm < other.z_mm + other.height_mm and other.z_mm < one.z_mm + one.height_mm)


def _shape_faults(pieces: Sequence[Placement], wares: Sequence[Ware]) -> list[str]:
    by_item = {one.item: one for one in wares}
    faults = []
    for piece in pieces:
        ware = by_item.get(piece.item)
        sides = (piece.length_mm, piece.width_mm, piece.height_mm)
        if ware is None or sorted(sides) != sorted((ware.length_mm, ware.width_mm, ware.height_mm)):
            faults.append(f"{piece.item} has not the size of the item.")
        elif ware.this_side_up and piece.height_mm != ware.height_mm:
            faults.append(f"{piece.item} lies on its side.")
    return faults


def _counted(pieces: Sequence[Placement], loose: Sequence[Ware]) -> Counter[str]:
    counted = Counter(one.item for one in pieces)
    for ware in loose:
        counted[ware.item] += ware.count
    return counted


def _support(one: Placement, pieces: Sequence[Placement]) -> float:
    """The part of the underside that lies on something."""
    if one.z_mm == 0:
        return 1
    held = sum(_shared(one.x_mm, one.length_mm, other.x_mm, other.length_mm) * _shared(one.y_mm, one.width_mm, other.y_mm, other.width_mm)
               for other in pieces if other.z_mm + other.height_mm == one.z_mm)
    return held / (one.length_mm * one.width_mm)


def _shared(begin: int, size: int, other_begin: int, other_size: int) -> int:
    return max(0, min(begin + size, other_begin + other_size) - max(begin, other_begin))
