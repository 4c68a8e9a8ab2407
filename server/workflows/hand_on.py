"""The scanner of a table is of who works there: what it reads goes to the table's screen, or the handheld that packs there, as its own scan."""

from typing import Any

from sqlalchemy import text

from server.floor.handed import TEXT_MAX, hand_on
from server.floor.process import NOTHING, Answer, Call, Json, Message, Process
from server.kernel.errors import Invalid, NotAllowed
from server.kernel.transaction import Tx
from server.masterdata.stations import WORKED_AT, station_of_device
from server.wms.tasks import TaskRow

_SCREEN = text("SELECT id FROM device WHERE id = :id AND revoked_at IS NULL")
_NAMED = text("SELECT id FROM device WHERE site_id = :site_id AND name = :name AND revoked_at IS NULL ORDER BY id LIMIT 2")
_PACKING = text("SELECT DISTINCT device_id AS id FROM task WHERE kind = 'pack' AND state = 'leased' AND site_id = :site_id "
                "AND device_id IS NOT NULL LIMIT 2")


def _hand_on(tx: Tx, call: Call) -> Answer:
    station, scanned = station_of_device(tx, call.device_id), call.slots.get("text")
    if station is None or station.kind not in WORKED_AT:
        raise NotAllowed("Only a station at which somebody works hands scans on.")
    if not isinstance(scanned, str) or not 0 < len(scanned) <= TEXT_MAX:
        raise Invalid(f"A scan that is handed on is a text of 1 to {TEXT_MAX} signs.", field="text")
    name = str((station.settings or {}).get("handheld", ""))
    found = _screen_of(tx, station) or (tx.rows(_NAMED, site_id=call.site_id, name=name) if name else tx.rows(_PACKING, site_id=call.site_id))
    if len(found) != 1:
        code = "which_handheld" if found else "no_handheld"
        return Answer(Message(f"hand_on.{code}", {"name": name or "-"}), data=dict(NOTHING), code=code)
    hand_on(tx, int(found[0].id), scanned)
    return Answer(Message("hand_on.done"), data=dict(NOTHING), code="handed_on")


def _screen_of(tx: Tx, station: Any) -> list[Any]:
    return tx.rows(_SCREEN, id=station.screen_id) if station.screen_id is not None else []


def _build(_tx: Tx, _task: TaskRow) -> Json:
    return {"forms": [], "finish": False}


PROCESS = Process(kind="hand_on", build=_build, handlers={"hand_on": _hand_on}, order=93,
                  lasting={"hand_on": "gives a scan to a handheld, whose own operation it becomes; books nothing itself"})
