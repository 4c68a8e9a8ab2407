"""What a parcel should weigh, whether it does, and which item would explain it. Pure: numbers in, a verdict out. All in grams."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median
from typing import Literal

State = Literal["fits", "off", "unknown"]
Kind = Literal["missing", "extra", "swapped"]
_SAMPLES_MIN = 5
_MAD_TO_SIGMA = 1.4826
"""A normal spread is so many times the median of absolute deviations (Rousseeuw and Croux 1993)."""
_PIECES_MAX, _EXPLANATIONS_MAX = 3, 5


@dataclass(frozen=True, slots=True)
class PieceWeight:
    """What one piece of an item weighs; `spread_g` is one standard deviation, None where it was not learnt but stands in master data."""

    grams: float
    spread_g: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """What a parcel may be off: at least `least_g` (scale, tape, paper), `percent` of what was not learnt, `sigmas` of what was."""

    least_g: float = 15
    percent: float = 3
    sigmas: float = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """`count` pieces of `item` missing or extra, or (swapped) one of `instead` in place of one of `item`; `rest_g` stays unexplained."""

    kind: Kind
    item: str
    count: int = 1
    instead: str = ""
    rest_g: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`off_g` is measured less expected. `unknown`: items of unknown weight, with which nothing can be said.

    `blind_to`: items of which one piece more or less would not be noticed. Explanations are ranked, the likeliest first.
    """

    state: State
    expected_g: int
    off_g: int
    tolerance_g: int
    explanations: tuple[Explanation, ...] = ()
    unknown: tuple[str, ...] = ()
    blind_to: tuple[str, ...] = ()


def learnt_weight(parcels: Sequence[tuple[int, float]], *, master_g: float = 0) -> PieceWeight:
    """The weight of a piece from parcels that held nothing else, as (pieces, grams without carton): median and robust spread.

    The spread of n pieces grows with the root of n. Fewer than five parcels teach nothing: what master data says stands.
    """
    sane = [(count, grams) for count, grams in parcels if count > 0 and grams > 0]
    if len(sane) < _SAMPLES_MIN:
        return PieceWeight(master_g)
    middle = median(grams / count for count, grams in sane)
    spread = _MAD_TO_SIGMA * median(abs(grams - count * middle) / sqrt(count) for count, grams in sane)
    return PieceWeight(middle, spread)


def verdict_of(measured_g: float, contents: Mapping[str, int], weights: Mapping[str, PieceWeight], *, carton_g: float = 0,
               tolerance: Tolerance | None = None, others: Sequence[str] = ()) -> Verdict:
    """Whether a parcel weighs what `contents` (item to pieces) and its carton should; `others` are items that may have been mistaken."""
    unknown = tuple(sorted(item for item in contents if item not in weights or weights[item].grams <= 0))
    if unknown:
        return Verdict(state="unknown", expected_g=0, off_g=0, tolerance_g=0, unknown=unknown)
    expected = carton_g + sum(count * weights[item].grams for item, count in contents.items())
    may_be_off = _may_be_off(contents, weights, tolerance or Tolerance())
    off = measured_g - expected
    state: State = "fits" if abs(off) <= may_be_off else "off"
    found = _explanations(off, may_be_off, contents, weights, others) if state == "off" else ()
    return Verdict(state=state, expected_g=round(expected), off_g=round(off), tolerance_g=round(may_be_off), explanations=found,
                   blind_to=tuple(sorted(item for item in contents if weights[item].grams <= may_be_off)))


def carton_instead(verdict: Verdict, carton_g: float, cartons: Mapping[str, float]) -> str:
    """The carton (code to empty weight) that would explain what a parcel in one of `carton_g` is off, the nearest; "" where none would."""
    rests = sorted((abs(verdict.off_g - (grams - carton_g)), code) for code, grams in cartons.items() if grams > 0)
    return rests[0][1] if verdict.state == "off" and rests and rests[0][0] <= verdict.tolerance_g else ""


def _may_be_off(contents: Mapping[str, int], weights: Mapping[str, PieceWeight], tolerance: Tolerance) -> float:
    guessed = sum(count * weights[item].grams for item, count in contents.items() if weights[item].spread_g is None)
    variance = sum(count * (weights[item].spread_g or 0) ** 2 for item, count in contents.items())
    return max(tolerance.least_g, guessed * tolerance.percent / 100 + tolerance.sigmas * sqrt(variance))


def _explanations(off: float, may_be_off: float, contents: Mapping[str, int], weights: Mapping[str, PieceWeight],
                  others: Sequence[str]) -> tuple[Explanation, ...]:
    """Fewest pieces first (a swap is two: one missing, one extra), then what explains most."""
    found = [(one, off - change) for one, change in _changes(contents, weights, others) if abs(off - change) <= may_be_off]
    found.sort(key=lambda pair: (pair[0].count + (pair[0].kind == "swapped"), abs(pair[1]), pair[0].kind, pair[0].item, pair[0].instead))
    return tuple(Explanation(kind=one.kind, item=one.item, count=one.count, instead=one.instead, rest_g=round(rest))
                 for one, rest in found[:_EXPLANATIONS_MAX])


def _changes(contents: Mapping[str, int], weights: Mapping[str, PieceWeight], others: Sequence[str]) -> Iterator[tuple[Explanation, float]]:
    """Every mistake that is thought of, and what it adds to the weight."""
    might_be = sorted({*contents, *(one for one in others if one in weights and weights[one].grams > 0)})
    for item in might_be:
        grams = weights[item].grams
        yield from ((Explanation(kind="extra", item=item, count=count), count * grams) for count in range(1, _PIECES_MAX + 1))
        most = min(_PIECES_MAX, contents.get(item, 0))
        yield from ((Explanation(kind="missing", item=item, count=count), -count * grams) for count in range(1, most + 1))
    for item in contents:
        yield from ((Explanation(kind="swapped", item=item, instead=other), weights[other].grams - weights[item].grams)
                    for other in might_be if other != item)
