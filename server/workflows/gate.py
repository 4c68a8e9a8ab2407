"""An RFID gate: tags that pass are held against the paper at the gate; what is complete and clean is booked by itself.

Pallets with an SSCC are received as they pass. Single items are booked together, when all have come and nothing beside
them, or when somebody confirms. Nobody reads a tag twice: it is known by its number. A bin of which all was read, and nothing
beside it, is counted; where something is missing the word of confirmation asks a person to count it.
"""

import re
from typing import Any

from labels.gs1.epc import decode
from server.floor.exceptions import raise_exception
from server.floor.process import NOTHING, Answer, Call, Json, Message, OperationRow, Process
from server.kernel.errors import Invalid, NotAllowed, Refusal
from server.kernel.transaction import Tx
from server.masterdata.items import item_by_id
from server.masterdata.sites import location_by_id
from server.masterdata.stations import station_of_device, work_on
from server.wms.counting import count_as_booked, request_count
from server.wms.gating import Tally, begin_again, forget, judge, note_booked, tally_of, wanted_of
from server.wms.inbound import begin_receiving, inbound_by_code, inbound_lines, inbound_of_sscc
from server.wms.receiving import receive, room_left
from server.wms.tasks import TaskRow
from server.workflows.arrive import receive_pallet, received
from server.workflows.receipts import Receipt, found_of, kept, scanned, undo_receipts

TAGS_MAX = 100
_HEX = re.compile(r"(?:[0-9A-F]{2}){1,64}")
_SHOWN = 5


class NothingToConfirm(Refusal):
    """No paper is worked on here, or nothing of it waits to be booked."""

    code = "nothing_to_confirm"


def _paper(tx: Tx, call: Call) -> Answer:
    station = _station(tx, call)
    document = scanned(call, "document") or scanned(call, "location")
    if wanted_of(tx, call.site_id, document).bin_id is not None:
        begin_again(tx, document)
    work_on(tx, station.id, document)
    return _told(tally_of(tx, call.site_id, document), document, "gate.paper")


def _tags(tx: Tx, call: Call) -> Answer:
    station, epcs = _station(tx, call), _epcs(call)
    document = station.document or _document_of(tx, call, station, epcs)
    if not document:
        return Answer(Message("gate.no_paper", {"count": len(epcs)}), data=dict(NOTHING), code="no_paper")
    tally, judged = judge(tx, call.site_id, document, epcs)
    strangers = [one.epc for one in judged if one.verdict in ("stranger", "surplus")]
    if strangers:
        raise_exception(tx, call, "stranger_tags", document=document, count=len(strangers), tags=", ".join(strangers[:_SHOWN]))
    receipts = list[Json]()
    if tally.wanted.is_inbound:
        for sscc in dict.fromkeys(one.sscc for one in judged if one.verdict == "expected" and one.sscc):
            receipts += _pallet(tx, call, station, document, sscc)
        if tally.is_clean and not _asks(station):
            receipts += _book(tx, call, station, document, tally)
    is_counted = bool(judged) and tally.is_clean and not _asks(station) and _count_bin(tx, call, tally)
    key = "gate.strangers" if strangers else "gate.counted" if is_counted else "gate.complete" if tally.is_clean else "gate.progress"
    answer = _told(tally, document, key, count=len(strangers))
    return Answer(answer.message, data={**answer.data, "receipts": receipts}, code="strangers" if strangers else "ok")


def _asks(station: Any) -> bool:
    """Whether somebody has to say that what came shall be booked."""
    return bool((station.settings or {}).get("confirm", "auto") != "auto")


def _count_bin(tx: Tx, call: Call, tally: Tally) -> bool:
    """All that the book has of the bin was read, and nothing beside it: that is a count."""
    return tally.wanted.bin_id is not None and count_as_booked(
        tx, tally.wanted.bin_id, made_at=min(call.made_at, tx.now), device_id=call.device_id)


def _confirm_bin(tx: Tx, call: Call, tally: Tally, document: str) -> Answer:
    """A reader may miss a tag behind metal: what differs is never booked by it, but counted by somebody who looks."""
    if tally.wanted.bin_id is not None and not tally.is_clean:
        request_count(tx, tally.wanted.bin_id, "variance")
        return _told(tally, document, "gate.count_asked")
    if not _count_bin(tx, call, tally):
        raise NothingToConfirm(f"{document} is being counted by somebody.", document=document)
    return _told(tally, document, "gate.counted")


