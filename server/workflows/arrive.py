"""A station at a dock door: what passes is received without a touch, and what does not fit the paper is said at once.

Whole pallets by their SSCC; goods without one against the paper that the station works on. Nothing is half received.
"""

import re
from dataclasses import replace
from typing import Any

from sqlalchemy import text

from server.floor.exceptions import raise_exception
from server.floor.process import NOTHING, Answer, Call, Json, Message, Process
from server.kernel.errors import NotAllowed, NotFound, Refusal
from server.kernel.transaction import Tx
from server.masterdata.items import item_by_code, item_by_id
from server.masterdata.sites import location_by_id
from server.masterdata.stations import station_of_device, work_on
from server.printing.labels import print_lpn_label
from server.stock.lpns import lpn_by_code
from server.wms.inbound import (
    InboundRow,
    OverReceipt,
    begin_receiving,
    inbound_by_code,
    inbound_lines,
    inbound_of_sscc,
)
from server.wms.put_away import want_put_away
from server.wms.receiving import close_if_complete, pallet_of, receive, room_left
from server.wms.tasks import TaskRow, finish_task, touch_task
from server.workflows.at_station import printer_here
from server.workflows.receipts import Receipt, found_of, kept, scanned, undo_receipts

_IDENTIFIER = re.compile(r"^\][A-Za-z][0-9]")
_PAPERS = ("asn", "purchase_order")
_OPEN_TASK = text("SELECT id FROM task WHERE kind = 'receive' AND document = :code AND state IN ('open', 'leased')")
_PAPERS_WITH = text(
    "SELECT DISTINCT n.code FROM inbound_line l JOIN inbound n ON n.id = l.inbound_id WHERE l.item_id = :item_id AND l.sscc IS NULL "
    "AND l.received < l.quantity AND n.site_id = :site_id AND n.state IN ('expected', 'receiving') AND n.kind IN ('asn', 'purchase_order') "
    "ORDER BY n.code LIMIT 2")
_IDLE = text(
    "SELECT d.id FROM device d WHERE d.site_id = :site_id AND d.kind = 'handheld' AND d.revoked_at IS NULL "
    "AND NOT EXISTS (SELECT 1 FROM task t WHERE t.device_id = d.id AND t.state = 'leased')")


class AlreadyReceived(Refusal):
    """The pallet has been received before."""

    code = "already_received"


class UnexpectedPallet(Refusal):
    """No open paper announces this pallet."""

    code = "unexpected_pallet"


class UnknownCodes(Refusal):
    """What was read names nothing that is known here."""

    code = "unknown_codes"


class DamagedCode(Refusal):
    """What was read is a GS1 code with a mistake in it: half of it, or a wrong check digit."""

    code = "damaged_code"


class WhichPaper(Refusal):
    """No paper, or more than one, expects these goods."""

    code = "which_paper"


def _arrive(tx: Tx, call: Call) -> Answer:
    station = station_of_device(tx, call.device_id)
    if station is None or station.kind not in ("dock", "gate"):
        raise NotAllowed("Only a station at a dock or a gate receives what passes it.")
    if call.slots.get("lpn"):
        return _pallet(tx, call, station, scanned(call, "lpn"))
    if call.slots.get("item"):
        return _goods(tx, call, station)
    if call.slots.get("document"):
        return _paper(tx, call, station, scanned(call, "document"))
    raise _nothing_known(call)


def _pallet(tx: Tx, call: Call, station: Any, sscc: str) -> Answer:
    code = inbound_of_sscc(tx, call.site_id, sscc)
    if code is None:
        raise _not_expected(tx, sscc)
    return receive_pallet(tx, call, station, code, sscc)


def receive_pallet(tx: Tx, call: Call, station: Any, code: str, sscc: str) -> Answer:
    """Receives a pallet of a paper where the station stands; AlreadyReceived when it is here."""
    paper = inbound_by_code(tx, code)
    begin_receiving(tx, paper.id)
    lines = [line for line in inbound_lines(tx, paper.id) if line.sscc == sscc]
    dock = location_by_id(tx, station.location_id)
    lpn = pallet_of(tx, sscc, dock)
    if lpn is None:
        raise _received_before(sscc, code)
    differing = _differing(call, lines)
    as_announced = replace(call, slots={})
    for line in lines:  # where the label differs nobody gets the goods before the supervisor has looked
        found = found_of(as_announced, item_by_id(tx, line.item_id), line.quantity, owner_id=line.owner_id, line=line,
                         status="hold" if differing else "available")
        receive(tx, paper, found, dock, lpn)
    want_put_away(tx, lpn, document=paper.code)
    if differing:
        raise_exception(tx, call, "label_differs", lpn=sscc, document=paper.code, detail=differing)
    return received(tx, call, paper, [Receipt(one.id, one.quantity, sscc) for one in lines], lpn=sscc, differing=differing)


def _goods(tx: Tx, call: Call, station: Any) -> Answer:
    item = item_by_code(tx, scanned(call, "item"))
    paper = inbound_by_code(tx, _paper_for(tx, call, station, item.id))
    begin_receiving(tx, paper.id)
    quantity = call.slots.get("quantity", call.slots.get("pack", 1))
    wanted = quantity if isinstance(quantity, int) and not isinstance(quantity, bool) and quantity > 0 else 1
    line = _line(tx, paper, item.id, scanned(call, "lot"), wanted)
    if line is None:
        raise OverReceipt(f"{wanted} × {item.code} passed, {paper.code} does not expect that much. Take it aside and call the supervisor.",
                          quantity=wanted, rest=0, item=item.code)
    found = found_of(call, item, wanted, owner_id=line.owner_id, line=line)
    lpn = receive(tx, paper, found, location_by_id(tx, station.location_id))
    if printer := printer_here(tx, call):  # the first label of it comes out at this door
        print_lpn_label(tx, lpn.code, document=paper.code, printer=printer)
    return received(tx, call, paper, [Receipt(line.id, wanted, lpn.code)], lpn=lpn.code)


