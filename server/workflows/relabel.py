"""The print station: whatever is scanned gets its label there again, and a card before it says how many."""

from typing import Any

from server.floor.leases import held_tasks
from server.floor.process import NOTHING, Answer, Call, Json, Message, Process
from server.kernel.errors import NotFound, Refusal
from server.kernel.transaction import Tx
from server.masterdata.codes import Codes, card_codes, item_codes
from server.masterdata.items import item_by_code
from server.masterdata.stations import station_of_screen
from server.printing.labels import NoPrinter, print_location_labels, print_lpn_label
from server.printing.queue import NewLabel, reprint_label
from server.stock.lpns import lpn_by_code
from server.wms.packing import carton_by_code, cartons_of
from server.wms.releases import release_by_code
from server.wms.tasks import NewTask, TaskRow, make_task, set_task_data, touch_task
from server.workflows.at_station import printer_here
from server.workflows.forms import form, opening_slots
from server.workflows.pack import parcel_label

TYPES = ("location", "lpn", "tote", "trolley", "item", "document")
_CARDS = frozenset(f"COPIES-{number}" for number in (1, 2, 5, 10, 20))


class NoLabel(Refusal):
    """What was scanned has no label of its own."""

    code = "no_label"


def _start(tx: Tx, call: Call, value: Json) -> int | None:
    """Only where the device is the screen of a print station; anywhere else the same scan means what it always does."""
    station = station_of_screen(tx, call.device_id)
    if station is None or station.kind != "print":
        return None
    held = next((task for task in held_tasks(tx, call.device_id) if task.kind == "relabel"), None)
    before: Json = dict(held.data) if held is not None else {}
    key, kind = str(value.get("key")), str(value["type"])
    data = {**before, "copies": int(key.rpartition("-")[2])} if key in _CARDS else _printed(tx, call, kind, key, int(before.get("copies", 1)))
    if held is None:
        return make_task(tx, NewTask(site_id=call.site_id, kind="relabel", priority=9, data=data))
    set_task_data(tx, held.id, data)
    return held.id


def _printed(tx: Tx, call: Call, kind: str, key: str, copies: int) -> Json:
    """Asks for the labels of what was scanned; what the task keeps of it. The next scan is for one label again."""
    asked = _ask(tx, call, kind, key, copies)
    if not asked:
        raise NoPrinter("This warehouse has no printer. Add one first.", what="printer")
    return {"type": kind, "key": key, "asked": asked, "printed": copies, "copies": 1}


def _ask(tx: Tx, call: Call, kind: str, key: str, copies: int) -> int:
    """How many different labels were asked for."""
    printer = printer_here(tx, call)
    if kind == "location":
        return print_location_labels(tx, call.site_id, [key], printer=printer, copies=copies)
    if kind == "item":
        return int(reprint_label(tx, call.site_id, _item_label(tx, key, copies), printer=printer) is not None)
    if kind == "document":
        return _parcels(tx, call, key, copies)
    lpn = lpn_by_code(tx, key)
    if lpn is None or lpn.site_id != call.site_id:
        raise NotFound(f"There is no LPN {key[:64]}. Scan its label again.", what=key[:64])
    if lpn.kind == "carton":
        return int(_parcel(tx, call, carton_by_code(tx, key), copies))
    return int(print_lpn_label(tx, key, again=True, printer=printer, copies=copies) is not None)


def _parcels(tx: Tx, call: Call, order: str, copies: int) -> int:
    release = release_by_code(tx, order)
    if release.site_id != call.site_id:
        raise NotFound(f"There is no order {order[:64]} in this warehouse.", what=order[:64])
    closed = [row for row in cartons_of(tx, release.id) if row.state != "open"]
    if not closed:
        raise NoLabel(f"No parcel of {order[:64]} has been packed yet, so there is no label of it.", scanned=order[:64])
    return sum(_parcel(tx, call, row, copies) for row in closed)


def _parcel(tx: Tx, call: Call, carton: Any, copies: int) -> bool:
    label = parcel_label(tx, carton.release_id, carton.code, carton.number, is_reprint=True)
    again = NewLabel(label=label.label, code=label.code, template=label.template, values=label.values, copies=copies)
    return reprint_label(tx, call.site_id, again, printer=printer_here(tx, call)) is not None


def _item_label(tx: Tx, code: str, copies: int) -> NewLabel:
    """With the GTIN of one piece, where it has one; else of its smallest pack."""
    item = item_by_code(tx, code)
    codes: Codes = item_codes(tx, {item.id})
    gtins = sorted((int(values[0].get("quantity") or 1), key.removeprefix("gtin:")) for key, values in codes.items() if key.startswith("gtin:"))
    return NewLabel(label="item", code=item.code, copies=copies, values={"code": item.code, "name": item.name, "gtin": gtins[0][1] if gtins else ""})


def _reprint(tx: Tx, call: Call) -> Answer:
    """One more of the last."""
    data = call.held_task.data
    if not data.get("key"):
        raise NoLabel("Nothing has been printed here yet. Scan what needs a label.", scanned="REPRINT")
    set_task_data(tx, call.held_task.id, _printed(tx, call, str(data["type"]), str(data["key"]), 1))
    return Answer(Message("relabel.asked", {"key": data["key"], "copies": 1}), task_id=call.held_task.id, data=dict(NOTHING))


def _finish(tx: Tx, call: Call) -> Answer:
    touch_task(tx, call.held_task.id)
    return Answer(Message("relabel.anything"), task_id=call.held_task.id, data=dict(NOTHING))


def _build(_tx: Tx, task: TaskRow) -> Json:
    data = task.data
    copies = int(data.get("copies", 1))
    said = Message("relabel.copies", {"copies": copies}) if copies > 1 or not data.get("key") else Message(
        "relabel.asked", {"key": data["key"], "copies": data.get("printed", 1)})
    made = form(f"b{task.version}", "start", said, opening_slots(), {"copies": copies, "key": data.get("key"), "type": data.get("type")},
                state="open" if task.done_at is None else "done")
    return {"forms": [{**made, "repeat": True}], "finish": True, "codes": card_codes(_CARDS), "document": data.get("key"), "progress": {"done": 0, "all": 1}}


PROCESS = Process(kind="relabel", build=_build, handlers={"reprint": _reprint, "finish": _finish}, start=_start, start_types=frozenset(TYPES),
                  lasting={"reprint": "prints a label once more; paper cannot be taken back and books nothing", "finish": "nothing is open at a print station"},
                  requests=frozenset({"reprint", "finish"}), cards=_CARDS, passing=True, order=1)
