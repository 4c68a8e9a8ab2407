"""Lays pieces into one carton, by packvium. Loaded by name when it is first needed: it takes longer to import than to pack."""

from collections.abc import Callable, Sequence

from packvium import Container, Dimensions, EffortBudget, Item, Packer, PackingConfig
from packvium.units import Length

from server.wms.cartons.models import CartonType, Effort, Placement, Ware

_CANDIDATES = 20_000
"""Work is counted, so that the same order gets the same carton on a busy machine; the time is only a fuse."""
_EXACT_PIECES = 7
"""So many pieces are tried in every way; the search for more is wider than the quick one, and still a search."""


def fill_carton(wares: Sequence[Ware], carton: CartonType, *, support: float, seconds: float,
                effort: Effort = "quick") -> tuple[Placement, ...]:
    """The pieces that were laid in, numbered from below; fewer than there are where no way was found for all."""
    config = _profile(wares, effort)(
        time_limit_ms=max(20, int(seconds * 1000)), minimum_support_ratio=support, max_containers=1,
        effort_budget=EffortBudget(max_candidates_evaluated=_CANDIDATES))  # type: ignore[call-arg] # its dataclasses hide their fields
    payload = carton.max_weight_g - carton.own_weight_g if carton.max_weight_g else None
    container = Container.create(carton.carton, _size(carton), max_payload=f"{payload} g" if payload is not None else None, quantity=1)
    items = [Item.create(str(at), _size(ware), f"{ware.weight_g} g", quantity=ware.count, keep_upright=ware.this_side_up)
             for at, ware in enumerate(wares)]
    found = Packer(config).pack(items=items, containers=[container])
    laid = [one for used in found.containers for one in used.placements]
    laid.sort(key=lambda one: (one.position.z, one.position.y, one.position.x))
    return tuple(Placement(
        number=number, item=wares[int(one.instance.item.id)].item, x_mm=_mm(one.position.x), y_mm=_mm(one.position.y), z_mm=_mm(one.position.z),
        length_mm=_mm(one.dimensions.length.ticks), width_mm=_mm(one.dimensions.width.ticks), height_mm=_mm(one.dimensions.height.ticks))
        for number, one in enumerate(laid, 1))


def _profile(wares: Sequence[Ware], effort: Effort) -> Callable[..., PackingConfig]:
    if effort == "quick":
        return PackingConfig.fast
    if effort == "longer":
        return PackingConfig.balanced
    return PackingConfig.exact_small if sum(one.count for one in wares) <= _EXACT_PIECES else PackingConfig.quality


def _size(one: Ware | CartonType) -> Dimensions:
    return Dimensions.mm(one.length_mm, one.width_mm, one.height_mm)


_TICKS = Length.parse("1 mm").ticks


def _mm(ticks: int) -> int:
    """Positions are sums of whole millimetres; a broken one would be found by the check, as a piece in another."""
    return round(ticks / _TICKS)
