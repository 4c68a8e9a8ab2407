"""Labels of places and pallets: what stands on them comes from the stock and the master data."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from server.kernel.errors import NotFound
from server.kernel.transaction import Tx
from server.masterdata.carton_types import carton_type_of
from server.masterdata.sites import location_by_code
from server.printing.queue import NewLabel, print_label, reprint_label
from server.stock.lpns import content_of, lpn_by_code

_ITEM = text("SELECT code, name FROM item WHERE id = :id")
_EXPIRY = text("SELECT expiry_on FROM lot WHERE item_id = :item_id AND code = :lot")
_LOCATION = text("SELECT code, check_digit, zone, kind FROM location WHERE id = :id")


class NoPrinter(NotFound):
    """The warehouse has no printer."""

    code = "no_printer"


def print_lpn_label(tx: Tx, code: str, *, document: str = "", again: bool = False, printer: str = "", copies: int = 1) -> int | None:
    """Asks for the label of one of our LPNs; None when the site has no printer. A supplier's SSCC brings its own."""
    lpn = lpn_by_code(tx, code)
    if lpn is None:
        raise NotFound(f"There is no LPN {code[:64]}. Scan its label again.", what=code[:64])
    ask = reprint_label if again else print_label
    return ask(tx, lpn.site_id, NewLabel(label="lpn", code=code, copies=copies, values=_lpn_values(tx, lpn, document, is_reprint=again)), zone="DOCK",
               printer=printer)


def print_location_labels(tx: Tx, site_id: int, codes: Sequence[str], *, printer: str = "", copies: int = 1) -> int:
    """Asks for the labels of locations, in their order; NoPrinter when there is none, NotFound names a code that is no place."""
    for code in codes:
        place = location_by_code(tx, code)
        if place.site_id != site_id or place.is_account:
            raise NotFound(f"{code[:64]} is no location of this warehouse.", what=code[:64])
        row = tx.row(_LOCATION, id=place.id)
        if row is None:
            raise AssertionError(f"location {place.id} was just found")
        values = {"code": row.code, "check_digit": row.check_digit, "zone": row.zone}
        if reprint_label(tx, site_id, NewLabel(label="location", code=row.code, values=values, copies=copies), printer=printer) is None:
            raise NoPrinter("This warehouse has no printer. Add one first.", what="printer")
    return len(codes)


def location_sheet(labels: Sequence[Mapping[str, Any]]) -> bytes:
    """Labels of locations (`code`, `check_digit`, `zone`) as a PDF, as many to a page of A4 as fit."""
    from labels.backends.pdf import Sheet, pdf  # noqa: PLC0415 - slow to load, and few ask for it
    from labels.template import template  # noqa: PLC0415 - the same

    drawn = template("location")
    return pdf([drawing for values in labels for drawing in drawn.drawings(values)], sheet=Sheet(), title="Bins")


def print_carton_type_label(tx: Tx, site_id: int, code: str) -> int:
    """Asks for the label of a carton, to be scanned when it is taken; its job. NotFound for no carton, NoPrinter when there is no printer."""
    known = carton_type_of(tx, site_id, code)
    if known is None:
        raise NotFound(f"This warehouse has no carton {code[:64]}. Look at the list of its cartons.", what=code[:64])
    values = {"code": code, "name": code, "unit": f"{known.length_mm} x {known.width_mm} x {known.height_mm} mm"}
    job = reprint_label(tx, site_id, NewLabel(label="carton_type", code=code, values=values, template="item"))
    if job is None:
        raise NoPrinter("This warehouse has no printer. Add one first.", what="printer")
    return job


def trial_label(printer: str, now: int) -> NewLabel:
    """A label that says which printer it came from, and when it was asked for."""
    values = {"code": printer, "check_digit": "TEST", "zone": f"{datetime.fromtimestamp(now / 1000, UTC):%d %H:%M}"}
    return NewLabel(label="test", code=printer, values=values, template="location")


def _lpn_values(tx: Tx, lpn: Any, document: str, *, is_reprint: bool) -> Mapping[str, Any]:
    content = content_of(tx, lpn)
    goods = {one.goods for one in content}
    values = {"code": lpn.code, "document": document, "is_reprint": is_reprint}
    if len(goods) != 1:
        return values
    one = goods.pop()
    item = tx.row(_ITEM, id=one.item_id)
    expiry = tx.scalar(_EXPIRY, item_id=one.item_id, lot=one.lot) if one.lot else None
    return {**values, "item": item.code if item else "", "name": item.name if item else "", "lot": one.lot, "expiry": str(expiry or ""),
            "quantity": sum(part.quantity for part in content)}
