"""The label of a bin: its code large enough to be read from a truck, as Code 128, with its check digits for voice."""

from dataclasses import dataclass

from labels.zpl import code_at, label, text_at


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationLabel:
    """What stands on the label; `check_digit` is said or typed by whoever stands there."""

    code: str
    check_digit: str = ""
    zone: str = ""


def location_label(values: LocationLabel) -> str:
    """The label in ZPL, 4 x 2 inches at 203 dpi."""
    return label(
        text_at(30, 25, 120, values.code, width=610),
        text_at(660, 30, 110, values.check_digit, width=140),
        text_at(660, 145, 32, values.zone, width=140),
        code_at(20, 190, 190, values.code, width=780),
        length=406,
    )
