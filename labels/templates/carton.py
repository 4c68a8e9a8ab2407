"""The shipping label of a parcel: who gets it, what order it is, and its SSCC as GS1-128."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from labels.zpl import gs1_128_at, label, text_at

_ADDRESS_LINES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class CartonLabel:
    """What stands on the label; `ship_to` may hold name, street, city, postcode, country; weight in grams."""

    sscc: str
    order: str
    number: int
    carrier: str = ""
    customer: str = ""
    ship_to: Mapping[str, str] = field(default_factory=dict)
    weight_g: int = 0
    is_reprint: bool = False


def carton_label(values: CartonLabel) -> str:
    """The label in ZPL, 4 x 6 inches at 203 dpi."""
    lines = [text_at(40, 190 + 48 * at, 40, line, width=730) for at, line in enumerate(_address(values))]
    weight = f"{values.weight_g / 1000:.2f} kg" if values.weight_g else ""
    return label(
        text_at(40, 40, 60, values.carrier or "-", width=500),
        text_at(600, 40, 40, f"#{values.number}", width=180),
        text_at(40, 120, 36, f"{values.order}   {weight}", width=730),
        *lines,
        text_at(40, 470, 32, "REPRINT" if values.is_reprint else "", width=400),
        text_at(40, 560, 44, f"(00){values.sscc}", width=730),
        gs1_128_at(94, 640, 320, f"00{values.sscc}"),
    )


def _address(values: CartonLabel) -> Sequence[str]:
    place = " ".join(filter(None, (values.ship_to.get("postcode"), values.ship_to.get("city"))))
    lines = [values.ship_to.get("name") or values.customer, values.ship_to.get("street"), place,
             values.ship_to.get("country")]
    return [str(line) for line in lines if line][:_ADDRESS_LINES]