def _paper(tx: Tx, call: Call, station: Any, code: str) -> Answer:
    paper = inbound_by_code(tx, code)
    if paper.site_id != call.site_id or paper.kind not in _PAPERS or paper.state not in ("expected", "receiving"):
        raise NotFound(f"{code} is no paper that this warehouse still expects. Call the supervisor.", what=code)
    work_on(tx, station.id, paper.code)
    done, wanted = _progress(tx, paper)
    return Answer(Message("arrive.paper", {"document": paper.code, "done": done, "all": wanted}), data={**NOTHING, "document": paper.code})


def received(tx: Tx, call: Call, paper: InboundRow, receipts: list[Receipt], *, lpn: str, differing: str = "") -> Answer:
    """What is told after a receipt: how far the paper is, and whether it is complete."""
    done, wanted = _progress(tx, paper)
    is_over = close_if_complete(tx, paper)
    _tell_handhelds(tx, call.site_id, paper.code, is_over=is_over)
    key = "arrive.differs" if differing else "arrive.closed" if is_over else "arrive.done"
    args = {"lpn": lpn, "document": paper.code, "done": done, "all": wanted, "detail": differing}
    return Answer(Message(key, args), data={**kept(receipts), "document": paper.code, "done": done, "all": wanted},
                  code="label_differs" if differing else "ok")


def _tell_handhelds(tx: Tx, site_id: int, document: str, *, is_over: bool) -> None:
    """Whoever receives the same paper by hand sees what came here; whoever has nothing to do sees the new put-away."""
    task_id = tx.scalar(_OPEN_TASK, code=document)
    if task_id is not None:
        if is_over:
            finish_task(tx, int(task_id))
        else:
            touch_task(tx, int(task_id))
    tx.touched_devices.update(int(row.id) for row in tx.rows(_IDLE, site_id=site_id))


def _progress(tx: Tx, paper: InboundRow) -> tuple[int, int]:
    """Pallets and loose lines that have come, of all."""
    came: dict[str, bool] = {}
    for line in inbound_lines(tx, paper.id):
        name = line.sscc or f"line {line.id}"
        came[name] = came.get(name, True) and line.received >= line.quantity
    return sum(came.values()), len(came)


def _differing(call: Call, lines: list[Any]) -> str:
    """What the labels on the pallet say otherwise than its paper, or than each other; one with several goods is not compared."""
    if len(lines) != 1:
        return ""
    twice = call.slots.get("differing")
    if isinstance(twice, list) and twice:
        return ", ".join(f"two {str(one)[:20]}s" for one in twice[:4])
    line = lines[0]
    told = {"item": line.item, "lot": line.lot, "expiry": line.expiry_on.isoformat() if line.expiry_on else "", "quantity": line.quantity}
    return ", ".join(f"{name} {call.slots[name]}" for name, known in told.items() if known and call.slots.get(name, known) != known)


def _paper_for(tx: Tx, call: Call, station: Any, item_id: int) -> str:
    if station.document:
        paper = inbound_by_code(tx, station.document)
        if paper.state in ("expected", "receiving") and any(line.item_id == item_id for line in inbound_lines(tx, paper.id)):
            return paper.code
    found = [str(row.code) for row in tx.rows(_PAPERS_WITH, item_id=item_id, site_id=call.site_id)]
    if len(found) != 1:
        raise WhichPaper(f"{call.slots['item']} is expected on {'several papers' if found else 'no paper'}. Scan the paper at this door, "
                         "then let the goods pass again.", item=call.slots["item"])
    return found[0]


def _line(tx: Tx, paper: InboundRow, item_id: int, lot: str, quantity: int) -> Any:
    """The line that takes so much of an item: of this lot, else of any; None when none has room for all of it."""
    fitting = [line for line in inbound_lines(tx, paper.id)
               if line.item_id == item_id and not line.sscc and room_left(line) >= quantity and (not line.lot or line.lot == (lot or line.lot))]
    return min(fitting, key=lambda line: (line.lot != lot, line.id), default=None)


def _nothing_known(call: Call) -> Refusal:
    read = call.slots.get("codes")
    codes = ", ".join(_IDENTIFIER.sub("", str(one))[:64] for one in (read if isinstance(read, list) else [])[:4])
    if call.slots.get("unread"):
        return DamagedCode(f"{codes} is damaged or incomplete. Take the pallet aside and scan its label by hand.", scanned=codes)
    return UnknownCodes(f"{codes} is nothing that is known here. Take the pallet aside and scan its label by hand.", scanned=codes)


def _not_expected(tx: Tx, sscc: str) -> Refusal:
    if lpn_by_code(tx, sscc) is not None:
        return _received_before(sscc, "")
    return UnexpectedPallet(f"Nobody announced pallet {sscc}. Take it aside and call the supervisor.", lpn=sscc)


def _received_before(sscc: str, document: str) -> AlreadyReceived:
    return AlreadyReceived(f"Pallet {sscc} has been received before. Let it go on, or call the supervisor.", lpn=sscc, document=document)


def _build(_tx: Tx, _task: TaskRow) -> Json:
    return {"forms": [], "finish": False}  # a station has no task: what passes is booked as it comes


PROCESS = Process(kind="arrive", build=_build, handlers={"arrive": _arrive}, undo={"arrive": undo_receipts}, order=90)
