"""Enquiring: what is here, where is this. Only shown, never in the way: the next scan starts whatever it starts."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from server.floor.leases import held_tasks
from server.floor.process import Answer, Call, Json, Message, Process
from server.kernel.errors import NotFound
from server.kernel.transaction import Tx
from server.masterdata.items import item_by_code
from server.masterdata.sites import Place, location_by_code, location_by_id
from server.stock.lpns import content_of, lpn_by_code
from server.wms.enquiring import (
    bin_head,
    empty_lpns,
    expected_of_item,
    has_expired,
    history_of,
    in_bin,
    in_lpn,
    parcel_of,
    places_of_item,
    promised_of_item,
)
from server.wms.releases import release_by_code, release_lines
from server.wms.tasks import NewTask, TaskRow, cancel_task, make_task, set_task_data
from server.workflows.forms import form, opening_slots

TYPES = ("location", "lpn", "tote", "trolley", "item", "document")


def _start(tx: Tx, call: Call, value: Json) -> int | None:
    """Shows what was scanned; a second enquiry of the same device takes the place of the first."""
    data = {"type": value["type"], "key": str(value.get("key")), "kind": str(value.get("kind") or ""), "blind": call.role == "worker"}
    lpn = lpn_by_code(tx, data["key"]) if value["type"] in ("tote", "trolley") else None
    if _shown(tx, call.site_id, data) is None or (lpn is not None and not means_this(tx, call, value["type"], lpn)):
        return None
    held = next((task for task in held_tasks(tx, call.device_id) if task.kind == "enquire"), None)
    if held is None:
        return make_task(tx, NewTask(site_id=call.site_id, kind="enquire", priority=9, data=data))
    set_task_data(tx, held.id, data)
    return held.id


def means_this(tx: Tx, call: Call, kind: str, lpn: Place) -> bool:
    """Whether a scan can mean this LPN itself: with an empty tote or trolley a picker asks for the next round."""
    if kind not in ("tote", "trolley") or content_of(tx, lpn):
        return True
    return any(task.kind == "enquire" for task in held_tasks(tx, call.device_id))


def _build(tx: Tx, task: TaskRow) -> Json:
    shown = _shown(tx, task.site_id, task.data) or (Message("enquire.gone", {"key": task.data["key"]}), {"rows": []})
    made = form(f"e{task.version}", "start", shown[0], opening_slots(), shown[1], state="open" if task.done_at is None else "done")
    return {"forms": [{**made, "repeat": True}], "finish": True, "document": task.data["key"], "progress": {"done": 0, "all": 1}}


def _shown(tx: Tx, site_id: int, data: Mapping[str, Any]) -> tuple[Message, Json] | None:
    key, kind = str(data["key"]), str(data["type"])
    blind = bool(data.get("blind"))
    if kind == "location":
        return _location(tx, site_id, key, blind=blind)
    if kind == "item":
        return _item(tx, site_id, key, blind=blind)
    if kind == "document":
        return _order(tx, site_id, key) if data.get("kind") == "order" else None
    return _lpn(tx, site_id, key)


def _location(tx: Tx, site_id: int, code: str, *, blind: bool) -> tuple[Message, Json] | None:
    place = location_by_code(tx, code)
    if place.site_id != site_id or place.is_account:
        return None
    found, head = in_bin(tx, place.id), bin_head(tx, place.id)
    rows = [_goods_row(row, tx.now, blind=blind, where=row.lpn) for row in found]
    rows += [row_of(lpn.code, value=0, notes=[Message("note.empty_lpn")]) for lpn in empty_lpns(tx, place.id)]
    notes = [Message("note.blocked")] if head.blocked else []
    notes += [Message("note.suspect")] if head.suspect else []
    notes.append(Message("note.counted", {"on": head.last_counted_on.isoformat()}) if head.last_counted_on else Message("note.never_counted"))
    info = {"location": place.code, "rows": rows, "notes": _said(notes), "name": _name_of(found), "quantity": _total(rows)}
    return Message("enquire.bin" if rows else "enquire.empty_bin", {"location": place.code}), info


def _item(tx: Tx, site_id: int, code: str, *, blind: bool) -> tuple[Message, Json]:
    item, sums = item_by_code(tx, code), promised_of_item(tx, site_id, code)
    rows = [_goods_row(row, tx.now, blind=blind, where=row.location, title=row.location) for row in places_of_item(tx, site_id, code)]
    for row in expected_of_item(tx, site_id, code):
        rows.append(row_of(row.code, value=int(row.quantity), notes=[Message("note.expected")]))
    info = {"item": item.code, "name": item.name, "rows": rows, "quantity": int(sums.on_hand),
            "notes": _said([Message("note.promised", {"quantity": int(sums.promised)})])}
    return Message("enquire.item" if rows else "enquire.no_stock", {"name": item.name}), info


def _lpn(tx: Tx, site_id: int, code: str) -> tuple[Message, Json] | None:
    lpn = lpn_by_code(tx, code)
    if lpn is None or lpn.site_id != site_id:
        return None
    parcel, rows = parcel_of(tx, lpn.id), lpn_rows(tx, code)
    place = location_by_id(tx, lpn.location_id)
    info = {"lpn": code, "rows": rows, "quantity": _total(rows), "name": place.code}
    if parcel is None:
        return Message("enquire.lpn", {"lpn": code, "location": place.code}), info
    info["order"] = parcel.release
    info["notes"] = _said([Message(f"parcel.{parcel.state}"), Message("note.carrier", {"carrier": parcel.carrier or "-"}),
                           *([Message("note.load", {"load": parcel.load})] if parcel.load else [])])
    return Message("enquire.parcel", {"number": parcel.number, "order": parcel.release, "location": place.code}), info


def _order(tx: Tx, site_id: int, code: str) -> tuple[Message, Json] | None:
    release = release_by_code(tx, code)
    if release.site_id != site_id:
        return None
    rows = []
    for line in release_lines(tx, release.id):
        notes = [Message("note.line", {"allocated": line.allocated, "picked": line.picked, "packed": line.packed, "shipped": line.shipped})]
        notes += [Message("note.short", {"quantity": line.short})] if line.short else []
        rows.append(row_of(line.name, sub=line.item, value=line.ordered, notes=notes))
    info = {"order": release.code, "rows": rows, "name": release.customer or None, "quantity": _total(rows),
            "notes": _said([Message("note.carrier", {"carrier": release.carrier or "-"})])}
    return Message("enquire.order", {"order": release.code, "state": f"order.{release.state}"}), info


def lpn_rows(tx: Tx, code: str) -> list[Json]:
    """The content of an LPN and its last moves, as rows."""
    lpn = lpn_by_code(tx, code)
    if lpn is None:
        raise NotFound(f"There is no LPN {code}.", what=code)
    rows = [_goods_row(row, tx.now, blind=False, where=row.lpn if row.lpn != code else None) for row in in_lpn(tx, lpn)]
    for move in history_of(tx, lpn):
        at = datetime.fromtimestamp(move.at / 1000, UTC).strftime("%Y-%m-%d %H:%M")
        rows.append(row_of(move.place, sub=f"{at} {move.worker or ''}".strip(), notes=[Message(f"step.{move.reason}")]))
    return rows


def row_of(title: str, *, sub: str = "", value: int | None = None, notes: Sequence[Message] = ()) -> Json:
    """A row of a list that a form shows: what, the small print under it, a number, and sentences."""
    return {"title": title, "sub": sub, "value": value, "notes": _said(notes)}


def _goods_row(row: Any, at: int, *, blind: bool, where: str | None, title: str | None = None) -> Json:
    is_hidden = blind and bool(row.is_counted)
    notes = [Message("note.being_counted")] if is_hidden else []
    if row.status != "available":
        notes.append(Message(f"goods.{row.status}"))
    elif has_expired(row, at):
        notes.append(Message("goods.expired"))
    if row.allocated and not is_hidden:
        notes.append(Message("note.allocated", {"quantity": row.allocated}))
    if row.blocked and title is not None:
        notes.append(Message("note.blocked"))
    parts = [row.item if title is None else row.lpn, row.lot, row.serial, row.expiry_on.isoformat() if row.expiry_on else "",
             where if title is None else ""]
    return row_of(title or row.name, sub=" · ".join(str(part) for part in parts if part), value=None if is_hidden else row.quantity,
                  notes=notes)


def _name_of(found: Sequence[Any]) -> str | None:
    names = list(dict.fromkeys(row.name for row in found))
    return None if not names else names[0] if len(names) == 1 else f"{names[0]} +{len(names) - 1}"


def _total(rows: Sequence[Json]) -> int | None:
    values = [row["value"] for row in rows if row["value"] is not None]
    return sum(values) if values else None


def _said(notes: Sequence[Message]) -> list[Json]:
    return [note.to_json() for note in notes]


def _finish(tx: Tx, call: Call) -> Answer:
    cancel_task(tx, call.held_task.id)  # looking is no work: it is never counted as done
    return Answer(Message("enquire.closed"), task_id=call.held_task.id)


PROCESS = Process(kind="enquire", build=_build, handlers={"finish": _finish}, start=_start, start_types=frozenset(TYPES),
                  lasting={"finish": "ends the looking; nothing was done"}, requests=frozenset({"finish"}), passing=True, order=95)