def _confirm(tx: Tx, call: Call) -> Answer:
    station = _station(tx, call)
    if not station.document:
        raise NothingToConfirm("No paper is worked on at this gate. Scan one first.")
    tally = tally_of(tx, call.site_id, station.document)
    if tally.wanted.bin_id is not None:
        return _confirm_bin(tx, call, tally, station.document)
    if not tally.wanted.is_inbound or not any(tally.unbooked.values()):
        raise NothingToConfirm(f"Nothing of {station.document} waits to be booked.", document=station.document)
    receipts = _book(tx, call, station, station.document, tally)
    answer = _told(tally, station.document, "gate.booked")
    return Answer(answer.message, data={**answer.data, "receipts": receipts})


def _pallet(tx: Tx, call: Call, station: Any, document: str, sscc: str) -> list[Json]:
    """One that was received by hand meanwhile is ticked off, and not received again."""
    lines = [line for line in inbound_lines(tx, inbound_by_code(tx, document).id) if line.sscc == sscc]
    if all(line.received >= line.quantity for line in lines):
        return []
    return list(receive_pallet(tx, call, station, document, sscc).data["receipts"])


def _book(tx: Tx, call: Call, station: Any, document: str, tally: Tally) -> list[Json]:
    """What came of single items, onto the lines that have room for it."""
    paper = inbound_by_code(tx, document)
    begin_receiving(tx, paper.id)
    receipts, dock = list[Receipt](), location_by_id(tx, station.location_id)
    for item_id, units in sorted(tally.unbooked.items()):
        left = units
        for line in inbound_lines(tx, paper.id):
            part = min(left, room_left(line)) if line.item_id == item_id and not line.sscc else 0
            if part:
                found = found_of(call, item_by_id(tx, item_id), part, owner_id=line.owner_id, line=line)
                receipts.append(Receipt(line.id, part, receive(tx, paper, found, dock).code))
                left -= part
    note_booked(tx, document)
    tally.unbooked.clear()
    received(tx, call, paper, receipts, lpn=receipts[-1].lpn if receipts else "")
    return list(kept(receipts)["receipts"])


def _told(tally: Tally, document: str, key: str, **more: Any) -> Answer:
    args = {**tally.to_json(), "document": document, **more}
    return Answer(Message(key, args), data={"document": document, "tally": tally.to_json()})


def _document_of(tx: Tx, call: Call, station: Any, epcs: list[str]) -> str:
    """Without a paper at the gate the first announced pallet says which one it is."""
    for epc in epcs:
        sscc = decode(bytes.fromhex(epc)).sscc
        code = inbound_of_sscc(tx, call.site_id, sscc) if sscc else None
        if code is not None:
            work_on(tx, station.id, code)
            return code
    return ""


def _station(tx: Tx, call: Call) -> Any:
    station = station_of_device(tx, call.device_id)
    if station is None or station.kind not in ("gate", "dock"):
        raise NotAllowed("Only a station at a gate or a dock does this.")
    return station


def _epcs(call: Call) -> list[str]:
    tags = call.slots.get("tags")
    if not isinstance(tags, list) or not 0 < len(tags) <= TAGS_MAX or not all(isinstance(one, str) and _HEX.fullmatch(one) for one in tags):
        raise Invalid(f"An operation carries 1 to {TAGS_MAX} tags, each 1 to 64 bytes in capital hexadecimal digits.", field="tags")
    return tags


def _undo(tx: Tx, call: Call, done: OperationRow) -> None:
    """What was received goes back, and its tags may pass again."""
    undo_receipts(tx, call, done)
    forget(tx, str(done.kept("document")), [str(one["lpn"]) for one in done.data["receipts"]], with_items=True)


def _build(_tx: Tx, _task: TaskRow) -> Json:
    return {"forms": [], "finish": False}


PROCESS = Process(kind="gate", build=_build, handlers={"gate_paper": _paper, "tags": _tags, "gate_confirm": _confirm},
                  undo={"tags": _undo, "gate_confirm": _undo},
                  lasting={"gate_paper": "says only which paper is worked on here"}, order=91)
