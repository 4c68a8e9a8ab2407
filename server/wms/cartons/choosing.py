"""Which carton: the smallest that fits by size, weight and count; several where one is not enough."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from server.kernel.errors import Invalid
from server.wms.cartons.checking import faults_of
from server.wms.cartons.laying import lay
from server.wms.cartons.models import CartonChoice, CartonType, Effort, FilledCarton, Placement, Reason, Ware

PIECES_MAX = 500
SUPPORT = 0.7
"""The part of a piece's underside that lies on something, where nobody asks for more or less."""
_SIDE_MAX_MM, _WEIGHT_MAX_G = 20_000, 10_000_000
_LOOSE_FILL = 0.7
"""Of what only the volume is known, this part of a space is used: nobody packs without gaps."""
_CARTONS_MAX = 50
_MORE_EFFORTS: tuple[Effort, ...] = ("longer", "thorough")


def choose_carton(wares: Sequence[Ware], cartons: Sequence[CartonType], *, support: float = SUPPORT, seconds: float = 1.0) -> CartonChoice:
    """The smallest carton (by volume, then cost) that holds all wares, or as few as a greedy search finds.

    Every packing was checked by faults_of. Wares without sides count by their volume, with room for gaps, and a note says so.
    `support` is the part of each underside that must lie on something (0: pieces may bridge any gap); `seconds` of the processor may be
    spent on a smaller one, and as long again on a first answer, so that a busy machine chooses as a quiet one. Invalid says which number cannot be meant.
    """
    _guard(wares, cartons)
    wares = _merged(wares)
    unknown = [one.item for one in wares if not one.volume_mm3]
    if unknown or not cartons:
        return CartonChoice(cartons=(), reasons=tuple(Reason("unknown_size", "", one) for one in unknown) or (Reason("no_carton", ""),))
    search = _Search(sorted(cartons, key=lambda one: (one.volume_mm3, one.cost, one.carton)), support, seconds)
    guessed = tuple(f"The sides of {one.item} are not known: it was counted by its volume, with room for gaps."
                    for one in wares if not one.is_measured)
    return replace(search.choose(wares), notes=guessed)


class _Search:
    """One search: cartons from the smallest on, how much support is wanted, how long may be searched for a smaller one.

    Quick tries get that long once more: an order that needs several cartons shall not be left without any.
    """

    def __init__(self, cartons: Sequence[CartonType], support: float, seconds: float) -> None:
        self._cartons, self._support, self._seconds = cartons, support, seconds
        self._ends = time.thread_time() + seconds

    def choose(self, wares: Sequence[Ware]) -> CartonChoice:
        first = self._single(wares)
        if first.cartons:
            return first
        filled: list[FilledCarton] = []
        rest = list(wares)
        while rest and len(filled) < _CARTONS_MAX:
            last = self._single(rest) if filled else first
            one = last.cartons[0] if last.cartons else self._as_full_as_can_be(rest)
            if one is None:
                return CartonChoice(cartons=(), reasons=last.reasons)
            filled.append(one)
            rest = _without(rest, one)
        return CartonChoice(cartons=() if rest else tuple(filled), reasons=first.reasons)

    def _single(self, wares: Sequence[Ware]) -> CartonChoice:
        """The smallest carton that a quick search fills; then whether a longer and a thorough one fill a smaller one after all."""
        choice = self._smallest(wares, self._cartons, "quick")
        for effort in _MORE_EFFORTS:
            hopeful = [one for one in self._cartons if Reason("arrangement", one.carton, _crowd(wares, one)) in choice.reasons]
            smaller = self._smallest(wares, hopeful, effort)
            if smaller.cartons:
                before = self._cartons[:self._cartons.index(smaller.cartons[0].carton)]
                names = {one.carton for one in before}
                choice = replace(smaller, reasons=tuple(one for one in choice.reasons if one.carton in names))
        return choice

    def _smallest(self, wares: Sequence[Ware], cartons: Sequence[CartonType], effort: Effort) -> CartonChoice:
        reasons: list[Reason] = []
        for carton in cartons:
            reason = _first_look(wares, carton)
            filled = self._filled(wares, carton, effort) if reason is None else None
            if filled is not None and not faults_of(filled, wares, support=self._support):
                return CartonChoice(cartons=(filled,), reasons=tuple(reasons))
            if reason is None and filled is None:
                reason = Reason("time", carton.carton)
            reasons.append(reason or Reason("arrangement", carton.carton, _crowd(wares, carton)))
        return CartonChoice(cartons=(), reasons=tuple(reasons))

    def _filled(self, wares: Sequence[Ware], carton: CartonType, effort: Effort) -> FilledCarton | None:
        """The carton with what could be laid in; None where no time is left."""
        measured, loose = [one for one in wares if one.is_measured], tuple(one for one in wares if not one.is_measured)
        left = self._ends - time.thread_time() + (self._seconds if effort == "quick" else 0)
        if measured and left <= 0:
            return None
        laid = lay(measured, carton, support=self._support, seconds=left, effort=effort) if measured else ()
        return _told(carton, laid, loose, wares)

    def _as_full_as_can_be(self, wares: Sequence[Ware]) -> FilledCarton | None:
        """The carton, from the largest on, that takes anything: with as much as it takes."""
        for carton in reversed(self._cartons):
            wanted = _what_one_may_hold(wares, carton)
            filled = self._filled(wanted, carton, "quick") if wanted else None
            if filled is None or not (filled.placements or filled.loose):
                continue
            held = _held(wares, filled)
            filled = _told(carton, filled.placements, filled.loose, held)
            if not faults_of(filled, held, support=self._support):
                return filled
        return None


