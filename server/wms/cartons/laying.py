"""How pieces are laid into one carton: a few ways, from the fastest to the most thorough, and the best of what they find."""

import importlib
import time
from collections.abc import Callable, Iterator, Sequence

from server.wms.cartons.blocks import lay_in_blocks
from server.wms.cartons.checking import do_all_lie
from server.wms.cartons.cuts import lay_by_cuts
from server.wms.cartons.models import CartonType, Effort, Placement, Ware

SEARCHED_MAX = 40
"""Pieces for which the searches by corners are asked as well: for more they take longer than a packer waits."""
_TRIES: dict[Effort, int] = {"quick": 20, "longer": 600, "thorough": 0}
_TRIES_OF_MANY: dict[Effort, int] = {"quick": 4, "longer": 40, "thorough": 0}
_TRY_SECONDS = 0.25
_Laid = tuple[Placement, ...]
_Way = Callable[[float], _Laid]


def lay(wares: Sequence[Ware], carton: CartonType, *, support: float, seconds: float, effort: Effort = "quick") -> _Laid:
    """The pieces that were laid in, numbered from below; fewer than there are where no way was found for all."""
    ends = time.thread_time() + seconds
    count = sum(one.count for one in wares)
    best: _Laid = ()
    for way in _ways(wares, carton, support, effort):
        laid = way(ends)
        if not do_all_lie(laid, support):
            continue
        if len(laid) == count:
            return laid
        best = max(best, laid, key=_volume)
        if time.thread_time() >= ends:
            break
    return best


def _ways(wares: Sequence[Ware], carton: CartonType, support: float, effort: Effort) -> Iterator[_Way]:
    count = sum(one.count for one in wares)
    tries = (_TRIES if count <= SEARCHED_MAX else _TRIES_OF_MANY)[effort]
    if effort == "longer":
        yield lambda ends: lay_by_cuts(wares, carton, ends=ends)
    if tries:
        yield lambda ends: lay_in_blocks(wares, carton, support=support, tries=tries, ends=ends)
    if count <= SEARCHED_MAX:
        solver = importlib.import_module("server.wms.cartons.solver")  # it takes longer to import than the other ways to pack
        yield lambda ends: solver.fill_carton(wares, carton, support=support, seconds=min(ends - time.thread_time(), _TRY_SECONDS), effort=effort)


def _volume(laid: _Laid) -> int:
    return sum(one.length_mm * one.width_mm * one.height_mm for one in laid)
