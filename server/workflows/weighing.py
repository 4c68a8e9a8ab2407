"""The words of the scale at packing: what is asked for, what is wrong with a weight, and the ways on."""

from typing import Any

from server.floor.process import Json, Message, NextStep
from server.kernel.errors import Invalid, Refusal
from server.kernel.transaction import Tx
from server.masterdata.carton_types import carton_type_of
from server.wms.expected_weight import Verdict
from server.wms.parcel_weights import REASONS, Judged
from server.wms.taken_cartons import TakenCarton, taken_carton
from server.workflows.forms import form, slot

_MOST_G = 10_000_000
_CODE_LONGEST = 32


class NotOnTheScale(Refusal):
    """A weight came for a parcel that does not wait for one."""

    code = "not_on_the_scale"


WEIGHT_CARDS = frozenset(f"WEIGHT-{reason.upper()}" for reason in REASONS)
"""Printed cards that say why a wrong weight is right after all: what the buttons say, for hands that are full."""


def weigh_form(carton: Any, judged: Judged) -> Json:
    """Filled by the scale of the packing station, or by whoever types grams; it says what the parcel should weigh.

    What was wrong at the scale stands in it, with the ways on, each as a button and as a scan: a card, or the label of the other carton.
    """
    info: Json = {"lpn": carton.code, "number": carton.number}
    if not judged.verdict.unknown:
        info |= {"expected_g": judged.verdict.expected_g, "tolerance_g": judged.verdict.tolerance_g}
    weight = slot("weight", ["weight", "quantity"], "slot.weight")
    slots = [weight]
    if carton.scale_g:
        info |= {"wrong": what_is_wrong(carton, judged, carton.scale_g).to_json(), "ways": [one.to_json() for one in ways_on(carton, carton.scale_g, judged)]}
        other = [slot("carton", ["carton"], "slot.carton", expected=[judged.instead], optional=True)] if judged.instead else []
        slots = [{**weight, "default": carton.scale_g}, slot("reason", ["document"], "slot.reason", expected=sorted(WEIGHT_CARDS), optional=True), *other]
    return form(f"w{carton.code}", "weigh", Message("pack.weigh", {"number": carton.number}), slots, info)


def grams_of(slots: Any) -> int:
    """The weight that a form or a button says; Invalid when it is none."""
    grams = slots.get("weight")
    if not isinstance(grams, int) or isinstance(grams, bool) or not 0 < grams <= _MOST_G:
        raise Invalid(f"{str(grams)[:20]!r} is no weight in whole grams. Weigh the parcel again.", field="weight")
    return grams


def reason_of(slots: Any) -> str:
    """Why a wrong weight is right after all, by its name or its card; empty where nothing was said."""
    reason = slots.get("reason") or ""
    if reason in WEIGHT_CARDS:
        reason = str(reason).removeprefix("WEIGHT-").lower()
    if reason not in ("", *REASONS):
        raise Invalid(f"{str(reason)[:20]!r} is no reason. There are: {', '.join(REASONS)}.", field="reason")
    return str(reason)


def carton_of(slots: Any) -> str:
    """Which carton a form says was taken; "" where it says none, Invalid when it is no code."""
    code = slots.get("carton") or ""
    if not isinstance(code, str) or len(code) > _CODE_LONGEST or not code.isprintable():
        raise Invalid(f"{str(code)[:40]!r} is no carton. Scan the label of the carton.", field="carton")
    return code


def taken_after_all(tx: Tx, site_id: int, slots: Any) -> TakenCarton | None:
    """The carton that a parcel was packed into after all; None where nothing is said of it, Invalid when the site has none of that name."""
    code = carton_of(slots)
    if code and carton_type_of(tx, site_id, code) is None:
        raise Invalid(f"This warehouse has no carton {code}. Weigh the parcel again.", field="carton")
    return taken_carton(tx, site_id, code) if code else None


def what_is_wrong(carton: Any, judged: Judged, measured_g: int) -> Message:
    """By how much, the likeliest item, and the carton that would explain it as well."""
    verdict = judged.verdict
    said = {"number": carton.number, "measured": measured_g, "off": abs(verdict.off_g)}
    more = "_or_carton" if judged.instead else ""
    if judged.instead:
        said["carton"] = judged.instead
    if not verdict.explanations and judged.instead:
        return Message("pack.carton_too_light" if verdict.off_g < 0 else "pack.carton_too_heavy", said)
    if not verdict.explanations:
        return Message("pack.too_light" if verdict.off_g < 0 else "pack.too_heavy", said)
    first = verdict.explanations[0]
    named = {**said, "name": judged.names.get(first.item, first.item)}
    if first.kind == "swapped":
        return Message(f"pack.swapped{more}", {**named, "instead": judged.names.get(first.instead, first.instead)})
    return Message(("pack.one_missing" if first.kind == "missing" else "pack.one_too_many") + more, {**named, "count": first.count})


def ways_on(carton: Any, measured_g: int, judged: Judged) -> tuple[NextStep, ...]:
    """Buttons; who repacks instead takes the packing back by UNDO."""
    other = () if not judged.instead else (NextStep(Message("pack.reason.carton", {"carton": judged.instead}), "weigh",
                                                    {"weight": measured_g, "carton": judged.instead, "lpn": carton.code}),)
    return other + tuple(NextStep(Message(f"pack.reason.{one}"), "weigh", {"weight": measured_g, "reason": one, "lpn": carton.code})
                 for one in REASONS)


def explained(verdict: Verdict) -> list[Json]:
    """All explanations, the likeliest first, for screens with room."""
    return [{"kind": one.kind, "item": one.item, "count": one.count, "instead": one.instead, "rest_g": one.rest_g}
            for one in verdict.explanations]