def _first_look(wares: Sequence[Ware], carton: CartonType) -> Reason | None:
    """What can be said without trying."""
    weight = carton.own_weight_g + sum(one.weight_g * one.count for one in wares)
    if carton.max_weight_g and weight > carton.max_weight_g:
        return Reason("weight", carton.carton, f"{weight} g of {carton.max_weight_g} g")
    tall = next((one for one in wares if one.is_measured and not _goes_in(one, carton)), None)
    if tall is not None:
        return Reason("size", carton.carton, f"{tall.item} ({tall.length_mm} × {tall.width_mm} × {tall.height_mm} mm)")
    if _space(wares) > carton.volume_mm3:
        return Reason("volume", carton.carton, f"{_fill(wares, carton)} % of its volume, gaps counted")
    return None


def _goes_in(ware: Ware, carton: CartonType) -> bool:
    sides, inner = (ware.length_mm, ware.width_mm, ware.height_mm), (carton.length_mm, carton.width_mm, carton.height_mm)
    if ware.this_side_up:
        return ware.height_mm <= carton.height_mm and all(a <= b for a, b in zip(sorted(sides[:2]), sorted(inner[:2]), strict=True))
    return all(a <= b for a, b in zip(sorted(sides), sorted(inner), strict=True))


def _what_one_may_hold(wares: Sequence[Ware], carton: CartonType) -> list[Ware]:
    """Heaviest first, what weight and, for loose wares, volume leave to one carton."""
    weight = carton.max_weight_g - carton.own_weight_g if carton.max_weight_g else _WEIGHT_MAX_G * PIECES_MAX
    space = float(carton.volume_mm3)
    wanted: list[Ware] = []
    for ware in sorted(wares, key=lambda one: (-one.volume_mm3, -one.weight_g, one.item)):
        one_takes = ware.volume_mm3 / (1 if ware.is_measured else _LOOSE_FILL)
        count = min(ware.count, weight // ware.weight_g if ware.weight_g else ware.count, int(space // one_takes))
        if count > 0 and (not ware.is_measured or _goes_in(ware, carton)):
            wanted.append(replace(ware, count=count))
            weight -= count * ware.weight_g
            space -= count * one_takes
    return wanted


def _held(wares: Sequence[Ware], filled: FilledCarton) -> list[Ware]:
    counted = Counter(one.item for one in filled.placements)
    counted.update({one.item: one.count for one in filled.loose})
    return [replace(one, count=counted[one.item]) for one in wares if counted[one.item]]


def _without(wares: Sequence[Ware], filled: FilledCarton) -> list[Ware]:
    held = {one.item: one.count for one in _held(wares, filled)}
    return [replace(one, count=one.count - held.get(one.item, 0)) for one in wares if one.count > held.get(one.item, 0)]


def _told(carton: CartonType, laid: tuple[Placement, ...], loose: tuple[Ware, ...], wares: Sequence[Ware]) -> FilledCarton:
    weight = carton.own_weight_g + sum(one.weight_g * one.count for one in wares)
    return FilledCarton(carton=carton, placements=laid, loose=loose, weight_g=weight,
                        fill_percent=100 * sum(one.volume_mm3 * one.count for one in wares) // carton.volume_mm3)


def _space(wares: Sequence[Ware]) -> float:
    return sum(one.volume_mm3 * one.count / (1 if one.is_measured else _LOOSE_FILL) for one in wares)


def _fill(wares: Sequence[Ware], carton: CartonType) -> int:
    return round(100 * _space(wares) / carton.volume_mm3)


def _crowd(wares: Sequence[Ware], carton: CartonType) -> str:
    return f"{_pieces(wares)} pieces, {_fill(wares, carton)} % of its volume"


def _pieces(wares: Sequence[Ware]) -> int:
    return sum(one.count for one in wares)


def _merged(wares: Sequence[Ware]) -> list[Ware]:
    merged: dict[str, Ware] = {}
    for ware in wares:
        before = merged.get(ware.item)
        if before is not None and replace(before, count=1) != replace(ware, count=1):
            raise Invalid(f"{ware.item} is given twice, with different sizes. Give each item once.", field="items")
        merged[ware.item] = replace(ware, count=ware.count + (before.count if before else 0))
    return list(merged.values())


def _guard(wares: Sequence[Ware], cartons: Sequence[CartonType]) -> None:
    if not wares or _pieces(wares) > PIECES_MAX:
        raise Invalid(f"Give 1 to {PIECES_MAX} pieces, not {_pieces(wares)}.", field="items")
    for ware in wares:
        if ware.count < 1 or not _are_sizes(ware.length_mm, ware.width_mm, ware.height_mm) or not 0 <= ware.weight_g <= _WEIGHT_MAX_G \
                or ware.volume_ml < 0:
            raise Invalid(f"{ware.item[:64]}: a count is 1 or more, sides are 0 to {_SIDE_MAX_MM} mm, a weight 0 to {_WEIGHT_MAX_G} g.",
                          field="items")
    for carton in cartons:
        sides = carton.length_mm, carton.width_mm, carton.height_mm
        if min(sides) < 1 or not _are_sizes(*sides) or carton.max_weight_g < 0 or carton.own_weight_g < 0 or carton.cost < 0:
            raise Invalid(f"Carton {carton.carton[:64]}: inner sides are 1 to {_SIDE_MAX_MM} mm, weights and cost 0 or more.", field="cartons")
    if len({one.carton for one in cartons}) < len(cartons):
        raise Invalid("A carton is given twice. Give each by a name of its own.", field="cartons")


def _are_sizes(*sides: int) -> bool:
    return all(0 <= one <= _SIDE_MAX_MM for one in sides)
