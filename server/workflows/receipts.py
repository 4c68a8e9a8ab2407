"""What receiving against a paper and blind receiving have in common: what was found, and how it is undone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text

from server.floor.errors import CannotUndo
from server.floor.process import Call, Json, OperationRow
from server.kernel.errors import Invalid, NotFound
from server.kernel.transaction import Tx
from server.masterdata.items import ItemRow
from server.masterdata.sites import Place, location_by_code, location_by_id
from server.stock.lpns import lpn_by_code
from server.wms.inbound import InboundRow, inbound_by_code, reopen_inbound
from server.wms.receiving import Received, unreceive
from server.wms.tasks import reopen_task, task_by_id, touch_task

CODE_MAX = 64
_DOCK = text("SELECT code FROM location WHERE site_id = :site_id AND kind = 'dock' AND blocked = 0 ORDER BY code LIMIT 1")
_PAPER_OF = text("SELECT inbound_id FROM inbound_line WHERE id = :id")


class DetailMissing(Invalid):
    """The item needs a lot, a date or a serial number that nobody scanned."""

    code = "detail_missing"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one operation booked onto a line, kept for its undoing; `added` when the line was made for it."""

    line: int
    quantity: int
    lpn: str
    damaged: int = 0
    added: bool = False

    def to_json(self) -> Json:
        """As the operation's answer keeps it."""
        return {"line": self.line, "quantity": self.quantity, "lpn": self.lpn, "damaged": self.damaged, "added": self.added}


def kept(receipts: Sequence[Receipt]) -> Json:
    """The data of an answer from which its receipts can be undone."""
    return {"receipts": [one.to_json() for one in receipts]}


def undo_receipts(tx: Tx, _call: Call, done: OperationRow) -> None:
    """The moves are reversed already: lines, paper, put-away and task follow."""
    if not done.data.get("receipts"):
        raise CannotUndo("This cannot be undone here. Ask the supervisor.", kind=done.kind)
    for one in done.data["receipts"]:
        lpn = lpn_by_code(tx, str(one["lpn"]))
        if lpn is None:
            raise AssertionError(f"{one['lpn']} was received but is not there")
        reopen_inbound(tx, int(tx.scalar(_PAPER_OF, id=one["line"])))
        unreceive(tx, lpn, int(one["line"]), int(one["quantity"]), int(one["damaged"]), added=bool(one["added"]))
    if done.task_id is not None:
        reopen_task(tx, task_by_id(tx, done.task_id))
        touch_task(tx, done.task_id)


def reopen_paper(tx: Tx, _call: Call, done: OperationRow) -> None:
    """A paper was closed by mistake: paper and task are open again."""
    reopen_inbound(tx, inbound_by_code(tx, str(done.kept("document"))).id)
    if done.task_id is not None:
        reopen_task(tx, task_by_id(tx, done.task_id))
        touch_task(tx, done.task_id)


def found_of(call: Call, item: ItemRow, quantity: int, *, owner_id: int, line: Any = None, status: str = "available") -> Received:
    """What a form says was found; what it leaves out comes from the paper's line. DetailMissing when nobody said it."""
    lot = scanned(call, "lot") or (line.lot if line is not None else "")
    expiry_on = expiry_of(call) or (line.expiry_on if line is not None else None)
    serial = scanned(call, "serial")
    if status == "available":
        _check_details(item, lot, serial, expiry_on)
        status = "hold" if line is not None and line.hold else status
    return Received(item=item, owner_id=owner_id, quantity=quantity, line_id=line.id if line is not None else None, lot=lot,
                    serial=serial, expiry_on=expiry_on, status=status)


def quantity_of(call: Call) -> int:
    """The counted quantity; Invalid when it is none."""
    quantity = call.slots.get("quantity")
    if not isinstance(quantity, int) or isinstance(quantity, bool) or not 0 < quantity < 10**12:
        raise Invalid(f"{str(quantity)[:32]} is not a quantity. Count again.", field="quantity")
    return quantity


def scanned(call: Call, name: str) -> str:
    """A text of the form, or none."""
    value = call.slots.get(name) or ""
    if not isinstance(value, str) or len(value) > CODE_MAX:
        raise Invalid(f"The {name} is no text of at most {CODE_MAX} characters. Scan it again.", field=name)
    return value


def expiry_of(call: Call) -> date | None:
    """The expiry date of the form, or none."""
    value = scanned(call, "expiry")
    try:
        return date.fromisoformat(value) if value else None
    except ValueError as error:
        raise Invalid(f"{value} is no date. Scan the expiry date again.", field="expiry") from error


def dock_of(tx: Tx, paper: InboundRow) -> Place:
    """Where a paper's goods stand when they come: its dock, else the site's first."""
    if paper.dock_id is not None:
        return location_by_id(tx, paper.dock_id)
    code = tx.scalar(_DOCK, site_id=paper.site_id)
    if code is None:
        raise NotFound("This warehouse has no dock. Make a location of kind dock.", what="dock")
    return location_by_code(tx, code)


def _check_details(item: ItemRow, lot: str, serial: str, expiry_on: date | None) -> None:
    needed = {"lot": item.tracks_lot and not lot, "expiry": item.tracks_expiry and expiry_on is None,
              "serial": item.tracks_serial and not serial}
    for name, is_missing in needed.items():
        if is_missing:
            raise DetailMissing(f"{item.code} needs its {name}. Scan it, then the item and the quantity again.",
                                item=item.code, detail=f"slot.{name}")
