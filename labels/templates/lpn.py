"""The label of a pallet, case or tote of ours: its number large and as Code 128, and what was on it when it came."""

from dataclasses import dataclass

from labels.zpl import code_at, label, text_at, texts_at


@dataclass(frozen=True, slots=True, kw_only=True)
class LpnLabel:
    """What stands on the label; item, lot and quantity are as received, for the eyes only."""

    code: str
    item: str = ""
    name: str = ""
    lot: str = ""
    expiry: str = ""
    quantity: int = 0
    document: str = ""
    is_reprint: bool = False


def lpn_label(values: LpnLabel) -> str:
    """The label in ZPL, 4 x 3 inches at 203 dpi."""
    details = "   ".join(filter(None, (values.item, values.lot and f"LOT {values.lot}", values.expiry and f"EXP {values.expiry}")))
    return label(
        text_at(30, 25, 90, values.code, width=750),
        code_at(20, 130, 180, values.code, width=780),
        texts_at(30, 340, 44, values.name, width=750, lines=2),
        text_at(30, 440, 32, details, width=750),
        text_at(30, 490, 60, str(values.quantity) if values.quantity else "", width=300),
        text_at(350, 500, 32, values.document, width=430),
        text_at(30, 560, 32, "REPRINT" if values.is_reprint else "", width=400),
        length=609,
    )
