"""The packing list that goes into a parcel: what is in it, line by line."""

from collections.abc import Sequence
from dataclasses import dataclass

from labels.zpl import label, text_at

_LINES_A_PAGE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedLine:
    """One item of a parcel, with its lots where it has some."""

    item: str
    name: str
    quantity: int
    lots: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackingList:
    """What stands on the list."""

    order: str
    sscc: str
    number: int
    customer: str
    lines: Sequence[PackedLine]


def packing_list(values: PackingList) -> str:
    """The list in ZPL, as many pages of 4 x 6 inches at 203 dpi as it needs."""
    pages = [values.lines[at:at + _LINES_A_PAGE] for at in range(0, len(values.lines), _LINES_A_PAGE)] or [()]
    return "".join(_page(values, lines, at, len(pages)) for at, lines in enumerate(pages, 1))


def _page(values: PackingList, lines: Sequence[PackedLine], at: int, count: int) -> str:
    rows = [part for row, line in enumerate(lines) for part in _row(190 + 48 * row, line)]
    return label(
        text_at(40, 30, 44, values.order, width=520),
        text_at(600, 34, 32, f"#{values.number}   {at}/{count}", width=190),
        text_at(40, 85, 32, values.customer, width=730),
        text_at(40, 130, 28, f"(00){values.sscc}", width=730),
        *rows,
    )


def _row(y: int, line: PackedLine) -> Sequence[str]:
    details = " ".join(filter(None, (line.item, line.lots)))
    return (text_at(40, y, 30, str(line.quantity), width=90), text_at(140, y, 30, line.name, width=400),
            text_at(550, y + 4, 22, details, width=250))
